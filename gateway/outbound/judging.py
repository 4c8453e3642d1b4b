"""What follows from how a receiver answers: delivered, again and when, dead, gone. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

from gateway import door_timing as timing
from gateway.domain.receivers import Answer

GONE: Final = 410
NOT_THIS_ONE: Final = frozenset({400, 413, 415, 422})
"""Answers that say that this very event will never be taken."""


class End(StrEnum):
    """What becomes of a sending."""

    DELIVERED = "delivered"
    DEAD = "dead"
    AGAIN = "again"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Next:
    """What follows from an answer; ``pause_s`` until the next try where there is one."""

    end: End
    pause_s: float = 0.0


def after(answer: Answer, *, tries: int, age_s: float, now: datetime, jitter: float) -> Next:
    """Decide what follows from the answer to the ``tries``-th try (from 1) of a sending of that age.

    ``jitter``, from 0 to 1, is drawn by whoever asks.
    """
    status = answer.status or 0
    if 200 <= status < 300:
        return Next(End.DELIVERED)
    if status == GONE:
        return Next(End.GONE, timing.RECEIVER_RETRY_S[-1])
    if age_s >= timing.RECEIVER_GIVE_UP_S:
        return Next(End.DEAD)
    if status in NOT_THIS_ONE and tries >= timing.RECEIVER_REFUSED_TRIES:
        return Next(End.DEAD)
    pause_s = timing.RECEIVER_RETRY_S[min(tries, len(timing.RECEIVER_RETRY_S)) - 1]
    if pause_s >= timing.JITTER_FROM_S:
        pause_s *= 1 + timing.RECEIVER_JITTER * jitter
    asked_s = min(retry_after_s(answer.retry_after, now), timing.RETRY_AFTER_MAX_S)
    return Next(End.AGAIN, max(pause_s, asked_s))


def settles(answer: Answer) -> bool:
    """Whether a call about a gap is done with: it was taken, or this receiver takes no such calls."""
    status = answer.status or 0
    return 200 <= status < 300 or status in NOT_THIS_ONE


def retry_after_s(written: str | None, now: datetime) -> float:
    """Return the seconds of a ``Retry-After`` (RFC 9110, 10.2.3); 0 for none that can be read."""
    if not written:
        return 0.0
    if written.isascii() and written.isdigit():
        return float(written[:9])
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return max(0.0, (at - now) / timedelta(seconds=1)) if at.tzinfo is not None else 0.0
