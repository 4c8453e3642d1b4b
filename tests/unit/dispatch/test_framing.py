from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from dispatch.framing import text_frame


@given(
    st.one_of(
        st.binary(max_size=300), st.sampled_from([b"x" * 125, b"x" * 126, b"x" * 65_535, b"x" * 65_536])
    )
)
def test_a_frame_is_what_the_websockets_library_reads(payload: bytes) -> None:
    reader = StreamReader()
    reader.feed_data(text_frame(payload))
    parse = Frame.parse(reader.read_exact, mask=False)
    try:
        while True:
            next(parse)
    except StopIteration as done:
        frame = done.value
    assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, payload)
