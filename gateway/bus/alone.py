"""Without NATS: what a node only keeps is seen at its own consoles alone."""

from gateway.ports import Asked, Heard, HeardReach


class NoNeighbours:
    """``gateway.ports.Neighbours`` of a node that can reach nobody."""

    def listen(self, heard: Heard, asked: Asked) -> None:
        """Nobody will be heard, and nobody asks."""

    def listen_reach(self, heard: HeardReach) -> None:
        """Nobody will be heard."""

    def tell_reach(self, told: bytes) -> None:
        """Tell nobody."""

    def tell(self, centre: str, told: bytes) -> None:
        """Tell nobody."""
