"""The commands of one console and their answers, across lost links. Part of ``dispatch.board``."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from schemas.commands import Acknowledge, AlarmCommand, Command
from schemas.frames import Refused, Result

ANSWER_WAIT_S: Final = 10.0  # a command unanswered for so long is given up, never sent late
ANSWER_KEPT_S: Final = 60.0  # how long the answer about what is not on the board can be looked up


class Answer(StrEnum):
    """What became of a command. ``unanswered`` means unknown, not "not done"."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Asked:
    """One command and its answer; ``refusal`` only when refused."""

    frame: Command
    asked_at: float
    link: int
    answer: Answer = Answer.ASKED
    refusal: Refused | None = None

    @property
    def alarm_id(self) -> UUID | None:
        """The alarm it is about, if it is about one."""
        return self.frame.alarm_id if isinstance(self.frame, AlarmCommand) else None

    def resembles(self, other: "Asked") -> bool:
        """Whether both ask the same kind of thing about the same alarm (or, without one, at all)."""
        return (self.frame.type, self.alarm_id) == (other.frame.type, other.alarm_id)


class Asking:
    """What was asked, by request id, the oldest first.

    Of commands that resemble each other all that wait for an answer are kept, and the last other.
    """

    def __init__(self) -> None:
        self.asked: dict[UUID, Asked] = {}
        self._link = 0

    def begin_link(self) -> None:
        """Note a new link: what the old one took with it may be sent once more."""
        self._link += 1

    def ask(self, frame: Command, now: float) -> bool:
        """Note a command that is being sent; False when its request id is in use.

        What nobody answered may be asked again so: the same request id gets the same answer.
        """
        held = self.asked.get(frame.request_id)
        if held is not None and held.answer is not Answer.UNANSWERED:
            return False
        asked = Asked(frame, now, self._link)
        self._drop(lambda each: each.answer is not Answer.ASKED and each.resembles(asked))
        self.asked[frame.request_id] = asked
        return True

    def waits_for(self, kind: str, alarm_id: UUID) -> bool:
        """Whether such a command about this alarm has no answer yet."""
        asked = self.last(kind, alarm_id)
        return asked is not None and asked.answer is Answer.ASKED

    def last(self, kind: str, alarm_id: UUID | None = None) -> Asked | None:
        """Return the last command of a kind about an alarm (None: the kind that is about none)."""
        alike = (
            each for each in self.asked.values() if each.frame.type == kind and each.alarm_id == alarm_id
        )
        return next(reversed(tuple(alike)), None)

    def answered(self, frame: Result | Refused) -> None:
        """Note an answer, also one that comes after it was given up."""
        asked = self.asked.get(frame.request_id)
        if asked is None:
            return
        refusal = frame if isinstance(frame, Refused) else None
        answer = Answer.DONE if refusal is None else Answer.REFUSED
        self.asked[frame.request_id] = replace(asked, answer=answer, refusal=refusal)

    def tick(self, now: float, is_open: Callable[[UUID], bool]) -> None:
        """Give up what nobody answered; forget old answers about what is not on the board."""
        for request_id, asked in self.asked.items():
            if asked.answer is Answer.ASKED and now - asked.asked_at >= ANSWER_WAIT_S:
                self.asked[request_id] = replace(asked, answer=Answer.UNANSWERED)
        self._drop(
            lambda each: (
                each.answer is not Answer.ASKED
                and now - each.asked_at >= ANSWER_KEPT_S
                and not (each.alarm_id is not None and is_open(each.alarm_id))
            )
        )

    def forget(self, alarm_id: UUID) -> None:
        """Drop what was said about an alarm that left the board; what else waits for an answer goes on."""
        self._drop(
            lambda each: (
                each.alarm_id == alarm_id
                and (each.answer is not Answer.ASKED or isinstance(each.frame, Acknowledge))
            )
        )

    def repeated(self, now: float, is_due: Callable[[Asked], bool]) -> tuple[Command, ...]:
        """Return what an earlier link took with it, once: the same request id gets the same answer."""
        due = [
            asked
            for asked in self.asked.values()
            if asked.answer is Answer.ASKED
            and asked.link != self._link
            and now - asked.asked_at < ANSWER_WAIT_S
            and is_due(asked)
        ]
        for asked in due:
            self.asked[asked.frame.request_id] = replace(asked, link=self._link)
        return tuple(asked.frame for asked in due)

    def _drop(self, done_with: Callable[[Asked], bool]) -> None:
        self.asked = {key: each for key, each in self.asked.items() if not done_with(each)}
