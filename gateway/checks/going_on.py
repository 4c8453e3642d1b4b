"""What goes on: which nodes serve, whether the log is sealed and signed, when a canary was last seen."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Final

from gateway.checks.check import Check, doubt, good, wrong
from gateway.checks.context import Context
from gateway.domain.rows import Row
from gateway.seal_keys import ForgedSeal, SealKey
from gateway.store.casework.log_checking import head_of
from gateway.store.connect import Database
from gateway.timing import NODE_HEARD_S

NODES: Final = (
    "SELECT name FROM node WHERE heard_at > clock_timestamp() - make_interval(secs => $1) ORDER BY 1"
)
LOG: Final = """
SELECT u.records, extract(epoch FROM clock_timestamp() - u.oldest_at)::float8 AS oldest_s,
       h.position, h.jws, extract(epoch FROM clock_timestamp() - h.at)::float8 AS head_s,
       t.log_id, t.position AS links
  FROM unsealed() u CROSS JOIN chain_tip t
  LEFT JOIN (SELECT position, jws, at FROM chain_head ORDER BY position DESC LIMIT 1) h ON true"""
CANARIES: Final = """
SELECT c.centre_id, extract(epoch FROM clock_timestamp() - max(s.seen_at))::float8 AS ago_s
  FROM centre c LEFT JOIN canary_seen s USING (centre_id) GROUP BY 1 ORDER BY 1"""

UNSEALED_S: Final = 300.0
"""The alert LogNotSealed has the same."""

UNSIGNED_S: Final = 3600.0
"""Links without a head for so long: heads are signed each ten seconds by a node that has the key."""

CANARY_S: Final = 90.0
"""Three of them missed; the alert CanarySilent has the same."""

SHOWN_MAX: Final = 3


async def nodes(connection: Database, context: Context) -> Check:
    """Say which nodes serve now, by what they said of themselves within seconds."""
    name = "nodes"
    serving = [row["name"] for row in await connection.fetch(NODES, NODE_HEARD_S)]
    if not serving:
        return doubt(name, "none serves now", "msa serve", "NodeDown")
    if twice := sorted(node for node, number in Counter(serving).items() if number > 1):
        same = f"{', '.join(twice)} serves more than once: their figures and logs cannot be told apart"
        return doubt(name, same, "a node of its own name each (MSA_NODE); after a restart, look again in 5 s")
    here = "this one too" if context.settings.node in serving else "not this one"
    return good(name, f"{', '.join(serving)}; {here}")


async def sealed_log(connection: Database, context: Context) -> Check:
    """Look whether the last head is signed by a key of the file, and whether anything waits for long.

    The log itself is not verified: ``msa audit verify`` does. Raises ``SealKeyRefused``.
    """
    path = context.settings.seal_key
    (row,) = await connection.fetch(LOG)
    if not await asyncio.to_thread(path.exists):
        if context.settings.embedded:
            return good("sealed log", f"{path}: not made yet; the first start makes it")
        none = f"{path} is not there: the log is chained and not signed"
        return doubt("sealed log", none, "MSA_SEAL_KEY_FILE: docs/settings.md", "LogNotSealed")
    return judged_log(row, await asyncio.to_thread(SealKey.read, path))


def judged_log(row: Row, key: SealKey) -> Check:
    """Judge what waits to be sealed, and the last head."""
    name, position = "sealed log", row["position"]
    if position is not None and (fault := _fault(row, key)):
        forged = f"the last head, at {position}, cannot be believed: {fault}"
        return wrong(
            name, forged, "put the key that signed it into the file; msa audit verify", "LogNotSealed"
        )
    if (row["oldest_s"] or 0.0) > UNSEALED_S:
        waiting = f"{row['records']} records wait to be sealed, the oldest for {row['oldest_s']:.0f} s"
        return doubt(name, waiting, "a node that serves seals each second", "LogNotSealed")
    unsigned = row["links"] - (position or 0)
    if unsigned and (row["head_s"] is None or row["head_s"] > UNSIGNED_S):
        return doubt(
            name, f"{unsigned} links are not under a signed head", "give a node the key", "LogNotSealed"
        )
    head = "nothing in it" if position is None else f"last head {row['head_s']:.0f} s ago, at {position}"
    return good(name, f"{head}; signed by {key.key_id[:8]}… from now on")


def _fault(row: Row, key: SealKey) -> str | None:
    """Return why the last head cannot be believed."""
    try:
        said = head_of(key.public, row["jws"])
    except (ForgedSeal, ValueError) as error:
        return str(error)
    same = (said.get("log"), said.get("position")) == (str(row["log_id"]), row["position"])
    return None if same else "it is of another log or position"


async def canary(connection: Database, _: Context) -> Check:
    """Say when canaries were last seen at a console, by centre."""
    return judged_canaries(await connection.fetch(CANARIES))


def judged_canaries(rows: Sequence[Row]) -> Check:
    """Judge how long ago the last canary of each centre was seen, None for never."""
    name, seen = "canary", {row["centre_id"]: row["ago_s"] for row in rows if row["ago_s"] is not None}
    if not seen:
        return doubt(name, "none was ever seen: nothing proves that presses arrive", "msa canary setup, run")
    late = sorted(centre for centre, ago_s in seen.items() if ago_s > CANARY_S)
    if late:
        shown = ", ".join(f"{centre} {seen[centre]:.0f} s ago" for centre in late[:SHOWN_MAX])
        more = f" and {len(late) - SHOWN_MAX} more" if len(late) > SHOWN_MAX else ""
        return doubt(name, f"late: {shown}{more}", "is msa canary run still there?", "CanarySilent")
    never = [row["centre_id"] for row in rows if row["ago_s"] is None]
    if never:
        return doubt(name, f"never seen for {', '.join(never)}", "msa canary setup", "CanarySilent")
    return good(name, f"seen for {len(seen)} centres, the latest {min(seen.values()):.0f} s ago")
