"""The Belgian centres' neighbours, for where no map of their areas is to be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

BORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "BE-BRU": ("BE-VBR",),
        "BE-VAN": ("BE-VBR", "BE-VOV", "BE-VLI"),
        "BE-VBR": ("BE-WBR", "BE-VAN", "BE-VLI", "BE-VOV", "BE-BRU", "BE-WHT", "BE-WLG"),
        "BE-VLI": ("BE-WLG", "BE-VBR", "BE-VAN"),
        "BE-VOV": ("BE-VWV", "BE-VBR", "BE-VAN", "BE-WHT"),
        "BE-VWV": ("BE-VOV", "BE-WHT"),
        "BE-WBR": ("BE-VBR", "BE-WHT", "BE-WNA", "BE-WLG"),
        "BE-WHT": ("BE-WNA", "BE-WBR", "BE-VWV", "BE-VOV", "BE-VBR"),
        "BE-WLG": ("BE-WLX", "BE-VLI", "BE-WNA", "BE-WBR", "BE-VBR"),
        "BE-WLX": ("BE-WNA", "BE-WLG"),
        "BE-WNA": ("BE-WLX", "BE-WHT", "BE-WLG", "BE-WBR"),
    }
)
"""Who borders whom, the longest border first (from the areas that the build derives)."""


@dataclass(frozen=True, slots=True)
class Provinces:
    """``gateway.ports.Neighbourhood`` from this table."""

    default: str = "BE-BRU"

    def neighbours(self, centre: str) -> tuple[str, ...]:
        """Return the centres that share a border with this one, the longest border first."""
        return BORDERS.get(centre, ())
