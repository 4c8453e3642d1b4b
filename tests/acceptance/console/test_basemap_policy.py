"""What a browser lets a console fetch for its map: from the origin that is set, in the way it is set for."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from playwright.async_api import Page

from gateway.basemap import FILE_URL
from schemas.basemap import BasemapKind
from tests.support.browser import running_chromium
from tests.support.gateway import running
from tests.support.pmtiles import a_png, pyramid, write_archive
from tests.support.tile_server import tile_server

SHOWN: Final = (
    "new Promise((d) => { const i = new Image(); i.onload = () => d(true); i.onerror = () => d(false);"
    " i.src = url })"
)
TRY: Final = {
    "image": f"(url) => {SHOWN}",
    "data": "(url) => fetch(url).then((answer) => answer.ok, () => false)",
    "script": "(url) => import(url).then(() => true, () => false)",
    "blob": "() => new Promise((d) => document.createElement('canvas').toBlob(d))"
    f".then((blob) => URL.createObjectURL(blob)).then((url) => {SHOWN})",
}
"""How a page might fetch an address; the last needs none."""


async def allowed(page: Page, url: str) -> set[str]:
    """The ways in which the browser lets this page fetch an address."""
    return {way for way, script in TRY.items() if await page.evaluate(script, url)}


async def test_a_browser_fetches_from_the_origin_that_is_set_in_its_way_and_from_nowhere_else(
    database: str, tmp_path: Path
) -> None:
    file = write_archive(tmp_path / "b.pmtiles", pyramid(a_png(1, 2, 3), range(3)))
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(running_chromium())
        named, other = [await stack.enter_async_context(tile_server()) for _ in range(2)]
        for settings, ways in (
            ({"basemap": BasemapKind.XYZ, "basemap_url": named.xyz}, {"image"}),
            ({"basemap": BasemapKind.STYLE, "basemap_url": named.style}, {"image", "data"}),
            ({"basemap": BasemapKind.PMTILES, "basemap_file": file}, set[str]()),
        ):
            async with running(database, tmp_path, **settings) as node:
                page = await browser.new_page()
                await page.goto(node.url)
                assert await allowed(page, f"{named.url}/tiles/1/0/0.png") == ways
                assert await allowed(page, f"{other.url}/tiles/1/0/0.png") == set()
                if "basemap_file" in settings:
                    part = (
                        "(url) => fetch(url, { headers: { range: 'bytes=0-126' } }).then((it) => it.status)"
                    )
                    assert await page.evaluate(part, FILE_URL) == 206
                await page.close()
        assert named.fetched("tiles")
        assert not other.asked
