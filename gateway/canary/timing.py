"""Every deadline and interval of the canary, with its unit, its reason and its inequality.

The inequalities are asserted in ``tests/unit/gateway/test_canary.py``.
"""

from typing import Final

EVERY_S: Final = 30.0
"""Each node's way to each centre is tried this often. Silence is worth an alert after three: 90 s."""

SEEN_S: Final = 5.0
"""An event that a console was not told by then is lost: the poll brings it within 1 s, a link that was
lost is made again within 5 s at most."""

PROBE_S: Final = 15.0
"""One canary at most, from the press to its closing: > PRESS_WAIT_S + SEEN_S; < EVERY_S, so that canaries
of a node and centre do not overtake each other; < EXPIRE_S of a canary (60 s)."""

READY_S: Final = 10.0
"""Consoles have so long to be attached to every centre before the first canary: signing in takes a quarter
of a second, attaching less. > SIGN_IN_AGAIN_S, so that one that failed gets a second try."""

SIGN_IN_AGAIN_S: Final = 5.0
"""Pause before a console that could not sign in, or was closed, tries again. A gateway gives a name ten
tries, then one each 10 s: a node that restarts is back long before that."""

ARRIVALS_KEPT: Final = 4096
"""Events whose arrival is remembered: the receipt comes after the event."""
