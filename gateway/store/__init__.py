"""PostgreSQL, the only truth: connections, migrations, and one module per thing kept.

Invariants and lock order stand in words above the SQL in ``migrations/versions``. SQL is plain
text in upper-case constants beside the one function that runs it, parameters only. Values are
frozen and made ``from_row`` at the edge.
"""
