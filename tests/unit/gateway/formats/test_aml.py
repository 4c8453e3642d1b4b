"""AML in its three forms: what the samples say, and every trap on the way."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.errors import FieldInvalid
from gateway.domain.position import radius_95
from gateway.formats.aml import AmlMessage
from gateway.formats.aml_form import code_holds, read_form
from gateway.formats.aml_sms import read_data_sms
from gateway.formats.gsm7 import packed, unpacked
from schemas.position import Method
from tests.support.aml import AT, DATA_SMS, FORM, SIGNED_FORM, SMS_1, SMS_2, sms


def test_version_1_is_read_in_full() -> None:
    found = sms(SMS_1)
    position = found.position
    assert position is not None
    assert (position.latitude, position.longitude, position.radius_m) == (48.82639, -2.36619, 52)
    assert (position.confidence, position.method) == (0.68, Method.GNSS)
    assert position.fixed_at == datetime(2019, 11, 12, 11, 29, 28, tzinfo=UTC)
    assert (found.imsi, found.imei, found.networks) == ("208201771948415", "353472104343540", ("20820", None))
    assert (found.whole, found.dropped, found.number) == (True, (), None)


def test_the_confidence_of_phones_is_kept_and_their_radius_grows_to_95_percent_when_it_is_shown() -> None:
    position = sms(SMS_1).position
    assert position is not None
    assert (position.radius_m, position.confidence) == (52, 0.68)
    assert radius_95(position) == pytest.approx(52 * 1.6214, rel=1e-3)


@pytest.mark.parametrize(("length", "whole"), [(126, True), (128, False), (0, False)])
def test_the_length_is_counted_and_not_believed(length: int, whole: bool) -> None:  # noqa: FBT001 (a case)
    text = SMS_1.removesuffix("126")
    text = f"{text}{length:03d}" if length else f"{text}000"
    found = sms(text)
    assert found.whole is whole
    assert found.dropped == (() if whole else ("ml",))
    assert found.position is not None


def test_of_a_message_that_lost_its_end_the_last_field_is_not_believed() -> None:
    cut = SMS_1[: SMS_1.index("6619")]
    assert cut.endswith("lg=-2.3")
    found = sms(cut)
    assert found.position is None
    assert not found.whole
    assert found.dropped == ("lg",)


def test_lt_and_lg_mean_something_else_in_version_2() -> None:
    found = sms(SMS_2.replace("lt=-9999", "lt=12"))
    position = found.position
    assert position is not None
    assert (position.latitude, position.longitude, position.radius_m) == (-37.42175, -122.08461, 2000.1)
    assert found.called_at == datetime(2020, 6, 26, 15, 59, 49, tzinfo=UTC)
    assert position.fixed_at == found.called_at + timedelta(seconds=12)
    assert (found.language, found.emergency_number) == ("en-US", "+15555555555")
    assert (found.altitude_m, found.vertical_m, found.networks) == (-100.1, 100.1, ("310260", "310260"))
    assert found.dropped == ()


def test_minus_9999_is_no_number_of_seconds_and_no_height() -> None:
    found = sms(SMS_2.replace("lz=-100.1,100.1", "lz=-9999,0"))
    assert found.position is not None
    assert found.position.fixed_at == found.called_at
    assert found.dropped == ("lt",)
    assert (found.altitude_m, found.vertical_m) == (None, None)


@pytest.mark.parametrize("text", [SMS_1.replace("rd=52", "rd=0"), SMS_2.replace("2000.1", "0")])
def test_an_accuracy_of_nought_is_one_that_is_not_known(text: str) -> None:
    position = sms(text).position
    assert position is not None
    assert position.radius_m is None


def test_a_phone_without_a_place_is_not_put_into_the_sea_off_ghana() -> None:
    found = sms(
        'A"ML=1;lt=+00.00000;lg=+000.00000;rd=N/A;top=20260302095900;lc=0;pm=U;ei=353472104343540;ml=99'
    )
    assert found.position is None
    assert found.imei == "353472104343540"


@pytest.mark.parametrize(
    ("letter", "method"),
    [
        ("G", Method.GNSS),
        ("W", Method.NETWORK),
        ("C", Method.NETWORK),
        ("U", Method.UNKNOWN),
        ("F", Method.FUSED),
    ],
)
def test_how_it_was_found_is_a_letter(letter: str, method: Method) -> None:
    position = sms(SMS_2.replace("ls=G", f"ls={letter}")).position
    assert position is not None
    assert position.method is method


@pytest.mark.parametrize(
    ("old", "new", "dropped"),
    [
        ("lt=48.82639", "lt=98.82639", "lt"),
        ("lt=48.82639", "lt=48,82639", "lt"),
        ("lt=48.82639", "lt=nan", "lt"),
        ("lg=-2.36619", "lg=1e2", "lg"),
        ("top=20191112112928", "top=2019111211292", "top"),
        ("top=20191112112928", "top=20191312112928", "top"),
        ("top=20191112112928", "top=19991112112928", "top"),
        ("top=20191112112928", "top=20991112112928", "time of positioning"),
        ("lc=68", "lc=168", "lc"),
        ("pm=G", "pm=X", "pm"),
        ("rd=52", "rd=-52", "rd"),
        ("ei=353472104343540", "ei=IMEI", "ei"),
        ("rd=52", "rd=52;rd=9", "rd"),
    ],
)
def test_a_field_that_is_wrong_costs_itself_alone(old: str, new: str, dropped: str) -> None:
    found = sms(SMS_1.replace(old, new))
    assert dropped in found.dropped
    if dropped not in {"lt", "lg"}:
        assert found.position is not None
        assert found.position.fixed_at <= AT


def test_of_a_field_that_comes_twice_the_first_counts() -> None:
    position = sms(SMS_1.replace("rd=52", "rd=52;rd=9")).position
    assert position is not None
    assert position.radius_m == 52


@pytest.mark.parametrize(
    "text", ["", "hello", 'A"ML=3;lt=1', 'A"ML=', "AML=1;lt=1", 'A"ML=1' + ";x=1" * 1000]
)
def test_what_is_no_aml_is_refused(text: str) -> None:
    with pytest.raises(FieldInvalid):
        sms(text)
    with pytest.raises(FieldInvalid):
        read_data_sms(text.encode(), AT)


def test_a_data_message_is_seven_bits_packed() -> None:
    text = unpacked(DATA_SMS)
    assert text.endswith("ml=123")
    assert len(text) == 123
    found = read_data_sms(DATA_SMS, AT)
    assert found == sms(text)
    assert found.position is not None
    assert (found.position.latitude, found.position.longitude) == (37.42175, -122.08461)
    assert found.whole


@pytest.mark.parametrize(
    "header", [bytes.fromhex("050003010101"), bytes.fromhex("0605040b840b84"), bytes.fromhex("0401020000")]
)
def test_a_data_message_is_read_with_its_header_or_plain(header: bytes) -> None:
    whole = int.from_bytes(packed(SMS_1), "little") << (-len(header) * 8 % 7)
    with_header = header + whole.to_bytes(len(packed(SMS_1)) + 1, "little")
    assert read_data_sms(with_header, AT).position == sms(SMS_1).position
    assert read_data_sms(header + SMS_1.encode(), AT) == sms(SMS_1)
    assert read_data_sms(SMS_1.encode(), AT) == sms(SMS_1)


@given(st.text(alphabet='abcXYZ0129;=+-.,"@£ÄÖà', max_size=180))
def test_what_is_packed_is_unpacked_the_same(text: str) -> None:
    # A last character of zero bits cannot be told from padding; the standard knows that.
    assert unpacked(packed(text)) in {text, text.removesuffix("@")}


def test_the_form_is_read_in_full() -> None:
    found = read_form(FORM, AT)
    position = found.position
    assert position is not None
    assert (position.latitude, position.longitude, position.radius_m) == (55.85732, -4.26325, 10.4)
    assert (position.confidence, position.method) == (0.83, Method.GNSS)
    assert position.fixed_at == datetime(2016, 10, 11, 12, 37, 24, 435_000, tzinfo=UTC)
    assert (found.number, found.floor, found.altitude_m) == ("+447477593102", "5", 0.0)
    assert (found.imei, found.imsi, found.cell) == ("354773072099116", "234159176307582", "0213454321")
    assert (found.networks, found.device) == (("23415", "23415"), "ABC ABC Detente 530 AOS")
    assert found.dropped == ()


def test_a_plus_that_was_not_encoded_is_still_a_plus() -> None:
    assert read_form(FORM.replace(b"%2B44", b"+44"), AT).number == "+447477593102"
    assert read_form(FORM.replace(b"%2B44", b"0044"), AT).number == "+447477593102"


def test_milliseconds_are_not_taken_for_seconds_nor_seconds_for_milliseconds() -> None:
    found = read_form(FORM.replace(b"1476189444435", b"1476189444"), AT)
    assert found.dropped == ("location_time", "time of positioning")
    assert found.position is not None
    assert found.position.fixed_at == AT


@pytest.mark.parametrize("body", [b"", b"a=b", b"\xff", b"&".join(b"a=1" for _ in range(100)), b"v=1"])
def test_what_is_no_form_of_aml_is_refused(body: bytes) -> None:
    with pytest.raises(FieldInvalid):
        read_form(body, AT)


def test_the_code_of_a_form_holds_for_what_stands_before_it() -> None:
    assert code_holds(SIGNED_FORM, b"AML")
    assert not code_holds(SIGNED_FORM, b"another key")
    assert not code_holds(SIGNED_FORM.replace(b"certainty=83", b"certainty=99"), b"AML")
    assert not code_holds(FORM, b"AML")


NAMES = [
    "lt",
    "lg",
    "rd",
    "top",
    "lc",
    "pm",
    "si",
    "ei",
    "mcc",
    "mnc",
    "ml",
    "en",
    "et",
    "lo",
    "lz",
    "ls",
    "nc",
    "hc",
]
VALUES = st.one_of(
    st.sampled_from(
        ["", "-9999", "0", "N/A", "1e999", "nan", "G", "9" * 400, ",", "1,2", "1,2,3,4", "-", "+", "٣"]
    ),
    st.floats().map(str),
    st.integers().map(str),
    st.text(max_size=20),
)
MESSAGES = st.tuples(
    st.sampled_from(['A"ML=1', 'A"ML=2', 'A"ML=', "A"]),
    st.lists(st.tuples(st.sampled_from(NAMES), VALUES).map("=".join), max_size=20),
).map(lambda parts: ";".join([parts[0], *parts[1]]))


def believable(found: AmlMessage) -> None:
    assert len(repr(found)) < 6000
    if found.position is not None:
        assert found.position.fixed_at.year >= 2000
        assert found.position.fixed_at <= AT + timedelta(minutes=5)
        assert (radius_95(found.position) or 0) >= 0


@settings(deadline=None, max_examples=400)
@given(st.one_of(MESSAGES, st.text(max_size=200).map('A"ML=1;'.__add__)))
def test_any_text_is_a_message_or_refused(text: str) -> None:
    try:
        believable(sms(text))
    except FieldInvalid:
        return


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.integers(0, 107).flatmap(lambda at: st.just(DATA_SMS[:at] + b"\xff" + DATA_SMS[at + 1 :])),
    )
)
def test_any_octets_are_a_message_or_refused(raw: bytes) -> None:
    for read in (read_data_sms, read_form):
        try:
            believable(read(raw, AT))
        except FieldInvalid:
            continue


FIELDS = st.sampled_from([pair.partition(b"=")[0].decode() for pair in FORM.split(b"&")])


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(FIELDS, VALUES), max_size=30))
def test_any_form_is_a_message_or_refused_and_its_code_never_holds_by_chance(
    pairs: list[tuple[str, str]],
) -> None:
    body = urlencode(pairs, errors="replace").encode()
    assert not code_holds(body + b"&hmac=", b"key")
    right = hmac.new(b"key", body, hashlib.sha1).hexdigest().encode()
    assert code_holds(body + b"&hmac=" + right, b"key")
    try:
        believable(read_form(body, AT))
    except FieldInvalid:
        return
