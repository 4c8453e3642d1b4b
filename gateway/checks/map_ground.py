"""What lies under the console's map."""

from gateway.basemap import ServedBasemap
from gateway.checks.check import Check, doubt, good
from gateway.settings import Settings
from schemas.basemap import BasemapKind


def basemap(settings: Settings) -> Check:
    """Say what it is, and who outside would see which area is looked at. Raises ``BasemapRefused``."""
    served = ServedBasemap.of(settings)
    archive, kind = served.archive(), served.view.kind
    if kind is BasemapKind.SCHEMATIC:
        return good("basemap", "schematic: borders and places, no streets")
    doubts = []
    if any(origin.startswith("http://") for origin in served.origins):
        doubts.append("is not https, which a console on https does not load")
    if served.origins:
        doubts.append(f"{', '.join(served.origins)} can see which area is looked at")
    if archive is not None and not archive.covers_belgium:
        doubts.append("does not hold all of Belgium")
    if served.view.attribution is None and kind is not BasemapKind.STYLE:
        doubts.append("MSA_BASEMAP_ATTRIBUTION is not set: a map's owners must be named")
    where = f"{archive.tiles}, zoom {archive.min_zoom} to {archive.max_zoom}" if archive else "not asked"
    found = "; ".join([f"{kind}, {where}", *doubts])
    return (
        doubt("basemap", found, "docs/operations.md, A map with streets")
        if doubts
        else good("basemap", found)
    )
