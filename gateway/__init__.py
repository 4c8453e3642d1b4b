"""The gateway: takes presses in, commits them, and says yes only then.

Owns the truth (PostgreSQL), the alarm's life and who may see what. Concurrency: one event loop,
one TaskGroup (``main``), one writer task and one held connection per centre, so that a stuck
centre delays nobody else. Imports ``dispatch`` and ``schemas``; never the bridge or the load test.

Layers, each importing only those below: ``cli | demo`` > ``main`` > ``http | store`` >
``ingest | commands`` > ``ports`` > ``domain``. The domain is pure: time is an argument.
"""
