"""The basemap that the settings name: what consoles are told of it, and which origins it needs.

The content security policy names exactly these origins, so that a console can be sent nowhere else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from gateway.domain.errors import BasemapRefused
from gateway.pmtiles import Archive, read_header
from gateway.settings import Settings
from schemas.basemap import Basemap, BasemapKind

FILE_URL: Final = "/basemap/map.pmtiles"
"""Where the gateway serves ``MSA_BASEMAP_FILE``; its own name stays here."""

ORIGIN: Final = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
WRITTEN: Final = (
    "an origin is https://host or https://host:port, without wildcard or password; what is on the gateway's"
    " own origin is named by its path, such as /maps/belgium.pmtiles"
)

RANGE: Final = re.compile(r"\{([a-z])-([a-z])\}|\{([0-9])-([0-9])\}")
"""Several hosts in one template: ``{a-c}``, ``{0-3}``."""

NEEDED: Final = {
    BasemapKind.SCHEMATIC: (),
    BasemapKind.PMTILES: ("url",),
    BasemapKind.XYZ: ("url",),
    BasemapKind.WMTS: ("url", "layer", "matrix_set"),
    BasemapKind.WMS: ("url", "layer"),
    BasemapKind.STYLE: ("url",),
}
"""What each kind cannot do without; what of ``url``, ``layer`` and ``matrix_set`` is not here is refused."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The origins besides the gateway's own that each kind of request may go to."""

    images: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServedBasemap:
    """The basemap of this node; ``file`` is what it serves itself."""

    view: Basemap = field(default_factory=Basemap)
    origins: tuple[str, ...] = ()
    file: Path | None = None

    @classmethod
    def of(cls, settings: Settings) -> "ServedBasemap":
        """Return what the settings name. Raises ``BasemapRefused``, naming the setting that is wrong."""
        kind = settings.basemap
        _check_complete(settings)
        if settings.basemap_min_zoom > settings.basemap_max_zoom:
            raise BasemapRefused("MSA_BASEMAP_MIN_ZOOM is more than MSA_BASEMAP_MAX_ZOOM")
        if kind is BasemapKind.SCHEMATIC:
            return cls()
        url = FILE_URL if settings.basemap_file else settings.basemap_url or ""
        view = Basemap(
            kind=kind,
            url=url,
            attribution=settings.basemap_attribution,
            layer=settings.basemap_layer,
            matrix_set=settings.basemap_matrix_set,
            projection=settings.basemap_projection,
            min_zoom=settings.basemap_min_zoom,
            max_zoom=settings.basemap_max_zoom,
        )
        origins = {*_origins(url, kind), *_checked("MSA_BASEMAP_ORIGINS", settings.basemap_origins)}
        return cls(view, tuple(sorted(origins)), settings.basemap_file)

    @property
    def sources(self) -> Sources:
        """Which requests go to the origins: by kind, no more than it makes."""
        match self.view.kind:
            case BasemapKind.SCHEMATIC:
                return Sources()
            case BasemapKind.PMTILES:
                return Sources(connections=self.origins)
            case BasemapKind.XYZ | BasemapKind.WMS:
                return Sources(images=self.origins)
            case BasemapKind.WMTS:  # its capabilities are read before its tiles
                return Sources(images=self.origins, connections=self.origins)
            case BasemapKind.STYLE:
                return Sources(images=self.origins, connections=self.origins, fonts=self.origins)

    def archive(self) -> Archive | None:
        """Read the header of the file, where there is one. Raises ``BasemapRefused``."""
        return None if self.file is None else read_header(self.file)

    def usable(self) -> "ServedBasemap":
        """Return this with the zooms its file has. Raises ``BasemapRefused`` when it cannot be read."""
        archive = self.archive()
        if archive is None:
            return self
        zooms = {"min_zoom": archive.min_zoom, "max_zoom": archive.max_zoom}
        return ServedBasemap(self.view.model_copy(update=zooms), self.origins, self.file)


def load_basemap(settings: Settings) -> ServedBasemap:
    """Return what a node serves. Raises ``BasemapRefused`` for settings that contradict each other.

    Alarms do not wait for a map: while its file cannot be used, consoles draw the schematic one.
    """
    basemap = ServedBasemap.of(settings)
    try:
        return basemap.usable()
    except BasemapRefused as error:
        structlog.get_logger().error("basemap_unusable", reason=str(error), shown="schematic")
        return ServedBasemap()


def _check_complete(settings: Settings) -> None:
    """Refuse what is missing for the kind, and what it has no use for. Raises ``BasemapRefused``."""
    kind = settings.basemap
    if settings.basemap_file is not None:
        if kind is not BasemapKind.PMTILES:
            raise BasemapRefused(f"MSA_BASEMAP_FILE is for pmtiles; MSA_BASEMAP is {kind}")
        if settings.basemap_url is not None:
            raise BasemapRefused("MSA_BASEMAP_FILE and MSA_BASEMAP_URL are both set; one is enough")
    if kind is BasemapKind.SCHEMATIC and settings.basemap_origins:
        raise BasemapRefused("MSA_BASEMAP_ORIGINS is set; MSA_BASEMAP is schematic and needs none")
    needed = NEEDED[kind]
    for name in ("url", "layer", "matrix_set"):
        given = getattr(settings, f"basemap_{name}")
        missing = name in needed and not given and not (name == "url" and settings.basemap_file)
        if missing:
            or_file = " or MSA_BASEMAP_FILE" if kind is BasemapKind.PMTILES else ""
            raise BasemapRefused(f"MSA_BASEMAP is {kind}; MSA_BASEMAP_{name.upper()}{or_file} is not set")
        if given and name not in needed:
            raise BasemapRefused(f"MSA_BASEMAP_{name.upper()} is set; MSA_BASEMAP is {kind} and needs none")


def _origins(url: str, kind: BasemapKind) -> tuple[str, ...]:
    """Return the origins of an address; none for a path on the gateway. Raises ``BasemapRefused``."""
    if kind is BasemapKind.XYZ and not ("{z}" in url and "{x}" in url and re.search(r"\{-?y\}", url)):
        raise BasemapRefused("MSA_BASEMAP_URL has no {z}, {x} and {y}")
    if url.startswith("/") and not url.startswith(("//", "/\\")):
        return ()
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return _checked("MSA_BASEMAP_URL", [f"{scheme}://{one}" for one in _expanded(authority)])


def _expanded(authority: str) -> list[str]:
    """Return the hosts that a range in a template stands for."""
    if (found := RANGE.search(authority)) is None:
        return [authority]
    first, last = (ord(one) for one in found.groups() if one is not None)
    each = [authority.replace(found[0], chr(code), 1) for code in range(first, last + 1)]
    return [one for host in each for one in _expanded(host)]


def _checked(setting: str, origins: Iterable[str]) -> tuple[str, ...]:
    """Return origins as a policy may name them. Raises ``BasemapRefused``: a wrong one would widen it."""
    written = [one.lower() for one in origins]
    if not all(ORIGIN.fullmatch(one) for one in written):
        raise BasemapRefused(f"{setting}: {WRITTEN}")
    return tuple(written)
