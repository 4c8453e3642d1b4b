"""Which word it was, whether it is news, and that the way is the same whatever it was."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cancelling import Cancelling
from gateway.domain.alarm import EventKind
from gateway.domain.cancelling import AGAIN_S, WordGiven, is_news, word_given
from gateway.domain.errors import CannotCommit, NotFound
from gateway.domain.happenings import request_cancel
from gateway.ingest.wish import WORD_MAX, read_wish
from gateway.ports import Fate, Proposal, RequestKey, Verdict
from schemas.alarm import AlarmState, AlarmView
from schemas.registration import Person
from tests.support.build import a_person
from tests.support.clock import VirtualClock
from tests.support.dispatch import AT, an_alarm

HERS: Person = a_person().model_copy(update={"safe_word": "Zonnebloem", "duress_word": "Café Luna"})


@pytest.mark.parametrize(
    ("word", "which"),
    [
        (None, "none"),
        ("", "none"),
        ("  ", "none"),
        ("Zonnebloem", "safe"),
        (" zonneBLOEM ", "safe"),
        ("café luna", "duress"),
        ("cafe\u0301 LUNA", "duress"),
        ("zonnebloe", "unknown"),
        ("zonnebloem!", "unknown"),
        ("\0", "unknown"),
    ],
)
def test_which_word_it_is(word: str | None, which: WordGiven) -> None:
    assert word_given(word, HERS) == which


@pytest.mark.parametrize(
    "person",
    [None, HERS.model_copy(update={"safe_word": None, "duress_word": ""})],
    ids=["unopened", "no words"],
)
def test_where_she_has_no_words_none_is_hers(person: Person | None) -> None:
    assert [word_given(word, person) for word in (None, "zonnebloem", "")] == ["none", "unknown", "none"]


def test_one_word_for_both_is_taken_as_duress() -> None:
    assert word_given("x", HERS.model_copy(update={"safe_word": "x", "duress_word": "X"})) == "duress"


WORDS = st.sampled_from(["none", "unknown", "safe", "duress"])


@given(st.lists(st.tuples(WORDS, st.floats(0, 3)), max_size=60))
def test_wishes_without_end_are_told_now_and_then_and_duress_always(
    wishes: list[tuple[WordGiven, float]],
) -> None:
    alarm, now, told = an_alarm(), AT, []
    for word, later in wishes:
        now += timedelta(seconds=later)
        if is_news(alarm, word, now):
            alarm = request_cancel(alarm, word, now).alarm
            told.append(now)
        assert alarm.cancel is not None
        assert word != "duress" or alarm.cancel.coerced
    for earlier, fourth_later in zip(told, told[4:], strict=False):
        assert (fourth_later - earlier).total_seconds() >= AGAIN_S


@given(st.binary(max_size=100) | st.text(max_size=300).map(str.encode))
def test_no_bytes_make_a_wish_fail(body: bytes) -> None:
    read_wish(body)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", None),
        (b"[]", None),
        (b'{"word": 7}', None),
        (b'{"word": " zonnebloem ", "more": 1}', "zonnebloem"),
        (b'{"word": "' + b"x" * 500 + b'"}', "x" * WORD_MAX),
    ],
)
def test_a_word_is_read_where_there_is_one(body: bytes, word: str | None) -> None:
    assert read_wish(body).word == word


class Port:
    """Alarms and changes; keeps what was asked of it, and how often a change is to slip in between."""

    def __init__(self, alarm: AlarmView, slips: int = 0) -> None:
        self.alarm = alarm
        self.slips = slips
        self.asked: list[str] = []
        self.kinds: list[EventKind] = []

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        self.asked.append("find")
        return self.alarm if alarm_id == self.alarm.alarm_id else None

    async def commit(self, proposals: Sequence[Proposal]) -> list[Verdict]:
        self.asked.append("commit")
        if self.slips:
            self.slips -= 1
            return [Verdict(Fate.CHANGED)]
        self.alarm = proposals[0].change.alarm
        self.kinds.append(proposals[0].change.kind)
        return [Verdict(Fate.COMMITTED)]

    async def answer(self, request: RequestKey) -> Verdict | None:
        raise NotImplementedError


async def noted(port: Port, word: str | None, **changes: Any) -> None:
    cancelling = Cancelling(alarms=port, changes=port, clock=VirtualClock())
    values = {"alarm_id": port.alarm.alarm_id, "registration_id": port.alarm.registration_id, **changes}
    await cancelling.note(values["alarm_id"], values["registration_id"], word)


async def test_the_way_is_the_same_whatever_the_word() -> None:
    for word in (None, "zonnebloem", "café luna", "something else"):
        port = Port(an_alarm(person=HERS, enriched=True))
        await noted(port, word)
        assert port.asked == ["find", "commit"]
        assert port.kinds == [EventKind.CANCEL_REQUESTED]
        assert "zonnebloem" not in str(port.alarm.cancel).casefold()


async def test_a_change_that_slips_in_between_is_decided_on_anew() -> None:
    port = Port(an_alarm(person=HERS), slips=2)
    await noted(port, "café luna")
    assert port.alarm.cancel is not None
    assert port.alarm.cancel.coerced


async def test_an_alarm_that_always_changes_is_said_not_to_be_known() -> None:
    with pytest.raises(CannotCommit):
        await noted(Port(an_alarm(), slips=99), None)


async def test_of_a_closed_alarm_nothing_is_told() -> None:
    port = Port(an_alarm(state=AlarmState.CLOSED, person=HERS))
    await noted(port, "café luna")
    assert port.kinds == []


async def test_an_alarm_of_somebody_else_is_not_there() -> None:
    port = Port(an_alarm())
    for changes in ({"alarm_id": uuid4()}, {"registration_id": uuid4()}):
        with pytest.raises(NotFound):
            await noted(port, None, **changes)
