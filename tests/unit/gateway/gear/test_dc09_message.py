"""Frames from panels' logs and other readers' tests that are public, and grammars of the standard."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysiaalarm.account import SIAAccount
from pysiaalarm.event import SIAEvent
from pysiaalarm.utils.enums import MessageTypes

from gateway.gear.dc09.framing import Deframer
from gateway.gear.dc09.message import (
    ContactIdEvent,
    Message,
    SiaEvent,
    decrypted,
    read_header,
    read_message,
)
from tests.support.dc09_sender import Gear, crc

KEY = b"0123456789abcdef"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def opened(line: str, key: bytes | None = None) -> Message:
    header = read_header(line.encode("cp1252")[8:])
    assert header is not None
    content = header.rest if key is None else decrypted(header, key)
    assert content is not None
    return read_message(header, content)


@pytest.mark.parametrize(
    ("line", "events", "stamp"),
    [
        # pysiaalarm, tests
        ('2E680078"SIA-DCS"6002L0#AAA[|Nri1/CL501]_14:12:04,09-25-2019', "CL 501", "14:12:04"),
        ('43580023"SIA-DCS"0084L0#AAA[#AAA|Nri1/XC12]', "XC 12", None),
        ('1908002B"SIA-DCS"0000L0#3080[#3080|Nti19:44/id1/ri4/RP]', "RP", None),
        ('2E680078"SIA-DCS"6002L0#AAA[|Nri1/CL501][A38475345]_14:12:04,09-25-2019', "CL 501", "14:12:04"),
        (
            '87CD0037"ADM-CID"9876R579BDFL789ABC#12345A[#12345A|1110 00 129]_14:12:04,09-25-2019',
            "1 110 129",
            "14:12:04",
        ),
        # issues of pysiaalarm 63, 87, 49 and of Home Assistant 88474: what its expression stops at
        (
            '9B3C004d"SIA-DCS"0047L0#100200[#100200|Nti10:01:00/da08-18-24/RP]_10:01:00,08-18-2024',
            "RP",
            "10:01:00",
        ),
        ('D8910037"SIA-DCS"0097L0#ABCD[#0000|Npi0/AT]_11:26:04,03-01-2026', "AT", "11:26:04"),
        ('BC160045"SIA-DCS"0178L0#5555[#5555|Npi1/NL1][RLivingRoom]_16:39:25,08-25-2026', "NL 1", "16:39:25"),
        ('A2350038"SIA-DCS"7232L0#AAA[#AAA|Nri1/PE501]_08:21:05,02-20-2023', "PE 501", "08:21:05"),
        # ioBroker.sia
        ('00000000"SIA-DCS"0266L0#A1A1[A2A2|Nri1OP0001*Familie*]_16:22:03,06-08-2018', "OP 0001", "16:22:03"),
        ('00000000"SIA-DCS"0002R1L2#78919[1234|NFA129][S123Main St.]_11:10:00,10-12-2019', "FA 129", "11"),
        ('00000000"SIA-DCS"0002R1L232#78919[ ][ ]_11:10:00,10-12-2019', "", "11:10:00"),
        ('00000000"NULL"0000L0#000[]_21:58:31,08-08-2019', "", "21:58:31"),
        # several events in one message, which the library reads the first of
        (
            '00000000"SIA-DCS"0002L0#1234[#1234|Nri1/RP/PA02*Hal/PAtio*/HA3]_11:10:00,10-12-2019',
            "RP PA 02 HA 3",
            "11:10:00",
        ),
    ],
)  # fmt: skip
def test_public_frames_are_read(line: str, events: str, stamp: str | None) -> None:
    message = opened(line)
    said = [
        f"{one.code} {one.address}" if isinstance(one, SiaEvent) else f"{one.qualifier} {one.code} {one.zone}"
        for one in message.events
    ]
    assert " ".join(" ".join(said).split()) == events
    assert (message.sent_at is None) == (stamp is None)
    if stamp is not None:
        assert f"{message.sent_at:%H:%M:%S}".startswith(stamp)


def test_a_frame_that_another_implementation_encrypted_is_read() -> None:
    # padded with zeros and no bar, its account not repeated (a public reader's test of foreign frames)
    line = (
        '05BB0076"*SIA-DCS"7654L0#1111[C07DA1EB73C617857476EE5D79436CEE5E0084485E79EC56B0D5D1F3F6E648B2'
        "78050BBCCBC8FE5DCA7E3C80DBDD4945"
    )
    assert f"{crc(line[8:].encode()):04X}" == "05BB"
    message = opened(line, b"AAAAAAAAAAAAAAAA")
    assert message.events == (SiaEvent("WA", "000"),)
    assert message.header.account == "1111"


SIA_PAYLOAD = st.builds(
    "N{}{}{}".format,
    st.sampled_from(["", "ri1/", "ti10:01/ri12/", "id3/ri4/"]),
    st.sampled_from(["PA", "HA", "RP", "CL", "YT", "BA"]),
    st.from_regex(r"[0-9]{0,4}", fullmatch=True),
)
CID_PAYLOAD = st.builds(
    "{}{} {} {}".format,
    st.sampled_from("136"),
    st.sampled_from(["120", "602", "302", "999"]),
    st.from_regex(r"[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
)


@given(
    st.one_of(st.tuples(st.just("SIA-DCS"), SIA_PAYLOAD), st.tuples(st.just("ADM-CID"), CID_PAYLOAD)),
    st.sampled_from([None, KEY, KEY + b"01234567", KEY + KEY]),
    st.sampled_from(["", "[X012E34.1][Y45N12.2]"]),
)
def test_where_the_library_reads_a_frame_we_read_the_same(
    said: tuple[str, str], key: bytes | None, extended: str
) -> None:
    token, payload = said
    if token == "ADM-CID":
        extended = ""  # its expression refuses Contact ID with two pieces of extended data
    raw = Gear("12AB", lambda: NOW, key=key).event(payload, token=token, extended=extended)
    (frame,) = Deframer().feed(raw)
    assert frame.whole
    header = read_header(frame.body)
    assert header is not None
    content = header.rest if key is None else decrypted(header, key)
    assert content is not None
    ours = read_message(header, content)
    account = SIAAccount("12AB", key=None if key is None else key.decode())
    theirs = SIAEvent.from_line(raw.decode("ascii").strip(), {"12AB": account})
    assert (header.token, header.sequence, header.receiver, header.line) == (
        MessageTypes(theirs.message_type).value,
        theirs.sequence,
        theirs.receiver,
        theirs.line,
    )
    assert header.account == theirs.account
    assert ours.sent_at == theirs.timestamp
    (event,) = ours.events
    if isinstance(event, SiaEvent):
        assert event.code == theirs.code
    else:
        assert (event.qualifier, event.code, event.partition, event.zone) == (
            theirs.event_qualifier,
            theirs.event_type,
            theirs.partition,
            theirs.ri,
        )
    assert [value for _, value in ours.extensions] == [one.value for one in theirs.extended_data or []]


@given(st.sampled_from([16, 24, 32]), st.binary(min_size=16, max_size=32), st.integers(1, 6))
def test_another_key_opens_nothing(size: int, other: bytes, blocks: int) -> None:
    key, wrong = bytes(range(size)), (other * 2)[:size]
    body = Deframer().feed(Gear("1234", lambda: NOW, key=key).event("Nri1/PA" + "1" * blocks))[0].body
    header = read_header(body)
    assert header is not None
    assert decrypted(header, key) is not None
    if wrong != key:
        assert decrypted(header, wrong) is None


@given(st.binary(max_size=400))
def test_any_body_is_a_header_or_none_and_any_content_a_message(raw: bytes) -> None:
    assert read_header(raw) is None or raw.startswith(b'"')
    header = read_header(b'"SIA-DCS"0001R1L1#1234[' + raw)
    assert header is not None or b"\n" in raw
    if header is not None:
        read_message(header, header.rest)
        decrypted(header, KEY)


def test_contact_id_without_group_and_zone_is_read() -> None:
    message = opened('00000000"ADM-CID"0001L0#1234[#1234|1120]_10:00:00,03-02-2026')
    assert message.events == (ContactIdEvent("1", "120"),)


@pytest.mark.parametrize(
    ("payload", "theirs"),
    [("Nri1/RP0/PA02", "RP"), ("Nti10:01:00/da08-18-24/PA1", None), ("Npi0/PA1", "pi")],
)
def test_what_the_library_misreads_is_why_its_reading_is_not_used(payload: str, theirs: str | None) -> None:
    raw = Gear("1234", lambda: NOW).event(payload)
    assert SIAEvent.from_line(raw.decode().strip(), {}).code == theirs
    header = read_header(Deframer().feed(raw)[0].body)
    assert header is not None
    assert "PA" in {event.code for event in read_message(header, header.rest).events}
