"""One victim's file from urgent request to closure, through the pages, in real browsers."""

from datetime import time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from playwright.async_api import FilePayload, Page, expect

from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.domain.casework.report import hour_of
from schemas.session import Role
from tests.support.browser import running_chromium
from tests.support.casework_story import Tale, add_zone, at_her_desk, enrolled, is_sound, take
from tests.support.dispatcher import LIVE
from tests.support.gateway import Running, a_press
from tests.support.story import agrees

STORY: Final = Path(__file__).with_name("casework_story.md")
HEADING: Final = """\
# A file from urgent request to closure

Recorded by [test_story.py](test_story.py), which fails when it tells another story; `MSA_RECORD_STORIES=1` \
records it anew. Each step names who does what; where the file's life changed by it, what a screen reader \
finds of what can be done next, by whoever looks at it then."""

OTHERS: Final = 6
"""Files of other teams, so that there is something to count: fewer than five are hidden."""

HER: Final = "Voorbeeld, Eva"
WEAPON: Final = "Hij draagt een mes op zak."
DELIVERY: Final = "kind,maker,model,serial\nphone,Generic,Android,P-0417\nbutton,Generic,iTAG,T-0417\n"


async def test_one_file_from_urgent_request_to_closure(gateway: Running) -> None:
    tale = Tale(STORY)
    await add_zone(gateway)
    for _ in range(OTHERS):
        await gateway.a_companion()
    async with (
        running_chromium() as browser,
        at_her_desk(browser, gateway, Role.CASE_OFFICER, "Zorg, Tine") as officer,
        at_her_desk(browser, gateway, Role.MAGISTRATE, "Parket, Jo", dark=False) as magistrate,
        at_her_desk(browser, gateway, Role.OPERATOR, "Operator One") as operator,
    ):
        file = await asked_for(officer, tale)
        await told_what_to_know(officer, tale)
        await received(officer, tale)
        code = await equipped(officer, tale, file)
        phone = await enrolled(gateway, file, code)
        tale.step("Her phone", "scans the code; her button is pressed as a test")
        await gateway.press(phone, a_press(purpose="test", positions=[a_position()]))
        await closed_by(operator, tale, "Test")
        await installed_and_heard(officer, tale)
        await granted(magistrate, tale, file)
        tale.step("She", "presses in danger")
        await gateway.press(phone, a_press(positions=[a_position()]))
        await operator.locator("[data-alarm]").click()
        await expect(operator.get_by_text(WEAPON)).to_be_visible()
        await closed_by(operator, tale, "Offender gone")
        await over(officer, magistrate, tale)
        await what_results(officer, tale, gateway.settings.report_at)
    assert agrees(STORY, tale.told(HEADING))


def a_position() -> dict[str, Any]:
    """Where she is."""
    fixed_at = SystemClock().now() - timedelta(seconds=1)
    return {
        "latitude": 51.0543,
        "longitude": 3.7174,
        "radius_m": 15.0,
        "fixed_at": fixed_at.isoformat(),
        "age_s": 1.0,
        "method": "gnss",
    }


async def life(page: Page, tale: Tale) -> None:
    """Record what can be done next."""
    await tale.shows(page.locator("section[aria-labelledby=next]"))


async def asked_for(officer: Page, tale: Tale) -> UUID:
    """The officer opens an urgent file; it lacks what nobody can skip."""
    tale.step(
        "The case officer", "opens a file by the urgent procedure, with the number of the police report"
    )
    await officer.get_by_role("link", name="New file").click()
    await officer.get_by_label("Procedure").select_option("urgent")
    await officer.get_by_label("PV number").fill("GE.43.L1.000417/2026")
    await officer.get_by_label("Name of the victim").fill(HER)
    await officer.get_by_label("Phone").fill("+32 400 00 04 17")
    await is_sound(officer)
    await officer.get_by_role("button", name="Open the file").click()
    await expect(officer.get_by_role("heading", name=HER)).to_be_visible()
    await expect(officer.get_by_role("button", name="Record the installation")).to_be_disabled()
    await life(officer, tale)
    return UUID(officer.url.rpartition("/")[2])


async def told_what_to_know(officer: Page, tale: Tale) -> None:
    """She writes what a team must know, and sees beside it what the operator will see."""
    tale.step("The case officer", "writes what a team must know, beside what the operator will see")
    await officer.get_by_role("button", name="Edit", exact=True).click()
    form = officer.get_by_role("form", name="Edit the circumstances")
    await form.get_by_role("button", name="Add a circumstance").click()
    await form.get_by_label("Kind").select_option("weapon")
    await form.get_by_label("Weight").select_option("critical")
    await form.get_by_label("What to know", exact=True).fill(WEAPON)
    preview = officer.get_by_role("region", name="What the operator sees")
    await expect(preview.get_by_text(WEAPON)).to_be_visible()
    await tale.shows(preview)
    await form.get_by_role("button", name="Save").click()
    await expect(officer.get_by_text("Saved.")).to_be_visible()


async def received(officer: Page, tale: Tale) -> None:
    """A delivery is received into stock."""
    tale.step("The case officer", "receives a phone and a button into stock")
    file = officer.url
    await officer.get_by_role("link", name="Buttons and phones").click()
    delivery = FilePayload(name="delivery.csv", mimeType="text/csv", buffer=DELIVERY.encode())
    await officer.get_by_label("File of the delivery").set_input_files([delivery])
    await officer.get_by_role("button", name="Check").click()
    await officer.get_by_role("button", name="Receive all").click()
    await expect(officer.get_by_text("2 devices are in stock.")).to_be_visible()
    await is_sound(officer)
    await officer.goto(file)


async def equipped(officer: Page, tale: Tale, file: UUID) -> str:
    """She scans both devices into the file and makes the code for the phone."""
    tale.step("The case officer", "scans both into the file, and makes the code that the phone scans")
    await officer.get_by_text("Give her a device").click()
    for typed in ("p0417", "t0417"):
        await officer.get_by_label("Code or serial number").fill(typed)
        await officer.keyboard.press("Enter")
        await officer.get_by_role("button", name="Issue").click()
        await officer.get_by_role("dialog").get_by_role("button", name="Issue").click()
        await expect(officer.get_by_role("dialog")).to_have_count(0)
    await officer.get_by_role("button", name="Connect phone P-0417").click()
    dialog = officer.get_by_role("dialog")
    await dialog.get_by_role("button", name="Make a code").click()
    await expect(dialog.get_by_role("img", name="Scan this with her phone")).to_be_visible()
    code = await dialog.locator("code").inner_text()
    await officer.keyboard.press("Escape")
    return code


async def closed_by(operator: Page, tale: Tale, outcome: str) -> None:
    """The operator takes the alarm and closes it."""
    tale.step("The operator", f"takes the alarm and closes it: {outcome.lower()}")
    await expect(operator.locator(LIVE)).to_be_visible()
    await operator.locator("[data-alarm]").click()
    await operator.get_by_role("button", name="Acknowledge").click()
    close = operator.get_by_role("button", name="Close F9")
    await expect(close).to_be_enabled()
    await close.click()
    await operator.get_by_role("radio", name=outcome).check()
    await operator.get_by_label("What happened").fill("As agreed.")
    await operator.keyboard.press("Enter")
    await expect(operator.locator("[data-alarm]")).to_have_count(0)


async def installed_and_heard(officer: Page, tale: Tale) -> None:
    """The installation is proved; the rest of the urgent procedure follows."""
    tale.step("The case officer", "records the installation: the press and its position prove it")
    await officer.reload()
    await take(officer, "Record the installation")
    await life(officer, tale)
    tale.step("The case officer", "tells victim support, hears her, and consults with the prosecutor")
    await take(officer, "Victim support told")
    await take(
        officer,
        "Record the hearing",
        [("She is willing to carry the alarm", True), ("She has signed the usage agreement", True)],
    )
    await take(
        officer,
        "Record the consultation",
        [
            ("Where it was consulted", "Indication committee"),
            ("Advice", "grant"),
            ("The risk was assessed", True),
        ],
    )
    await life(officer, tale)
    await is_sound(officer)


async def granted(magistrate: Page, tale: Tale, file: UUID) -> None:
    """The magistrate decides in her own session."""
    tale.step("The magistrate", "finds the file among those that wait for her, and grants")
    await magistrate.reload()
    await magistrate.get_by_role("link", name=HER).click()
    await is_sound(magistrate)
    await take(
        magistrate,
        "Grant",
        [
            ("Threat", "life-threatening"),
            ("Context", "domestic violence"),
            ("Ground", "Ernstige bedreiging."),
        ],
    )
    await life(magistrate, tale)


async def over(officer: Page, magistrate: Page, tale: Tale) -> None:
    """Evaluation, and the magistrate closes."""
    tale.step("The case officer", "evaluates")
    await officer.reload()
    await take(officer, "Record the evaluation", [("Advice", "close")])
    tale.step("The magistrate", "closes the file")
    await magistrate.reload()
    await take(magistrate, "Close", [("Reason", "the danger is over"), ("Ground", "Hij is verhuisd.")])
    await life(magistrate, tale)


async def what_results(officer: Page, tale: Tale, report_at: time) -> None:
    """The day's report has it all; the figures count it, and hide what could be told of one victim."""
    tale.step("The case officer", "reads the day's report, with her file in it")
    await officer.get_by_role("link", name="Daily report").click()
    now = SystemClock().now()
    if hour_of(day_of(now), report_at) <= now:  # what happens now is in the report that is made tomorrow
        await officer.get_by_role("button", name="Day after").click()
    line = officer.get_by_role("row", name=HER)
    await expect(line.first).to_be_visible()
    await is_sound(officer)
    tale.step(
        "The case officer", "looks at the figures: so few that they could be told of one victim are hidden"
    )
    await officer.get_by_role("link", name="Figures").click()
    today = day_of(SystemClock().now())
    await officer.get_by_label("As of the end of").fill(today.isoformat())
    table = officer.get_by_role("table", name=f"Files, as of {today.day} {today:%b}")
    await expect(table).to_be_visible()
    await is_sound(officer)
    await tale.shows(table)
