"""The calls: certificates are checked, addresses judged, and whoever hangs holds up itself alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

import pytest

from gateway.domain.receivers import Answer
from gateway.outbound import calling
from gateway.outbound.calling import Calls
from tests.support.certificates import certified
from tests.support.receiver import HANG, Receiver, a_receiver

HEADERS = {"content-type": "application/json", "webhook-id": "msg_1"}


@asynccontextmanager
async def calls(**changes: object) -> AsyncIterator[Calls]:
    made = Calls(loopback=True, **changes)  # type: ignore[arg-type] # fields of Calls
    try:
        yield made
    finally:
        await made.close()


async def test_a_receiver_must_have_a_certificate_for_its_name_that_we_trust(tmp_path: Path) -> None:
    trusted, ours = certified(tmp_path, "localhost")
    _, strange = certified(tmp_path, "elsewhere.example")
    answers = []
    for context, ca_file in [(ours, trusted), (ours, None), (strange, tmp_path / "elsewhere.example.pem")]:
        async with a_receiver(tls=context) as outside, calls(ca_file=ca_file) as made:
            answers.append(await made.post(uuid4(), outside.url, HEADERS, b"{}"))
    assert [one.status for one in answers] == [204, None, None]
    assert answers[1].error == "ConnectError"


async def test_a_name_is_judged_by_the_addresses_it_has_now(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Sequence[str]] = []

    def looked_up(_: str, __: int) -> list[str]:
        tried.append(["169.254.169.254", "127.0.0.1"])
        return list(tried[-1])

    monkeypatch.setattr(calling, "_looked_up", looked_up)
    async with a_receiver() as outside:
        port = outside.url.split(":")[2]
        url = f"http://cad.police.example:{port}"
        async with calls() as made:
            assert (await made.post(uuid4(), url, HEADERS, b"{}")).status == 204
        refusing = Calls(loopback=False)
        assert await refusing.post(uuid4(), url, HEADERS, b"{}") == Answer(error="UnreachableAddress")
        await refusing.close()
    assert len(outside.calls) == 1


async def test_a_proxy_is_asked_where_one_is_named() -> None:
    async with a_receiver() as proxy, calls(proxy=proxy.url.removesuffix("/alarms")) as made:
        answer = await made.post(uuid4(), "http://cad.police.example/msa", HEADERS, b"{}")
    assert answer.status == 204
    assert proxy.calls[0].headers["host"] == "cad.police.example"


async def test_neither_a_receiver_nor_a_name_server_that_hangs_holds_up_another_receiver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released, lookup = Event(), calling._looked_up

    def looked_up(host: str, port: int) -> list[str]:
        if host == "nowhere.example":
            released.wait()
        return lookup(host, port)

    monkeypatch.setattr(calling, "_looked_up", looked_up)
    hung, lost, well = uuid4(), uuid4(), uuid4()
    async with a_receiver(HANG) as hanging, a_receiver() as healthy, calls() as made:
        there = [(hung, hanging.url), (lost, "https://nowhere.example/")] * 8
        waiting = [asyncio.create_task(made.post(*one, HEADERS, b"{}")) for one in there]
        try:
            await hanging.got(8)
            assert await everything(made, well, healthy) == {204}
        finally:
            released.set()
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


async def everything(made: Calls, receiver_id: UUID, outside: Receiver) -> set[int | None]:
    """Call a receiver many times; return what it answered."""
    posts = (made.post(receiver_id, outside.url, HEADERS, b"{}") for _ in range(40))
    return {answer.status for answer in await asyncio.gather(*posts)}


async def test_what_was_asked_to_wait_is_passed_on_and_a_redirect_is_not_followed() -> None:
    async with (
        a_receiver(307, "Retry-After: 12", "Location: http://127.0.0.1:9/") as outside,
        calls() as made,
    ):
        answer = await made.post(uuid4(), outside.url, HEADERS, b"{}")
    assert answer == Answer(status=307, retry_after="12")
    assert len(outside.calls) == 1


async def test_an_answer_counts_though_its_body_never_ends_and_a_name_that_is_none_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "RECEIVER_TRY_S", 1.0)
    ended = asyncio.Event()

    async def stalls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab")
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(stalls, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, calls() as made:
        answer = await made.post(uuid4(), f"http://127.0.0.1:{port}/", HEADERS, b"{}")
        unnamed = await made.post(uuid4(), "https://cad..example/", HEADERS, b"{}")
        ended.set()
    assert answer.status == 200, "or it would be sent the same for a day"
    assert unnamed == Answer(error="UnicodeError")
