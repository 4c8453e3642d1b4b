"""What the map stands on: Belgium as it is, and a basemap by settings under the policy that allows it."""

import gzip
import re
from pathlib import Path
from typing import Any, Final

import shapely
from playwright.async_api import Page, expect

from gateway.http.app import STATIC
from schemas.basemap import BasemapKind
from tests.support.browser import console_page, running_chromium
from tests.support.dispatcher import a_dispatcher, a_link
from tests.support.gateway import Running, a_press, running
from tests.support.geodata import belgium
from tests.support.map_pixels import ABROAD, LAND, UNANSWERED, picture, zoom_in_to
from tests.support.pmtiles import MVT, PNG, a_png, a_vector_tile, pyramid, write_archive
from tests.support.tile_server import COLOUR, LAYER, MATRIX_SET, TileServer, tile_server
from tests.support.tracking import GENT, wire_fix
from tests.support.wait import until

MAP_BYTES: Final = 130_000
"""Compressed, with the schematic map and without what only some basemaps need."""

STREETS: Final = (255, 255, 255)


def a_position(place: tuple[float, float], radius_m: float) -> dict[str, Any]:
    """A position of a press."""
    fix = wire_fix(1, place, age_s=1.0, radius_m=radius_m)
    del fix["index"]
    return fix


def in_baarle() -> tuple[tuple[float, float], tuple[float, float]]:
    """A place in the largest Belgian enclave at Baarle, and one in the largest Dutch hole of it."""
    parts = sorted(belgium().areas["BE-VAN"].geoms, key=lambda part: part.area)
    enclave = next(part for part in parts[-2::-1] if part.interiors)
    hole = max((shapely.Polygon(ring) for ring in enclave.interiors), key=lambda ring: ring.area)
    inside, outside = (shapely.maximum_inscribed_circle(area).coords[0] for area in (enclave, hole))
    return (inside[1], inside[0]), (outside[1], outside[0])


async def test_at_baarle_an_enclave_is_belgium_and_the_hole_in_it_is_not(gateway: Running) -> None:
    belgian, dutch = in_baarle()
    async with a_dispatcher(gateway, centres=("BE-VAN", "BE-VOV")) as page:
        for name, place, said, ground in (
            ("Binnen, An", belgian, "Antwerp", LAND),
            ("Buiten, Bea", dutch, "outside Belgium", ABROAD),
        ):
            companion = await gateway.a_companion(centre="BE-VAN", victim=name)
            await gateway.press(companion, a_press(positions=[a_position(place, 25.0)]))
            await page.get_by_role("button", name=name).click()
            where = page.get_by_role("region", name="Position", exact=True)
            await expect(where.locator(".place")).to_contain_text(said)

            async def among_names(name: str = name) -> bool:
                found = await picture(page)
                return found.box(UNANSWERED) is not None and 2_900 < found.across_m < 20_000

            await until(f"{name} among what is named around", among_names)
            await zoom_in_to(page, 0.6)

            async def seen(ground: tuple[int, int, int] = ground) -> bool:
                found = await picture(page)
                if (edge := found.box(UNANSWERED)) is None or edge.width * found.metres_per_pixel < 45:
                    return False
                beside = (round(edge.middle[0]), edge.top - 4)  # just outside the circle, to the north
                return bool(found.mask(ground)[beside[1], beside[0]])

            await until(f"{name} stands on {said}", seen)


def configured(tiles: TileServer, directory: Path) -> dict[str, dict[str, Any]]:
    """The settings of each kind of basemap."""
    vectors = pyramid(a_vector_tile(("roads",)), range(7))
    layered = {"basemap_layer": LAYER, "basemap_matrix_set": MATRIX_SET}
    return {
        "xyz": {"basemap": BasemapKind.XYZ, "basemap_url": tiles.xyz},
        "wmts": {"basemap": BasemapKind.WMTS, "basemap_url": tiles.wmts, **layered},
        "wms": {"basemap": BasemapKind.WMS, "basemap_url": tiles.wms, "basemap_layer": LAYER},
        "style": {"basemap": BasemapKind.STYLE, "basemap_url": tiles.style},
        "pmtiles of pictures": {
            "basemap": BasemapKind.PMTILES,
            "basemap_file": write_archive(directory / "p", pyramid(a_png(*COLOUR), range(7)), PNG),
        },
        "pmtiles of vectors": {
            "basemap": BasemapKind.PMTILES,
            "basemap_file": write_archive(directory / "v", vectors, MVT),
        },
    }


async def test_every_kind_of_basemap_is_drawn_with_its_credit_under_the_policy_of_its_settings(
    database: str, tmp_path: Path
) -> None:
    async with tile_server() as tiles, running_chromium() as browser:
        for kind, settings in configured(tiles, tmp_path).items():
            colour = STREETS if kind == "pmtiles of vectors" else COLOUR
            async with (
                running(database, tmp_path, **settings, basemap_attribution=f"© {kind}") as node,
                console_page(browser) as page,
            ):
                await page.goto(node.url + await a_link(node))
                press = a_press(positions=[a_position(GENT, 500.0)])
                await node.press(await node.a_companion(victim=kind), press)
                await page.get_by_role("button", name=kind).first.click()

                async def drawn(page: Page = page, colour: tuple[int, int, int] = colour) -> bool:
                    found = await picture(page)
                    return found.count(colour) > 200 and found.box(UNANSWERED) is not None

                await until(f"{kind} is drawn", drawn)
                await expect(page.get_by_text(f"© {kind}")).to_be_visible()
                await expect(page.get_by_text("GeoNames")).to_be_visible()
                await expect(page.get_by_text("Schematic map")).to_have_count(0)


async def test_a_basemap_that_cannot_be_reached_is_said_and_the_schematic_map_is_there(
    database: str, tmp_path: Path
) -> None:
    async with tile_server() as tiles:
        nowhere = {"basemap": BasemapKind.XYZ, "basemap_url": f"{tiles.url}/none/{{z}}/{{x}}/{{y}}.png"}
        async with running(database, tmp_path, **nowhere) as node, a_dispatcher(node) as page:
            await expect(page.get_by_text("The background map cannot be reached")).to_be_visible()
            await expect(page.get_by_text("Schematic map: no streets")).to_be_visible()
            assert (await picture(page)).count(LAND) > 10_000


def fetched_with(script: Path) -> set[Path]:
    """A script and all that it imports before it runs."""
    found, waiting = set[Path](), [script]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            imports = re.findall(r"(?:from|import)\s*[\"'](\./[^\"']+\.js)[\"']", each.read_text("utf-8"))
            waiting += [each.parent / name for name in imports]
    return found


def test_the_map_is_fetched_apart_from_the_rest_of_the_console_and_is_small_enough() -> None:
    (shell,), (engine,) = (
        list((STATIC / "assets").glob(f"{name}-*.js")) for name in ("shell", "open_layers")
    )
    map_only = fetched_with(engine) - fetched_with(shell)
    assert sum(len(gzip.compress(each.read_bytes())) for each in map_only) <= MAP_BYTES


async def test_without_its_map_the_console_works_and_says_what_is_missing(gateway: Running) -> None:
    async with a_dispatcher(gateway) as page:
        await page.context.route("**/assets/open_layers-*.js", lambda route: route.abort())
        await page.context.route("**/geodata/*", lambda route: route.abort())
        await page.reload()
        await gateway.press(await gateway.a_companion(), a_press(positions=[a_position(GENT, 20.0)]))
        await expect(page.get_by_text("The map cannot be loaded")).to_be_visible()
        await expect(page.get_by_text("Borders and place names cannot be loaded")).to_be_visible()
        where = page.get_by_role("region", name="Position", exact=True)
        await expect(where).to_contain_text("51.05430, 3.71740")
        await expect(where).to_contain_text("Place not known")
        await page.keyboard.press("F2")
        await expect(page.get_by_text("No unanswered alarm")).to_be_visible()
