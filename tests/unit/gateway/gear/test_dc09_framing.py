from hypothesis import given
from hypothesis import strategies as st
from pysiaalarm.event import SIAEvent

from gateway.gear.dc09.framing import BODY_MAX_BYTES, Deframer, crc16, framed
from tests.support.dc09_sender import crc

BODY = st.binary(max_size=200).map(lambda raw: b'"NULL"' + raw.replace(b"\r", b""))


def test_the_check_value_of_crc_16_arc_is_met() -> None:
    assert crc16(b"123456789") == 0xBB3D


@given(st.binary(max_size=300))
def test_our_crc_is_the_standard_s_bit_by_bit(data: bytes) -> None:
    assert crc16(data) == crc(data)


@given(st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=100))
def test_our_crc_is_the_library_s_where_that_counts_bytes(text: str) -> None:
    assert f"{crc16(text.encode()):04X}" == SIAEvent._crc_calc(text)


@given(st.lists(st.tuples(BODY, st.booleans()), max_size=4), st.data())
def test_frames_come_out_however_the_stream_is_cut(
    frames: list[tuple[bytes, bool]], data: st.DataObject
) -> None:
    plain = [one for one in frames if not _odd(one[0], binary=one[1])]
    stream = b"".join(framed(body, binary_crc=binary) for body, binary in plain)
    deframer, out = Deframer(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        out += deframer.feed(stream[:size])
        stream = stream[size:]
    assert [frame.body for frame in out] == [body for body, _ in plain]
    assert all(frame.whole for frame in out)
    assert not deframer.begun


def _odd(body: bytes, *, binary: bool) -> bool:
    """Two bytes of CRC that end a frame, or pass for digits: a panel that sends them lives with that."""
    head = framed(body, binary_crc=True)[1:3]
    return binary and (b"\n" in head or b"\r" in head or head.isalnum())


@given(st.binary(max_size=20_000), st.integers(1, 5000))
def test_any_bytes_are_held_in_bounds_and_end(stream: bytes, size: int) -> None:
    deframer, out = Deframer(), []
    for at in range(0, len(stream), size):
        out += deframer.feed(stream[at : at + size])
        assert len(deframer._held) <= BODY_MAX_BYTES + 10 + size
    assert all(len(frame.raw) <= BODY_MAX_BYTES + 10 + size for frame in out)
    assert len(out) <= len(stream)


def test_a_frame_with_a_wrong_crc_or_length_is_broken_and_the_next_is_whole() -> None:
    good = framed(b'"NULL"0000R0L0#1234[]')
    wrong = good[:1] + b"0000" + good[5:]
    short = good[:8] + b"1" + good[9:]
    out = Deframer().feed(wrong + b"noise" + short + good)
    assert [frame.whole for frame in out] == [False, False, False, True]


def test_two_bytes_of_crc_are_read_and_remembered() -> None:
    # 0xF6F3 and the frame stand in a maker's log that was made public (node-red-contrib-sia-ultimate, #10)
    body = b'"ADM-CID"1447R01L01#0001[#0001|1603 01 000][S13]_04:45:01,08-30-2014'
    assert crc16(body) == 0xF6F3
    (frame,) = Deframer().feed(b"\n\xf6\xf30044" + body + b"\r")
    assert frame.whole
    assert frame.binary_crc
