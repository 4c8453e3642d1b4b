"""Looking back over HTTP: what is closed, what awaits a second look, notes, timeline, centres."""

from typing import Any

import httpx

from gateway.store.connect import connected
from schemas.session import Role
from tests.support.desk import Desk, a_desk, an_acknowledged_alarm, supervisor
from tests.support.gateway import Running, a_press


class Reader:
    """Somebody who asks over HTTP."""

    def __init__(self, node: Running, cookie: dict[str, str]) -> None:
        self._node = node
        self._cookie = cookie

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self._node.http.get(f"{self._node.url}{path}", params=query, headers=self._cookie)

    async def ids(self, **query: Any) -> list[str]:
        answer = await self.get("/v1/alarms", **query)
        assert answer.status_code == 200, answer.text
        return [alarm["alarm_id"] for alarm in answer.json()]


async def a_reader(node: Running, *centres: str, role: Role = Role.SUPERVISOR) -> Reader:
    return Reader(node, await supervisor(node, *centres, role=role))


async def closed(node: Running, desk: Desk, outcome: str = "arrest", **press: Any) -> str:
    """Raise an alarm, take it and close it; return its id."""
    alarm_id = str((await node.press(await node.a_companion(), a_press(**press))).json()["alarm_id"])
    await desk.ask("acknowledge", alarm_id)
    answer = await desk.ask("close", alarm_id, 1, outcome=outcome, note="Klaar.")
    assert answer["type"] == "result", answer
    return alarm_id


async def test_closed_alarms_are_listed_newest_first_page_by_page(gateway: Running) -> None:
    async with a_desk(gateway, "BE-VOV") as desk:
        gone = [await closed(gateway, desk) for _ in range(5)]
        still = await an_acknowledged_alarm(gateway, desk)
    reader = await a_reader(gateway, "BE-VOV")
    assert await reader.ids() == await reader.ids(state="open") == [still]
    assert await reader.ids(state="closed") == gone[::-1]
    pages = [await reader.ids(state="closed", limit=2)]
    while pages[-1]:
        pages.append(await reader.ids(state="closed", limit=2, before=pages[-1][-1]))
    assert [one for page in pages for one in page] == gone[::-1]
    assert await (await a_reader(gateway, "BE-WBR")).ids(state="closed") == []
    foreign = await (await a_reader(gateway, "BE-WBR")).get("/v1/alarms", state="closed", before=gone[0])
    assert foreign.status_code == 404


async def test_a_supervisor_finds_what_needs_a_second_look_until_somebody_has_looked(
    gateway: Running,
) -> None:
    async with a_desk(gateway, "BE-VOV") as desk:
        await closed(gateway, desk)
        slips = [await closed(gateway, desk, "slip") for _ in range(2)]
    reader = await a_reader(gateway, "BE-VOV")
    assert await reader.ids(awaiting="review") == slips[::-1]
    token = await gateway.a_session("BE-VOV", role=Role.SUPERVISOR, name="Kijkt")
    async with gateway.console(token) as console:
        await console.attached()
        answer = await Desk(console).ask("review", slips[0], 3, note="Akkoord.")
        assert answer["type"] == "result", answer
    assert await reader.ids(awaiting="review") == [slips[1]]
    wrong = await reader.get("/v1/alarms", awaiting="review", state="open")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "awaiting")


async def test_purposes_are_listed_apart_and_canaries_only_where_asked_for(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute(
            "UPDATE registration SET population = 'canary' WHERE registration_id = $1",
            companion.registration_id,
        )
    canary = (await gateway.press(companion)).json()["alarm_id"]
    test = (await gateway.press(await gateway.a_companion(), a_press(purpose="test"))).json()["alarm_id"]
    real = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
    reader = await a_reader(gateway, "BE-VOV")
    assert await reader.ids() == [test, real]
    assert await reader.ids(purpose="canary") == [canary]
    assert await reader.ids(purpose=["real", "canary"]) == [canary, real]


async def test_an_alarm_that_two_centres_see_is_listed_once(gateway: Running) -> None:
    async with a_desk(gateway, "BE-VOV", "BE-WBR") as desk:
        alarm_id = await an_acknowledged_alarm(gateway, desk)
        assert (await desk.ask("transfer", alarm_id, 2, to="BE-WBR"))["type"] == "result"
        assert (await desk.ask("close", alarm_id, 3, outcome="arrest", note="Klaar."))["type"] == "result"
    for centres in (("BE-VOV",), ("BE-WBR",), ("BE-VOV", "BE-WBR")):
        assert await (await a_reader(gateway, *centres)).ids(state="closed") == [alarm_id]


async def test_all_notes_are_shown_newest_first_until_her_file_is_erased(gateway: Running) -> None:
    async with a_desk(gateway, "BE-VOV") as desk:
        alarm_id = await an_acknowledged_alarm(gateway, desk)
        for number in range(5):
            await desk.ask("note", alarm_id, text=f"Nota {number}")
    reader = await a_reader(gateway, "BE-VOV")
    shown = (await reader.get(f"/v1/alarms/{alarm_id}")).json()["notes"]
    found = (await reader.get(f"/v1/alarms/{alarm_id}/notes")).json()
    assert [note["text"] for note in found["notes"]] == [f"Nota {number}" for number in (4, 3, 2, 1, 0)]
    assert found["notes"][: len(shown)] == shown
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute("UPDATE alarm SET wrapped_key = NULL")
    erased = (await reader.get(f"/v1/alarms/{alarm_id}/notes")).json()
    assert erased == {"alarm_id": alarm_id, "readable": False, "notes": []}


async def test_the_timeline_of_a_transferred_alarm_is_one_in_the_order_of_commit(gateway: Running) -> None:
    async with a_desk(gateway, "BE-VOV", "BE-WBR", name="De Operator") as desk:
        companion = await gateway.a_companion()
        alarm_id = str((await gateway.press(companion)).json()["alarm_id"])
        await gateway.press(companion)
        await desk.ask("acknowledge", alarm_id)
        await desk.ask("transfer", alarm_id, 3, to="BE-WBR")
        assert (await desk.ask("close", alarm_id, 4, outcome="slip", note="Klaar."))["type"] == "result"
    reader = await a_reader(gateway, "BE-VOV")
    told = (await reader.get(f"/v1/alarms/{alarm_id}/timeline")).json()["entries"]

    kinds = [
        "alarm.raised",
        "alarm.pressed_again",
        "alarm.acknowledged",
        "alarm.taken_over",
        "alarm.closed",
    ]
    assert [entry["kind"] for entry in told] == kinds
    assert [entry["version"] for entry in told] == [1, 2, 3, 4, 5]
    assert [entry["centre"] for entry in told] == ["BE-VOV"] * 3 + ["BE-WBR"] * 2
    both = [{"centre": "BE-VOV", "sequence": 4}, {"centre": "BE-WBR", "sequence": 1}]
    assert told[3]["streams"] == both
    assert told[2]["streams"] == [{"centre": "BE-VOV", "sequence": 3}]
    assert [entry["by"] and entry["by"]["name"] for entry in told] == [None, None, *["De Operator"] * 3]
    assert told[1]["changed"]["press_count"] == 2
    assert "registration_id" not in told[0]["changed"]
    assert told[4]["changed"]["closure"]["disposition"] == {"code": "10", "sub_code": "slip"}
    assert told[4]["state"] == "closed"
    assert sorted(told, key=lambda entry: entry["at"]) == told


async def test_history_of_another_centres_alarm_does_not_exist(gateway: Running) -> None:
    alarm_id = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
    foreign, officer = (
        await a_reader(gateway, "BE-WBR"),
        await a_reader(gateway, "BE-VOV", role=Role.CASE_OFFICER),
    )
    for path in ("notes", "timeline"):
        assert (await foreign.get(f"/v1/alarms/{alarm_id}/{path}")).status_code == 404
        assert (await officer.get(f"/v1/alarms/{alarm_id}/{path}")).status_code == 403


async def test_whoever_is_signed_in_is_told_which_centres_there_are(gateway: Running) -> None:
    found = (await (await a_reader(gateway, "BE-VOV", role=Role.MAGISTRATE)).get("/v1/centres")).json()
    assert len(found) == 11
    assert found[0] == {"centre": "BE-BRU", "name": "Brussel / Bruxelles"}
    assert (await gateway.http.get(f"{gateway.url}/v1/centres")).status_code == 401
