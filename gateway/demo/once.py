"""One press with no one there: all the way to the acknowledgement, and back to the companion."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from dispatch.client import ConsoleClient, Told
from gateway.demo.audience import Audience
from gateway.demo.scene import Say, Scene
from schemas.frames import Event, Snapshot
from schemas.trail import AlarmTrail

STEP_S: Final = 10.0


async def once(scene: Scene, say: Say) -> dict[str, Any]:
    """Press, see, acknowledge, be seen; return everything that happened.

    Raises:
        TimeoutError: a step did not happen.
    """
    async with Audience.seated(scene.url, scene.stage.terminal_link) as audience:
        await _next(audience.console, lambda applied: isinstance(applied, Snapshot))
        say("pressing: the finger holds the button until the press is complete")
        await scene.hand.do("press", pattern="hold")
        event = await _happens(audience.console, "alarm.raised", "alarm.pressed_again")
        alarm = event.the_alarm
        await audience.console.delivered(alarm.alarm_id)
        say(f"the console has it: STALKING ALARM {alarm.reference}")
        async with asyncio.timeout(STEP_S):
            result = await audience.console.acknowledge(alarm.alarm_id)
        taken = await _happens(audience.console, "alarm.acknowledged")
        say("acknowledged")
        heard = await scene.bridge.heard("heard", STEP_S)
        seen = await scene.bridge.heard("signal", STEP_S, kind="seen")
        say("the companion knows that somebody has seen it")
        button = await scene.hand.do("state")
        trail = await _complete(audience, alarm.alarm_id)
    operator = taken.the_alarm.acknowledged_by
    return {
        "press_id": heard["press_id"],
        "alarm_id": str(alarm.alarm_id),
        "centre": event.centre,
        "cursor": event.cursor.model_dump(),
        "purpose": alarm.purpose,
        "registration": alarm.reference,
        "acknowledged_by": operator.name if operator else None,
        "version": result.version,
        "seen_at": seen["at"],
        "ble": {
            "stack": scene.stack,
            "paired": button["paired"],
            "encrypted": button["encrypted"],
            "bonded": button["bonded"],
        },
        "trail": trail.trail.model_dump(mode="json"),
        "durations_ms": trail.durations_ms.model_dump(),
        "within_budget": trail.within_budget,
    }


def happened(story: dict[str, Any]) -> bool:
    """Tell whether everything did happen, in time."""
    ble = story["ble"]
    return bool(
        story["acknowledged_by"]
        and story["within_budget"]
        and ble["paired"]
        and ble["encrypted"]
        and ble["bonded"]
        and all(took is not None for took in story["durations_ms"].values())
    )


async def _happens(console: ConsoleClient, *kinds: str) -> Event:
    """Wait for one of these events; the stream tells of batteries and units, too."""
    event = await _next(console, lambda applied: isinstance(applied, Event) and applied.kind in kinds)
    assert isinstance(event, Event)  # noqa: S101 (what was asked for)
    return event


async def _next(console: ConsoleClient, wanted: Callable[[Told], bool]) -> Told:
    async with asyncio.timeout(STEP_S):
        async for applied in console:
            if wanted(applied):
                return applied
    raise TimeoutError


async def _complete(audience: Audience, alarm_id: Any) -> AlarmTrail:
    """Ask until the delivery is in the trail: it is recorded a moment after it is reported."""
    async with asyncio.timeout(STEP_S):
        while True:
            trail = await audience.trail(alarm_id)
            if trail.within_budget is not None:
                return trail
            await asyncio.sleep(0.1)
