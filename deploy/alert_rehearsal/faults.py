"""The faults: each is really done to what runs, and undone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.alert_rehearsal.stage import CENTRE, HOSTS, Stage
from deploy.alert_rehearsal.telling import Labels, write_targets
from gateway.clock import SystemClock
from gateway.store.connect import create_pool
from tests.support.gateway import Companion
from tests.support.heartbeats import well
from tests.support.integrators import a_client

Act = Callable[[Stage], Awaitable[None]]
SILENT: Final = 6
BEAT_S: Final = 5.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is done, what must be told because of it, and how it ends."""

    words: str
    alerts: tuple[Labels, ...]
    begin: Act
    end: Act
    patience_s: float = 240.0
    held: dict[str, Any] = field(default_factory=dict)


def alert(name: str, **labels: str) -> Labels:
    """Return the labels by which an alert is known."""
    return {"alertname": name, **labels}


async def nothing(_: Stage) -> None:
    """Do nothing: it passes by itself."""


# --- alarms and centres ---------------------------------------------------------------------------


async def leave_an_alarm(stage: Stage) -> None:
    """Press, with an operator there who does not take it."""
    await stage.raise_alarm()


async def answer(stage: Stage) -> None:
    """Take what was left."""
    await stage.answer_all()


async def strangers_press(stage: Stage) -> None:
    """Send presses that nobody signed."""
    for _ in range(12):
        await stage.running.http.post(f"{stage.running.url}/v1/presses", content=b"{}")
        await asyncio.sleep(1)


async def forge(stage: Stage) -> None:
    """Press in a companion's name with another key; she is asked, and it is taken."""
    hers = await stage.running.a_companion(CENTRE)
    for _ in range(2):
        forged = Companion(
            companion_id=hers.companion_id,
            registration_id=hers.registration_id,
            key=ec.generate_private_key(ec.SECP256R1()),
        )
        await stage.raise_alarm(forged)
        await asyncio.sleep(6)
    await stage.answer_all()


async def spoil_a_file(stage: Stage) -> None:
    """Make her file one that does not open, then press."""
    hers = await stage.running.a_companion(CENTRE)
    spoil = "UPDATE registration SET key_id = 'lost' WHERE registration_id = $1"
    await _execute(stage, spoil, hers.registration_id)
    await stage.raise_alarm(hers)
    await stage.answer_all()


# --- processes ------------------------------------------------------------------------------------


async def kill_node(stage: Stage) -> None:
    """SIGKILL the second node."""
    stage.nodes[1].kill()


async def start_node(stage: Stage) -> None:
    """Start it again."""
    await stage.nodes[1].start()


async def freeze_node(stage: Stage) -> None:
    """SIGSTOP the second node."""
    stage.nodes[1].freeze()


async def thaw_node(stage: Stage) -> None:
    """SIGCONT."""
    stage.nodes[1].thaw()


async def end_canary(stage: Stage) -> None:
    """End the canary."""
    stage.canary.end()


async def start_canary(stage: Stage) -> None:
    """Start it again."""
    stage.canary.start()


async def forget_canary(stage: Stage) -> None:
    """Scrape no canary any more."""
    write_targets(stage.watch.targets, "canary")


async def remember_canary(stage: Stage) -> None:
    """Scrape it again."""
    write_targets(stage.watch.targets, "canary", f"127.0.0.1:{stage.canary.port}")


# --- the database ---------------------------------------------------------------------------------


async def kill_database(stage: Stage) -> None:
    """SIGKILL PostgreSQL; a press and heartbeats come meanwhile."""
    hers = await stage.running.a_companion(CENTRE)
    await asyncio.sleep(2)  # every node has read who is enrolled
    stage.server.kill()
    for _ in range(4):
        with suppress(httpx.HTTPError):
            await stage.running.press(hers)
        await asyncio.sleep(2)
        with suppress(httpx.HTTPError):
            await _beat(stage, hers)


async def start_database(stage: Stage) -> None:
    """Start it again."""
    await asyncio.to_thread(stage.server.start)


async def cut_connections(stage: Stage) -> None:
    """End every connection of the gateways, four times."""
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'rehearsal'"
    for _ in range(6):
        connection = await asyncpg.connect(stage.server.dsn())
        await connection.execute(cut)
        await connection.close()
        await asyncio.sleep(5)


async def kill_standby(stage: Stage) -> None:
    """SIGKILL the synchronous standby."""
    assert stage.standby is not None  # noqa: S101 (the fault is only run with one)
    stage.standby.kill()


async def start_standby(stage: Stage) -> None:
    """Start it again."""
    assert stage.standby is not None  # noqa: S101 (the fault is only run with one)
    await asyncio.to_thread(stage.standby.start)


async def pause_replay(stage: Stage) -> None:
    """Have the standby take what comes and play nothing back."""
    await _on_standby(stage, "SELECT pg_wal_replay_pause()")


async def resume_replay(stage: Stage) -> None:
    """Let it go on."""
    await _on_standby(stage, "SELECT pg_wal_replay_resume()")


async def fill_queue(stage: Stage) -> None:
    """Keep a transaction open that listens, and notify until the queue is half full."""
    listener = await asyncpg.connect(stage.running.database)
    await listener.execute("LISTEN rehearsal")
    await listener.execute("BEGIN")
    stage.exits.push_async_callback(listener.close)
    HELD["listener"] = listener
    speaker = await asyncpg.connect(stage.running.database)
    usage = 0.0
    while usage < 0.6:
        await speaker.execute(
            "SELECT pg_notify('rehearsal', n || repeat('x', 7000)) FROM generate_series(1, 20) n"
        )
        usage = await speaker.fetchval("SELECT pg_notification_queue_usage()")
    await speaker.close()


async def empty_queue(_: Stage) -> None:
    """End that transaction."""
    await HELD["listener"].execute("ROLLBACK")
    await HELD["listener"].close()


HELD: Final[dict[str, Any]] = {}


# --- companions and other systems -----------------------------------------------------------------


async def fall_silent(stage: Stage) -> None:
    """Have companions heard, then not any more."""
    HELD["companions"] = [await stage.running.a_companion(CENTRE) for _ in range(SILENT)]
    for _ in range(3):
        for companion in HELD["companions"]:
            await _beat(stage, companion)
        await asyncio.sleep(BEAT_S)


async def be_heard(stage: Stage) -> None:
    """Have them heard again, from now on."""

    async def go_on() -> None:
        while True:
            for companion in HELD["companions"]:
                with suppress(httpx.HTTPError):
                    await _beat(stage, companion)
            await asyncio.sleep(BEAT_S)

    HELD["beats"] = task = asyncio.create_task(go_on(), name="heartbeats")
    stage.exits.callback(task.cancel)


async def say_nonsense(stage: Stage) -> None:
    """Send an event of which nothing can be made, in another system's name."""
    async with create_pool(stage.running.database, application_name="rehearsal") as pool:
        other = await a_client(pool, SystemClock())
    token = await other.token(stage.running.http, stage.running.url)
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "//app/1",
        "type": "be.msa.chat.message",
        "subject": "acc-1",
        "data": {},
    }
    headers = {"content-type": "application/cloudevents+json", "authorization": f"Bearer {token}"}
    answer = await stage.running.http.post(
        f"{stage.running.url}/v1/events", content=json.dumps(event), headers=headers
    )
    answer.raise_for_status()


async def discard_nonsense(stage: Stage) -> None:
    """Discard it as an operator of the system would."""
    await stage.msa("events", "discard", "--all")


async def probe_with_tokens(stage: Stage) -> None:
    """Come with made-up tokens, again and again."""
    headers = {"content-type": "application/cloudevents+json", "authorization": "Bearer made-up"}
    for _ in range(150):
        await stage.running.http.post(f"{stage.running.url}/v1/events", content=b"{}", headers=headers)
        await asyncio.sleep(0.2)


# --- helpers --------------------------------------------------------------------------------------


async def _beat(stage: Stage, companion: Companion) -> None:
    url = f"{stage.running.url}/v1/heartbeats"
    body = well().model_dump_json().encode()
    await stage.running.http.post(url, content=body, headers=companion.signed("POST", url, body))


async def _execute(stage: Stage, statement: str, *given: Any) -> None:
    connection = await asyncpg.connect(stage.running.database)
    await connection.execute(statement, *given)
    await connection.close()


async def _on_standby(stage: Stage, statement: str) -> None:
    assert stage.standby is not None  # noqa: S101 (the fault is only run with one)
    connection = await asyncpg.connect(stage.standby.dsn())
    await connection.execute(statement)
    await connection.close()


B: Final = HOSTS[1]

ROUNDS: Final[tuple[tuple[Fault, ...], ...]] = (
    (
        Fault(
            words="an alarm is left; the outside does not answer",
            alerts=(alert("AlarmUnacknowledged", centre=CENTRE), alert("EscalationWebhookFailing")),
            begin=leave_an_alarm,
            end=answer,
        ),
        Fault(words="strangers press", alerts=(alert("PressesRefused"),), begin=strangers_press, end=nothing),
        Fault(
            words="a system sends what nothing can be made of",
            alerts=(alert("EventsQuarantined"),),
            begin=say_nonsense,
            end=discard_nonsense,
        ),
        Fault(
            words="made-up tokens",
            alerts=(alert("IntegratorsRefused"),),
            begin=probe_with_tokens,
            end=nothing,
        ),
        Fault(
            words="six companions fall silent",
            alerts=(alert("ManyCompanionsSilent", centre=CENTRE),),
            begin=fall_silent,
            end=be_heard,
        ),
        Fault(
            words="a transaction keeps the notification queue",
            alerts=(alert("NotifyQueueFilling"),),
            begin=fill_queue,
            end=empty_queue,
        ),
    ),
    (
        Fault(
            words="a press with a wrong key", alerts=(alert("SignaturesInvalid"),), begin=forge, end=nothing
        ),
        Fault(
            words="her file's key is lost",
            alerts=(alert("AlarmShownWithoutFile"),),
            begin=spoil_a_file,
            end=nothing,
        ),
    ),
    (
        Fault(
            words="the last console of a centre leaves",
            alerts=(alert("CentreUnattended", centre=CENTRE),),
            begin=Stage.stand_up,
            end=Stage.sit_down,
        ),
        Fault(
            words="a node is killed",
            alerts=(alert("NodeDown", node=B), alert("CanarySilent", case="late")),
            begin=kill_node,
            end=start_node,
        ),
    ),
    (
        Fault(
            words="a node is frozen (SIGSTOP)",
            alerts=(alert("NodeDown", node=B),),
            begin=freeze_node,
            end=thaw_node,
        ),
    ),
    (
        Fault(
            words="the canary ends",
            alerts=(alert("CanarySilent", case="unwatched"),),
            begin=end_canary,
            end=start_canary,
        ),
    ),
    (
        Fault(
            words="nobody scrapes the canary",
            alerts=(alert("MetricsMissing", job="msa-canary"),),
            begin=forget_canary,
            end=remember_canary,
        ),
    ),
    (
        Fault(
            words="PostgreSQL is killed",
            alerts=(
                alert("DatabaseAway", node=B),
                alert("SpoolNotEmpty"),
                alert("DoorbellDown", node=B),
                alert("TaskFailing"),
                alert("HeartbeatsPutOff"),
            ),
            begin=kill_database,
            end=start_database,
        ),
    ),
    (
        Fault(
            words="connections are cut again and again",
            alerts=(alert("WritersReconnecting"),),
            begin=cut_connections,
            end=nothing,
        ),
    ),
    (
        Fault(
            words="the synchronous standby is killed",
            alerts=(alert("NoSyncStandby"),),
            begin=kill_standby,
            end=start_standby,
        ),
    ),
    (
        Fault(
            words="the standby plays nothing back",
            alerts=(alert("ReplicationLag", standby="standby"),),
            begin=pause_replay,
            end=resume_replay,
        ),
    ),
)
"""Faults of a round are there at once, as they do not disturb each other."""

NOT_INJECTED: Final = {
    "CanaryMisrouted": "a canary is taken for what it is, whatever is done from outside",
    "CommitNotFannedOut": "needs a lane that stands still in a node that answers scrapes",
    "DeadlinesPutOff": "needs an alarm that the database refuses to change",
    "ReportNotSent": "takes an hour without a mail server",
    "LogNotSealed": "takes five minutes of a lock that nothing else waits for",
    "SilenceToldLate": "needs a judge that is late by half a minute and a node that is not",
    "ProtectionNotTold": "is told after ten minutes without protection",
    "SpoolFilling": "takes 128 MB of presses",
    "VersionsDiffer": "takes nodes of two versions; the rehearsal of an upgrade has them",
    "ResyncStorm": "takes a hundred consoles",
}
