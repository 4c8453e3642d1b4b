"""The canary's numbers keep their inequalities, and its ways are spread."""

from collections import Counter
from itertools import pairwise

from gateway.canary import timing
from gateway.canary.watch import ways_of
from gateway.domain.response import EXPIRE_S
from gateway.synthetic.door import PRESS_WAIT_S
from schemas.press import Purpose


def test_the_numbers_keep_their_inequalities() -> None:
    assert PRESS_WAIT_S + timing.SEEN_S < timing.PROBE_S < timing.EVERY_S
    assert EXPIRE_S[Purpose.CANARY] > timing.PROBE_S
    assert timing.READY_S > timing.SIGN_IN_AGAIN_S


def test_every_node_is_tried_for_every_centre_and_one_centre_by_no_two_nodes_in_a_row() -> None:
    ways = ways_of(("a", "b", "c"), ("X", "Y", "Z"))
    assert Counter(ways) == Counter({(node, centre): 1 for node in "abc" for centre in "XYZ"})
    assert all(one[1] != other[1] for one, other in pairwise(ways))
