"""Who is protected, in a table and for scripts."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gateway.store.connect import create_pool
from tests.integration.cli.conftest import data
from tests.integration.cli.test_registration import jsonl
from tests.support.build import a_registration
from tests.support.clock import VirtualClock
from tests.support.ward import Ward


def heard(database: str, registration_id: UUID, **said: Any) -> None:
    """Let a new companion of hers be heard, and her be judged."""

    async def story() -> None:
        async with create_pool(database, application_name="test") as pool:
            ward = Ward(pool, VirtualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)))
            await ward.beat(await ward.a_phone(registration_id), **said)
            await ward.sweep()

    asyncio.run(story())


def test_somebody_who_is_not_protected_ends_the_command_with_1(msa, database):
    protected, alone, low = (a_registration(reference=name) for name in ("GE.1", "GE.2", "GE.3"))
    elsewhere = a_registration(centre="BE-VAN", reference="AN.1")
    msa("registration", "import", "-", given=jsonl(protected, alone, low, elsewhere))
    heard(database, protected.registration_id)
    heard(database, low.registration_id, phone_battery_pct=12)
    heard(database, elsewhere.registration_id)
    result = msa("registration", "protection", "--json")
    assert result.exit_code == 1
    assert [(one["reference"], one["state"]) for one in data(result)] == [
        ("GE.2", "unprotected"),
        ("GE.3", "degraded"),
        ("AN.1", "protected"),
        ("GE.1", "protected"),
    ]
    table = msa("registration", "protection", "--centre", "BE-VOV").stdout
    assert "no_companion" in table
    assert "phone_battery_low" in table  # whole, though the terminal is narrow
    assert "AN.1" not in table


def test_when_everybody_is_protected_it_ends_with_0(msa, database):
    her = a_registration()
    msa("registration", "import", "-", given=jsonl(her))
    heard(database, her.registration_id)
    result = msa("registration", "protection")
    assert result.exit_code == 0
    assert "protected" in result.stdout
