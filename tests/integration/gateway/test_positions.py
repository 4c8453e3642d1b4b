"""Positions of an open alarm, from a companion's signed request to the operator's view of the track."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from ble_bridge.clock import SystemClock as BridgeClock
from ble_bridge.signing import Signer
from gateway.clock import SystemClock
from gateway.store import fixes
from gateway.store.held import store_gathered
from schemas.outcome import Outcome
from schemas.session import Role
from tests.integration.gateway.test_client_acts import Desk, a_desk
from tests.support.gateway import Companion, Running
from tests.support.tracking import ANTWERPEN, GENT, post_fixes, wire_fix
from tests.support.wait import until


class Yesterday(BridgeClock):
    """The clock of a phone that is a day behind."""

    def now(self) -> datetime:
        return super().now() - timedelta(days=1)


async def an_alarm(gateway: Running, companion: Companion) -> str:
    answer = await gateway.press(companion)
    found: str = answer.json()["alarm_id"]
    return found


async def the_track(gateway: Running, alarm_id: str, token: str | None = None, **asked: Any) -> Any:
    answer = await ask_for_the_track(gateway, alarm_id, token or await gateway.a_session(), **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask_for_the_track(gateway: Running, alarm_id: str, token: str, **asked: Any) -> httpx.Response:
    return await gateway.http.get(
        f"{gateway.url}/v1/alarms/{alarm_id}/track", params=asked, headers={"Cookie": f"__Host-msa={token}"}
    )


def seconds_ago(instant: str) -> float:
    return (SystemClock().now() - datetime.fromisoformat(instant)).total_seconds()


async def test_fixes_are_stored_and_the_receipt_says_how_to_go_on(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    answer = await post_fixes(gateway, companion, alarm_id, wire_fix(1), wire_fix(2))
    assert answer.status_code == 202
    receipt = answer.json()
    assert (receipt["alarm_id"], receipt["stored"], receipt["known"], receipt["dropped"]) == (
        alarm_id,
        2,
        0,
        0,
    )
    assert (receipt["policy"]["state"], receipt["policy"]["every_s"]) == ("track", 1.0)
    assert 7100 < -seconds_ago(receipt["policy"]["until"]) <= 7200

    again = (await post_fixes(gateway, companion, alarm_id, wire_fix(2), wire_fix(3))).json()
    assert (again["stored"], again["known"]) == (1, 1)


async def test_a_phone_with_little_battery_sends_less_often(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    every = [
        (await post_fixes(gateway, companion, alarm_id, wire_fix(1), phone_battery_pct=pct)).json()["policy"][
            "every_s"
        ]
        for pct in (15, 14)
    ]
    assert every == [1.0, 10.0]


async def test_the_same_signed_request_is_taken_once(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    nonce = uuid4()
    first = await post_fixes(gateway, companion, alarm_id, wire_fix(1), nonce=nonce)
    again = await post_fixes(gateway, companion, alarm_id, wire_fix(2), nonce=nonce)
    assert (first.status_code, again.status_code) == (202, 401)
    assert again.json()["type"] == "urn:msa:problem:signature-replayed"


async def test_a_bad_fix_is_dropped_and_the_others_are_stored(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    sent = [wire_fix(1), wire_fix(2, latitude=91), "x", wire_fix(3, heading_deg=-5)]
    receipt = (await post_fixes(gateway, companion, alarm_id, *sent)).json()
    assert (receipt["stored"], receipt["dropped"]) == (2, 2)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"fixes": 1}', b"\xff\xfe", b'{"fixes":' + b"[" * 9000])
async def test_what_holds_no_list_of_fixes_is_a_problem_and_stores_nothing(
    gateway: Running, raw: bytes
) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    answer = await post_fixes(gateway, companion, alarm_id, raw=raw)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:msa:problem:malformed")


async def test_only_her_own_companions_are_heard(gateway: Running) -> None:
    hers, stranger = await gateway.a_companion(), await gateway.a_companion()
    alarm_id = await an_alarm(gateway, hers)
    assert (await post_fixes(gateway, stranger, alarm_id, wire_fix(1))).status_code == 404
    assert (await post_fixes(gateway, hers, uuid4(), wire_fix(1))).status_code == 404
    assert (await post_fixes(gateway, hers, "x", wire_fix(1))).status_code == 404
    url = f"{gateway.url}/v1/alarms/{alarm_id}/positions"
    unsigned = await gateway.http.post(url, json={"fixes": [wire_fix(1)]})
    assert (unsigned.status_code, unsigned.headers["www-authenticate"]) == (401, 'Signature realm="msa"')
    forged = await gateway.http.post(
        url, json={"fixes": [wire_fix(1)]}, headers=hers.signed("POST", url, b"other")
    )
    assert forged.status_code == 401
    assert (await gateway.http.get(url)).status_code == 405
    assert (await the_track(gateway, alarm_id))["fixes"] == []


async def test_a_phone_whose_clock_is_a_day_off_is_followed_all_the_same(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    clock, began = Yesterday(), SystemClock().now()
    aged = wire_fix(1, age_s=2.0)
    dated = {**wire_fix(2), "age_s": None, "fixed_at": (clock.now() - timedelta(seconds=3)).isoformat()}
    body = json.dumps({"sent_at": clock.now().isoformat(), "fixes": [aged, dated]}).encode()
    url = f"{gateway.url}/v1/alarms/{alarm_id}/positions"
    signer = Signer(companion.companion_id, companion.key, clock)
    headers = signer.headers("POST", httpx.URL(url), uuid4(), body)
    assert (await gateway.http.post(url, content=body, headers=headers)).json()["stored"] == 2
    ended = SystemClock().now()
    track = await the_track(gateway, alarm_id)
    fixed = [datetime.fromisoformat(fix["position"]["fixed_at"]) for fix in track["fixes"]]
    for at, age_s in zip(fixed, (3, 2), strict=True):
        assert began <= at + timedelta(seconds=age_s) <= ended


async def test_a_batch_that_is_hours_late_is_placed_where_it_belongs(gateway: Running) -> None:
    companion = await gateway.a_companion()
    answer = await gateway.press(companion, {"press_id": str(uuid4()), "age_ms": 4 * 3600_000})
    alarm_id = answer.json()["alarm_id"]
    await post_fixes(gateway, companion, alarm_id, wire_fix(9))
    late = [wire_fix(n, age_s=3 * 3600.0 - n) for n in (1, 2, 3)]
    assert (await post_fixes(gateway, companion, alarm_id, *late)).json()["stored"] == 3
    track = await the_track(gateway, alarm_id)
    assert [fix["flags"] for fix in track["fixes"]] == [["stale"], ["stale"], ["stale"], []]
    assert track["last_age_s"] < 10
    assert track["last"] == track["fixes"][-1]


async def test_the_track_keeps_what_was_sent_beside_the_radius_at_95_percent(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    await post_fixes(gateway, companion, alarm_id, wire_fix(1, radius_m=10.0, confidence=0.68, speed_mps=1.5))
    (fix,) = (await the_track(gateway, alarm_id))["fixes"]
    assert (fix["original_radius_m"], fix["original_confidence"]) == (10.0, 0.68)
    assert fix["position"]["confidence"] == 0.95
    assert round(fix["position"]["radius_m"], 1) == 16.2
    assert fix["position"]["speed_mps"] == 1.5


async def test_a_jump_is_flagged_whatever_the_order_of_arrival(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    for fix in (wire_fix(3, age_s=1.0), wire_fix(1, age_s=9.0), wire_fix(2, ANTWERPEN, age_s=5.0)):
        await post_fixes(gateway, companion, alarm_id, fix)
    flags = [fix["flags"] for fix in (await the_track(gateway, alarm_id))["fixes"]]
    assert flags == [[], ["jump"], ["jump"]]


async def test_a_long_track_is_read_in_parts(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    sent = [wire_fix(n, (51.0 + n / 1000, 3.7), age_s=30.0 - n) for n in range(1, 8)]
    await post_fixes(gateway, companion, alarm_id, *sent)
    token = await gateway.a_session()
    newest = await the_track(gateway, alarm_id, token, limit=3)
    older = await the_track(
        gateway, alarm_id, token, limit=4, before=newest["fixes"][0]["position"]["fixed_at"]
    )
    assert (newest["more"], older["more"]) == (True, False)
    found = [fix["position"]["latitude"] for fix in (*older["fixes"], *newest["fixes"])]
    assert found == [fix["latitude"] for fix in sent]
    assert older["last"] == newest["last"]


async def test_only_who_attends_the_alarm_sees_its_track(gateway: Running) -> None:
    alarm_id = await an_alarm(gateway, await gateway.a_companion())
    for token, status in (
        (await gateway.a_session("BE-WLG"), 404),
        (await gateway.a_session(role=Role.AUDITOR), 403),
        ("x" * 43, 401),
    ):
        assert (await ask_for_the_track(gateway, alarm_id, token)).status_code == status


async def test_after_the_alarm_is_closed_no_position_is_kept(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    before = wire_fix(1, age_s=30.0)  # of before the end, however late it comes
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        asked = {"alarm_id": alarm_id, "expected_version": 1}
        await console.send("acknowledge", request_id=str(uuid4()), **asked)
        await console.next("event")
        await console.next("result")
        await console.send("close", request_id=str(uuid4()), outcome="offender_gone", note="x", **asked)
        assert (await console.next("event"))["kind"] == "alarm.closed"
    receipt = (await post_fixes(gateway, companion, alarm_id, wire_fix(2, age_s=0.0), before)).json()
    assert (receipt["stored"], receipt["dropped"], receipt["policy"]["state"]) == (1, 1, "stop")
    (fix,) = (await the_track(gateway, alarm_id))["fixes"]
    assert fix["position"]["latitude"] == GENT[0]


async def test_after_a_reopening_positions_are_kept_until_the_next_end_however_late_they_come(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    async with a_desk(gateway, "BE-VOV", name="Gent") as desk:
        await until("shown", lambda: desk.board.find(UUID(alarm_id)) is not None)
        version = await closed(desk, alarm_id)
        await desk.client.reopen(UUID(alarm_id), "He is back.", version=version)
        receipt = (await post_fixes(gateway, companion, alarm_id, wire_fix(1, age_s=0.0))).json()
        assert (receipt["stored"], receipt["policy"]["state"]) == (1, "track")
        assert 7100 < -seconds_ago(receipt["policy"]["until"]) <= 7200
        fixed = SystemClock().now()
        await closed(desk, alarm_id)
    age_s = (SystemClock().now() - fixed).total_seconds()
    receipt = (await post_fixes(gateway, companion, alarm_id, wire_fix(2, age_s=age_s))).json()
    assert (receipt["stored"], receipt["policy"]["state"]) == (1, "stop")
    receipt = (await post_fixes(gateway, companion, alarm_id, wire_fix(3, age_s=0.0))).json()
    assert (receipt["stored"], receipt["dropped"]) == (0, 1)


async def closed(desk: Desk, alarm_id: str) -> int:
    await desk.client.acknowledge(UUID(alarm_id))
    image = desk.board.find(UUID(alarm_id))
    assert image is not None
    done = await desk.client.close(UUID(alarm_id), Outcome.OFFENDER_GONE, "x", version=image.version)
    assert done.version is not None
    return done.version


async def test_beyond_the_bound_companions_are_told_to_come_back_and_lose_nothing(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = asyncio.Event()

    async def held(*gathered: Any) -> None:
        await refusing.wait()
        await store_gathered(*gathered)

    monkeypatch.setattr(fixes, "FIXES_WAITING_MAX", 4)
    monkeypatch.setattr(fixes, "store_gathered", held)
    companions = [await gateway.a_companion() for _ in range(6)]
    alarms = [await an_alarm(gateway, companion) for companion in companions]

    async def send(companion: Companion, alarm_id: str) -> list[httpx.Response]:
        answers = [await post_fixes(gateway, companion, alarm_id, wire_fix(1), wire_fix(2))]
        while answers[-1].status_code == 503:
            refusing.set()
            answers.append(await post_fixes(gateway, companion, alarm_id, wire_fix(1), wire_fix(2)))
        return answers

    answers = await asyncio.gather(*map(send, companions, alarms))
    refused = [answer for told in answers for answer in told if answer.status_code == 503]
    assert refused
    assert all(answer.headers["retry-after"] == "2" for answer in refused)
    assert [told[-1].json()["stored"] for told in answers] == [2] * 6


async def test_an_alarm_read_by_id_has_where_she_is_now_first(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = await an_alarm(gateway, companion)
    await post_fixes(gateway, companion, alarm_id, wire_fix(1, ANTWERPEN))
    token = await gateway.a_session()
    url, headers = f"{gateway.url}/v1/alarms", {"Cookie": f"__Host-msa={token}"}
    (listed,) = (await gateway.http.get(url, headers=headers)).json()
    found = (await gateway.http.get(f"{url}/{alarm_id}", headers=headers)).json()
    assert listed == found
    assert UUID(found["alarm_id"]) == UUID(alarm_id)
    assert found["positions"][0]["latitude"] == ANTWERPEN[0]
