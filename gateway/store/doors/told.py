"""From rows of a stream to what other systems are told, and that they were told into the journal."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.journal import Kind, Why
from gateway.domain.receivers import Told
from gateway.domain.rows import Row
from gateway.door_timing import EARLIER_TOLD
from gateway.store.connect import Database
from gateway.store.view import NOT_ENRICHED, Viewer

INTEGRATOR: Final = "integrator"
"""The role that the journal names."""

UNNAMED: Final = "perimeter"
"""Stands for what a perimeter is called: that is of her file, too, and may name her or where she lives."""

# What an event is told from: ``e`` its row in the stream, ``a`` its alarm's.
COLUMNS: Final = """
    e.at, e.image::text AS image, e.image ->> 'purpose' AS purpose, a.registration_id, a.key_id,
    a.wrapped_key, a.person_sealed, a.circumstances_sealed, a.sealed_version, a.notes_sealed"""

# What was told of an alarm before, the newest: ``b`` a row of the stream. The first is named without it.
EARLIER: Final = f"""
    SELECT coalesce(jsonb_agg(jsonb_build_array(n.version, n.at) ORDER BY n.version), '[]')
      FROM (SELECT (b.image ->> 'version')::integer AS version, b.at FROM stream_event b
             WHERE b.alarm_id = {{alarm}} AND b.centre_id = {{centre}} AND b.subject = 'alarm'
               AND b.sequence < {{sequence}} AND {{told}}
             ORDER BY b.sequence DESC LIMIT {EARLIER_TOLD}) AS n"""  # noqa: S608 (words of the program's own)

DISCLOSED: Final = """
INSERT INTO journal (kind, done_by, roles, registration_id, alarm_id, centre_id, reason, facts)
SELECT $1, $2, $3, d.registration_id, d.alarm_id, $4, $5, $6
  FROM unnest($7::uuid[], $8::uuid[]) AS d (registration_id, alarm_id)"""


def told_of(row: Row, viewer: Viewer, *, person: bool, snapshot: bool = False) -> Told:
    """Return what is told of a row; without the person where it may not be, or is erased."""
    opened = person and row["wrapped_key"] is not None
    alarm = viewer.alarm_json(row) if opened else without_person(row["image"])
    return Told(
        centre=row["centre"],
        epoch=row["epoch"],
        sequence=row["sequence"],
        kind=row["kind"],
        at=row["at"],
        alarm_id=row["alarm_id"],
        registration_id=row["registration_id"],
        purpose=row["purpose"],
        person=opened,
        alarm=alarm,
        snapshot=snapshot,
        earlier=tuple((version, datetime.fromisoformat(at)) for version, at in row["earlier"] or ()),
    )


def without_person(image: str) -> bytes:
    """Return an alarm's JSON with nothing of her file: no name, circumstance, note or reference."""
    facts: dict[str, Any] = json.loads(image)
    facts["reference"] = None
    if facts.get("breach"):
        facts["breach"]["name"] = UNNAMED
    return json.dumps(facts, ensure_ascii=False).encode().removesuffix(b"}") + NOT_ENRICHED


async def disclosed(
    database: Database, by: dict[str, str], centre: str, facts: dict[str, Any], told: Iterable[Told]
) -> None:
    """Write into the journal that these alarms were told, each once. ``by`` is the integrator's name."""
    alarms: dict[UUID, UUID] = {one.alarm_id: one.registration_id for one in told}
    if alarms:
        files, ids = list(alarms.values()), list(alarms)
        what = (Kind.DISCLOSED, by, [INTEGRATOR], centre, Why.ALARM, facts, files, ids)
        await database.execute(DISCLOSED, *what)
