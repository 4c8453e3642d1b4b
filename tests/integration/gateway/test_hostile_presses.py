"""Bad presses of known companions raise alarms; everybody else is refused, and nothing breaks."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.store.connect import connected
from gateway.timing import UNVERIFIED_BURST
from tests.support.gateway import Companion, Running, a_press
from tests.support.hostile import PRESS_ID, READABLE, UNREADABLE


def a_forger_of(companion: Companion) -> Companion:
    """Somebody who knows the companion's id and has another key."""
    return replace(companion, key=ec.generate_private_key(ec.SECP256R1()))


async def test_every_hostile_body_raises_one_alarm_and_blinds_no_list(gateway: Running) -> None:
    token = await gateway.a_session()
    async with gateway.console(token) as console:
        await console.attached()
        for name, body in (READABLE | UNREADABLE).items():
            companion = await gateway.a_companion()
            answer = await gateway.press(companion, raw=body)
            again = await gateway.press(companion, raw=body)
            assert (answer.status_code, again.status_code) == (201, 200), name
            assert again.json()["alarm_id"] == answer.json()["alarm_id"], name
            await console.send("pong")
            while (event := await console.next("event"))["kind"] in {"notice.raised", "alarm.escalated"}:
                pass  # so many alarms at once are told as a flood, and nobody answers them
            assert event["alarm"]["alarm_id"] == answer.json()["alarm_id"], name
            assert event["alarm"]["verified"], name
            if name in READABLE:
                assert answer.json()["press_id"] == PRESS_ID, name
    async with gateway.console(token) as late:
        await late.attach()
        parts = [await late.next("snapshot")]
        while parts[-1]["more"]:
            parts.append(await late.next("snapshot"))
    listed = sum(len(part["alarms"]) for part in parts)
    shown = await gateway.http.get(f"{gateway.url}/v1/alarms", headers={"Cookie": f"__Host-msa={token}"})
    assert listed == len(shown.json()) == len(READABLE | UNREADABLE)


async def test_the_bytes_are_kept_as_they_came(gateway: Running) -> None:
    body = READABLE["NaN latitude"]
    await gateway.press(await gateway.a_companion(), raw=body)
    async with connected(gateway.database, application_name="test") as connection:
        assert await connection.fetchval("SELECT raw FROM press") == body


async def test_what_was_dropped_is_told_to_companion_and_console(gateway: Running) -> None:
    answer = await gateway.press(await gateway.a_companion(), raw=READABLE["wrong types everywhere"])
    assert "dropped:positions" in answer.json()["flags"]


async def test_a_body_over_64_kib_is_refused_before_it_is_read(gateway: Running) -> None:
    companion = await gateway.a_companion()
    answer = await gateway.press(companion, raw=b'{"x": "' + b"y" * 50_000_000 + b'"}')
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:msa:problem:too-large"
    assert (await gateway.press(companion)).status_code == 201


async def test_a_stranger_is_refused(gateway: Running) -> None:
    stranger = Companion(
        companion_id=uuid4(), registration_id=uuid4(), key=ec.generate_private_key(ec.SECP256R1())
    )
    answer = await gateway.press(stranger)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    unsigned = await gateway.http.post(f"{gateway.url}/v1/presses", json=a_press())
    assert unsigned.status_code == 401


async def test_a_revoked_companion_is_refused_as_such(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute("UPDATE companion SET revoked_at = now()")
    answer = await gateway.press(companion)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:msa:problem:companion-revoked")


async def test_a_wrong_signature_of_a_known_companion_raises_an_unverified_alarm(gateway: Running) -> None:
    companion = await gateway.a_companion()
    forger = a_forger_of(companion)
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        assert (await gateway.press(forger)).status_code == 201
        alarm = (await console.next("event"))["alarm"]
        assert not alarm["verified"]
        assert "signature_invalid" in alarm["flags"]
        assert (await gateway.press(companion)).status_code == 201
        assert (await console.next("event"))["alarm"]["verified"]


async def test_a_forged_press_does_not_take_the_id_of_the_real_one(gateway: Running) -> None:
    companion = await gateway.a_companion()
    forger = a_forger_of(companion)
    press = a_press()
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        forged = await gateway.press(forger, press)
        retried = await gateway.press(forger, {**press, "attempt": 2})
        assert (forged.status_code, retried.status_code) == (201, 200)
        assert retried.json() == {**forged.json(), "seen_before": True}
        assert forged.json()["press_id"] == press["press_id"]
        assert not (await console.next("event"))["alarm"]["verified"]

        real = await gateway.press(companion, press)
        assert (real.status_code, real.json()["press_id"]) == (201, press["press_id"])
        event = await console.next("event")
        assert event["cursor"]["sequence"] == real.json()["sequence"] == 2
        assert event["alarm"]["verified"]


async def test_a_retry_whose_signature_was_spoilt_on_the_way_gets_the_first_receipt(gateway: Running) -> None:
    companion = await gateway.a_companion()
    press = a_press()
    first = await gateway.press(companion, press)
    again = await gateway.press(a_forger_of(companion), {**press, "attempt": 2})
    assert (first.status_code, again.status_code) == (201, 200)
    for told in ("press_id", "alarm_id", "sequence", "committed_at"):
        assert again.json()[told] == first.json()[told]
    async with connected(gateway.database, application_name="test") as connection:
        assert await connection.fetchval("SELECT count(*) FROM stream_event") == 1


async def test_a_flood_of_forgeries_is_limited_and_never_costs_the_real_press(gateway: Running) -> None:
    companion = await gateway.a_companion()
    forger = a_forger_of(companion)
    codes = [(await gateway.press(forger)).status_code for _ in range(UNVERIFIED_BURST + 3)]
    assert codes.count(201) == UNVERIFIED_BURST
    assert codes[-1] == 429
    assert (await gateway.press(companion)).status_code == 201


async def test_a_captured_press_sent_again_raises_no_second_alarm(gateway: Running) -> None:
    companion = await gateway.a_companion()
    url, body = f"{gateway.url}/v1/presses", json.dumps(a_press()).encode()
    headers = companion.signed("POST", url, body)
    first = await gateway.http.post(url, content=body, headers=headers)
    replayed = await gateway.http.post(url, content=body, headers=headers)
    assert (first.status_code, replayed.status_code) == (201, 200)
    assert replayed.json()["alarm_id"] == first.json()["alarm_id"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_another_method_is_not_allowed(gateway: Running, method: str) -> None:
    answer = await gateway.http.request(method, f"{gateway.url}/v1/presses")
    assert answer.status_code == 405
