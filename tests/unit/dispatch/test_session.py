import json
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import timing
from dispatch.session import Ask, Close, Follow, Note, Report, Session
from schemas.frames import Condition, Cursor, SoundState
from schemas.problems import CloseCode
from schemas.session import OperatorView, Role

CONSOLE = uuid4()


def a_session(**changes: object) -> Session:
    operator = OperatorView(
        operator_id=uuid4(), name="Op", roles=(Role.OPERATOR,), centres=("BE-VOV", "BE-VAN")
    )
    return Session(operator=operator, heard_at=0.0)


def attach(centres: list[str] | None = None, console: UUID = CONSOLE, **more: object) -> str:
    return json.dumps({"type": "attach", "console": str(console), "centres": centres or ["BE-VOV"], **more})


def test_attach_asks_to_be_served_from_its_cursors() -> None:
    cursors = {"BE-VOV": {"epoch": "a1", "sequence": 7}}
    effect = a_session().receive(attach(["BE-VOV", "BE-VAN"], cursors=cursors), 1.0)
    assert effect == Follow(CONSOLE, {"BE-VOV": Cursor(epoch="a1", sequence=7), "BE-VAN": None})


def test_a_foreign_centre_closes_with_4403() -> None:
    effect = a_session().receive(attach(["BE-WLG"]), 1.0)
    assert isinstance(effect, Close)
    assert effect.code == CloseCode.NOT_YOUR_CENTRE


def test_a_connection_stays_one_console() -> None:
    session = a_session()
    session.receive(attach(), 1.0)
    effect = session.receive(attach(console=uuid4()), 1.1)
    assert isinstance(effect, Close)
    assert effect.code == CloseCode.MALFORMED


def test_a_command_before_attach_is_refused_and_after_it_is_asked() -> None:
    session = a_session()
    command = json.dumps(
        {"type": "acknowledge", "request_id": str(uuid4()), "alarm_id": str(uuid4()), "expected_version": 1}
    )
    assert isinstance(session.receive(command, 1.0), Close)
    session.receive(attach(), 1.1)
    assert isinstance(session.receive(command, 1.2), Ask)


def test_a_console_says_how_it_is() -> None:
    said = {"type": "condition", "sound": "blocked", "visible": True, "lag_ms": 12.5}
    effect = a_session().receive(json.dumps(said), 1.0)
    assert effect == Report(Condition(sound=SoundState.BLOCKED, visible=True, lag_ms=12.5))


def test_delivered_counts_only_for_attached_centres() -> None:
    session = a_session()
    session.receive(attach(), 1.0)
    told = {
        "type": "delivered",
        "alarm_id": str(uuid4()),
        "sequence": 3,
        "painted_at": "2026-03-02T09:00:00Z",
    }
    assert isinstance(session.receive(json.dumps({**told, "centre": "BE-VOV"}), 1.1), Note)
    effect = session.receive(json.dumps({**told, "centre": "BE-VAN"}), 1.2)
    assert isinstance(effect, Close)
    assert effect.code == CloseCode.NOT_YOUR_CENTRE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        '{"type":"attach"}',
        '{"type":"nonsense"}',
        "[" * 5000,
        '{"type":"pong","x":NaN,}',
        "\x00",
    ],
)
def test_what_cannot_be_read_closes_with_4400_and_words_without_content(text: str) -> None:
    effect = a_session().receive(text, 1.0)
    assert isinstance(effect, Close)
    assert effect.code == CloseCode.MALFORMED
    assert len(effect.reason.encode()) <= 123
    assert "nonsense" not in effect.reason


def test_a_flood_of_frames_is_closed_with_1008_and_a_steady_stream_is_not() -> None:
    session = a_session()
    effects = [session.receive('{"type":"pong"}', 1.0) for _ in range(timing.FRAMES_BURST + 60)]
    assert any(isinstance(effect, Close) and effect.code == CloseCode.TOO_MANY_FRAMES for effect in effects)
    steady = a_session()
    step = 1 / timing.FRAMES_PER_S
    assert not any(steady.receive('{"type":"pong"}', n * step) for n in range(2000))


def test_an_oversized_frame_is_closed_with_1009() -> None:
    effect = a_session().receive('{"type":"pong","x":"' + "y" * 70_000 + '"}', 1.0)
    assert isinstance(effect, Close)
    assert effect.code == CloseCode.TOO_LARGE


def test_silence_is_closed_and_any_frame_ends_it() -> None:
    session = a_session()
    assert session.expired(timing.SILENCE_S - 0.1) is None
    session.receive('{"type":"pong"}', timing.SILENCE_S - 0.1)
    assert session.expired(timing.SILENCE_S + 0.1) is None
    expired = session.expired(2 * timing.SILENCE_S)
    assert expired is not None
    assert expired.code == CloseCode.TOO_SLOW


@given(st.text(max_size=200))
def test_no_text_makes_a_session_raise(text: str) -> None:
    a_session().receive(text, 1.0)
