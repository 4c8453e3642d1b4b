"""The commands at a real browser: one key, the gateway's answer, nothing typed lost, nothing deleted."""

import re
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from playwright.async_api import Locator, Page, expect

from dispatch.client import ConsoleClient
from gateway.drill.proxy import tcp_proxy
from gateway.http.security import COOKIE
from schemas.session import Role
from tests.support.answering import time_passes
from tests.support.browser import axe_violations
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import Running
from tests.support.story import Story, agrees

STORY: Final = Path(__file__).with_name("keyboard_story.md")


async def a_pressed_alarm(gateway: Running, victim: str) -> UUID:
    """Have a victim of this name press; return her alarm."""
    answer = await gateway.press(await gateway.a_companion(victim=victim))
    return UUID(answer.json()["alarm_id"])


async def some_units(gateway: Running, *names: str, centre: str = "BE-VOV") -> None:
    """Put units on duty."""
    supervisor = await gateway.a_session(centre, name="Supervisor", role=Role.SUPERVISOR)
    headers = {"Cookie": f"{COOKIE}={supervisor}", "Origin": gateway.url}
    for name in names:
        unit = {"centre": centre, "name": name}
        answer = await gateway.http.post(f"{gateway.url}/v1/units", json=unit, headers=headers)
        assert answer.status_code == 201, answer.text


async def steps(gateway: Running, alarm_id: UUID) -> list[tuple[str, str | None]]:
    """Return every step of an alarm's timeline, with who did it."""
    token = await gateway.a_session(name="Reader")
    answer = await gateway.http.get(
        f"{gateway.url}/v1/alarms/{alarm_id}/timeline", headers={"Cookie": f"{COOKIE}={token}"}
    )
    entries: list[dict[str, Any]] = answer.json()["entries"]
    assert all(entry["at"] for entry in entries)
    return [(entry["kind"], entry["by"] and entry["by"]["name"]) for entry in entries]


def row(page: Page, victim: str) -> Locator:
    return page.get_by_role("region", name="Open alarms").get_by_role("button", name=victim)


def commands(page: Page) -> Locator:
    return page.get_by_role("region", name="Commands")


async def holds(page: Page, victim: str) -> None:
    """Wait until the screen shows that Operator One has this alarm, selected."""
    await expect(page.get_by_role("heading", name=victim)).to_be_visible()
    await expect(page.get_by_text(re.compile("^ ?Acknowledged by Operator One at"))).to_be_visible()


async def sent_as_seen_by(console: ConsoleClient, alarm_id: UUID) -> None:
    """Wait until another console is told that a unit is sent to this alarm."""
    async for _ in console:
        alarm = console.board.find(alarm_id)
        if alarm is not None and alarm.units:
            return


async def test_requirement_09_acknowledging_is_one_key_from_anywhere_and_the_gateway_decides(
    gateway: Running,
) -> None:
    other = await gateway.a_session(name="Operator Two")
    async with (
        tcp_proxy(gateway.url) as network,
        a_dispatcher(gateway, network.url) as page,
        ConsoleClient(gateway.url, other) as console,
    ):
        banner = page.get_by_role("region", name="Stalking alarm")
        await a_pressed_alarm(gateway, "Eerste, An")
        await expect(banner.get_by_role("button", name=re.compile("Acknowledge F2"))).to_be_visible()
        await page.keyboard.press("F2")
        await holds(page, "Eerste, An")
        # From inside a field: what is being typed is neither sent nor lost, and F2 writes nothing.
        await page.keyboard.press("F8")
        await page.get_by_role("textbox", name="Note").fill("She is hiding")
        second = await a_pressed_alarm(gateway, "Tweede, Bea")
        await a_pressed_alarm(gateway, "Derde, Cleo")
        await expect(banner).to_contain_text("Tweede, Bea")  # the oldest: what is selected is in hand
        await page.keyboard.press("F2")
        await holds(page, "Tweede, Bea")
        await row(page, "Eerste, An").click()
        await expect(page.get_by_role("textbox", name="Note")).to_have_value("She is hiding")
        # The selected one where that is unanswered, and the banner, its button and the key mean the same.
        await a_pressed_alarm(gateway, "Vierde, Dora")
        await row(page, "Vierde, Dora").click()
        await expect(banner).to_contain_text("Vierde, Dora")
        # Two at once: the other's command overtakes this one's, which is held up on the network.
        network.blackhole()
        await page.keyboard.press("F2")
        await expect(banner.get_by_role("button")).to_contain_text("Asking …")
        async for _ in console:
            found = {alarm.person.victim.name: alarm for alarm in console.board.open_alarms() if alarm.person}
            if "Vierde, Dora" in found:
                break
        await console.acknowledge(found["Vierde, Dora"].alarm_id)
        network.heal()
        detail = page.get_by_role("region", name="Alarm", exact=True)
        await expect(detail).to_contain_text("Acknowledged by Operator Two at")
        await expect(detail).to_contain_text("Already taken by Operator Two.")
        assert await axe_violations(page) == []
        assert ("alarm.acknowledged", "Operator One") in await steps(gateway, second)


async def test_requirement_10_an_acknowledgement_without_a_unit_counts_down_and_falls_back(
    gateway: Running,
) -> None:
    await some_units(gateway, "ALPHA 1")
    async with a_dispatcher(gateway) as page:
        alarm_id = await a_pressed_alarm(gateway, "Voorbeeld, Anna")
        banner = page.get_by_role("region", name="Stalking alarm")
        await expect(banner).to_be_visible()
        await page.keyboard.press("F2")
        falls = commands(page).get_by_text(re.compile(r"^Falls back to unanswered in \d+ s: send a unit\.$"))
        await expect(falls).to_be_visible()
        await time_passes(gateway.database, 120)
        await expect(banner).to_contain_text("Voorbeeld, Anna")
        again = "Unanswered again: it was taken and no unit was sent."
        await expect(commands(page).get_by_text(again)).to_be_visible()
        told = page.get_by_role("alert").filter(has_text="Unanswered again: Voorbeeld, Anna.")
        await expect(told).to_be_visible()
        # A unit in time, and it stays taken.
        await page.keyboard.press("F2")
        await expect(falls).to_be_visible()
        await page.keyboard.press("F4")
        await page.get_by_role("radio", name=re.compile("ALPHA 1")).check()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("list", name="Units under way")).to_contain_text("ALPHA 1")
        await expect(falls).to_have_count(0)
        await time_passes(gateway.database, 120)
        kinds = [kind for kind, _ in await steps(gateway, alarm_id)]
        assert kinds.count("alarm.acknowledgement_lapsed") == 1
        await expect(page.get_by_text("No unanswered alarm")).to_be_visible()


async def test_requirement_14_an_alarm_is_answered_by_keyboard_alone(gateway: Running) -> None:
    await some_units(gateway, "ALPHA 1", "ALPHA 2", "BRAVO 1")
    async with a_dispatcher(gateway) as page:
        story = Story(
            page,
            (
                "section.banner",
                "section[aria-label='Commands']",
                "form",
                "section[aria-label='Closed']",
                "footer .news",
            ),
            STORY,
        )
        alarm_id = await a_pressed_alarm(gateway, "Voorbeeld, Anna")
        await story.step("The victim presses")
        await expect(page.get_by_role("region", name="Stalking alarm")).to_be_visible()
        await story.shows()
        await story.step("The operator takes the alarm", "F2")
        await expect(page.get_by_text("Voorbeeld, Anna: acknowledged by Operator One.")).to_be_visible()
        await story.shows()
        await story.step("The units are opened: the first free one has the focus", "F4")
        await expect(page.get_by_role("radio", name=re.compile("ALPHA 1"))).to_be_focused()
        await story.shows()
        await story.step("ALPHA 2 is chosen, there within 6 minutes", "ArrowDown", "Tab", typed="6")
        await story.shows()
        await story.step("It is sent", "Enter")
        await expect(page.get_by_text("ALPHA 2 is sent to Voorbeeld, Anna.")).to_be_visible()
        await story.shows()
        await story.step("ALPHA 2 calls that it is on its way", "Shift+F4", "Enter")
        await expect(page.get_by_text("ALPHA 2: on its way.")).to_be_visible()
        await story.shows()
        await story.step("What the victim says is noted", "F8", typed="She hides in the cellar.")
        await story.shows()
        await story.step("And written down", "Enter")
        await expect(page.get_by_text("Noted with Voorbeeld, Anna.")).to_be_visible()
        await story.shows()
        await story.step("ALPHA 2 is on the spot", "Shift+F4", "Enter")
        await expect(page.get_by_text("ALPHA 2: on the spot.")).to_be_visible()
        await story.shows()
        await story.step("Closing: nothing is filled in yet, and Enter says so", "F9", "Enter")
        await expect(page.get_by_text("Choose how it ended.")).to_be_visible()
        await story.shows()
        await story.step("Offender gone, and what happened", "ArrowDown", "Tab", typed="He fled by car.")
        await expect(page.get_by_role("radio", name=re.compile("Offender gone"))).to_be_checked()
        await story.shows()
        await story.step("Closed", "Enter")
        await expect(page.get_by_role("region", name="Closed")).to_be_focused()
        told = page.get_by_text("Voorbeeld, Anna: closed by Operator One. Offender gone.")
        await expect(told.last).to_be_visible()
        await story.shows()
    assert [kind for kind, by in await steps(gateway, alarm_id) if by == "Operator One"] == [
        "alarm.acknowledged",
        "alarm.unit_assigned",
        "alarm.unit_status",
        "alarm.noted",
        "alarm.unit_status",
        "alarm.closed",
    ]
    heading = (
        "# One alarm by keyboard alone\n\nRecorded by `test_requirement_14` of"
        " [test_commands.py](test_commands.py), which fails when it tells another story;"
        " `MSA_RECORD_STORIES=1` records it anew. Each step has its keys, where the focus is after them,"
        " and what a screen reader finds in the banner, the commands, the open form and the line of news."
    )
    assert agrees(STORY, story.told(heading))


async def test_requirement_20_half_typed_input_belongs_to_its_alarm(gateway: Running) -> None:
    async with a_dispatcher(gateway) as page:
        note = page.get_by_role("textbox", name="Note")
        for victim in ("Eerste, An", "Tweede, Bea"):
            await a_pressed_alarm(gateway, victim)
            await expect(page.get_by_role("region", name="Stalking alarm")).to_contain_text(victim)
            await page.keyboard.press("F2")
            await holds(page, victim)
            await page.keyboard.press("F8")
            await expect(note).to_have_value("")
            await page.keyboard.type(f"of {victim}")
        await row(page, "Eerste, An").click()
        await expect(note).to_have_value("of Eerste, An")
        await expect(row(page, "Eerste, An")).to_be_focused()
        await row(page, "Tweede, Bea").click()
        await expect(note).to_have_value("of Tweede, Bea")
        await page.keyboard.press("F9")
        await expect(note).to_have_count(0)
        await page.keyboard.press("F8")
        await expect(note).to_have_value("of Tweede, Bea")


async def test_requirement_20_closing_needs_an_outcome_and_a_note_and_nothing_is_deleted(
    gateway: Running,
) -> None:
    async with a_dispatcher(gateway) as page:
        companion = await gateway.a_companion(victim="Eerste, An")
        alarm_id = UUID((await gateway.press(companion)).json()["alarm_id"])
        banner = page.get_by_role("region", name="Stalking alarm")
        await expect(banner).to_be_visible()
        await page.keyboard.press("F2")
        await holds(page, "Eerste, An")
        await page.keyboard.press("F9")
        form = page.get_by_role("form", name="Close the alarm")
        await expect(form.get_by_role("radio").first).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(form.get_by_text("Choose how it ended.")).to_be_visible()
        await expect(form.get_by_text("Write a note.")).to_be_visible()
        assert await axe_violations(page) == []
        await form.get_by_role("radio", name=re.compile("^Slip")).check()
        await form.get_by_role("textbox").fill("By accident")
        # She presses again meanwhile: that is not closed over, and what was typed is kept.
        await gateway.press(companion)
        await expect(form.get_by_text(re.compile("She pressed again.*since you opened this"))).to_be_visible()
        await form.get_by_role("textbox").press("Enter")
        await expect(form.get_by_text(re.compile("Not done.*look first, then close again"))).to_be_visible()
        await expect(form.get_by_role("textbox")).to_have_value("By accident")
        await form.get_by_role("textbox").press("Enter")
        ended = page.get_by_role("region", name="Closed")
        await expect(ended).to_contain_text("Eerste, An: closed by Operator One. Slip.")
        await expect(ended).to_contain_text(re.compile("A supervisor.s second look follows"))
        await expect(ended).to_contain_text("By accident")
        assert await axe_violations(page) == []
        await ended.get_by_role("button", name="Reopen").click()
        await page.keyboard.type("She called: it was no slip")
        await page.keyboard.press("Enter")
        await expect(banner).to_contain_text("Eerste, An")
    told = await steps(gateway, alarm_id)
    assert [kind for kind, _ in told if kind not in {"alarm.enriched", "alarm.escalated"}] == [
        "alarm.raised",
        "alarm.acknowledged",
        "alarm.pressed_again",
        "alarm.closed",
        "alarm.reopened",
    ]
    assert dict(told)["alarm.closed"] == dict(told)["alarm.reopened"] == "Operator One"


async def test_network_lost_for_20_seconds_in_the_middle_of_a_command(gateway: Running) -> None:
    await some_units(gateway, "ALPHA 1")
    other = await gateway.a_session(name="Operator Two")
    async with (
        tcp_proxy(gateway.url) as network,
        a_dispatcher(gateway, network.url) as page,
        ConsoleClient(gateway.url, other) as console,
    ):
        alarm_id = await a_pressed_alarm(gateway, "Voorbeeld, Anna")
        await expect(page.get_by_role("region", name="Stalking alarm")).to_be_visible()
        await page.keyboard.press("F2")
        await holds(page, "Voorbeeld, Anna")
        await page.keyboard.press("F8")
        await expect(page.get_by_role("textbox", name="Note")).to_be_focused()
        await page.keyboard.type("She hides in the")
        await page.keyboard.press("F4")
        await page.get_by_role("radio", name=re.compile("ALPHA 1")).check()
        # The command arrives, its answer does not.
        network.drop("down")
        await page.keyboard.press("Enter")
        form = page.get_by_role("form", name="Send a unit")
        await expect(form.get_by_role("button", name=re.compile("Asking …"))).to_be_visible()
        await sent_as_seen_by(console, alarm_id)
        network.cut()
        lost = page.get_by_role("alert").filter(has_text="Link lost. What you see is as of")
        await expect(lost).to_be_visible()
        await expect(form.get_by_text("No link: what you asked may or may not be done.")).to_be_visible()
        await expect(page.get_by_role("list", name="Units under way")).to_have_count(0)
        unsure = re.compile("Falls back.*unless a unit was sent meanwhile: there is no link")
        await expect(commands(page).get_by_text(unsure)).to_be_visible()
        assert await axe_violations(page) == []
        # For 20 s: the screen's own clock says so.
        since = row(page, "Voorbeeld, Anna").get_by_text(re.compile("^00:(2[5-9]|3[0-9])$"))
        await expect(since).to_be_visible(timeout=35_000)
        await expect(form.get_by_role("button", name=re.compile("Ask again"))).to_be_visible()
        network.heal()
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        # What happened meanwhile shows that it was done: nothing is left to ask, and it was done once.
        await expect(page.get_by_role("list", name="Units under way")).to_contain_text("ALPHA 1")
        await expect(form).to_have_count(0)
        await page.keyboard.press("F8")
        await expect(page.get_by_role("textbox", name="Note")).to_have_value("She hides in the")
        await page.keyboard.type(" cellar.")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Noted with Voorbeeld, Anna.")).to_be_visible()
    kinds = [kind for kind, _ in await steps(gateway, alarm_id)]
    assert kinds.count("alarm.unit_assigned") == 1
