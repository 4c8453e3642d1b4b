"""Alarms out: a call to a receiver here, signed, and made again when it failed."""

from typing import Final

from conformance.checks import Skipped, Suite, expect
from conformance.clock import unix_s
from conformance.events import needs
from conformance.peer import Peer
from conformance.receiver import Call

suite: Final = Suite()

STANDARD: Final = "Standard Webhooks 1.0; docs/integrators.md, Alarms out"


@suite.check(
    "webhook.call",
    "a signed call about the alarm; after 503 the same call again, with the same webhook-id and body",
    STANDARD,
)
async def _called(peer: Peer) -> None:
    given, receiver = peer.given, peer.receiver
    if receiver is None or given.webhook_secret is None:
        raise Skipped("give --listen and --webhook-secret-file of a receiver that leads here")
    needs(peer, "events:alarms")
    await peer.alarm()
    calls = await receiver.until(1)
    first = calls[0]
    while not (again := [one for one in calls[1:] if _id(one) == _id(first)]):
        calls = await receiver.until(len(calls) + 1)
    for call in calls:
        wrong = call.verified(given.webhook_secret, unix_s())
        expect(wrong is None, str(wrong))
    expect(again[0].body == first.body, "the second try has another body")


def _id(call: Call) -> str | None:
    return call.headers.get("webhook-id")
