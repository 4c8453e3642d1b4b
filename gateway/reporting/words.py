"""What every language of a report must say; ``SPEECH`` has them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schemas.outcome import Outcome
from schemas.protection import FaultKind, ProtectionState
from schemas.report import PositionHealth, TaskKind

Count = Callable[[int], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmWords:
    """The table of alarms."""

    caption: str
    empty: str
    columns: tuple[str, str, str, str, str]
    open: str
    unanswered: str
    outcome: Mapping[Outcome, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskWords:
    """The table of what waits."""

    caption: str
    empty: str
    columns: tuple[str, str, str]
    kind: Mapping[TaskKind, str]
    now: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FileWords:
    """The table of files."""

    caption: str
    empty: str
    columns: tuple[str, str, str, str, str, str]
    state: Mapping[ProtectionState, str]
    not_installed: str
    fault: Mapping[FaultKind, str]
    installing: str
    seen: str
    unknown: str
    button: str
    phone: str
    position: Mapping[PositionHealth, str]
    never_heard: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TellingWords:
    """The mail to a police zone about one file's protection."""

    lacking_subject: str
    lacking: Callable[[str], str]
    restored_subject: str
    restored: Callable[[str], str]
    look: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A language."""

    title: str
    subject: Callable[[str, str], str]
    period: Callable[[str, str], str]
    unfinished: str
    quiet: Count
    quiet_none: str
    files: Count
    protected: Count
    degraded: Count
    unprotected: Count
    alarms: Count
    open_alarms: Count
    tests: Count
    tasks: Count
    no_names: str
    confidential: str
    page: str
    date: str
    decimal_comma: bool
    alarm: AlarmWords
    task: TaskWords
    file: FileWords
    telling: TellingWords
