"""What the tests of several doors share."""

import pytest

from gateway.store.connect import Pool
from gateway.store.doors.accounts import PostgresAccounts
from schemas.integrators import IntegratorScope
from tests.support.clock import VirtualClock
from tests.support.inbox import CLOCK, Effects, InboxStage
from tests.support.integrators import Client, a_client


@pytest.fixture
async def stage(database: str, pool: Pool) -> InboxStage:
    """Return the inbox of an integrator that may send 20 events a second."""
    client = await a_client(pool, CLOCK, events_per_s=20.0)
    return InboxStage(database, pool, client.integrator, Effects())


@pytest.fixture
def accounts(pool: Pool, clock: VirtualClock) -> PostgresAccounts:
    """Return the accounts of other systems."""
    return PostgresAccounts(pool, clock)


@pytest.fixture
async def client(pool: Pool, clock: VirtualClock) -> Client:
    """Return a system that may raise alarms and say lines of a chat."""
    return await a_client(pool, clock, IntegratorScope.ALARMS, IntegratorScope.CHAT, name="Voorbeeld 112")
