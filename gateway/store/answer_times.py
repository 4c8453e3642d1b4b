"""How soon real alarms were answered, and how many victims are protected: counted for all centres at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from gateway.domain.rows import Row
from schemas.overview import ANSWERED_WITHIN_S, AnswerTimes, Within

# An alarm's own column of when it was acknowledged is emptied when that lapses: its first answer stands
# in its events. One that nobody has answered counts with its age once that tells something.
ANSWER_TIMES: Final = """
WITH answer AS MATERIALIZED (
    SELECT a.centre_id, a.raised_at, told.answered_at IS NOT NULL AS answered, told.escalated,
           extract(epoch FROM coalesce(told.answered_at, statement_timestamp()) - a.raised_at)::float8
               AS took_s
      FROM alarm a
      CROSS JOIN LATERAL (
           SELECT min(e.at) FILTER (WHERE e.kind <> 'alarm.escalated') AS answered_at,
                  coalesce(bool_or(e.image #>> '{escalation,step}' <> 'remind')
                           FILTER (WHERE e.kind = 'alarm.escalated'), false) AS escalated
             FROM stream_event e
            WHERE e.alarm_id = a.alarm_id
              AND e.kind IN ('alarm.acknowledged', 'alarm.taken_over', 'alarm.escalated')) AS told
     WHERE a.purpose = 'real' AND a.owner = a.centre_id
       AND a.raised_at > statement_timestamp() - interval '30 days')
SELECT centre_id AS centre, period.name AS period, count(*) AS alarms,
       count(*) FILTER (WHERE NOT answered) AS unanswered, count(*) FILTER (WHERE escalated) AS escalated,
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY greatest(took_s, 0)) AS percentiles,
       ARRAY[count(*) FILTER (WHERE answered AND took_s <= $1),
             count(*) FILTER (WHERE answered AND took_s <= $2),
             count(*) FILTER (WHERE answered AND took_s <= $3),
             count(*) FILTER (WHERE answered AND took_s <= $4)] AS within
  FROM answer
  JOIN (VALUES ('day', interval '24 hours'), ('month', interval '30 days')) AS period(name, length)
    ON raised_at > statement_timestamp() - period.length
 WHERE answered OR took_s > $4
 GROUP BY 1, 2"""

PROTECTIONS: Final = """
SELECT c.centre_id AS centre, statement_timestamp() AS as_of, coalesce(s.states, '{}') AS states,
       coalesce(f.faults, '{}') AS faults
  FROM centre c
  LEFT JOIN (SELECT n.centre_id, jsonb_object_agg(n.state, n.number) AS states
               FROM (SELECT centre_id, state, count(*) AS number FROM protection GROUP BY 1, 2) AS n
              GROUP BY 1) AS s USING (centre_id)
  LEFT JOIN (SELECT n.centre_id, jsonb_object_agg(n.kind, n.number) AS faults
               FROM (SELECT p.centre_id, fault ->> 'kind' AS kind, count(*) AS number
                       FROM protection p CROSS JOIN jsonb_array_elements(p.faults) AS fault
                      WHERE p.state <> 'protected' GROUP BY 1, 2) AS n
              GROUP BY 1) AS f USING (centre_id)"""


def answer_times(rows: Iterable[Row]) -> Mapping[str, Mapping[str, AnswerTimes]]:
    """Return the rows of ``ANSWER_TIMES`` by centre and period."""
    found = defaultdict[str, dict[str, AnswerTimes]](dict)
    for row in rows:
        counted = zip(ANSWERED_WITHIN_S, row["within"], strict=True)
        p50_s, p90_s = row["percentiles"]
        found[row["centre"]][row["period"]] = AnswerTimes(
            alarms=row["alarms"],
            unanswered=row["unanswered"],
            escalated=row["escalated"],
            p50_s=p50_s,
            p90_s=p90_s,
            within=tuple(Within(seconds=seconds, alarms=alarms) for seconds, alarms in counted),
        )
    return found
