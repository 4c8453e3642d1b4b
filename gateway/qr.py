"""QR codes as drawings that a strict content security policy lets through: a path, and no style."""

from itertools import groupby

import segno

from schemas.devices import QrCode

QUIET = 4
"""Modules of white around a code, which scanners need (ISO/IEC 18004)."""


def qr_of(text: str) -> QrCode:
    """Return the QR code of a text, error correction M; one path of all runs of dark modules."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    runs = []
    for y, row in enumerate(rows, QUIET):
        x = QUIET
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                runs.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return QrCode(size=len(rows) + 2 * QUIET, path="".join(runs))
