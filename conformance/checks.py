"""One check: what it holds the gateway to, by which document, and what came of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import httpx

from conformance.peer import Exchange, Peer

Run = Callable[[Peer], Awaitable[None]]


class Outcome(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Failed(Exception):
    """The gateway did something else than what was expected."""


class Skipped(Exception):
    """It cannot be tried with what was given; the message says what to give."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that is tried. ``reference``: the document that says what is expected."""

    name: str
    expected: str
    reference: str
    run: Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of one check; ``sent`` and ``got`` are of its last call, without anything secret."""

    check: Check
    outcome: Outcome
    took_ms: float
    why: str | None = None
    exchange: Exchange | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "check": self.check.name,
            "outcome": self.outcome.value,
            "expected": self.check.expected,
            "reference": self.check.reference,
            "why": self.why,
            "sent": None if self.exchange is None else self.exchange.sent,
            "got": None if self.exchange is None else self.exchange.got,
            "took_ms": round(self.took_ms, 1),
        }


@dataclass(slots=True)
class Suite:
    """Checks in the order they are tried in; a module adds its own with ``@suite.check``."""

    checks: list[Check] = field(default_factory=list)

    def check(self, name: str, expected: str, reference: str) -> Callable[[Run], Run]:
        """Add a check."""

        def add(run: Run) -> Run:
            self.checks.append(Check(name=name, expected=expected, reference=reference, run=run))
            return run

        return add


def expect(holds: object, otherwise: str) -> None:
    """Go on where it holds. Raises ``Failed`` with what is otherwise."""
    if not holds:
        raise Failed(otherwise)


async def run_all(peer: Peer, checks: Iterable[Check], deadline_s: float) -> list[Result]:
    """Try each check in turn; what is not begun by the deadline has failed."""
    ends = time.monotonic() + deadline_s
    return [await _tried(peer, check, ends) for check in checks]


async def _tried(peer: Peer, check: Check, ends: float) -> Result:
    begun = time.monotonic()
    peer.last = None
    outcome, why = Outcome.PASSED, None
    try:
        async with asyncio.timeout(min(CHECK_S, ends - begun)):
            await check.run(peer)
    except Skipped as skipped:
        outcome, why = Outcome.SKIPPED, str(skipped)
    except Failed as failed:
        outcome, why = Outcome.FAILED, str(failed)
    except TimeoutError:
        outcome, why = Outcome.FAILED, "it took too long"
    except httpx.HTTPStatusError as error:
        outcome, why = Outcome.FAILED, f"the status is {error.response.status_code}"
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        outcome, why = Outcome.FAILED, f"the answer could not be read: {type(error).__name__}: {error}"
    return Result(
        check=check,
        outcome=outcome,
        took_ms=(time.monotonic() - begun) * 1000,
        why=why,
        exchange=peer.last,
    )


CHECK_S: Final = 15.0
"""No check takes longer: a webhook that is tried again comes after a few seconds."""
