"""What a node knows without its database: files as they were read last, and whose presses it takes."""

from datetime import timedelta
from uuid import UUID

import pytest

from gateway.domain.errors import DatabaseUnavailable
from gateway.ports import KnownFile
from gateway.store.companions import Companions
from gateway.store.connect import Pool
from gateway.store.known_files import KnownSealedFiles
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from tests.support.build import a_registration
from tests.support.clock import VirtualClock
from tests.support.records import ENROL

KEYRING = Keyring("k", {"k": b"k" * 32})
CHANGE = "UPDATE registration SET reference = 'GE.changed' WHERE registration_id = $1"
DESTROY = "UPDATE registration SET wrapped_key = NULL WHERE registration_id = $1"
REVOKE = "UPDATE companion SET revoked_at = $2 WHERE registration_id = $1"


@pytest.fixture
async def her(pool: Pool, clock: VirtualClock) -> UUID:
    """A registration whose companion is enrolled, by another node."""
    registration = a_registration()
    await Registrations(pool, KEYRING, clock).save([registration])
    her_id = registration.registration_id
    await pool.execute(ENROL, UUID(int=her_id.int ^ 1), her_id, clock.now())
    return her_id


async def test_a_file_is_known_as_it_was_read_last_until_it_is_erased(
    pool: Pool, clock: VirtualClock, her: UUID
) -> None:
    files = KnownSealedFiles(pool, clock)
    assert files.file_of(her) is None
    await files.look()
    first = known(files, her)
    assert first.read_at == clock.now()
    await pool.execute(CHANGE, her)
    clock.advance(15)
    assert files.file_of(her) == first
    await files.look()
    assert known(files, her).reference == "GE.changed"
    assert known(files, her).read_at == first.read_at + timedelta(seconds=15)
    await pool.execute(DESTROY, her)
    await files.look()
    assert files.file_of(her) is None


async def test_a_file_whose_last_companion_is_gone_is_not_kept_in_memory(
    pool: Pool, clock: VirtualClock, her: UUID
) -> None:
    files = KnownSealedFiles(pool, clock)
    await files.look()
    assert files.file_of(her) is not None
    await pool.execute(REVOKE, her, clock.now())
    await files.look()
    assert files.file_of(her) is None


async def test_while_the_database_is_away_what_is_known_stays_with_the_age_that_it_has(
    pool: Pool, clock: VirtualClock, her: UUID
) -> None:
    files = KnownSealedFiles(pool, clock)
    await files.look()
    read = known(files, her)
    await pool.close()
    clock.advance(300)
    with pytest.raises(DatabaseUnavailable):
        await files.look()
    assert files.file_of(her) == read


async def test_whoever_is_enrolled_at_another_node_is_known_without_the_database_after_the_next_look(
    pool: Pool, clock: VirtualClock, her: UUID
) -> None:
    companions = Companions(pool, clock)
    await companions.refresh()
    await pool.close()
    assert companions.known == 1
    found = await companions.find(UUID(int=her.int ^ 1))
    assert found is not None
    assert found.registration_id == her


def known(files: KnownSealedFiles, registration_id: UUID) -> KnownFile:
    found = files.file_of(registration_id)
    assert found is not None
    return found
