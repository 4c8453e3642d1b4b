"""Events in: each type in each mode, what comes twice, what is wrong, what is too much."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import httpx

from conformance.checks import Skipped, Suite, expect
from conformance.clock import rfc3339
from conformance.peer import BATCH, STRUCTURED, Peer
from conformance.tokens import refused_as

suite: Final = Suite()

CLOUDEVENTS: Final = "CloudEvents 1.0, HTTP binding 1.0.2; docs/integrators.md"
DOCS: Final = "docs/integrators.md, Events in"
TRACKERS: Final = "docs/integrators.md, Perimeters and trackers"
PROBLEMS: Final = "RFC 9457; docs/wire-protocol.md"
KIB: Final = 1024

SCOPE_OF: Final = {
    "be.msa.alarm.raised": "events:alarms",
    "be.msa.position.updated": "events:positions",
    "be.msa.call.received": "events:calls",
    "be.msa.chat.said": "events:chat",
    "be.msa.medical.updated": "events:medical",
    "be.msa.device.condition": "events:conditions",
    "be.msa.tracker.moved": "events:trackers",
    "be.msa.tracker.condition": "events:trackers",
    "be.msa.alarm.cancel_requested": "events:alarms",
}
"""Every type, in an order in which each finds what it needs: the alarm first."""


def data_of(kind: str, peer: Peer) -> dict[str, Any]:
    """Return data of a type that are right."""
    fixes = peer.alarm_data()["positions"]
    of: Mapping[str, dict[str, Any]] = {
        "be.msa.alarm.raised": peer.alarm_data(),
        "be.msa.alarm.cancel_requested": {},
        "be.msa.position.updated": {"positions": fixes},
        "be.msa.call.received": {"caller_number": "+3200000000"},
        "be.msa.chat.said": {"text": "conformance", "lang": "en"},
        "be.msa.medical.updated": {"text": "conformance", "lang": "en"},
        "be.msa.device.condition": {"condition": "ok", "battery_pct": 80},
        "be.msa.tracker.moved": {"positions": fixes},
        "be.msa.tracker.condition": {"condition": "ok"},
    }
    return of[kind]


OF_TRACKERS: Final = "be.msa.tracker."

Send = Callable[[Peer, Mapping[str, Any]], Awaitable[httpx.Response]]


async def _structured(peer: Peer, event: Mapping[str, Any]) -> httpx.Response:
    return await peer.send(event)


async def _binary(peer: Peer, event: Mapping[str, Any]) -> httpx.Response:
    return await peer.send_binary(event)


def _add(kind: str, mode: str, send: Send) -> None:
    urgent = kind == "be.msa.alarm.raised"
    words = "201 committed, with alarm_id, centre, sequence" if urgent else "202 accepted, with source and id"

    @suite.check(f"event.{kind.removeprefix('be.msa.')}.{mode}", words, CLOUDEVENTS)
    async def _event(peer: Peer) -> None:
        needs(peer, SCOPE_OF[kind])
        subject = peer.subject
        if kind.startswith(OF_TRACKERS):
            if peer.given.tracker is None:
                raise Skipped("give --tracker, the subject of a tracker that was put on for a file")
            subject = peer.given.tracker
        event = peer.event(kind, data_of(kind, peer), subject=subject)
        answer = await send(peer, event)
        expect(answer.status_code == (201 if urgent else 202), f"the status is {answer.status_code}")
        told(answer.json(), event, "committed" if urgent else None)


def told(result: Mapping[str, Any], event: Mapping[str, Any], fate: str | None) -> None:
    """Go on where a result is of this event, and says what became of it."""
    expect((result["source"], result["id"]) == (event["source"], event["id"]), "it is of another event")
    fates = {fate} if fate else {"accepted", "coalesced"}
    expect(result["fate"] in fates, f"fate is {result['fate']}")
    if fate == "committed":
        lacking = [name for name in ("alarm_id", "centre", "sequence") if not result.get(name)]
        expect(not lacking, f"it lacks {', '.join(lacking)}")


def needs(peer: Peer, scope: str) -> None:
    """Go on where the account has a scope."""
    if scope not in peer.scopes:
        raise Skipped(f"the account lacks the scope {scope}")


for _kind in SCOPE_OF:
    for _mode, _send in (("structured", _structured), ("binary", _binary)):
        _add(_kind, _mode, _send)


@suite.check("batch.every_type", "200, a result an event, in the order of the batch", CLOUDEVENTS)
async def _batch(peer: Peer) -> None:
    kinds = [
        kind for kind, scope in SCOPE_OF.items() if scope in peer.scopes and not kind.startswith(OF_TRACKERS)
    ]
    if not kinds:
        raise Skipped("the account has no scope for events")
    events = [peer.event(kind, data_of(kind, peer)) for kind in kinds]
    answer = await peer.send_batch(events)
    expect(answer.status_code == 200, f"the status is {answer.status_code}")
    results = answer.json()["results"]
    expect(len(results) == len(events), f"there are {len(results)} results of {len(events)}")
    for event, result in zip(events, results, strict=True):
        told(result, event, "committed" if event["type"] == "be.msa.alarm.raised" else None)


@suite.check("batch.one_wrong", "200; the wrong one refused with a problem, the others taken", DOCS)
async def _one_wrong(peer: Peer) -> None:
    needs(peer, "events:alarms")
    good = [peer.event("be.msa.alarm.raised", data_of("be.msa.alarm.raised", peer)) for _ in range(2)]
    answer = await peer.send_batch([good[0], peer.event("be.msa.never.heard_of"), 7, good[1]])
    expect(answer.status_code == 200, f"the status is {answer.status_code}")
    results = answer.json()["results"]
    fates = [one["fate"] for one in results]
    expect(fates == ["committed", "refused", "refused", "committed"], f"the fates are {fates}")
    expect(all(one.get("problem") for one in results[1:3]), "a refusal comes without its problem")


@suite.check("again.alarm", "200 seen_before, with the first alarm_id and sequence", DOCS)
async def _again(peer: Peer) -> None:
    needs(peer, "events:alarms")
    event = peer.event("be.msa.alarm.raised", data_of("be.msa.alarm.raised", peer))
    first = (await peer.send(event)).raise_for_status().json()
    for again in (await peer.send(event), await peer.send_binary(event)):
        expect(again.status_code == 200, f"the status is {again.status_code}")
        result = again.json()
        expect(result["seen_before"], "seen_before is false")
        same = all(result[name] == first[name] for name in ("alarm_id", "centre", "sequence"))
        expect(same, "it is another alarm, or another sequence")


@suite.check("again.other", "202, then 200 seen_before, for what is no alarm", DOCS)
async def _again_other(peer: Peer) -> None:
    needs(peer, "events:chat")
    await peer.alarm()
    event = peer.event("be.msa.chat.said", data_of("be.msa.chat.said", peer))
    answers = [await peer.send(event) for _ in range(2)]
    expect([one.status_code for one in answers] == [202, 200], "the statuses are not 202 and 200")
    expect(answers[1].json()["seen_before"], "seen_before is false")


@suite.check("again.changed", "200; the first stands, flagged content_differs", DOCS)
async def _changed(peer: Peer) -> None:
    needs(peer, "events:alarms")
    event = peer.event("be.msa.alarm.raised", data_of("be.msa.alarm.raised", peer))
    first = (await peer.send(event)).raise_for_status().json()
    other = await peer.send({**event, "data": {"text": "something else"}})
    expect(other.status_code == 200, f"the status is {other.status_code}")
    expect(other.json()["alarm_id"] == first["alarm_id"], "it raised another alarm")
    expect("content_differs" in other.json()["flags"], "it is not flagged content_differs")


@suite.check("unknown.type", "422 invalid, which names the types that are known", DOCS)
async def _unknown_type(peer: Peer) -> None:
    answer = await peer.send(peer.event("be.msa.never.heard_of"))
    refused_as(answer, 422, "invalid")
    expect("be.msa.alarm.raised" in answer.text, "it does not say what is known")


@suite.check("unknown.version", "422 invalid, which names the version that is known", DOCS)
async def _unknown_version(peer: Peer) -> None:
    needs(peer, "events:chat")
    kind = "be.msa.chat.said"
    event = peer.event(kind, data_of(kind, peer), dataschema=f"urn:msa:event:{kind}:99")
    answer = await peer.send(event)
    refused_as(answer, 422, "invalid")
    expect(f"urn:msa:event:{kind}:1" in answer.text, "it does not say what is known")


@suite.check("unknown.version_of_alarm", "201 all the same, flagged: an alarm is never refused for it", DOCS)
async def _alarm_of_tomorrow(peer: Peer) -> None:
    needs(peer, "events:alarms")
    kind = "be.msa.alarm.raised"
    event = peer.event(kind, data_of(kind, peer), dataschema=f"urn:msa:event:{kind}:99")
    _flagged(await peer.send(event), "dropped:dataschema")


@suite.check("poison.alarm_fields", "201; what is broken is dropped and flagged", DOCS)
async def _poison(peer: Peer) -> None:
    needs(peer, "events:alarms")
    broken = {"positions": "here", "battery_pct": 900, "cause": ["?"], "text": "conformance\u0000"}
    _flagged(await peer.send(peer.event("be.msa.alarm.raised", broken)), "dropped:")


@suite.check("poison.alarm_truncated", "201, though the body ends in the middle", DOCS)
async def _truncated(peer: Peer) -> None:
    needs(peer, "events:alarms")
    whole = json.dumps(peer.event("be.msa.alarm.raised", data_of("be.msa.alarm.raised", peer)))
    _flagged(await peer.send_raw(whole[:-40], STRUCTURED), "dropped:")


@suite.check("poison.alarm_bare", "201, though neither id nor subject nor data came", DOCS)
async def _bare(peer: Peer) -> None:
    needs(peer, "events:alarms")
    bare = {"type": "be.msa.alarm.raised", "source": f"/conformance/{peer.run}"}
    _flagged(await peer.send_raw(json.dumps(bare), STRUCTURED), "dropped:")


@suite.check("tracker.unknown", "404 not-found for a tracker that nobody put on", TRACKERS)
async def _unknown_tracker(peer: Peer) -> None:
    needs(peer, "events:trackers")
    kind = "be.msa.tracker.moved"
    refused_as(await peer.send(peer.event(kind, data_of(kind, peer))), 404, "not-found")


@suite.check("poison.field", "422 invalid, with the field at fault in errors", PROBLEMS)
async def _missing_field(peer: Peer) -> None:
    needs(peer, "events:chat")
    answer = await peer.send(peer.event("be.msa.chat.said", {"lang": "en"}))
    refused_as(answer, 422, "invalid")
    expect(answer.json()["errors"], "errors is empty")


@suite.check("poison.not_json", "400 malformed", PROBLEMS)
async def _not_json(peer: Peer) -> None:
    refused_as(await peer.send_raw("this is no JSON", STRUCTURED), 400, "malformed")
    refused_as(await peer.send_raw("{}", BATCH), 400, "malformed")


@suite.check("poison.nested", "400 or 422 for JSON that is nested without end", PROBLEMS)
async def _nested(peer: Peer) -> None:
    answer = await peer.send_raw("[" * 30_000, STRUCTURED)
    expect(answer.status_code in {400, 422}, f"the status is {answer.status_code}")


@suite.check("poison.mode", "400 for a content-type that is none of the three modes", CLOUDEVENTS)
async def _no_mode(peer: Peer) -> None:
    refused_as(await peer.send_raw("hello", "text/plain"), 400, "malformed")


@suite.check("large.event", "413 too-large for an event of more than 64 KiB", DOCS)
async def _large(peer: Peer) -> None:
    event = peer.event("be.msa.chat.said", {"text": "x" * 70 * KIB})
    refused_as(await peer.send(event), 413, "too-large")


@suite.check("large.batch", "413 too-large for a batch of more than 256 KiB", DOCS)
async def _large_batch(peer: Peer) -> None:
    event = peer.event("be.msa.chat.said", {"text": "x" * 1000})
    refused_as(await peer.send_batch([event] * 260), 413, "too-large")


@suite.check("clock.event", "201, though the event is dated a day ahead, or ten years back", DOCS)
async def _clock(peer: Peer) -> None:
    needs(peer, "events:alarms")
    for off in (86_400, -315_360_000):
        when = rfc3339(off)
        event = peer.event("be.msa.alarm.raised", data_of("be.msa.alarm.raised", peer), time=when)
        answer = await peer.send(event)
        expect(answer.status_code == 201, f"the status is {answer.status_code}")


@suite.check("method", "405 method-not-allowed", PROBLEMS)
async def _method(peer: Peer) -> None:
    refused_as(await peer.call("GET", "/v1/events"), 405, "method-not-allowed")


def _flagged(answer: httpx.Response, flag: str) -> None:
    expect(answer.status_code == 201, f"the status is {answer.status_code}")
    flags = answer.json()["flags"]
    expect(any(one.startswith(flag) for one in flags), f"the flags are {flags}")
