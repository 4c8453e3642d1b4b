"""Receivers of alarms: where one may be, what it may be told, and one event for it. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from gateway.domain.errors import FieldInvalid
from gateway.webhook_signature import Secret
from schemas.press import Purpose
from schemas.receivers import ReceiverFormat

URL_MAX: Final = 2000
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SANDBOX_PURPOSES: Final = frozenset({Purpose.EXERCISE, Purpose.TEST})
PURPOSES: Final = SANDBOX_PURPOSES | {Purpose.REAL}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReceiver:
    """A receiver to be added."""

    integrator_id: UUID
    name: str
    url: str
    format: ReceiverFormat
    centres: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    kinds: tuple[str, ...] = ()
    with_person: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One event about an alarm, as anybody outside is told it.

    ``alarm`` is the ``AlarmView`` as JSON, with the person in it where ``person`` says so. ``by`` is who
    did it, as JSON. ``snapshot``: no event, but how an open alarm is as of the cursor.
    ``earlier``: version and instant of what was told of this alarm before, where a format names it (CAP).
    """

    centre: str
    epoch: str
    sequence: int
    kind: str
    at: datetime
    alarm_id: UUID
    registration_id: UUID
    purpose: str
    person: bool
    alarm: bytes = field(repr=False)
    snapshot: bool = False
    earlier: tuple[tuple[int, datetime], ...] = ()

    @property
    def cursor(self) -> str:
        """Where in its stream it stands."""
        return f"{self.epoch}:{self.sequence}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """One sending that this node is to make, and the secrets that sign it now.

    ``told`` None: the stream has it no more.
    """

    receiver_id: UUID
    integrator_id: UUID
    name: str
    url: str
    format: ReceiverFormat
    number: int
    centre: str
    alarm_id: UUID
    epoch: str
    sequence: int
    made_at: datetime
    now: datetime
    tries: int
    told: Told | None
    secrets: tuple[Secret, ...] = ()

    @property
    def call_id(self) -> str:
        """The id of the call: the same at each try, another for every event and every receiver."""
        return f"msg_{uuid5(self.receiver_id, f'{self.centre}:{self.epoch}:{self.sequence}').hex}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What a receiver lacks of a centre's stream for good; ``numbers`` are its sendings.

    ``new_epoch``: the log is another than it followed. ``first`` and ``last``: the lowest and the highest
    sequence that it was not given.
    """

    receiver_id: UUID
    url: str
    centre: str
    epoch: str
    new_epoch: bool
    first: int | None
    last: int | None
    numbers: tuple[int, ...]
    alarms: tuple[UUID, ...]
    secrets: tuple[Secret, ...] = ()

    @property
    def event_id(self) -> str:
        """The id of the event that tells it: the same for the same gap."""
        return f"{self.epoch}:{self.last or 0}:gap:{len(self.numbers)}"

    @property
    def call_id(self) -> str:
        """The id of the call that tells it."""
        return f"msg_{uuid5(self.receiver_id, f'{self.centre}:{self.event_id}').hex}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a receiver answered; ``status`` None: nothing, and ``error`` says what happened instead."""

    status: int | None = None
    error: str | None = None
    retry_after: str | None = None

    @property
    def why(self) -> str:
        """The status, or the kind of failure: nothing that the receiver wrote."""
        return str(self.status) if self.status is not None else self.error or "failed"


def checked_url(url: str, *, loopback: bool) -> str:
    """Return a URL that may be called: ``https``, or ``http`` to this machine where that is allowed.

    Raises ``FieldInvalid``.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise FieldInvalid("url", "is not a URL") from None
    if len(url) > URL_MAX or not url.isascii() or not url.isprintable() or " " in url or not parts.hostname:
        raise FieldInvalid("url", "is not a URL")
    if parts.username is not None or parts.password is not None:
        raise FieldInvalid("url", "has a name or a password in it; calls are signed")
    if parts.fragment:
        raise FieldInvalid("url", "has a fragment, which is never sent")
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK_NAMES and loopback
    if parts.scheme != "https" and not plain:
        raise FieldInvalid("url", "must be https")
    if parts.hostname in LOOPBACK_NAMES and not loopback:
        raise FieldInvalid("url", "is this very machine (MSA_RECEIVER_LOOPBACK)")
    return url


def may_reach(address: IPv4Address | IPv6Address, *, loopback: bool) -> bool:
    """Tell whether a receiver may be at this address.

    Not on this machine, nor where a cloud keeps its secrets (link-local), nor at everybody's. A private
    network is allowed: dispatch systems live there, and only an administrator names receivers.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return loopback
    refused: tuple[Any, ...] = (
        address.is_link_local,
        address.is_multicast,
        address.is_unspecified,
        address.is_reserved,
    )
    return not any(refused)


def checked_purposes(purposes: tuple[Purpose, ...], *, sandbox: bool) -> tuple[Purpose, ...]:
    """Return what a receiver is told of; none asked for: real alarms, or a sandbox's exercises and tests.

    Raises ``FieldInvalid``: canaries are nobody's, and nothing real goes to a sandbox.
    """
    if not purposes:
        return (Purpose.EXERCISE, Purpose.TEST) if sandbox else (Purpose.REAL,)
    allowed = SANDBOX_PURPOSES if sandbox else PURPOSES
    if not allowed.issuperset(purposes):
        raise FieldInvalid("purposes", f"may be {', '.join(sorted(allowed))}")
    return tuple(dict.fromkeys(purposes))


def checked_centres(asked: tuple[str, ...], allowed: frozenset[str]) -> tuple[str, ...]:
    """Return the centres of a receiver; none asked for: all of its integrator's. Raises ``FieldInvalid``."""
    if not allowed:
        raise FieldInvalid("centres", "the integrator has none")
    if not allowed.issuperset(asked):
        raise FieldInvalid("centres", f"the integrator has {', '.join(sorted(allowed))}")
    return tuple(dict.fromkeys(asked)) or tuple(sorted(allowed))
