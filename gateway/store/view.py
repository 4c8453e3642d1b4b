"""From a row of the store to what a console sees: the image of the alarm, opened and joined."""

import json
from collections.abc import Callable
from typing import Final

import asyncpg
from pydantic import ValidationError

from gateway.domain.errors import SealBroken
from gateway.store.sealing import Keyring, Sealed
from schemas.alarm import AlarmView
from schemas.frames import Cursor, Event

CORE: Final = frozenset(AlarmView.model_fields) - {"positions", "button", "pattern", "phone_battery_pct"}
"""What an alarm is shown with when the rest of its image cannot be read."""


class Viewer:
    """Makes views of alarms; one that cannot be opened is shown un-enriched rather than not at all."""

    def __init__(self, keyring: Keyring, failed: Callable[[], None]) -> None:
        self._keyring = keyring
        self._failed = failed

    def alarm(self, row: asyncpg.Record) -> AlarmView:
        """Return the alarm of a row with ``image`` (JSON text) and its file's sealed columns."""
        view = _read(row["image"])
        if row["person_sealed"] is None:
            return view
        try:
            person, circumstances = self._keyring.open(
                row["registration_id"],
                Sealed(
                    key_id=row["key_id"],
                    wrapped_key=row["wrapped_key"],
                    person_sealed=row["person_sealed"],
                    circumstances_sealed=row["circumstances_sealed"],
                    sealed_version=row["sealed_version"],
                ),
            )
        except SealBroken:
            self._failed()
            return view
        return view.model_copy(update={"enriched": True, "person": person, "circumstances": circumstances})

    def event(self, row: asyncpg.Record, epoch: str) -> Event:
        """Return the event of a row that has ``sequence``, ``kind`` and ``at`` besides."""
        alarm = self.alarm(row)
        return Event(
            centre=alarm.centre,
            cursor=Cursor(epoch=epoch, sequence=row["sequence"]),
            kind=row["kind"],
            at=row["at"],
            alarm=alarm,
        )


def _read(image: str) -> AlarmView:
    """Read an image; one unreadable fact must not hide an alarm, nor blind a list of them."""
    try:
        return AlarmView.model_validate_json(image)
    except ValidationError:
        found = {name: value for name, value in json.loads(image).items() if name in CORE}
        return AlarmView.model_validate({**found, "flags": [*found.get("flags", ()), "unreadable_facts"]})
