"""A test press without a button: at installation, and whenever somebody wants to know that it works.

It goes through the outbox and over the network like any other; a bridge that runs on the same state
is not disturbed, for the press has its own id and whoever sends it gets the same receipt.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from uuid import UUID

from ble_bridge.clock import SystemClock
from ble_bridge.decoding import Step
from ble_bridge.drain import Drain
from ble_bridge.entry import Entry
from ble_bridge.follow import Follow
from ble_bridge.outbox import Outbox
from ble_bridge.ports import Clock, Events
from ble_bridge.press_id import uuid7
from ble_bridge.reference_service import Stage
from ble_bridge.state import StateDirectory
from ble_bridge.uplink import Uplink
from schemas.press import Pattern, Press, Purpose

# It has no button; its place in the outbox wants a name.
_NO_BUTTON = "trial"


class Sentences:
    """The events of a trial, for a person."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def emit(self, event: str, **fields: object) -> None:
        """Say one event, if it says anything to a person."""
        match event:
            case "receipt":
                self._say(f"Committed at centre {fields['centre']}: alarm {fields['alarm_id']}.")
            case "kept":
                self._say("Kept by a gateway and shown at the centre, not yet stored; asked for again.")
            case "felt":
                often = {0: "nothing", 1: "one vibration", 2: "two vibrations"}[_number(fields["pulses"])]
                self._say(f"She would feel {often}: {str(fields['stage']).replace('_', ' ')}.")
            case "signal" if fields["kind"] == "closed":
                self._say("The alarm is closed.")


async def trial(directory: StateDirectory, events: Events, wait_s: float) -> bool:
    """Send one test press and follow it until it is closed or the time is up; tell whether it was receipted.

    Raises NotEnrolledError, OSError or sqlite3.Error when it cannot begin.
    """
    clock, enrolment, over = SystemClock(), directory.enrolment(), asyncio.Event()
    is_receipted = False

    def feel(_step: Step | None, stage: Stage) -> None:
        events.emit("felt", stage=stage.name.lower(), pulses=stage.pulses)

    def closed(_alarm_id: UUID) -> None:
        over.set()

    def receipted(entry: Entry) -> None:
        nonlocal is_receipted
        is_receipted = True
        feel(None, Stage.COMMITTED)
        follow.follow(entry)

    async with (
        Outbox(directory.outbox, clock) as outbox,
        Uplink(enrolment, directory.key(), clock) as uplink,
    ):
        follow = Follow(uplink, clock, events, feel, closed)
        drain = Drain(outbox, uplink, clock, events, enrolment.policy.retry_max_s, receipted)
        entry = _a_test_press(clock)
        await outbox.put(entry, _NO_BUTTON)
        drain.add(entry)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s), asyncio.TaskGroup() as group:
                tasks = [group.create_task(each) for each in (drain.send_added(), follow.run())]
                await over.wait()
                for task in tasks:
                    task.cancel()
    return is_receipted


def _a_test_press(clock: Clock) -> Entry:
    now, now_s = clock.now(), clock.monotonic()
    press = Press(
        press_id=uuid7(now),
        purpose=Purpose.TEST,
        pattern=Pattern.HOLD,
        pressed_at=now,
        heard_at=now,
        companion_version=version("msa-gateway"),
    )
    return Entry(press, clock.era, now_s, now_s)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
