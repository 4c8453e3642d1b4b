"""The centres' areas from disk: those the build derived, or the GeoJSON that replaces them.

GeoJSON (RFC 7946): a FeatureCollection of polygons in WGS84 degrees, each with the property
``centre`` (``BE-VOV``). Several features of one centre are joined; those of two may share a border, and
no more.
"""

import json
import re
from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from gateway.domain.centres import CentreMap, overlaps, overridden
from gateway.domain.errors import CentresRefused
from gateway.settings import Settings

DERIVED: Final = Path(__file__).parent / "geodata"
"""Where the build puts one WKB file a centre; a checkout that was not built has none."""

CENTRE: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")

BELGIUM: Final = shapely.box(2.2, 49.4, 6.5, 51.9)
"""Holds every area of a Belgian centre, its sea too; with longitude and latitude exchanged none is near."""

Area = tuple[str, BaseGeometry]


def load_centres(settings: Settings) -> CentreMap:
    """Return the map of the settings; one without areas where none are set and none were built.

    Raises:
        CentresRefused: a file is not what it should be; nothing is guessed around it.
    """
    files = sorted(DERIVED.glob("*.wkb")) if settings.centres is None else [settings.centres]
    if files and settings.centre_overrides is not None:
        files.append(settings.centre_overrides)
    try:
        versions = tuple(file.stat().st_mtime_ns for file in files)
    except OSError as error:
        raise CentresRefused(f"{error.filename}: {error.strerror}") from None
    return _made(settings.centres, settings.centre_overrides, settings.default_centre, (*files, *versions))


def check_known(centres: CentreMap, known: Collection[str]) -> None:
    """Raise ``CentresRefused`` when an area, or what no area is near to, would go to no centre there is."""
    unknown = sorted({*centres.centres, centres.default}.difference(known))
    if unknown:
        raise CentresRefused(f"there is no centre {', '.join(unknown)}")


@lru_cache(maxsize=2)
def _made(own: Path | None, overrides: Path | None, default: str, _files: tuple[Any, ...]) -> CentreMap:
    """Make the map once for as long as its files stay the same: preparing takes a tenth of a second."""
    joined = dict(read_derived(DERIVED)) if own is None else read_areas(own)
    if joined and overrides is not None:
        joined = overridden(joined, read_geojson(overrides))
    return CentreMap({centre: area for centre, area in joined.items() if not area.is_empty}, default)


def read_derived(directory: Path) -> list[Area]:
    """Return the areas that the build derived; none where it did not run."""
    areas = []
    for file in sorted(directory.glob("*.wkb")):
        try:
            areas.append((file.stem, shapely.from_wkb(file.read_bytes())))
        except (OSError, shapely.errors.GEOSException):
            raise CentresRefused(f"{file.name} is damaged; build it anew") from None
    return areas


def read_areas(path: Path) -> dict[str, BaseGeometry]:
    """Return each centre's area in a GeoJSON file. Raises ``CentresRefused``, also where two overlap."""
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for centre, area in read_geojson(path):
        parts[centre].append(area)
    areas = {centre: shapely.union_all(of_one) for centre, of_one in parts.items()}
    found = [f"{one} and {other} by {km2:.2f} km2" for one, other, km2 in overlaps(areas)]
    if found:
        raise CentresRefused(f"{path}: the areas of two centres overlap: {', '.join(found)}")
    return areas


def read_geojson(path: Path) -> list[Area]:
    """Return the areas in a GeoJSON file. Raises ``CentresRefused``, naming what is wrong where."""
    try:
        text = path.read_bytes()
        found = json.loads(text)
    except OSError as error:
        raise CentresRefused(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise CentresRefused(f"{path} is {'not JSON' if text.strip() else 'empty'}") from None
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not features:
        raise CentresRefused(f"{path} is not a GeoJSON FeatureCollection with features")
    return [_area(feature, f"{path}, feature {number}") for number, feature in enumerate(features, 1)]


def _area(feature: Any, where: str) -> Area:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    centre = properties.get("centre") if isinstance(properties, dict) else None
    if not isinstance(centre, str) or not CENTRE.fullmatch(centre):
        raise CentresRefused(f"{where}: the property centre is not the code of a centre")
    try:
        area = shapely.from_geojson(json.dumps(feature.get("geometry")))
    except (ValueError, RecursionError, shapely.errors.GEOSException):
        raise CentresRefused(f"{where}: the geometry cannot be read") from None
    if area is None or area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty:
        raise CentresRefused(f"{where}: the geometry is not a polygon")
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise CentresRefused(f"{where}: the coordinates are not longitude and latitude in degrees (WGS84)")
    if not area.is_valid:
        raise CentresRefused(f"{where}: {shapely.is_valid_reason(area)}")
    if centre.startswith("BE-") and not shapely.intersects(BELGIUM, shapely.box(west, south, east, north)):
        raise CentresRefused(f"{where}: {centre} is not in Belgium; longitude comes first, then latitude")
    return centre, area
