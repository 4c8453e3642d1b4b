"""Notices: what is to do when there is time, for whom, put aside for a while, and never like an alarm."""

import json
import re
from typing import Final
from uuid import UUID

from playwright.async_api import Locator, Page, expect

from dispatch.client import ConsoleClient
from schemas.protection import Audience, NoticeKind, ShelvingReason
from schemas.session import Role
from tests.support.browser import axe_violations
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import Companion, Running
from tests.support.heartbeats import well
from tests.support.noticing import EVENTS, a_notice, noticing

FAILED: Final = {
    "kind": NoticeKind.WEBHOOK_FAILED,
    "audience": (Audience.SUPERVISOR,),
    "subject": str(UUID(int=1)),
    "detail": {},
}
"""For supervisors; nothing but a call that gets through clears it."""


def count(page: Page) -> Locator:
    """The line that the notices are collapsed to."""
    return page.get_by_role("button", name=re.compile("^Notices"))


def a_list(page: Page) -> Locator:
    """The list, once it is open."""
    return page.get_by_role("group", name="Notices")


async def beat(gateway: Running, companion: Companion, **said: object) -> None:
    url = f"{gateway.url}/v1/heartbeats"
    body = json.dumps(well(**said).model_dump(mode="json")).encode()
    answer = await gateway.http.post(url, content=body, headers=companion.signed("POST", url, body))
    assert answer.status_code == 200


async def test_requirement_11_alarms_cannot_be_shelved_and_notices_can_with_end_reason_list_and_trace(
    gateway: Running,
) -> None:
    colleague = await gateway.a_session(name="Collega")
    async with (
        noticing(gateway) as (notices, pool),
        a_dispatcher(gateway, role=Role.SUPERVISOR, name="Chef") as page,
        ConsoleClient(gateway.url, colleague) as console,
    ):
        await gateway.press(await gateway.a_companion())
        await expect(page.get_by_role("heading", name="Voorbeeld, Anna")).to_be_visible()
        await a_notice(notices)
        await a_notice(notices, **FAILED)
        await expect(count(page)).to_contain_text("2 to do")

        # An alarm has no such thing, whatever is open; and the list takes no room from the queue.
        aside = page.get_by_role("button", name=re.compile("Put aside"))
        await expect(aside).to_have_count(0)
        queue = page.get_by_role("region", name="Open alarms")
        room = await queue.bounding_box()
        await count(page).press("Enter")
        await expect(a_list(page).get_by_role("listitem")).to_have_count(2)
        assert await queue.bounding_box() == room
        await expect(aside).to_have_count(2)
        assert await axe_violations(page) == []

        # By keyboard: for how long, of which the longest is a shift, and why.
        await aside.filter(visible=True).first.press("Enter")
        form = page.get_by_role("form", name=re.compile("Put aside: A call to the outside"))
        lasts, reason = form.get_by_label("How long"), form.get_by_label("Why")
        await expect(lasts).to_be_focused()
        assert (await lasts.get_by_role("option").all_inner_texts())[-1] == "8 hours"
        await lasts.press("End")
        await page.keyboard.press("Tab")
        await expect(reason).to_be_focused()
        await page.keyboard.press("ArrowDown")
        assert await axe_violations(page) == []
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")

        # Visible, counted down, with who and why; here and at every other console of the centre.
        await expect(count(page)).to_contain_text("1 to do · 1 put aside")
        shelved = a_list(page).get_by_role("listitem").filter(has_text="A call to the outside")
        await expect(shelved).to_contain_text(re.compile(r"until \d\d:\d\d:\d\d, [78] h left"))
        await expect(shelved).to_contain_text("Chef: the cause is known, repair awaited")
        async for _ in console:
            held = list(console.board.centres["BE-VOV"].notices.values())
            if any(one.shelved for one in held):
                break
        (failed,) = (one for one in held if one.shelved)
        assert failed.shelved is not None
        assert (failed.shelved.by.name, failed.shelved.reason) == ("Chef", ShelvingReason.KNOWN_CAUSE)

        # Taken back by hand; and when its time has passed, by nobody.
        await shelved.get_by_role("button", name=re.compile("Take back")).press("Enter")
        await expect(count(page)).to_have_text(re.compile("2 to do$"))
        (other,) = (one for one in held if one.kind is not NoticeKind.WEBHOOK_FAILED)
        await console.shelve_notice("BE-VOV", other.notice_id, 8, ShelvingReason.PLANNED)
        await expect(count(page)).to_contain_text("1 put aside")
        await expect(count(page)).to_have_text(re.compile("2 to do$"))
        trace = [(row["kind"], (row["done_by"] or {}).get("name")) for row in await pool.fetch(EVENTS)]
        assert trace == [
            ("notice.raised", None),
            ("notice.raised", None),
            ("notice.shelved", "Chef"),
            ("notice.unshelved", "Chef"),
            ("notice.shelved", "Collega"),
        ]


async def test_a_notice_is_shown_to_those_it_is_for_and_is_gone_once_dealt_with(gateway: Running) -> None:
    async with (
        noticing(gateway) as (notices, _),
        a_dispatcher(gateway) as page,
        ConsoleClient(gateway.url, await gateway.a_session(role=Role.SUPERVISOR)) as supervisor,
    ):
        await a_notice(notices, **FAILED)
        await a_notice(notices)
        await expect(count(page)).to_have_text(re.compile("1 to do$"))
        await count(page).click()
        await expect(a_list(page)).to_contain_text("Alarms went elsewhere meanwhile")
        await expect(a_list(page)).not_to_contain_text("A call to the outside")
        await expect(page.get_by_text("No unanswered alarm")).to_be_visible()
        assert await page.get_by_role("alert").all_inner_texts() == [""]
        await page.get_by_role("button", name=re.compile("Dealt with")).press("Enter")
        await expect(a_list(page)).to_contain_text("Nothing to do.")
        await page.keyboard.press("Escape")
        await expect(a_list(page)).to_have_count(0)
        await expect(count(page)).to_contain_text("No notices")
        async for _ in supervisor:
            held = supervisor.board.centres["BE-VOV"].notices.values()
            if [one.kind for one in held] == [NoticeKind.WEBHOOK_FAILED]:
                break


async def test_who_is_not_protected_stands_there_with_the_reason_until_she_is(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with a_dispatcher(gateway, role=Role.SUPERVISOR) as page:
        await beat(gateway, companion, phone_battery_pct=3)
        await expect(count(page)).to_contain_text("1 not protected")
        await count(page).click()
        await expect(a_list(page)).to_contain_text("A press might not arrive")
        await expect(a_list(page)).to_contain_text("phone battery nearly empty")
        await page.get_by_role("button", name=re.compile("^Put aside")).click()
        await page.get_by_role("form").get_by_role("button", name="Put aside").click()
        await expect(count(page)).to_contain_text("1 not protected · 1 put aside")
        assert await axe_violations(page) == []
        await beat(gateway, companion)
        await expect(count(page)).to_contain_text("No notices")


async def test_choosing_an_alarm_shuts_the_list_and_a_new_one_does_not(gateway: Running) -> None:
    async with noticing(gateway) as (notices, _), a_dispatcher(gateway) as page:
        await a_notice(notices)
        await gateway.press(await gateway.a_companion(victim="Eerste, An"))
        await expect(page.get_by_role("heading", name="Eerste, An")).to_be_visible()
        row = page.get_by_role("button", name=re.compile("Eerste, An"))
        await row.focus()
        await page.keyboard.press("Alt+n")
        await expect(a_list(page)).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(row).to_be_focused()
        await page.keyboard.press("Alt+n")
        await gateway.press(await gateway.a_companion(victim="Tweede, Bea"))
        await expect(page.get_by_text("and 1 more unanswered")).to_be_visible()
        await expect(a_list(page)).to_be_visible()
        await page.get_by_role("button", name=re.compile("Tweede, Bea")).click()
        await expect(a_list(page)).to_have_count(0)
