"""Tickets of live locations: made by this gateway alone, for one alarm and one holder, for a time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.live_location import Ticket, read, written

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
KEY, OLD, OTHER = b"k" * 32, b"o" * 32, b"x" * 32
TICKET = Ticket(alarm_id=UUID(int=1), holder=UUID(int=2), expires_at=AT + timedelta(hours=4))


def test_a_ticket_is_read_as_it_was_written_and_written_the_same_each_time() -> None:
    text = written(TICKET, KEY)
    assert text == written(TICKET, KEY)
    assert len(text) == 72
    assert read(text, [KEY], AT) == TICKET


def test_it_runs_out_to_the_second() -> None:
    text = written(TICKET, KEY)
    assert read(text, [KEY], TICKET.expires_at - timedelta(seconds=1)) == TICKET
    assert read(text, [KEY], TICKET.expires_at) is None


def test_it_holds_under_an_older_key_and_under_nobody_elses() -> None:
    text = written(TICKET, OLD)
    assert read(text, [KEY, OLD], AT) == TICKET
    assert read(text, [KEY, OTHER], AT) is None
    assert read(text, [], AT) is None


@given(st.integers(0, 71), st.sampled_from("ABCabc019-_"))
def test_no_character_of_it_can_be_changed(at: int, character: str) -> None:
    text = written(TICKET, KEY)
    changed = text[:at] + character + text[at + 1 :]
    assert (read(changed, [KEY], AT) is None) == (changed != text)


@given(st.text(max_size=100))
def test_any_other_text_is_no_ticket(text: str) -> None:
    assert read(text, [KEY], AT) is None
