"""From a row of the store to what a console sees, as the bytes of its JSON.

The image of an alarm and its sealed file are JSON already, written by ``commit_presses`` and by
``sealing`` from validated models. They are joined as text: parsing them into models only to write
them out again would cost a press a third of its CPU. Whoever needs the model parses these bytes.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from dispatch.ports import Logged
from gateway.domain.alarm import EventKind
from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.store.sealing import Keyring, Sealed
from schemas.alarm import NOTES_APART, NOTES_SHOWN, AlarmView

SUBJECTS: Final = ("alarm", "unit", "notice", "protection")
"""What an event may be about."""

DETAILS: Final = frozenset({"positions", "button", "pattern", "phone_battery_pct", "source", "breach"})
CORE: Final = frozenset(AlarmView.model_fields) - DETAILS
"""What an alarm is shown with when the rest of its image cannot be read."""

TRACE: Final = re.compile(r'"(trace_id|span_id)": ?"([0-9a-f]{16,32})"')

NOT_ENRICHED: Final = b',"enriched":false,"person":null,"circumstances":[],"notes":[]}'


class Viewer:
    """Makes views of alarms; one that cannot be opened is shown un-enriched rather than not at all.

    ``failed`` is told the registration of each such.
    """

    def __init__(self, keyring: Keyring, failed: Callable[[UUID], None]) -> None:
        self._keyring = keyring
        self._failed = failed

    def alarm_json(self, row: Row) -> bytes:
        """Return the ``AlarmView`` of a row with ``image`` (JSON text) and its file's sealed columns."""
        image: bytes = row["image"].encode()
        return image.removesuffix(b"}") + self._file_json(row)

    def alarm(self, row: Row) -> AlarmView:
        """Return the same as a model; one unreadable fact hides no alarm, nor blinds a list of them."""
        return _modelled(self.alarm_json(row))

    def bare(self, row: Row) -> AlarmView:
        """Return the alarm without its file: enough to decide what happens next, and sooner."""
        image: bytes = row["image"].encode()
        return _modelled(image.removesuffix(b"}") + NOT_ENRICHED)

    def event(self, row: Row, centre: str, epoch: str) -> Logged:
        """Return the event of a row of a stream: ``sequence, kind, at, done_by, subject`` and its image."""
        body = self.alarm_json(row) if row["subject"] == "alarm" else row["image"].encode()
        return _logged(row, centre, epoch, row["sequence"], row["subject"], body)

    def told(self, row: Row, epoch: str) -> list[Logged]:
        """Return the events of a row just committed, one a centre (``sequences``), encoded once."""
        body = self.alarm_json(row)
        return [
            _logged(row, told["centre"], epoch, told["sequence"], "alarm", body) for told in row["sequences"]
        ]

    def _file_json(self, row: Row) -> bytes:
        """Return the rest of the alarm's object: its file and its notes, opened."""
        sealed = sealed_of(row)
        try:
            person, circumstances = self._keyring.open_json(row["registration_id"], sealed)
            notes = b"[]"
            if row["notes_sealed"] is not None:
                written = self._keyring.open_notes(row["registration_id"], sealed, row["notes_sealed"])
                shown = [note for note in written if note.get("about") not in NOTES_APART]
                notes = json.dumps(shown[:NOTES_SHOWN], ensure_ascii=False).encode()
        except SealBroken:
            self._failed(row["registration_id"])
            return NOT_ENRICHED
        return b',"enriched":true,"person":%b,"circumstances":%b,"notes":%b}' % (person, circumstances, notes)


def _modelled(written: bytes) -> AlarmView:
    """Return the model of an alarm's JSON, without its facts where they cannot be read."""
    try:
        return AlarmView.model_validate_json(written)
    except ValidationError:
        found = {name: value for name, value in json.loads(written).items() if name in CORE}
        flags = [*found.get("flags", ()), "unreadable_facts"]
        return AlarmView.model_validate({**found, "flags": flags})


def sealed_of(row: Row) -> Sealed:
    """Return the sealed columns of a row of ``alarm``."""
    return Sealed(
        key_id=row["key_id"],
        wrapped_key=row["wrapped_key"],
        person_sealed=row["person_sealed"],
        circumstances_sealed=row["circumstances_sealed"],
        sealed_version=row["sealed_version"],
    )


def _logged(row: Row, centre: str, epoch: str, sequence: int, subject: str, body: bytes) -> Logged:
    """Put an event's frame together around the one thing it is about."""
    by = json.dumps(row["done_by"], ensure_ascii=False)
    frame = (
        f'{{"type":"event","centre":"{centre}","cursor":{{"epoch":"{epoch}","sequence":{sequence}}},'
        f'"kind":"{row["kind"]}","at":"{row["at"].isoformat()}","by":{by}'
    )
    things = (b',"%b":%b' % (thing.encode(), body if thing == subject else b"null") for thing in SUBJECTS)
    return Logged(
        centre=centre,
        epoch=epoch,
        sequence=sequence,
        kind=row["kind"],
        at=row["at"],
        alarm_id=row["alarm_id"] if subject == "alarm" else None,
        purpose=row["purpose"] if subject == "alarm" else None,
        trace=_trace(row["image"]) if row["kind"] == EventKind.RAISED else {},
        payload=frame.encode() + b"".join(things) + b"}",
    )


def _trace(image: str) -> dict[str, str]:
    """Return the ids under which the press is traced, from the alarm's JSON; parsing it would cost more."""
    return dict(TRACE.findall(image))


def units_told(row: Row, epoch: str) -> list[Logged]:
    """Return the events of the units that a committed change moved."""
    return [_logged_unit(row, epoch, told) for told in row["units"]]


def _logged_unit(row: Row, epoch: str, told: Mapping[str, Any]) -> Logged:
    fields = {"kind": "unit.changed", "at": row["at"], "done_by": row["done_by"], "alarm_id": None}
    body = json.dumps(told["image"], ensure_ascii=False).encode()
    return _logged(fields, told["centre"], epoch, told["sequence"], "unit", body)
