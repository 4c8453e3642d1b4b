"""Rows of the append-only tables as the sealed log writes them down: every column is accounted for."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.chain import PERSON_KEYS, PLACE_KEYS, Record, Source
from gateway.domain.rows import Row

NOT_SEALED: Final[Mapping[str, frozenset[str]]] = {
    "stream_event": frozenset(),
    "journal": frozenset(),
    "registration_step": frozenset({"key_id", "wrapped_key"}),
    "disposal": frozenset(),
}
"""Columns that no digest covers: a key is wrapped anew, and destroyed, without changing what was written."""


def event_record(row: Row) -> Record:
    """Return a row of ``stream_event``."""
    image: dict[str, Any] = dict(row["image"])
    place: dict[str, Any] = {key: image.pop(key) for key in PLACE_KEYS if key in image}
    person: dict[str, Any] = {key: image.pop(key) for key in PERSON_KEYS if key in image}
    return Record(
        source=Source.EVENT,
        stream=row["centre_id"],
        number=row["sequence"],
        at=row["at"],
        main={
            "kind": row["kind"],
            "alarm_id": _text(row["alarm_id"]),
            "subject": row["subject"],
            "done_by": row["done_by"],
            "image": image,
        },
        place=place or None,
        person=person or None,
    )


def journal_record(row: Row) -> Record:
    """Return a row of ``journal``: it holds nothing personal of a victim."""
    return Record(
        source=Source.JOURNAL,
        stream="",
        number=row["entry"],
        at=row["at"],
        main={
            "kind": row["kind"],
            "done_by": row["done_by"],
            "roles": list(row["roles"]),
            "registration_id": _text(row["registration_id"]),
            "alarm_id": _text(row["alarm_id"]),
            "subject": row["subject"],
            "centre_id": row["centre_id"],
            "team": row["team"],
            "reason": row["reason"],
            "facts": row["facts"],
        },
    )


def step_record(row: Row) -> Record:
    """Return a row of ``registration_step``; what was written in words, as it is encrypted."""
    ground: bytes | None = row["ground_sealed"]
    return Record(
        source=Source.STEP,
        stream=str(row["registration_id"]),
        number=row["number"],
        at=row["at"],
        main={
            "kind": row["kind"],
            "on_date": row["on_date"].isoformat(),
            "done_by": row["done_by"],
            "centre_id": row["centre_id"],
            "team": row["team"],
            "arrondissement": row["arrondissement"],
            "state": row["state"],
            "facts": row["facts"],
            "ground_sealed": None if ground is None else ground.hex(),
        },
        person=None if row["document"] is None else {"document": row["document"]},
    )


def disposal_record(row: Row) -> Record:
    """Return a row of ``disposal``."""
    return Record(
        source=Source.DISPOSAL,
        stream="",
        number=row["disposal_id"],
        at=row["at"],
        main={
            "class": row["class"],
            "ground": row["ground"],
            "registration_id": _text(row["registration_id"]),
            "done_by": row["done_by"],
            "counts": row["counts"],
            "links": row["links"],
            "links_digest": row["links_digest"].hex(),
        },
    )


def _text(identity: UUID | None) -> str | None:
    return None if identity is None else str(identity)
