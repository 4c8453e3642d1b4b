"""``POST /v1/aml``: a phone's own location as an emergency number is called.

The body's type says which form it is: ``application/x-www-form-urlencoded`` is AML by HTTPS, ``text/plain``
the text of a short message, ``application/octet-stream`` a data short message. Short messages do not say
whose they are: ``?number=`` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection

from gateway.domain.errors import RequestRefused, SignatureInvalid
from gateway.domain.integrators import Inbound, Integrator
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import AML_BODY_MAX_BYTES
from gateway.formats.aml import AmlMessage
from gateway.formats.aml_fields import Fields
from gateway.formats.aml_form import code_holds, read_form
from gateway.formats.aml_sms import read_data_sms, read_sms
from gateway.http.doors.format_door import FormatDoor, content_type_of, described
from gateway.http.doors.principal import Principals
from gateway.ingest.aml import events_of
from gateway.ports import Clock, Intake

PATH: Final = "/v1/aml"

FORM: Final = "application/x-www-form-urlencoded"
TEXT: Final = "text/plain"
OCTETS: Final = "application/octet-stream"


class AmlDoor(FormatDoor):
    """Takes AML in. ``key``: forms must end with the code that it makes; None: none is asked for."""

    body_max_bytes = AML_BODY_MAX_BYTES

    def __init__(
        self,
        principals: Principals,
        intake: Intake,
        clock: Clock,
        metrics: DoorMetrics,
        key: bytes | None = None,
    ) -> None:
        super().__init__(principals, intake, clock, metrics)
        self._key = key

    def read(
        self, connection: HTTPConnection, body: bytes, integrator: Integrator, received_at: datetime
    ) -> Sequence[Inbound]:
        """Return a call, a position, or both."""
        return events_of(integrator, self._message(connection, body, received_at), body)

    def _message(self, connection: HTTPConnection, body: bytes, at: datetime) -> AmlMessage:
        kind = content_type_of(connection)
        if kind == FORM:
            if self._key is not None and not code_holds(body, self._key):
                raise SignatureInvalid("its hmac is not that of the form")
            return read_form(body, at)
        if kind == TEXT:
            message = read_sms(body.decode("utf-8", "replace"), at)
        elif kind == OCTETS:
            message = read_data_sms(body, at)
        else:
            raise RequestRefused(f"its content-type is none of {FORM}, {TEXT}, {OCTETS}")
        return replace(message, number=_number_of(connection))


def _number_of(connection: HTTPConnection) -> str | None:
    """Return the number a short message came from, as the request says it."""
    try:
        asked = parse_qs(connection.scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
    except ValueError:
        raise RequestRefused("its query has too many fields") from None
    return Fields({"number": asked.get("number", [""])[0]}, []).telephone("number")


def openapi() -> Mapping[str, Any]:
    """Describe the call as an OpenAPI path item."""
    return described(
        summary="Send what a phone tells of itself when an emergency number is called (AML)",
        operation="post_aml",
        bodies={
            FORM: {"type": "object", "additionalProperties": {"type": "string"}},
            TEXT: {"type": "string", "maxLength": 1600},
            OCTETS: {"type": "string", "format": "binary"},
        },
        parameter={
            "name": "number",
            "in": "query",
            "description": "The phone's number, of a short message: it does not say it itself",
            "schema": {"type": "string", "maxLength": 21},
        },
        answers={
            "202": "A call, a position, or both: each with its result",
            "401": "Neither a token nor a signature that holds, or a wrong hmac",
            "403": "Neither positions nor calls are this account's",
            "413": "Larger than 8 KiB",
            "422": "No message of AML, or of nobody",
        },
    )
