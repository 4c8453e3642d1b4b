"""Builders: the smallest valid thing, with the fields a test cares about."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from gateway.domain.response import Response
from gateway.domain.uuid7 import uuid7
from gateway.ports import PressRecord
from gateway.store.connect import Database
from schemas.press import Purpose

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

REGISTER = """
INSERT INTO registration VALUES ($1, $2, $3, 'none', NULL, ''::bytea, ''::bytea, 1, $4, $5, $5)"""
ENROL = """
INSERT INTO companion (companion_id, registration_id, public_key, label, enrolled_at)
VALUES ($1, $2, ''::bytea, 'phone', $3)"""
OPERATE = """
INSERT INTO operator (operator_id, username, name, roles, centres) VALUES ($1, $2, $3, $4, $5)"""


def press_facts(**changes: Any) -> dict[str, Any]:
    """What a press carries into its alarm."""
    return {
        "pattern": "hold",
        "verified": True,
        "flags": [],
        "button": None,
        "phone_battery_pct": 80,
        "positions": [],
        "trail": {
            "pressed_at": NOW.isoformat(),
            "received_at": NOW.isoformat(),
            "committed_at": NOW.isoformat(),
        },
        **changes,
    }


async def a_companion(database: Database, centre: str = "BE-VOV") -> tuple[UUID, UUID]:
    """Register a victim whose file cannot be opened, and her companion; return both ids."""
    registration_id, companion_id = uuid4(), uuid4()
    await database.execute(REGISTER, registration_id, centre, f"ref {registration_id}", {}, NOW)
    await database.execute(ENROL, companion_id, registration_id, NOW)
    return registration_id, companion_id


async def an_operator(database: Database, name: str = "Op", centres: tuple[str, ...] = ("BE-VOV",)) -> UUID:
    """Add an operator of these centres."""
    operator_id = uuid4()
    await database.execute(OPERATE, operator_id, str(operator_id), name, ["operator"], list(centres))
    return operator_id


def a_record(companion: tuple[UUID, UUID], centre: str = "BE-VOV", **changes: Any) -> PressRecord:
    """One press of that companion, ready to be committed."""
    registration_id, companion_id = companion
    values: dict[str, Any] = {
        "press_id": uuid4(),
        "registration_id": registration_id,
        "companion_id": companion_id,
        "centre": centre,
        "alarm_id": uuid7(NOW),
        "purpose": Purpose.REAL,
        "pressed_at": NOW,
        "received_at": NOW,
        "facts": press_facts(),
        "raw": json.dumps({"press": True}).encode(),
        "response": Response(),
        **changes,
    }
    return PressRecord(**{"sent_id": values["press_id"], **values})
