"""Notices are put aside for a while over the wire: with an end, a reason and a trace, and never an alarm."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dispatch.client import CommandRefused, ConsoleClient
from gateway.timing import SHELVED_MAX_S
from schemas.alarm import AlarmState
from schemas.protection import Audience, NoticeKind, NoticeView, ShelvingReason
from schemas.session import Role
from tests.support.desk import a_desk
from tests.support.gateway import Running
from tests.support.noticing import EVENTS, a_notice, noticing


async def the_notice(console: ConsoleClient, *, shelved: bool = False) -> NoticeView:
    """Read on until the centre has one notice, put aside or not."""
    while True:
        found = list(console.board.centres["BE-VOV"].notices.values()) if console.board.centres else []
        if found and (found[0].shelved is not None) == shelved:
            return found[0]
        await anext(console)


async def test_a_notice_is_put_aside_until_then_and_taken_back_and_each_is_told_and_kept(
    gateway: Running,
) -> None:
    async with (
        noticing(gateway) as (notices, pool),
        ConsoleClient(gateway.url, await gateway.a_session(name="Legt weg")) as one,
        ConsoleClient(gateway.url, await gateway.a_session(name="Kijkt toe")) as other,
    ):
        await a_notice(notices)
        notice = await the_notice(one)
        await one.shelve_notice("BE-VOV", notice.notice_id, SHELVED_MAX_S, ShelvingReason.KNOWN_CAUSE)
        seen = (await the_notice(other, shelved=True)).shelved
        assert seen is not None
        assert (seen.by.name, seen.reason) == ("Legt weg", ShelvingReason.KNOWN_CAUSE)
        assert seen.until - notice.raised_at >= timedelta(seconds=SHELVED_MAX_S)
        async with ConsoleClient(gateway.url, await gateway.a_session()) as fresh:
            assert (await the_notice(fresh, shelved=True)).shelved == seen, "a snapshot holds it too"
        await other.unshelve_notice("BE-VOV", notice.notice_id)
        assert await the_notice(one) == notice
        await other.unshelve_notice("BE-VOV", notice.notice_id)
        log = await pool.fetch(EVENTS)
    assert [row["kind"] for row in log] == ["notice.raised", "notice.shelved", "notice.unshelved"]
    assert [row["done_by"] and row["done_by"]["name"] for row in log] == [None, "Legt weg", "Kijkt toe"]
    assert log[1]["image"]["shelved"]["reason"] == "known_cause"


@pytest.mark.parametrize("too_long", [SHELVED_MAX_S + 1, 2**31 - 1])
async def test_longer_than_the_most_is_refused_as_invalid_and_changes_nothing(
    gateway: Running, too_long: int
) -> None:
    session = await gateway.a_session()
    async with noticing(gateway) as (notices, pool), ConsoleClient(gateway.url, session) as console:
        await a_notice(notices)
        notice = await the_notice(console)
        with pytest.raises(CommandRefused) as refused:
            await console.shelve_notice("BE-VOV", notice.notice_id, too_long, ShelvingReason.IN_HAND)
        assert (refused.value.slug, refused.value.problem.status) == ("invalid", 422)
        assert str(SHELVED_MAX_S) in str(refused.value.problem.detail)
        assert [row["kind"] for row in await pool.fetch(EVENTS)] == ["notice.raised"]


async def test_only_those_whom_a_notice_is_for_at_its_centre_put_it_aside_or_deal_with_it(
    gateway: Running,
) -> None:
    foreign, operator = await gateway.a_session("BE-VAN"), await gateway.a_session()
    supervisor = await gateway.a_session(role=Role.SUPERVISOR)
    async with (
        noticing(gateway) as (notices, pool),
        ConsoleClient(gateway.url, supervisor) as hers,
        ConsoleClient(gateway.url, operator) as his,
        ConsoleClient(gateway.url, foreign) as elsewhere,
    ):
        await a_notice(notices, kind=NoticeKind.WEBHOOK_FAILED, audience=(Audience.SUPERVISOR,))
        notice = await the_notice(hers)
        await the_notice(his)
        await anext(elsewhere)
        wish = ("BE-VOV", notice.notice_id, 60, ShelvingReason.IN_HAND)
        for console, slug in ((elsewhere, "not-found"), (his, "not-yours")):
            acts = (
                console.shelve_notice(*wish),
                console.unshelve_notice("BE-VOV", notice.notice_id),
                console.clear_notice("BE-VOV", notice.notice_id),
            )
            for act in acts:
                with pytest.raises(CommandRefused) as refused:
                    await act
                assert refused.value.slug == slug
        assert [row["kind"] for row in await pool.fetch(EVENTS)] == ["notice.raised"]
        await hers.shelve_notice(*wish)
        await hers.clear_notice("BE-VOV", notice.notice_id)
        with pytest.raises(CommandRefused) as gone:
            await hers.shelve_notice(*wish)
        assert gone.value.slug == "not-found"


async def test_news_about_a_notice_takes_it_off_the_shelf(gateway: Running) -> None:
    session = await gateway.a_session()
    async with noticing(gateway) as (notices, _), ConsoleClient(gateway.url, session) as console:
        await a_notice(notices, detail={"state": "degraded"})
        notice = await the_notice(console)
        await console.shelve_notice("BE-VOV", notice.notice_id, 600, ShelvingReason.PLANNED)
        await the_notice(console, shelved=True)
        await a_notice(notices, detail={"state": "degraded"})
        assert (await notices.find("BE-VOV", notice.notice_id) or notice).shelved, "that was no news"
        await a_notice(notices, detail={"state": "unprotected"})
        again = await the_notice(console)
        assert (again.notice_id, again.detail) == (notice.notice_id, {"state": "unprotected"})


async def test_the_same_request_again_moves_no_end_and_another_does(gateway: Running) -> None:
    async with noticing(gateway) as (notices, pool), a_desk(gateway, "BE-VOV") as desk:
        await a_notice(notices)
        notice_id = (await desk.last_told("notice.raised"))["notice"]["notice_id"]
        wish = {"centre": "BE-VOV", "notice_id": notice_id, "for_s": 60, "reason": "in_hand"}
        first, second = str(uuid4()), str(uuid4())
        for request_id, for_s in ((first, 60), (first, 60), (second, 120)):
            await desk.console.send("shelve_notice", **wish | {"request_id": request_id, "for_s": for_s})
            assert (await desk.answer(request_id))["type"] == "result"
        told = [one for one in await desk.told("notice.shelved", 2) if one["kind"] == "notice.shelved"]
        ends = [datetime.fromisoformat(one["notice"]["shelved"]["until"]) for one in told]
        assert ends[1] - ends[0] >= timedelta(seconds=60)
        assert [row["kind"] for row in await pool.fetch(EVENTS)] == ["notice.raised", *["notice.shelved"] * 2]


async def test_an_alarm_cannot_be_shelved(gateway: Running) -> None:
    async with ConsoleClient(gateway.url, await gateway.a_session(role=Role.SUPERVISOR)) as console:
        await gateway.press(await gateway.a_companion())
        while not (alarms := list(console.board.open_alarms())):
            await anext(console)
        with pytest.raises(CommandRefused) as refused:
            await console.shelve_notice("BE-VOV", alarms[0].alarm_id, 60, ShelvingReason.IN_HAND)
        assert refused.value.slug == "not-found"
        assert [alarm.state for alarm in console.board.open_alarms()] == [AlarmState.RAISED]
