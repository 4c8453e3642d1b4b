"""What the fuzzers share: they begin with valid inputs, and run in bounds."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import atheris

BOUNDS = ("-timeout=5", "-rss_limit_mb=512", "-max_len=6000")
"""Seconds that one input may take, megabytes in all, and bytes of an input: more than a frame may have."""


def run(one_input: Callable[[bytes], None], seeds: Sequence[bytes]) -> None:
    """Fuzz until the time on the command line is up (``-max_total_time``), or something is found."""
    with tempfile.TemporaryDirectory(prefix="msa-fuzz-") as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *BOUNDS, *sys.argv[1:], corpus], one_input)
        atheris.Fuzz()
