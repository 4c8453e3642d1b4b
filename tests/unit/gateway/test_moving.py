"""Who is moved from a node that is cut from the database, and how often."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.moving import CUT_OFF_S, EDGE_NOTICES_S, MOVED_AGAIN_S, NEIGHBOUR_FRESH_S, Reach

STEPS = st.lists(
    st.tuples(st.floats(0.1, 4), st.sampled_from(["answer", "heard", "heard", "look", "look"])), max_size=80
)


@given(STEPS)
def test_nobody_is_moved_while_no_other_node_reaches_the_database_nor_again_soon(
    steps: list[tuple[float, str]],
) -> None:
    now, answered, heard, moved = 0.0, 0.0, None, None
    reach = Reach(answered_at=0.0)
    for pause, what in steps:
        now += pause
        match what:
            case "answer":
                reach, answered = reach.answered(now), now
            case "heard":
                reach, heard = reach.heard(now), now
        reach = reach.judged(now)
        if reach.moves(now):
            assert now - answered >= CUT_OFF_S + EDGE_NOTICES_S
            assert heard is not None
            assert now - heard <= NEIGHBOUR_FRESH_S
            assert moved is None or now - moved >= MOVED_AGAIN_S
            reach, moved = reach.moved(now), now


def test_a_node_that_alone_is_cut_off_moves_once_and_again_only_much_later() -> None:
    reach, moves = Reach(answered_at=0.0), []
    for now in range(1, 50):
        reach = reach.heard(now).judged(now)
        if reach.moves(now):
            moves.append(now)
            reach = reach.moved(now)
    assert moves == [7, 37]


def test_an_answer_ends_it_at_once() -> None:
    reach = Reach(answered_at=0.0).heard(6.0).judged(6.0)
    assert reach.cut_since == 6.0
    assert reach.answered(6.5).judged(6.5).cut_since is None
