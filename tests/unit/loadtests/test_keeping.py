"""The screens and companions of a load come back by the rules of the real ones."""

import asyncio
import random
from collections.abc import Callable
from uuid import uuid4

import pytest

from ble_bridge import timing
from dispatch import console_link
from loadtests import insisting, keeping
from loadtests.asking import ask, exchange
from loadtests.console import Desk
from loadtests.door import Posted
from loadtests.feed import Feed
from loadtests.insisting import Insisting
from loadtests.keeping import Kept, Screens
from loadtests.presses import Prepared
from schemas.enrolment import CompanionPolicy
from schemas.frames import Cursor

DEADLINE_S = 10.0
REQUEST = b"POST / HTTP/1.1\r\n\r\n"


def the_highest(_: float, ceiling: float) -> float:
    return ceiling


def test_a_screen_waits_as_the_python_console_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", the_highest)
    link = console_link.ConsoleLink("http://gateway", "", receive=None, lost=None)  # type: ignore[arg-type] # only what is asked here
    assert keeping.STEADY_S == console_link.STEADY_S
    for failures in range(12):
        assert keeping.pause_s(failures, 1.0) == link._pause(failures)


def test_a_press_waits_as_the_bridge_lets_it() -> None:
    assert insisting.URGENT_S == timing.URGENT_S
    assert CompanionPolicy().retry_max_s == insisting.RETRY_MAX_S
    assert insisting.ANSWER_S == timing.HTTP_ANSWER_S
    assert insisting.URGENT_TRIES == timing.URGENT_TRIES
    pauses = [insisting.pause_s(tries, 1.0) for tries in range(1, 80)]
    assert pauses[:3] == [0.0, 1.0, 1.0]
    assert pauses[timing.URGENT_TRIES :][:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(pauses) == insisting.RETRY_MAX_S


def test_a_screen_continues_from_what_it_holds_in_its_epoch() -> None:
    kept = Kept(Desk("http://gateway", "", "BE-VOV"), Feed(), Cursor(epoch="ab", sequence=7))
    assert kept.cursor() == Cursor(epoch="ab", sequence=7)
    kept.sequences.take(8, 10)
    assert kept.cursor() == Cursor(epoch="ab", sequence=9)


def test_a_screen_that_is_not_back_is_missing_and_one_that_holds_less_does_not_hold_all() -> None:
    desk, feed = Desk("http://gateway", "", "BE-VOV"), Feed()
    back, away = (Kept(desk, feed, Cursor(epoch="ab", sequence=5)) for _ in range(2))
    screens = Screens([back, away], feed)
    back.attached_at = 200
    assert screens.missing(100) == [away]
    away.attached_at = 50
    assert screens.missing(100) == [away]
    assert screens.hold(5)
    back.sequences.take(6, 7)
    assert not screens.hold(6)


async def answering(answers: list[bytes | None], asked: list[bytes]) -> asyncio.Server:
    """Serve one answer a connection; None closes it instead."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        answer = answers.pop(0)
        if answer is not None:
            writer.write(answer)
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


def an_answer(status: int, body: bytes = b"{}") -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not done():  # noqa: ASYNC110 # a number, not an event
            await asyncio.sleep(0.001)


async def test_a_press_is_sent_again_unchanged_until_it_has_a_receipt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.0)
    asked: list[bytes] = []
    async with await answering([None, an_answer(503), an_answer(200, b"[1]")], asked) as server:
        companions = Insisting(server.sockets[0].getsockname())
        posted = Posted(Prepared(uuid4(), uuid4(), REQUEST), 0)
        companions.send(posted)
        assert companions.pending == 1
        await until(lambda: companions.pending == 0)
    assert (posted.status, posted.body, companions.retried) == (200, b"[1]", 1)
    assert asked == [REQUEST] * 3


async def test_a_press_that_is_refused_is_not_sent_again_and_has_no_receipt() -> None:
    asked: list[bytes] = []
    async with await answering([an_answer(401)], asked) as server:
        companions = Insisting(server.sockets[0].getsockname())
        posted = Posted(Prepared(uuid4(), uuid4(), REQUEST), 0)
        companions.send(posted)
        await until(lambda: companions.pending == 0)
    assert (posted.receipt(), companions.retried) == (None, 0)


async def test_a_press_that_is_given_up_has_no_receipt() -> None:
    companions = Insisting(("127.0.0.1", 1))
    posted = Posted(Prepared(uuid4(), uuid4(), REQUEST), 0)
    companions.send(posted)
    await companions.give_up()
    assert (posted.receipt(), companions.pending) == (None, 0)


async def test_an_answer_that_ends_early_is_no_answer() -> None:
    async with await answering([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12"], []) as server:
        with pytest.raises(ConnectionError):
            await exchange(server.sockets[0].getsockname(), REQUEST)


async def test_what_is_asked_carries_body_and_cookie() -> None:
    asked: list[bytes] = []
    async with await answering([an_answer(201, b"yes")], asked) as server:
        host, port = server.sockets[0].getsockname()
        answer = await ask(f"http://{host}:{port}", "/v1/units", {"a": 1}, cookie="c=d")
    assert (answer.status, answer.body) == (201, b"yes")
    assert asked[0].startswith(b"POST /v1/units HTTP/1.1\r\n")
    assert b"Cookie: c=d\r\n" in asked[0]
