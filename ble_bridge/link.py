"""The link to one button: found, paired, subscribed, watched, and tried again for ever.

One session goes from a fresh advertisement to the loss of the link. After each loss the client is
disconnected and thrown away, for a reused one doubles every notification (hbldh/bleak#2002). Nothing
a Bluetooth stack does ends this loop; what a person must know is a ``LinkState``, told once.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import structlog
from bleak import BleakAdapter, BleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError, BleakError

from ble_bridge import timing
from ble_bridge.backoff import Backoff
from ble_bridge.bluez_watch import StackWatch
from ble_bridge.cancelling import heed_cancellation
from ble_bridge.decoding import Raw, Step
from ble_bridge.gatt import BleakGatt
from ble_bridge.ports import Clock, Driver, Events, GattRefusedError, LinkFacts, LinkLostError
from ble_bridge.reach import Reach
from ble_bridge.reference_service import BATTERY_LEVEL, Stage
from ble_bridge.scanning import Scanning
from schemas.protection import LinkState as Heard
from schemas.registration import ButtonPolicy

_log = structlog.get_logger(__name__)

# How BlueZ words that the other side would not use the keys of our bond.
_KEYS_REFUSED: Final = (
    "br-connection-canceled",
    "AuthenticationFailed",
    "AuthenticationRejected",
    "AuthenticationCanceled",
    "Not paired",
    "Insufficient",
)


class LinkState(StrEnum):
    """What a person may be shown about the link."""

    SEARCHING = "searching"
    UP = "up"
    DOWN = "down"
    BLUETOOTH_OFF = "bluetooth_off"
    PAIRING_REFUSED = "pairing_refused"
    BOND_REFUSED = "bond_refused"


class PairingRefusedError(Exception):
    """There is no bond, and the button would not make one."""


class BondRefusedError(Exception):
    """We have a bond and the button refuses it: it was reset, or something imitates it.

    The bond is never removed here. Only a person who has the button in her hand can tell the two
    apart (``msa bridge forget``).
    """


@dataclass(slots=True)
class Target:
    """Which button: by address or name, or None for the first of its kind that is met."""

    address: str | None = None
    name: str | None = None

    def is_met(self, driver: Driver, device: BLEDevice, services: list[str], name: str | None) -> bool:
        """Tell whether an advertisement, or a connected device, is the button's."""
        if self.address is not None:
            return device.address.upper() == self.address.upper()
        if self.name is not None:
            return self.name in {device.name, name}
        profile = driver.profile
        return bool(set(profile.services) & set(services)) or (name or "").startswith(profile.names)


@dataclass(slots=True)
class Backend:
    """Options for bleak's three classes; all empty for the machine's own Bluetooth."""

    client: dict[str, Any] = field(default_factory=dict)
    scanner: dict[str, Any] = field(default_factory=dict)
    has_adapter: bool = True


@dataclass(frozen=True, slots=True)
class Hooks:
    """Whom the link tells: ``hear`` everything the button says, ``pin`` its address once it is ours.

    ``changed``: supervision is to be told another state.
    """

    hear: Callable[[Raw], None]
    pin: Callable[[str], None] = lambda _address: None
    up: Callable[[], None] = lambda: None
    changed: Callable[[], None] = lambda: None


class Link:
    """Holds one button."""

    def __init__(
        self,
        driver: Driver,
        policy: ButtonPolicy,
        target: Target,
        watch: StackWatch,
        clock: Clock,
        events: Events,
        hooks: Hooks,
        backend: Backend | None = None,
    ) -> None:
        self._driver, self._policy, self._target, self._watch = driver, policy, target, watch
        self._clock, self._events, self._hooks = clock, events, hooks
        self._backend = backend or Backend()
        self._scanning = Scanning(clock, self._backend.scanner)
        self._gatt: BleakGatt | None = None
        self._busy = asyncio.Lock()
        self._state: LinkState | None = None
        self.reach = Reach(clock, hooks.changed)
        self.facts = LinkFacts()
        self.address: str | None = None

    @property
    def is_up(self) -> bool:
        """Whether a press would be heard now."""
        return self._gatt is not None

    async def stage(self, step: Step | None, stage: Stage) -> None:
        """Tell the button how far a press got; raises LinkLostError while it cannot be told."""
        gatt = self._gatt
        if gatt is None:
            raise LinkLostError("the link is down")
        async with self._busy:
            await self._driver.stage(gatt, step, stage, self._hooks.hear)

    async def run(self) -> None:
        """Hold the button until cancelled."""
        backoff = Backoff()
        while True:
            if self._state not in {LinkState.BOND_REFUSED, LinkState.PAIRING_REFUSED}:
                self._tell(LinkState.SEARCHING)
            state = await self._attempt()
            if self._state is LinkState.UP:
                backoff.reset()
            self._tell(state)
            self.reach.note(Heard.DOWN)
            heed_cancellation()
            await asyncio.sleep(backoff.delay_s())

    async def _attempt(self) -> LinkState:
        """Run one session; return the state it leaves."""
        try:
            return await self._session()
        except BleakBluetoothNotAvailableError as error:
            _log.info("link.bluetooth_off", reason=error.reason.name)
            return LinkState.BLUETOOTH_OFF
        except BondRefusedError as error:
            _log.error("link.bond_refused", error=str(error))
            return LinkState.BOND_REFUSED
        except PairingRefusedError as error:
            _log.error("link.pairing_refused", error=str(error))
            return LinkState.PAIRING_REFUSED
        except (BleakError, LinkLostError, GattRefusedError, TimeoutError, OSError, EOFError) as error:
            _log.info("link.failed", error=f"{type(error).__name__}: {error}")
        except asyncio.CancelledError:
            heed_cancellation()
            # dbus-fast cancels its own futures when the bus goes; that is a loss, not our end.
            _log.info("link.failed", error="cancelled by the stack")
        except Exception:  # noqa: BLE001 (the task's edge: whatever a stack raises, it is tried again)
            _log.exception("link.unexpected")
        return LinkState.SEARCHING if self._state is LinkState.SEARCHING else LinkState.DOWN

    async def _session(self) -> LinkState:
        lost = asyncio.Event()
        async with asyncio.timeout(timing.BUS_S):
            await self._watch.ready()
        device = await self._find()
        if device is None:
            return LinkState.SEARCHING
        client = BleakClient(
            device, lambda _client: lost.set(), timeout=timing.CONNECT_S, **self._backend.client
        )
        with self._watch.session(lost.set):
            try:
                await self._connect(client, device)
                gatt = BleakGatt(client, self._clock, self._hooks.hear)
                await self._driver.begin(gatt, self._policy, self._hooks.hear)
                await self._came_up(client, device, gatt)
                await self._beat(gatt, lost)
            finally:
                self._gatt = None
                if self._state is LinkState.UP:
                    self.reach.note(Heard.DOWN)
                await self._let_go(client)
        return LinkState.DOWN

    async def _find(self) -> BLEDevice | None:
        """Ask for a button that the stack kept connected (it does not advertise), then scan."""
        services = list(self._driver.profile.services)
        if self._backend.has_adapter:
            with suppress(NotImplementedError):
                async with asyncio.timeout(timing.BUS_S):
                    adapter = await BleakAdapter.get()
                    held = await adapter.get_connected_devices(services)
                for device in held:
                    if self._target.is_met(self._driver, device, services, device.name):
                        return device
        return await self._scanning.find(self._is_met)

    def _is_met(self, device: BLEDevice, advertisement: AdvertisementData) -> bool:
        return self._target.is_met(
            self._driver, device, advertisement.service_uuids, advertisement.local_name
        )

    async def _connect(self, client: BleakClient, device: BLEDevice) -> None:
        """Connect, and pair right away: a protected read before pairing may never return."""
        bond = await self._watch.bond(device)
        was_bonded = bond is not None and bond[1]
        try:
            async with asyncio.timeout(timing.CONNECT_S):
                await client.connect()
        except BleakError as error:
            if was_bonded and any(word in str(error) for word in _KEYS_REFUSED):
                raise BondRefusedError(str(error)) from error
            raise
        if self._driver.profile.bonds:
            await self._pair(client, device)

    async def _pair(self, client: BleakClient, device: BLEDevice) -> None:
        try:
            with self._watch.pairing(device), suppress(NotImplementedError):  # macOS pairs by itself
                async with asyncio.timeout(timing.PAIR_S):
                    await client.pair()
        except BleakError as error:
            if any(word in str(error) for word in _KEYS_REFUSED):
                raise PairingRefusedError(str(error)) from error
            raise

    async def _came_up(self, client: BleakClient, device: BLEDevice, gatt: BleakGatt) -> None:
        bond = await self._watch.bond(device)
        paired, bonded = bond if bond is not None else (self._driver.profile.bonds,) * 2
        if self._driver.profile.bonds and not bonded:
            raise PairingRefusedError("paired without a bond: the button would be a stranger next time")
        # The begin of a bonding driver read and subscribed to values that need encryption.
        self.facts = LinkFacts(paired, bonded, self._driver.profile.bonds, _stack(client))
        self.address = self._target.address = client.address
        self._hooks.pin(client.address)
        self._gatt = gatt
        self._tell(LinkState.UP)
        self.reach.note(Heard.UP)
        self._hooks.up()

    async def _beat(self, gatt: BleakGatt, lost: asyncio.Event) -> None:
        """Read the battery at intervals: that proves the whole path, which nothing else does."""
        uuid = BATTERY_LEVEL if gatt.has(BATTERY_LEVEL) else self._driver.heartbeat
        while not lost.is_set():
            value = await gatt.read(uuid)
            self._hooks.hear(Raw(uuid, value, self._clock.monotonic(), asked=True))
            with suppress(TimeoutError):
                async with asyncio.timeout(timing.HEARTBEAT_S):
                    await lost.wait()

    async def _let_go(self, client: BleakClient) -> None:
        try:
            async with asyncio.timeout(timing.DISCONNECT_S):
                await client.disconnect()
        except (BleakError, TimeoutError, OSError, EOFError, AssertionError) as error:
            _log.debug("link.disconnect_failed", error=str(error))

    def _tell(self, state: LinkState) -> None:
        if state is self._state:
            return
        self._state = state
        if state is not LinkState.UP:
            self.facts = LinkFacts(stack=self.facts.stack)
        facts = self.facts
        _log.info("link.state", state=state.value, bonded=facts.bonded)
        self._events.emit(
            "link",
            state=state.value,
            paired=facts.paired,
            encrypted=facts.encrypted,
            bonded=facts.bonded,
            stack=facts.stack,
        )


def _stack(client: BleakClient) -> str:
    backend = client.backend_id
    return str(getattr(backend, "value", backend))
