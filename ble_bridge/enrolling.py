"""Makes this companion known to a gateway, once."""

from urllib.parse import quote

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from ble_bridge.exchange import client, words
from ble_bridge.signing import public_pem
from schemas.enrolment import Enrolment, EnrolmentRequest


class EnrolmentRefusedError(Exception):
    """The gateway did not accept the code; its words say why."""


async def enrol(gateway: str, code: str, request: EnrolmentRequest) -> Enrolment:
    """Make this companion known with a one-time code.

    Raises EnrolmentRefusedError when the gateway says no, httpx.HTTPError when it is not reached.
    """
    async with client() as http:
        base = httpx.URL(gateway.rstrip("/") + "/")
        response = await http.post(
            base.join("v1/enrolments/").join(quote(code, safe="")),
            content=request.model_dump_json(exclude_none=True),
            headers={"Content-Type": "application/json"},
        )
    if not response.is_success:
        raise EnrolmentRefusedError(words(response))
    try:
        return Enrolment.model_validate_json(response.content)
    except ValidationError as error:
        raise EnrolmentRefusedError("the answer is not an enrolment: is this a gateway?") from error


def enrolment_request(key: ec.EllipticCurvePrivateKey, label: str, version: str) -> EnrolmentRequest:
    """Return the request that makes ``key`` known."""
    return EnrolmentRequest(public_key=public_pem(key), label=label, companion_version=version)
