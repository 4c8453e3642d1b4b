"""Who looks at unusually many files: by her own hours, and by those of others in her role."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.casework.unusual import FEW, UNKNOWN, judge

hours = st.lists(st.integers(1, 60), max_size=60)
people = st.lists(hours, max_size=5)
QUIET = [2, 3, 1, 2, 4, 2, 3, 2, 1, 3, 2, 3]
BUSY = [18, 22, 25, 20, 19, 24, 21, 23, 20, 22, 26, 18]


def test_a_burst_of_a_quiet_person_is_unusual_though_others_do_as_much() -> None:
    assert judge(15, QUIET, [BUSY] * 3).unusual
    assert not judge(15, BUSY, [BUSY] * 3).unusual


def test_who_grew_bold_slowly_is_seen_by_what_others_do() -> None:
    grown = [5, 8, 12, 16, 20, 25, 30, 36, 42, 50, 58, 60]
    assert not judge(60, grown, []).unusual
    assert judge(60, grown, [QUIET] * 3).unusual


def test_one_colleague_is_no_measure() -> None:
    assert not judge(24, BUSY, [QUIET, QUIET]).unusual
    assert not judge(24, BUSY, [QUIET, BUSY, BUSY]).unusual


def test_one_wild_hour_excuses_no_other() -> None:
    assert judge(40, [*QUIET, 400], []).unusual


def test_of_somebody_unknown_among_unknown_people_only_very_many_are_unusual() -> None:
    assert not judge(UNKNOWN, [], []).unusual
    assert judge(UNKNOWN + 1, [], []).unusual


@given(files=st.integers(0, FEW), own=hours, peers=people)
def test_a_few_files_are_never_unusual(files: int, own: list[int], peers: list[list[int]]) -> None:
    assert not judge(files, own, peers).unusual


@given(files=st.integers(0, 500), own=hours, peers=people)
def test_more_files_are_never_less_unusual(files: int, own: list[int], peers: list[list[int]]) -> None:
    assert judge(files + 1, own, peers).unusual or not judge(files, own, peers).unusual


@given(files=st.integers(0, 500), own=hours, peers=people)
def test_knowing_more_of_anybody_allows_nobody_more_than_is_allowed_to_strangers_among_them(
    files: int, own: list[int], peers: list[list[int]]
) -> None:
    assert judge(files, own, peers).usual <= max(judge(files, [], peers).usual, judge(files, own, []).usual)
