"""One frame of DC-09 and its answer. ACK is said after the commit and never before.

NAK: it came broken, or an encrypted one with a wrong time, and the gear sends it again. DUH: it came whole
and is not taken, as nobody here knows its account, its key does not fit, or its integrator may not say
such a thing. No answer, and the connection ends: not known to be committed; the gear sends again or takes
its other path.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog

from gateway.domain.errors import GatewayError
from gateway.domain.gear import GearAccount
from gateway.domain.integrators import Inbound, Integrator
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import DC09_AHEAD_S, DC09_ANSWER_S, DC09_BEHIND_S, DC09_RESENT_S
from gateway.gear.dc09.framing import Frame
from gateway.gear.dc09.mapping import Reading, read
from gateway.gear.dc09.message import (
    ContactIdEvent,
    Header,
    Message,
    decrypted,
    read_header,
    read_message,
)
from gateway.gear.dc09.replies import ack, duh, nak
from gateway.gear.identity import Resends, Sending
from gateway.gear.subjects import subject_of
from gateway.ports import Clock, Intake, Integrators
from gateway.ports.gear import GearAccounts
from schemas.events import EventFate

SOURCE: Final = "urn:sia:dc09"
KEPT: Final = frozenset({EventFate.COMMITTED, EventFate.ACCEPTED, EventFate.COALESCED})


class Said(StrEnum):
    """What a frame was answered with."""

    ACK = "ack"
    NAK = "nak"
    DUH = "duh"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. ``proved``: it came from an account that is known, with its key."""

    said: Said
    reply: bytes = b""
    proved: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sender:
    """Whose a frame is."""

    account: GearAccount
    integrator: Integrator
    message: Message


class Dc09Door:
    """Makes events of frames, and answers each once they are committed."""

    def __init__(
        self,
        *,
        accounts: GearAccounts,
        integrators: Integrators,
        intake: Intake,
        clock: Clock,
        metrics: DoorMetrics,
    ) -> None:
        self._accounts = accounts
        self._integrators = integrators
        self._intake = intake
        self._clock = clock
        self._metrics = metrics
        self._resends = Resends(DC09_RESENT_S)

    async def answer(self, frame: Frame) -> Answer:
        """Answer one frame; it never raises for what a frame says."""
        try:
            async with asyncio.timeout(DC09_ANSWER_S):
                answer = await self._answer(frame, self._clock.now())
        except (GatewayError, TimeoutError) as error:
            structlog.get_logger().warning("gear_message_not_committed", error=type(error).__name__)
            answer = Answer(Said.NOTHING)
        self._metrics.gear.labels("dc09", answer.said).inc()
        return answer

    async def _answer(self, frame: Frame, received_at: datetime) -> Answer:
        header = read_header(frame.body) if frame.whole else None
        if header is None:
            return Answer(Said.NAK, nak(received_at, binary_crc=frame.binary_crc))
        sender = await self._sender(header)
        if sender is None:
            return Answer(Said.DUH, duh(header, binary_crc=frame.binary_crc))
        right = _clock_right(sender.message, received_at)
        reading = read(sender.message, received_at, clock_right=right)
        sending = self._sending(sender, received_at)
        said = await self._take(frame, sender, reading, sending, received_at, right=right)
        if said is Said.ACK:
            reply = ack(header, self._clock.now(), sender.account.key, binary_crc=frame.binary_crc)
            return Answer(Said.ACK, reply, proved=True)
        if said is Said.NAK:
            return Answer(Said.NAK, nak(self._clock.now(), binary_crc=frame.binary_crc), proved=True)
        if said is Said.DUH:
            return Answer(Said.DUH, duh(header, binary_crc=frame.binary_crc), proved=True)
        return Answer(Said.NOTHING)

    async def _sender(self, header: Header) -> _Sender | None:
        """Find whose it is, and open it; None: of nobody here.

        What comes in clear under an account with a key was not sent by its gear, as far as anybody knows.
        """
        account = await self._accounts.find(header.account, header.line)
        if account is None or header.encrypted != (account.key is not None):
            return None
        content = header.rest if account.key is None else decrypted(header, account.key)
        integrator = None if content is None else await self._integrators.find(account.integrator_id)
        if content is None or integrator is None:
            return None
        return _Sender(account=account, integrator=integrator, message=read_message(header, content))

    def _sending(self, sender: _Sender, received_at: datetime) -> Sending:
        """Name the message by what stays when it is sent again: all but the time it was sent at.

        Gear with no number of its own (0000) says by that time which message it is.
        """
        message, header = sender.message, sender.message.header
        numbered = header.sequence != "0000"
        stamp = "" if numbered or message.sent_at is None else message.sent_at.isoformat()
        return self._resends.of(
            received_at,
            sender.account.account_id.bytes,
            header.receiver,
            header.line,
            header.sequence,
            header.token,
            message.payload,
            repr(message.extensions),
            stamp,
        )

    async def _take(
        self,
        frame: Frame,
        sender: _Sender,
        reading: Reading,
        sending: Sending,
        received_at: datetime,
        *,
        right: bool,
    ) -> Said:
        """Hand it on. With a wrong clock only bad news is taken, and told once that the clock is wrong."""
        must_be_right = sender.message.header.encrypted
        told = [one for one in reading.said if right or not must_be_right or one.bad_news]
        if not told:
            return Said.NAK
        subject = await subject_of(self._integrators, sender.integrator, _names(sender.message))
        events = [
            Inbound(
                integrator=sender.integrator,
                type=one.type,
                source=SOURCE,
                event_id=f"{sending.event_id}:{number}",
                subject=subject,
                time=reading.at,
                data=one.data,
                raw=frame.raw,
                dropped=reading.dropped,
            )
            for number, one in enumerate(told)
        ]
        fates = [result.fate for result in await self._intake.take(events, received_at)]
        if EventFate.UNKNOWN in fates:
            return Said.NOTHING
        if fates[0] not in KEPT:  # what matters most stands first
            return Said.DUH
        if must_be_right and not right and not sending.again:
            return Said.NAK
        return Said.ACK


def _names(message: Message) -> tuple[str, ...]:
    """Return what it may be linked by, the nearest first: account and zone, account."""
    account = f"dc09:{message.header.account}"
    zones = [event.zone if isinstance(event, ContactIdEvent) else event.address for event in message.events]
    return (*(f"{account}/{zone}" for zone in zones if zone.strip("0")), account)


def _clock_right(message: Message, now: datetime) -> bool:
    """Whether the time of a message is of now; one in clear need not have any."""
    if message.sent_at is None:
        return not message.header.encrypted
    behind_s = (now - message.sent_at).total_seconds()
    return -DC09_AHEAD_S <= behind_s <= DC09_BEHIND_S
