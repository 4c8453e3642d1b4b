"""Checking the sealed log, link by link: what was changed, removed, put in, moved, cut off or forged."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gateway.domain.casework.chain import Held, Link, Part, Record, Sealing, Source, chained, held

FINDINGS_MAX: Final = 1000
"""So many are named; the rest is counted."""


class Wrong(StrEnum):
    """What is wrong with the log."""

    CHANGED = "changed"
    """A record does not say what was sealed."""
    REMOVED = "removed"
    """A sealed record, or a link, is not there, and no disposal says that it went."""
    INSERTED = "inserted"
    """A record is there that was never sealed, though later ones were."""
    BROKEN = "broken"
    """A link does not follow from the one before: links were changed, moved, or put in between."""
    TRUNCATED = "truncated"
    """The chain ends before a head that was signed."""
    FORGED = "forged"
    """A head is not signed by a key that is trusted, or says another chain than there is."""
    UNACCOUNTED = "unaccounted"
    """A salt was destroyed, so that nothing can be told, and no disposal accounts for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, and where."""

    wrong: Wrong
    position: int | None
    record: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """What a disposal says of the links that lost a salt by it."""

    links: int
    digest: bytes


@dataclass(kw_only=True)
class LogCheck:
    """Takes the links in their order, each with its record; ``findings`` grows.

    ``heads``: what signed heads say the chain was after a position. ``before``: the chain before the first.
    """

    before: bytes
    position: int
    heads: Mapping[int, frozenset[bytes]]
    whole: int = 0
    erased: int = 0
    signed_to: int = 0
    wrongs: int = 0
    findings: list[Finding] = field(default_factory=list)
    _lost: dict[int, "_Lost"] = field(default_factory=dict)

    def take(self, link: Link, record: Record | None, disposals: Mapping[Part, int | None]) -> None:
        """Check the next link."""
        if link.position != self.position + 1:
            missing = f"links {self.position + 1} to {link.position - 1} are not there"
            self.find(Wrong.REMOVED, None, missing, position=self.position + 1)
        self._follows(link)
        self.position, self.before = link.position, link.chain
        self._agrees(link, record)
        for part, sealing in parts(link):
            if sealing.salt is None:
                self._account(link, part, disposals.get(part))

    def end(self, tip: tuple[int, bytes], disposals: Mapping[int, Disposed], *, from_first: bool) -> None:
        """Check what can be told only at the end: the tip, heads beyond it, what disposals account for."""
        last = self.position
        beyond = [position for position in self.heads if position > last]
        if beyond:
            self.find(
                Wrong.TRUNCATED, None, f"a head was signed at {max(beyond)}; the chain ends at {last}",
                position=last,
            )  # fmt: skip
        if tip != (last, self.before):
            wrong = Wrong.TRUNCATED if tip[0] > last else Wrong.BROKEN
            self.find(wrong, None, f"the tip is at {tip[0]}; the chain ends at {last}", position=last)
        if not from_first:
            return
        for identity in sorted(self._lost.keys() | disposals.keys()):
            said, lost = disposals.get(identity), self._lost.get(identity, _Lost())
            if said is None or (said.links, said.digest) != (lost.links, lost.digest.digest()):
                what = "does not account for" if said else "is not there to account for"
                self.find(
                    Wrong.UNACCOUNTED, f"disposal {identity}", f"it {what} {lost.links} destroyed salts"
                )

    def find(self, wrong: Wrong, record: str | None, detail: str, *, position: int | None = None) -> None:
        """Add what is wrong."""
        self.wrongs += 1
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(wrong=wrong, position=position, record=record, detail=detail))

    def _follows(self, link: Link) -> None:
        where = (link.source, link.stream, link.number, link.at)
        if chained(self.before, link.position, where, link.main.digest) != link.chain:
            self._at(Wrong.BROKEN, link, "it does not follow from the link before")
        for signed in self.heads.get(link.position, ()):
            if signed == link.chain:
                self.signed_to = link.position
            else:
                self._at(Wrong.FORGED, link, "a signed head says another chain here")

    def _agrees(self, link: Link, record: Record | None) -> None:
        if record is None:
            if link.main.salt is None:
                self.erased += 1
            else:
                self._at(Wrong.REMOVED, link, "the record is not there")
            return
        how, part = held(link, record)
        if how is Held.WHOLE:
            self.whole += 1
        elif how is Held.ERASED:
            self.erased += 1
        else:
            self._at(Wrong.CHANGED, link, f"what it says ({part}) is not what was sealed")

    def _account(self, link: Link, part: Part, disposal: int | None) -> None:
        if disposal is None:
            self._at(Wrong.UNACCOUNTED, link, f"its salt ({part}) is gone, and nothing says why")
            return
        lost = self._lost.setdefault(disposal, _Lost())
        lost.links += 1
        lost.digest.update(f"{link.position}:{part}\n".encode())

    def _at(self, wrong: Wrong, link: Link, detail: str) -> None:
        self.find(wrong, name_of(link.source, link.stream, link.number), detail, position=link.position)


@dataclass(slots=True)
class _Lost:
    links: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


def parts(link: Link) -> Sequence[tuple[Part, Sealing]]:
    """Return the parts that a link has, by name."""
    all_three = ((Part.MAIN, link.main), (Part.PERSON, link.person), (Part.PLACE, link.place))
    return [(part, sealing) for part, sealing in all_three if sealing is not None]


def name_of(source: Source, stream: str, number: int) -> str:
    """Name a record, as ``event BE-VOV 17``."""
    return " ".join(part for part in (source.value, stream, str(number)) if part)
