"""The far side of the bridge's Gateway port: a small HTTP server that checks signatures.

It keeps what it commits, answers the same press with the same receipt, and fails as scripted:
``plan`` holds what happens to the next presses, one word each; without a word it works. ``fates``
says the same of everything else that is posted, by the last part of its path, until it is changed.
"""

import asyncio
import json
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal, Self
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256

from schemas.enrolment import COVERED_WITH_BODY, COVERED_WITHOUT_BODY, CompanionPolicy, Enrolment
from schemas.press import Press, ProvisionalReceipt, Receipt
from schemas.problems import Problem, ProblemKind
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer, ReopenedAlarm
from schemas.registration import ButtonPolicy
from schemas.signals import Signal, SignalKind, Signals
from schemas.track import (
    CancelAnswer,
    CancelWish,
    PositionBatch,
    PositionsReceipt,
    TrackFix,
    TrackingPolicy,
)

Fate = Literal[
    "work", "503", "422", "404", "401", "cut_before", "cut_after", "silent", "portal", "other_receipt", "202"
]

_PROBLEMS: dict[Fate, ProblemKind] = {
    "503": ProblemKind.UNAVAILABLE,
    "422": ProblemKind.INVALID,
    "404": ProblemKind.NOT_FOUND,
    "401": ProblemKind.SIGNATURE_INVALID,
}
BODY_MAX_BYTES = 65_536
SKEW_S = 300
_CREATED = re.compile(r";created=(\d+)")
_NONCE = re.compile(r';nonce="([^"]+)"')


@dataclass
class Message:
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    connection: int = 0


@dataclass
class CompanionGateway:
    """Use it with ``async with``; ``url`` is where it listens."""

    plan: deque[Fate] = field(default_factory=deque)
    always: Fate = "work"
    policy: ButtonPolicy = field(default_factory=ButtonPolicy)
    companion_policy: CompanionPolicy = field(default_factory=lambda: CompanionPolicy(signals_wait_s=1.0))
    store: dict[UUID, Receipt] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    code: str = "GENT-2026"

    fates: dict[str, Fate] = field(default_factory=dict)
    reopened: ReopenedAlarm | None = None
    again_after_s: float = 0.05
    tracking: TrackingPolicy = field(default_factory=lambda: TrackingPolicy(state="track"))

    def __post_init__(self) -> None:
        self.presses: list[Press] = []
        self.batches: list[PositionBatch] = []
        self.tracks: dict[UUID, dict[int, TrackFix]] = {}
        self.heartbeats: list[CompanionHeartbeat] = []
        self.wishes: list[tuple[UUID, CancelWish]] = []
        self.messages: list[Message] = []
        self.connections = 0
        self._nonces: set[str] = set()
        self.signals: dict[UUID, list[Signal]] = {}
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.hang_up()

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def hang_up(self) -> None:
        """Stop listening and cut every connection."""
        assert self._server is not None
        self._server.close()
        serving = dict(self._serving)
        for task, writer in serving.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*serving)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def committed(self) -> list[UUID]:
        return list(self.store)

    def tries(self) -> Counter[UUID]:
        return Counter(press.press_id for press in self.presses)

    async def until(self, ready: Any, seconds: float = 20.0) -> None:
        """Wait until ``ready()`` holds; it is asked again whenever something arrives."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(ready)

    async def signal(self, alarm_id: UUID, kind: SignalKind) -> None:
        """Let the victim of an alarm be told something."""
        told = self.signals.setdefault(alarm_id, [])
        told.append(Signal(index=len(told) + 1, kind=kind, at=datetime.now(UTC)))  # noqa: TID251 (no clock port here)
        async with self._changed:
            self._changed.notify_all()

    def reopen(self, alarm_id: UUID) -> None:
        """Have the next heartbeats told that a closed alarm is open again."""
        self.signals[alarm_id] = [one for one in self.signals[alarm_id] if one.kind is SignalKind.COMMITTED]
        self.reopened = ReopenedAlarm(alarm_id=alarm_id, said_at=datetime.now(UTC))  # noqa: TID251 (no clock port here)

    # --- HTTP, just enough ------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections = number = self.connections + 1
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = writer
        try:
            while (message := await self._read(reader)) is not None:
                message.connection = number
                self.messages.append(message)
                if not await self._answer(message, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # cancelled only by hang_up, which waits for the end of this task
        finally:
            del self._serving[task]
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Message | None:
        head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
        if not head:
            return None
        first, *lines = head.decode().rstrip().split("\r\n")
        method, target, _version = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in headers.items()}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Message(method, f"http://{headers['host']}{target}", headers, body)

    async def _answer(self, message: Message, writer: asyncio.StreamWriter) -> bool:
        path = message.url.split("/", 3)[3]
        if path == "livez":
            return await self._reply(writer, 200, b"{}")
        if path.startswith("v1/enrolments/"):
            return await self._reply(writer, *self._enrol(path.rsplit("/", 1)[-1], message.body))
        if not self._is_signed(message):
            return await self._reply(writer, *_problem(ProblemKind.SIGNATURE_INVALID))
        return await self._answer_signed(path, message, writer)

    async def _answer_signed(self, path: str, message: Message, writer: asyncio.StreamWriter) -> bool:
        if path == "v1/presses":
            return await self._press(message, writer)
        if self._is_replayed(message) or self._is_misdated(message):
            return await self._reply(writer, *_problem(ProblemKind.SIGNATURE_REPLAYED))
        if message.method == "POST":
            return await self._take(path, message, writer)
        alarm_id, after = path.removeprefix("v1/alarms/").split("/signals?after=")
        return await self._signals(UUID(alarm_id), int(after), writer)

    async def _take(self, path: str, message: Message, writer: asyncio.StreamWriter) -> bool:
        """What is posted beside presses: positions, heartbeats, wishes to cancel."""
        fate = self.fates.get(path.rsplit("/", 1)[-1], "work")
        if fate == "silent":
            await asyncio.sleep(60)
        if fate in {"silent", "cut_before"}:
            writer.transport.abort()
            return False
        async with self._changed:
            status, answer = (
                _problem(_PROBLEMS[fate]) if fate in _PROBLEMS else self._taken(path, message.body)
            )
            self._changed.notify_all()
        if fate == "cut_after":
            writer.transport.abort()
            return False
        return await self._reply(writer, status, answer)

    def _taken(self, path: str, body: bytes) -> tuple[int, bytes]:
        if len(body) > BODY_MAX_BYTES:
            return _problem(ProblemKind.TOO_LARGE)
        if path == "v1/heartbeats":
            return self._heartbeat(body)
        _v1, _alarms, alarm_id, what = path.split("/")
        if UUID(alarm_id) not in {receipt.alarm_id for receipt in self.store.values()}:
            return _problem(ProblemKind.NOT_FOUND)
        take = {"positions": self._positions, "cancel": self._cancel}[what]
        return take(UUID(alarm_id), body)

    def _heartbeat(self, body: bytes) -> tuple[int, bytes]:
        self.heartbeats.append(CompanionHeartbeat.model_validate_json(body))
        answer = HeartbeatAnswer(**self.companion_policy.model_dump(), reopened=self.reopened)
        return 200, answer.model_dump_json().encode()

    def _positions(self, alarm_id: UUID, body: bytes) -> tuple[int, bytes]:
        batch = PositionBatch.model_validate_json(body)
        self.batches.append(batch)
        track = self.tracks.setdefault(alarm_id, {})
        stored = sum(fix.index not in track for fix in batch.fixes)
        for fix in batch.fixes:
            track.setdefault(fix.index, fix)
        answer = PositionsReceipt(
            alarm_id=alarm_id, stored=stored, known=len(batch.fixes) - stored, policy=self.tracking
        )
        return 202, answer.model_dump_json().encode()

    def _cancel(self, alarm_id: UUID, body: bytes) -> tuple[int, bytes]:
        self.wishes.append((alarm_id, CancelWish.model_validate_json(body)))
        return 202, CancelAnswer(alarm_id=alarm_id).model_dump_json().encode()

    def _is_misdated(self, message: Message) -> bool:
        (created,) = _CREATED.findall(message.headers["signature-input"])
        return abs(datetime.now(UTC).timestamp() - int(created)) > SKEW_S  # noqa: TID251 (no clock port here)

    def _is_replayed(self, message: Message) -> bool:
        nonces = _NONCE.findall(message.headers["signature-input"])
        is_known = bool(self._nonces.intersection(nonces))
        self._nonces.update(nonces)
        return is_known

    async def _press(self, message: Message, writer: asyncio.StreamWriter) -> bool:
        press = Press.model_validate_json(message.body)
        fate = self.plan.popleft() if self.plan else self.always
        async with self._changed:
            self.presses.append(press)
            if fate in {"work", "cut_after", "other_receipt"}:
                self._commit(press)
            self._changed.notify_all()
        if fate in {"cut_before", "cut_after"}:
            writer.transport.abort()
            return False
        if fate == "silent":
            await asyncio.sleep(60)
            return False
        return await self._reply(writer, *self._verdict(fate, press))

    def _verdict(self, fate: Fate, press: Press) -> tuple[int, bytes]:
        if fate in _PROBLEMS:
            return _problem(_PROBLEMS[fate])
        if fate == "202":
            kept = ProvisionalReceipt(
                press_id=press.press_id,
                centre="BE-VOV",
                kept_at=datetime.now(UTC),  # noqa: TID251 (no clock port here)
                again_after_s=self.again_after_s,
            )
            return 202, kept.model_dump_json().encode()
        if fate == "portal":
            return 200, b"<html>Welcome to this hotel</html>"
        seen = self.tries()[press.press_id] > 1
        update = {"press_id": uuid4()} if fate == "other_receipt" else {"seen_before": seen}
        receipt = self.store[press.press_id].model_copy(update=update)
        return 200 if seen else 201, receipt.model_dump_json().encode()

    def _commit(self, press: Press) -> None:
        self.store.setdefault(
            press.press_id,
            Receipt(
                press_id=press.press_id,
                alarm_id=uuid4(),
                centre="BE-VOV",
                sequence=len(self.store) + 1,
                committed_at=datetime.now(UTC),  # noqa: TID251 (no clock port here)
            ),
        )

    async def _signals(self, alarm_id: UUID, after: int, writer: asyncio.StreamWriter) -> bool:
        def news() -> tuple[Signal, ...]:
            return tuple(signal for signal in self.signals.get(alarm_id, ()) if signal.index > after)

        try:
            async with asyncio.timeout(self.companion_policy.signals_wait_s), self._changed:
                await self._changed.wait_for(news)
        except TimeoutError:
            pass
        told = news()
        body = Signals(alarm_id=alarm_id, signals=told, last=told[-1].index if told else after)
        return await self._reply(writer, 200, body.model_dump_json().encode())

    def _enrol(self, code: str, body: bytes) -> tuple[int, bytes]:
        if code != self.code:
            return _problem(ProblemKind.ENROLMENT_CODE_INVALID)
        companion_id = uuid4()
        self.keys[str(companion_id)] = json.loads(body)["public_key"].encode()
        enrolment = Enrolment(
            companion_id=companion_id,
            gateways=(self.url,),
            policy=self.companion_policy,
            button=self.policy,
            enrolled_at=datetime.now(UTC),  # noqa: TID251 (no clock port here)
        )
        return 201, enrolment.model_dump_json().encode()

    def _is_signed(self, message: Message) -> bool:
        verifier = HTTPMessageVerifier(
            signature_algorithm=ECDSA_P256_SHA256,
            key_resolver=MappingKeyResolver(
                public_keys={name: load_pem_public_key(pem) for name, pem in self.keys.items()},
                private_keys={},
            ),
        )
        required = COVERED_WITH_BODY if message.body else COVERED_WITHOUT_BODY
        try:
            (result,) = verifier.verify(
                message, max_age=None, require_components=required, body=message.body or None
            )
        except Exception:  # noqa: BLE001 (whatever is wrong with a signature, it does not hold)
            return False
        return result.label == "msa" and bool(result.nonce)

    async def _reply(self, writer: asyncio.StreamWriter, status: int, body: bytes) -> bool:
        date = format_datetime(datetime.now(UTC), usegmt=True)  # noqa: TID251 (no clock port here)
        head = (
            f"HTTP/1.1 {status} X\r\nDate: {date}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/json\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        return True


def _problem(kind: ProblemKind) -> tuple[int, bytes]:
    return kind.status, Problem.of(kind).model_dump_json().encode()
