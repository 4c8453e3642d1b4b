"""A real gateway on a real socket, companions that sign, consoles that attach."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ble_bridge.clock import SystemClock as BridgeClock
from ble_bridge.signing import Signer
from gateway.clock import SystemClock
from gateway.http.security import COOKIE
from gateway.main import serve
from gateway.settings import Settings
from gateway.store.companions import Companions
from gateway.store.connect import create_pool
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring, make_key_file
from schemas.frames import SUBPROTOCOL
from schemas.registration import Circumstance
from schemas.session import Role
from tests.support.build import a_registration
from tests.support.contract import as_documented

PASSED_OVER: Final = {"heartbeat", "welcome", "snapshot", "caught_up", "reset", "position"}

TRUSTED: Final = ssl.create_default_context()
"""Read once: it takes 20 ms, and no call of a test's own needs it."""

DEADLINE_S: Final = 10.0
"""How long a test waits for what must happen; it happens in milliseconds."""


@dataclass(frozen=True, kw_only=True)
class Companion:
    """A phone: signs what it sends, as ``schemas.enrolment`` says."""

    companion_id: UUID
    registration_id: UUID
    key: ec.EllipticCurvePrivateKey

    def signed(
        self, method: str, url: str, body: bytes = b"", *, nonce: UUID | None = None
    ) -> dict[str, str]:
        """Return the headers of a signed request, made as the bridge makes them."""
        signer = Signer(self.companion_id, self.key, BridgeClock())
        return signer.headers(method, httpx.URL(url), nonce or uuid4(), body or None)


def a_press(**changes: Any) -> dict[str, Any]:
    """The JSON of a plain press."""
    return {"press_id": str(uuid4()), "purpose": "real", "pattern": "hold", "age_ms": 12.5, **changes}


@dataclass(kw_only=True)
class People:
    """Whom a gateway serves: put straight into its database."""

    database: str
    settings: Settings

    async def a_companion(
        self,
        centre: str = "BE-VOV",
        *,
        victim: str | None = None,
        circumstances: tuple[Circumstance, ...] | None = None,
        words: tuple[str, str] | None = None,
    ) -> Companion:
        """Register a victim, with her safe and her duress word, and enrol her phone."""
        registration = a_registration(centre=centre)
        if circumstances is not None:
            registration = registration.model_copy(update={"circumstances": circumstances})
        if victim is not None:
            person = registration.person
            person = person.model_copy(update={"victim": person.victim.model_copy(update={"name": victim})})
            registration = registration.model_copy(update={"person": person})
        if words is not None:
            safe, duress = words
            person = registration.person.model_copy(update={"safe_word": safe, "duress_word": duress})
            registration = registration.model_copy(update={"person": person})
        async with create_pool(self.database, application_name="test") as pool:
            await Registrations(pool, Keyring.of(self.settings), SystemClock()).save([registration])
        return await self.enrol(registration.registration_id)

    async def enrol(self, registration_id: UUID) -> Companion:
        """Enrol a phone of a victim whose file is there."""
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        async with create_pool(self.database, application_name="test") as pool:
            companions = Companions(pool, SystemClock())
            code, _ = await companions.new_code(registration_id)
            enrolled = await companions.enrol(code, public, "phone", None)
        return Companion(companion_id=enrolled.companion_id, registration_id=registration_id, key=key)

    async def a_session(
        self, *centres: str, name: str = "Op", role: Role = Role.OPERATOR, hours: float | None = None
    ) -> str:
        """Add an operator and sign in; return the session's secret.

        ``hours``: how long it commands from now on; less than 0: it has run out, and watches.
        """
        async with create_pool(self.database, application_name="test") as pool:
            operators = Operators(pool, SystemClock(), self.settings.session_hours)
            operator = await operators.add(
                f"op-{uuid4()}", name=name, roles=[role], centres=centres or ("BE-VOV",), password_hash=None
            )
            if hours is not None:
                operators = Operators(pool, SystemClock(), hours, watch_hours=12 - min(hours, 0))
            token, _ = await operators.begin(operator)
        return token


@dataclass(kw_only=True)
class Running(People):
    """A gateway under test and what was put into its database."""

    url: str
    http: httpx.AsyncClient
    node: asyncio.Task[None]

    async def stop(self) -> None:
        """End the node."""
        self.node.cancel()
        await asyncio.gather(self.node, return_exceptions=True)

    async def press(
        self, companion: Companion, press: Mapping[str, Any] | None = None, *, raw: bytes | None = None
    ) -> httpx.Response:
        """Post a signed press."""
        body = raw if raw is not None else json.dumps(press if press is not None else a_press()).encode()
        url = f"{self.url}/v1/presses"
        return await self.http.post(url, content=body, headers=companion.signed("POST", url, body))

    @asynccontextmanager
    async def console(self, token: str | None, *, origin: str | None = None) -> AsyncIterator["RawConsole"]:
        """Open a console's websocket."""
        headers = {} if token is None else {"Cookie": f"{COOKIE}={token}"}
        async with connect(
            f"{self.url.replace('http', 'ws', 1)}/v1/console",
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item] # websockets' NewType of str
            origin=origin or self.url,  # type: ignore[arg-type] # websockets' NewType of str
            additional_headers=headers,
            compression=None,
        ) as socket:
            yield RawConsole(socket)


class RawConsole:
    """One websocket, frame by frame."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.id = uuid4()

    async def send(self, kind: str, **fields: Any) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def attach(self, *centres: str, cursors: Mapping[str, Any] | None = None) -> None:
        """Attach to centres."""
        await self.send("attach", console=str(self.id), centres=centres or ("BE-VOV",), cursors=cursors or {})

    async def next(self, kind: str) -> dict[str, Any]:
        """Return the next frame of a kind, passing over what has no number, never over an event unseen."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                frame = as_documented(await self.socket.recv(), "sendToConsole")
                if frame["type"] == kind:
                    return frame
                if frame["type"] not in PASSED_OVER:
                    raise AssertionError(f"wanted {kind}, got {frame['type']}")

    async def attached(self, *centres: str, cursors: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Attach to one centre and return ``caught_up``."""
        await self.attach(*centres, cursors=cursors)
        return await self.next("caught_up")

    async def closed(self) -> tuple[int, str]:
        """Read on until the gateway closes; return code and words."""
        async with asyncio.timeout(DEADLINE_S):
            with contextlib.suppress(ConnectionClosed):
                async for _ in self.socket:
                    pass
        if self.socket.close_code is None:
            raise AssertionError("it is open")
        return self.socket.close_code, self.socket.close_reason or ""


@asynccontextmanager
async def running(database: str, directory: Path, **changes: Any) -> AsyncIterator[Running]:
    """Run a node in this event loop, on a database of the test's own."""
    key_file = directory / "kek"
    if not key_file.exists():
        make_key_file(key_file)
    node_name = changes.pop("node", "test-node")
    settings = Settings(
        database_url=SecretStr(database),
        data_dir=directory,
        key_file=key_file,
        port=changes.pop("port", 0),
        node=node_name,
        spool_dir=changes.pop("spool_dir", directory / f"spool-{node_name}"),
        log_level="error",
        **changes,
    )
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    node = asyncio.create_task(serve(settings, url.set_result))
    futures: list[asyncio.Future[Any]] = [node, url]
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED, timeout=DEADLINE_S)
    if node.done():
        node.result()
    try:
        async with httpx.AsyncClient(verify=TRUSTED) as http:
            yield Running(url=url.result(), database=database, settings=settings, http=http, node=node)
    finally:
        node.cancel()
        await asyncio.gather(node, return_exceptions=True)
