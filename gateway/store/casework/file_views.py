"""Files as their team sees them, made from rows; names are opened here and nowhere kept."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from gateway.domain.casework.case import Case, Found, Moment
from gateway.domain.casework.life import awaited, next_steps, turn_of
from gateway.domain.casework.reminders import pending_of
from gateway.domain.errors import FieldInvalid, SealBroken
from gateway.domain.rows import Row
from gateway.store.casework.lives import case_of
from gateway.store.sealing import Keyring
from gateway.store.view import sealed_of
from schemas.life import FileLine, FileState, FileView, NextStep, ProtectionNow
from schemas.protection import FaultKind, ProtectionState
from schemas.registration import Person, Population

KNOWN_FAULTS: Final = frozenset(FaultKind)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """Where a page of files ended."""

    rank: int
    reference: str
    registration_id: UUID

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return the place of a row."""
        return cls(rank=row["rank"], reference=row["reference"], registration_id=row["registration_id"])

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what ``text`` wrote. Raises ``FieldInvalid``."""
        try:
            rank, reference, identity = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
            return cls(rank=int(rank), reference=str(reference), registration_id=UUID(identity))
        except (binascii.Error, ValueError, TypeError, AttributeError):
            raise FieldInvalid("after", "is no place in the list") from None

    @property
    def text(self) -> str:
        """The cursor as it is given out."""
        place = [self.rank, self.reference, str(self.registration_id)]
        return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def line_of(row: Row, keyring: Keyring, moment: Moment) -> FileLine:
    """Return a file as a line of the list."""
    case, found = case_of(row), _found(row)
    return FileLine(
        registration_id=row["registration_id"],
        reference=row["reference"],
        team=row["team"],
        centre=row["centre_id"],
        state=case.state,
        procedure=case.life.procedure,
        version=row["life_version"],
        victim=_victim(row, keyring),
        ends_on=case.ends_on,
        pending=pending_of(case, moment),
        turn=turn_of(case, moment),
        next=_awaited(case, found, moment),
        protection=_protection(row, case),
        alarm_open=found.alarm_open,
        updated_at=row["updated_at"],
    )


def view_of(row: Row, keyring: Keyring, moment: Moment) -> FileView:
    """Return a file, opened."""
    case, found = case_of(row), _found(row)
    return FileView(
        registration_id=row["registration_id"],
        reference=row["reference"],
        team=row["team"],
        team_name=row["team_name"],
        centre=row["centre_id"],
        state=case.state,
        procedure=case.life.procedure,
        imported=case.life.imported,
        decision=case.life.decision,
        version=row["life_version"],
        population=Population(row["population"]),
        person=_person(row, keyring),
        erased=row["wrapped_key"] is None,
        held=row["held_since"] is not None,
        multi_agency=case.life.multi_agency,
        installed_on=case.life.installed_on,
        ends_on=case.ends_on,
        pending=pending_of(case, moment),
        turn=turn_of(case, moment),
        awaited=awaited(case, moment),
        next=tuple(next_steps(case, found, moment)),
        protection=_protection(row, case),
        alarm_open=found.alarm_open,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _found(row: Row) -> Found:
    return Found(
        alarm_open=row["alarm_open"],
        proof_press=row["proof_press"],
        proof_position=row["proof_position"],
    )


def _awaited(case: Case, found: Found, moment: Moment) -> NextStep | None:
    kind = awaited(case, moment)
    return next((step for step in next_steps(case, found, moment) if step.kind is kind), None)


def _protection(row: Row, case: Case) -> ProtectionNow | None:
    if case.state is not FileState.INSTALLED:
        return None
    if row["protection"] is None:  # nobody was told of her yet: she is not protected
        return ProtectionNow(state=ProtectionState.UNPROTECTED, since=row["created_at"])
    faults = (fault["kind"] for fault in row["faults"])
    return ProtectionNow(
        state=ProtectionState(row["protection"]),
        since=row["protection_since"],
        faults=tuple(FaultKind(kind) for kind in faults if kind in KNOWN_FAULTS),
    )


def _victim(row: Row, keyring: Keyring) -> str | None:
    try:
        person, _ = keyring.open_json(row["registration_id"], sealed_of(row))
    except SealBroken:
        return None
    name: str = json.loads(person)["victim"]["name"]
    return name


def _person(row: Row, keyring: Keyring) -> Person | None:
    try:
        person, _ = keyring.open(row["registration_id"], sealed_of(row))
    except SealBroken:
        return None
    return person
