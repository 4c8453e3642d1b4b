"""The board shows the worst first, to whom it belongs; who is told of changes is set by one at a time."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from gateway.http.security import COOKIE
from gateway.store.connect import Connection
from schemas.protection_board import Board
from schemas.session import Role
from tests.support.gateway import Running, running

ZONES = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement, mail)
VALUES ('BE-5415', 'Gent', 'BE-VOV', 'Oost-Vlaanderen', '{zorg@gent.example}'),
       ('BE-5404', 'Elders', 'BE-VOV', 'Oost-Vlaanderen', '{}')"""
PLACE = "UPDATE registration SET zone_id = $2, risk = $3, reference = $4 WHERE registration_id = $1"
UNJUDGED = "UPDATE supervision SET due_at = 'infinity'"
OF_ZONE = "UPDATE operator SET zones = '{BE-5415}' WHERE name = 'Zorg'"
STATE = """
INSERT INTO protection (registration_id, centre_id, reference, state, since, faults)
SELECT registration_id, centre_id, reference, $2, now(), $3 FROM registration WHERE registration_id = $1
    ON CONFLICT (registration_id) DO UPDATE SET state = EXCLUDED.state, faults = EXCLUDED.faults"""
WENT = "SELECT note_protection($1, $2, $3, now() - make_interval(hours => $4))"
JOURNAL = "SELECT kind, registration_id, facts FROM journal ORDER BY entry"
SILENT = [{"kind": "companion_silent", "since": "2026-03-01T10:00:00Z"}]


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(database, tmp_path) as node:
        yield node


async def a_file(gateway: Running, connection: Connection, zone: str | None, risk: str, name: str) -> UUID:
    made = (await gateway.a_companion(victim="<b>Voorbeeld</b>")).registration_id
    await connection.execute(PLACE, made, zone, risk, name)
    await connection.execute(UNJUDGED)
    return made


async def asked(gateway: Running, token: str, path: str, **request: Any) -> httpx.Response:
    method = "PUT" if "json" in request else "GET"
    url = f"{gateway.url}/v1/casework/{path}"
    return await gateway.http.request(method, url, headers={"Cookie": f"{COOKIE}={token}"}, **request)


async def test_the_board_shows_the_worst_of_my_teams_first_and_how_long_they_were_protected(
    gateway: Running, connection: Connection
) -> None:
    await connection.execute(ZONES)
    good = await a_file(gateway, connection, "BE-5415", "extreme", "good")
    bad = await a_file(gateway, connection, "BE-5415", "low", "bad")
    worse = await a_file(gateway, connection, "BE-5415", "high", "worse")
    other = await a_file(gateway, connection, "BE-5404", "high", "other")
    nobodys = await a_file(gateway, connection, None, "high", "the centre's own")
    asked_for = await a_file(gateway, connection, "BE-5415", "high", "asked for")
    await connection.execute("UPDATE registration SET state = 'requested' WHERE reference = 'asked for'")
    # 6 of the last 24 hours known to be unprotected, and 12 degraded; of the 30 days only 48 hours are known
    await connection.execute(WENT, bad, "protected", [], 48)
    await connection.execute(WENT, bad, "unprotected", ["companion_silent"], 24)
    await connection.execute(WENT, bad, "degraded", ["outdated"], 18)
    await connection.execute(WENT, bad, "protected", [], 6)
    for file, state in ((good, "protected"), (other, "unprotected"), (nobodys, "protected")):
        await connection.execute(STATE, file, state, [])
    for file in (bad, worse):
        await connection.execute(STATE, file, "unprotected", SILENT)

    token = await gateway.a_session("BE-VOV", name="Zorg", role=Role.CASE_OFFICER)
    await connection.execute(OF_ZONE)
    answer = await asked(gateway, token, "board")
    board = Board.model_validate_json(answer.content)
    assert [file.reference for file in board.files] == ["worse", "bad", "good"]
    assert (board.protected, board.degraded, board.unprotected) == (1, 0, 2)
    worst, lacking, well = board.files
    assert [fault.kind for fault in worst.faults] == ["companion_silent"]
    shares = (lacking.day.protected_pct, lacking.day.reachable_pct)
    assert shares == pytest.approx((25.0, 75.0), abs=0.11)
    shares = (lacking.month.protected_pct, lacking.month.reachable_pct)
    assert shares == pytest.approx((62.5, 87.5), abs=0.11)
    assert well.month.protected_pct == 100.0
    assert "Voorbeeld" not in answer.text
    assert answer.headers["cache-control"] == "no-store"

    for hidden in (other, nobodys):
        assert (await asked(gateway, token, f"files/{hidden}/protection")).status_code == 404
    assert (await asked(gateway, token, "board?team=BE-5404")).json()["files"] == []
    assert len((await asked(gateway, token, "board?limit=1")).json()["files"]) == 1
    seen = (await asked(gateway, token, f"files/{bad}/protection")).json()
    assert [one["state"] for one in seen["changes"]] == [
        "unprotected",
        "protected",
        "degraded",
        "unprotected",
        "protected",
    ]
    assert (await asked(gateway, token, f"files/{asked_for}/protection")).status_code == 200
    operator = await gateway.a_session("BE-VOV")
    assert (await asked(gateway, operator, "board")).status_code == 403
    looks = [(row["kind"], row["registration_id"]) for row in await connection.fetch(JOURNAL)]
    assert looks == [("files.listed", None)] * 3 + [("file.looked", bad), ("file.looked", asked_for)]


async def test_who_is_told_is_nobody_until_an_officer_sets_it_and_of_two_at_once_one_does(
    gateway: Running, connection: Connection
) -> None:
    await connection.execute(ZONES)
    file = await a_file(gateway, connection, "BE-5415", "high", "hers")
    token = await gateway.a_session("BE-VOV", name="Zorg", role=Role.CASE_OFFICER)
    await connection.execute(OF_ZONE)
    path = f"files/{file}/protection"
    telling = (await asked(gateway, token, path)).json()["telling"]
    assert (telling["victim"], telling["zone"], telling["version"]) == (False, False, 0)
    assert (telling["victim_reachable"], telling["zone_reachable"]) == (False, False)

    wanted = {"victim": True, "zone": True, "version": 0}
    told = await asked(gateway, token, f"{path}/telling", json=wanted)
    assert (told.status_code, told.json()["version"], told.json()["set_by"]["name"]) == (200, 1, "Zorg")
    again = await asked(gateway, token, f"{path}/telling", json=wanted)
    assert (again.status_code, again.json()["type"]) == (409, "urn:msa:problem:stale-version")
    told = await asked(gateway, token, f"{path}/telling", json={"victim": False, "zone": True, "version": 1})
    assert (told.json()["victim"], told.json()["version"]) == (False, 2)
    rows = await connection.fetch("SELECT channel, lacking FROM protection_telling")
    assert [tuple(row) for row in rows] == [("zone", False)]

    elsewhere = await gateway.a_session("BE-VAN", role=Role.CASE_OFFICER)
    assert (await asked(gateway, elsewhere, f"{path}/telling", json=wanted)).status_code == 404
    magistrate = await gateway.a_session("BE-VOV", role=Role.MAGISTRATE)
    assert (await asked(gateway, magistrate, path)).status_code == 200
    assert (await asked(gateway, magistrate, f"{path}/telling", json=wanted)).status_code == 403
    acts = [row["facts"] for row in await connection.fetch(JOURNAL) if row["kind"] == "file.changed"]
    assert [act["victim"] for act in acts] == [True, False]


async def test_a_change_is_noted_once_with_the_protection_itself_and_no_clock_takes_time_away(
    gateway: Running, connection: Connection
) -> None:
    file = await a_file(gateway, connection, None, "high", "hers")
    await connection.execute(STATE, file, "protected", [])
    await connection.execute(STATE, file, "protected", [])
    await connection.execute("UPDATE protection SET heard_at = now()")
    await connection.execute(STATE, file, "unprotected", SILENT)
    await connection.execute(WENT, file, "protected", [], 100)
    await connection.execute("DELETE FROM protection")
    rows = await connection.fetch("SELECT * FROM protection_change ORDER BY at")
    assert [row["state"] for row in rows] == ["protected", "unprotected", "protected", None]
    assert rows[1]["faults"] == ["companion_silent"]
    sums = [row["protected_s"] + row["degraded_s"] + row["unprotected_s"] for row in rows]
    assert sums == sorted(sums)
