"""``reconnect``: a node is killed and started again under its consoles, while presses go on."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter_ns
from typing import Final

from loadtests import judge
from loadtests.asking import address_of
from loadtests.console import Desk
from loadtests.door import Door, Posted
from loadtests.figures import Figure, Line, Panel, Report, in_seconds, spread_figures
from loadtests.gateway_process import Gateway
from loadtests.insisting import Insisting
from loadtests.keeping import Screens, keeping
from loadtests.measured import Faults, spread_of
from loadtests.pace import Pace, until
from loadtests.presses import Prepared, PressMaker
from loadtests.profiles.base import Plan, Profile, Stage, Tell
from loadtests.samples import GENT

STEADY_S: Final = 6.0
"""Presses go on so long before the kill: by then every link has earned an immediate first try."""

SETTLE_S: Final = 15.0
"""After the last press, what has not come so long after is lost."""

CAUGHT_UP_S: Final = 10.0
RECEIPT_MS: Final = 2000.0
SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One kill. Instants in ns on the generator's clock; ``back`` are those at which consoles were live."""

    killed: int
    ready: int
    back: tuple[int, ...]
    posted: tuple[Posted, ...]
    retried: int
    losses: Counter[str]
    faults: Faults

    @property
    def meanwhile(self) -> tuple[Posted, ...]:
        """Presses that were due from the kill until the last console was back, and have a receipt."""
        until = max(self.back, default=self.ready)
        return tuple(one for one in self.posted if self.killed <= one.scheduled <= until and one.answered)


async def run(stage: Stage, plan: Plan, tell: Tell) -> Report:
    """Kill the node and start it again, ``rounds`` times."""
    gateway = stage.gateway
    if gateway is None:
        raise ValueError("reconnect needs a gateway of its own")
    desk = Desk(stage.target.url, stage.people.cookies[0], plan.centre)
    maker = PressMaker(stage.target.url, stage.people.companions[plan.centre], GENT)
    rounds = []
    tell(f"attaching {plan.consoles[0]} consoles", 0, plan.rounds)
    async with keeping(desk, plan.consoles[0]) as screens:
        for number in range(plan.rounds):
            tell(f"kill {number + 1} of {plan.rounds}", number, plan.rounds)
            presses = maker.prepare(max(1, round(plan.rate * plan.seconds)))
            rounds.append(await _round(gateway, screens, presses, plan))
    return report(rounds, plan)


async def _round(gateway: Gateway, screens: Screens, presses: Sequence[Prepared], plan: Plan) -> Round:
    screens.begin()
    insisting = Insisting(address_of(screens.kept[0].desk.url))
    posted: list[Posted] = []
    restart = asyncio.create_task(_restart(gateway, min(STEADY_S, plan.seconds / 2)))

    def send(press: Prepared, due: int) -> None:
        posted.append(Posted(press, due))
        insisting.send(posted[-1])

    pace = Pace(Door(), lambda: True, lambda: 0)
    jobs = ((round(index * SECOND / plan.rate), partial(send, press)) for index, press in enumerate(presses))
    await pace.keep(jobs)
    killed, ready = await restart
    await until(
        lambda: not (insisting.pending or screens.missing(killed)) and screens.hold(_head(screens, posted)),
        SETTLE_S,
    )
    await insisting.give_up()
    return Round(
        killed=killed,
        ready=ready,
        back=tuple(sorted(one.attached_at for one in screens.kept if one.attached_at > killed)),
        posted=tuple(posted),
        retried=insisting.retried,
        losses=sum((one.losses for one in screens.kept), Counter()),
        faults=_judged(screens, posted, killed),
    )


async def _restart(gateway: Gateway, after_s: float) -> tuple[int, int]:
    """Kill it after some time and start it again; return both instants."""
    await asyncio.sleep(after_s)
    killed = perf_counter_ns()
    await gateway.kill()
    await gateway.start()
    return killed, perf_counter_ns()


def _head(screens: Screens, posted: Sequence[Posted]) -> int:
    return judge.head_of(screens.feed, judge.receipts_of(posted), screens.head)


def _judged(screens: Screens, posted: Sequence[Posted], killed: int) -> Faults:
    receipts = judge.receipts_of(posted)
    found = judge.faults(screens.feed, posted, receipts, screens.kept, _head(screens, posted))
    missing = len(screens.missing(killed))
    broken = (f"{missing} consoles did not come back",) if missing else ()
    return found + Faults(broken=broken)


def report(rounds: Sequence[Round], plan: Plan) -> Report:
    """Return what the kills did, each round's figures taken together."""
    back = spread_of(at - one.killed for one in rounds for at in one.back)
    back_ready = spread_of(max(0, at - one.ready) for one in rounds for at in one.back)
    whole = spread_of(press.answered - press.scheduled for one in rounds for press in one.meanwhile)
    counted = spread_of(
        press.answered - max(press.scheduled, one.ready) for one in rounds for press in one.meanwhile
    )
    down = max((one.ready - one.killed) / SECOND for one in rounds)
    figures = [
        Figure("down_s", "killed to ready again, longest", down, "s"),
        Figure("caught_up_p50_s", "killed to a console caught up, p50", in_seconds(back, "p50"), "s"),
        Figure(
            "caught_up_all_s",
            "killed to all caught up, longest",
            in_seconds(back, "max"),
            "s",
            CAUGHT_UP_S,
        ),
        Figure("ready_to_all_s", "ready to all caught up, longest", in_seconds(back_ready, "max"), "s"),
        *spread_figures("receipt_since_ready", "press to receipt, from ready on", counted, p99=RECEIPT_MS),
        *spread_figures("receipt", "press to receipt, the whole of it", whole),
        Figure("presses_meanwhile", "presses meanwhile", float(sum(len(one.meanwhile) for one in rounds))),
        Figure("presses", "presses in all", float(sum(len(one.posted) for one in rounds))),
        Figure("presses_retried", "presses sent more than once", float(sum(one.retried for one in rounds))),
    ]
    losses = sum((one.losses for one in rounds), Counter[str]())
    said = ", ".join(f"{why} ({count})" for why, count in losses.most_common())
    return Report(
        title=f"{plan.consoles[0]} consoles, {plan.rate:g} presses/s, the node killed {len(rounds)} times",
        figures=figures,
        faults=sum((one.faults for one in rounds), Faults()),
        remarks=[f"links ended or not made: {said or 'none'}"],
        panels=_panels(rounds),
    )


def _panels(rounds: Sequence[Round]) -> list[Panel]:
    back = [
        Line(
            f"kill {number}",
            [((at - one.killed) / SECOND, count) for count, at in enumerate(one.back, 1)],
            "-",
        )
        for number, one in enumerate(rounds, 1)
    ]
    waited = [
        Line(
            f"kill {number}",
            [
                ((press.scheduled - one.killed) / SECOND, (press.answered - press.scheduled) / SECOND)
                for press in one.posted
                if press.answered
            ],
            "o",
        )
        for number, one in enumerate(rounds, 1)
    ]
    return [
        Panel(title="consoles caught up", across="s since the kill", up="consoles", lines=back),
        Panel(title="press to receipt", across="due, s since the kill", up="s", lines=waited),
    ]


RECONNECT: Final = Profile(
    summary="a node killed under its consoles",
    plan=Plan(consoles=(200,), rate=2.0, seconds=20.0, companions=60, rounds=3),
    takes=frozenset({"consoles", "rate", "seconds", "companions", "rounds", "centre"}),
    run=run,
    needs_own_gateway=True,
)
