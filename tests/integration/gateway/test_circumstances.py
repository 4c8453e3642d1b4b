"""Circumstances by way of the gateway: versions, two editors, the review clock, the risk level."""

from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.domain.casework.review import INTERVALS
from gateway.settings import Settings
from gateway.store.casework.review_watch import ReviewWatch
from gateway.store.casework.reviews import reviews_due, teams_due
from gateway.store.connect import connected
from gateway.store.notices import PostgresNotices
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from schemas.session import Role
from tests.support.clock import VirtualClock
from tests.support.desk import a_desk, supervisor
from tests.support.gateway import Companion, Running

JOURNAL = """
SELECT kind, subject, reason, done_by ->> 'name' AS name, facts FROM journal
 WHERE registration_id = $1 ORDER BY entry"""

DUE_NOTICES = "SELECT subject, detail FROM notice WHERE kind = 'reviews_due' AND cleared_at IS NULL"


class CaseTeam:
    """Somebody of a case team, at one file."""

    def __init__(self, node: Running, headers: dict[str, str], companion: Companion) -> None:
        self._node, self._headers = node, headers
        self._file = f"{node.url}/v1/registrations/{companion.registration_id}"

    async def get(self, path: str = "circumstances") -> dict[str, Any]:
        answer = await self._node.http.get(f"{self._file}/{path}", headers=self._headers)
        return {"status": answer.status_code, **answer.json()}

    async def ask(self, path: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        url = f"{self._file}/{path}"
        answer = await self._node.http.request(method, url, json=body, headers=self._headers)
        return {"status": answer.status_code, **answer.json()}

    async def put_photo(self, photo: bytes, version: int) -> dict[str, Any]:
        """Upload a photo of the victim."""
        url = f"{self._file}/photos/victim?expected_version={version}"
        answer = await self._node.http.put(url, content=photo, headers=self._headers)
        return {"status": answer.status_code, **answer.json()}

    async def photo(self, path: str) -> bytes | None:
        """Fetch a photo."""
        answer = await self._node.http.get(f"{self._file}/photos/{path}", headers=self._headers)
        return answer.content if answer.status_code == 200 else None

    async def save(self, seen: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Save what was seen with changes to it."""
        edit = {name: seen[name] for name in ("person", "circumstances")}
        return await self.ask(
            "circumstances", {"expected_version": seen["version"], **edit, **changes}, "PUT"
        )


async def at_file(
    node: Running, companion: Companion, *centres: str, role: Role = Role.CASE_OFFICER
) -> CaseTeam:
    """Sign somebody in at a file."""
    return CaseTeam(node, await supervisor(node, *(centres or ("BE-VOV",)), role=role), companion)


@asynccontextmanager
async def the_database(node: Running) -> Any:
    async with connected(node.database, application_name="test") as database:
        yield database


async def test_two_who_edit_at_once_do_not_undo_each_other_and_every_version_stays_readable(gateway) -> None:
    companion = await gateway.a_companion()
    one, other = await at_file(gateway, companion), await at_file(gateway, companion)
    seen = await one.get()
    assert (seen["status"], seen["version"], seen["saved_by"]) == (200, 1, None)

    dog = {"kind": "pet", "severity": "high", "text": "<b>Waakhond</b>", "lang": "nl"}
    saved = await one.save(seen, circumstances=[*seen["circumstances"], dog])
    assert (saved["status"], saved["version"]) == (200, 2)
    assert saved["circumstances"][2]["text"] == "<b>Waakhond</b>"
    assert saved["circumstances"][2]["checked_on"] == day_of(SystemClock().now()).isoformat()

    late = await other.save(seen, circumstances=[])
    assert (late["status"], late["type"]) == (409, "urn:msa:problem:stale-version")
    assert (await other.get())["circumstances"] == saved["circumstances"]
    unchanged = await other.save(saved)
    assert unchanged["version"] == 2

    history = await other.get("versions")
    assert [(each["version"], each["changed"]) for each in history["versions"]] == [
        (2, ["pet"]),
        (1, ["created"]),
    ]
    assert [each["saved_by"] and each["saved_by"]["name"] for each in history["versions"]] == ["Op", None]
    old = await other.get("versions/1")
    assert (old["newest"], old["circumstances"], old["reviews"]) == (False, seen["circumstances"], [])
    assert (await other.get("versions/3"))["status"] == 404

    wrong = await one.save(saved, circumstances=[{**dog, "text": "x" * 1000}] * 3)
    assert (wrong["status"], wrong["errors"][0]["field"]) == (422, "circumstances")
    async with the_database(gateway) as database:
        rows = await database.fetch(JOURNAL, companion.registration_id)
        assert [row["kind"] for row in rows].count("file.changed") == 1
        (changed,) = [row for row in rows if row["kind"] == "file.changed"]
        assert (changed["facts"], changed["reason"]) == ({"version": 2, "changed": ["pet"]}, "case")
        assert "Waakhond" not in str([dict(row) for row in rows])
        assert [row["kind"] for row in rows].count("file.looked") == 4


async def test_a_file_of_another_team_does_not_exist_and_only_case_officers_write(gateway) -> None:
    companion = await gateway.a_companion()
    stranger = await at_file(gateway, companion, "BE-VAN")
    magistrate = await at_file(gateway, companion, role=Role.MAGISTRATE)
    operator = await at_file(gateway, companion, role=Role.OPERATOR)
    seen = await magistrate.get()
    assert seen["status"] == 200
    for path in ("circumstances", "versions", "versions/1"):
        assert (await stranger.get(path))["status"] == 404
        assert (await operator.get(path))["status"] == 403
    assert (await stranger.save(seen))["status"] == 404
    assert (await magistrate.save(seen))["status"] == 403
    wish = {"was": "high", "level": "extreme", "ground": "Nieuwe bedreiging"}
    assert (await stranger.ask("risk", wish, "PUT"))["status"] == 404


async def test_an_edit_after_the_press_changes_nothing_on_the_alarm(gateway) -> None:
    companion = await gateway.a_companion()
    officer = await at_file(gateway, companion)
    seen = await officer.get()
    assert seen["alarm_open"] is False
    async with a_desk(gateway, "BE-VOV") as desk:
        alarm_id = str((await gateway.press(companion)).json()["alarm_id"])
        shown = (await desk.last_told("alarm.raised"))["alarm"]
        person = {**seen["person"], "victim": {**seen["person"]["victim"], "name": "Voorbeeld, Carla"}}
        saved = await officer.save(seen, person=person, circumstances=[])
        assert (saved["version"], saved["alarm_open"]) == (2, True)
        await desk.ask("acknowledge", alarm_id)
        told = (await desk.last_told("alarm.acknowledged"))["alarm"]
    for now in (
        told,
        (
            await gateway.http.get(
                f"{gateway.url}/v1/alarms/{alarm_id}", headers=await supervisor(gateway, "BE-VOV")
            )
        ).json(),
    ):
        assert now["person"] == shown["person"]
        assert now["circumstances"] == shown["circumstances"]


async def test_one_officer_raises_the_level_and_two_people_lower_it(gateway) -> None:
    companion = await gateway.a_companion()
    one, other = await at_file(gateway, companion), await at_file(gateway, companion)
    magistrate = await at_file(gateway, companion, role=Role.MAGISTRATE)
    raised = await one.ask("risk", {"was": "high", "level": "extreme", "ground": "Wapen gezien"}, "PUT")
    assert (raised["level"], raised["review_days"], raised["lowering"]) == ("extreme", 3, None)
    assert (await other.ask("risk", {"was": "high", "level": "low", "ground": "x"}, "PUT"))["status"] == 409

    asked = await one.ask("risk", {"was": "extreme", "level": "medium", "ground": "Wapen ingeleverd"}, "PUT")
    assert (asked["level"], asked["lowering"]["level"], asked["lowering"]["mine"]) == (
        "extreme",
        "medium",
        True,
    )
    request = f"risk/{asked['lowering']['request_id']}"
    alone = await one.ask(f"{request}/confirm", {})
    assert (alone["status"], alone["type"]) == (409, "urn:msa:problem:not-allowed-now")
    theirs = (await magistrate.get())["risk"]["lowering"]
    assert (theirs["mine"], theirs["ground"]) == (False, "Wapen ingeleverd")
    lowered = await magistrate.ask(f"{request}/confirm", {})
    assert (lowered["level"], lowered["lowering"]) == ("medium", None)
    assert (await other.ask(f"{request}/confirm", {}))["status"] == 409

    again = await other.ask("risk", {"was": "medium", "level": "low", "ground": "Rustig"}, "PUT")
    refused = await one.ask(f"risk/{again['lowering']['request_id']}/refuse", {})
    assert (refused["level"], refused["lowering"]) == ("medium", None)
    lapsing = await other.ask("risk", {"was": "medium", "level": "low", "ground": "Rustig"}, "PUT")
    async with the_database(gateway) as database:
        await database.execute("UPDATE risk_request SET expires_at = now() WHERE decision IS NULL")
        late = await one.ask(f"risk/{lapsing['lowering']['request_id']}/confirm", {})
        assert (late["status"], (await one.get())["risk"]["lowering"]) == (409, None)
        rows = await database.fetch(JOURNAL, companion.registration_id)
        acts = [row["facts"]["act"] for row in rows if row["kind"] == "file.risk_changed"]
        assert acts == ["raised", "asked", "lowered", "asked", "refused", "asked"]
        sealed = await database.fetch("SELECT risk_request::text AS row FROM risk_request")
        assert "Wapen" not in str(sealed)
        assert b"Wapen".hex() not in str(sealed)


async def test_what_is_due_is_told_by_days_alone_and_confirmed_in_one_act(gateway, pool) -> None:
    companion = await gateway.a_companion()
    officer = await at_file(gateway, companion)
    now = SystemClock().now()
    seen = await officer.get()
    assert [each["overdue"] for each in seen["reviews"]] == [True, True, True]
    async with the_database(gateway) as database:
        (due,) = await reviews_due(database, "BE-VOV", now)
        assert (due.registration_id, due.entries, due.since) == (companion.registration_id, 3, None)
        assert await teams_due(database, now) == [("BE-VOV", "BE-VOV", 1)]
        clock = VirtualClock(now)
        notices = PostgresNotices(pool, Viewer(Keyring("k", {}), lambda _: None), lambda _: None)
        watch = ReviewWatch(pool=pool, clock=clock, intervals=INTERVALS, notices=notices)
        await watch.look()
        (notice,) = await database.fetch(DUE_NOTICES)
        assert (notice["subject"], notice["detail"]) == ("BE-VOV", {"files": 1})
        await database.execute("UPDATE notice SET cleared_at = now()")
        await watch.look()
        assert await database.fetch(DUE_NOTICES) == [], "once a day"
        clock.advance(86_400)
        await watch.look()
        assert len(await database.fetch(DUE_NOTICES)) == 1
        checked = await officer.ask(
            "circumstances/checked", {"expected_version": 1, "entries": [0, 1], "person": True}
        )
        assert [each["overdue"] for each in checked["reviews"]] == [False, False, False]
        assert checked["version"] == 2
        assert await reviews_due(database, "BE-VOV", now) == ()
        clock.advance(-86_400)
        await watch.look()
        assert await database.fetch(DUE_NOTICES) == [], "its cause is gone"
        (week_later,) = await reviews_due(database, "BE-VOV", now + timedelta(days=7))
        assert (week_later.entries, week_later.since) == (3, day_of(now) + timedelta(days=7))
        await database.execute("UPDATE registration SET state = 'closed'")
        assert await reviews_due(database, "BE-VOV", now + timedelta(days=7)) == ()
    beyond = await officer.ask("circumstances/checked", {"expected_version": 2, "entries": [2]})
    assert (beyond["status"], beyond["errors"][0]["field"]) == (422, "entries")
    stale = await officer.ask("circumstances/checked", {"expected_version": 1, "entries": [0]})
    assert stale["status"] == 409


@pytest.mark.parametrize("days", ["extreme=0", "extreme=three", "awful=3"])
def test_intervals_that_are_none_are_refused(days) -> None:
    with pytest.raises(ValueError, match="review_days"):
        Settings(review_days=days)


async def test_a_photo_belongs_to_the_version_it_came_with_and_an_alarm_keeps_it(gateway) -> None:
    companion = await gateway.a_companion()
    officer = await at_file(gateway, companion)
    assert (await officer.put_photo(b"<svg/>", 1))["errors"][0]["field"] == "photo"
    assert (await officer.put_photo(a_photo("red", 5_000_000), 1))["status"] == 413
    first = await officer.put_photo(a_photo("red"), 1)
    assert (first["version"], first["person"]["victim"]["photo_version"]) == (2, 2)
    assert (await officer.put_photo(a_photo("red"), 1))["status"] == 409
    alarm_id = str((await gateway.press(companion)).json()["alarm_id"])
    second = await officer.put_photo(a_photo("blue"), 2)
    assert second["person"]["victim"]["photo_version"] == 3

    operator, stranger = (
        await supervisor(gateway, "BE-VOV", role=Role.OPERATOR),
        await supervisor(gateway, "BE-VAN"),
    )
    photo = f"{gateway.url}/v1/alarms/{alarm_id}/photos/victim"
    shown = await gateway.http.get(photo, headers=operator)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert colour_of(shown.content) == "red"
    assert colour_of(await officer.photo("victim")) == "blue"
    assert colour_of(await officer.photo("victim?version=2")) == "red"
    assert (await gateway.http.get(photo, headers=stranger)).status_code == 404
    assert (await gateway.http.get(photo.replace("victim", "offender"), headers=operator)).status_code == 404

    gone = await officer.ask("photos/victim?expected_version=3", {}, "DELETE")
    assert (gone["version"], gone["person"]["victim"]["photo_version"]) == (4, None)
    assert await officer.photo("victim") is None
    history = (await officer.get("versions"))["versions"]
    assert [each["changed"] for each in history[:3]] == [["victim_photo"]] * 3
    async with the_database(gateway) as database:
        await database.execute("UPDATE alarm SET state = 'closed'")
        assert (await gateway.http.get(photo, headers=operator)).status_code == 404
        rows = await database.fetch(JOURNAL, companion.registration_id)
        looks = [(row["reason"], row["facts"]) for row in rows if row["subject"] == "victim_photo"]
        assert looks == [("alarm", {"version": 2}), ("case", {"version": 3}), ("case", {"version": 2})]
        sealed = await database.fetchval("SELECT photo_sealed FROM registration_photo LIMIT 1")
        assert b"JFIF" not in sealed


def a_photo(colour: str, size: int = 0) -> bytes:
    made = BytesIO()
    Image.new("RGB", (120, 160), colour).save(made, "PNG")
    return made.getvalue().ljust(size, b"\0")


def colour_of(photo: bytes | None) -> str:
    assert photo is not None
    red, _, blue = Image.open(BytesIO(photo)).split()
    return "red" if red.tobytes() > blue.tobytes() else "blue"
