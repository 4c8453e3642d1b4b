"""An alarm and what follows it, with the CloudEvents SDK. Needs MSA_URL, MSA_CLIENT_ID, MSA_SECRET_FILE."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.v1.event import CloudEvent

SUBJECT = "account-4711"


def event(kind: str, data: dict) -> CloudEvent:
    """Make an event; keep its id with what it tells, and send it again with the same until you know."""
    attributes = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/examples/python",
        "type": kind,
        "subject": SUBJECT,
        "time": datetime.now(UTC),  # noqa: TID251 (an example has no clock of ours)
        "datacontenttype": "application/json",
    }
    return CloudEvent(attributes, data)


def token(http: httpx.Client) -> str:
    """Ask for an access token, which holds for a quarter of an hour."""
    client = os.environ["MSA_CLIENT_ID"], Path(os.environ["MSA_SECRET_FILE"]).read_text().strip()
    answer = http.post("/v1/token", auth=client, data={"grant_type": "client_credentials"})
    return answer.raise_for_status().json()["access_token"]


def send_until_known(http: httpx.Client, one: CloudEvent) -> dict:
    """Send an alarm until the gateway says what became of it: 5xx and silence mean 'the same again'."""
    message = to_structured_event(one)
    for wait_s in (0.5, 1, 2, 5, 10):
        try:
            answer = http.post("/v1/events", content=message.body, headers=dict(message.headers))
        except httpx.TransportError:
            time.sleep(wait_s)
            continue
        if answer.status_code < 500:
            return answer.raise_for_status().json()
        time.sleep(wait_s)
    raise SystemExit("not known to be there: sound the alarm another way")


def fix(latitude: float, longitude: float) -> dict:
    """Return where she is, to 15 m, as of now."""
    at = datetime.now(UTC).isoformat()  # noqa: TID251 (an example has no clock of ours)
    return {"latitude": latitude, "longitude": longitude, "radius_m": 15, "fixed_at": at, "method": "gnss"}


with httpx.Client(base_url=os.environ["MSA_URL"], timeout=10) as http:
    http.headers["Authorization"] = f"Bearer {token(http)}"
    person = {"name": "Anna Example", "languages": ["nl"]}
    alarm = event("be.msa.alarm.raised", {"cause": "app", "positions": [fix(51.05, 3.72)], "person": person})
    raised = send_until_known(http, alarm)
    print(f"alarm {raised['alarm_id']} at {raised['centre']}, flags {' '.join(raised['flags'])}")

    more = [
        event("be.msa.position.updated", {"positions": [fix(51.051, 3.722)]}),
        event("be.msa.chat.said", {"text": "He is at the door", "lang": "en"}),
        event("be.msa.chat.said", {"lang": "en"}),  # wrong: it has no text
    ]
    body = b"[" + b",".join(to_structured_event(one).body for one in more) + b"]"
    answer = http.post(
        "/v1/events", content=body, headers={"Content-Type": "application/cloudevents-batch+json"}
    )
    for one in answer.raise_for_status().json()["results"]:
        why = "" if one["problem"] is None else f": {one['problem']['errors']}"
        print(f"{one['fate']}{why}")
