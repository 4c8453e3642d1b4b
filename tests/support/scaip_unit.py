"""A social alarm unit behind a gateway that speaks HTTPS, from the standard's tags: nothing of ours."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

GGA = "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"
"""The sentence of every text on NMEA 0183; its checksum is right."""

MEDIA_TYPE = "application/scaip+xml"


@dataclass
class Answer:
    """An ``mrs``."""

    status: int
    tags: dict[str, str]

    @property
    def snu(self) -> str:
        return self.tags["snu"]


def mrq(**tags: str | dict[str, str]) -> bytes:
    """Write a request; ``lge`` holds tags of its own."""
    parts = []
    for name, text in tags.items():
        inner = (
            "".join(f"<{n}>{escape(t)}</{n}>" for n, t in text.items())
            if isinstance(text, dict)
            else escape(text)
        )
        parts.append(f"<{name}>{inner}</{name}>")
    return f"<mrq>{''.join(parts)}</mrq>".encode()


def alarm(ref: str = "00001883", **more: str | dict[str, str]) -> bytes:
    """Write what a personal attack trigger sends when it is pressed."""
    return mrq(ref=ref, **{"mty": "ME", "cid": "26317", "dty": "0006", "stc": "0010", **more})


def read(status: int, body: bytes) -> Answer:
    """Read an answer; order and names are checked as a strict unit would."""
    root = ET.fromstring(body)
    assert root.tag == "mrs"
    names = [child.tag for child in root]
    order = ["ref", "snu", "ste", "cve", "mre", "cre", "tnu", "hbi"]
    assert names == [name for name in order if name in names]
    return Answer(status, {child.tag: child.text or "" for child in root})
