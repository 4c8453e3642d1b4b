import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as LibraryFrame
from websockets.frames import Opcode as LibraryOpcode
from websockets.server import ServerProtocol
from websockets.streams import StreamReader

from loadtests.frames import Frame, Handshake, Opcode, ProtocolBroken, client_frame, split

PAYLOADS = st.one_of(
    st.binary(max_size=200), st.sampled_from([b"x" * size for size in (125, 126, 127, 65_535, 65_536)])
)
FRAMES = st.lists(st.tuples(st.sampled_from(list(Opcode)), PAYLOADS), max_size=8)


def as_the_library_sends(opcode: Opcode, payload: bytes) -> bytes:
    if opcode is not Opcode.TEXT:
        payload = payload[:125]
    return LibraryFrame(LibraryOpcode(opcode), payload).serialize(mask=False)


def as_the_library_reads(stream: bytes, *, mask: bool = False) -> list[Frame]:
    reader, frames = StreamReader(), []
    reader.feed_data(stream)
    while reader.buffer:
        parse = LibraryFrame.parse(reader.read_exact, mask=mask)
        try:
            while True:
                next(parse)
        except StopIteration as done:
            frames.append(Frame(Opcode(done.value.opcode), bytes(done.value.data)))
    return frames


@given(frames=FRAMES, cuts=st.lists(st.integers(min_value=1, max_value=70_000), max_size=20))
def test_any_chunking_of_a_stream_gives_the_frames_that_the_websockets_library_reads(
    frames: list[tuple[Opcode, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(as_the_library_sends(*frame) for frame in frames)
    found: list[Frame] = []
    rest, start = b"", 0
    for size in (*cuts, len(stream)):
        whole, rest = split(rest + stream[start : start + size])
        found += whole
        start += size
    assert found == as_the_library_reads(stream)
    assert rest == b""


@given(opcode=st.sampled_from(list(Opcode)), payload=PAYLOADS)
def test_a_console_sends_what_the_websockets_library_reads(opcode: Opcode, payload: bytes) -> None:
    payload = payload if opcode is Opcode.TEXT else payload[:125]
    assert as_the_library_reads(client_frame(opcode, payload), mask=True) == [Frame(opcode, payload)]


FRAGMENTED, MASKED, UNKNOWN, CONTINUED = b"\x01\x00", b"\x81\x80", b"\x83\x00", b"\x00\x00"


@pytest.mark.parametrize("received", [FRAGMENTED, MASKED, UNKNOWN, CONTINUED])
def test_a_frame_this_reader_does_not_understand_is_not_passed_over(received: bytes) -> None:
    with pytest.raises(ProtocolBroken):
        split(received)


def test_the_handshake_is_one_the_websockets_library_accepts() -> None:
    server = ServerProtocol(subprotocols=["msa.console.v1"])  # type: ignore[list-item] # a NewType of str
    handshake = Handshake("gateway:1", "/v1/console", "msa.console.v1", "__Host-msa=secret")
    server.receive_data(handshake.request)
    (request,) = server.events_received()
    response = server.accept(request)  # type: ignore[arg-type] # the only event is the request
    server.send_response(response)
    answer = b"".join(server.data_to_send())
    assert response.status_code == 101
    assert handshake.answer(answer[:-1]) is None
    assert handshake.answer(answer + b"\x81\x00") == b"\x81\x00"


def test_a_server_that_opens_no_websocket_is_not_taken_for_one() -> None:
    handshake = Handshake("gateway:1", "/v1/console", "msa.console.v1", "")
    with pytest.raises(ProtocolBroken, match="403"):
        handshake.answer(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    with pytest.raises(ProtocolBroken):
        handshake.answer(b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: another\r\n\r\n")
