"""A file that was erased: nothing of it opens or is found in a dump of the whole database."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.clock import SystemClock
from gateway.domain.casework.erasing import BARE_BYTES, ERASED_WITH_IT, STAYS
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound, SealBroken
from gateway.seal_keys import SealKey, make_seal_key
from gateway.store.casework.keeping import PostgresKeeping, erase_by_system, erasure_proof
from gateway.store.casework.log_checking import LogChecking
from gateway.store.casework.sealed_log import Sealer
from gateway.store.connect import Connection, Database, Pool
from gateway.store.postgres_binaries import Binaries
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring, Sealed
from gateway.store.writer import COMMIT, as_json
from schemas.keeping import EraseWish, ErasureGround, Hindrance
from schemas.registration import Address
from schemas.session import Role
from tests.support.access import people_of
from tests.support.build import a_registration
from tests.support.records import a_record, press_facts

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYRING = Keyring("k", {"k": b"k" * 32})

ENROL = """
INSERT INTO companion (companion_id, registration_id, public_key, label, enrolled_at)
VALUES ($1, $2, '', $3, $4)"""
REST = (
    """INSERT INTO track_fix (alarm_id, companion_id, index, fixed_at, received_at, latitude, longitude,
       original_confidence, method, mock, flags)
       VALUES ({alarm}, {companion}, 1, now(), now(), {latitude}, 3.75, 0.95, 'gnss', false, '{{}}')""",
    """INSERT INTO notice (centre_id, notice_id, kind, audience, subject, reference, raised_at)
       VALUES ('BE-VOV', gen_random_uuid(), 'escalated', '{{supervisor}}', {alarm}, {reference}, now())""",
    """INSERT INTO protection (registration_id, centre_id, reference, state, since)
       VALUES ({registration}, 'BE-VOV', {reference}, 'degraded', now()) ON CONFLICT DO NOTHING""",
    """INSERT INTO webhook_call (call_id, centre_id, alarm_id, body, made_at, due_at)
       VALUES ({alarm}, 'BE-VOV', {alarm}, json_build_object('reference', {reference})::text, now(),
               now())""",
    """INSERT INTO daily_report (team, day, centre_id, from_at, until_at, made_at, body)
       VALUES ('BE-VOV', now()::date, 'BE-VOV', now() - interval '1 day', now(), now(), jsonb_build_object(
           'files', jsonb_build_array(jsonb_build_object('registration_id', {registration},
                                                         'reference', {reference}))))
           ON CONFLICT (team, day) DO UPDATE SET body = jsonb_build_object(
               'files', (daily_report.body -> 'files') || (EXCLUDED.body -> 'files'))""",
    """INSERT INTO companion_state (companion_id, registration_id, received_at, signed_at, skew_s, facts,
       signs, changed_at)
       VALUES ({companion}, {registration}, now(), now(), 0, jsonb_build_object('label', {label}), '',
               now())""",
    """INSERT INTO integrator (integrator_id, name, scopes, events_per_s, created_at)
       VALUES ({companion}, 'tags of ' || {companion}, '{{events:trackers}}', 1, now())""",
    """INSERT INTO tracker (tracker_id, registration_id, integrator_id, subject_hash, role, key_id,
       label_sealed, supervised_s, added_at)
       VALUES (md5({companion}::text)::uuid, {registration}, {companion}, sha256(''), 'offender', 'k', '', 60,
               now())""",
    """INSERT INTO notice (centre_id, notice_id, kind, audience, subject, reference, raised_at)
       SELECT 'BE-VOV', gen_random_uuid(), 'tracker_fault', '{{supervisor}}', tracker_id || said, {reference},
              now() FROM tracker CROSS JOIN (VALUES (''), (' silent')) AS about (said)
        WHERE registration_id = {registration}""",
)
APPEND = """
SELECT append_event('BE-VOV', 'notice.raised', now(), 'notice', NULL, notice_image(n), NULL) FROM notice n"""


class Her:
    """A victim with something of hers in every place where there can be."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.registration = a_registration(reference=f"GE.{mark}/2026")
        person = self.registration.person
        victim = person.victim.model_copy(
            update={
                "name": f"Naam {mark}",
                "phone": f"+3247{int.from_bytes(mark.encode()[:3]):09d}",
                "addresses": (Address(label="thuis", text=f"Straat {mark} 1"),),
            }
        )
        changed = person.model_copy(update={"victim": victim, "safe_word": f"woord{mark}"})
        self.registration = self.registration.model_copy(update={"person": changed})
        self.companion_id, self.alarm_id = uuid4(), uuid4()
        self.latitude = f"51.{int.from_bytes(mark.encode()[:3])}"
        self.words: tuple[str, ...] = (
            self.registration.reference, victim.name, str(victim.phone), f"Straat {mark} 1", f"woord{mark}",
            f"gsm van {mark}", f"nota over {mark}", f"PV {mark}", f"grond {mark}", self.latitude,
        )  # fmt: skip

    @property
    def id(self) -> UUID:
        return self.registration.registration_id

    async def written(self, database: Database, pool: Pool) -> None:
        """Save her, let her press, and write down whatever can be written of her."""
        await Registrations(pool, KEYRING, SystemClock()).save([self.registration])
        await database.execute(ENROL, self.companion_id, self.id, f"gsm van {self.mark}", NOW)
        fix = {"latitude": float(self.latitude), "longitude": 3.75, "fixed_at": NOW.isoformat()}
        press = a_record(
            (self.id, self.companion_id),
            alarm_id=self.alarm_id,
            facts=press_facts(positions=[fix]),
            raw=json.dumps({"positions": [fix], "note": self.words[1]}).encode(),
        )
        await database.fetch(COMMIT, "BE-VOV", [as_json(press)], [press.raw])
        ground = KEYRING.seal_words(f"registration_step:{self.id}:9", f"grond {self.mark}")
        await database.execute(
            """INSERT INTO registration_step (registration_id, number, kind, at, on_date, centre_id, team,
               state, document, key_id, wrapped_key, ground_sealed)
               VALUES ($1, 9, 'requested', now(), now()::date, 'BE-VOV', 'BE-VOV', 'requested', $2, $3, $4,
                       $5)""",
            self.id, f"PV {self.mark}", ground.key_id, ground.wrapped_key, ground.sealed,
        )  # fmt: skip
        (row,) = await database.fetch("SELECT * FROM alarm WHERE alarm_id = $1", self.alarm_id)
        notes = [{"text": f"nota over {self.mark}"}]
        await database.execute(
            "UPDATE alarm SET notes_sealed = $2 WHERE alarm_id = $1",
            self.alarm_id, KEYRING.seal_notes(self.id, sealed_of(row), notes),
        )  # fmt: skip
        given = {
            "registration": self.id, "alarm": self.alarm_id, "companion": self.companion_id,
            "reference": self.registration.reference, "label": f"gsm van {self.mark}",
            "latitude": self.latitude,
        }  # fmt: skip
        for statement in REST:
            await database.execute(statement.format(**{key: f"'{value}'" for key, value in given.items()}))
        await database.execute(APPEND)


def sealed_of(row: Any) -> Sealed:
    return Sealed(
        key_id=row["key_id"], wrapped_key=row["wrapped_key"], person_sealed=row["person_sealed"],
        circumstances_sealed=row["circumstances_sealed"], sealed_version=row["sealed_version"],
    )  # fmt: skip


def dump(database: str) -> str:
    """Return the whole database as ``pg_dump`` writes it."""
    program = Binaries.find().directory / "pg_dump"
    done = subprocess.run([program, "--inserts", database], capture_output=True, check=True, text=True)
    return done.stdout


def found_in(text: str, words: tuple[str, ...]) -> set[str]:
    """Return the words that stand in a dump, as they are or as bytes in hexadecimal."""
    return {word for word in words if word in text or word.encode().hex() in text}


@pytest.fixture
def key(tmp_path: Path) -> SealKey:
    make_seal_key(tmp_path / "seal-key")
    return SealKey.read(tmp_path / "seal-key")


@pytest.fixture
async def magistrate(connection: Connection) -> Scope:
    return await people_of(connection, "own", Role.MAGISTRATE)


async def refused_as_long_as_it_must_be_kept(
    connection: Connection, keeping: PostgresKeeping, magistrate: Scope, anna: Her, wish: EraseWish
) -> None:
    """An alarm is open, it is not closed, it is held; it is another file's reference, or another's file."""
    with pytest.raises(NotAllowedNow, match="alarm_open not_closed"):
        await keeping.erase(magistrate, anna.id, wish)
    with pytest.raises(NotAllowedNow, match="alarm_open"):
        await erase_by_system(keeping.pool, anna.id, ErasureGround.COURT_ORDER)
    await connection.execute("UPDATE alarm SET state = 'closed'")
    await connection.execute("UPDATE registration SET state = 'closed' WHERE registration_id = $1", anna.id)
    held = await keeping.hold(magistrate, anna.id, held=True)
    assert (held.held_since is not None, held.hindrances) == (True, (Hindrance.HELD,))
    with pytest.raises(NotAllowedNow, match="held"):
        await erase_by_system(keeping.pool, anna.id, ErasureGround.COURT_ORDER)
    await keeping.hold(magistrate, anna.id, held=False)
    with pytest.raises(FieldInvalid):
        await keeping.erase(magistrate, anna.id, wish.model_copy(update={"reference": "GE.other"}))
    stranger = await people_of(connection, "other", Role.MAGISTRATE)
    with pytest.raises(NotFound):
        await keeping.erase(stranger, anna.id, wish)


async def test_an_erased_file_is_in_no_dump_opens_nowhere_and_is_proven(
    database: str, connection: Connection, pool: Pool, key: SealKey, magistrate: Scope
) -> None:
    anna, berta = Her("Xqz1"), Her("Wvk2")
    for her in (anna, berta):
        await her.written(connection, pool)
    sealer = Sealer(pool=pool, clock=SystemClock(), key=key)
    await sealer.seal_all()
    before = dump(database)
    for her in (anna, berta):
        in_clear = {her.registration.reference, f"gsm van {her.mark}", f"PV {her.mark}", her.latitude}
        assert found_in(before, her.words) >= in_clear, "what this test looks for is there"
        assert her.id.hex not in found_in(before, her.words)

    keeping = PostgresKeeping(pool)
    wish = EraseWish(reference=anna.registration.reference, ground=ErasureGround.REQUEST)
    await refused_as_long_as_it_must_be_kept(connection, keeping, magistrate, anna, wish)
    with pytest.raises(NotFound):
        await erasure_proof(pool, key, anna.id)
    assert found_in(dump(database), anna.words) == found_in(before, anna.words), "nothing was changed"

    erased = await keeping.erase(magistrate, anna.id, wish)
    assert erased.hindrances == (Hindrance.ERASED,)
    assert [one.by.name if one.by else None for one in erased.disposals] == [magistrate.name]
    after = dump(database)
    assert found_in(after, anna.words) == set()
    assert str(anna.id) in after, "what is counted later stays"
    assert found_in(after, berta.words) == found_in(before, berta.words), "another file is as it was"

    # nothing of hers opens with the key file; everything of the other does
    for table in await connection.fetch("SELECT t FROM keyed_tables() AS t"):
        left = await connection.fetch(
            f"SELECT registration_id FROM {table['t']} WHERE wrapped_key IS NOT NULL"
        )
        assert anna.id not in {row["registration_id"] for row in left}
    files = Registrations(pool, KEYRING, SystemClock())
    with pytest.raises(SealBroken):
        await files.get(anna.id)
    assert await files.get(berta.id) == berta.registration
    (alarm,) = await connection.fetch("SELECT * FROM alarm WHERE alarm_id = $1", berta.alarm_id)
    assert KEYRING.open_notes(berta.id, sealed_of(alarm), alarm["notes_sealed"])

    # the log says so, and is whole otherwise
    await sealer.seal_all()
    check = (await LogChecking(pool=pool, keys=key.public).check()).log
    assert (check.findings, check.erased) == ([], 8), "her press, three notices told twice, her step"
    proof = await erasure_proof(pool, key, anna.id)
    assert json.loads(key.public.verified(proof.jws)) == proof.statement
    assert proof.statement["done_by"]["name"] == magistrate.name
    assert set(proof.statement["keys_left"].values()) == {0}
    assert proof.statement["destroyed"]["keys"]["alarm"] == 1
    told = "SELECT kind FROM journal WHERE registration_id = $1 ORDER BY entry"
    kinds = await connection.fetch(told, anna.id)
    assert [row["kind"] for row in kinds] == ["file.held", "file.released", "file.erased"]
    await connection.execute("UPDATE alarm SET wrapped_key = 'x' WHERE registration_id = $1", anna.id)
    with pytest.raises(SealBroken, match="alarm"):
        await erasure_proof(pool, key, anna.id)


async def test_every_table_that_knows_of_a_file_is_thought_of_when_it_is_erased(
    connection: Connection,
) -> None:
    rows = await connection.fetch(
        """SELECT c.relname AS name, array_agg(a.attname::text) AS columns,
                  bool_or(a.attname = 'wrapped_key' AND a.attnotnull) AS keeps_its_key
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
              AND NOT c.relispartition AND NOT a.attisdropped
            GROUP BY 1"""
    )
    tables = {row["name"]: set(row["columns"]) for row in rows}
    keyed = {row["t"] for row in await connection.fetch("SELECT t FROM keyed_tables() AS t")}
    assert {row["name"] for row in rows if row["keeps_its_key"]} == set(), "a key that cannot be destroyed"
    assert {name for name, has in tables.items() if "wrapped_key" in has} == keyed
    known = {
        name for name, has in tables.items() if has & {"registration_id", "alarm_id"} and name not in keyed
    }
    bare = await connection.fetch(
        """SELECT c.relname::text AS name, a.attname::text AS column_name
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
            WHERE c.relname = ANY ($1) AND c.relnamespace = 'public'::regnamespace
              AND a.atttypid IN ('bytea'::regtype, 'bytea[]'::regtype)
              AND a.attname <> 'wrapped_key' AND a.attname NOT LIKE '%\\_sealed'""",
        [name for name, has in tables.items() if "registration_id" in has],
    )
    assert {(row["name"], row["column_name"]) for row in bare} == BARE_BYTES.keys(), "say what becomes of it"
    named = ERASED_WITH_IT.keys() | STAYS.keys()
    assert known <= named, "say in domain/casework/erasing.py what becomes of it"
    assert named - known <= {"daily_report", "notice", "chain_link", "protection"}, "there is no such table"
