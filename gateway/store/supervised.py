"""Between the rows of supervision and the values that the domain judges."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.domain.conditions import Conditions, Heard
from gateway.domain.rows import Row
from gateway.domain.supervision import Judgement, Supervised, Told, Watched
from gateway.ingest.heartbeat import heartbeat_of
from schemas.protection import CompanionHeartbeat, DeviceHeartbeat, Fault, FaultKind, ProtectionState

KINDS: Final = frozenset(FaultKind)
"""The faults that this version knows; a node of a later one may have written others."""


def supervised(row: Row) -> Supervised:
    """Return the registration of a row of ``READ``."""
    watched: Mapping[str, Mapping[str, str]] = row["watched"]
    companions = (_watched(one, watched.get(one["companion_id"], {})) for one in row["companions"])
    return Supervised(
        registration_id=row["registration_id"],
        centre=row["centre_id"],
        reference=row["reference"],
        created_at=row["created_at"],
        judged=row["judged"],
        alarm_open=row["alarm_open"],
        companions=tuple(companions),
        told=None if row["told_centre"] is None else _told(row),
    )


def watched_json(judgement: Judgement) -> dict[str, dict[str, str]]:
    """Return what is wrong with each companion, as it is kept for the next judgement."""
    return {
        str(one.companion_id): {kind.value: since.isoformat() for kind, since in one.wrong.items()}
        for one in judgement.companions
        if one.wrong
    }


def as_change(file: Supervised, judgement: Judgement, claimed_until: datetime) -> dict[str, Any]:
    """Return a judgement as ``commit_protections`` reads it."""
    told = file.told
    leaves = told is not None and (judgement.state is None or told.centre != file.centre)
    return {
        "registration_id": str(file.registration_id),
        "claimed_until": claimed_until.isoformat(),
        "next_at": judgement.next_at and judgement.next_at.isoformat(),
        "watched": watched_json(judgement),
        "left": told.centre if told is not None and leaves else None,
        "told": None if judgement.state is None else _telling(file, judgement),
    }


def _telling(file: Supervised, judgement: Judgement) -> dict[str, Any]:
    heard = [one.heard.received_at for one in file.companions if one.heard is not None]
    return {
        "centre": file.centre,
        "reference": file.reference,
        "state": judgement.state,
        "since": judgement.since.isoformat(),
        "faults": [fault.model_dump(mode="json") for fault in judgement.faults],
        "heard_at": max(heard).isoformat() if heard else None,
    }


def _watched(one: Mapping[str, Any], wrong: Mapping[str, str]) -> Watched:
    heard = None
    if one["received_at"] is not None:
        heard = Heard(
            heartbeat=_heartbeat(one["facts"]),
            received_at=datetime.fromisoformat(one["received_at"]),
            skew_s=one["skew_s"],
        )
    before: Conditions = {
        FaultKind(kind): datetime.fromisoformat(since) for kind, since in wrong.items() if kind in KINDS
    }
    return Watched(
        companion_id=UUID(one["companion_id"]),
        enrolled_at=datetime.fromisoformat(one["enrolled_at"]),
        heard=heard,
        before=before,
    )


def _heartbeat(facts: Mapping[str, Any]) -> CompanionHeartbeat:
    """Return what a companion said, or an integrator of a device: only that says when it comes again."""
    if "next_within_s" in facts:
        return DeviceHeartbeat.model_validate(facts)
    return heartbeat_of(facts).heartbeat


def _told(row: Row) -> Told:
    return Told(
        centre=row["told_centre"],
        reference=row["told_reference"],
        state=ProtectionState(row["state"]),
        since=row["since"],
        faults=tuple(Fault.model_validate(fault) for fault in row["faults"] if fault["kind"] in KINDS),
    )
