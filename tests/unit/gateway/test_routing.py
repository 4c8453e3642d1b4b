import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.centres import CentreMap
from gateway.domain.routing import FLAGS, Copy, route
from schemas.alarm import RoutedBy, ShareReason
from schemas.position import Position
from tests.support.fixes import AT, a_fix, fixes
from tests.support.geodata import DEGREE_M, squares

MAP = squares()
NOWHERE = CentreMap({}, "BE-BRU")
WEST, MIDDLE, EAST = (51.15, 3.25), (51.15, 3.75), (51.15, 4.25)
"""The middles of BE-VWV, BE-VOV and BE-VAN."""

DOUBTFUL = ShareReason.DOUBTFUL_POSITION
A_METRE_EAST = 1 / (DEGREE_M * math.cos(math.radians(51.15)))


def routed(*positions: Position, home: str | None = "BE-VWV", verified: bool = True):
    return route(MAP, positions, home, AT, verified=verified)


def east_of_middle(metres: float, **changes) -> Position:
    """A fix in BE-VOV, so far from the border with BE-VAN; beyond it when negative."""
    return a_fix(51.15, 4.0 - metres * A_METRE_EAST, **changes)


def test_a_good_fix_decides_and_her_own_centre_is_not_troubled():
    found = routed(a_fix(*MIDDLE))
    assert (found.centre, found.routed_by) == ("BE-VOV", RoutedBy.POSITION)
    assert found.flags == ()
    assert found.copies == ()


def test_without_a_position_the_registration_decides_and_without_that_the_default():
    assert (routed().centre, routed().routed_by) == ("BE-VWV", RoutedBy.REGISTRATION)
    assert (routed(home=None).centre, routed(home=None).routed_by) == ("BE-BRU", RoutedBy.DEFAULT)


def test_the_freshest_good_fix_decides():
    found = routed(a_fix(*MIDDLE), a_fix(*EAST, age_s=100, radius_m=60_000))
    assert found.centre == "BE-VOV"


# --- borders ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("away_m", "changes", "copied"),
    [
        (300, {"radius_m": 250}, False),
        (300, {"radius_m": 350}, True),
        (300, {"radius_m": 250, "confidence": 0.68}, True),  # 405 m at 95 %
        (80, {"radius_m": None}, True),  # not known: taken as 100 m
        (120, {"radius_m": None}, False),
        (7000, {"radius_m": 8000}, True),
    ],
)
def test_a_circle_that_crosses_a_border_is_copied_to_the_other_side(away_m, changes, copied):
    found = routed(east_of_middle(away_m, **changes))
    assert found.centre == "BE-VOV"
    assert found.copies == ((Copy("BE-VAN", ShareReason.NEAR_BORDER),) if copied else ())
    assert found.flags == (("near_border",) if copied else ())


def test_every_area_that_the_circle_reaches_is_copied():
    found = routed(a_fix(51.001, 3.499, radius_m=500))
    assert found.centre == "BE-VWV"
    assert {copy.centre for copy in found.copies} == {"BE-VOV", "BE-WHT"}


def test_abroad_within_five_kilometres_the_nearest_decides():
    found = routed(east_of_middle(-4_000 - 0.5 / A_METRE_EAST))
    assert (found.centre, found.routed_by) == ("BE-VAN", RoutedBy.NEAREST)
    assert found.flags == ("abroad_near",)
    assert found.copies == ()


def test_farther_abroad_the_default_decides_unless_the_circle_reaches_back():
    far = -8_000 - 0.5 / A_METRE_EAST
    found = routed(east_of_middle(far))
    assert (found.centre, found.routed_by, found.flags) == ("BE-BRU", RoutedBy.DEFAULT, ("abroad_far",))
    assert routed(east_of_middle(far, radius_m=9_000)).centre == "BE-VAN"


def test_abroad_between_two_centres_both_are_told():
    found = routed(a_fix(51.31, 4.0 + 300 * A_METRE_EAST, radius_m=2_000))
    assert found.centre == "BE-VAN"
    assert found.copies == (("BE-VOV", ShareReason.NEAR_BORDER),)
    assert found.flags == ("abroad_near", "near_border")


# --- doubt ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"mock": True}, "mock_position"),
        ({"age_s": 121}, "stale_position"),
        ({"radius_m": 25_000}, "imprecise_position"),
    ],
)
def test_a_doubtful_fix_never_decides_alone_and_its_centre_is_told_too(changes, flag):
    found = routed(a_fix(*EAST, **changes))
    assert (found.centre, found.routed_by) == ("BE-VWV", RoutedBy.REGISTRATION)
    assert found.flags == ("implausible_position", flag)
    assert found.copies == (("BE-VAN", DOUBTFUL),)


def test_a_doubtful_fix_at_home_needs_no_copy():
    assert routed(a_fix(*WEST, mock=True)).copies == ()


def test_a_doubtful_fix_abroad_is_told_to_nobody_else():
    assert routed(a_fix(48.85, 2.35, mock=True)).copies == ()


def test_a_good_older_fix_decides_when_the_newest_is_simulated_and_her_centre_is_told():
    found = routed(a_fix(*EAST, mock=True), a_fix(*MIDDLE, age_s=60))
    assert (found.centre, found.routed_by) == ("BE-VOV", RoutedBy.POSITION)
    assert found.flags == ("implausible_position", "mock_position")
    assert found.copies == (("BE-VWV", DOUBTFUL), ("BE-VAN", DOUBTFUL))


def test_a_good_fix_after_a_simulated_one_is_no_jump_but_her_centre_is_told():
    found = routed(a_fix(*MIDDLE), a_fix(*EAST, age_s=5, mock=True))
    assert (found.centre, found.routed_by) == ("BE-VOV", RoutedBy.POSITION)
    assert found.flags == ("implausible_position", "mock_position")
    assert ("BE-VWV", DOUBTFUL) in found.copies


def test_of_two_fixes_with_a_jump_between_them_neither_decides():
    found = routed(a_fix(*MIDDLE), a_fix(*EAST, age_s=10))
    assert (found.centre, found.routed_by) == ("BE-VWV", RoutedBy.REGISTRATION)
    assert found.flags == ("implausible_position", "jump_position")
    assert found.copies == (("BE-VOV", DOUBTFUL), ("BE-VAN", DOUBTFUL))


def test_of_three_fixes_the_two_that_agree_decide():
    outlier_first = routed(a_fix(*EAST), a_fix(*MIDDLE, age_s=10), a_fix(*MIDDLE, age_s=20))
    assert outlier_first.centre == "BE-VOV"
    assert outlier_first.copies == (("BE-VWV", DOUBTFUL), ("BE-VAN", DOUBTFUL))
    outlier_last = routed(a_fix(*MIDDLE), a_fix(*MIDDLE, age_s=10), a_fix(*EAST, age_s=20))
    assert (outlier_last.centre, outlier_last.flags, outlier_last.copies) == ("BE-VOV", (), ())


def test_a_fix_made_while_the_press_waited_is_as_good_as_one_at_the_press():
    assert routed(a_fix(*MIDDLE, age_s=-600)).centre == "BE-VOV"


def test_no_position_of_a_sender_who_may_be_another_decides():
    found = routed(a_fix(*EAST), verified=False)
    assert (found.centre, found.routed_by) == ("BE-VWV", RoutedBy.REGISTRATION)
    assert found.copies == (("BE-VAN", DOUBTFUL),)
    assert found.flags == ()


# --- whatever comes ---------------------------------------------------------------------------


def test_without_areas_the_registration_decides():
    found = route(NOWHERE, [a_fix(*EAST)], "BE-VWV", AT)
    assert (found.centre, found.routed_by, found.copies) == ("BE-VWV", RoutedBy.REGISTRATION, ())


@given(st.lists(fixes(), max_size=3), st.none() | st.just("BE-VWV"), st.booleans())
def test_whatever_comes_there_is_a_centre_and_it_is_told_once(positions, home, verified):
    for centres in (MAP, NOWHERE):
        found = route(centres, positions, home, AT, verified=verified)
        told = [found.centre, *(copy.centre for copy in found.copies)]
        assert set(found.flags) <= FLAGS
        assert len(told) == len(set(told))
        assert set(told) <= {*centres.centres, centres.default, home}


NEAR = st.builds(
    a_fix,
    st.floats(50.8, 51.3),
    st.floats(3.0, 4.5),
    age_s=st.floats(0, 200),
    mock=st.booleans(),
    radius_m=st.none() | st.floats(1, 40_000),
)


@given(st.lists(NEAR, min_size=1, max_size=3))
def test_what_is_doubtful_never_keeps_the_alarm_from_her_own_centre(positions):
    positions = sorted(positions, key=lambda fix: fix.fixed_at, reverse=True)
    found = route(MAP, positions, "BE-VWV", AT)
    if "implausible_position" in found.flags or any(fix.mock for fix in positions):
        assert "BE-VWV" in {found.centre, *(copy.centre for copy in found.copies)}
    assert ("implausible_position" in found.flags) or found.routed_by is not RoutedBy.REGISTRATION
