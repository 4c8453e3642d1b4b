"""``python -m conformance URL``: the same as ``msa conformance URL``."""

from conformance.command import app

app()
