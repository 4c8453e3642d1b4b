"""After a round: who received what, when, and does it agree with the receipts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from loadtests.console import LEFT
from loadtests.door import Posted
from loadtests.feed import Feed, Seen
from loadtests.measured import Faults, Latencies, Spread, spread_of
from loadtests.sequences import Sequences
from schemas.press import Receipt

OF_PRESSES: Final = ("alarm.raised", "alarm.pressed_again")
"""Events that a press makes, and whose sequence its receipt names."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The latencies of a round: every receipt, the last console of each alarm, the presses' answers."""

    receipt: Spread | None
    last: Spread | None
    commit: Spread | None


def deliveries(feed: Feed, posted: Sequence[Posted], receipts: Mapping[int, Receipt]) -> Delivered:
    """Measure from the instant each press was due to each console's receipt of its event."""
    due_of = {one.prepared.press_id: one.scheduled for one in posted}
    due = {sequence: due_of[receipt.press_id] for sequence, receipt in receipts.items()}
    every: Counter[int] = Counter()
    for sequence, arrivals in feed.arrivals():
        if sequence in due:
            scheduled = due[sequence]
            every.update((arrived - scheduled) // 1000 for arrived in arrivals)
    of_all = Latencies()
    for latency_us, count in every.items():
        of_all.add(latency_us * 1000, count)
    last = feed.last_arrivals()
    return Delivered(
        receipt=of_all.spread(),
        last=spread_of(last[sequence] - scheduled for sequence, scheduled in due.items() if sequence in last),
        commit=spread_of(one.answered - one.scheduled for one in posted if one.answered and not one.is_kept),
    )


def receipts_of(posted: Iterable[Posted]) -> dict[int, Receipt]:
    """Return the receipts by the sequence of their event."""
    answers = (one.receipt() for one in posted)
    return {receipt.sequence: receipt for receipt in answers if receipt is not None}


def head_of(feed: Feed, receipts: Mapping[int, Receipt], before: int) -> int:
    """Return the last sequence that every console must hold."""
    return max((before, *feed.events, *receipts))


class Screen(Protocol):
    """A console, or one that comes back."""

    @property
    def sequences(self) -> Sequences:
        """What it received."""

    @property
    def closed(self) -> str | None:
        """Why it is no longer attached."""


def faults(
    feed: Feed,
    posted: Sequence[Posted],
    receipts: Mapping[int, Receipt],
    consoles: Sequence[Screen],
    head: int,
) -> Faults:
    """Check every sequence on every console, and the stream against the receipts."""
    kept = [one for one in posted if one.is_kept]
    theirs = {one.prepared.registration_id for one in kept}  # committed later, under sequences never told
    ours = {one.prepared.registration_id for one in posted} - theirs
    return Faults(
        lost=sum(console.sequences.lost(head) for console in consoles),
        doubled=sum(console.sequences.doubled for console in consoles),
        gaps=sum(console.sequences.gaps for console in consoles),
        refused=len(posted) - len(receipts) - len(kept),
        kept=len(kept),
        unexplained=feed.conflicting + _unexplained(feed.events, receipts, ours),
        closed=tuple(sorted({console.closed for console in consoles if console.closed not in {None, LEFT}})),
    )


def _unexplained(events: Mapping[int, Seen], receipts: Mapping[int, Receipt], ours: set[UUID]) -> int:
    """Count events of our registrations that are not what a receipt said; others may press too."""
    known = {str(registration_id) for registration_id in ours}
    return sum(
        seen.registration_id in known
        and (sequence not in receipts or str(receipts[sequence].alarm_id) != seen.alarm_id)
        for sequence, seen in events.items()
        if seen.kind in OF_PRESSES
    )
