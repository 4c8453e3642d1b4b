"""Sessions believed from memory: for a while, until they run out, never once they are known to be over."""

from datetime import timedelta
from uuid import uuid4

import pytest

from gateway import remembered_sessions
from gateway.domain.people import Operator, Session
from gateway.remembered_sessions import RememberedSessions
from gateway.timing import SESSION_BY_MEMORY_S
from schemas.session import Role
from tests.support.clock import VirtualClock

OPERATOR = Operator(
    operator_id=uuid4(),
    username="op",
    name="Op",
    roles=frozenset({Role.OPERATOR}),
    centres=frozenset({"BE-VOV"}),
)


def a_session(clock: VirtualClock, secret: bytes = b"1", hours: float = 12) -> Session:
    until = clock.now() + timedelta(hours=hours)
    return Session(operator=OPERATOR, token_hash=secret, expires_at=until, watch_until=until)


@pytest.fixture
def remembered(clock: VirtualClock) -> RememberedSessions:
    return RememberedSessions(clock)


def test_one_that_held_is_believed_for_a_while_after_it_was_last_confirmed(
    remembered: RememberedSessions, clock: VirtualClock
) -> None:
    session = a_session(clock)
    remembered.confirm(session)
    clock.advance(SESSION_BY_MEMORY_S)
    assert remembered.find(b"1") is session
    remembered.confirm_again(b"1")
    clock.advance(SESSION_BY_MEMORY_S)
    assert remembered.find(b"1") is session
    clock.advance(1)
    assert remembered.find(b"1") is None


def test_none_is_believed_that_was_never_seen_or_is_known_to_be_over(
    remembered: RememberedSessions, clock: VirtualClock
) -> None:
    remembered.confirm_again(b"2")
    assert remembered.find(b"2") is None
    remembered.confirm(a_session(clock))
    remembered.forget(b"1")
    remembered.confirm_again(b"1")
    assert remembered.find(b"1") is None


def test_one_that_runs_out_meanwhile_is_believed_no_more(
    remembered: RememberedSessions, clock: VirtualClock
) -> None:
    remembered.confirm(a_session(clock, hours=0.1))
    clock.advance(361)
    assert remembered.find(b"1") is None


def test_what_was_confirmed_longest_ago_goes_first(
    remembered: RememberedSessions, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_sessions, "REMEMBERED_MAX", 2)
    for secret in (b"1", b"2"):
        remembered.confirm(a_session(clock, secret))
    remembered.confirm_again(b"1")
    remembered.confirm(a_session(clock, b"3"))
    assert [secret for secret in (b"1", b"2", b"3") if remembered.find(secret)] == [b"1", b"3"]
