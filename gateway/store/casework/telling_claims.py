"""Changes of protection that somebody wants to hear of: claimed by one node, told once.

Protection has to have been lacking, or back, for a while without a break, so that what flaps is told as
one trouble, or not at all. Nothing goes to a victim while an alarm of hers is open, or while so many of her
centre are silent that the cause is not her phone.
"""

from typing import Final

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.ports.tellings import Channel, Telling
from gateway.settings import Settings
from gateway.store.casework.scoped import record
from gateway.store.connect import Pool, acquire
from gateway.store.registrations import open_row
from gateway.store.sealing import Keyring
from gateway.timing import REPORT_RETRY_S, TELL_AFTER_S, TELL_LEASE_S

# A claim of twice its length is from before the clock was set back; another's of once may be newer than this.
CLAIM: Final = """
WITH due AS (
    SELECT t.registration_id, t.channel, p.state <> 'protected' AS lacking
      FROM protection_telling t
      JOIN registration r USING (registration_id)
      JOIN protection p USING (registration_id)
     WHERE t.channel = ANY ($1) AND to_be_protected(r) AND (p.state <> 'protected') <> t.lacking
       AND lease_over(t.claimed_until, 2 * $3)
       AND (t.due_at <= statement_timestamp()
            OR t.due_at > statement_timestamp() + make_interval(secs => $5))
       AND NOT EXISTS (
           SELECT FROM protection_change c
            WHERE c.registration_id = t.registration_id AND (c.state IS DISTINCT FROM 'protected') = t.lacking
              AND c.at > statement_timestamp() - make_interval(secs => $4))
       AND (SELECT c.state IS DISTINCT FROM 'protected' FROM protection_change c
             WHERE c.registration_id = t.registration_id
               AND c.at <= statement_timestamp() - make_interval(secs => $4)
             ORDER BY c.at DESC LIMIT 1) <> t.lacking
       AND (t.channel <> 'victim' OR NOT (
           EXISTS (SELECT FROM alarm a WHERE a.registration_id = t.registration_id
                      AND a.state <> 'closed' AND a.purpose = 'real')
           OR EXISTS (SELECT FROM notice n WHERE n.centre_id = r.centre_id AND n.kind = 'many_silent'
                         AND n.cleared_at IS NULL)))
     ORDER BY t.due_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED)
UPDATE protection_telling t
   SET claimed_until = statement_timestamp() + make_interval(secs => $3), tries = t.tries + 1
  FROM due d
  JOIN registration r ON r.registration_id = d.registration_id
  LEFT JOIN zone z USING (zone_id)
 WHERE (t.registration_id, t.channel) = (d.registration_id, d.channel)
RETURNING t.channel, d.lacking, t.number, t.tries, t.claimed_until, r.*, z.mail, z.language"""

TOLD: Final = """
UPDATE protection_telling
   SET lacking = $4, number = number + 1, told_at = statement_timestamp(), tries = 0, claimed_until = NULL,
       due_at = '-infinity'
 WHERE registration_id = $1 AND channel = $2 AND claimed_until = $3 RETURNING 1"""

PUT_OFF: Final = """
UPDATE protection_telling
   SET claimed_until = NULL, due_at = statement_timestamp() + make_interval(secs => $4)
 WHERE registration_id = $1 AND channel = $2 AND claimed_until = $3"""


class PostgresDueTellings:
    """``gateway.ports.tellings.DueTellings``."""

    def __init__(self, pool: Pool, keyring: Keyring, settings: Settings) -> None:
        self._pool = pool
        self._keyring = keyring
        self._language = settings.report_language
        self._mail = dict(settings.report_mail)

    async def claim(self, channels: tuple[Channel, ...], limit: int) -> list[Telling]:
        """Claim some that are due; a file is opened for a victim's number only."""
        given = (list(channels), limit, TELL_LEASE_S, TELL_AFTER_S, max(REPORT_RETRY_S))
        async with acquire(self._pool) as database:
            return [self._telling(row) for row in await database.fetch(CLAIM, *given)]

    async def told(self, telling: Telling, outcome: str) -> None:
        """Say that it was told; the journal says to whom, as what was told left the house."""
        which = (telling.registration_id, telling.channel, telling.claimed_until)
        facts = {"channel": telling.channel, "lacking": telling.lacking, "outcome": outcome}
        entry = Entry(
            kind=Kind.PROTECTION_TOLD,
            why=Why.SYSTEM,
            registration_id=telling.registration_id,
            centre=telling.centre,
            team=telling.team,
            facts=facts,
        )
        async with acquire(self._pool) as database, database.transaction():
            if await database.fetchval(TOLD, *which, telling.lacking):
                await record(database, None, entry)

    async def put_off(self, telling: Telling, by_s: float) -> None:
        """Try again in so many seconds."""
        which = (telling.registration_id, telling.channel, telling.claimed_until)
        async with acquire(self._pool) as database:
            await database.execute(PUT_OFF, *which, by_s)

    def _telling(self, row: Row) -> Telling:
        phone, language = self._reached(row) if row["channel"] == "victim" else (None, None)
        return Telling(
            registration_id=row["registration_id"],
            channel=row["channel"],
            lacking=row["lacking"],
            number=row["number"],
            tries=row["tries"],
            claimed_until=row["claimed_until"],
            reference=row["reference"],
            centre=row["centre_id"],
            team=row["team"],
            zone_language=row["language"] or self._language,
            mail=tuple(row["mail"] or self._mail.get(row["team"], ())),
            phone=phone,
            phone_language=language,
        )

    def _reached(self, row: Row) -> tuple[str | None, str | None]:
        try:
            victim = open_row(self._keyring, row).person.victim
        except SealBroken:
            return None, None
        return victim.phone, victim.languages[0] if victim.languages else None
