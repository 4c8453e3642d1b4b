"""What one console must hold: each sequence of its stream exactly once, in order."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Sequences:
    """Checks the sequences one console receives; ``next`` is the one that must come now.

    ``gaps`` counts jumps past a sequence, ``doubled`` counts sequences received again, ``missing``
    holds what was jumped over and has not come late since.
    """

    next: int
    gaps: int = 0
    doubled: int = 0
    missing: set[int] = field(default_factory=set)

    def take(self, first: int, after: int) -> None:
        """Take the sequences from ``first`` up to, but without, ``after``."""
        if first > self.next:
            self.gaps += 1
            self.missing.update(range(self.next, first))
        for again in range(first, min(after, self.next)):
            if again in self.missing:
                self.missing.remove(again)
            else:
                self.doubled += 1
        self.next = max(self.next, after)

    def lost(self, head: int) -> int:
        """Return how many of the sequences up to ``head`` were never received."""
        return len(self.missing) + max(0, head + 1 - self.next)

    def forget(self, head: int) -> None:
        """Begin a new account after ``head``: what was wrong so far has been reported."""
        self.gaps = self.doubled = 0
        self.missing.clear()
        self.next = max(self.next, head + 1)
