"""The uplink against a real HTTP server that checks signatures and fails as scripted."""

import stat
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from ble_bridge import timing
from ble_bridge.clock import SystemClock
from ble_bridge.enrolling import EnrolmentRefusedError, enrol, enrolment_request
from ble_bridge.ports import Receipted, Refused, Unknown
from ble_bridge.state import NotEnrolledError, StateDirectory
from ble_bridge.uplink import Uplink
from schemas.enrolment import CompanionPolicy, Enrolment
from schemas.press import Press
from schemas.protection import CompanionHeartbeat
from schemas.signals import SignalKind, Signals
from schemas.track import PositionBatch, PositionsReceipt, TrackFix
from tests.support.clock import START
from tests.support.companion import a_press
from tests.support.companion_gateway import CompanionGateway


def a_track_fix(index: int) -> TrackFix:
    return TrackFix(index=index, latitude=51.0, longitude=3.7, fixed_at=START, age_s=1.0)


def as_it_is(press: Press) -> Callable[[], Press]:
    return lambda: press


@pytest.fixture
async def gateway() -> AsyncIterator[CompanionGateway]:
    async with CompanionGateway() as running:
        yield running


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    return StateDirectory.make(tmp_path / "companion")


async def enrolled(gateway: CompanionGateway, state: StateDirectory) -> Enrolment:
    return await enrol(gateway.url, gateway.code, enrolment_request(state.key(), "test phone", "0"))


@pytest.fixture
async def uplink(gateway: CompanionGateway, state: StateDirectory) -> AsyncIterator[Uplink]:
    async with Uplink(await enrolled(gateway, state), state.key(), SystemClock()) as link:
        yield link


async def test_a_press_gets_its_receipt(uplink, gateway):
    press = a_press()
    answer = await uplink.post(as_it_is(press))
    assert isinstance(answer, Receipted)
    assert answer.receipt.press_id == press.press_id
    assert gateway.presses == [press]


async def test_the_nonce_of_a_press_is_its_press_id_on_every_try(uplink, gateway):
    press = a_press()
    await uplink.post(as_it_is(press))
    await uplink.post(as_it_is(press))
    inputs = [message.headers["signature-input"] for message in gateway.messages[-2:]]
    assert all(f'nonce="{press.press_id}"' in text and text.startswith("msa=(") for text in inputs)


async def test_a_changed_body_no_longer_holds(gateway, state):
    enrolment = await enrolled(gateway, state)

    class Meddler(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            body = request.content.replace(b'"hold"', b'"test"')
            changed = httpx.Request(request.method, request.url, headers=request.headers, content=body)
            return await super().handle_async_request(changed)

    async with Uplink(enrolment, state.key(), SystemClock(), transport=Meddler()) as link:
        assert await link.post(as_it_is(a_press())) == Unknown("http_401")
    assert gateway.presses == []


async def test_one_connection_serves_many_presses(uplink, gateway):
    before = gateway.connections
    for _ in range(5):
        await uplink.post(as_it_is(a_press()))
        await uplink.keep_warm()
    assert gateway.connections - before == 1


@pytest.mark.parametrize("fate", ["503", "401", "cut_before", "cut_after", "portal", "other_receipt"])
async def test_whatever_is_not_the_receipt_of_this_press_means_unknown(uplink, gateway, fate):
    gateway.plan.append(fate)
    assert isinstance(await uplink.post(as_it_is(a_press())), Unknown)


async def test_a_verdict_on_the_press_itself_is_a_refusal_with_the_gateways_words(uplink, gateway):
    gateway.plan.append("422")
    assert await uplink.post(as_it_is(a_press())) == Refused(422, "invalid: A field is missing or wrong")


async def test_a_silent_gateway_is_given_up_in_time(uplink, gateway, monkeypatch):
    monkeypatch.setattr(uplink._http, "timeout", httpx.Timeout(20, read=0.2))
    gateway.plan.append("silent")
    assert await uplink.post(as_it_is(a_press())) == Unknown("ReadTimeout")


@pytest.mark.parametrize("fate", ["503", "422", "cut_after"])
async def test_the_second_gateway_takes_over_with_the_same_press_id(gateway, state, fate):
    async with CompanionGateway(store=gateway.store, keys=gateway.keys) as second:
        enrolment = (await enrolled(gateway, state)).model_copy(
            update={"gateways": (gateway.url, second.url)}
        )
        gateway.always = fate
        async with Uplink(enrolment, state.key(), SystemClock()) as link:
            press = a_press()
            assert isinstance(await link.post(as_it_is(press)), Receipted)
    assert [p.press_id for p in (*gateway.presses, *second.presses)] == [press.press_id] * 2
    assert gateway.committed == [press.press_id]


async def test_a_press_is_as_old_as_it_is_when_the_second_gateway_hears_of_it(gateway, state):
    enrolment = await enrolled(gateway, state)
    ages = iter((1.0, 9000.0))
    gateway.plan.append("503")
    twice = enrolment.model_copy(update={"gateways": (gateway.url, gateway.url)})
    async with Uplink(twice, state.key(), SystemClock()) as link:
        press = a_press()
        await link.post(lambda: press.model_copy(update={"age_ms": next(ages)}))
    assert [press.age_ms for press in gateway.presses] == [1.0, 9000.0]


async def test_a_gateway_that_does_not_listen_is_passed_over(gateway, state):
    enrolment = (await enrolled(gateway, state)).model_copy(
        update={"gateways": ("http://127.0.0.1:1", gateway.url)}
    )
    async with Uplink(enrolment, state.key(), SystemClock()) as link:
        assert isinstance(await link.post(as_it_is(a_press())), Receipted)


async def test_signals_wait_for_news_and_end_empty_handed_without(uplink, gateway):
    alarm_id = uuid4()
    empty = await uplink.signals(alarm_id, 0)
    assert isinstance(empty, Signals)
    assert empty.signals == ()
    await gateway.signal(alarm_id, SignalKind.SEEN)
    told = await uplink.signals(alarm_id, 0)
    assert isinstance(told, Signals)
    assert [signal.kind for signal in told.signals] == [SignalKind.SEEN]
    assert told.last == 1


class WrongClock(SystemClock):
    """Days behind."""

    def now(self) -> datetime:
        return super().now() - timedelta(days=3)


async def test_a_wrong_clock_holds_up_nothing_but_the_first_try(gateway, state):
    """What is no press is refused for its date; the refusal tells the right one."""
    enrolment = await enrolled(gateway, state)
    async with Uplink(enrolment, state.key(), WrongClock()) as link:
        press = a_press()
        assert isinstance(await link.post(as_it_is(press)), Receipted)
        assert isinstance(await link.heartbeat(CompanionHeartbeat()), CompanionPolicy)
        assert isinstance(await link.heartbeat(CompanionHeartbeat()), CompanionPolicy)
    assert [each.url.rsplit("/", 1)[-1] for each in gateway.messages[-4:]] == [
        "presses", "heartbeats", "heartbeats", "heartbeats"
    ]  # fmt: skip


async def test_a_signature_that_never_holds_is_not_sent_round_and_round(gateway, state):
    enrolment = await enrolled(gateway, state)
    gateway.keys.clear()
    async with Uplink(enrolment, state.key(), SystemClock()) as link:
        before = len(gateway.messages)
        assert await link.heartbeat(CompanionHeartbeat()) == Unknown("http_401")
        assert len(gateway.messages) == before + 1


async def test_positions_go_first_to_the_gateway_that_answered_last(gateway, state):
    async with CompanionGateway(store=gateway.store, keys=gateway.keys) as second:
        enrolment = (await enrolled(gateway, state)).model_copy(
            update={"gateways": (gateway.url, second.url)}
        )
        async with Uplink(enrolment, state.key(), SystemClock()) as link:
            answer = await link.post(as_it_is(a_press()))
            assert isinstance(answer, Receipted)
            gateway.fates["positions"] = "503"
            for index in range(1, 4):
                batch = partial(PositionBatch, fixes=(a_track_fix(index),))
                receipt = await link.positions(answer.receipt.alarm_id, batch)
                assert isinstance(receipt, PositionsReceipt)
    assert len([each for each in gateway.messages if each.url.endswith("positions")]) == 1
    assert len(second.tracks[answer.receipt.alarm_id]) == 3


async def test_no_two_requests_but_tries_of_a_press_bear_the_same_nonce(uplink, gateway):
    for _ in range(3):
        assert isinstance(await uplink.heartbeat(CompanionHeartbeat()), CompanionPolicy)
    inputs = [each.headers["signature-input"] for each in gateway.messages if "heartbeats" in each.url]
    assert len(set(inputs)) == 3


async def test_only_the_public_key_leaves_and_the_private_one_is_its_owners_alone(gateway, state):
    await enrolled(gateway, state)
    sent = gateway.messages[-1].body
    private = (state.path / "private_key.pem").read_bytes()
    assert b"PUBLIC KEY" in sent
    assert b"PRIVATE" not in sent
    assert stat.S_IMODE((state.path / "private_key.pem").stat().st_mode) == 0o600
    assert StateDirectory(state.path).key().private_numbers() == state.key().private_numbers()
    assert private.splitlines()[1] not in sent


async def test_an_enrolment_is_kept_for_the_next_run(gateway, state):
    with pytest.raises(NotEnrolledError):
        state.enrolment()
    state.keep_enrolment(enrolment := await enrolled(gateway, state))
    assert StateDirectory(state.path).enrolment() == enrolment
    assert isinstance(enrolment.companion_id, UUID)


async def test_a_wrong_code_is_refused_with_the_gateways_words(gateway, state):
    with pytest.raises(EnrolmentRefusedError, match="enrolment-code-invalid"):
        await enrol(gateway.url, "WRONG/../code", enrolment_request(state.key(), "phone", "0"))


def test_a_try_at_two_gateways_ends_within_the_longest_pause():
    assert 2 * (timing.HTTP_CONNECT_S + timing.HTTP_ANSWER_S) < 30
