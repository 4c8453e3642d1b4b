"""What a dispatcher hears, measured in the browser's audio graph; and what she is told when she cannot."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import pytest_asyncio
from playwright.async_api import expect

from dispatch.client import ConsoleClient
from gateway.drill.proxy import tcp_proxy
from tests.support.answering import time_passes
from tests.support.browser import axe_violations
from tests.support.desk import supervisor
from tests.support.gateway import Companion, Running, a_press, running
from tests.support.hearing import GESTURE, HEARING, Ear, a_listener
from tests.support.heartbeats import well
from tests.support.wait import until

HIDE: Final = """() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
  document.dispatchEvent(new Event('visibilitychange'))
}"""
"""A headless browser hides no page."""

PATIENT: Final = """
[default]
lapse_s = 3600
levels = [{step = "remind", after_s = 120}, {step = "national", after_s = 240}]
"""


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """One node whose ladder waits until a test lets time pass: a slow machine hears nothing louder before."""
    responses = tmp_path / "responses.toml"
    responses.write_text(PATIENT)
    async with running(database, tmp_path, responses=responses) as node:
        yield node


async def is_unwell(gateway: Running, companion: Companion) -> None:
    """Have a companion say that its button's battery is low and its phone lacks a permission."""
    url = f"{gateway.url}/v1/heartbeats"
    beat = well(button_battery_pct=3, missing_permissions=["location"])
    body = beat.model_dump_json().encode()
    answer = await gateway.http.post(url, content=body, headers=companion.signed("POST", url, body))
    assert answer.status_code == 200, answer.text


async def gateway_knows(gateway: Running, true: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until a supervisor sees a console of which that is true."""
    cookie = await supervisor(gateway, "BE-VOV")

    async def seen() -> bool:
        answer = await gateway.http.get(f"{gateway.url}/v1/overview", headers=cookie)
        (centre,) = answer.json()["centres"]
        return any(true(console) for console in centre["consoles"])

    await until("the supervisor sees a console like that", seen)


async def gateway_sees(gateway: Running, sound: str) -> None:
    """Wait until a supervisor sees a console whose sound is so."""
    await gateway_knows(gateway, lambda console: console["sound"] == sound)


async def test_requirement_01_only_a_real_alarm_sounds_the_siren(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with a_listener(gateway) as ear:
        page = ear.page
        frames: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda text: frames.append(str(text))))
        await page.reload()
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await is_unwell(gateway, companion)
        await until("the console is told", lambda: any("protection.changed" in text for text in frames))
        await gateway.press(companion, a_press(purpose="test"))
        await expect(page.get_by_text("Nobody is in danger")).to_be_visible()
        await ear.has_heard("test")
        await ear.hears("silence")
        assert {"siren", "again", "lost"}.isdisjoint(await ear.log())
        await gateway.press(await gateway.a_companion(victim="Echt, Eva"))
        await ear.hears("siren")
        await expect(page.get_by_role("group", name="Sound")).to_contain_text("Siren")
        await page.keyboard.press("F2")
        await ear.hears("silence")
        await expect(page.get_by_text("Nobody is in danger")).to_have_count(0)


async def test_requirement_03_the_siren_loops_until_every_alarm_is_acknowledged_on_every_console(
    gateway: Running,
) -> None:
    other = await gateway.a_session(name="Operator Two")
    async with a_listener(gateway) as ear, ConsoleClient(gateway.url, other) as colleague:
        second = await ear.page.context.new_page()
        await second.add_init_script(HEARING)
        await second.goto(gateway.url)
        beside = await Ear.at(second)
        await beside.reads("Live")
        first = (await gateway.press(await gateway.a_companion(victim="Eerste, An"))).json()
        await gateway.press(await gateway.a_companion(victim="Tweede, Bea"))
        for each in (ear, beside):
            await each.hears("siren")
        async for _ in colleague:
            if len(list(colleague.board.open_alarms())) == 2:
                break
        (one,) = [a for a in colleague.board.open_alarms() if str(a.alarm_id) == first["alarm_id"]]
        await colleague.acknowledge(one.alarm_id)
        await expect(ear.page.get_by_text(re.compile("Acknowledged by Operator Two at"))).to_be_visible()
        await ear.forget()
        await ear.hears("siren")
        await time_passes(gateway.database, 121)  # to the first level of the ladder
        for each in (ear, beside):
            await each.hears("again")
        assert "silence" not in await ear.log()
        await second.keyboard.press("F2")
        for each in (ear, beside):
            await each.hears("silence")


async def test_requirement_04_silence_is_a_minute_here_alone_counted_down_and_ended_by_a_new_alarm(
    gateway: Running,
) -> None:
    async with a_listener(gateway) as ear, a_listener(gateway) as elsewhere:
        await ear.page.clock.install()
        await ear.page.reload()
        await ear.reads("Live")
        await gateway.press(await gateway.a_companion(victim="Eerste, An"))
        await ear.hears("siren")
        await elsewhere.hears("siren")
        control = ear.page.get_by_role("group", name="Sound")
        await expect(control.get_by_role("button")).to_contain_text("Alt+S")
        await ear.page.keyboard.press("Alt+s")
        await ear.hears("silence")
        await expect(control).to_contain_text(re.compile(r"Silent for ([1-5]\d|60) s more"))
        await expect(control).to_contain_text(re.compile(r"Silent for ([1-4]\d|5[0-8]) s more"))
        await expect(ear.page.get_by_role("region", name="Stalking alarm")).to_be_visible()
        await gateway_sees(gateway, "silenced")
        await gateway_sees(gateway, "sounding")
        await elsewhere.hears("siren")
        assert await axe_violations(ear.page) == []
        await gateway.press(await gateway.a_companion(victim="Tweede, Bea"))
        await ear.hears("siren")
        await ear.page.keyboard.press("Alt+s")
        await ear.hears("silence")
        await ear.page.clock.fast_forward(61_000)
        await ear.hears("siren")


async def test_requirement_05_sound_is_checked_and_what_blocks_it_is_said_here_and_to_the_supervisor(
    gateway: Running,
) -> None:
    async with a_listener(gateway, policy=GESTURE) as ear:
        await ear.reads("NO SOUND")
        await ear.reads("The browser blocks the sound: click anywhere or press a key.")
        await gateway_sees(gateway, "blocked")
        page = ear.page
        await page.mouse.click(5, 400)  # any gesture lets it sound; it is not yet known to be heard
        await gateway_sees(gateway, "unchecked")
        await expect(page.get_by_text("Check that you hear")).to_be_visible()
        assert await axe_violations(page) == []
        await ear.forget()
        await page.get_by_role("button", name="Sound check").click()
        await ear.has_heard("siren")
        await page.get_by_role("button", name="No", exact=True).click()
        await expect(page.get_by_text("You did not hear the tone")).to_be_visible()
        await gateway_sees(gateway, "blocked")
        await page.get_by_role("button", name="Check again").click()
        await page.get_by_role("button", name="Yes, heard").click()
        await expect(page.get_by_role("group", name="Sound")).to_contain_text("Sound on")
        await gateway_sees(gateway, "ready")
        await page.reload()
        await expect(page.get_by_role("button", name="Sound check")).to_be_visible()


async def test_requirement_05_where_the_workstation_lets_it_sound_it_does_untouched(gateway: Running) -> None:
    async with a_listener(gateway) as ear:
        await ear.reads("Sound not checked")
        await gateway_sees(gateway, "unchecked")
        await gateway.press(await gateway.a_companion())
        await ear.hears("siren")
        await gateway_sees(gateway, "sounding")


async def test_requirement_17_a_lost_link_is_a_red_bar_with_its_own_sound_and_its_return_is_said(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    async with tcp_proxy(gateway.url) as network, a_listener(gateway, network.url) as ear:
        page = ear.page
        await expect(page.get_by_text(re.compile(r"^(link \d+ ms|The link is slow: .*)$"))).to_be_visible()
        network.cut()
        lost = page.get_by_role("alert").filter(has_text="Link lost. What you see is as of")
        await expect(lost).to_be_visible()
        await expect(page.locator("header.bad")).to_have_css(
            "background-image", re.compile(r"rgb\(176, 0, 32\)")
        )
        await ear.has_heard("lost")
        assert {"siren", "again"}.isdisjoint(await ear.log())
        await expect(page.get_by_text(re.compile(r"^As of \d\d:\d\d:\d\d$"))).to_have_count(1)
        assert await axe_violations(page) == []
        await gateway.press(companion)
        await ear.forget()
        network.heal()
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        said = re.compile(r"Link restored after \d+ s\. East Flanders: caught up, \d+ events? replayed\.")
        await expect(page.get_by_text(said)).to_be_visible()
        await ear.hears("siren")
        await expect(page.get_by_text(re.compile("^As of "))).to_have_count(0)
        network.cut()  # what is known to be unanswered goes on sounding
        await expect(lost).to_be_visible()
        await ear.forget()
        await ear.has_heard("lost")
        await ear.hears("siren")
        assert "silence" not in await ear.log()
        await expect(page.get_by_text(re.compile("^As of "))).to_have_count(2)


async def test_a_screen_that_slept_says_so_and_one_that_is_hidden_counts_in_its_title(
    gateway: Running,
) -> None:
    async with a_listener(gateway) as ear:
        page = ear.page
        await page.clock.install()
        await page.reload()
        await ear.reads("Live")
        await gateway_knows(gateway, lambda console: bool(console["awake"] and console["visible"]))
        now = int(await page.evaluate("() => Date.now()"))
        await page.clock.set_system_time(now / 1000 + 240)  # its clock ran on, and no tick came
        await expect(page.get_by_text("This screen slept for 4 min: what you saw was old.")).to_be_visible()
        await page.get_by_role("button", name="Understood").click()
        await expect(page.get_by_text("This screen slept")).to_have_count(0)
        await gateway.press(await gateway.a_companion())
        await expect(page).to_have_title("(1) 1 unanswered alarm")
        await page.evaluate(HIDE)
        await expect(page).to_have_title("MSA dispatch")
        await expect(page).to_have_title("(1) 1 unanswered alarm")
        await gateway_knows(gateway, lambda console: console["visible"] is False)
        await ear.hears("siren")
