"""Hotspots as people have them: listed, set by hand, ended."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.days import day_of
from gateway.domain.casework.hotspots import Flagged
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound
from gateway.domain.rows import Row
from gateway.domain.uuid7 import uuid7
from gateway.ports import Clock
from gateway.store.casework.hotspot_seal import Blinds, open_flag, seal_flag
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool
from gateway.store.sealing import Keyring
from schemas.hotspots import UNTIL_MAX_DAYS, HotspotKind, HotspotPage, HotspotView, NewHotspot
from schemas.session import Role

SHOWN: Final = 100

# A page of them, or ($4) one alone.
FIND: Final = """
SELECT h.hotspot_id, h.centre_id, h.team, h.registration_id, h.kind, h.key_id, h.wrapped_key, h.flag_sealed,
       h.set_at, h.set_by, h.until, h.ended_at, h.ended_by, h.ended,
       (SELECT r.reference FROM registration r WHERE r.registration_id = h.registration_id) AS reference
  FROM hotspot h
 WHERE ($2 OR h.ended_at IS NULL) AND ($4::uuid IS NULL OR h.hotspot_id = $4)
   AND ($1::uuid IS NULL OR (h.set_at, h.hotspot_id) <
        (SELECT o.set_at, o.hotspot_id FROM hotspot o WHERE o.hotspot_id = $1))
 ORDER BY h.set_at DESC, h.hotspot_id DESC LIMIT $3"""

CENTRE: Final = """
SELECT coalesce(z.centre_id, c.centre_id) FROM unnest(my_teams()) AS t (team)
  LEFT JOIN zone z ON z.zone_id = t.team LEFT JOIN centre c ON c.centre_id = t.team
 WHERE t.team = $1"""

SET: Final = """
INSERT INTO hotspot (hotspot_id, centre_id, team, kind, key_id, wrapped_key, flag_sealed, blind, cells,
                     set_at, set_by, until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"""

END: Final = """
UPDATE hotspot SET blind = NULL, cells = '{}', ended_at = $2, ended_by = $3, ended = 'hand'
 WHERE hotspot_id = $1 AND ended_at IS NULL AND registration_id IS NULL RETURNING hotspot_id"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresHotspots:
    """All raise ``DatabaseUnavailable``."""

    pool: Pool
    keyring: Keyring
    clock: Clock
    blinds: Blinds

    async def listed(self, scope: Scope, before: UUID | None, *, ended: bool) -> HotspotPage:
        """Return flags of one's teams, the newest first; ``ended``: those that are no more, too."""
        async with scoped(self.pool, scope) as database:
            rows = await database.fetch(FIND, before, ended, SHOWN + 1, None)
            shown = tuple(self._view(row) for row in rows[:SHOWN])
            entry = Entry(kind=Kind.LISTED, why=_why(scope), subject="hotspots", facts={"shown": len(shown)})
            await record(database, scope, entry)
        return HotspotPage(hotspots=shown, more=len(rows) > SHOWN)

    async def set_by_hand(self, scope: Scope, wanted: NewHotspot) -> HotspotView:
        """Set a flag by hand. Raises ``FieldInvalid``, and ``NotFound``: that is not one's team."""
        flag = self._judged(wanted)
        now = self.clock.now()
        hotspot_id = uuid7(now)
        async with scoped(self.pool, scope) as database:
            centre = await database.fetchval(CENTRE, wanted.team)
            if centre is None:
                raise NotFound
            sealed = seal_flag(self.keyring, hotspot_id, flag, wanted.reason)
            blind, cells = self.blinds.written(flag)
            await database.execute(
                SET,
                hotspot_id,
                centre,
                wanted.team,
                flag.kind,
                sealed.key_id,
                sealed.wrapped_key,
                sealed.sealed,
                blind,
                cells,
                now,
                scope.who.model_dump(mode="json"),
                wanted.until,
            )
            view = await self._one(database, hotspot_id)
            facts = {"flag": flag.kind, "until": wanted.until.isoformat(), "placed": bool(cells)}
            await record(database, scope, _entry(Kind.HOTSPOT_SET, scope, view, facts))
            return view

    async def end(self, scope: Scope, hotspot_id: UUID) -> HotspotView:
        """End a flag that was set by hand. Raises ``NotFound``, ``NotAllowedNow``: a file's ends with it."""
        async with scoped(self.pool, scope) as database:
            view = await self._one(database, hotspot_id)
            if view.registration_id is not None:
                raise NotAllowedNow("it belongs to a file: it changes with the file, and ends with it")
            by = scope.who.model_dump(mode="json")
            if await database.fetchval(END, hotspot_id, self.clock.now(), by) is None:
                raise NotAllowedNow("it has ended already")
            await record(database, scope, _entry(Kind.HOTSPOT_ENDED, scope, view, {"flag": view.kind}))
            return await self._one(database, hotspot_id)

    def _judged(self, wanted: NewHotspot) -> Flagged:
        flag = Flagged(
            kind=wanted.kind,
            text=wanted.text,
            latitude=wanted.latitude,
            longitude=wanted.longitude,
            radius_m=wanted.radius_m,
        )
        today = day_of(self.clock.now())
        if flag.same is None:
            number = wanted.kind is HotspotKind.NUMBER
            raise FieldInvalid("text", "is no telephone number" if number else "is no address")
        if not today <= wanted.until <= today + timedelta(days=UNTIL_MAX_DAYS):
            raise FieldInvalid("until", "is not within a year from today")
        return flag

    async def _one(self, database: Database, hotspot_id: UUID) -> HotspotView:
        row = await database.fetchrow(FIND, None, True, 1, hotspot_id)
        if row is None:
            raise NotFound
        return self._view(row)

    def _view(self, row: Row) -> HotspotView:
        opened = open_flag(self.keyring, row)
        flag, reason = opened or (None, None)
        return HotspotView(
            hotspot_id=row["hotspot_id"],
            centre=row["centre_id"],
            team=row["team"],
            kind=row["kind"],
            registration_id=row["registration_id"],
            reference=row["reference"],
            text=flag and flag.text,
            latitude=flag and flag.latitude,
            longitude=flag and flag.longitude,
            radius_m=flag.radius_m if flag and flag.latitude is not None else None,
            reason=reason,
            set_at=row["set_at"],
            set_by=row["set_by"],
            until=row["until"],
            ended_at=row["ended_at"],
            ended_by=row["ended_by"],
            ended=row["ended"],
        )


def _why(scope: Scope) -> Why:
    return Why.CASE if Role.CASE_OFFICER in scope.roles else Why.OVERSIGHT


def _entry(kind: Kind, scope: Scope, view: HotspotView, facts: dict[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        why=_why(scope),
        subject=str(view.hotspot_id),
        centre=view.centre,
        team=view.team,
        facts=facts,
    )
