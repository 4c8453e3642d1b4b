"""Exercises: made-up victims on the path of real alarms, by ``msa exercise`` and a running node."""

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch import timing
from gateway.store.connect import connected
from tests.support.commands import answer_of, msa
from tests.support.desk import a_desk
from tests.support.gateway import Running

ON = ("--centre", "BE-VOV")


def settings(node: Running) -> dict[str, str]:
    """The environment of commands on the node's database."""
    return {
        "MSA_DATABASE_URL": node.database,
        "MSA_KEY_FILE": str(node.settings.kek_file),
        "MSA_DATA_DIR": str(node.settings.data_dir),
        "MSA_PUBLIC_URLS": node.url,
    }


async def exercise(node: Running, *words: str) -> Any:
    return await answer_of("exercise", *words, **settings(node))


def keys_of(node: Running) -> list[Path]:
    return list(Path(node.settings.data_dir, "exercise").glob("*.json"))


async def failing(node: Running, *words: str) -> tuple[int | None, str]:
    """Run a command that fails; return its status and what it said."""
    async with msa("exercise", *words, **settings(node)) as process:
        status = await process.process.wait()
        await process._readers
    return status, b"".join(process.log).decode()


async def test_an_exercise_is_shown_to_everybody_and_its_presses_are_never_real(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "SILENCE_S", 3600.0)  # nobody answers for the desk while commands run
    companion = await gateway.a_companion()
    async with a_desk(gateway, "BE-VOV") as desk:
        began = await exercise(gateway, "start", *ON, "--people", "2")
        assert began["people"] == ["EXERCISE 1", "EXERCISE 2"]
        notice = (await desk.told("notice.raised"))[-1]["notice"]
        assert (notice["kind"], notice["subject"], notice["audience"]) == (
            "exercise",
            "BE-VOV",
            ["everybody"],
        )

        at = "51.0543,3.7174"
        receipt = await exercise(gateway, "press", *ON, "--person", "2", "--at", at)
        assert receipt["purpose"] == "exercise"
        real = (await gateway.press(companion)).json()
        assert real["purpose"] == "real", "whoever presses during an exercise is in danger"
        alarms = [event["alarm"] for event in await desk.told("alarm.raised", 2) if event["alarm"]]
        (running,) = await exercise(gateway, "list")
        assert (running["centre"], running["open_alarms"]) == ("BE-VOV", 1)
    practised, urgent = alarms
    assert (practised["alarm_id"], practised["purpose"]) == (receipt["alarm_id"], "exercise")
    assert practised["person"]["victim"]["name"] == "OEFENING / EXERCICE 2"
    assert (practised["positions"][0]["latitude"], practised["escalates_at"]) == (51.0543, None)
    assert urgent["escalates_at"] is not None


async def test_an_exercise_starts_over_with_the_same_people_and_ends_once(gateway: Running) -> None:
    first = await exercise(gateway, "start", *ON)
    again = await exercise(gateway, "start", *ON, "--minutes", "120")
    assert again["people"] == first["people"]
    assert again["until"] > first["until"]
    async with connected(gateway.database, application_name="test") as connection:
        for table in ("registration", "companion"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 3
    assert (await exercise(gateway, "stop", *ON))["until"] is None
    assert await exercise(gateway, "list") == []
    status, said = await failing(gateway, "stop", *ON)
    assert (status, "no exercise is running" in said) == (1, True)
    status, said = await failing(gateway, "press", *ON)
    assert (status, "no exercise is running" in said) == (1, True)


async def test_the_keys_are_their_owners_alone(gateway: Running) -> None:
    await exercise(gateway, "start", *ON, "--people", "1")
    (kept,) = keys_of(gateway)
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.chmod(0o644)
    status, said = await failing(gateway, "press", *ON)
    assert (status, "open to others" in said) == (1, True)
    kept.chmod(0o600)
    kept.write_text(json.dumps({"private_key": "none"}))
    status, said = await failing(gateway, "press", *ON)
    assert (status, "not a companion's file" in said) == (1, True)


async def test_a_person_revoked_or_a_gateway_that_is_away_is_said(gateway: Running) -> None:
    await exercise(gateway, "start", *ON, "--people", "1")
    status, said = await failing(gateway, "press", *ON, "--gateway", "http://127.0.0.1:9")
    assert (status, "the press was not taken" in said) == (1, True)
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute("UPDATE companion SET revoked_at = now()")
    assert (await exercise(gateway, "start", *ON, "--people", "1"))["people"] == ["EXERCISE 1"]
    assert (await exercise(gateway, "press", *ON))["purpose"] == "exercise", "she got another companion"
