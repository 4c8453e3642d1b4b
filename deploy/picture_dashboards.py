"""Draw the dashboards' JSON with the numbers of a real Prometheus, where there is no Grafana.

``python deploy/picture_dashboards.py --to docs/images`` writes a ``dashboard-NAME.png`` each, of six minutes
of two nodes under a light load; ``--prometheus URL`` draws what that one has seen. Layout, titles, units,
limits and queries are those of the JSON; the drawing is this script's.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from PIL import Image

from deploy.a_prometheus import Prometheus
from deploy.dashboards import BOARDS, DIRECTORY
from deploy.dashboards_drawing import Line, named
from deploy.dashboards_page import Picture
from deploy.dashboards_reading import ReadPanel, choices, document, filled, panels
from deploy.picture_run import SCRAPED_S, a_run, load
from gateway.clock import SystemClock

NAMES: Final = tuple(board.name for board in BOARDS)
STEPS: Final = 180
SCRAPES: Final = 4
"""Grafana's ``$__rate_interval`` is so many scrapes at least."""

TONES: Final = 128
"""A picture is kept in so many colours: a third of the size, and nothing is lost to the eye."""


async def read(
    prometheus: Prometheus,
    panel: ReadPanel,
    chosen: Mapping[str, str],
    span: tuple[float, float],
    scrape_s: float,
) -> list[Line]:
    """Return a panel's series over a span of time."""
    begin, end = span
    step_s = max(scrape_s, (end - begin) / STEPS)
    lines = []
    for target in panel.targets:
        query = filled(target.expr, chosen, max(SCRAPES * scrape_s, step_s + scrape_s), end - begin)
        lines += named(target.legend, await prometheus.over(query, begin, end, step_s))
    return [line for line in lines if panel.kind != "table" or line.points[-1][0] >= end - 2 * step_s]


async def draw(
    prometheus: Prometheus, board: Mapping[str, Any], span: tuple[float, float], scrape_s: float, file: Path
) -> None:
    """Draw one dashboard."""
    read_panels = list(panels(board))
    rows = max(y + height for _, y, _, height in (panel.place for panel in read_panels))
    when = [datetime.fromtimestamp(instant, UTC).strftime("%H:%M:%S") for instant in span]
    caption = f"{board['description']}   {when[0]} to {when[1]} UTC"
    picture = Picture(board["title"], caption, rows, span)
    for panel in read_panels:
        if panel.kind == "row":
            picture.row(panel)
        else:
            picture.panel(panel, await read(prometheus, panel, choices(board), span, scrape_s))
    picture.save(file)
    with Image.open(file) as whole:
        whole.convert("RGB").quantize(TONES).save(file, optimize=True)


async def draw_all(prometheus: Prometheus, minutes: float, scrape_s: float, directory: Path) -> None:
    """Draw every dashboard as it looks now."""
    end = SystemClock().now().timestamp()
    for name in NAMES:
        file = directory / f"dashboard-{name}.png"
        board = document(DIRECTORY / f"{name}.json")
        await draw(prometheus, board, (end - minutes * 60, end), scrape_s, file)
        print(f"{file.name} drawn", file=sys.stderr)


async def of_another(url: str, minutes: float, scrape_s: float, directory: Path) -> None:
    """Draw what a Prometheus that runs has seen."""
    async with httpx.AsyncClient(timeout=30) as http:
        await draw_all(Prometheus(http, url.rstrip("/")), minutes, scrape_s, directory)


async def of_a_run(minutes: float, directory: Path) -> None:
    """Run two nodes under a light load for so long, and draw what was seen of them."""
    with tempfile.TemporaryDirectory(prefix="msa-pictures-") as kept:
        async with a_run(Path(kept)) as (prometheus, settings, server):
            await load(settings, minutes * 60, Path(kept), server)
            await draw_all(prometheus, minutes, SCRAPED_S, directory)


def main() -> None:
    """Read what is asked, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prometheus", help="base URL of one that runs; without it a run is made for it")
    parser.add_argument("--minutes", type=float, default=6.0, help="so much until now is drawn, or run")
    parser.add_argument("--scrape-s", type=float, default=SCRAPED_S, help="how often it scrapes")
    parser.add_argument("--to", type=Path, required=True, help="directory to write to")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    if asked.prometheus:
        asyncio.run(of_another(asked.prometheus, asked.minutes, asked.scrape_s, asked.to))
    else:
        asyncio.run(of_a_run(asked.minutes, asked.to))


if __name__ == "__main__":
    main()
