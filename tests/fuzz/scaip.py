"""Atheris on the reader of SCAIP: any document, and any texts in its tags.

What it looks for: an exception but ``XmlRefused``, an alarm that becomes nothing, an answer that is no XML.
"""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

import atheris

with atheris.instrument_imports(include=["gateway.gear", "gateway.xml_text"]):
    from gateway.gear.scaip.mapping import StatusNumber, read, read_request
    from gateway.gear.scaip.reply import written
    from gateway.xml_text import fit_for_xml, parse_xml

from gateway.domain.door_errors import XmlRefused
from schemas.events import EventType
from tests.fuzz.running import run
from tests.support.scaip_unit import alarm, mrq

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TAGS = ("did", "stt", "cha", "pri", "lco", "lte", "ico", "ite", "crd", "hbo", "geo", "gga", "tim")


def one_input(data: bytes) -> None:
    """Read one input as a document, and as the texts of a pressed button's tags."""
    document(data)
    document(b"<mrq><ref>1</ref><cid>1</cid><dty>6</dty>" + data + b"</mrq>")
    provider = atheris.FuzzedDataProvider(data)
    texts = {tag: fit_for_xml(provider.ConsumeUnicodeNoSurrogates(90)) for tag in TAGS}
    inner = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in texts.items())
    pressed = f"<mrq><ref>1</ref><cid>1</cid><dty>0006</dty><stc>0010</stc>{inner}<lge>{inner}</lge></mrq>"
    document(pressed.encode(), pressed=True)


def document(raw: bytes, *, pressed: bool = False) -> None:
    """Read a document as the door does."""
    try:
        request = read_request(parse_xml(raw))
    except XmlRefused:
        return
    if request is None:
        return
    reading = read(request, NOW)
    if pressed and reading.said[0].type is not EventType.ALARM_RAISED:
        raise AssertionError("an alarm that becomes something else")
    if reading.status is StatusNumber.HANDLED and not reading.said:
        raise AssertionError("handled, and nothing was done")
    parse_xml(written(request, reading.status, reading.wrong))


SEEDS = (
    alarm(lge={"geo": "50.85,4.35", "tim": "2026-03-02T10:59:00+02:00"}),
    alarm(lge={"gga": "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"}),
    mrq(ref="1", mty="PI", cid="26317", dty="02", did="00", crd="no-voice:", stc="102", hbo="1"),
    b"<did>A1</did><stt>held</stt><crd>gsm:+3220000000</crd><pri>9</pri><cha>1</cha><stc>0019</stc>",
)

if __name__ == "__main__":
    run(one_input, SEEDS)
