"""Sign-ins at the OpenID provider that are under way, and the accounts of the people it knows."""

import hashlib
from datetime import timedelta
from typing import Final
from uuid import uuid4

from gateway import secret_text
from gateway.domain.claims import Person
from gateway.domain.people import Operator
from gateway.oidc.provider import UnderWay
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire
from gateway.timing import OIDC_SIGN_IN_S


class OidcSignIns:
    """Keeps what was begun, for whichever node the browser comes back to. Raises ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def keep(self, sign_in: UnderWay) -> tuple[str, str]:
        """Keep a sign-in; return its state, which goes round, and the secret that its browser holds."""
        state, browser = secret_text.new_token(), secret_text.new_token()
        async with acquire(self._pool) as connection:
            await connection.execute(
                KEEP,
                secret_text.hash_of(state),
                secret_text.hash_of(browser),
                sign_in.nonce,
                sign_in.code_verifier,
                sign_in.redirect_uri,
                sign_in.again,
                sign_in.replaces,
                sign_in.begun_at,
                sign_in.begun_at + timedelta(seconds=OIDC_SIGN_IN_S),
            )
        return state, browser

    async def take(self, state: str, browser: str) -> UnderWay | None:
        """Use up a sign-in; None when there is none of this state and browser, or it is too old."""
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(
                TAKE, secret_text.hash_of(state), secret_text.hash_of(browser), self._clock.now()
            )
        if row is None:
            return None
        return UnderWay(
            nonce=row["nonce"],
            code_verifier=row["code_verifier"],
            redirect_uri=row["redirect_uri"],
            again=row["again"],
            replaces=row["replaces"],
            begun_at=row["begun_at"],
        )

    async def recognise(self, person: Person) -> Operator | None:
        """Make or update the account of a person; None when it is disabled.

        Her roles, centres and zones are what the provider says now; consoles are told by their sessions.
        """
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(
                RECOGNISE,
                uuid4(),
                username_of(person.issuer, person.subject),
                person.name,
                sorted(person.roles),
                sorted(person.centres),
                person.issuer,
                person.subject,
                sorted(person.zones),
            )
        return None if row is None or row["disabled_at"] is not None else Operator.from_row(row)

    async def forget(self, issuer: str, subject: str) -> None:
        """End the sessions of a person to whom the provider gives nothing here any more."""
        async with acquire(self._pool) as connection:
            await connection.execute(FORGET, issuer, subject, self._clock.now())


def username_of(issuer: str, subject: str) -> str:
    """Return the account's name: a local account of that name cannot be meant, nor can two people."""
    both = hashlib.sha256(issuer.encode() + b"\0" + subject.encode())
    return f"oidc:{both.hexdigest()[:24]}"


KEEP: Final = """
INSERT INTO oidc_sign_in (state_hash, browser_hash, nonce, code_verifier, redirect_uri, again, replaces,
                          begun_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
TAKE: Final = """
WITH taken AS (DELETE FROM oidc_sign_in WHERE state_hash = $1 AND browser_hash = $2 RETURNING *)
SELECT * FROM taken WHERE expires_at > $3"""
RECOGNISE: Final = """
INSERT INTO operator (operator_id, username, name, roles, centres, issuer, subject, zones)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (issuer, subject)
DO UPDATE SET name = excluded.name, roles = excluded.roles, centres = excluded.centres,
              zones = excluded.zones
RETURNING *"""
FORGET: Final = """
UPDATE operator_session SET ended_at = $3
 WHERE ended_at IS NULL
   AND operator_id IN (SELECT operator_id FROM operator WHERE issuer = $1 AND subject = $2)"""
