"""Whether the button is heard, and since when."""

from collections.abc import Callable

from ble_bridge.ports import Clock
from schemas.protection import LinkState


class Reach:
    """What supervision is told of the link. ``changed`` is called after each change."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock, self._changed = clock, changed
        self._since_s: float | None = None
        self.state = LinkState.UNKNOWN

    @property
    def since_s(self) -> float | None:
        """Seconds since the state changed; None while it is not known."""
        return None if self._since_s is None else max(0.0, self._clock.monotonic() - self._since_s)

    def note(self, state: LinkState) -> None:
        """Note how it is now."""
        if state is not self.state:
            self.state = state
            self._since_s = None if state is LinkState.UNKNOWN else self._clock.monotonic()
            self._changed()
