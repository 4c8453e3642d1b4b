"""A companion says that it lives, over HTTP; consoles and the case team see what becomes of it."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.clock import SystemClock
from gateway.http.security import COOKIE
from gateway.store import reopened
from gateway.store.companions import Companions
from gateway.store.connect import connected, create_pool
from schemas.alarm import AlarmState
from schemas.enrolment import CompanionPolicy
from schemas.outcome import Outcome
from schemas.protection import HeartbeatAnswer, ProtectionState, ProtectionView
from schemas.session import Role
from tests.integration.gateway.test_client_acts import a_desk
from tests.support.clock import VirtualClock
from tests.support.gateway import Companion, Running, a_press
from tests.support.heartbeats import well
from tests.support.wait import until


async def beat(
    gateway: Running, companion: Companion, body: bytes | None = None, **said: Any
) -> httpx.Response:
    """Post a signed heartbeat."""
    content = well(**said).model_dump_json().encode() if body is None else body
    url = f"{gateway.url}/v1/heartbeats"
    return await gateway.http.post(url, content=content, headers=companion.signed("POST", url, content))


def slug(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, str(response.json()["type"]).rpartition(":")[2]


async def protection(gateway: Running, registration_id: UUID, token: str) -> httpx.Response:
    url = f"{gateway.url}/v1/registrations/{registration_id}/protection"
    return await gateway.http.get(url, headers={"Cookie": f"{COOKIE}={token}"})


async def test_a_heartbeat_is_answered_with_how_to_behave_which_is_more_often_during_an_alarm(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    calm = await beat(gateway, companion)
    assert calm.status_code == 200
    assert CompanionPolicy.model_validate_json(calm.content) == CompanionPolicy(heartbeat_s=25.0)
    url = f"{gateway.url}/v1/heartbeats"
    body = json.dumps({"alarm_id": str(uuid4()), "sent_at": "2026-03-02T09:00:00Z"}).encode()
    other = await gateway.a_companion()
    alarmed = await gateway.http.post(url, content=body, headers=other.signed("POST", url, body))
    assert CompanionPolicy.model_validate_json(alarmed.content).heartbeat_s == 10.0


DEADLINES = "SELECT kind, extract(epoch FROM due_at - now()) AS in_s FROM deadline WHERE alarm_id = $1"


@pytest.mark.parametrize("purpose", ["real", "test"])
async def test_a_companion_is_told_of_its_reopened_alarm_for_as_long_as_she_is_followed(
    gateway: Running, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    monkeypatch.setattr(reopened, "REOPENED_S", 0.05)
    companion, other = await gateway.a_companion(), await gateway.a_companion()
    receipt = (await gateway.press(companion, a_press(purpose=purpose))).json()
    alarm_id = UUID(receipt["alarm_id"])

    async def told(who: Companion = companion) -> HeartbeatAnswer:
        return HeartbeatAnswer.model_validate_json((await beat(gateway, who)).content)

    async def is_told() -> bool:
        said = (await told()).reopened
        return said is not None and (said.alarm_id, said.times) == (alarm_id, 1) and said.said_at > before

    async def is_told_nothing() -> bool:
        return (await told()).reopened is None

    async def ended() -> int:
        await desk.client.acknowledge(alarm_id)
        image = desk.board.find(alarm_id)
        assert image is not None
        done = await desk.client.close(alarm_id, Outcome.PREVENTED, "x", version=image.version)
        assert done.version is not None
        return done.version

    async with a_desk(gateway, "BE-VOV", name="Gent") as desk:
        await until("shown", desk.shows(alarm_id, AlarmState.RAISED))
        assert await is_told_nothing()
        version, before = await ended(), SystemClock().now()
        assert await is_told_nothing()
        await desk.client.reopen(alarm_id, "Not over.", version=version)
        await until("told so", is_told)
        assert (await told(other)).reopened is None
        async with connected(gateway.database, application_name="test") as connection:
            due = {row["kind"]: row["in_s"] for row in await connection.fetch(DEADLINES, alarm_id)}
            assert set(due) == {"tracking_ending", "tracking_end"} | {
                "escalate" if purpose == "real" else "expire"
            }
            assert 7100 < due["tracking_end"] <= 7200
            assert 6800 < due["tracking_ending"] <= 6900
            await connection.execute(
                "UPDATE deadline SET due_at = now() WHERE alarm_id = $1 AND kind = 'tracking_end'", alarm_id
            )
        await until("no more followed, no more told", is_told_nothing)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"help",
        b'{"phone_battery_pct": NaN, "button_link": "sideways", "sent_at": "yesterday"}',
        b'{"missing_permissions": ' + b"[" * 900 + b"]" * 900 + b"}",
        json.dumps({"companion_version": "a\x00\ud800", "presses_waiting": -1, "alarm_id": 7}).encode(),
    ],
    ids=["empty", "no JSON", "wrong values", "deep", "unstorable text"],
)
async def test_whatever_else_it_says_a_companion_that_speaks_lives(gateway: Running, body: bytes) -> None:
    companion = await gateway.a_companion()
    assert (await beat(gateway, companion, body)).status_code == 200
    async with connected(gateway.database, application_name="test") as connection:

        async def written() -> bool:
            return bool(await connection.fetchval("SELECT count(*) FROM companion_state"))

        await until("the heartbeat is written", written)


async def test_only_an_enrolled_companion_s_own_word_is_taken(gateway: Running) -> None:
    companion, revoked = await gateway.a_companion(), await gateway.a_companion()
    url = f"{gateway.url}/v1/heartbeats"
    assert slug(await gateway.http.post(url, content=b"{}")) == (401, "signature-missing")
    signed = companion.signed("POST", url, b"{}")
    assert slug(await gateway.http.post(url, content=b"{ }", headers=signed)) == (401, "signature-invalid")
    async with create_pool(gateway.database, application_name="test") as pool:
        await Companions(pool, VirtualClock()).revoke(revoked.companion_id)
    await until("the node knows of it", lambda: _is_refused(gateway, revoked))
    assert slug(await gateway.http.get(url)) == (405, "method-not-allowed")
    large = b" " * 70_000
    too_large = await gateway.http.post(url, content=large, headers=companion.signed("POST", url, large))
    assert slug(too_large) == (413, "too-large")


async def _is_refused(gateway: Running, companion: Companion) -> bool:
    answer = await beat(gateway, companion)
    return answer.status_code == 403 and slug(answer) == (403, "companion-revoked")


async def test_a_heartbeat_sent_again_is_refused_as_a_replay(gateway: Running) -> None:
    companion = await gateway.a_companion()
    url = f"{gateway.url}/v1/heartbeats"
    signed = companion.signed("POST", url, b"{}")
    assert (await gateway.http.post(url, content=b"{}", headers=signed)).status_code == 200
    assert slug(await gateway.http.post(url, content=b"{}", headers=signed)) == (401, "signature-replayed")


async def test_a_console_is_told_when_she_is_less_protected_and_why(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        await beat(gateway, companion, phone_battery_pct=12)
        changed, raised = await console.next("event"), await console.next("event")
    assert (changed["kind"], changed["protection"]["state"]) == ("protection.changed", "degraded")
    assert [fault["kind"] for fault in changed["protection"]["faults"]] == ["phone_battery_low"]
    assert changed["protection"]["registration_id"] == str(companion.registration_id)
    assert changed["alarm"] is changed["notice"] is None
    assert (raised["kind"], raised["notice"]["kind"]) == ("notice.raised", "protection")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.CASE_OFFICER])
async def test_whoever_follows_her_up_reads_how_she_is_protected(gateway: Running, role: Role) -> None:
    companion = await gateway.a_companion("BE-VOV")
    elsewhere = await gateway.a_companion("BE-VAN")
    token = await gateway.a_session("BE-VOV", role=role)
    never_heard = ProtectionView.model_validate_json(
        (await protection(gateway, companion.registration_id, token)).content
    )
    assert (never_heard.state, never_heard.heard_at) == (ProtectionState.UNPROTECTED, None)
    await beat(gateway, companion)

    async def protected() -> bool:
        found = (await protection(gateway, companion.registration_id, token)).json()
        return bool(found["state"] == "protected" and found["heard_at"])

    await until("she is protected", protected)
    cookie = {"Cookie": f"{COOKIE}={token}"}
    listed = await gateway.http.get(f"{gateway.url}/v1/protections?centre=BE-VOV", headers=cookie)
    assert [one["registration_id"] for one in listed.json()] == [str(companion.registration_id)]
    assert (await protection(gateway, elsewhere.registration_id, token)).status_code == 404
    other = await gateway.http.get(f"{gateway.url}/v1/protections?centre=BE-VAN", headers=cookie)
    assert other.status_code == 404
    unknown = await protection(gateway, uuid4(), token)
    assert unknown.json() == (await protection(gateway, elsewhere.registration_id, token)).json()


async def test_nobody_else_reads_it(gateway: Running) -> None:
    companion = await gateway.a_companion()
    auditor = await gateway.a_session(role=Role.AUDITOR)
    assert (await protection(gateway, companion.registration_id, auditor)).status_code == 403
    assert (await protection(gateway, companion.registration_id, "nobody")).status_code == 401


async def test_the_metrics_count_heartbeats_and_name_nobody(gateway: Running) -> None:
    companion = await gateway.a_companion()
    await beat(gateway, companion)

    async def written() -> bool:
        text = (await gateway.http.get(f"{gateway.url}/metrics")).text
        assert str(companion.companion_id) not in text
        assert str(companion.registration_id) not in text
        return 'msa_heartbeats_total{outcome="written"} 1.0' in text

    await until("the heartbeat is counted", written)
