"""``kill-database``: PostgreSQL is killed under load; it comes back, or its standby takes over."""

import asyncio
from typing import Final

from gateway.drill.crowd import CommittedAnew, accepted_s, receipted_s
from gateway.drill.field import Field
from gateway.drill.screens import kept, pressed_since, shown_s
from gateway.drill.standby import Standby, made_alone
from schemas.frames import Reset

SHOWN_S: Final = 3.0
ANSWERED_S: Final = 3.0
AGAIN_S: Final = 5.0
LOOK_S: Final = 60.0
SETTLED_S: Final = 60.0
"""And as long again as it was away: phones ask each ten seconds, a hundred presses each."""

TELL_S: Final = 10.0
CHANGED: Final = "epoch_changed"
BEHIND: Final = "too_far_behind"
"""A console is sent a snapshot in the place of thousands of events that were committed at once."""


async def come_back(field: Field, away_s: float) -> None:
    """Play it with one PostgreSQL, which is away for so long while the phones press on."""
    await field.press_on(1 / 2)
    field.say("kill -9 PostgreSQL, all its processes")
    killed_at = field.now()
    await asyncio.to_thread(field.server.kill)
    await _waited(field, away_s)
    await asyncio.to_thread(field.server.start)
    back_at = field.now()
    field.say(f"PostgreSQL is back after {back_at - killed_at:.1f} s")
    await _committed_again(field, back_at, "presses are committed again once it is back")
    await field.press_on(1 / 2)
    await field.settle(resets=frozenset({BEHIND}), within_s=SETTLED_S + away_s)
    later = receipted_s(field.history, back_at)
    field.findings.show(
        "every press that was kept has its receipt",
        f"{len(later)} presses, the last {max(later, default=0):.1f} s after its return",
        holds=True,
    )
    await _meanwhile(field, killed_at, back_at, must_keep=True)
    fresh = shown_s(field.history, pressed_since(field.history, back_at))
    field.findings.within(
        "once it is back a new press is on a screen before what was kept", fresh, SHOWN_S, of="presses"
    )


async def fail_over(field: Field, standby: Standby) -> None:
    """Play it with a synchronous standby, which is promoted at once."""
    await field.press_on(1 / 2)
    field.say("kill -9 the primary, all its processes; the standby is promoted")
    killed_at = field.now()
    await asyncio.to_thread(field.server.kill)
    await asyncio.to_thread(standby.promote)
    await made_alone(standby)
    field.say(f"promoted after {field.now() - killed_at:.1f} s")
    await _committed_again(field, killed_at, "presses are committed again, by the standby")
    await field.press_on(1 / 2)
    await _meanwhile(field, killed_at, killed_at + AGAIN_S, must_keep=False)
    await field.settle(resets=frozenset({CHANGED}))
    told = sum(
        any(isinstance(frame, Reset) and frame.reason == CHANGED for _, frame in console.frames())
        for console in field.history.consoles
    )
    field.findings.show(
        "every console is told that the log goes on in another epoch",
        f"{told} of {len(field.watchers)}",
        holds=told == len(field.watchers),
    )


async def _waited(field: Field, seconds: float) -> None:
    """Let the phones press on, and say now and then how it goes."""
    ends = field.now() + seconds
    while (left := ends - field.now()) > 0:
        await asyncio.sleep(min(left, TELL_S))
        if left > TELL_S:
            field.say(f"{left - TELL_S:.0f} s to go; {len(kept(field.history))} presses are kept")


async def _committed_again(field: Field, since: float, claim: str) -> None:
    """Wait for the first receipt of a try that began after ``since``."""
    committed = CommittedAnew(field.history.tries, since)
    took_s = await field.look("a press is committed", committed, LOOK_S) - since
    field.findings.show(claim, f"{took_s:.2f} s after", holds=took_s <= AGAIN_S, bound=f"<= {AGAIN_S:g} s")


async def _meanwhile(field: Field, killed_at: float, back_at: float, *, must_keep: bool) -> None:
    """Show what became of the presses while nothing could be committed."""
    answered = accepted_s(field.history.tries, killed_at, back_at)
    field.findings.within(
        "a press while it is away is accepted all the same", list(answered.values()), ANSWERED_S, of="presses"
    )
    shown = shown_s(field.history, kept(field.history))
    if shown or must_keep:
        field.findings.within(
            "what is only kept is on a screen at once, as provisional", shown, SHOWN_S, of="kept presses"
        )
