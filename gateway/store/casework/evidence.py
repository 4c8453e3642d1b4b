"""Reading everything there is about one alarm, as of one instant, for its evidence."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.chain import Link, link_bytes, part_bytes
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.log_records import event_record
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.rows import Row
from gateway.store.casework.offender_evidence import OffenderEvidence, offender_of
from gateway.store.casework.scoped import record, scoped
from gateway.store.casework.sealed_log import link_of
from gateway.store.connect import Pool, acquire
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer, sealed_of
from schemas.alarm import AlarmView
from schemas.session import Role

ALLOWED: Final = "SELECT registration_id, centre_id, team FROM evidence_of($1)"

OF_ALARM: Final = """
SELECT registration_id, owner AS centre_id, NULL AS team FROM alarm WHERE alarm_id = $1 LIMIT 1"""

ALARM: Final = """
SELECT alarm_image(a)::text AS image, a.* FROM alarm a WHERE a.alarm_id = $1 AND a.owner = a.centre_id"""
EVENTS: Final = """
SELECT * FROM stream_event WHERE alarm_id = $1 ORDER BY (image ->> 'version')::integer, centre_id, sequence"""
LINKS: Final = """
SELECT l.* FROM stream_event e
  JOIN chain_link l ON l.source = 'event' AND l.stream = e.centre_id AND l.number = e.sequence
 WHERE e.alarm_id = $1 ORDER BY l.position"""
PRESSES: Final = """
SELECT press_id, companion_id, centre_id, sequence, received_at, committed_at, facts, raw FROM press
 WHERE registration_id = $1 AND alarm_id = $2 ORDER BY committed_at, press_id"""
FIXES: Final = """
SELECT to_jsonb(f) - 'alarm_id' AS fix FROM track_fix f WHERE alarm_id = $1
 ORDER BY fixed_at, companion_id, index"""
DELIVERIES: Final = """
SELECT d.centre_id AS centre, d.sequence, d.console, d.operator_id, o.name AS operator, d.fanned_out_at,
       d.painted_at, d.delivered_at
  FROM delivery d LEFT JOIN operator o USING (operator_id)
 WHERE d.alarm_id = $1 ORDER BY d.delivered_at, d.centre_id, d.console"""
COMMANDS: Final = """
SELECT c.centre_id AS centre, c.operator_id, o.name AS operator, c.request_id, c.version, c.committed_at
  FROM command c LEFT JOIN operator o USING (operator_id)
 WHERE c.alarm_id = $1 ORDER BY c.committed_at"""
CHAIN: Final = """
SELECT position, source, stream, number, at, digest FROM chain_link
 WHERE position BETWEEN $1 AND $2 ORDER BY position"""
BEFORE: Final = "SELECT chain FROM chain_link WHERE position = $1 - 1"
LOG: Final = "SELECT log_id, sha256(convert_to('msa log ' || log_id, 'UTF8')) AS beginning FROM chain_tip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything about one alarm; ``notes`` and what is personal in ``alarm`` as its sealed copy has them."""

    alarm: AlarmView
    sealed_version: int
    events: Sequence[Row]
    links: Sequence[Link]
    presses: Sequence[Row]
    fixes: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    commands: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    offender: OffenderEvidence = field(default_factory=OffenderEvidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The stretch of the log from the first of an alarm's records to a head."""

    log_id: str
    before: bytes
    links: list[str]


@dataclass(frozen=True, slots=True)
class PostgresEvidence:
    """What evidence is made of. Raises ``DatabaseUnavailable``."""

    pool: Pool
    keyring: Keyring

    async def allow(self, scope: Scope, alarm_id: UUID, language: str) -> None:
        """Let this person take an alarm's evidence, and record it. Raises ``NotFound``."""
        async with scoped(self.pool, scope) as database:
            row = await database.fetchrow(ALLOWED, alarm_id)
            if row is None:
                raise NotFound
            await record(database, scope, _entry(row, alarm_id, _why(scope), language))

    async def allow_system(self, alarm_id: UUID, language: str) -> None:
        """Record that whoever runs this machine takes it. Raises ``NotFound``."""
        async with acquire(self.pool) as database, database.transaction():
            row = await database.fetchrow(OF_ALARM, alarm_id)
            if row is None:
                raise NotFound
            await record(database, None, _entry(row, alarm_id, Why.SYSTEM, language))

    async def gather(self, alarm_id: UUID) -> Gathered:
        """Read it all as of one instant. Raises ``NotFound``."""
        async with (
            acquire(self.pool) as database,
            database.transaction(isolation="repeatable_read", readonly=True),
        ):
            row = await database.fetchrow(ALARM, alarm_id)
            if row is None:
                raise NotFound
            presses = await database.fetch(PRESSES, row["registration_id"], alarm_id)
            fixes = await database.fetch(FIXES, alarm_id)
            events = await database.fetch(EVENTS, alarm_id)
            return Gathered(
                alarm=Viewer(self.keyring, lambda _: None).alarm(row),
                sealed_version=row["sealed_version"],
                events=events,
                links=[link_of(one) for one in await database.fetch(LINKS, alarm_id)],
                presses=presses,
                fixes=[one["fix"] for one in fixes],
                deliveries=[dict(one) for one in await database.fetch(DELIVERIES, alarm_id)],
                commands=[dict(one) for one in await database.fetch(COMMANDS, alarm_id)],
                notes=self._notes(row),
                offender=await offender_of(database, self.keyring, alarm_id, events),
            )

    async def chain(self, first: int, last: int) -> Chain:
        """Return the digests of links, and the chain before the first of them."""
        async with (
            acquire(self.pool) as database,
            database.transaction(isolation="repeatable_read", readonly=True),
        ):
            (log,) = await database.fetch(LOG)
            before = await database.fetchval(BEFORE, first)
            rows = await database.fetch(CHAIN, first, last)
        return Chain(
            log_id=str(log["log_id"]),
            before=before or log["beginning"],
            links=[_link_digest(row) for row in rows],
        )

    def _notes(self, row: Row) -> list[dict[str, Any]]:
        if row["notes_sealed"] is None:
            return []
        try:
            notes = self.keyring.open_notes(row["registration_id"], sealed_of(row), row["notes_sealed"])
        except SealBroken:
            return []
        return notes[::-1]


def log_records(events: Sequence[Row], links: Sequence[Link]) -> list[dict[str, Any]]:
    """Return the records of events as they were hashed, with their salts, in the order of the log."""
    rows = {(row["centre_id"], row["sequence"]): row for row in events}
    found = []
    for link in links:
        main, place, person = part_bytes(event_record(rows[link.stream, link.number]), link)
        where = (link.source, link.stream, link.number, link.at)
        found.append(
            {
                "position": link.position,
                "link": link_bytes(link.position, where, link.main.digest).decode(),
                "main": main.decode(),
                "salt": _hex(link.main.salt),
                "place": place and place.decode(),
                "place_salt": _hex(link.place.salt if link.place else None),
                "person": person and person.decode(),
                "person_salt": _hex(link.person.salt if link.person else None),
            }
        )
    return found


def _link_digest(row: Row) -> str:
    where = (row["source"], row["stream"], row["number"], row["at"])
    return hashlib.sha256(link_bytes(row["position"], where, row["digest"])).hexdigest()


def _hex(salt: bytes | None) -> str | None:
    return None if salt is None else salt.hex()


def _why(scope: Scope) -> Why:
    if Role.CASE_OFFICER in scope.roles:
        return Why.CASE
    return Why.DECISION if Role.MAGISTRATE in scope.roles else Why.OVERSIGHT


def _entry(row: Row, alarm_id: UUID, why: Why, language: str) -> Entry:
    return Entry(
        kind=Kind.EVIDENCE_MADE,
        why=why,
        registration_id=row["registration_id"],
        alarm_id=alarm_id,
        centre=row["centre_id"],
        team=row["team"],
        facts={"language": language},
    )
