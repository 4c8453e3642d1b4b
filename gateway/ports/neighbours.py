"""What nodes tell each other beside the database: hints of commits, and presses that are only kept."""

from collections.abc import Callable
from typing import Protocol

Heard = Callable[[str, bytes], None]
"""Called with a centre and what another node told of it, sealed as it was given to ``tell`` there."""

Asked = Callable[[], None]
"""Called when somebody may lack what this node still keeps: another node asks, or the way to them is back."""


HeardReach = Callable[[bytes], None]
"""Called with what another node told of its way to the database, sealed."""


class Doorbell(Protocol):
    """Hints that something was committed. Late, doubled or lost: the hub's poll carries everything."""

    def announce(self, centre: str, sequence: int) -> None:
        """Tell the other nodes, soon, that ``sequence`` is committed. Never blocks and never fails."""

    async def run(self) -> None:
        """Hear the others' hints for ever; log once when the way to them is lost and once when it is back."""


class Neighbours(Protocol):
    """Messages of a centre to every other node. They may be lost: tell again when ``asked``."""

    def listen(self, heard: Heard, asked: Asked) -> None:
        """Say who hears what other nodes tell, and who tells again. Before ``run``."""

    def listen_reach(self, heard: HeardReach) -> None:
        """Say who hears that another node reaches the database. Before ``run``."""

    def tell_reach(self, told: bytes) -> None:
        """Tell the other nodes, soon, that this one does. Never blocks and never fails."""

    def tell(self, centre: str, told: bytes) -> None:
        """Tell the other nodes, soon; at most ``TOLD_BYTES_MAX``. Never blocks and never fails."""
