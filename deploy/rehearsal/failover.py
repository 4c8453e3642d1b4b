"""The primary is lost, first its PostgreSQL, then its machine: how long until presses are committed again."""

import asyncio
from typing import Final

from deploy.rehearsal.figures import Report, common, gap_after, statuses_after
from deploy.rehearsal.ground import Ground
from deploy.rehearsal.load import Rates
from deploy.rehearsal.playing import Play, playing
from schemas.frames import Reset

STEADY_S: Final = 8.0
WANTED_S: Final = 5.0
BACK_S: Final = 120.0
TTL_S: Final = 20.0
"""``ttl`` of deploy/patroni/patroni.yml: how long a machine that is lost still counts as the primary."""


async def failover(ground: Ground, rates: Rates) -> list[Report]:
    """Kill the primary's PostgreSQL under load, then lose the next primary's machine."""
    return [await _postgres_killed(ground, rates), await _machine_lost(ground, rates)]


async def _postgres_killed(ground: Ground, rates: Rates) -> Report:
    report, cluster = Report("failover: the primary's PostgreSQL is killed"), ground.cluster
    async with playing(ground, rates, resets=frozenset({"epoch_changed"})) as play:
        await asyncio.sleep(STEADY_S)
        old = await _primary(ground)
        instant = play.mark(f"SIGKILL to PostgreSQL on {old}, the primary, and all its processes")
        await asyncio.to_thread(cluster.kill_postgres, old)
        await cluster.until(lambda: cluster.primary() not in {None, old}, "another primary", BACK_S)
        play.mark(f"{cluster.primary()} is the primary")
        await cluster.until(lambda: cluster.is_standby(old), f"{old} as a standby", BACK_S)
        play.mark(f"{old} is back as a standby")
        await cluster.until(lambda: bool(cluster.synchronous()), "a synchronous standby", BACK_S)
        said = await cluster.writes(old)
        await asyncio.sleep(STEADY_S)
    _report(report, play, instant, wanted_s=WANTED_S)
    report.want(f"a write at {old}, which was the primary", said, "refused", holds=said != "written")
    return report


async def _machine_lost(ground: Ground, rates: Rates) -> Report:
    report, cluster = Report("failover: the primary's machine is lost"), ground.cluster
    async with playing(ground, rates, resets=frozenset({"epoch_changed"})) as play:
        await asyncio.sleep(STEADY_S)
        old = await _primary(ground)
        link = ground.links[old]
        instant = play.mark(f"{old}, the primary: its cable is pulled and all its processes are killed")
        link.down()
        await asyncio.to_thread(link.kill)
        if len(cluster.machines) > 2:
            await cluster.until(lambda: cluster.primary() not in {None, old}, "another primary", BACK_S)
            play.mark(f"{cluster.primary()} is the primary")
            await cluster.until(lambda: bool(cluster.synchronous()), "a synchronous standby", BACK_S)
            await asyncio.sleep(STEADY_S)
        else:
            await asyncio.sleep(TTL_S + STEADY_S)
        play.mark(f"{old} is switched on again")
        link.up()
        cluster.start_etcd(old)
        cluster.start_machine(old)
        await cluster.until(lambda: cluster.is_standby(old), f"{old} as a standby", BACK_S)
        play.mark(f"{old} is back as a standby")
        await cluster.until(lambda: bool(cluster.synchronous()), "a synchronous standby", BACK_S)
        said = await cluster.writes(old)
        await asyncio.sleep(STEADY_S)
    _report(report, play, instant, wanted_s=None)
    report.want(f"a write at {old}, which was the primary", said, "refused", holds=said != "written")
    return report


async def _primary(ground: Ground) -> str:
    found = await asyncio.to_thread(ground.cluster.primary)
    if found is None:
        raise RuntimeError("there is no primary")
    return found


def _report(report: Report, play: Play, instant: float, *, wanted_s: float | None) -> None:
    again_s, silent_s = gap_after(play, instant)
    what = "presses are committed (201) again after"
    if wanted_s is None:
        report.tell(what, f"{again_s:.1f} s (ttl {TTL_S:.0f} s)")
    else:
        report.want(what, f"{again_s:.1f} s", f"{wanted_s:.0f} s", holds=again_s <= wanted_s)
    report.tell("longest between two commits", f"{silent_s:.1f} s")
    answered_s, _ = gap_after(play, instant, frozenset({200, 201, 202}))
    report.tell("presses are answered 201 or 202 again after", f"{answered_s:.1f} s")
    report.tell("answers to presses from then on", statuses_after(play, instant))
    told = {
        one.history.name
        for one in play.watchers
        for at, frame in one.history.frames()
        if at > instant and isinstance(frame, Reset) and frame.reason == "epoch_changed"
    }
    everybody = len(play.watchers)
    report.want(
        "consoles told that the log is another one (epoch_changed)",
        f"{len(told)} of {everybody}",
        "all",
        holds=len(told) == everybody,
    )
    common(report, play, refused_wanted=None)
