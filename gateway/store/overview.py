"""What supervisors see, read in three statements; of those the one that counts much is kept for a while."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from gateway.domain.consoles import faults_of
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.rows import Row
from gateway.ports import Clock
from gateway.store.answer_times import ANSWER_TIMES, PROTECTIONS, answer_times
from gateway.store.connect import Pool, acquire
from gateway.timing import FIGURES_S, NODE_HEARD_S, SOUND_MISSING_S
from schemas.frames import Condition
from schemas.overview import ANSWERED_WITHIN_S, AnswerTimes, CentreOverview, ConsoleView, Overview
from schemas.session import OperatorName

LISTED_MAX: Final = 100
"""Alarms of a list; how many there are stands beside it."""

CONSOLES: Final = """
SELECT DISTINCT ON (c.console_id) c.console_id, c.operator_id, o.name, n.name AS node, c.since, c.heard_at,
       c.condition, c.sound_since, statement_timestamp() AS as_of,
       ARRAY(SELECT unnest(c.centres) INTERSECT SELECT unnest($1::text[])) AS centres
  FROM attached_console c
  JOIN node n USING (node_id)
  JOIN operator o USING (operator_id)
 WHERE c.centres && $1 AND abs(extract(epoch FROM clock_timestamp() - n.heard_at)) <= $2
 ORDER BY c.console_id, c.since DESC"""

CENTRES: Final = """
SELECT c.centre_id AS centre, statement_timestamp() AS as_of, t.unattended_since,
       (SELECT count(*) FROM alarm a WHERE a.centre_id = c.centre_id AND a.state <> 'closed'
           AND a.owner = a.centre_id AND a.purpose = 'real') AS open_alarms,
       (SELECT count(*) FROM alarm a WHERE a.centre_id = c.centre_id AND a.state <> 'closed'
           AND a.owner = a.centre_id AND a.purpose IN ('test', 'exercise')) AS open_apart,
       (SELECT count(*) FROM alarm a WHERE a.centre_id = c.centre_id AND a.state = 'raised'
           AND a.purpose = 'real') AS unanswered_count,
       ARRAY(SELECT jsonb_build_object(
                    'alarm_id', a.alarm_id, 'owner', a.owner, 'reference', a.reference,
                    'raised_at', a.raised_at, 'press_count', a.press_count,
                    'verified', coalesce(a.facts -> 'verified', 'false'),
                    'lapses', coalesce(a.life -> 'lapses', '0'),
                    'level', coalesce(a.life #> '{escalation,level}', '0'),
                    'step', a.life #> '{escalation,step}', 'next_at', a.life -> 'escalates_at')
               FROM alarm a
              WHERE a.centre_id = c.centre_id AND a.state = 'raised' AND a.purpose = 'real'
              ORDER BY a.raised_at LIMIT $2) AS unanswered,
       (SELECT count(*) FROM alarm a WHERE a.centre_id = c.centre_id AND a.state = 'acknowledged'
           AND a.purpose = 'real'
           AND NOT jsonb_path_exists(a.life, '$.units[*] ? (@.status != "cleared")')) AS without_unit_count,
       ARRAY(SELECT jsonb_build_object(
                    'alarm_id', a.alarm_id, 'owner', a.owner, 'reference', a.reference,
                    'raised_at', a.raised_at, 'acknowledged_at', a.acknowledged_at,
                    'acknowledged_by', jsonb_build_object(
                        'operator_id', a.acknowledged_by, 'name', a.acknowledged_name),
                    'lapses_at', a.life -> 'lapses_at')
               FROM alarm a
              WHERE a.centre_id = c.centre_id AND a.state = 'acknowledged' AND a.purpose = 'real'
                AND NOT jsonb_path_exists(a.life, '$.units[*] ? (@.status != "cleared")')
              ORDER BY a.acknowledged_at LIMIT $2) AS without_unit,
       ARRAY(SELECT notice_image(n) FROM notice n WHERE n.centre_id = c.centre_id AND n.cleared_at IS NULL
                AND n.kind IN ('flood', 'many_silent', 'unattended', 'attended_again', 'webhook_failed')
              ORDER BY n.raised_at) AS notices,
       ARRAY(SELECT jsonb_build_object('node', y.node, 'seen_at', y.seen_at) FROM canary_seen y
              WHERE y.centre_id = c.centre_id ORDER BY y.node) AS canaries,
       ARRAY(SELECT jsonb_build_object('at', s.at, 'sound', s.sound, 'silenced_until', s.silenced_until,
                    'operator', jsonb_build_object('operator_id', s.operator_id, 'name', o.name))
               FROM console_sound s JOIN operator o USING (operator_id)
              WHERE s.sound IN ('silenced', 'blocked')
                AND s.at > statement_timestamp() - make_interval(secs => $3)
                AND c.centre_id = ANY (s.centres)
              ORDER BY s.at DESC LIMIT $2) AS sound_missing
  FROM unnest($1::text[]) AS c(centre_id)
  LEFT JOIN attendance t USING (centre_id)
 ORDER BY c.centre_id"""

READ: Final = ("unattended_since", "open_alarms", "open_apart", "unanswered_count", "without_unit_count")
LISTS: Final = ("unanswered", "without_unit", "notices", "canaries", "sound_missing")


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted for all centres at once, as of ``at`` and until ``until_s`` (monotonic)."""

    at: datetime
    until_s: float
    times: Mapping[str, Mapping[str, AnswerTimes]]
    protections: Mapping[str, Row]


class PostgresOverviews:
    """``gateway.ports.Overviews``."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._figures: Figures | None = None
        self._counting = asyncio.Lock()

    async def of(self, centres: Collection[str]) -> Overview:
        """Return how these centres are now, by code."""
        wanted, figures = list(centres), await self._counted()
        async with acquire(self._pool) as database:
            rows = await database.fetch(CENTRES, wanted, LISTED_MAX, SOUND_MISSING_S)
            attached = await database.fetch(CONSOLES, wanted, NODE_HEARD_S)
        consoles = _by_centre(attached)
        found = tuple(_centre(row, consoles[row["centre"]], figures) for row in rows)
        return Overview(
            as_of=max([figures.at, *(row["as_of"] for row in rows)]), counted_at=figures.at, centres=found
        )

    async def _counted(self) -> Figures:
        """Return the figures, counted anew when they are older than ``FIGURES_S``, once for all who ask.

        While they cannot be counted the last ones stand: who waits is worth more than how it was.
        """
        async with self._counting:
            if self._figures is None or self._clock.monotonic() >= self._figures.until_s:
                try:
                    self._figures = await self._count()
                except DatabaseUnavailable:
                    if self._figures is None:
                        raise
                    self._figures = replace(self._figures, until_s=self._clock.monotonic() + FIGURES_S)
            return self._figures

    async def _count(self) -> Figures:
        async with acquire(self._pool) as database:
            times = await database.fetch(ANSWER_TIMES, *ANSWERED_WITHIN_S)
            protections = await database.fetch(PROTECTIONS)
        return Figures(
            at=protections[0]["as_of"],
            until_s=self._clock.monotonic() + FIGURES_S,
            times=answer_times(times),
            protections={row["centre"]: row for row in protections},
        )


def _centre(row: Row, consoles: Iterable[ConsoleView], figures: Figures) -> CentreOverview:
    centre = row["centre"]
    counted = figures.protections.get(centre)
    return CentreOverview.model_validate(
        {
            "centre": centre,
            **{name: row[name] for name in (*READ, *LISTS)},
            "consoles": tuple(consoles),
            "protections": {} if counted is None else counted["states"],
            "faults": {} if counted is None else counted["faults"],
            **figures.times.get(centre, {}),
        }
    )


def _by_centre(rows: Iterable[Row]) -> Mapping[str, list[ConsoleView]]:
    found = defaultdict[str, list[ConsoleView]](list)
    for console in sorted(map(_console, rows), key=_worst_first):
        for centre in console.centres:
            found[centre].append(console)
    return found


def _worst_first(console: ConsoleView) -> tuple[Any, ...]:
    gravest = [list(type(fault)).index(fault) for fault in console.faults]
    return (min(gravest, default=99), console.operator.name, console.since)


def _console(row: Row) -> ConsoleView:
    said = None if row["condition"] is None else Condition.model_validate(row["condition"])
    return ConsoleView(
        console=row["console_id"],
        operator=OperatorName(operator_id=row["operator_id"], name=row["name"]),
        node=row["node"],
        centres=tuple(sorted(row["centres"])),
        since=row["since"],
        heard_at=row["heard_at"],
        sound_since=row["sound_since"],
        faults=faults_of(said, row["heard_at"], row["as_of"]),
        **({} if said is None else said.model_dump(exclude={"type"})),
    )
