"""Whom an account means by its subjects, and what of its changes stands in the journal."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from gateway.domain.errors import NotAllowedNow, NotFound, UsernameTaken
from gateway.door_timing import CREDENTIALS_CACHED_S
from gateway.store.doors.integrators import PostgresIntegrators
from gateway.store.doors.subjects import PostgresSubjects
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from schemas.registration import Population, Registration
from tests.support.build import a_registration
from tests.support.integrators import SigningKey, a_client

KEYRING = Keyring("k", {"k": b"k" * 32})
JOURNAL = "SELECT kind, subject, registration_id, facts FROM journal ORDER BY entry"


def an_exercise() -> Registration:
    return a_registration().model_copy(update={"population": Population.EXERCISE})


async def test_a_subject_means_a_file_through_a_change_of_keys_and_until_it_is_unlinked(
    pool, clock, client, connection
):
    phone, real, drill = "+32470000001", a_registration(), an_exercise()
    await Registrations(pool, KEYRING, clock).save([real, drill])
    subjects = PostgresSubjects(pool, KEYRING, clock)
    who = client.integrator
    assert await subjects.link(who, [(phone, real.registration_id), ("tag-1", real.registration_id)]) == 2
    assert await subjects.link(who, [(phone, real.registration_id)]) == 0
    with pytest.raises(NotAllowedNow):
        await subjects.link(who, [(phone, drill.registration_id)])
    with pytest.raises(NotFound):
        await subjects.link(who, [("tag-2", real.registration_id), ("tag-3", uuid4())])
    kept = await connection.fetch("SELECT * FROM integrator_subject")
    assert len(kept) == 2
    assert phone not in str(kept)

    rotated = Keyring("new", {"new": b"n" * 32, **KEYRING.keys})
    node = PostgresIntegrators(pool, rotated, clock)
    found = await node.linked(who, phone)
    assert found is not None
    assert (found.registration_id, found.centre, found.known) == (real.registration_id, "BE-VOV", True)
    assert await node.linked((await a_client(pool, clock)).integrator, phone) is None
    assert await node.linked(who, "tag-2") is None
    later = PostgresSubjects(pool, rotated, clock)
    assert await later.link(who, [(phone, real.registration_id)]) == 0
    assert await later.unlink(who, phone)
    assert not await later.unlink(who, phone)
    clock.advance(CREDENTIALS_CACHED_S)
    assert await node.linked(who, phone) is None
    assert await later.unlink_file(who, real.registration_id) == 1

    linked = [row["kind"] for row in await connection.fetch(JOURNAL) if row["registration_id"]]
    assert linked == ["subject.linked"] * 2 + ["subject.unlinked"] * 2


async def test_a_sandbox_never_means_a_real_file(pool, clock, client, accounts):
    real, drill = a_registration(), an_exercise()
    await Registrations(pool, KEYRING, clock).save([real, drill])
    subjects = PostgresSubjects(pool, KEYRING, clock)
    sandbox = (await a_client(pool, clock, sandbox=True)).integrator
    with pytest.raises(NotAllowedNow):
        await subjects.link(sandbox, [("a", real.registration_id)])
    await subjects.link(sandbox, [("a", drill.registration_id)])
    node = PostgresIntegrators(pool, KEYRING, clock)
    found = await node.linked(sandbox, "a")
    assert found is not None
    assert found.population is Population.EXERCISE

    await subjects.link(client.integrator, [("a", real.registration_id)])
    with pytest.raises(NotAllowedNow):
        await accounts.change(replace(client.integrator, sandbox=True))
    assert await node.linked(client.integrator, "a")
    assert await node.linked(replace(client.integrator, sandbox=True), "a") is None, "whoever made it one"


async def test_an_account_whose_trackers_real_people_wear_becomes_no_sandbox(pool, clock, client, accounts):
    real = a_registration()
    await Registrations(pool, KEYRING, clock).save([real])
    worn = """INSERT INTO tracker (tracker_id, registration_id, integrator_id, subject_hash, role, key_id,
                                   label_sealed, supervised_s, added_at)
              VALUES (gen_random_uuid(), $1, $2, sha256('x'), 'offender', 'k', '', 60, now())"""
    await pool.execute(worn, real.registration_id, client.integrator.integrator_id)
    with pytest.raises(NotAllowedNow):
        await accounts.change(replace(client.integrator, sandbox=True))
    await pool.execute("UPDATE tracker SET ended_at = now()")
    await accounts.change(replace(client.integrator, sandbox=True))


async def test_every_change_of_an_account_is_in_the_journal_and_nothing_secret(
    client, accounts, connection, pool, clock
):
    who = client.integrator
    await accounts.change(replace(who, events_per_s=5))
    await accounts.rotate_secret(who, timedelta())
    key = await SigningKey().kept(accounts, who)
    await accounts.end_key(who, key.key_id, timedelta())
    await accounts.revoke_tokens(who)
    await accounts.disable(who)
    await accounts.disable(who)
    rows = await connection.fetch(JOURNAL)
    assert {row["subject"] for row in rows} == {str(who.integrator_id)}
    told = [row["facts"]["what"] for row in rows]
    assert told == [
        "added",
        "changed",
        "secret_rotated",
        "key_added",
        "key_ended",
        "tokens_revoked",
        "disabled",
    ]
    assert client.secret not in str(rows)
    with pytest.raises(UsernameTaken):
        await a_client(pool, clock, name=who.name)
