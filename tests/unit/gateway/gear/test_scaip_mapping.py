"""The tables of docs/scaip.md, tag by tag; requests of real units that are public."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.door_errors import XmlRefused
from gateway.gear.scaip.codes import STATUS, Act, Meaning, MessageType, meaning
from gateway.gear.scaip.mapping import Reading, StatusNumber, read, read_request
from gateway.xml_text import parse_xml
from schemas.events import AlarmCause, AlarmRaised, ConditionKind, DeviceCondition, EventType, PositionUpdated
from tests.support.scaip_unit import GGA, alarm, mrq

PAGE = Path(__file__).parents[4] / "docs" / "scaip.md"
ROW = re.compile(r"^\| `(\d{4})` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def reading(raw: bytes) -> Reading:
    request = read_request(parse_xml(raw))
    assert request is not None
    return read(request, NOW)


def said(one: Meaning) -> str:
    if one.act is Act.CONDITION:
        return f"condition {one.condition}"
    return {Act.ALARM: "alarm", Act.TEST: "test alarm", Act.CANCEL: "cancel wish"}[one.act]


ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("code", "words", "becomes"), ROWS)
def test_each_row_of_the_page_is_what_is_done(code: str, words: str, becomes: str) -> None:
    meant = meaning(MessageType.MESSAGE, int(code), 3)
    assert (meant.words, said(meant)) == (words, becomes.strip())


def test_each_code_with_a_meaning_of_its_own_is_on_the_page() -> None:
    assert {int(code) for code, _, _ in ROWS} == set(STATUS)


@pytest.mark.parametrize(
    ("kind", "status", "device", "becomes"),
    [
        ("ME", None, 3, "alarm"),
        ("ME", 83, 11, "condition ok"),  # a pill was taken
        ("ME", 83, 6, "alarm"),  # whatever an attack trigger says
        ("ME", 16, 6, "condition battery_low"),
        ("ME", 19, 7, "cancel wish"),
        ("ME", 128, 3, "alarm"),
        ("ME", -1, 3, "alarm"),
        ("PI", 10, 3, "condition ok"),
        ("PI", 9, 2, "condition ok"),
        ("PI", 16, 3, "condition battery_low"),
        ("PI", 102, 2, "condition ok"),
        ("PI", 19, 3, "condition ok"),
        ("IN", 10, 3, "condition ok"),
        ("IN", 19, 3, "cancel wish"),
        ("IN", 125, 3, "condition tampered"),
        ("RE", None, 3, "cancel wish"),
        ("RE", 10, 3, "cancel wish"),
        ("RE", 92, 3, "condition ok"),
        ("RE", 93, 3, "cancel wish"),
    ],
)
def test_the_type_of_a_message_counts_before_its_code(
    kind: str, status: int, device: int, becomes: str
) -> None:
    assert said(meaning(MessageType(kind), status, device)) == becomes


# Requests of real units, in the comments of a public telecare adapter
@pytest.mark.parametrize(
    ("raw", "becomes", "names", "phone"),
    [
        (
            (
                "<mrq><ref>00001A85</ref><cha>0</cha><mty>PI</mty><cid>26317</cid><dty>02</dty><did>00</did>"
                "<crd>no-voice:</crd><stc>102</stc></mrq>"
            ),
            DeviceCondition(),
            ("scaip:26317",),
            None,
        ),
        (
            "<mrq><mty>PI</mty><ref>1998218577</ref><cid>10149471</cid><dty>2</dty></mrq>",
            DeviceCondition(),
            ("scaip:10149471",),
            None,
        ),
        (
            (
                "<mrq><ref>v6l7eiuzBTfybE7j</ref><cid>999998</cid><dty>0002</dty><mty>PI</mty><stc>0009</stc>"
                "<lco>002</lco><crd>gsm:</crd><cha>0</cha></mrq>"
            ),
            DeviceCondition(),
            ("scaip:999998",),
            None,
        ),
        (
            (
                "<mrq><ref>00001883</ref><cha>0</cha><mty>ME</mty><cid>26317</cid><dty>02</dty><did>00</did>"
                "<crd>gsm:+37200000000</crd><stc>010</stc></mrq>"
            ),
            (AlarmCause.BUTTON, "SCAIP 010 manual alarm"),
            ("scaip:26317",),
            "+37200000000",
        ),
        (
            "<mrq><ref>1193308443</ref><cid>10149471</cid><dty>3</dty><stc>10</stc><crd>gsm:</crd></mrq>",
            (AlarmCause.BUTTON, "SCAIP 10 manual alarm; personal trigger"),
            ("scaip:10149471",),
            None,
        ),
    ],
)
def test_what_real_units_send_is_read(raw: str, becomes, names: tuple[str, ...], phone: str | None) -> None:
    read_ = reading(raw.encode())
    assert (read_.status, read_.names, read_.dropped) == (StatusNumber.HANDLED, names, ())
    (one,) = read_.said
    if isinstance(one.data, AlarmRaised):
        assert (one.data.cause, one.data.text) == becomes
        assert (one.data.person.phone if one.data.person else None) == phone
    else:
        assert one.data == becomes


def test_every_tag_that_an_operator_needs_is_in_the_text() -> None:
    read_ = reading(
        alarm(
            did="A1",
            stt="held",
            dte="wrist",
            lco="021",
            lva="2",
            lte="kitchen",
            ico="009",
            ite="Wacht op de trap & bel niet",
            pri="9",
            cha="1",
        )
    )
    (one,) = read_.said
    assert isinstance(one.data, AlarmRaised)
    assert one.data.text == (
        "SCAIP 0010 manual alarm; personal attack trigger; held; wrist; kitchen; Wacht op de trap & bel niet;"
        " lco 021; lva 2; ico 009; pri 9; asks to be called back"
    )
    assert read_.names == ("scaip:26317/A1", "scaip:26317")


@pytest.mark.parametrize(
    ("raw", "status", "taken"),
    [
        (mrq(cid="1", dty="0006", stc="0010"), StatusNumber.REFERENCE_MISSING, [EventType.ALARM_RAISED]),
        (mrq(ref="1", dty="0006", stc="0010"), StatusNumber.TAG_MISSING, [EventType.ALARM_RAISED]),
        (mrq(ref="1", cid="1", stc="0010"), StatusNumber.TAG_MISSING, [EventType.ALARM_RAISED]),
        (mrq(ref="1", cid="1", stc="0016"), StatusNumber.TAG_MISSING, [EventType.DEVICE_CONDITION]),
        (mrq(ref="1", cid="1", stc="0019"), StatusNumber.TAG_MISSING, []),
        (mrq(ref="1", cid="1", mty="PI"), StatusNumber.TAG_MISSING, []),
        (
            mrq(ref="1", cid="1", dty="3", mty="XX", stc="10"),
            StatusNumber.WRONG_CONTENT,
            [EventType.ALARM_RAISED],
        ),
        (mrq(ref="", cid="1", dty="3"), StatusNumber.REFERENCE_MISSING, [EventType.ALARM_RAISED]),
    ],
)
def test_what_lacks_a_tag_is_told_so_and_bad_news_in_it_is_taken(
    raw: bytes, status: int, taken: list[str]
) -> None:
    read_ = reading(raw)
    assert read_.status == status
    assert read_.wrong
    assert [one.type for one in read_.said] == taken


@pytest.mark.parametrize(
    ("tags", "dropped"),
    [
        ({"stc": "alarm"}, ("stc",)),
        ({"stc": "0999"}, ("code",)),
        ({"dty": "x"}, ("dty",)),
        ({"pri": "hoog"}, ("pri",)),
        ({"lge": {"geo": "here"}}, ("geo",)),
        ({"lge": {"geo": "91,0"}}, ("geo",)),
        ({"lge": {"geo": "0.0,0.0"}}, ("geo",)),
        ({"lge": {"geo": "50.85,4.35", "tim": "yesterday"}}, ("tim",)),
        ({"lge": {"gga": "$GPGGA,?", "geo": "50.85,4.35"}}, ("gga",)),
    ],
)
def test_what_cannot_be_read_is_dropped_and_the_alarm_raised(
    tags: dict[str, Any], dropped: tuple[str, ...]
) -> None:
    read_ = reading(alarm(**tags))
    assert (read_.status, read_.dropped) == (StatusNumber.HANDLED, dropped)
    assert [one.type for one in read_.said] == [EventType.ALARM_RAISED]


def test_a_place_in_an_update_is_a_position_and_in_an_alarm_part_of_it() -> None:
    place = {"geo": "50.8503,4.3517", "tim": "2026-03-02T10:59:00+02:00"}
    condition, moved = reading(alarm(mty="IN", lge=place)).said
    assert condition.data == DeviceCondition()
    assert isinstance(moved.data, PositionUpdated)
    assert moved.data.positions[0].fixed_at == NOW - timedelta(minutes=1)
    (raised,) = reading(alarm(lge=place)).said
    assert isinstance(raised.data, AlarmRaised)
    assert raised.data.positions == moved.data.positions


TAGS = "ref ver cid dty did dco stc stt mty cha pri lco lva lte ico ite hbo crd tim geo gga xyz"
TAG = st.sampled_from(TAGS.split())
TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["0010", "10", "-1", "ME", "PI", "IN", "RE", GGA, "50.85,4.35", "1e999", "٣", "gsm:+32 2 000"]
    ),
)


@given(st.dictionaries(TAG, TEXT, max_size=12), st.dictionaries(TAG, TEXT, max_size=4))
def test_whatever_the_tags_say_it_is_read_and_a_message_of_danger_is_never_nothing(
    tags: dict[str, Any], place: dict[str, str]
) -> None:
    try:
        read_ = reading(mrq(**tags, lge=place))
    except XmlRefused:
        return  # what XML cannot hold
    if (tags.get("mty") or "ME").strip() in {"", "ME"} and tags.get("stc", "").strip() in {"0010", "10", ""}:
        assert read_.said[0].type is EventType.ALARM_RAISED
    assert all(re.fullmatch(r"[!-~]{1,128}", name) for name in read_.names)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_refused(raw: bytes) -> None:
    for document in (raw, b"<mrq><ref>" + raw + b"</ref></mrq>", alarm()[: len(raw)] + raw):
        try:
            request = read_request(parse_xml(document))
        except XmlRefused:
            continue
        if request is not None:
            read(request, NOW)


def test_the_condition_of_a_fault_is_bad_news_and_a_sign_of_life_is_not() -> None:
    (fault,) = reading(alarm(stc="0125")).said
    assert fault.data == DeviceCondition(condition=ConditionKind.TAMPERED)
    assert fault.bad_news
    (alive,) = reading(alarm(mty="PI")).said
    assert not alive.bad_news
