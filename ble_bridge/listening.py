"""Holds a BTHome button: listens for its advertisements, for ever."""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError, BleakError

from ble_bridge import timing
from ble_bridge.backoff import Backoff
from ble_bridge.bluez_watch import StackWatch
from ble_bridge.cancelling import heed_cancellation
from ble_bridge.decoding import Reading, Step
from ble_bridge.drivers.bthome import BTHomeButton
from ble_bridge.link import LinkState, Target
from ble_bridge.ports import Clock, Events, LinkFacts, LinkLostError
from ble_bridge.reach import Reach
from ble_bridge.reference_service import Stage
from ble_bridge.scanning import Scanning
from schemas.protection import LinkState as Heard

_log = structlog.get_logger(__name__)


class Listening:
    """``link.Link`` for a button that only advertises: ``hear`` gets readings, nothing is told back."""

    def __init__(
        self,
        button: BTHomeButton,
        target: Target,
        watch: StackWatch,
        clock: Clock,
        events: Events,
        hear: Callable[[Sequence[Reading]], None],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._button, self._target, self._watch = button, target, watch
        self._clock, self._events, self._hear = clock, events, hear
        # BlueZ must pass on each packet, not each change of a value.
        self._scanning = Scanning(clock, {"bluez": {"filters": {"DuplicateData": True}}})
        self._state: LinkState | None = None
        # That it was heard does not say that it is still near, so it is never told as up.
        self.reach = Reach(clock, changed)
        self.facts = LinkFacts(encrypted=True)
        self.address: str | None = target.address

    async def stage(self, step: Step | None, stage: Stage) -> None:  # noqa: ARG002 (it has no ears)
        """Raise LinkLostError: an advertising button cannot be told anything."""
        raise LinkLostError("an advertising button cannot be told")

    async def run(self) -> None:
        """Listen until cancelled."""
        backoff = Backoff()
        while True:
            try:
                await self._listen()
                backoff.reset()
            except BleakBluetoothNotAvailableError:
                self._tell(LinkState.BLUETOOTH_OFF)
                self.reach.note(Heard.DOWN)
            except (BleakError, TimeoutError, OSError, EOFError) as error:
                _log.info("listening.failed", error=f"{type(error).__name__}: {error}")
                self._tell(LinkState.DOWN)
                self.reach.note(Heard.DOWN)
            heed_cancellation()
            await asyncio.sleep(backoff.delay_s())

    async def _listen(self) -> None:
        lost = asyncio.Event()
        async with asyncio.timeout(timing.BUS_S):
            await self._watch.ready()
        with self._watch.session(lost.set):
            self._tell(LinkState.SEARCHING)
            self.reach.note(Heard.UNKNOWN)
            await self._scanning.listen(self._heard, lost)

    def _heard(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        if self._target.address is not None and device.address.upper() != self._target.address.upper():
            return
        readings = self._button.read(device, advertisement, self._clock.monotonic())
        if readings:
            self.address = device.address
            self._tell(LinkState.UP)
            self._hear(readings)

    def _tell(self, state: LinkState) -> None:
        if state is self._state:
            return
        self._state = state
        _log.info("link.state", state=state.value)
        self._events.emit(
            "link", state=state.value, paired=False, encrypted=True, bonded=False, stack="advertising"
        )
