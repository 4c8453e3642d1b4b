import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.ports import Bounds
from dispatch.resume import FromSnapshot, Replay, resume
from schemas.frames import Cursor

LOG = Bounds(epoch="a1", first_kept=11, head=100)


@pytest.mark.parametrize(
    ("asked", "plan"),
    [
        (None, FromSnapshot("first_attach")),
        (Cursor(epoch="b2", sequence=50), FromSnapshot("epoch_changed")),
        (Cursor(epoch="a1", sequence=101), FromSnapshot("ahead_of_log")),
        (Cursor(epoch="a1", sequence=9), FromSnapshot("expired")),
        (Cursor(epoch="a1", sequence=10), Replay(10)),
        (Cursor(epoch="a1", sequence=100), Replay(100)),
    ],
)
def test_only_an_unbroken_log_is_replayed(asked: Cursor | None, plan: object) -> None:
    assert resume(asked, LOG, replay_max=1000) == plan


def test_a_console_too_far_behind_gets_a_snapshot() -> None:
    assert resume(Cursor(epoch="a1", sequence=89), LOG, replay_max=10) == FromSnapshot("too_far_behind")
    assert resume(Cursor(epoch="a1", sequence=90), LOG, replay_max=10) == Replay(90)


@given(st.integers(0, 300), st.integers(1, 200), st.integers(0, 200), st.integers(0, 50))
def test_a_replay_is_always_complete_and_short(asked: int, first: int, extra: int, most: int) -> None:
    bounds = Bounds(epoch="a1", first_kept=first, head=first - 1 + extra)
    plan = resume(Cursor(epoch="a1", sequence=asked), bounds, replay_max=most)
    if isinstance(plan, Replay):
        needed = range(plan.after + 1, bounds.head + 1)
        assert len(needed) <= most
        assert all(first <= sequence for sequence in needed)
