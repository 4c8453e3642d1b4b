"""``msa audit``: the log checked from the command line."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from gateway.clock import SystemClock
from gateway.seal_keys import SealKey, make_seal_key
from gateway.store.casework.sealed_log import Sealer
from gateway.store.connect import create_pool
from tests.integration.cli.conftest import data


@pytest.fixture
def heads(database: str, tmp_path: Path) -> Path:
    """Three entries, sealed and signed, and the head outside the database."""

    async def seal() -> None:
        async with create_pool(database, application_name="test") as pool:
            await pool.execute("INSERT INTO journal (kind) SELECT 'files.listed' FROM generate_series(1, 3)")
            key = SealKey.read(tmp_path / "seal-key")
            await Sealer(pool=pool, clock=SystemClock(), key=key, heads=tmp_path / "heads").seal_all()

    make_seal_key(tmp_path / "seal-key")
    asyncio.run(seal())
    return tmp_path / "heads"


def test_a_log_is_whole_until_somebody_changes_it_and_then_it_is_said_where(msa, database, heads, tmp_path):
    whole = msa("audit", "verify", "--heads", str(heads), "--json")
    assert whole.exit_code == 0
    assert data(whole) == {
        "log": data(whole)["log"], "ok": True, "links": 3, "whole": 3, "erased": 0, "unsealed": 0,
        "heads": 1, "signed_to": 3, "wrong": 0, "findings": [],
    }  # fmt: skip
    shown = msa("audit", "verify")
    assert "3 records whole" in shown.stdout
    assert "the log is whole" in shown.stdout

    public = msa("audit", "public-key")
    (tmp_path / "pub.pem").write_text(public.stdout)
    assert "PRIVATE" not in public.stdout
    assert msa("audit", "rotate-key").exit_code == 0
    assert msa("audit", "verify").exit_code == 0, "the old head holds after a rotation"
    assert msa("audit", "verify", "--key", str(tmp_path / "pub.pem")).exit_code == 0
    new = tmp_path / "new.pem"
    new.write_text(msa("audit", "public-key").stdout)
    forged = msa("audit", "verify", "--key", str(new), "--json")
    assert (forged.exit_code, data(forged)["findings"][0]["wrong"]) == (3, "forged")

    async def tamper() -> None:
        owner = await asyncpg.connect(database)
        await owner.execute("SET session_replication_role = replica")
        await owner.execute("UPDATE journal SET kind = 'file.looked' WHERE entry = 2")
        await owner.close()

    asyncio.run(tamper())
    changed = msa("audit", "verify")
    assert changed.exit_code == 3
    assert "changed at 2: journal 2:" in changed.stderr
    assert msa("audit", "verify", "--heads", str(tmp_path / "no")).exit_code == 1
