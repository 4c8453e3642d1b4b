"""``POST /v1/locations``: where somebody is, as a location object (PIDF-LO).

Whom it is about, ``?subject=`` says as the integrator calls her; without it the object's ``entity``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection

from gateway.domain.errors import RequestRefused
from gateway.domain.integrators import Inbound, Integrator
from gateway.formats.pidf_lo import MEDIA_TYPE
from gateway.formats.pidf_lo_in import LIMITS, read_pidf_lo
from gateway.http.doors.format_door import FormatDoor, content_type_of, described
from gateway.ingest.location_object import event_of
from gateway.xml_text import MEDIA_TYPES

PATH: Final = "/v1/locations"

TAKEN: Final = frozenset({MEDIA_TYPE}) | MEDIA_TYPES


class LocationObjectsDoor(FormatDoor):
    """Takes a PIDF-LO document in as one position of ``subject``, or of its entity."""

    body_max_bytes = LIMITS.bytes_max

    def read(
        self, connection: HTTPConnection, body: bytes, integrator: Integrator, received_at: datetime
    ) -> Sequence[Inbound]:
        """Return the position in it."""
        if content_type_of(connection) not in TAKEN:
            raise RequestRefused(f"its content-type is not {MEDIA_TYPE}")
        try:
            asked = parse_qs(connection.scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
        except ValueError:
            raise RequestRefused("its query has too many fields") from None
        subject = asked.get("subject", [None])[0]
        return [event_of(integrator, read_pidf_lo(body, received_at), subject, body)]


def openapi() -> Mapping[str, Any]:
    """Describe the call as an OpenAPI path item."""
    return described(
        summary="Send where somebody is, as a location object (PIDF-LO, RFC 4119)",
        operation="post_location_object",
        bodies={MEDIA_TYPE: {"type": "string"}},
        parameter={
            "name": "subject",
            "in": "query",
            "description": "Whom it is about, as the integrator calls her; without it the object's entity",
            "schema": {"type": "string", "maxLength": 128},
        },
        answers={
            "202": "A position, with its result",
            "403": "Positions are not this account's",
            "413": "Larger than 64 KiB",
            "422": "No place that can be read, with the reason; or of nobody",
        },
    )
