"""The wire contract: what the bridge, the gateway and the console say to each other.

Owns every body and frame that crosses a process boundary, the list of problems, and the
profile of signed requests. Imports pydantic and nothing else of this project, so that the
three programs can meet here without meeting each other.

Rules that hold for every model:

- instants are aware UTC (``_at``), durations are seconds (``_s``) or milliseconds (``_ms``);
- unknown fields are ignored, so that version N reads what N+1 writes;
- NaN and infinity are not numbers here.
"""
