"""A person's phone in a test: one bleak client at a time, its presses and its losses."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bleak import BleakClient, BleakScanner

from ble_bridge import reference_service as service
from ble_bridge.reference_service import Confirmation, PressRecord, Stage

DEADLINE_S = 8.0


class Phone:
    """``backend`` and the like go to bleak as they are."""

    def __init__(
        self, name: str, scanner_options: Mapping[str, Any], client_options: Mapping[str, Any]
    ) -> None:
        self._name, self._scanner_options, self._client_options = name, scanner_options, client_options
        self.presses: asyncio.Queue[PressRecord] = asyncio.Queue()
        self.lost = asyncio.Event()
        self.client: BleakClient

    async def connect(self) -> None:
        """Find the button and connect with a client of its own, as one should after each loss."""
        device = await BleakScanner.find_device_by_name(
            self._name, timeout=DEADLINE_S, **self._scanner_options
        )
        assert device is not None, f"{self._name} was not found"
        self.lost.clear()
        self.client = BleakClient(
            device, lambda _client: self.lost.set(), timeout=DEADLINE_S, **self._client_options
        )
        await self.client.connect()

    async def pair_and_subscribe(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.client.pair()
        await self.subscribe()

    async def subscribe(self) -> None:
        await self.client.start_notify(
            service.PRESS_RECORD,
            lambda _characteristic, value: self.presses.put_nowait(PressRecord.decode(bytes(value))),
        )

    async def next_press(self) -> PressRecord:
        async with asyncio.timeout(DEADLINE_S):
            return await self.presses.get()

    async def read_press(self) -> PressRecord:
        return PressRecord.decode(bytes(await self.client.read_gatt_char(service.PRESS_RECORD)))

    async def confirm(self, press: PressRecord, stage: Stage) -> None:
        value = Confirmation(press.boot, press.counter, stage).encode()
        await self.client.write_gatt_char(service.CONFIRM, value, response=True)

    async def until_lost(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.lost.wait()
        await self.client.disconnect()


@asynccontextmanager
async def phone_for(
    name: str,
    *,
    scanner_options: Mapping[str, Any] | None = None,
    client_options: Mapping[str, Any] | None = None,
) -> AsyncIterator[Phone]:
    """Have a phone that is connected to the button called ``name`` and hangs up in the end."""
    phone = Phone(name, scanner_options or {}, client_options or {})
    await phone.connect()
    try:
        yield phone
    finally:
        async with asyncio.timeout(DEADLINE_S):
            await phone.client.disconnect()
