"""From the events of an alarm, as the streams of several centres tell them, to one timeline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from schemas.alarm import AlarmState
from schemas.session import OperatorName
from schemas.timeline import StreamPlace, Timeline, TimelineEntry

TOLD_APART: Final = frozenset(
    {"alarm_id", "centre", "registration_id", "state", "version", "news_version", "trail"}
)
"""Fields of an image that are no news of an event, or that an entry has a place of its own for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event as one stream tells it; ``image`` is the alarm after it."""

    centre: str
    sequence: int
    kind: str
    at: datetime
    image: Mapping[str, Any]
    by: Mapping[str, Any] | None = None

    @property
    def version(self) -> int:
        """The alarm's version after it: each event of an alarm has its own."""
        return int(self.image["version"])


def timeline_of(alarm_id: UUID, told: Iterable[Told]) -> Timeline:
    """Return the alarm's events in the order of commit, each once, with what each changed."""
    entries = []
    before: Mapping[str, Any] = {}
    ordered = sorted(told, key=lambda one: (one.version, one.centre))
    for _, same in groupby(ordered, key=lambda one: one.version):
        tellings = list(same)
        entries.append(_entry(tellings, before))
        before = tellings[0].image
    return Timeline(alarm_id=alarm_id, entries=tuple(entries))


def _entry(tellings: list[Told], before: Mapping[str, Any]) -> TimelineEntry:
    first = tellings[0]
    return TimelineEntry(
        version=first.version,
        kind=first.kind,
        at=first.at,
        by=None if first.by is None else OperatorName.model_validate(first.by),
        centre=first.image["centre"],
        state=AlarmState(first.image["state"]),
        streams=tuple(StreamPlace(centre=one.centre, sequence=one.sequence) for one in tellings),
        changed=_changed(before, first.image),
    )


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs; of the first image, what it says at all."""
    return {
        name: value
        for name, value in sorted(after.items())
        if name not in TOLD_APART and value != before.get(name) and (before or value not in (None, [], 0))
    }
