"""One call to a receiver from the command line: whether it answers, and takes our signature."""

import json
from collections.abc import Sequence
from uuid import uuid4

from gateway.clock import SystemClock
from gateway.outbound.calling import Calls
from gateway.outbound.payload import CLOUD_EVENT, EVENT_TYPE
from gateway.settings import Settings
from gateway.webhook_signature import Secret, signed_headers
from schemas.receivers import ReceiverView


async def tried(settings: Settings, receiver: ReceiverView, secrets: Sequence[Secret]) -> str | None:
    """Call it with an event about nothing; None: it was taken, else the status or the kind of failure."""
    now, event_id, calls = SystemClock().now(), uuid4().hex, Calls.of(settings)
    body = json.dumps(
        {
            "specversion": "1.0",
            "type": f"{EVENT_TYPE}receiver.test",
            "source": "/receivers",
            "id": event_id,
            "subject": str(receiver.receiver_id),
            "time": now.isoformat(),
        }
    ).encode()
    headers = signed_headers(f"msg_{event_id}", int(now.timestamp()), body, secrets)
    try:
        answer = await calls.post(
            receiver.receiver_id, receiver.url, {"content-type": CLOUD_EVENT, **headers}, body
        )
    finally:
        await calls.close()
    return None if answer.status is not None and 200 <= answer.status < 300 else answer.why
