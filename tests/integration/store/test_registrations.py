from dataclasses import asdict
from uuid import uuid4

import pytest

from gateway.domain.errors import RegistrationConflict, SealBroken, UnknownCentre
from gateway.store.connect import Connection, Pool
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from tests.support.build import a_registration
from tests.support.clock import VirtualClock

DESTROY = "UPDATE registration SET wrapped_key = NULL WHERE registration_id = $1"


@pytest.fixture
def registrations(pool: Pool, clock: VirtualClock) -> Registrations:
    return Registrations(pool, Keyring("k", {"k": b"k" * 32}), clock)


async def test_what_is_saved_is_read_back(registrations: Registrations):
    saved = [a_registration(), a_registration(centre="BE-WLG")]
    await registrations.save(saved)
    assert await registrations.get(saved[0].registration_id) == saved[0]
    assert [one async for one in registrations.export()] == saved


async def test_nothing_personal_lies_open_in_the_database(registrations, connection: Connection):
    await registrations.save([a_registration()])
    text = await connection.fetchval("SELECT r::text FROM registration r")
    for word in ("Voorbeeld", "Gent", "jachtgeweer", b"Voorbeeld".hex(), b"jachtgeweer".hex()):
        assert word not in text


async def test_saving_again_replaces_and_seals_anew(registrations, connection: Connection):
    first = a_registration()
    await registrations.save([first])
    await registrations.save([first.model_copy(update={"circumstances": ()})])
    stored = await registrations.get(first.registration_id)
    assert stored is not None
    assert stored.circumstances == ()
    assert await connection.fetchval("SELECT sealed_version FROM registration") == 2


async def test_one_that_fails_keeps_all_from_being_saved(registrations: Registrations):
    with pytest.raises(UnknownCentre):
        await registrations.save([a_registration(), a_registration(centre="XX-NO")])
    assert await registrations.summaries() == ()


async def test_two_files_of_a_centre_cannot_share_a_reference(registrations: Registrations):
    await registrations.save(
        [a_registration(reference="GE.1"), a_registration(centre="BE-WLG", reference="GE.1")]
    )
    with pytest.raises(RegistrationConflict):
        await registrations.save([a_registration(reference="GE.1")])
    assert len(await registrations.named("GE.1")) == 2


async def test_an_erased_file_opens_no_more(registrations: Registrations, pool: Pool):
    erased, other = a_registration(reference="A"), a_registration(reference="B")
    await registrations.save([erased, other])
    await pool.execute(DESTROY, erased.registration_id)
    with pytest.raises(SealBroken):
        await registrations.get(erased.registration_id)
    assert [one async for one in registrations.export()] == [other]


async def test_a_list_holds_nothing_personal(registrations: Registrations):
    await registrations.save([a_registration()])
    (summary,) = await registrations.summaries()
    assert set(asdict(summary)) == {
        "registration_id", "centre", "reference", "companions", "erased", "updated_at", "population",
    }  # fmt: skip


async def test_an_unknown_file_is_none(registrations: Registrations):
    assert await registrations.get(uuid4()) is None
