"""What a fault is, and what several of them need."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg

from deploy.alert_rehearsal.stage import Stage
from deploy.alert_rehearsal.telling import Labels
from tests.support.gateway import Companion
from tests.support.heartbeats import well

Act = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is done, what must be told because of it, and how it ends.

    ``held_back``: alerts that must fire and be told to nobody, as one of the others says it already.
    """

    words: str
    alerts: tuple[Labels, ...]
    held_back: tuple[Labels, ...] = ()
    begin: Act
    end: Act
    patience_s: float = 240.0


def alert(name: str, **labels: str) -> Labels:
    """Return the labels by which an alert is known."""
    return {"alertname": name, **labels}


async def nothing(_: Stage) -> None:
    """Do nothing: it passes by itself."""


async def beat(stage: Stage, companion: Companion) -> None:
    """Have a companion heard once. Raises ``httpx.HTTPError``."""
    url = f"{stage.running.url}/v1/heartbeats"
    body = well().model_dump_json().encode()
    await stage.running.http.post(url, content=body, headers=companion.signed("POST", url, body))


async def execute(database: str, statement: str, *given: Any) -> None:
    """Carry out one statement."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(statement, *given)
    finally:
        await connection.close()
