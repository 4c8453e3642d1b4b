"""Events out: a centre's stream, read from a cursor, and resumed."""

from typing import Any, Final

import httpx

from conformance.checks import Failed, Skipped, Suite, expect
from conformance.peer import BATCH, Peer
from conformance.tokens import refused_as

suite: Final = Suite()

DOCS: Final = "docs/integrators.md, Alarms out"
WAIT_S: Final = 5
ELSEWHERE_MAX: Final = 20
NOBODYS: Final = "ZZ-ZZZ"
"""No centre of the account: ZZ is no country (ISO 3166-1, user-assigned)."""


class Reading:
    """Reads one stream on."""

    def __init__(self, peer: Peer, centre: str) -> None:
        self.peer = peer
        self.centre = centre

    async def read(self, after: str | None, **params: Any) -> httpx.Response:
        """Read once; return the answer."""
        asked = {name: str(value) for name, value in params.items() if value is not None}
        if after is not None:
            asked["after"] = after
        headers = await self.peer.bearer()
        answer = await self.peer.call("GET", f"/v1/streams/{self.centre}", params=asked, headers=headers)
        expect(answer.status_code == 200, f"the status is {answer.status_code}")
        return answer

    async def until(self, after: str, alarm_id: str) -> list[dict[str, Any]]:
        """Read on until an event about this alarm came; return all that came."""
        events: list[dict[str, Any]] = []
        for _ in range(4):
            answer = await self.read(after, wait=WAIT_S)
            events += answer.json()
            after = cursor_of(answer)
            if any(event.get("subject") == alarm_id for event in events):
                return events
        raise Failed(f"no event about the alarm {alarm_id} came")


def cursor_of(answer: httpx.Response) -> str:
    """Return where the next reading goes on."""
    cursor = answer.headers.get("msa-cursor")
    expect(cursor, "MSA-Cursor is missing")
    return str(cursor)


async def reading_of(peer: Peer) -> Reading:
    """Return the stream of the centre that this run's alarm is raised in."""
    if "streams:read" not in peer.scopes:
        raise Skipped("the account lacks the scope streams:read")
    if "events:alarms" not in peer.scopes:
        raise Skipped("the account lacks the scope events:alarms, so that nothing would come")
    centre = (await peer.alarm())["centre"]
    if centre not in peer.account["centres"]:
        raise Skipped(f"the alarm is {centre}'s, which is no centre of the account")
    return Reading(peer, str(centre))


async def _pressed_again(peer: Peer) -> dict[str, Any]:
    answer = await peer.send(peer.event("be.msa.alarm.raised", peer.alarm_data()))
    answer.raise_for_status()
    return dict(answer.json())


@suite.check("stream.snapshot", "200; be.msa.stream.reset, the open alarms, and a cursor in MSA-Cursor", DOCS)
async def _snapshot(peer: Peer) -> None:
    stream = await reading_of(peer)
    answer = await stream.read(None)
    expect(answer.headers["content-type"].startswith(BATCH), "it is no CloudEvents batch")
    events = answer.json()
    expect(events and events[0]["type"] == "be.msa.stream.reset", "it does not begin with a reset")
    expect(events[0]["data"]["reason"] == "first_attach", "the reason is not first_attach")
    expect(events[0]["data"]["cursor"] == cursor_of(answer), "the reset has another cursor")
    ours = (await peer.alarm())["alarm_id"]
    expect(any(one.get("subject") == ours for one in events[1:]), "this run's open alarm is not in it")


@suite.check("stream.live", "an event of the alarm within 5 s, its sequence rising, its id once", DOCS)
async def _live(peer: Peer) -> None:
    stream = await reading_of(peer)
    start = cursor_of(await stream.read(None))
    raised = await _pressed_again(peer)
    events = await stream.until(start, str(raised["alarm_id"]))
    numbers, ids = [one["sequence"] for one in events], [one["id"] for one in events]
    expect(numbers == sorted(numbers), "sequence does not rise")
    expect(len(set(ids)) == len(ids), "an id comes twice")
    expect(all(one["specversion"] == "1.0" for one in events), "specversion is not 1.0")
    sources = {one["source"] for one in events}
    expect(len(sources) == 1, f"the sources are {sources}")


@suite.check("stream.resume", "from any cursor the same events, in pieces as in one", DOCS)
async def _resume(peer: Peer) -> None:
    stream = await reading_of(peer)
    start = cursor_of(await stream.read(None))
    for _ in range(3):
        raised = await _pressed_again(peer)
    whole = [one["id"] for one in await stream.until(start, str(raised["alarm_id"]))]
    again = [one["id"] for one in (await stream.read(start)).json()]
    expect(again[: len(whole)] == whole, "the same cursor gives other events")
    piecewise: list[str] = []
    after = start
    while len(piecewise) < len(again):
        answer = await stream.read(after, limit=1)
        found = [one["id"] for one in answer.json()]
        expect(len(found) == 1, f"limit=1 gives {len(found)} events")
        piecewise += found
        after = cursor_of(answer)
    expect(piecewise == again, "in pieces it is another stream")


@suite.check("stream.nothing_new", "200 with an empty list, 304 with If-None-Match", DOCS)
async def _nothing_new(peer: Peer) -> None:
    stream = await reading_of(peer)
    answer = await stream.read(cursor_of(await stream.read(None)))
    for _ in range(ELSEWHERE_MAX):
        if not answer.json():
            break
        answer = await stream.read(cursor_of(answer))  # something else happened there
    else:
        raise Failed("the stream has no end")
    headers = {**await peer.bearer(), "If-None-Match": answer.headers["etag"]}
    path, params = f"/v1/streams/{stream.centre}", {"after": cursor_of(answer)}
    same = await peer.call("GET", path, params=params, headers=headers)
    expect(same.status_code in {200, 304}, f"the status is {same.status_code}")
    expect(same.status_code == 304 or same.json(), "200, and nothing new")


@suite.check("stream.lost", "a cursor of another epoch: be.msa.stream.reset with epoch_changed", DOCS)
async def _lost(peer: Peer) -> None:
    stream = await reading_of(peer)
    events = (await stream.read("00:1")).json()
    expect(events[0]["type"] == "be.msa.stream.reset", "it does not begin with a reset")
    expect(events[0]["data"]["reason"] == "epoch_changed", f"the reason is {events[0]['data']['reason']}")


@suite.check("stream.bad_cursor", "422 invalid", DOCS)
async def _bad_cursor(peer: Peer) -> None:
    stream = await reading_of(peer)
    path, headers = f"/v1/streams/{stream.centre}", await peer.bearer()
    refused_as(await peer.call("GET", path, params={"after": "yesterday"}, headers=headers), 422, "invalid")


@suite.check("stream.foreign", "403 not-yours for a centre that is not the account's", DOCS)
async def _foreign(peer: Peer) -> None:
    if "streams:read" not in peer.scopes:
        raise Skipped("the account lacks the scope streams:read")
    answer = await peer.call("GET", f"/v1/streams/{NOBODYS}", headers=await peer.bearer())
    refused_as(answer, 403, "not-yours")
