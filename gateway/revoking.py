"""Ends what a console was let in for when its grounds are gone: signed out, disabled, other rights.

Each node looks at the sessions of its own consoles: nothing has to be told to it. Commands are looked
at one by one. What cannot be looked up now is believed: an outage costs nobody her console.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from dispatch.ports import Admission
from dispatch.session import Close
from gateway.admission import ending
from gateway.commands import AlarmCommands
from gateway.domain.errors import GatewayError
from gateway.failing import failed
from gateway.ports import Clock, Sessions
from gateway.timing import REVOKED_LOOK_S
from schemas.commands import Command
from schemas.frames import Refused, Result
from schemas.problems import Problem, ProblemKind


class OpenConsole(Protocol):
    """A console that is open at this node."""

    @property
    def admission(self) -> Admission:
        """On what grounds it was let in."""

    def close(self, close: Close) -> None:
        """End it, saying why; one that has ended meanwhile is left alone."""


class Revoking:
    """``consoles`` returns those that are open at this node now."""

    def __init__(self, sessions: Sessions, consoles: Callable[[], Sequence[OpenConsole]]) -> None:
        self._sessions = sessions
        self._consoles = consoles

    async def run(self) -> None:
        """Look every ``REVOKED_LOOK_S``, for ever."""
        log = structlog.get_logger()
        while True:
            await asyncio.sleep(REVOKED_LOOK_S)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 (the task's edge: nobody is closed over a failure of ours)
                failed("revocations")
                log.warning("revocations_not_looked_up", error=type(error).__name__)

    async def look(self) -> None:
        """Close the consoles whose grounds are gone. Raises ``DatabaseUnavailable``, having closed none."""
        consoles = self._consoles()
        if not consoles:
            return
        changed = await self._sessions.changed([console.admission for console in consoles])
        for place, operator in changed.items():
            consoles[place].close(ending(operator))


class Guarded:
    """``dispatch.ports.Commands``: of those whose grounds hold, as of each command."""

    def __init__(self, commands: AlarmCommands, sessions: Sessions, clock: Clock) -> None:
        self._commands = commands
        self._sessions = sessions
        self._clock = clock

    async def carry_out(self, admission: Admission, command: Command) -> Result | Refused | Close:
        """Do it, unless the grounds are gone.

        Refused for who only watches, and when the grounds cannot be looked up now.
        """
        try:
            changed = await self._sessions.changed([admission])
        except GatewayError as error:
            return Refused(request_id=command.request_id, problem=Problem.of(error.kind))
        except Exception as error:  # noqa: BLE001 (the edge: a fault of ours must not keep anybody from answering)
            structlog.get_logger().error("revocation_not_looked_up", error=type(error).__name__)
            changed = {}
        if changed:
            return ending(changed[0])
        if admission.only_watches(self._clock.now()):
            return Refused(request_id=command.request_id, problem=Problem.of(ProblemKind.NOT_SIGNED_IN))
        if admission.withheld and await self._concerns_withheld(admission, command):
            return Refused(request_id=command.request_id, problem=Problem.of(ProblemKind.NOT_FOUND))
        return await self._commands.carry_out(admission.operator, command)

    async def _concerns_withheld(self, admission: Admission, command: Command) -> bool:
        """Whether it is about an alarm of a file that is kept from who asks; so, too, while none can say."""
        alarm_id = getattr(command, "alarm_id", None)
        if alarm_id is None:
            return False
        try:
            return await self._commands.registration_of(alarm_id) in admission.withheld
        except GatewayError:
            return True
