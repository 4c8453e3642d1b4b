"""Which alarms are still to be reported as drawn on this screen. Part of ``dispatch.board``."""

from collections.abc import Container
from uuid import UUID

from schemas.base import CentreId, Instant
from schemas.frames import Cursor, Delivered


class Painting:
    """What is to be reported drawn, with the sequence that brought it, and reports that wait for a link."""

    def __init__(self) -> None:
        self.unpainted: dict[UUID, Delivered] = {}
        self._held_back: list[Delivered] = []

    def due(self, alarm_id: UUID, centre: CentreId, cursor: Cursor, at: Instant) -> None:
        """Note an alarm to be drawn, as ``centre``'s stream brought it."""
        self.unpainted[alarm_id] = Delivered(
            alarm_id=alarm_id, centre=centre, sequence=cursor.sequence, painted_at=at
        )

    def painted(self, alarm_id: UUID, at: Instant, *, linked: bool) -> tuple[Delivered, ...]:
        """Return the report of an alarm drawn, once; without a link it is held back."""
        waiting = self.unpainted.pop(alarm_id, None)
        if waiting is None:
            return ()
        delivered = waiting.model_copy(update={"painted_at": at})
        if linked:
            return (delivered,)
        self._held_back.append(delivered)
        return ()

    def released(self, centres: Container[CentreId]) -> tuple[Delivered, ...]:
        """Return what was held back, of these centres."""
        held_back, self._held_back = self._held_back, []
        return tuple(delivered for delivered in held_back if delivered.centre in centres)

    def forget(self, alarm_id: UUID) -> None:
        """Report no more of an alarm that left the board."""
        self.unpainted.pop(alarm_id, None)
