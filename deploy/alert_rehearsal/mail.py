"""Faults of the mail server: it is there, and takes nothing."""

import asyncio
from typing import Final

import asyncpg

from deploy.alert_rehearsal.faults import beat
from deploy.alert_rehearsal.stage import MAILED, Stage
from tests.support.mail_server import TAKEN

REFUSES: Final = "451 try again later"
LOOK_S: Final = 1.0
BEATS: Final = 3
BEAT_S: Final = 5.0
WATCHED_S: Final = 120.0

WISHED: Final = (
    "INSERT INTO protection_telling (registration_id, channel, lacking) VALUES ($1, 'zone', false)"
)
LACKING: Final = "SELECT count(*) FROM protection WHERE registration_id = $1 AND state <> 'protected'"
LONG_AGO: Final = "UPDATE protection_change SET at = at - interval '11 min' WHERE registration_id = $1"


async def refuse_mail(stage: Stage) -> None:
    """Take no mail; a centre has its first file, so a report, and her phone has been silent for long.

    That she was without protection for ten minutes already is written into the database.
    """
    stage.mailbox.answer = REFUSES
    hers = await stage.running.a_companion(MAILED)
    for _ in range(BEATS):
        await asyncio.sleep(BEAT_S)  # first, every node has read who is enrolled
        await beat(stage, hers)
    database = await asyncpg.connect(stage.running.database)
    try:
        async with asyncio.timeout(WATCHED_S):
            while not await database.fetchval(LACKING, hers.registration_id):  # noqa: ASYNC110 (PostgreSQL is asked)
                await asyncio.sleep(LOOK_S)
        await database.execute(LONG_AGO, hers.registration_id)
        await database.execute(WISHED, hers.registration_id)
    finally:
        await database.close()


async def take_mail(stage: Stage) -> None:
    """Take it again; what waits is sent at its next try."""
    stage.mailbox.answer = TAKEN
