"""Deleting what has no more use; every node does it, and nothing waits for it."""

import asyncio

import asyncpg
import structlog

from gateway.domain.errors import DatabaseUnavailable
from gateway.failing import failed
from gateway.store.operators import Operators
from gateway.timing import HOUSEKEEPING_AGAIN_S, HOUSEKEEPING_S

log = structlog.get_logger()


async def keep_house(operators: Operators) -> None:
    """Forget what has expired, now and each hour, after a failure sooner, until cancelled."""
    while True:
        pause = HOUSEKEEPING_S
        try:
            await operators.forget_expired()
        except (DatabaseUnavailable, asyncpg.PostgresError) as error:
            failed("housekeeping")
            log.warning("housekeeping_put_off", error=type(error).__name__)
            pause = HOUSEKEEPING_AGAIN_S
        await asyncio.sleep(pause)
