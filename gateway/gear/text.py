"""Text from outside, fit to be shown: one line, printable, no longer than may be kept."""

import unicodedata
from collections.abc import Iterable
from typing import Final

TEXT_MAX: Final = 1000
"""``schemas.base.Paragraph``."""

LINE_MAX: Final = 200
"""``schemas.base.Line``."""


def line(text: str, most: int = LINE_MAX) -> str:
    """Return the text as one line of what can be shown, cut where it is too long."""
    clean = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} else letter
        for letter in text[: most * 4]
    )
    return " ".join(clean.split())[:most].strip()


def joined(parts: Iterable[str]) -> str | None:
    """Join what is not empty and was not said before; None: nothing was said."""
    said = dict.fromkeys(part for raw in parts if (part := line(raw, TEXT_MAX)))
    return "; ".join(said)[:TEXT_MAX].strip() or None
