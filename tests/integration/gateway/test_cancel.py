"""Her phone asks to cancel: the answer tells nothing, consoles are told which word it was."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from ble_bridge.clock import SystemClock as BridgeClock
from ble_bridge.signing import Signer
from gateway.http import alarms
from gateway.store.connect import connected
from tests.support.desk import a_desk
from tests.support.gateway import Companion, Running

SAFE, DURESS = "Zonnebloem", "Regenboog"

TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "CANCEL_ANSWER_S", 0.0)


async def wish(gateway: Running, companion: Companion, alarm_id: str, body: bytes) -> httpx.Response:
    url = f"{gateway.url}/v1/alarms/{alarm_id}/cancel"
    return await gateway.http.post(url, content=body, headers=companion.signed("POST", url, body))


def said(word: str | None) -> bytes:
    return json.dumps({"word": word}).encode()


async def an_alarm(gateway: Running) -> tuple[Companion, str]:
    companion = await gateway.a_companion(words=(SAFE, DURESS))
    return companion, (await gateway.press(companion)).json()["alarm_id"]


async def test_consoles_are_told_which_word_it_was_and_the_phone_is_not(gateway: Running) -> None:
    answers = []
    async with a_desk(gateway, "BE-VOV") as desk:
        for count, (body, word, coerced) in enumerate(
            [
                (b"", "none", False),
                (said("ZONNEBLOEM "), "safe", False),
                (said("regenboog"), "duress", True),
                (said("iets anders"), "unknown", False),
            ],
            1,
        ):
            companion, alarm_id = await an_alarm(gateway)
            answer = await wish(gateway, companion, alarm_id, body)
            assert answer.status_code == 200
            answers.append((answer.content.replace(alarm_id.encode(), b""), len(answer.content)))
            cancel = (await desk.told("alarm.cancel_requested", count))[-1]["alarm"]["cancel"]
            assert (cancel["word"], cancel["coerced"], cancel["count"]) == (word, coerced, 1)
    assert len(set(answers)) == 1


async def test_a_repeated_wish_and_one_of_a_closed_alarm_get_the_same_answer(gateway: Running) -> None:
    companion, alarm_id = await an_alarm(gateway)
    answers = [await wish(gateway, companion, alarm_id, said(word)) for word in (None, None, DURESS, SAFE)]
    async with a_desk(gateway, "BE-VOV") as desk:
        await desk.ask("acknowledge", alarm_id)
        closed = await desk.ask("close", alarm_id, 99, outcome="offender_gone", note="x")
        assert closed["type"] == "result"
        answers += [await wish(gateway, companion, alarm_id, said(word)) for word in (None, DURESS)]
        (end,) = [event for event in await desk.told("alarm.closed") if event["kind"] == "alarm.closed"]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert (end["alarm"]["cancel"]["count"], end["alarm"]["cancel"]["coerced"]) == (2, True)


async def test_the_word_is_nowhere_in_the_database(gateway: Running) -> None:
    companion, alarm_id = await an_alarm(gateway)
    for word in (SAFE, DURESS, "verdwaald"):
        await wish(gateway, companion, alarm_id, said(word))
    async with connected(gateway.database, application_name="test") as connection:
        for row in await connection.fetch(TABLES):
            text = await connection.fetchval(f"SELECT string_agg(t::text, ' ') FROM {row[0]} t")
            for word in (SAFE, DURESS, "verdwaald"):
                assert word.casefold() not in (text or "").casefold(), row[0]


async def test_a_phone_whose_clock_is_off_is_heard_and_a_nonce_is_taken_once(gateway: Running) -> None:
    class Yesterday(BridgeClock):
        def now(self) -> datetime:
            return super().now() - timedelta(days=1)

    companion, alarm_id = await an_alarm(gateway)
    url = f"{gateway.url}/v1/alarms/{alarm_id}/cancel"
    headers = Signer(companion.companion_id, companion.key, Yesterday()).headers(
        "POST", httpx.URL(url), uuid4(), said(DURESS)
    )
    answers = [await gateway.http.post(url, content=said(DURESS), headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]


async def test_only_her_own_companion_may_ask(gateway: Running) -> None:
    _, alarm_id = await an_alarm(gateway)
    stranger = await gateway.a_companion()
    assert (await wish(gateway, stranger, alarm_id, b"")).status_code == 404
    assert (await gateway.http.post(f"{gateway.url}/v1/alarms/{alarm_id}/cancel")).status_code == 401
