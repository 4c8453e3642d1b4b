"""From a row of the store to what a console sees, as the bytes of its JSON.

The image of an alarm and its sealed file are JSON already, written by ``commit_presses`` and by
``sealing`` from validated models. They are joined as text: parsing them into models only to write
them out again would cost a press a third of its CPU. Whoever needs the model parses these bytes.
"""

import json
from collections.abc import Callable
from typing import Final

import asyncpg
from pydantic import ValidationError

from dispatch.ports import Logged
from gateway.domain.errors import SealBroken
from gateway.store.sealing import Keyring, Sealed
from schemas.alarm import AlarmView

CORE: Final = frozenset(AlarmView.model_fields) - {"positions", "button", "pattern", "phone_battery_pct"}
"""What an alarm is shown with when the rest of its image cannot be read."""

NOT_ENRICHED: Final = b',"enriched":false,"person":null,"circumstances":[]}'


class Viewer:
    """Makes views of alarms; one that cannot be opened is shown un-enriched rather than not at all."""

    def __init__(self, keyring: Keyring, failed: Callable[[], None]) -> None:
        self._keyring = keyring
        self._failed = failed

    def alarm_json(self, row: asyncpg.Record) -> bytes:
        """Return the ``AlarmView`` of a row with ``image`` (JSON text) and its file's sealed columns."""
        image: bytes = row["image"].encode()
        return image.removesuffix(b"}") + self._file_json(row)

    def alarm(self, row: asyncpg.Record) -> AlarmView:
        """Return the same as a model; one unreadable fact hides no alarm, nor blinds a list of them."""
        written = self.alarm_json(row)
        try:
            return AlarmView.model_validate_json(written)
        except ValidationError:
            found = {name: value for name, value in json.loads(written).items() if name in CORE}
            flags = [*found.get("flags", ()), "unreadable_facts"]
            return AlarmView.model_validate({**found, "flags": flags})

    def event(self, row: asyncpg.Record, centre: str, epoch: str) -> Logged:
        """Return the event of a row that has ``sequence``, ``kind`` and ``at`` besides."""
        frame = (
            f'{{"type":"event","centre":"{centre}","cursor":{{"epoch":"{epoch}","sequence":{row["sequence"]}}},'
            f'"kind":"{row["kind"]}","at":"{row["at"].isoformat()}","alarm":'
        )
        return Logged(
            centre=centre,
            epoch=epoch,
            sequence=row["sequence"],
            kind=row["kind"],
            at=row["at"],
            alarm_id=row["alarm_id"],
            payload=frame.encode() + self.alarm_json(row) + b"}",
        )

    def _file_json(self, row: asyncpg.Record) -> bytes:
        """Return the rest of the alarm's object: its file, opened."""
        try:
            person, circumstances = self._keyring.open_json(
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
            return NOT_ENRICHED
        return b',"enriched":true,"person":%b,"circumstances":%b}' % (person, circumstances)
