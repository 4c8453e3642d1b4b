"""Removes the bond with a button; only ever at a person's explicit wish (ble.md, R13)."""

import asyncio

from bleak import BleakClient, BleakScanner

from ble_bridge import timing


async def forget_bond(address: str) -> None:
    """Remove what the system keeps of a button.

    Raises bleak's errors, or TimeoutError when neither the system knows it nor a scan finds it.
    """
    device = await BleakScanner.find_device_by_address(address, timeout=timing.SCAN_S)
    if device is None:
        raise TimeoutError("the button is not near")
    async with asyncio.timeout(timing.BUS_S):
        await BleakClient(device).unpair()
