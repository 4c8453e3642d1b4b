"""What an alarm's evidence says of an offender: his fixes, how they were judged, and by which perimeter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from gateway.domain.rows import Row
from gateway.store.connect import Database
from gateway.store.doors.perimeter_seal import open_terms, terms_of
from gateway.store.sealing import Keyring

FIXES: Final = """
SELECT to_jsonb(f) - 'alarm_id' || jsonb_build_object('number', t.number) AS fix
  FROM offender_fix f LEFT JOIN tracker t USING (tracker_id) WHERE f.alarm_id = $1
 ORDER BY f.fixed_at, f.tracker_id"""

# Of each judgement the version that stood when it was told: a fix may be older than the decision it is judged
# by, and what was changed since is no ground of it.
VERSIONS: Final = """
SELECT DISTINCT ON (v.perimeter_id, v.version) v.*
  FROM unnest($1::uuid[], $2::timestamptz[]) AS j(perimeter_id, told_at)
 CROSS JOIN LATERAL (SELECT p.* FROM perimeter_version p
                      WHERE p.perimeter_id = j.perimeter_id AND p.changed_at <= j.told_at
                      ORDER BY p.version DESC LIMIT 1) AS v
 ORDER BY v.perimeter_id, v.version"""

JUDGED: Final = (
    "perimeter_id", "name", "inside", "certain", "probability", "distance_m", "heading_deg", "from_place",
    "approaching", "judged_at", "offender", "number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OffenderEvidence:
    """Empty where no perimeter had a part in the alarm.

    ``judgements`` are those that the alarm's events tell, by the event; ``perimeters`` the versions that
    they were made by, with the decision.
    """

    fixes: list[dict[str, Any]] = field(default_factory=list)
    judgements: list[dict[str, Any]] = field(default_factory=list)
    perimeters: list[dict[str, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.fixes or self.judgements)


async def offender_of(
    database: Database, keyring: Keyring, alarm_id: UUID, events: Sequence[Row]
) -> OffenderEvidence:
    """Read it, in the caller's transaction. ``events``: the alarm's, in order."""
    judgements = judged_in(events)
    keys = [(UUID(one["perimeter_id"]), one["told_at"]) for one in judgements]
    fixes = await database.fetch(FIXES, alarm_id)
    versions = await database.fetch(VERSIONS, [key for key, _ in keys], [at for _, at in keys])
    return OffenderEvidence(
        fixes=[row["fix"] for row in fixes],
        judgements=judgements,
        perimeters=[_version(keyring, row) for row in versions],
    )


def judged_in(events: Sequence[Row]) -> list[dict[str, Any]]:
    """Return each judgement once, with the event that told it first; of another copy of an event nothing."""
    found: dict[tuple[str, str, bool], dict[str, Any]] = {}
    for row in events:
        breach = row["image"].get("breach")
        if breach is None:
            continue
        key = (breach["perimeter_id"], breach["judged_at"], breach["inside"])
        told = {
            "centre": row["centre_id"],
            "sequence": row["sequence"],
            "kind": row["kind"],
            "told_at": row["at"],
        }
        found.setdefault(key, {**told, **{name: breach.get(name) for name in JUDGED}})
    return list(found.values())


def _version(keyring: Keyring, row: Row) -> dict[str, Any]:
    sealed = open_terms(keyring, row)
    return {
        "perimeter_id": row["perimeter_id"],
        "version": row["version"],
        "state": row["state"],
        "since": row["changed_at"],
        "decided_by": row["decided_by"],
        "readable": sealed is not None,
        "terms": None if sealed is None else terms_of(row, sealed),
        "decision": None if sealed is None else sealed.decision,
    }
