"""Files over HTTP, on a real gateway and database: steps, gates, and those who try what they may not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.domain.casework.terms import months_on
from gateway.http.security import COOKIE
from gateway.store.connect import Connection
from schemas.problems import ProblemKind
from schemas.session import Role
from tests.support.build import a_person
from tests.support.gateway import Running, a_press, running

ZONES = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement)
VALUES ('BE-5415', 'Gent', 'BE-VOV', 'Oost-Vlaanderen'), ('BE-5345', 'Antwerpen', 'BE-VAN', 'Antwerpen')"""
JOURNAL = "SELECT kind, done_by ->> 'name' AS who, team FROM journal ORDER BY entry"
OVER = "UPDATE alarm SET state = 'closed', acknowledged_at = now() WHERE state = 'raised'"
REVOKED = "UPDATE companion SET revoked_at = now() WHERE companion_id = $1"
IN_ZONE = "UPDATE operator SET zones = $2 WHERE name = $1"
TODAY = day_of(SystemClock().now())
NOT_NOW, NOT_YOURS = ProblemKind.NOT_ALLOWED_NOW, ProblemKind.NOT_YOURS
NOT_FOUND, INVALID, STALE = ProblemKind.NOT_FOUND, ProblemKind.INVALID, ProblemKind.STALE_VERSION
DAY = timedelta(days=1)
NAME = "<img src=x onerror=alert(1)> & Anna"
OVER_NOW: dict[str, Any] = {"reason": "danger_over", "ground": "geen gevaar meer"}
POSITION = {
    "latitude": 51.05,
    "longitude": 3.72,
    "radius_m": 12,
    "confidence": 0.95,
    "age_s": 1,
    "method": "gnss",
    "fixed_at": "2026-01-01T00:00:00Z",
}


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(database, tmp_path) as node:
        yield node


@dataclass(kw_only=True)
class Person:
    """Somebody signed in who works on files."""

    gateway: Running
    token: str

    async def ask(self, path: str, body: Any = None) -> httpx.Response:
        """Ask for a path below ``/v1/registrations``, or post to it."""
        method = "GET" if body is None else "POST"
        url = f"{self.gateway.url}/v1/registrations{path}"
        cookie = {"Cookie": f"{COOKIE}={self.token}"}
        return await self.gateway.http.request(method, url, headers=cookie, json=body)

    async def step(
        self, file: str, version: int, kind: str, *, on: date = TODAY, **step: Any
    ) -> httpx.Response:
        body = {"expected_version": version, "step": {"kind": kind, "on_date": on.isoformat(), **step}}
        return await self.ask(f"/{file}/steps", body)


@dataclass(kw_only=True)
class Team:
    """Those who work on files here, and one from elsewhere."""

    officer: Person
    colleague: Person
    magistrate: Person
    elsewhere: Person


async def a_team(gateway: Running, connection: Connection) -> Team:
    await connection.execute(ZONES)
    people = {}
    for name, centre, role, zones in (
        ("officer", "BE-VOV", Role.CASE_OFFICER, ["BE-5415"]),
        ("colleague", "BE-VOV", Role.CASE_OFFICER, ["BE-5415"]),
        ("magistrate", "BE-VOV", Role.MAGISTRATE, []),
        ("elsewhere", "BE-VAN", Role.CASE_OFFICER, ["BE-5345"]),
    ):
        token = await gateway.a_session(centre, name=name, role=role)
        await connection.execute(IN_ZONE, name, zones)
        people[name] = Person(gateway=gateway, token=token)
    return Team(**people)


def a_new_file(procedure: str = "standard", **changes: Any) -> dict[str, Any]:
    person = a_person().model_dump(mode="json")
    person["victim"] |= {"name": NAME, "born_on": "1950-05-01"}
    return {
        "procedure": procedure,
        "requested_by": "victim",
        "on_date": TODAY.isoformat(),
        "pv_number": f"GE.43.LB.{uuid4().int % 1_000_000:06}/2026",
        "ground": "bedreigd door haar ex-partner",
        "person": person,
        **changes,
    }


HEARD: dict[str, Any] = {"willing": True, "agreement_signed": True, "document": "GO-2026-17"}
DELIBERATED: dict[str, Any] = {"forum": "indication_committee", "risk_assessed": True, "advice": "grant"}
GRANTED: dict[str, Any] = {
    "threat": "life_threatening",
    "context": "domestic",
    "ground": "levensbedreigende belaging",
}


def refused(answer: httpx.Response, kind: ProblemKind, words: str = "") -> None:
    """Assert that it was refused as this problem, with these words in what is said of it."""
    problem = answer.json()
    said = f"{problem.get('detail', '')} {problem.get('errors', '')}"
    assert (answer.status_code, problem["type"].rpartition(":")[2]) == (kind.status, kind.slug), problem
    assert words in said, said


async def proven(gateway: Running, file: str) -> None:
    """Press a test with a position on a phone that is enrolled for this."""
    phone = await gateway.enrol(UUID(file))
    await gateway.press(phone, a_press(purpose="test", positions=[POSITION]))


async def check_what_is_kept(connection: Connection) -> None:
    """The ground is sealed, and the journal names who stepped and who looked, and whose file it was."""
    kept = await connection.fetchrow("SELECT * FROM registration_step WHERE number = 5")
    assert kept is not None
    assert GRANTED["ground"].encode() not in kept["ground_sealed"]
    journal = await connection.fetch(JOURNAL)
    assert {row["team"] for row in journal} == {"BE-5415"}
    assert [row["kind"] for row in journal].count("file.stepped") == 7
    assert ("file.looked", "magistrate") in {(row["kind"], row["who"]) for row in journal}


async def test_a_file_goes_its_way_and_everyone_who_skips_or_may_not_is_refused(
    gateway: Running, connection: Connection
) -> None:
    team = await a_team(gateway, connection)
    officer, magistrate = team.officer, team.magistrate
    made = await officer.ask("", a_new_file())
    assert made.status_code == 201, made.text
    file = made.json()["registration_id"]
    assert made.json()["person"]["victim"]["name"] == NAME

    refused(await officer.step(file, 1, "deliberated", **DELIBERATED), NOT_NOW, "does not follow")
    refused(await officer.step(file, 1, "granted", **GRANTED), NOT_YOURS, "magistrate")
    refused(await team.elsewhere.ask(f"/{file}"), NOT_FOUND)
    refused(await team.elsewhere.step(file, 1, "heard", **HEARD), NOT_FOUND)
    refused(await team.elsewhere.ask(f"/{file}/steps"), NOT_FOUND)
    refused(await officer.step(file, 1, "heard", on=TODAY - DAY, **HEARD), INVALID, "before")
    refused(await officer.step(file, 1, "heard", on=TODAY + DAY, **HEARD), INVALID, "future")
    refused(await officer.step(file, 1, "dance"), INVALID)
    assert (await officer.step(file, 1, "heard", **(HEARD | {"agreement_signed": False}))).status_code == 201

    both = await asyncio.gather(
        officer.step(file, 2, "deliberated", **DELIBERATED),
        team.colleague.step(file, 2, "deliberated", **DELIBERATED),
    )
    assert sorted(answer.status_code for answer in both) == [201, 409]
    refused(next(one for one in both if one.status_code == 409), STALE)

    refused(await magistrate.step(file, 3, "granted", **GRANTED), NOT_NOW, "agreement_signed")
    assert (await officer.step(file, 3, "heard", **HEARD)).status_code == 201
    other: dict[str, Any] = GRANTED | {"context": "other"}
    refused(await magistrate.step(file, 4, "granted", **other), NOT_NOW, "missing: ground")
    granted = await magistrate.step(file, 4, "granted", **GRANTED)
    assert granted.json()["facts"]["ends_on"] == months_on(TODAY, 9).isoformat()
    assert granted.json()["facts"]["age_band"] == "65+"

    refused(await officer.step(file, 5, "installed"), NOT_NOW, "proof_press, proof_position")
    assert (await officer.step(file, 5, "victim_support_notified")).status_code == 201
    phone = await gateway.enrol(UUID(file))
    assert (await gateway.press(phone, a_press(purpose="test"))).status_code == 201
    refused(await officer.step(file, 6, "installed"), NOT_NOW, "missing: proof_position")
    refused(
        await magistrate.step(file, 6, "closed", **OVER_NOW),
        NOT_NOW,
        "no_open_alarm",
    )
    again = a_press(purpose="test", positions=[POSITION])
    assert (await gateway.press(phone, again)).status_code in {200, 201}
    await connection.execute(REVOKED, phone.companion_id)
    refused(await officer.step(file, 6, "installed"), NOT_NOW, "missing: proof_press, proof_position")
    await proven(gateway, file)
    assert (await officer.step(file, 6, "installed")).status_code == 201

    view = (await magistrate.ask(f"/{file}")).json()
    assert (view["state"], view["version"], view["alarm_open"]) == ("installed", 7, True)
    assert [step["kind"] for step in view["next"]] == [
        "evaluated", "extended", "closed", "transferred", "multi_agency_began",
    ]  # fmt: skip
    steps = (await officer.ask(f"/{file}/steps")).json()
    kinds = "requested heard deliberated heard granted victim_support_notified installed"
    assert [step["kind"] for step in steps["steps"]] == kinds.split()
    assert steps["steps"][4]["ground"] == GRANTED["ground"]
    assert steps["steps"][4]["done_by"]["name"] == "magistrate"
    await check_what_is_kept(connection)


async def test_an_urgent_alarm_works_before_it_is_decided_and_closing_ends_it(
    gateway: Running, connection: Connection
) -> None:
    team = await a_team(gateway, connection)
    officer, magistrate = team.officer, team.magistrate
    refused(
        await officer.ask("", a_new_file("urgent", pv_number=None, reference="map 12")),
        NOT_NOW,
        "pv_number",
    )
    refused(await officer.ask("", a_new_file("urgent", team="BE-5345")), INVALID, "team")
    refused(await magistrate.ask("", a_new_file("urgent")), NOT_YOURS)
    refused(await officer.ask("", a_new_file(pv_number="Anna Voorbeeld")), INVALID, "pv_number")
    file = (await officer.ask("", a_new_file("urgent"))).json()["registration_id"]
    await proven(gateway, file)
    assert (await officer.step(file, 1, "installed")).status_code == 201

    (line,) = (await officer.ask("?turn=officer")).json()["files"]
    assert (line["victim"], line["state"], line["turn"]) == (NAME, "installed", "officer")
    assert line["next"]["kind"] == "victim_support_notified"
    assert line["pending"]["decide_by"] is not None
    assert line["protection"]["state"] == "unprotected"
    assert (await magistrate.ask("?turn=magistrate")).json()["files"] == []
    assert (await team.elsewhere.ask("")).json()["files"] == []
    refused(await officer.ask("?after=AAAA"), INVALID, "after")

    assert (await officer.step(file, 2, "victim_support_notified")).status_code == 201
    wrong: dict[str, Any] = {"reason": "other_measure", "ground": "andere maatregel"}
    assert (await magistrate.step(file, 3, "refused", **wrong)).json()["state"] == "installed"
    closing: dict[str, Any] = {"reason": "refused", "ground": "geweigerd door het parket"}
    refused(await magistrate.step(file, 4, "closed", **closing), NOT_NOW, "no_open_alarm")
    await connection.execute(OVER)
    await officer.step(file, 4, "transferred", to="BE-9999", ground="verhuisd")
    assert (await magistrate.step(file, 4, "closed", **closing)).json()["state"] == "closed"
    assert await connection.fetchval("SELECT count(*) FROM companion WHERE revoked_at IS NULL") == 0
    assert (await officer.step(file, 5, "archived")).status_code == 201
    assert (await officer.ask("?state=archived")).json()["files"][0]["protection"] is None


async def test_a_file_that_is_given_to_another_zone_is_theirs_and_no_more_the_givers(
    gateway: Running, connection: Connection
) -> None:
    team = await a_team(gateway, connection)
    file = (await team.officer.ask("", a_new_file())).json()["registration_id"]
    nowhere = await team.officer.step(file, 1, "transferred", to="BE-9999", ground="verhuisd")
    refused(nowhere, INVALID, "to")
    given = await team.officer.step(file, 1, "transferred", to="BE-5345", ground="verhuisd naar Antwerpen")
    assert given.json()["facts"] == {"to": "BE-5345", "from": "BE-5415"}
    refused(await team.officer.ask(f"/{file}"), NOT_FOUND)
    theirs = (await team.elsewhere.ask(f"/{file}")).json()
    assert (theirs["team"], theirs["centre"], theirs["version"]) == ("BE-5345", "BE-VAN", 2)
    steps = (await team.elsewhere.ask(f"/{file}/steps")).json()["steps"]
    assert steps[1]["ground"] == "verhuisd naar Antwerpen"
    await team.elsewhere.ask("", a_new_file())
    first = (await team.elsewhere.ask("?limit=1")).json()
    rest = (await team.elsewhere.ask(f"?limit=1&after={first['after']}")).json()
    assert {first["files"][0]["registration_id"], rest["files"][0]["registration_id"]} > {file}
    assert rest["after"] is None
