"""Notes that a victim's phone asked to cancel. It lowers nothing, and the phone learns nothing by it."""

from dataclasses import dataclass
from uuid import UUID

from gateway.domain.cancelling import is_news, word_given
from gateway.domain.errors import CannotCommit, NotFound
from gateway.domain.happenings import request_cancel
from gateway.ports import Alarms, Changes, Clock, Fate, Proposal, RequestKey
from schemas.alarm import AlarmState

TRIES = 8
"""How often a change that slips in between is decided on anew."""


@dataclass(frozen=True, kw_only=True)
class Cancelling:
    """The use case behind ``POST /v1/alarms/{id}/cancel``."""

    alarms: Alarms
    changes: Changes
    clock: Clock

    async def note(
        self, alarm_id: UUID, registration_id: UUID, word: str | None, request: RequestKey | None = None
    ) -> None:
        """Tell consoles of the wish, and which word came with it; the word itself is not kept.

        The way is the same whatever the word: her file is opened and both words are compared. Of a
        closed alarm, and of a wish that says nothing new, nothing is told; nor twice of one ``request``.

        Raises:
            NotFound: there is no such alarm of hers.
            CannotCommit, DatabaseUnavailable: not known to be noted.
        """
        for _ in range(TRIES):
            alarm = await self.alarms.find(alarm_id)
            if alarm is None or alarm.registration_id != registration_id:
                raise NotFound
            which, at = word_given(word, alarm.person), self.clock.now()
            if alarm.state is AlarmState.CLOSED or not is_news(alarm, which, at):
                return
            (verdict,) = await self.changes.commit([Proposal(request_cancel(alarm, which, at), request)])
            if verdict.fate in {Fate.COMMITTED, Fate.REPEATED}:
                return
        raise CannotCommit
