"""Which files are asked for."""

from dataclasses import dataclass

from schemas.life import FileState, Turn


@dataclass(frozen=True, kw_only=True, slots=True)
class FilesAsked:
    """A page of files: of these states (none: all), whose turn it is, after which place, how many."""

    states: tuple[FileState, ...] = ()
    turn: Turn | None = None
    after: str | None = None
    limit: int = 100
