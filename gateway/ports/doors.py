"""Doors for other systems: who they are, and the one way in behind every door."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.credentials import IntegratorKey
from gateway.domain.integrators import Inbound, Integrator, Linked
from schemas.events import EventResult
from schemas.integrators import IntegratorScope


class Integrators(Protocol):
    """Integrators, their credentials and their subjects. All raise ``DatabaseUnavailable``."""

    async def find(self, integrator_id: UUID) -> Integrator | None:
        """Find one that is not disabled, mostly from memory; at most 5 s old."""

    def vouched(self, token: str) -> bool:
        """Whether a token is known to be of ours, without looking it up: not whether it holds."""

    async def of_token(self, token: str) -> Integrator | None:
        """Find whose access token this is, with the scopes of the token; None: of nobody, or run out."""

    async def linked(self, integrator: Integrator, subject: str) -> Linked | None:
        """Find the registration that a subject means; None: it is not linked."""


class Credentials(Protocol):
    """How integrators prove who they are. All raise ``DatabaseUnavailable``."""

    async def client(self, client_id: UUID, secret: str) -> Integrator | None:
        """Find whose secret this is; None, as late, for whatever does not hold."""

    def seen(self, client_id: UUID, secret: str) -> bool:
        """Whether this secret of this client held here before."""

    async def new_token(self, integrator: Integrator, scopes: frozenset[IntegratorScope]) -> str | None:
        """Make an access token of ``TOKEN_S``; None: the account was disabled meanwhile."""

    async def key(self, key_id: UUID) -> IntegratorKey | None:
        """Find a key that holds, mostly from memory; at most 5 s old."""

    async def take_nonce(self, key_id: UUID, nonce: str, expires_at: datetime) -> bool:
        """Take a nonce; False when it was taken before, on any node."""


class Intake(Protocol):
    """The one way in behind every door: CloudEvents, SCAIP, DC-09, AML, PEMEA, perimeters.

    An alarm is committed before this returns, ahead of everything else, and is raised though nobody here
    knows its subject. Everything else is made durable, and worked off behind. It never raises for what
    is wrong with one event: that is said in its result, in the order of the events.
    """

    async def take(self, events: Sequence[Inbound], received_at: datetime) -> tuple[EventResult, ...]:
        """Return what became of each, in their order; ``unknown`` where it is not known to be kept.

        ``received_at`` is the instant at which the door had the last byte.
        """


class Effects(Protocol):
    """What an accepted event does, once it is its turn. Done twice it does the same once."""

    async def apply(self, event: Inbound, linked: Linked, received_at: datetime) -> None:
        """Do it.

        ``linked`` is the stand-in's of a subject that nobody linked, whether or not it was made yet.

        Raises ``GatewayError``: ``DatabaseUnavailable`` and ``NotAllowedNow`` (later may be right) are tried
        again; any other puts the event into quarantine with its kind as the reason. Chat, medical fields and
        wishes to cancel may overtake their alarm: ``NoOpenAlarm``, which is tried again for a minute and
        then ends in quarantine as ``no-open-alarm``.
        """


class Trackers(Protocol):
    """Fixes and conditions of trackers, which come by the thousand and have a lane of their own."""

    async def take(self, events: Sequence[Inbound], received_at: datetime) -> tuple[EventResult, ...]:
        """Judge and keep them; returned once that is committed."""
