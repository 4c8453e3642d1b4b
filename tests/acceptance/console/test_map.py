"""The map: what it draws is where it is and as large, a mouse is not needed, and all of it is text."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from playwright.async_api import Page, expect

from dispatch.client import ConsoleClient
from tests.support import map_pixels
from tests.support.browser import axe_violations
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import Running, a_press
from tests.support.map_pixels import Box, Picture, picture, scale
from tests.support.tracking import GENT, post_fixes, wire_fix
from tests.support.wait import until

METRES_NORTH: Final = 1 / 111_250
METRES_EAST: Final = METRES_NORTH / 0.6286
"""Degrees a metre in Gent; its cosine."""

PANNED_PX: Final = 80

GHENT_SOUTH_M: Final = 480
"""How far its own point is from the middle of Gent here."""


def at(north_m: float, east_m: float) -> tuple[float, float]:
    """So far from the middle of Gent."""
    return GENT[0] + north_m * METRES_NORTH, GENT[1] + east_m * METRES_EAST


def a_position(place: tuple[float, float] = GENT, *, age_s: float = 1.0, **changes: Any) -> dict[str, Any]:
    """A position of a press."""
    fix = wire_fix(1, place, age_s=age_s, **changes)
    del fix["index"]
    return fix


async def shows(page: Page, what: str, seen: Callable[[Picture], bool]) -> Picture:
    """Wait until the map has it painted."""
    last: list[Picture] = []

    async def is_seen() -> bool:
        last.append(await picture(page))
        return seen(last[-1])

    await until(what, is_seen)
    return last[-1]


def box(found: Picture, colour: map_pixels.Colour) -> Box:
    """Where a colour is that must be there."""
    place = found.box(colour)
    assert place is not None
    return place


def names_ghent(found: Picture) -> bool:
    """Whether its name is written where GeoNames has Ghent, south of an unanswered alarm."""
    if (symbol := found.box(map_pixels.UNANSWERED)) is None:
        return False
    right, down = (round(middle) for middle in symbol.middle)
    down += round(GHENT_SOUTH_M / found.metres_per_pixel)
    return int(found.mask(map_pixels.PLACE)[down - 8 : down + 9, right - 30 : right + 31].sum()) > 20


def is_the_area(found: Picture, *, within: float) -> bool:
    """Whether her area is 600 m across, and all of it is seen."""
    edge = found.box(map_pixels.UNANSWERED)
    return (
        edge is not None
        and abs(edge.width * found.metres_per_pixel / 600 - 1) < within
        and abs(edge.height * found.metres_per_pixel / 600 - 1) < within
        and edge.left > 0
        and edge.bottom < found.size[1] - 1
    )


def is_her_way(found: Picture) -> bool:
    """Whether she is in view, from far, 1 km east of where the line of her way begins."""
    line, symbol = found.box(map_pixels.TRACK), found.box(map_pixels.UNANSWERED)
    return (
        line is not None
        and symbol is not None
        and line.left > 0
        and line.width * found.metres_per_pixel > 900
        and symbol.right < found.size[0] - 1
        and abs((symbol.middle[0] - line.left) * found.metres_per_pixel / 1000 - 1) < 0.05
        and found.across_m > 2_900
    )


async def test_requirement_15_the_map_draws_position_radius_and_track_to_scale_with_its_age(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    async with a_dispatcher(gateway) as page:
        press = a_press(positions=[a_position(radius_m=300.0)])
        alarm_id = (await gateway.press(companion, press)).json()["alarm_id"]
        status = page.locator("#map-status")
        await expect(status).to_contain_text(re.compile(r"Voorbeeld, Anna: \d+ s old, ± 300 m"))

        # There are no streets: the view is wide enough for the name of where she is, beside her symbol.
        followed = await shows(page, "the nearest place's name", names_ghent)
        assert 2_900 < followed.across_m < 6_000
        await expect(page.get_by_role("button", name="Following Shift F8")).to_be_visible()

        # The area is as large as its radius, whatever the zoom, which is anybody's to choose.
        for closest, precise in ((followed.metres_per_pixel, 0.08), (2.5, 0.04)):
            await map_pixels.zoom_in_to(page, closest)
            drawn = await shows(page, "the radius to scale, all of it", partial(is_the_area, within=precise))
        assert box(drawn, map_pixels.UNANSWERED).height > drawn.size[1] / 4
        await page.keyboard.press("Shift+F8")

        # She moves, and stands (no arrow then): where she was is a line, a fix 1 km on is 1 km away,
        # and she is kept in view.
        way = [
            wire_fix(
                index,
                at(0, east),
                age_s=1.04 - 0.02 * index,
                radius_m=20.0,
                speed_mps=20,
                heading_deg=90 if east < 1000 else None,
            )
            for index, east in enumerate(range(0, 1001, 20), start=1)
        ]
        assert (await post_fixes(gateway, companion, alarm_id, *way)).json()["stored"] == len(way)
        await shows(page, "the track to scale and her in view", is_her_way)


async def test_requirement_15_following_is_seen_ends_by_hand_and_is_one_key_back(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with a_dispatcher(gateway) as page:
        press = a_press(positions=[a_position()])
        alarm_id = (await gateway.press(companion, press)).json()["alarm_id"]
        canvas, status = page.locator(".view .canvas"), page.locator("#map-status")
        await shows(page, "her", lambda found: found.box(map_pixels.UNANSWERED) is not None)

        # A hand on the map ends following, in words; it goes on by one key.
        await expect(page.get_by_role("button", name="Following Shift F8")).to_be_visible()
        area = await canvas.bounding_box()
        assert area is not None
        await page.mouse.move(area["x"] + 300, area["y"] + 200)
        await page.mouse.down()
        await page.mouse.move(area["x"] + 200, area["y"] + 180, steps=3)
        await page.mouse.up()
        back = page.get_by_role("button", name="Not following Follow Shift F8")
        await expect(back).to_be_visible()
        assert await axe_violations(page) == []
        await map_pixels.zoom_in_to(page, 1.2)
        await post_fixes(gateway, companion, alarm_id, wire_fix(99, at(300, 300), radius_m=20.0))
        await expect(status).to_contain_text("± 20 m")
        await shows(page, "that nobody follows", lambda found: found.box(map_pixels.UNANSWERED) is None)
        await page.keyboard.press("Shift+F8")
        await expect(page.get_by_role("button", name="Following Shift F8")).to_be_visible()
        await shows(
            page,
            "her again, from as far as before",
            lambda found: found.box(map_pixels.UNANSWERED) is not None and found.across_m > 2_900,
        )

        # Whatever a drag does, a button or a key does.
        before = await scale(page)
        await page.get_by_role("button", name="Zoom in").click()
        await until("zoomed in", lambda: near(page, before / 2))
        await expect(back).to_be_visible()
        await page.get_by_role("button", name="Zoom out").click()
        await until("zoomed out", lambda: near(page, before))
        still = await shows(page, "her", lambda found: found.box(map_pixels.UNANSWERED) is not None)
        place = box(still, map_pixels.UNANSWERED)
        await canvas.focus()
        await page.keyboard.press("ArrowRight")
        await shows(
            page,
            "a step to the left",
            lambda found: (
                (there := found.box(map_pixels.UNANSWERED)) is not None
                and abs(place.middle[0] - there.middle[0] - PANNED_PX) < 3
            ),
        )
        await page.keyboard.press("Tab")
        await expect(canvas).not_to_be_focused()
        await page.get_by_role("button", name="Show everything").click()
        await shows(page, "all", lambda found: found.box(map_pixels.UNANSWERED) is not None)


async def near(page: Page, metres_per_pixel: float) -> bool:
    """Whether the map is at that scale now."""
    return abs(await scale(page) / metres_per_pixel - 1) < 0.02


async def test_requirement_16_a_position_older_than_30_s_is_stale_in_words_and_the_time_left_is_told(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    async with a_dispatcher(gateway) as page:
        press = a_press(positions=[a_position(age_s=29.0, radius_m=800.0)])
        alarm_id = (await gateway.press(companion, press)).json()["alarm_id"]
        where = page.get_by_role("region", name="Position", exact=True)
        status = page.locator("#map-status")
        await expect(status).to_contain_text("Voorbeeld, Anna")
        # It grows old while somebody looks at it.
        await expect(where.get_by_text("Position stale")).to_be_visible()
        await expect(where).to_contain_text(re.compile(r"[3-9]\d s old"))
        await expect(status).to_contain_text(re.compile(r"Position stale: [3-9]\d s"))
        await shows(
            page,
            "a grey, dashed area",
            lambda found: (
                (edge := found.box(map_pixels.STALE)) is not None
                and edge.width > 100
                and found.count(map_pixels.STALE) < 2 * 3.2 * edge.width
            ),
        )
        await expect(where).to_contain_text(re.compile(r"Followed live for another 1:59:\d\d"))
        assert await axe_violations(page) == []
        # A new one is not stale.
        await post_fixes(gateway, companion, alarm_id, wire_fix(1, at(0, 20)))
        await expect(where.get_by_text("Position stale")).to_have_count(0)
        await expect(status).to_contain_text(re.compile(r"\d s old, ± 8 m"))


async def test_requirement_18_all_that_the_map_tells_is_text_and_news_is_announced(gateway: Running) -> None:
    companion = await gateway.a_companion()
    token = await gateway.a_session(name="Operator Two")
    async with a_dispatcher(gateway) as page, ConsoleClient(gateway.url, token) as other:
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        alerts = page.get_by_role("alert")
        positions = [
            a_position(at(350, 780)),
            a_position(at(-478, 799), age_s=8.0, method="network", radius_m=90),
        ]
        alarm_id = (await gateway.press(companion, a_press(positions=positions))).json()["alarm_id"]
        await expect(alerts.filter(has_text="New: Stalking alarm. Voorbeeld, Anna")).to_have_count(1)
        where = page.get_by_role("region", name="Position", exact=True)
        await expect(where).to_contain_text("1.2 km north-east of Ghent, East Flanders")
        await expect(where).to_contain_text("within 8 m (95\u00a0% sure), satellites")
        await where.get_by_role("button", name="Copy coordinates").click()
        await expect(where.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        assert await page.evaluate("() => navigator.clipboard.readText()") == "51.05745, 3.72855"
        earlier = where.get_by_role("row").last
        await expect(earlier).to_contain_text(re.compile(r"\d+ s850 m east of Ghent, East Flanders"))
        await expect(earlier).to_contain_text("90 mmobile network or Wi-Fi")
        await expect(where).to_contain_text("Followed live for another 1:59")

        # The map has a name, says how it is used and what it shows; one without a position says so.
        canvas = page.get_by_role("application", name="Map")
        await expect(canvas).to_have_accessible_description(re.compile(r"Arrow keys move.*Voorbeeld, Anna"))
        lost = await gateway.a_companion(victim="Exemple, Claire")
        await gateway.press(lost)
        await page.get_by_role("button", name="Exemple, Claire").click()
        await expect(page.locator("#map-status")).to_contain_text("No position of Exemple, Claire")
        as_text = page.locator("summary").filter(has_text="All positions as text")
        await expect(as_text).to_contain_text("1 alarm on the map, 1 without a position")
        await as_text.click()
        every = page.get_by_role("table", name="Newest position of every open alarm")
        await expect(every.get_by_role("row", name="Voorbeeld, Anna")).to_contain_text(
            "1.2 km north-east of Ghent, East Flanders"
        )
        await expect(every.get_by_role("row", name="Exemple, Claire")).to_contain_text("no position")
        assert await axe_violations(page) == []

        # In another language without a reload, the place's name too.
        await page.get_by_role("combobox", name="Language").select_option("fr")
        every = page.get_by_role("table", name="Dernière position de chaque alarme ouverte")
        await expect(every.get_by_role("row", name="Voorbeeld, Anna")).to_contain_text(
            "1,2 km au nord-est de Gand, Flandre orientale"
        )

        # What is no new alarm is told when there is time.
        async for _ in other:
            if any(str(alarm.alarm_id) == alarm_id for alarm in other.board.open_alarms()):
                break
        await other.acknowledge(
            next(a.alarm_id for a in other.board.open_alarms() if str(a.alarm_id) == alarm_id)
        )
        await expect(page.get_by_role("status").filter(has_text="Operator Two")).to_have_count(1)


async def test_nothing_on_the_map_moves_by_itself_for_who_prefers_reduced_motion(gateway: Running) -> None:
    async with a_dispatcher(gateway) as page:
        await page.emulate_media(reduced_motion="reduce")
        await page.reload()
        await expect(page.get_by_role("button", name="Zoom in")).to_be_enabled()
        await gateway.press(await gateway.a_companion(), a_press(positions=[a_position(radius_m=100.0)]))
        before = (
            await shows(page, "her", lambda found: found.box(map_pixels.UNANSWERED) is not None)
        ).metres_per_pixel
        scales = await page.evaluate(
            """async (name) => {
          const seen = new Set(), map = document.querySelector('.view .canvas')
          document.querySelector(`button[title="${name}"]`).click()
          for (let frame = 0; frame < 30; frame += 1) {
            await new Promise(requestAnimationFrame)
            seen.add(Number(map.dataset.metresPerPixel))
          }
          return [...seen]
        }""",
            "Zoom in",
        )
        assert len(scales) == 1
        assert abs(scales[0] / (before / 2) - 1) < 0.01
