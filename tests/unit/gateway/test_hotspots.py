"""Flags on addresses and numbers: what is the same, what is near, what a file brings."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.casework.hotspots import (
    Flagged,
    address_of,
    cells_around,
    cells_of,
    flags_of,
    is_near,
    number_of,
)
from gateway.store.casework.hotspot_seal import Blinds
from gateway.store.sealing import Keyring
from schemas.hotspots import HotspotKind
from schemas.position import Position
from schemas.registration import Address
from tests.support.build import a_person

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(latitude: float, longitude: float, radius_m: float | None = None) -> Position:
    return Position(latitude=latitude, longitude=longitude, radius_m=radius_m, fixed_at=AT)


@pytest.mark.parametrize(
    "text",
    ["+32 470 00 00 00", "0470/00.00.00", "0032 470 000 000", "+32 (0)470 00 00 00", " 0470\u00a000-00-00 "],
)
def test_a_number_is_the_same_however_it_is_written(text: str) -> None:
    assert number_of(text) == "+32470000000"


@pytest.mark.parametrize(
    "text", ["", "112", "Dorp 1", "+32", "+0470000000", "+" + "1" * 16, "\u0660470000000"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_of(text) is None


def test_an_address_is_the_same_without_case_accents_and_punctuation() -> None:
    assert address_of("Rue de l'Église 1, 4000 LIÈGE") == address_of("rue de l eglise 1 - 4000 Liege")
    assert address_of("Kerkstraat 1") != address_of("Kerkstraat 11")
    assert address_of(" ,. ") is None


places = st.tuples(st.floats(49.4, 51.6), st.floats(2.4, 6.5))
shifts = st.tuples(st.floats(-0.02, 0.02), st.floats(-0.03, 0.03))


@given(places, shifts, st.floats(20, 1000), st.none() | st.floats(1, 3000))
def test_whoever_is_near_a_flag_shares_a_cell_with_it(place, shift, radius_m, uncertain_m) -> None:
    flag = Flagged(
        kind=HotspotKind.ADDRESS, text="x", latitude=place[0], longitude=place[1], radius_m=radius_m
    )
    somebody = at(place[0] + shift[0], place[1] + shift[1], uncertain_m)
    if is_near(somebody, flag):
        assert flag.cells & cells_of(somebody)


def test_near_is_within_the_radius_and_what_the_position_leaves_open() -> None:
    flag = Flagged(kind=HotspotKind.ADDRESS, text="x", latitude=51.05, longitude=3.72, radius_m=150)
    assert is_near(at(51.0513, 3.72), flag)  # 145 m
    assert not is_near(at(51.0515, 3.72), flag)  # 167 m
    assert is_near(at(51.0515, 3.72, 30), flag)
    assert not is_near(at(51.0515, 3.72), Flagged(kind=HotspotKind.ADDRESS, text="x"))
    assert len(cells_around(51.05, 3.72, 1000)) <= 12


def test_a_file_flags_each_address_and_the_number_of_the_victim_once() -> None:
    person = a_person()
    twice = Address(label="ouders", text="VOORBEELDSTRAAT 1; 9000 Gent", latitude=51.0, longitude=3.7)
    victim = person.victim.model_copy(update={"addresses": (*person.victim.addresses, twice)})
    flags = flags_of(person.model_copy(update={"victim": victim}))
    assert sorted(flag.kind for flag in flags) == ["address", "number"]
    assert (
        flags_of(
            person.model_copy(update={"victim": victim.model_copy(update={"addresses": (), "phone": "?"})})
        )
        == ()
    )


def test_what_was_written_under_an_older_key_is_still_found_and_another_key_file_finds_nothing() -> None:
    flag = Flagged(kind=HotspotKind.NUMBER, text="0470 00 00 00")
    blind, _ = Blinds(Keyring("old", {"old": b"o" * 32})).written(flag)
    ring = Keyring("new", {"new": b"n" * 32, "old": b"o" * 32})
    assert blind in Blinds(ring).of_text(HotspotKind.NUMBER, "+32470000000")
    assert blind not in Blinds(ring).of_text(HotspotKind.ADDRESS, "+32470000000")
    assert blind not in Blinds(Keyring("x", {"x": b"x" * 32})).of_text(HotspotKind.NUMBER, "+32470000000")
