import base64
from dataclasses import replace
from uuid import uuid4

import pytest

from gateway.domain.errors import KeyFileRefused, SealBroken
from gateway.settings import Settings
from gateway.store.sealing import Keyring, Sealed
from tests.support.build import REGISTRATION_ID, a_person, some_circumstances

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def keyring():
    return Keyring("old", {"old": OLD})


@pytest.fixture
def sealed(keyring):
    return keyring.seal(REGISTRATION_ID, 1, a_person(), some_circumstances())


def test_what_is_sealed_opens_again(keyring, sealed):
    assert keyring.open(REGISTRATION_ID, sealed) == (a_person(), some_circumstances())


def test_nothing_personal_can_be_read(sealed):
    kept = sealed.wrapped_key + sealed.person_sealed + sealed.circumstances_sealed
    for word in (b"Voorbeeld", b"Gent", b"jachtgeweer", b"paraplu"):
        assert word not in kept


def test_the_same_seals_differently_each_time(keyring, sealed):
    again = keyring.seal(REGISTRATION_ID, 1, a_person(), some_circumstances())
    assert again.person_sealed != sealed.person_sealed
    assert again.wrapped_key != sealed.wrapped_key


def test_erased_opens_no_more(keyring, sealed):
    with pytest.raises(SealBroken, match="erased"):
        keyring.open(REGISTRATION_ID, replace(sealed, wrapped_key=None))


def _flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("column", ["wrapped_key", "person_sealed", "circumstances_sealed"])
@pytest.mark.parametrize("place", [0, 15, -1])
def test_a_changed_bit_is_noticed(keyring, sealed: Sealed, column, place):
    data = getattr(sealed, column)
    changed = replace(sealed, **{column: _flip(data, place % len(data))})  # type: ignore[arg-type] # all three are bytes
    with pytest.raises(SealBroken):
        keyring.open(REGISTRATION_ID, changed)


def test_columns_cannot_change_places(keyring, sealed: Sealed):
    swapped = replace(
        sealed, person_sealed=sealed.circumstances_sealed, circumstances_sealed=sealed.person_sealed
    )
    with pytest.raises(SealBroken):
        keyring.open(REGISTRATION_ID, swapped)


def test_a_row_cannot_take_anothers_seal(keyring, sealed):
    with pytest.raises(SealBroken):
        keyring.open(uuid4(), sealed)


def test_an_older_saving_cannot_come_back_as_a_newer(keyring, sealed: Sealed):
    with pytest.raises(SealBroken):
        keyring.open(REGISTRATION_ID, replace(sealed, sealed_version=2))


def test_a_seal_cannot_claim_another_key(sealed: Sealed):
    twins = Keyring("new", {"old": OLD, "new": OLD})
    with pytest.raises(SealBroken):
        twins.open(REGISTRATION_ID, replace(sealed, key_id="new"))


def test_a_key_that_is_gone_is_named(sealed):
    with pytest.raises(SealBroken, match="old"):
        Keyring("new", {"new": NEW}).open(REGISTRATION_ID, sealed)


def test_after_rotation_the_first_key_seals_and_all_open(tmp_path, sealed):
    file = tmp_path / "kek"
    file.write_text(f"new {base64.b64encode(NEW).decode()}\n\nold {base64.b64encode(OLD).decode()}\n")
    file.chmod(0o600)
    keyring = Keyring.read(file)
    assert keyring.seal(REGISTRATION_ID, 2, a_person(), ()).key_id == "new"
    assert keyring.open(REGISTRATION_ID, sealed) == (a_person(), some_circumstances())


def test_the_embedded_database_gets_a_key_file_that_stays(tmp_path):
    settings = Settings(data_dir=tmp_path / "msa")
    first = Keyring.of(settings)
    assert settings.kek_file.stat().st_mode & 0o777 == 0o600
    assert Keyring.of(settings) == first
    assert list(settings.data_dir.iterdir()) == [settings.kek_file]


def test_another_database_gets_none(tmp_path):
    settings = Settings(data_dir=tmp_path, database_url="postgresql://somewhere/x")
    with pytest.raises(KeyFileRefused, match="cannot be read"):
        Keyring.of(settings)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        ("", 0o600, "no key"),
        ("old AAAA", 0o600, "line 1"),
        (f"old {base64.b64encode(OLD).decode()}\nnew !", 0o600, "line 2"),
        (f"old {base64.b64encode(OLD).decode()}", 0o640, "0640"),
        (f"old {base64.b64encode(OLD).decode()}", 0o604, "0604"),
        ("öld", 0o600, "cannot be read"),
    ],
)
def test_a_bad_key_file_is_refused(tmp_path, text, mode, why):
    file = tmp_path / "kek"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(KeyFileRefused, match=why):
        Keyring.read(file)


def test_keys_are_not_printed(keyring):
    assert "oooo" not in repr(keyring)
