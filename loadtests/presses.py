"""Presses prepared in advance: the bytes of signed requests, so that sending one costs a write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final
from uuid import UUID, uuid4

from loadtests.samples import Place, press_body, utc_now
from loadtests.signing import Companion, signed_post
from schemas.press import Purpose

PATH: Final = "/v1/presses"

PURPOSES: Final = (Purpose.REAL, Purpose.TEST)
"""Each opens an alarm of its own for a registration, and both go the very same way."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One press, ready to be written to a socket."""

    press_id: UUID
    registration_id: UUID
    request: bytes


class PressMaker:
    """Signs presses for one gateway, first those that open an alarm.

    ``fresh`` is how many more presses will open one; those after are further presses on alarms that
    are open, which the gateway commits and fans out in the same way.
    """

    def __init__(
        self,
        url: str,
        companions: Sequence[Companion],
        place: Place,
        purposes: Sequence[Purpose] = PURPOSES,
    ) -> None:
        self._url = url
        self._place = place
        self._senders = list(product(purposes, companions))
        self._next = 0

    @property
    def fresh(self) -> int:
        """How many more presses will open an alarm."""
        return max(0, len(self._senders) - self._next)

    def prepare(self, count: int) -> list[Prepared]:
        """Sign ``count`` presses now; the gateway takes them as fresh for 300 s."""
        return [self._prepare(*sender) for sender in self._take(count)]

    def _take(self, count: int) -> Iterator[tuple[Purpose, Companion]]:
        for _ in range(count):
            yield self._senders[self._next % len(self._senders)]
            self._next += 1

    def _prepare(self, purpose: Purpose, companion: Companion) -> Prepared:
        now, press_id = utc_now(), uuid4()
        body = press_body(press_id, purpose, now, self._place)
        request = signed_post(self._url, PATH, companion, body, nonce=press_id, now=now)
        return Prepared(press_id, companion.registration_id, request)
