"""A request of SCAIP and its answer, on fakes of the ports behind the door."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.domain.door_errors import TokenMissing
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.integrators import Integrator
from gateway.http.doors.scaip import MEDIA_TYPE, PATH, ScaipDoor
from gateway.timing import BODY_MAX_BYTES
from schemas.events import EventFate, EventType
from tests.support.gear import OWNER, GearStage
from tests.support.scaip_unit import Answer, alarm, mrq, read


class Anyone:
    """Lets in who says that it is right."""

    async def of(self, connection: Any, body: bytes) -> Integrator:
        said = connection.headers.get("authorization")
        if said == "Bearer later":
            raise DatabaseUnavailable
        if said != "Bearer right":
            raise TokenMissing
        return OWNER


class Unit:
    """A unit with a token."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def say(self, raw: bytes) -> Answer:
        answer = await self.http.post(PATH, content=raw, headers={"content-type": MEDIA_TYPE})
        assert answer.headers["content-type"] == MEDIA_TYPE, answer.text
        return read(answer.status_code, answer.content)


@pytest.fixture
def stage() -> GearStage:
    return GearStage()


@pytest.fixture
async def unit(stage: GearStage) -> AsyncIterator[Unit]:
    door = ScaipDoor(
        principals=Anyone(),  # type: ignore[arg-type] # what the door asks of it
        integrators=stage.integrators,
        intake=stage.intake,
        clock=stage.clock,
        metrics=stage.metrics,
    )
    transport = httpx.ASGITransport(app=door)
    headers = {"authorization": "Bearer right"}
    async with httpx.AsyncClient(
        transport=transport, base_url="https://gateway.test", headers=headers
    ) as http:
        yield Unit(http)


async def test_an_alarm_is_handled_and_its_reference_echoed(stage: GearStage, unit: Unit) -> None:
    answer = await unit.say(alarm("00001883"))
    assert (answer.status, answer.tags) == (200, {"ref": "00001883", "snu": "0", "mre": "0"})
    (event,) = stage.intake.taken
    assert (event.type, event.subject, event.source) == (EventType.ALARM_RAISED, "scaip:26317", "urn:scaip")
    assert event.raw == alarm("00001883")


async def test_the_same_message_is_one_event_and_the_next_is_another(stage: GearStage, unit: Unit) -> None:
    for seconds in (0, 20, 1500):
        stage.clock.advance(seconds)
        place = {"geo": "50.85,4.35", "tim": stage.clock.now().isoformat()}
        assert (await unit.say(alarm("00000001", lge=place))).snu == "0"
    assert len(stage.intake.taken) == 1
    assert (await unit.say(alarm("00000002"))).snu == "0"
    stage.clock.advance(3600)  # it has lost power, and counts anew
    assert (await unit.say(alarm("00000001", lge={"geo": "50.85,4.35"}))).snu == "0"
    assert len(stage.intake.taken) == 3


async def test_a_trigger_that_is_linked_is_a_person_of_its_own(stage: GearStage, unit: Unit) -> None:
    stage.integrators.link("scaip:26317/A1")
    await unit.say(alarm("1", did="A1"))
    await unit.say(alarm("2", did="A2"))
    await unit.say(alarm("3", did="00"))
    assert [event.subject for event in stage.intake.taken] == ["scaip:26317/A1", "scaip:26317", "scaip:26317"]


@pytest.mark.parametrize(("hbo", "hbi"), [("001", "3"), ("1", "3"), ("0", None), (None, None)])
async def test_a_heartbeat_is_told_its_interval_where_it_can_be_set(
    unit: Unit, hbo: str | None, hbi: str | None
) -> None:
    more = {} if hbo is None else {"hbo": hbo}
    answer = await unit.say(alarm(mty="PI", **more))
    assert (answer.snu, answer.tags.get("hbi")) == ("0", hbi)


@pytest.mark.parametrize(
    ("raw", "status", "snu"),
    [
        (b"<mrq>" + b" " * BODY_MAX_BYTES + b"</mrq>", 413, "1"),
        (b"<mrq><ref>1</ref>", 400, "2"),
        (b"", 400, "2"),
        (b'{"ref": 1}', 400, "2"),
        (b"<scaip><ref>1</ref></scaip>", 400, "2"),
        (b'<!DOCTYPE mrq [<!ENTITY a "b">]><mrq><ref>&a;</ref></mrq>', 400, "2"),
        (b'<!DOCTYPE mrq SYSTEM "http://example.org/x.dtd"><mrq/>', 400, "2"),
        (b"<mrq>" + b"<a>" * 50 + b"</a>" * 50 + b"</mrq>", 400, "2"),
        (alarm(mty="ZZ"), 422, "3"),
        (mrq(ref="1", cid="2"), 422, "7"),
        (mrq(cid="1", dty="3"), 422, "10"),
    ],
)
async def test_what_is_wrong_is_told_by_its_number(unit: Unit, raw: bytes, status: int, snu: str) -> None:
    answer = await unit.say(raw)
    assert (answer.status, answer.snu) == (status, snu)
    assert answer.tags["ste"]


async def test_an_alarm_without_a_type_of_device_is_told_so_and_raised(stage: GearStage, unit: Unit) -> None:
    assert (await unit.say(mrq(ref="1", cid="2", stc="0010"))).snu == "7"
    assert stage.types == [EventType.ALARM_RAISED]


@pytest.mark.parametrize(
    ("fate", "status", "snu"), [(EventFate.REFUSED, 403, "5"), (EventFate.UNKNOWN, 503, "6")]
)
async def test_what_is_not_kept_is_never_0(
    stage: GearStage, unit: Unit, fate: EventFate, status: int, snu: str
) -> None:
    stage.intake.fate = fate
    answer = await unit.say(alarm())
    assert (answer.status, answer.snu) == (status, snu)


async def test_a_database_that_is_away_is_busy(stage: GearStage, unit: Unit) -> None:
    stage.integrators.away = True
    assert (await unit.say(alarm(did="A1"))).snu == "6"
    unit.http.headers["authorization"] = "Bearer later"  # who it is cannot be found out now
    answer = await unit.say(alarm())
    assert (answer.status, answer.snu) == (503, "6")


async def test_a_reference_from_anywhere_is_echoed_as_text(unit: Unit) -> None:
    answer = await unit.say(mrq(ref="<&\u2028>" + "x" * 99, cid="1", dty="3"))
    assert answer.tags["ref"] == ("<& >" + "x" * 99)[:64]


async def test_a_stranger_is_asked_who_it_is(unit: Unit) -> None:
    answer = await unit.http.post(PATH, content=alarm(), headers={"authorization": "Bearer wrong"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert (await unit.http.get(PATH)).status_code == 405
