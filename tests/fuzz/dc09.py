"""Atheris on the reader of SIA DC-09: any stream, and any content of an account with a key.

What it looks for: an exception, a frame or a text that is longer than it may be, a real alarm's code that
becomes nothing. Run it by ``make fuzz``, or ``python -m tests.fuzz.dc09 -max_total_time=60 [corpus]``.
"""

from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["gateway.gear"]):
    from gateway.gear.dc09.framing import BODY_MAX_BYTES, Deframer, framed
    from gateway.gear.dc09.mapping import read
    from gateway.gear.dc09.message import BLOCK_BYTES, decrypted, encrypted, read_header, read_message

from schemas.events import AlarmRaised, EventType
from tests.fuzz.running import run
from tests.support.dc09_sender import Gear

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = bytes(range(16))
PANIC = "Nri1/PA01"


def one_input(data: bytes) -> None:
    """Feed one input: as a stream, as a content in clear, as a content that is encrypted."""
    provider = atheris.FuzzedDataProvider(data)
    size = provider.ConsumeIntInRange(1, 512)
    rest = provider.ConsumeBytes(len(data))
    stream(rest, size)
    for token in (b"SIA-DCS", b"ADM-CID", b"NULL"):
        body(b'"' + token + b'"0001R1L1#1234[' + rest)
    clear = b"#1234|" + rest
    sealed = encrypted(b"0" * (-(len(clear) + 1) % BLOCK_BYTES) + b"|" + clear, KEY)
    body(b'"*SIA-DCS"0001R1L1#1234[' + sealed.encode())
    behind(rest)


def stream(data: bytes, size: int) -> None:
    """Cut a stream into frames, and read what is whole."""
    deframer = Deframer()
    for at in range(0, len(data), size):
        for frame in deframer.feed(data[at : at + size]):
            if len(frame.raw) > BODY_MAX_BYTES + 16 + size:
                raise AssertionError("a frame beyond its bound")
            if frame.whole:
                body(frame.body)
                if Deframer().feed(framed(frame.body, binary_crc=frame.binary_crc))[0].body != frame.body:
                    raise AssertionError("a frame that does not come out as it went in")


def body(raw: bytes) -> None:
    """Read a body as the door does."""
    header = read_header(raw)
    if header is None:
        return
    content = decrypted(header, KEY) if header.encrypted else header.rest
    if content is None:
        return
    reading = read(read_message(header, content), NOW, clock_right=len(raw) % 2 == 0)
    if not reading.said:
        raise AssertionError("a message that means nothing")


def behind(rest: bytes) -> None:
    """Put anything behind a panic alarm: it stays one."""
    tail = rest.replace(b"]", b"").replace(b"|", b"").replace(b"*", b"").replace(b"^", b"")
    header = read_header(b'"SIA-DCS"0001R1L1#1234[#1234|' + PANIC.encode() + b"/" + tail)
    if header is None:
        return
    said = read(read_message(header, header.rest), NOW, clock_right=True).said
    first = said[0]
    if first.type is not EventType.ALARM_RAISED or not isinstance(first.data, AlarmRaised) or first.data.test:
        raise AssertionError("a panic alarm that becomes less")


PANEL = Gear("1234", lambda: NOW, key=KEY)
IN_CLEAR = Gear("1234", lambda: NOW)
SEEDS = (
    PANEL.event("Nri1/PA01*Hal*", extended="[H08:59:30,03-02-2026][X004E21.5][Y50N51.0][Icaf\xe9]"),
    PANEL.null(),
    IN_CLEAR.event("1121 01 015", token="ADM-CID", binary_crc=True),
    b"Nti10:01:00/da08-18-24/id3/pi0/RP/PA02][X004E21.5][Y50N51.0][H08:59:30,03-02-2026]_09:00:00,03-02-2026",
    b"1384 01 015]_09:00:00,03-02-2026",
)

if __name__ == "__main__":
    run(one_input, SEEDS)
