"""What companions send, told to the devices: last seen, battery, firmware; and who is paired and tested.

Of presses it reads those of alarms that are open or were raised since the last look, never in a press's
way; of heartbeats what is stored. One node looks at a time: whoever has the row of ``device_watch``.
A button is known by the id that a verified press names; a heartbeat tells only of the file's one button.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from gateway.domain.casework.devices import Given, decide
from gateway.domain.errors import DatabaseUnavailable, FieldInvalid, NotAllowedNow
from gateway.domain.rows import Row
from gateway.failing import failed
from gateway.ports import Clock
from gateway.store.casework.device_acts import PostgresDeviceActs
from gateway.store.casework.device_rows import device_of
from gateway.store.connect import Database, Pool, acquire
from gateway.timing import DEVICE_SEEN_S, DEVICES_LOOK_S, DEVICES_OVERLAP_S
from schemas.devices import DeviceAct, DeviceState

MINE: Final = "SELECT looked_at FROM device_watch FOR UPDATE SKIP LOCKED"
LOOKED: Final = "UPDATE device_watch SET looked_at = $1"

# $3: the smallest id of an alarm (UUIDv7) that was raised since; ids are indexed, instants are not.
PRESSES: Final = """
SELECT DISTINCT p.companion_id, p.received_at, p.registration_id, a.purpose,
       regexp_replace(upper(p.facts #>> '{button,button_id}'), '[^0-9A-Z]', '', 'g') AS button_key,
       (p.facts #>> '{button,battery_pct}')::smallint AS battery_pct
  FROM alarm a JOIN press p ON p.alarm_id = a.alarm_id AND p.registration_id = a.registration_id
 WHERE a.owner = a.centre_id AND (a.alarm_id >= $2 OR a.state <> 'closed')
   AND p.received_at >= $1 AND (p.facts ->> 'verified')::boolean"""

HEARD_PRESSES: Final = """
UPDATE device d
   SET last_seen_at = greatest(d.last_seen_at, h.at), battery_pct = coalesce(h.battery_pct, d.battery_pct),
       battery_at = CASE WHEN h.battery_pct IS NULL THEN d.battery_at ELSE h.at END
  FROM (SELECT DISTINCT ON (registration_id, button_key) *
          FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::smallint[])
               AS p (registration_id, button_key, at, battery_pct)
         ORDER BY registration_id, button_key, at DESC) h
 WHERE d.registration_id = h.registration_id AND d.button_key = h.button_key
   AND (d.last_seen_at IS NULL OR d.last_seen_at < h.at)"""

HEARD_PHONES: Final = """
UPDATE device d
   SET last_seen_at = s.received_at, battery_at = s.received_at,
       battery_pct = coalesce((s.facts ->> 'phone_battery_pct')::smallint, d.battery_pct),
       firmware = coalesce(s.facts ->> 'companion_version', d.firmware)
  FROM companion_state s
 WHERE s.companion_id = d.companion_id AND d.state IN ('paired', 'tested', 'faulty')
   AND (d.last_seen_at IS NULL OR d.last_seen_at < s.received_at - make_interval(secs => $1)
        OR (d.last_seen_at < s.received_at
            AND (d.battery_pct, d.firmware) IS DISTINCT FROM
                (coalesce((s.facts ->> 'phone_battery_pct')::smallint, d.battery_pct),
                 coalesce(s.facts ->> 'companion_version', d.firmware))))"""

# A heartbeat does not name the button: it is told of the one that the file has, once it is known to be it.
HEARD_BUTTONS: Final = """
UPDATE device d
   SET last_seen_at = s.received_at, battery_at = s.received_at,
       battery_pct = coalesce((s.facts ->> 'button_battery_pct')::smallint, d.battery_pct)
  FROM (SELECT DISTINCT ON (registration_id) registration_id, received_at, facts FROM companion_state
         WHERE facts ->> 'button_link' = 'up' AND NOT facts ? 'next_within_s'
         ORDER BY registration_id, received_at DESC) s
 WHERE s.registration_id = d.registration_id AND d.kind = 'button' AND d.state IN ('paired', 'tested')
   AND NOT EXISTS (SELECT FROM device o
                    WHERE o.registration_id = d.registration_id AND o.kind = 'button'
                      AND o.state IN ('issued', 'paired', 'tested') AND o.device_id <> d.device_id)
   AND (d.last_seen_at IS NULL OR d.last_seen_at < s.received_at - make_interval(secs => $1)
        OR (d.last_seen_at < s.received_at AND d.battery_pct IS DISTINCT FROM
            coalesce((s.facts ->> 'button_battery_pct')::smallint, d.battery_pct)))"""

# By the newest code that was made for it and used; else the one phone of a file without a companion and the
# one companion that came after it.
ENROLLED: Final = """
SELECT d.device_id, e.companion_id
  FROM device d, LATERAL (
       SELECT e.companion_id FROM enrolment_code e
        WHERE e.device_id = d.device_id AND e.registration_id = d.registration_id AND e.used_at IS NOT NULL
          AND e.created_at >= (SELECT max(m.at) FROM device_move m
                                WHERE m.device_id = d.device_id AND m.act = 'issue')
        ORDER BY e.used_at DESC LIMIT 1) e
  JOIN companion c USING (companion_id)
 WHERE d.kind = 'phone' AND d.state IN ('issued', 'paired', 'tested') AND c.revoked_at IS NULL
   AND d.companion_id IS DISTINCT FROM e.companion_id
UNION
SELECT d.device_id, c.companion_id
  FROM device d JOIN companion c USING (registration_id)
 WHERE d.kind = 'phone' AND d.state = 'issued' AND c.revoked_at IS NULL AND c.enrolled_at >= d.state_since
   AND NOT EXISTS (SELECT FROM enrolment_code e
                    WHERE e.companion_id = c.companion_id AND e.device_id IS NOT NULL)
   AND NOT EXISTS (SELECT FROM device o WHERE o.companion_id = c.companion_id)
   AND NOT EXISTS (SELECT FROM device o WHERE o.registration_id = d.registration_id AND o.kind = 'phone'
                      AND o.state = 'issued' AND o.device_id <> d.device_id)
   AND c.integrator_id IS NULL
   AND NOT EXISTS (SELECT FROM companion o WHERE o.registration_id = d.registration_id
                      AND o.integrator_id IS NULL AND o.revoked_at IS NULL AND o.enrolled_at >= d.state_since
                      AND o.companion_id <> c.companion_id)"""

# Since it was issued: what another had pressed before says nothing of it.
PRESSED: Final = """
SELECT d.device_id, d.state, h.purpose FROM device d,
       unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::uuid[])
           AS h (registration_id, button_key, at, purpose, companion_id)
 WHERE d.registration_id = h.registration_id AND d.state IN ('issued', 'paired')
   AND h.at >= (SELECT max(m.at) FROM device_move m WHERE m.device_id = d.device_id AND m.act = 'issue')
   AND (d.button_key = h.button_key OR d.companion_id = h.companion_id)
 ORDER BY d.device_id, h.at"""

LOCK: Final = "SELECT * FROM device WHERE device_id = $1 FOR UPDATE SKIP LOCKED"

log = structlog.get_logger()


class DeviceWatch:
    """Looks every ``DEVICES_LOOK_S``."""

    def __init__(self, pool: Pool, acts: PostgresDeviceActs, clock: Clock) -> None:
        self._pool = pool
        self._acts = acts
        self._clock = clock

    async def run(self) -> None:
        """Look, until cancelled; what cannot be looked at now is looked at next time."""
        while True:
            await asyncio.sleep(DEVICES_LOOK_S)
            try:
                await self.look()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("devices_watched")
                log.warning("devices_not_looked_at", error=type(error).__name__)

    async def look(self) -> None:
        """Tell the devices what was sent since the last look, unless another node is at it.

        Raises ``DatabaseUnavailable``.
        """
        now = self._clock.now()
        async with acquire(self._pool) as database, database.transaction():
            looked_at = await database.fetchval(MINE)
            if looked_at is None:
                return
            presses = await _presses(database, looked_at - timedelta(seconds=DEVICES_OVERLAP_S))
            await self._pair(database, presses)
            await database.execute(
                HEARD_PRESSES,
                [row["registration_id"] for row in presses],
                [row["button_key"] for row in presses],
                [row["received_at"] for row in presses],
                [row["battery_pct"] for row in presses],
            )
            await database.execute(HEARD_PHONES, DEVICE_SEEN_S)
            await database.execute(HEARD_BUTTONS, DEVICE_SEEN_S)
            await database.execute(LOOKED, now)

    async def _pair(self, database: Database, presses: Sequence[Row]) -> None:
        for row in await database.fetch(ENROLLED):
            await self._do(database, row["device_id"], DeviceAct.PAIR, row["companion_id"])
        pressed = await database.fetch(
            PRESSED,
            [row["registration_id"] for row in presses],
            [row["button_key"] for row in presses],
            [row["received_at"] for row in presses],
            [row["purpose"] for row in presses],
            [row["companion_id"] for row in presses],
        )
        for row in pressed:
            if row["state"] == DeviceState.ISSUED:
                await self._do(database, row["device_id"], DeviceAct.PAIR, None)
            if row["purpose"] == "test":
                await self._do(database, row["device_id"], DeviceAct.TEST, None)

    async def _do(self, database: Database, device_id: UUID, act: DeviceAct, companion: UUID | None) -> None:
        """Do what was heard, where the device is still where that makes sense."""
        row = await database.fetchrow(LOCK, device_id)
        if row is None:
            return
        device = device_of(row)
        if act is DeviceAct.PAIR and companion is None and device.state is not DeviceState.ISSUED:
            return
        if act is DeviceAct.TEST and device.state is DeviceState.TESTED:
            return
        try:
            moved = decide(device, act, None, Given(companion_id=companion))
        except (NotAllowedNow, FieldInvalid):
            return
        await self._acts.write(database, None, moved, before=device)


async def _presses(database: Database, since: datetime) -> Sequence[Row]:
    first_alarm = UUID(int=int(since.timestamp() * 1000) << 80)
    return await database.fetch(PRESSES, since, first_alarm)
