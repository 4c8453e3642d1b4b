"""In whatever order fixes come, and by whatever node: a watch stands as if they had come as observed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.perimeters.machine import INSIDE, Effect, Sign, Watch, effects, step
from gateway.domain.perimeters.settling import Observed, settle
from schemas.perimeters import WatchState

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = AT - timedelta(minutes=5)
SURE = {Sign.CERTAIN: 1.0, Sign.POSSIBLE: 0.5}


def saw(second: float, sign: Sign) -> Observed:
    return Observed(at=AT + timedelta(seconds=second), sign=sign, probability=SURE.get(sign, 0.0))


def in_order(seen: list[Observed]) -> list[Watch]:
    path = [Watch()]
    for one in sorted(seen, key=lambda one: one.at):
        path.append(step(path[-1], one.sign, one.probability, one.at))
    return path


class Store:
    """What all nodes know: every move that was told, and what came of it."""

    def __init__(self) -> None:
        self.told: list[Watch] = []
        self.seen: list[Observed] = []
        self.effects: list[Effect] = []

    @property
    def state(self) -> WatchState:
        return self.told[-1].state if self.told else WatchState.FAR

    def take(self, one: Observed) -> None:
        self.seen.append(one)
        for move in settle(self.told, self.seen, LONG_AGO).moves:
            self.effects += effects(self.told[-1] if self.told else Watch(), move)
            self.told.append(Watch(state=move.state, fixed_at=move.fixed_at, peak=move.peak))


@st.composite
def arrivals(draw: Any) -> list[Observed]:
    signs = draw(st.lists(st.sampled_from(list(Sign)), min_size=1, max_size=14))
    return draw(st.permutations([saw(10 * number, sign) for number, sign in enumerate(signs)]))  # type: ignore[no-any-return]


@given(arrivals())
def test_a_watch_stands_as_observed_after_each_arrival_in_whatever_order(came: list[Observed]) -> None:
    store = Store()
    for number, one in enumerate(came, 1):
        store.take(one)
        assert store.state is in_order(came[:number])[-1].state


@given(arrivals())
def test_whoever_was_inside_is_told_of_however_late_that_is_known(came: list[Observed]) -> None:
    store = Store()
    for one in came:
        store.take(one)
    was_inside = any(one.state in INSIDE for one in in_order(came))
    assert (Effect.RAISE in store.effects) == was_inside
    was_certain = any(one.state is WatchState.BREACH for one in in_order(came))
    assert any(one.state is WatchState.BREACH for one in store.told) == was_certain


@given(arrivals(), st.integers(0, 13))
def test_the_same_fix_again_moves_nothing(came: list[Observed], which: int) -> None:
    store = Store()
    for one in came:
        store.take(one)
    before = len(store.told)
    store.take(came[which % len(came)])
    assert len(store.told) == before


def test_fixes_that_come_late_by_another_node_end_no_stay_that_a_newer_one_shows() -> None:
    store = Store()
    for second, sign in (
        (0, Sign.CERTAIN),
        (60, Sign.CERTAIN),
        (10, Sign.CLEAR),
        (20, Sign.CLEAR),
        (30, Sign.CLEAR),
    ):
        store.take(saw(second, sign))
    assert store.effects == [Effect.RAISE], (
        "he was seen to leave, and a minute on to be back: nothing was told"
    )
    assert store.state is WatchState.BREACH


def test_a_move_that_no_fix_made_stands_whatever_was_observed_before_it() -> None:
    tampered = Watch(state=WatchState.POSSIBLE_BREACH, fixed_at=AT + timedelta(seconds=12), peak=0.0)
    near = Watch(state=WatchState.PRE_ALERT, fixed_at=AT)
    seen = [saw(0, Sign.RING), saw(10, Sign.RING), saw(20, Sign.RING)]
    (moved,) = settle([near, tampered], seen, LONG_AGO).moves
    assert moved.state is WatchState.LEAVING, "and not left: one fix leads away"


def test_a_watch_that_was_armed_anew_is_raised_by_what_comes_then_and_not_by_what_was_before() -> None:
    breach = Watch(state=WatchState.BREACH, fixed_at=AT, peak=1.0)
    armed = Watch(state=WatchState.PRE_ALERT, fixed_at=AT)
    seen = [saw(0, Sign.CERTAIN), saw(-5, Sign.CERTAIN)]
    assert settle([breach, armed], seen, LONG_AGO).moves == ()
    (raised,) = settle([breach, armed], [*seen, saw(5, Sign.CERTAIN)], LONG_AGO).moves
    assert effects(armed, raised) == (Effect.RAISE,)
