"""What a perimeter says of places and courts, sealed under a key of its row; a tracker's label."""

import hmac
from hashlib import sha256
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.domain.errors import SealBroken
from gateway.domain.known import known_or
from gateway.domain.rows import Row
from gateway.store.derived_keys import DerivedKeys
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.sealing import Keyring
from schemas.perimeters import Area, Decision, PerimeterTerms, TamperedNear, VictimTold

INFO: Final = b"tracker"


class SealedTerms(BaseModel):
    """What is sealed: everything in words, and every place."""

    model_config = ConfigDict(frozen=True)

    name: str
    area: Area
    ring_m: float | None
    decision: Decision | None = None
    ground: str | None = None


def seal_terms(keyring: Keyring, perimeter_id: UUID, terms: SealedTerms) -> RowSeal:
    """Seal them, for one perimeter."""
    return seal_row(keyring, _use(perimeter_id), terms.model_dump_json().encode())


def open_terms(keyring: Keyring, row: Row) -> SealedTerms | None:
    """Return them; None: erased, or they do not open here."""
    try:
        clear = open_row(keyring, _use(row["perimeter_id"]), RowSeal.of(row, "terms_sealed"))
        return SealedTerms.model_validate_json(clear)
    except (SealBroken, ValidationError):
        return None


def terms_of(row: Row, sealed: SealedTerms) -> PerimeterTerms:
    """Return a perimeter's terms as people read them."""
    return PerimeterTerms(
        name=sealed.name,
        area=sealed.area,
        ring_m=sealed.ring_m,
        trackers=tuple(row["trackers"]),
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        victim_told=known_or(VictimTold, row["victim_told"], VictimTold.NEVER),
        tampered_near=known_or(TamperedNear, row["tampered_near"], TamperedNear.ALARM),
    )


def seal_label(keyring: Keyring, tracker_id: UUID, label: str) -> RowSeal:
    """Seal what people call a tracker."""
    return seal_row(keyring, _label_use(tracker_id), label.encode())


def open_label(keyring: Keyring, row: Row) -> str | None:
    """Return it; None: erased, or it does not open here."""
    try:
        return open_row(keyring, _label_use(row["tracker_id"]), RowSeal.of(row, "label_sealed")).decode()
    except SealBroken:
        return None


class SubjectHashes:
    """Keyed hashes of the subjects of trackers, under each key of the key file; written under the current."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = DerivedKeys(keyring, INFO)

    def written(self, integrator_id: UUID, subject: str) -> bytes:
        """Return what a subject is kept as."""
        return _hash(self._keys.current(), integrator_id, subject)

    def all_of(self, integrator_id: UUID, subject: str) -> list[bytes]:
        """Return everything that a subject may be kept as."""
        return [_hash(key, integrator_id, subject) for key in self._keys.every()]


def _hash(key: bytes, integrator_id: UUID, subject: str) -> bytes:
    return hmac.digest(key, integrator_id.bytes + subject.encode(), sha256)


def _use(perimeter_id: UUID) -> str:
    return f"perimeter:{perimeter_id}:terms_sealed"


def _label_use(tracker_id: UUID) -> str:
    return f"tracker:{tracker_id}:label_sealed"
