from hypothesis import given
from hypothesis import strategies as st

from loadtests.sequences import Sequences


def received(*sequences: int, first: int = 1) -> Sequences:
    checked = Sequences(first)
    for sequence in sequences:
        checked.take(sequence, sequence + 1)
    return checked


def test_a_whole_stream_has_no_fault() -> None:
    checked = received(1, 2, 3)
    assert (checked.gaps, checked.doubled, checked.lost(3)) == (0, 0, 0)


def test_a_planted_loss_is_found_as_a_gap_and_a_loss() -> None:
    checked = received(1, 2, 4)
    assert (checked.gaps, checked.doubled, checked.lost(4)) == (1, 0, 1)


def test_a_loss_at_the_end_is_found_although_no_gap_shows_it() -> None:
    checked = received(1, 2)
    assert (checked.gaps, checked.lost(4)) == (0, 2)


def test_a_planted_duplicate_is_found() -> None:
    checked = received(1, 2, 2, 3)
    assert (checked.gaps, checked.doubled, checked.lost(3)) == (0, 1, 0)


def test_what_comes_late_is_a_gap_but_not_lost_nor_doubled() -> None:
    checked = received(1, 3, 2, 4)
    assert (checked.gaps, checked.doubled, checked.lost(4)) == (1, 0, 0)


def test_a_batch_that_overlaps_what_came_counts_only_the_overlap() -> None:
    checked = received(1, 2, 3)
    checked.take(2, 6)
    assert (checked.doubled, checked.lost(5)) == (2, 0)


def test_a_new_account_begins_after_the_head() -> None:
    checked = received(1, 3, 3)
    checked.forget(4)
    assert (checked.gaps, checked.doubled, checked.lost(4), checked.lost(5)) == (0, 0, 0, 1)


@given(st.lists(st.integers(min_value=1, max_value=12), max_size=40))
def test_every_loss_and_every_duplicate_is_counted_whatever_the_order(sequences: list[int]) -> None:
    checked = received(*sequences)
    assert checked.lost(12) == 12 - len(set(sequences))
    assert checked.doubled == len(sequences) - len(set(sequences))
    if sequences == sorted(set(sequences)):
        whole = sequences == list(range(1, len(sequences) + 1))
        assert (checked.gaps == 0) == whole
