"""How consoles are, written by each node for itself; and the record of what their sirens did."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dispatch.ports import AttachedConsole, Clock
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.throttle import Throttle
from gateway.store.connect import Pool, acquire
from gateway.timing import CANARY_SEEN_KEPT_S, SOUND_EVERY_S, SOUNDS_AT_ONCE, SOUNDS_WAITING_MAX

# A node that was not heard for an hour is deleted, and is there again with its next beat: until then
# its consoles are refused by the reference to it.
TELL: Final = """
WITH gone AS (
    DELETE FROM attached_console c
     WHERE c.node_id = $1
       AND NOT EXISTS (SELECT FROM unnest($3::uuid[]) AS kept(id) WHERE kept.id = c.console_id))
INSERT INTO attached_console AS c
SELECT $1, t.console_id, t.operator_id, t.centres, t.since,
       clock_timestamp() - make_interval(secs => t.heard_s), nullif(t.condition, 'null'), t.sound_since
  FROM jsonb_to_recordset($2) AS t(console_id uuid, operator_id uuid, centres text[], since timestamptz,
                                   heard_s float8, condition jsonb, sound_since timestamptz)
    ON CONFLICT (node_id, console_id) DO UPDATE
   SET operator_id = EXCLUDED.operator_id, centres = EXCLUDED.centres, since = EXCLUDED.since,
       heard_at = EXCLUDED.heard_at, condition = EXCLUDED.condition, sound_since = EXCLUDED.sound_since"""

RECORD: Final = """
INSERT INTO console_sound (at, node, console_id, operator_id, centres, sound, silenced_until)
SELECT t.at, $1, t.console_id, t.operator_id, t.centres, t.sound, t.silenced_until
  FROM jsonb_to_recordset($2) AS t(at timestamptz, console_id uuid, operator_id uuid, centres text[],
                                   sound text, silenced_until timestamptz)"""

CANARIES: Final = """
WITH old AS (DELETE FROM canary_seen WHERE seen_at < now() - make_interval(secs => $4))
INSERT INTO canary_seen AS c (centre_id, node, seen_at)
SELECT t.centre_id, $1, t.seen_at FROM unnest($2::text[], $3::timestamptz[]) AS t(centre_id, seen_at)
    ON CONFLICT (centre_id, node) DO UPDATE SET seen_at = greatest(c.seen_at, EXCLUDED.seen_at)"""


class PostgresConsoles:
    """``gateway.ports.Consoles`` and ``dispatch.ports.Sounds``; ``node_id`` as attendance has it."""

    def __init__(self, pool: Pool, clock: Clock, node_id: UUID, name: str) -> None:
        self._pool = pool
        self._clock = clock
        self._node_id = node_id
        self._name = name
        self._sounds: list[dict[str, Any]] = []
        self._held: dict[UUID, dict[str, Any]] = {}
        self._pace = Throttle(SOUNDS_AT_ONCE, SOUND_EVERY_S)

    async def tell(self, changed: Sequence[AttachedConsole], attached: Collection[UUID]) -> None:
        """Say how some are; those that are not ``attached`` any more are forgotten."""
        async with acquire(self._pool) as database:
            await database.execute(TELL, self._node_id, [_as_json(one) for one in changed], list(attached))

    def record(self, console: AttachedConsole) -> None:
        """Take note of a sound that changed; of what changes too often only the last, for a later turn."""
        if console.condition is None:
            return
        noted = {
            "at": self._clock.now().isoformat(),
            "console_id": str(console.console),
            "operator_id": str(console.operator.operator_id),
            "centres": sorted(console.centres),
            **console.condition.model_dump(mode="json", include={"sound", "silenced_until"}),
        }
        self._held.pop(console.console, None)
        if self._may_note(noted):
            self._sounds.append(noted)
            del self._sounds[:-SOUNDS_WAITING_MAX]
            return
        self._held[console.console] = noted
        if len(self._held) > SOUNDS_WAITING_MAX:
            del self._held[next(iter(self._held))]

    async def tell_sounds(self) -> None:
        """Write down what was noted of sirens since the last time; what cannot be written is kept."""
        self._sounds += [self._held.pop(one) for one, noted in [*self._held.items()] if self._may_note(noted)]
        if not self._sounds:
            return
        noted, self._sounds = self._sounds, []
        try:
            async with acquire(self._pool) as database:
                await database.execute(RECORD, self._name, noted)
        except DatabaseUnavailable:
            self._sounds = [*noted, *self._sounds][-SOUNDS_WAITING_MAX:]
            raise

    def _may_note(self, noted: Mapping[str, Any]) -> bool:
        # By operator: a console's id is its own, and a flood could come under a new one each time.
        return self._pace.allow(noted["operator_id"], self._clock.monotonic())

    async def tell_canaries(self, seen: Mapping[str, datetime]) -> None:
        """Say when canaries were last seen here, by centre."""
        async with acquire(self._pool) as database:
            await database.execute(CANARIES, self._name, list(seen), list(seen.values()), CANARY_SEEN_KEPT_S)


def _as_json(console: AttachedConsole) -> dict[str, Any]:
    said = console.condition
    return {
        "console_id": str(console.console),
        "operator_id": str(console.operator.operator_id),
        "centres": sorted(console.centres),
        "since": console.since.isoformat(),
        "heard_s": console.heard_s,
        "condition": None if said is None else said.model_dump(mode="json", exclude={"type"}),
        "sound_since": console.sound_since and console.sound_since.isoformat(),
    }
