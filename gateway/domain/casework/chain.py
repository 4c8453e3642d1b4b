"""The sealed log: each record's digest in a link, each link's in the next, the newest signed.

A record is hashed in up to three parts, each under a salt of its own: its **places** and what names her
**person** can be erased without making the rest unprovable. Whoever erases a part destroys its salt with
it: what was there cannot be guessed from the digest that stays. ``docs/casework.md`` says it exactly.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.canonical import canonical, instant

SALT_BYTES: Final = 16
DIGEST_BYTES: Final = 32


class Source(StrEnum):
    """Which append-only table a record is of."""

    EVENT = "event"
    STEP = "step"
    JOURNAL = "journal"
    DISPOSAL = "disposal"


class Part(StrEnum):
    """What of a record can be erased by itself."""

    MAIN = "main"
    PLACE = "place"
    PERSON = "person"


PLACE_KEYS: Final[tuple[str, ...]] = ("positions", "assigned_position", "moved_m", "breach")
PERSON_KEYS: Final[tuple[str, ...]] = ("reference",)
"""What of an event's image says where she was, and which file of whom it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of the log: where it stands, and what it says; None: this part is not there."""

    source: Source
    stream: str
    number: int
    at: datetime
    main: Mapping[str, Any]
    place: Mapping[str, Any] | None = None
    person: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """A digest and the salt it was made with; None: the salt was destroyed with what it salted."""

    digest: bytes
    salt: bytes | None

    def holds(self, said: bytes) -> bool:
        """Whether this is the digest of what is said. Without the salt nothing is."""
        return self.salt is not None and salted(self.salt, said) == self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the chain. ``chain`` is the digest of this link and, through the last one's, of all."""

    position: int
    source: Source
    stream: str
    number: int
    at: datetime
    main: Sealing
    place: Sealing | None
    person: Sealing | None
    chain: bytes


def salted(salt: bytes, said: bytes) -> bytes:
    """Return SHA-256 of a salt and what is said."""
    return hashlib.sha256(salt + said).digest()


def beginning(log_id: UUID) -> bytes:
    """Return what the first link is chained to."""
    return hashlib.sha256(f"msa log {log_id}".encode()).digest()


def link_bytes(position: int, record: tuple[str, str, int, datetime], digest: bytes) -> bytes:
    """Write a link down: where it stands, which record it is of, and that one's digest."""
    source, stream, number, at = record
    return canonical(
        {
            "v": 1,
            "position": position,
            "source": source,
            "stream": stream,
            "number": number,
            "at": instant(at),
            "digest": digest.hex(),
        }
    )


def chained(before: bytes, position: int, record: tuple[str, str, int, datetime], digest: bytes) -> bytes:
    """Return the chain after a link: SHA-256 of the chain before and of the link's own SHA-256.

    So somebody can follow the chain past links that are none of her business by their digests alone.
    """
    link = hashlib.sha256(link_bytes(position, record, digest)).digest()
    return hashlib.sha256(before + link).digest()


def part_bytes(record: Record, link: Link) -> tuple[bytes, bytes | None, bytes | None]:
    """Write the parts of a record down as they were hashed: main, place, person."""
    main = main_bytes(record, _digest(link.place), _digest(link.person))
    return main, _bytes(record.place), _bytes(record.person)


def sealed(record: Record, before: bytes, position: int, salts: tuple[bytes, bytes, bytes]) -> Link:
    """Make the link of a record at the position after ``before``; the salts are for its three parts."""
    place = _part(record.place, salts[1])
    person = _part(record.person, salts[2])
    main = main_bytes(record, _digest(place), _digest(person))
    digest = salted(salts[0], main)
    where = (record.source, record.stream, record.number, record.at)
    return Link(
        position=position,
        source=record.source,
        stream=record.stream,
        number=record.number,
        at=record.at,
        main=Sealing(digest=digest, salt=salts[0]),
        place=place,
        person=person,
        chain=chained(before, position, where, digest),
    )


def main_bytes(record: Record, place: bytes | None, person: bytes | None) -> bytes:
    """Write down what is hashed of a record: all but the parts that can be erased, and their digests."""
    return canonical(
        {
            "v": 1,
            "source": record.source,
            "stream": record.stream,
            "number": record.number,
            "at": instant(record.at),
            **record.main,
            "place": place.hex() if place else None,
            "person": person.hex() if person else None,
        }
    )


class Held(StrEnum):
    """How a record agrees with its link."""

    WHOLE = "whole"
    ERASED = "erased"
    """Something of it was erased; its digest was kept. Never called whole: nobody can tell any more."""
    CHANGED = "changed"


def held(link: Link, record: Record) -> tuple[Held, Part | None]:
    """Judge a record by its link; the part that is erased or changed, the worst first."""
    parts = (
        (Part.MAIN, link.main, main_bytes(record, _digest(link.place), _digest(link.person))),
        (Part.PLACE, link.place, _bytes(record.place)),
        (Part.PERSON, link.person, _bytes(record.person)),
    )
    erased: Part | None = None
    for part, sealing, said in parts:
        if sealing is None:
            if said is not None:
                return Held.CHANGED, part
        elif sealing.salt is None:
            if said is not None:
                return Held.CHANGED, part  # what was erased has been put back, whatever it says
            erased = erased or part
        elif said is None or not sealing.holds(said):
            return Held.CHANGED, part
    return (Held.ERASED, erased) if erased else (Held.WHOLE, None)


def head_statement(log_id: UUID, position: int, chain: bytes, at: datetime) -> bytes:
    """Write down what is signed: that the chain stood so at this instant."""
    return canonical(
        {"v": 1, "log": str(log_id), "position": position, "chain": chain.hex(), "at": instant(at)}
    )


def _part(said: Mapping[str, Any] | None, salt: bytes) -> Sealing | None:
    written = _bytes(said)
    return None if written is None else Sealing(digest=salted(salt, written), salt=salt)


def _bytes(said: Mapping[str, Any] | None) -> bytes | None:
    return None if said is None else canonical(dict(said))


def _digest(sealing: Sealing | None) -> bytes | None:
    return None if sealing is None else sealing.digest
