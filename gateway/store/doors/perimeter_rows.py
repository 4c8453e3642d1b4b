"""Perimeters as they are stored, as people see them."""

from datetime import date, datetime
from typing import Final

from gateway.domain.casework.days import day_of
from gateway.domain.perimeters.shape import reach_of
from gateway.domain.rows import Row
from gateway.store.doors.perimeter_seal import SealedTerms, terms_of
from schemas.perimeters import PerimeterState, PerimeterView, WatchState, WatchView

FILE: Final = """
SELECT registration_id, reference, centre_id, team FROM registration WHERE registration_id = $1"""
MINE: Final = f"{FILE} AND team = ANY (my_case_teams()) AND wrapped_key IS NOT NULL"

KEEP: Final = """
INSERT INTO perimeter_version SELECT * FROM perimeter WHERE perimeter_id = $1"""
"""Each version as it was saved."""

# A stay in the zone counts once, from the move that led in; a move knows the one before it.
TALLY: Final = """
SELECT jsonb_build_object(
           'approaches', count(*) FILTER (WHERE m.state = 'pre_alert' AND m.was = 'far'),
           'breaches', count(DISTINCT (m.tracker_id, m.stay)) FILTER (WHERE m.state = 'breach'),
           'possible_breaches', count(*) FILTER (WHERE m.enters)
               - count(DISTINCT (m.tracker_id, m.stay)) FILTER (WHERE m.state = 'breach'),
           'last_at', max(m.fixed_at) FILTER (WHERE m.enters OR (m.state = 'pre_alert' AND m.was = 'far')))
  FROM (SELECT e.*, count(*) FILTER (WHERE e.enters) OVER his AS stay
          FROM (SELECT k.*, k.state IN ('possible_breach', 'breach')
                        AND k.was NOT IN ('possible_breach', 'breach', 'leaving') AS enters
                  FROM (SELECT v.*, lag(v.state, 1, 'far') OVER his AS was
                          FROM perimeter_move v WHERE v.perimeter_id = p.perimeter_id
                        WINDOW his AS (PARTITION BY v.tracker_id ORDER BY v.version)) AS k) AS e
        WINDOW his AS (PARTITION BY e.tracker_id ORDER BY e.version)) AS m"""

# Of one file ($1), one of them ($2), or all that this person may see; those that ended last.
FIND: Final = f"""
SELECT p.*, r.reference, r.centre_id, r.team,
       (SELECT coalesce(jsonb_agg(to_jsonb(w) - 'registration_id'), '[]')
          FROM perimeter_watch w WHERE w.perimeter_id = p.perimeter_id) AS watches,
       (SELECT jsonb_build_object('since', s.blind_since, 'seen_at', s.seen_at)
          FROM perimeter_sight s
         WHERE s.perimeter_id = p.perimeter_id AND s.blind_since IS NOT NULL) AS blind,
       ({TALLY}) AS tally
  FROM perimeter p JOIN registration r USING (registration_id)
 WHERE ($1::uuid IS NULL OR p.registration_id = $1) AND ($2::uuid IS NULL OR p.perimeter_id = $2)
   AND ($3 OR p.state <> 'ended')
   AND ($4::uuid IS NULL OR p.perimeter_id < $4)
 ORDER BY p.perimeter_id DESC LIMIT $5"""  # noqa: S608 (words of ours)


def view_of(row: Row, sealed: SealedTerms | None, now: datetime) -> PerimeterView:
    """Return a perimeter as people see it."""
    reach = None if sealed is None else reach_of(sealed.area)
    ring = None if sealed is None or reach is None else (sealed.ring_m or reach)
    return PerimeterView(
        perimeter_id=row["perimeter_id"],
        registration_id=row["registration_id"],
        reference=row["reference"],
        centre=row["centre_id"],
        team=row["team"],
        version=row["version"],
        state=row["state"],
        watching=watching(row, day_of(now)),
        terms=None if sealed is None else terms_of(row, sealed),
        decision=None if sealed is None else sealed.decision,
        zone_radius_m=reach,
        ring_reach_m=None if reach is None or ring is None else reach + ring,
        made_at=row["made_at"],
        made_by=row["made_by"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
        decided_by=row["decided_by"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
        ground=None if sealed is None else sealed.ground,
        watches=tuple(
            WatchView.model_validate(one) for one in row["watches"] if one["state"] in set(WatchState)
        ),
        blind=row["blind"],
        tally=row["tally"],
    )


def watching(row: Row, today: date) -> bool:
    """Whether fixes are judged by it on a day."""
    return bool(row["state"] == PerimeterState.IN_FORCE and row["starts_on"] <= today <= row["ends_on"])
