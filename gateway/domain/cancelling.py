"""The words with which a victim's phone asks to cancel: which one it was, and whether it is news.

The aggressor may hold the phone. So a word is compared in the same time whatever it is, and nothing
here depends on what her phone is told, which is always the same.
"""

import hashlib
import hmac
import unicodedata
from datetime import datetime
from typing import Final, Literal

from schemas.alarm import AlarmView, CancelRequest
from schemas.registration import Person

WordGiven = Literal["none", "unknown", "safe", "duress"]

WEIGHT: Final[dict[WordGiven, int]] = {"none": 0, "unknown": 1, "safe": 2, "duress": 3}

AGAIN_S: Final = 10.0
"""A wish that says no more than the one before is told at most this often: who closes an alarm must have
seen the last one, and nobody may keep it from being closed by asking without end."""


def word_given(word: str | None, person: Person | None) -> WordGiven:
    """Return which of her words it is; case, outer spaces and ways to write an accent do not matter."""
    given = _digest(word)
    safe = _digest(None if person is None else person.safe_word)
    duress = _digest(None if person is None else person.duress_word)
    is_safe, is_duress = hmac.compare_digest(given, safe), hmac.compare_digest(given, duress)
    if not given.strip(b"\0"):
        return "none"
    if is_duress:
        return "duress"
    return "safe" if is_safe else "unknown"


def is_news(alarm: AlarmView, word: WordGiven, at: datetime) -> bool:
    """Whether a wish says more than what was told already; what is left out is told by nobody else."""
    before = alarm.cancel
    if before is None or (at - before.at).total_seconds() >= AGAIN_S:
        return True
    return WEIGHT[word] > _told(before)


def _told(before: CancelRequest) -> int:
    return WEIGHT["duress"] if before.coerced else WEIGHT[before.word]


def _digest(word: str | None) -> bytes:
    """Return a word as bytes of one length, so that comparing tells not even how long it is."""
    plain = unicodedata.normalize("NFKC", word or "").casefold().strip()
    return hashlib.sha256(plain.encode()).digest() if plain else bytes(32)
