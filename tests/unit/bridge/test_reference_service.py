"""The bytes of the reference service: they round-trip, and no bytes can do worse than be refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_bridge.reference_service import (
    Confirmation,
    Identity,
    MalformedValueError,
    PatternCode,
    PressRecord,
    Settings,
    Stage,
)

u16 = st.integers(0, 2**16 - 1)
u32 = st.integers(0, 2**32 - 1)
records = st.builds(
    PressRecord,
    pattern=st.sampled_from(PatternCode),
    boot=u32,
    counter=u32,
    age_ms=st.none() | st.integers(0, 2**32 - 2),
    latched=st.booleans(),
    battery_pct=st.none() | st.integers(0, 100),
)
confirmations = st.builds(Confirmation, boot=u32, counter=u32, stage=st.sampled_from(Stage))
identities = st.builds(Identity, button_id=st.binary(min_size=8, max_size=8), hardware=u16, firmware=u16)
settings = st.builds(Settings, hold_ms=st.integers(100, 10_000), double_gap_ms=st.integers(50, 1000))
values = records | confirmations | identities | settings


@given(values)
def test_every_value_survives_its_bytes(value):
    assert type(value).decode(value.encode()) == value


@given(values, st.binary(max_size=20))
def test_bytes_appended_by_a_later_version_change_nothing(value, appended):
    assert type(value).decode(value.encode() + appended) == value


@given(st.sampled_from([PressRecord, Confirmation, Identity, Settings]), st.binary(max_size=40))
def test_any_bytes_are_read_or_refused_by_name(kind, value):
    with suppress(MalformedValueError):
        kind.decode(value)


@given(values, st.data())
def test_a_cut_value_is_refused(value, data):
    encoded = value.encode()
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(MalformedValueError):
        type(value).decode(encoded[:cut])


def test_the_press_record_has_the_documented_sixteen_bytes():
    record = PressRecord(
        PatternCode.HOLD, boot=0x0A0B0C0D, counter=258, age_ms=1000, latched=True, battery_pct=87
    )
    assert record.encode().hex() == "01030157" + "0d0c0b0a" + "02010000" + "e8030000"


def test_the_other_values_have_their_documented_bytes():
    assert Confirmation(boot=1, counter=2, stage=Stage.SEEN).encode().hex() == "01000000" + "02000000" + "02"
    assert (
        Identity(bytes(range(8)), hardware=1, firmware=0x0203).encode().hex()
        == "0001020304050607" + "0100" + "0302"
    )
    assert Settings(hold_ms=2000, double_gap_ms=400).encode().hex() == "d007" + "9001"


def test_an_age_that_does_not_fit_is_told_as_unknown():
    record = PressRecord(PatternCode.HOLD, boot=1, counter=1, age_ms=2**40)
    assert PressRecord.decode(record.encode()).age_ms is None


def test_a_press_of_an_unknown_pattern_counts_as_a_hold():
    value = bytearray(PressRecord(PatternCode.SHORT, boot=1, counter=1).encode())
    value[1] = 77
    assert PressRecord.decode(bytes(value)).pattern is PatternCode.HOLD


def test_an_impossible_battery_is_unknown_and_unknown_flags_are_ignored():
    value = bytearray(PressRecord(PatternCode.SHORT, boot=1, counter=1, battery_pct=50).encode())
    value[2], value[3] = 0xFE, 101
    record = PressRecord.decode(bytes(value))
    assert (record.battery_pct, record.latched) == (None, False)


def test_only_a_record_with_a_pattern_is_a_press():
    assert not PressRecord(PatternCode.NONE, boot=1, counter=1).is_press
    assert PressRecord(PatternCode.SHORT, boot=1, counter=1).is_press


@pytest.mark.parametrize(
    "make",
    [
        lambda: PressRecord(PatternCode.HOLD, boot=-1, counter=0),
        lambda: PressRecord(PatternCode.HOLD, boot=0, counter=2**32),
        lambda: PressRecord(PatternCode.HOLD, boot=0, counter=0, age_ms=-1),
        lambda: PressRecord(PatternCode.HOLD, boot=0, counter=0, battery_pct=101),
        lambda: Identity(b"short", hardware=0, firmware=0),
        lambda: Settings(hold_ms=99),
        lambda: Settings(double_gap_ms=1001),
        lambda: Confirmation.decode(Confirmation(1, 1, Stage.SEEN).encode()[:-1] + b"\x09"),
        lambda: PressRecord.decode(bytes(16)),
    ],
)
def test_what_does_not_fit_is_refused(make):
    with pytest.raises(MalformedValueError):
        make()
