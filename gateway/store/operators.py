"""Operators: local accounts, their sessions and one-time sign-in links."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from dispatch.ports import Admission
from gateway import secret_text
from gateway.domain.errors import DatabaseUnavailable, UsernameTaken
from gateway.domain.people import WATCH_HOURS, Account, Operator, Session
from gateway.domain.rights import Rights
from gateway.domain.rows import Row
from gateway.ports import Clock
from gateway.remembered_sessions import RememberedSessions
from gateway.store.connect import Pool, acquire
from schemas.session import Role

LINK_LIFETIME: Final = timedelta(minutes=15)
EXPIRED_KEPT: Final = timedelta(days=1)
"""How long what has expired can still be looked into, by whoever asks why it did not work."""


class Operators:
    """Makes accounts, signs people in and out."""

    def __init__(
        self, pool: Pool, clock: Clock, session_hours: float, watch_hours: float = WATCH_HOURS
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._session = timedelta(hours=session_hours)
        self._watch = timedelta(hours=watch_hours)
        self._remembered = RememberedSessions(clock)

    async def add(
        self,
        username: str,
        *,
        name: str,
        roles: Iterable[Role],
        centres: Iterable[str],
        password_hash: str | None,
        zones: Iterable[str] = (),
    ) -> Operator:
        """Make an account. Raises ``UsernameTaken``."""
        rights = sorted(roles), sorted(centres), sorted(zones)
        async with acquire(self._pool) as connection:
            try:
                row = await connection.fetchrow(ADD, uuid4(), username.lower(), name, password_hash, *rights)
            except asyncpg.UniqueViolationError:
                raise UsernameTaken(username) from None
        if row is None:
            raise UsernameTaken(username)
        return Operator.from_row(row)

    async def account(self, operator_id: UUID) -> Account | None:
        """Find an account by its id; None when there is none or it is disabled."""
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(ACCOUNT, operator_id)
        return None if row is None else Account(Operator.from_row(row), row["password_hash"], row["issuer"])

    async def find(self, username: str) -> Account | None:
        """Find an account by name; None when there is none or it is disabled."""
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(FIND, username.lower())
        return None if row is None else Account(Operator.from_row(row), row["password_hash"], row["issuer"])

    async def every(self) -> tuple[Operator, ...]:
        """List all, by username."""
        async with acquire(self._pool) as connection:
            return tuple(Operator.from_row(row) for row in await connection.fetch(EVERY))

    async def centres(self) -> frozenset[str]:
        """Name the centres an account can be bound to."""
        async with acquire(self._pool) as connection:
            return frozenset(row["centre_id"] for row in await connection.fetch(CENTRES))

    async def zones(self) -> Mapping[str, str]:
        """Name the police zones an account can be bound to, each with its centre."""
        async with acquire(self._pool) as connection:
            return {row["zone_id"]: row["centre_id"] for row in await connection.fetch(ZONES)}

    async def change(self, username: str, rights: Rights) -> Operator | None:
        """Give an account these rights in place of those it had; None when there is none.

        Consoles that are open follow within ``REVOKED_LOOK_S``; every other request asks anew.
        """
        given = sorted(rights.roles), sorted(rights.centres), sorted(rights.zones)
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(CHANGE, username.lower(), *given)
        return None if row is None else Operator.from_row(row)

    async def disable(self, username: str) -> bool:
        """Close an account and end its sessions; False when there is none."""
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(DISABLE, username.lower(), self._clock.now())
        return row is not None

    async def new_link(self, operator_id: UUID) -> tuple[str, datetime]:
        """Make the secret of a one-time sign-in link; return it and when it expires."""
        token, expires_at = secret_text.new_token(), self._clock.now() + LINK_LIFETIME
        async with acquire(self._pool) as connection:
            await connection.execute(NEW_LINK, secret_text.hash_of(token), operator_id, expires_at)
        return token, expires_at

    async def begin(self, operator: Operator, replaces: bytes | None = None) -> tuple[str, Session]:
        """Begin a session; return its secret and what it is.

        ``replaces``: the hash of the secret that this browser had until now. That session ends, and its
        other tabs come back with the new one.
        """
        token, now = secret_text.new_token(), self._clock.now()
        session = Session(
            operator=operator,
            token_hash=secret_text.hash_of(token),
            expires_at=now + self._session,
            watch_until=now + self._session + self._watch_of(operator),
        )
        until = session.expires_at, session.watch_until
        async with acquire(self._pool) as connection:
            await connection.execute(BEGIN, session.token_hash, operator.operator_id, now, *until, replaces)
        self._remembered.forget(replaces)
        return token, session

    def _watch_of(self, operator: Operator) -> timedelta:
        # Nobody looks at a canary's console: it signs in anew by itself, but only once it is closed.
        return timedelta() if Role.CANARY in operator.roles else self._watch

    async def use_link(self, token: str) -> Operator | None:
        """Use up a sign-in link; None, alike, when it is unknown, used, expired or its account closed."""
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(USE_LINK, secret_text.hash_of(token), self._clock.now())
        return None if row is None else Operator.from_row(row)

    async def session(self, token: str) -> Session | None:
        """Find the session of a secret; None when it is unknown, over, or its account closed.

        One that has run out is found while it may watch. While the database cannot say, one that this node
        saw to hold lately is believed. Raises ``DatabaseUnavailable`` for any other then.
        """
        token_hash = secret_text.hash_of(token)
        try:
            session = await self._found(token_hash)
        except DatabaseUnavailable:
            remembered = self._remembered.find(token_hash)
            if remembered is None:
                raise
            return remembered
        if session is None:
            self._remembered.forget(token_hash)
        else:
            self._remembered.confirm(session)
        return session

    async def _found(self, token_hash: bytes) -> Session | None:
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(SESSION, token_hash, self._clock.now())
        if row is None:
            return None
        return Session(
            operator=Operator.from_row(row),
            token_hash=token_hash,
            expires_at=row["expires_at"],
            watch_until=row["watches_until"],
            withheld=frozenset(row["withheld"]),
        )

    async def changed(self, admissions: Sequence[Admission]) -> Mapping[int, Operator | None]:
        """Return whose grounds do not hold any more, by place, as ``gateway.ports.Sessions`` says."""
        operators = [admission.operator for admission in admissions]
        asked = (
            [admission.session for admission in admissions],
            [_array(operator.roles) for operator in operators],
            [_array(operator.centres) for operator in operators],
            [_array(map(str, admission.withheld)) for admission in admissions],
        )
        async with acquire(self._pool) as connection:
            rows = await connection.fetch(CHANGED, *asked, self._clock.now())
        changed = {row["place"] - 1: _known(row) for row in rows}
        for place, admission in enumerate(admissions):
            tell = self._remembered.forget if place in changed else self._remembered.confirm_again
            tell(admission.session)
        return changed

    async def end(self, session: Session) -> None:
        """End a session."""
        async with acquire(self._pool) as connection:
            await connection.execute(END, session.token_hash, self._clock.now())
        self._remembered.forget(session.token_hash)

    async def forget_expired(self) -> None:
        """Delete sessions, sign-ins, sign-in links and enrolment codes that expired more than a day ago."""
        async with acquire(self._pool) as connection:
            await connection.execute(FORGET_EXPIRED, self._clock.now() - EXPIRED_KEPT)


def _array(names: Iterable[str]) -> str:
    """Write roles or centres as PostgreSQL does: none has a character that would need quoting."""
    return f"{{{','.join(names)}}}"


def _known(row: Row) -> Operator | None:
    """Read an operator; None also for one with a role of a later version, who cannot sign in here."""
    try:
        return None if row["operator_id"] is None else Operator.from_row(row)
    except ValueError:
        return None


CENTRES: Final = "SELECT centre_id FROM centre"
ADD: Final = """
INSERT INTO operator (operator_id, username, name, password_hash, roles, centres, zones)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *"""
ZONES: Final = "SELECT zone_id, centre_id FROM zone"
CHANGE: Final = """
UPDATE operator SET roles = $2, centres = $3, zones = $4 WHERE username = $1 AND issuer IS NULL RETURNING *"""
ACCOUNT: Final = "SELECT * FROM operator WHERE operator_id = $1 AND disabled_at IS NULL"
FIND: Final = "SELECT * FROM operator WHERE username = $1 AND disabled_at IS NULL"
EVERY: Final = "SELECT * FROM operator ORDER BY username"
DISABLE: Final = """
WITH closed AS (
    UPDATE operator SET disabled_at = coalesce(disabled_at, $2) WHERE username = $1 RETURNING operator_id),
ended AS (
    UPDATE operator_session SET ended_at = $2
     WHERE ended_at IS NULL AND operator_id IN (SELECT operator_id FROM closed))
SELECT operator_id FROM closed"""
NEW_LINK: Final = "INSERT INTO sign_in_link (token_hash, operator_id, expires_at) VALUES ($1, $2, $3)"
USE_LINK: Final = """
WITH used AS (
    UPDATE sign_in_link SET used_at = $2
     WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING operator_id)
SELECT operator.* FROM operator JOIN used USING (operator_id) WHERE disabled_at IS NULL"""
BEGIN: Final = """
WITH replaced AS (
    UPDATE operator_session SET ended_at = $3, replaced = true WHERE token_hash = $6 AND ended_at IS NULL)
INSERT INTO operator_session (token_hash, operator_id, created_at, expires_at, watch_until)
VALUES ($1, $2, $3, $4, $5)"""
SESSION: Final = """
SELECT operator.*, s.expires_at, coalesce(s.watch_until, s.expires_at) AS watches_until,
       denied_to(operator.operator_id) AS withheld
  FROM operator_session s JOIN operator USING (operator_id)
 WHERE token_hash = $1 AND ended_at IS NULL AND coalesce(s.watch_until, s.expires_at) > $2
   AND disabled_at IS NULL"""
# One that ran out watches on: the end of a shift takes no screen from somebody who looks at an alarm. One
# that was replaced is told with the operator it had: she comes back with what her browser has now.
CHANGED: Final = """
SELECT asked.place, o.*
  FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[])
       WITH ORDINALITY AS asked (token_hash, roles, centres, withheld, place)
  LEFT JOIN operator_session s ON s.token_hash = asked.token_hash
        AND (s.ended_at IS NULL OR s.replaced) AND coalesce(s.watch_until, s.expires_at) > $5
  LEFT JOIN operator o ON o.operator_id = s.operator_id AND o.disabled_at IS NULL
  LEFT JOIN (SELECT operator_id, array_agg(registration_id) AS files FROM denial
              WHERE admitted_at IS NULL GROUP BY operator_id) AS d ON d.operator_id = o.operator_id
 WHERE o.operator_id IS NULL OR s.ended_at IS NOT NULL
    OR NOT (o.roles @> asked.roles::text[] AND o.roles <@ asked.roles::text[])
    OR NOT (o.centres @> asked.centres::text[] AND o.centres <@ asked.centres::text[])
    OR NOT (coalesce(d.files, '{}') @> asked.withheld::uuid[]
            AND coalesce(d.files, '{}') <@ asked.withheld::uuid[])"""
END: Final = "UPDATE operator_session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL"
FORGET_EXPIRED: Final = """
WITH sessions AS (DELETE FROM operator_session WHERE coalesce(watch_until, expires_at) < $1),
links AS (DELETE FROM sign_in_link WHERE expires_at < $1),
sign_ins AS (DELETE FROM oidc_sign_in WHERE expires_at < $1)
DELETE FROM enrolment_code WHERE expires_at < $1"""
