"""The gateway as an integrator sees it: an address, an access token, and calls that are written down."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx

from conformance.clock import rfc3339
from conformance.receiver import Receiver
from conformance.signing import Signer

SHOWN: Final = 400
HIDDEN: Final = frozenset({"authorization", "signature"})
"""Headers whose value is not written down."""

TRY_S: Final = 10.0
EVENTS: Final = "/v1/events"
STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call and its answer, in short, without anything secret."""

    sent: str
    got: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What the command was given."""

    url: str
    client_id: str
    secret: str = field(repr=False)
    signer: Signer | None = None
    listen: tuple[str, int] | None = None
    tracker: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)


class Peer:
    """Speaks with the gateway."""

    def __init__(self, given: Given, http: httpx.AsyncClient, receiver: Receiver | None = None) -> None:
        self.given = given
        self.http = http
        self.receiver = receiver
        self.run = uuid4().hex[:8]
        self.last: Exchange | None = None
        self.account: Mapping[str, Any] = {}
        self._token: tuple[str, float] | None = None
        self._alarm: Mapping[str, Any] | None = None

    @property
    def subject(self) -> str:
        """Whom this run is about: nobody, so that a sandbox makes a file that stands for her."""
        return f"conformance-{self.run}"

    @property
    def scopes(self) -> frozenset[str]:
        """What the account may do, as the gateway says at ``/v1/integrator``."""
        return frozenset(self.account.get("scopes", ()))

    async def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | str | None = None,
        params: Mapping[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
    ) -> httpx.Response:
        """Make one call, and write it down. Raises ``httpx.HTTPError``."""
        request = self.http.build_request(method, path, headers=headers, content=content, params=params)
        answer = await self.http.send(request, auth=auth)
        self.last = Exchange(sent=_sent(request), got=_got(answer))
        return answer

    async def grant(self, *, in_form: bool = False, secret: str | None = None, **form: str) -> httpx.Response:
        """Ask for an access token."""
        used = self.given.secret if secret is None else secret
        fields = {"grant_type": "client_credentials", **form}
        auth = None if in_form else httpx.BasicAuth(self.given.client_id, used)
        if in_form:
            fields |= {"client_id": self.given.client_id, "client_secret": used}
        request = self.http.build_request("POST", "/v1/token", data=fields)
        answer = await self.http.send(request, auth=auth)
        told = {name: "…" if name == "client_secret" else value for name, value in fields.items()}
        self.last = Exchange(sent=f"POST /v1/token {told}", got=_got(answer, hide_body=answer.is_success))
        return answer

    async def token(self) -> str:
        """Return an access token that holds for a while yet."""
        if self._token is None or time.monotonic() > self._token[1]:
            answer = (await self.grant()).raise_for_status().json()
            self._token = answer["access_token"], time.monotonic() + answer["expires_in"] - 60
        return self._token[0]

    async def bearer(self) -> dict[str, str]:
        """Return the header that authorises a call."""
        return {"Authorization": f"Bearer {await self.token()}"}

    def event(self, kind: str, data: Any = None, **attributes: Any) -> dict[str, Any]:
        """Return a CloudEvent of this run; an attribute given as None lacks."""
        whole = {
            "specversion": "1.0",
            "type": kind,
            "source": f"/conformance/{self.run}",
            "id": str(uuid4()),
            "subject": self.subject,
            "datacontenttype": "application/json",
            "data": data or {},
            **attributes,
        }
        return {name: value for name, value in whole.items() if value is not None}

    async def send(self, event: Mapping[str, Any], **headers: str) -> httpx.Response:
        """Send one event, structured."""
        return await self.send_raw(json.dumps(event), STRUCTURED, **headers)

    async def send_raw(self, content: bytes | str, content_type: str, **headers: str) -> httpx.Response:
        """Send a body as it is."""
        all_headers = {"Content-Type": content_type, **(headers or await self.bearer())}
        return await self.call("POST", EVENTS, content=content, headers=all_headers)

    async def send_binary(self, event: Mapping[str, Any]) -> httpx.Response:
        """Send one event in binary mode: attributes as headers, data as the body."""
        attributes = {
            f"ce-{name}": str(value)
            for name, value in event.items()
            if name not in {"data", "datacontenttype"}
        }
        headers = {**attributes, "Content-Type": "application/json", **await self.bearer()}
        return await self.call("POST", EVENTS, content=json.dumps(event["data"]), headers=headers)

    async def send_batch(self, events: list[Any]) -> httpx.Response:
        """Send several events at once."""
        return await self.send_raw(json.dumps(events), BATCH)

    async def alarm(self) -> Mapping[str, Any]:
        """Return the result of this run's alarm, raised once."""
        if self._alarm is None:
            answer = await self.send(self.event("be.msa.alarm.raised", self.alarm_data()))
            self._alarm = answer.raise_for_status().json()
        return self._alarm

    def alarm_data(self) -> dict[str, Any]:
        """Return the data of an alarm in a centre of the account, if its place is known here."""
        centre = next((one for one in self.account.get("centres", ()) if one in PLACES), "BE-BRU")
        latitude, longitude = PLACES[centre]
        fix = {
            "latitude": latitude,
            "longitude": longitude,
            "radius_m": 25,
            "fixed_at": rfc3339(),
            "method": "gnss",
        }
        return {"cause": "app", "text": "conformance", "positions": [fix]}


PLACES: Final[Mapping[str, tuple[float, float]]] = {
    "BE-BRU": (50.8467, 4.3525),
    "BE-VAN": (51.2194, 4.4025),
    "BE-VBR": (50.8798, 4.7005),
    "BE-VLI": (50.9307, 5.3325),
    "BE-VOV": (51.0543, 3.7174),
    "BE-VWV": (51.2093, 3.2247),
    "BE-WBR": (50.7167, 4.6119),
    "BE-WHT": (50.4542, 3.9523),
    "BE-WLG": (50.6326, 5.5797),
    "BE-WLX": (49.6833, 5.8167),
    "BE-WNA": (50.4669, 4.8675),
}
"""A place in each province: the middle of its capital."""


def _sent(request: httpx.Request) -> str:
    shown = [
        f"{name}: {'…' if name in HIDDEN else value}"
        for name, value in request.headers.items()
        if name in HIDDEN | {"content-type", "signature-input"} or name.startswith("ce-")
    ]
    body = request.content.decode(errors="replace")
    return _short(" ".join([f"{request.method} {request.url.raw_path.decode()}", *shown, body]))


def _got(answer: httpx.Response, *, hide_body: bool = False) -> str:
    asked = answer.headers.get("www-authenticate")
    body = "{…}" if hide_body else answer.text
    return _short(
        " ".join([str(answer.status_code), *([f"WWW-Authenticate: {asked}"] if asked else ()), body])
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
