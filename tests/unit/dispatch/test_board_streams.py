"""One alarm in several streams of different pace: the picture is that of the stream that is furthest."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from dispatch.board import Board
from schemas.alarm import AlarmView
from schemas.frames import Event, ServerFrame
from tests.support.cases import a_frame, an_alarm, long_id

CENTRES = ("BE-VOV", "BE-VAN", "BE-WHT")
SINCE = "2026-03-02T10:00:30Z"


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[AlarmView], dict[str, int]]:
    """The versions of one alarm, and from which on each centre's stream has them."""
    states = draw(st.lists(st.sampled_from(["raised", "acknowledged", "closed"]), min_size=1, max_size=7))
    begins = {centre: draw(st.integers(0, len(states) - 1)) for centre in CENTRES[1:]} | {CENTRES[0]: 0}
    images = [
        an_alarm(
            alarm_id="a1",
            version=index + 1,
            state=state,
            shared=[
                {"centre": centre, "reason": "escalated", "since": SINCE}
                for centre in CENTRES[1:]
                if begins[centre] <= index
            ],
        )
        for index, state in enumerate(["raised", *states])
    ]
    return images, begins


def a_welcome(*centres: str) -> ServerFrame:
    operator = {"operator_id": str(long_id("d4")), "name": "One", "roles": ["operator"], "centres": centres}
    return a_frame({"type": "welcome", "operator": operator})


def a_board() -> Board:
    board = Board(long_id("c0"))
    board.receive(a_welcome(*CENTRES), 0)
    for centre in CENTRES:
        board.receive(a_frame({"type": "snapshot", "centre": centre, "cursor": "e1:0"}), 0)
        board.receive(a_frame({"type": "caught_up", "centre": centre, "cursor": "e1:0"}), 0)
    return board


def tell(board: Board, centre: str, sequence: int, alarm: AlarmView) -> None:
    event = {"type": "event", "centre": centre, "cursor": f"e1:{sequence}", "alarm": {}}
    frame = a_frame(event)
    assert isinstance(frame, Event)
    board.receive(frame.model_copy(update={"alarm": alarm}), 0)


def furthest(told: Sequence[AlarmView]) -> AlarmView | None:
    newest = max(told, key=lambda alarm: alarm.version, default=None)
    return None if newest is None or newest.state == "closed" else newest


@given(lives(), st.data())
def test_the_picture_is_that_of_the_stream_that_is_furthest(
    life: tuple[list[AlarmView], dict[str, int]], data: st.DataObject
) -> None:
    images, begins = life
    waiting = {centre: images[begins[centre] :] for centre in CENTRES}
    board, told = a_board(), list[AlarmView]()
    while any(waiting.values()):
        centre = data.draw(st.sampled_from([each for each in CENTRES if waiting[each]]))
        alarm, *waiting[centre] = waiting[centre]
        tell(board, centre, len(images[begins[centre] :]) - len(waiting[centre]), alarm)
        told.append(alarm)
        shown = furthest(told)
        assert board.find(images[0].alarm_id) == shown
        assert list(board.open_alarms()) == ([shown] if shown else [])
    assert not any(board.find(alarm.alarm_id) for alarm in images if images[-1].state == "closed")
    # Everything was told everywhere: nothing is kept of a closing, so memory does not grow with them.
    assert not board._picture.closings._closings


def test_a_closing_waits_for_no_centre_that_was_taken_away() -> None:
    board = a_board()
    shared = [{"centre": "BE-VAN", "reason": "escalated", "since": SINCE}]
    tell(board, "BE-VOV", 1, an_alarm(alarm_id="a1", version=1, shared=shared))
    tell(board, "BE-VOV", 2, an_alarm(alarm_id="a1", version=2, state="closed", shared=shared))
    assert board._picture.closings._closings
    board.disconnected(1)
    board.receive(a_welcome("BE-VOV", "BE-WHT"), 2)
    assert not board._picture.closings._closings
