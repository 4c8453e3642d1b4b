"""How well two colours are told apart: WCAG 2.2's relative luminance and contrast ratio."""

from collections.abc import Sequence


def luminance(colour: Sequence[int]) -> float:
    """Return the relative luminance of an sRGB colour of three channels, 0 to 255."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (each / 255 for each in colour[:3])
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
