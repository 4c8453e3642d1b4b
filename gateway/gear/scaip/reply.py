"""The answer of SCAIP (``mrs``), its tags in the order of the standard's list."""

from typing import Final

from gateway.door_timing import SCAIP_HEARTBEAT_MIN
from gateway.gear.scaip.codes import MessageType
from gateway.gear.scaip.mapping import Request, StatusNumber
from gateway.gear.text import line
from gateway.xml_text import add, root_of, write_xml

REFERENCE_MAX: Final = 64
NO_VOICE: Final = "0"
"""``mre``: no voice call is made over the unit; the centre calls, or does not."""


def written(request: Request | None, status: StatusNumber, wrong: str = "") -> bytes:
    """Write the answer to a request, with its own reference; None: it could not be read."""
    root = root_of("mrs", {})
    tags = {} if request is None else request.tags
    add(root, "ref", line(tags.get("ref", ""), REFERENCE_MAX))
    add(root, "snu", str(int(status)))
    if wrong:
        add(root, "ste", line(wrong, 128))
    add(root, "mre", NO_VOICE)
    if status is StatusNumber.HANDLED and request is not None and _lets_us_say(request):
        add(root, "hbi", str(SCAIP_HEARTBEAT_MIN))
    return write_xml(root)


def _lets_us_say(request: Request) -> bool:
    """Whether a heartbeat says that its interval can be set (``hbo``)."""
    heartbeat = request.tags.get("mty", "").upper() == MessageType.HEARTBEAT.value
    return heartbeat and (request.number("hbo") or 0) > 0
