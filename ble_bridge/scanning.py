"""The one scanner of this process.

BlueZ gives a second scanner ``InProgress``, may refuse to stop one, and may go deaf without a word
(ble.md, R7 and R8): so one lock, a stop that never raises, and a restart after a long silence.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError

from ble_bridge import timing
from ble_bridge.ports import Clock

Wanted = Callable[[BLEDevice, AdvertisementData], bool]
Heard = Callable[[BLEDevice, AdvertisementData], None]

_log = structlog.get_logger(__name__)


class Scanning:
    """Finds a button, or listens to all of them. ``options`` go to bleak (a backend, for a bench)."""

    def __init__(self, clock: Clock, options: dict[str, Any] | None = None) -> None:
        self._clock = clock
        self._options = options or {}
        self._lock = asyncio.Lock()

    async def find(self, wanted: Wanted) -> BLEDevice | None:
        """Return the first fresh device that is wanted; None after ``timing.SCAN_S``."""
        found: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()

        def heard(device: BLEDevice, advertisement: AdvertisementData) -> None:
            if not found.done() and wanted(device, advertisement):
                found.set_result(device)

        async with self._scan(heard):
            try:
                async with asyncio.timeout(timing.SCAN_S):
                    return await found
            except TimeoutError:
                return None

    async def listen(self, heard: Heard, lost: asyncio.Event) -> None:
        """Give every advertisement to ``heard`` until ``lost`` is set or the scan has gone deaf."""
        last_s = self._clock.monotonic()

        def noted(device: BLEDevice, advertisement: AdvertisementData) -> None:
            nonlocal last_s
            last_s = self._clock.monotonic()
            heard(device, advertisement)

        async with self._scan(noted):
            while (left_s := last_s + timing.SCAN_SILENCE_S - self._clock.monotonic()) > 0:
                try:
                    async with asyncio.timeout(left_s):
                        await lost.wait()
                except TimeoutError:
                    continue
                return
        _log.warning("scan.deaf", silence_s=timing.SCAN_SILENCE_S)

    @asynccontextmanager
    async def _scan(self, heard: Heard) -> AsyncIterator[None]:
        async with self._lock:
            scanner = BleakScanner(heard, **self._options)
            try:
                async with asyncio.timeout(timing.BUS_S):
                    await scanner.start()
                yield
            finally:
                await self._stop(scanner)

    async def _stop(self, scanner: BleakScanner) -> None:
        try:
            async with asyncio.timeout(timing.BUS_S):
                await scanner.stop()
        except (BleakError, TimeoutError, OSError, EOFError, AssertionError) as error:
            # "InProgress", "No discovery started", or the stack is gone: the scan is over anyway.
            _log.debug("scan.stop_refused", error=str(error))
