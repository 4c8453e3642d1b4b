"""What ``msa doctor`` says of the database's server, and of what goes on there."""

from typing import Any

import pytest

from gateway.checks.catalogue import looks_of
from gateway.seal_keys import make_seal_key
from gateway.settings import Settings
from tests.integration.cli.conftest import data
from tests.integration.cli.test_doctor import built, execute, wrong
from tests.support.processes import free_port

__all__ = ["built"]

# Whoever says ``clock_timestamp()`` gets the first of the path: pg_catalog's, unless it stands later.
BEFORE = """
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database());
END $$;
"""
FAST_CLOCK = """
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
    AS $$ SELECT pg_catalog.clock_timestamp() + interval '5 s' $$"""
ENDLESS_PROBE = """
CREATE FUNCTION public.pg_notification_queue_usage() RETURNS float8 LANGUAGE sql
    AS $$ SELECT 0.0::float8 FROM pg_sleep(600) $$"""

GOING_ON = """
INSERT INTO node SELECT gen_random_uuid(), 'north', clock_timestamp() + interval '1 hour', '{}'
  FROM generate_series(1, 2);
INSERT INTO canary_seen SELECT centre_id, 'north', clock_timestamp() - interval '10 minutes'
  FROM centre LIMIT 1;
INSERT INTO chain_head VALUES (1, clock_timestamp(), 'e30.e30.e30')"""


def found(result) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in data(result)["checks"]}


def test_all_is_told_in_one_order_with_what_to_do_and_how_long_it_took(msa):
    order = [look.name for look in looks_of(Settings())]
    checks = data(msa("doctor", "--json"))["checks"]
    names = [check["name"] for check in checks]
    assert names == [name for name in order if name in names]
    assert {"standbys", "archive", "clock", "doorbell", "connections", "nodes", "sealed log", "canary"} <= {
        *names
    }
    assert all(check["remedy"] for check in checks if check["doubtful"])
    assert all(isinstance(check["ms"], int) for check in checks)
    shown = msa("doctor").stdout
    assert "NoSyncStandby.md" in shown


def test_a_clock_that_goes_otherwise_than_the_databases_is_wrong(msa, database):
    execute(database, BEFORE + FAST_CLOCK)
    result = msa("doctor", "--json")
    assert wrong(result) == ["clock"]
    assert "ms ahead" in found(result)["clock"]["found"]


def test_one_question_that_hangs_is_named_and_holds_up_no_other(msa, database):
    execute(database, BEFORE + ENDLESS_PROBE)
    result = msa("doctor", "--json")
    assert wrong(result) == ["doorbell"]
    assert "did not answer" in found(result)["doorbell"]["found"]
    assert found(result)["canary"]["doubtful"]


def test_nodes_of_one_name_a_late_canary_and_a_head_nobody_signed_are_told(msa, database, tmp_path):
    make_seal_key(tmp_path / "seal-key")
    assert "nothing in it" in found(msa("doctor", "--json"))["sealed log"]["found"]
    execute(database, GOING_ON)
    result = msa("doctor", "--json")
    assert wrong(result) == ["sealed log"]
    assert "cannot be believed" in found(result)["sealed log"]["found"]
    assert "north serves more than once" in found(result)["nodes"]["found"]
    assert "late: BE-" in found(result)["canary"]["found"]


@pytest.mark.parametrize("servers", [1, 2])
def test_nats_servers_that_are_all_away_are_wrong(msa, monkeypatch, servers):
    ports = [free_port() for _ in range(servers)]
    monkeypatch.setenv("MSA_NATS_URLS", ",".join(f"nats://u:secret@127.0.0.1:{port}" for port in ports))
    result = msa("doctor", "--json")
    assert wrong(result) == ["doorbell"]
    said = found(result)["doorbell"]["found"]
    assert all(f"NATS 127.0.0.1:{port} does not answer" in said for port in ports)
    assert "secret" not in result.stdout
