"""A loop that fails begins anew; one that ends, or is ended, does not."""

import asyncio
from collections.abc import Awaitable

import pytest
from structlog.testing import capture_logs

from gateway.enduring import enduring
from gateway.timing import LOOP_AGAIN_S
from tests.support.virtual_time import VirtualLoop


def in_virtual_time(work: Awaitable[None]) -> float:
    loop = VirtualLoop()
    began = loop.time()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()
    return loop.time() - began


def test_a_loop_that_fails_begins_anew_after_a_pause_and_its_words_are_not_logged():
    begun: list[int] = []

    async def reading() -> None:
        begun.append(len(begun))
        if len(begun) < 3:
            raise ValueError("Anna Peeters")

    with capture_logs() as logs:
        passed_s = in_virtual_time(enduring(reading)())
    assert begun == [0, 1, 2]
    assert passed_s == pytest.approx(2 * LOOP_AGAIN_S)
    assert [one["error"] for one in logs] == ["ValueError"] * 2
    assert "Anna" not in str(logs)


def test_what_is_cancelled_is_over():
    async def waiting() -> None:
        await asyncio.sleep(3600)

    async def ended() -> None:
        task = asyncio.ensure_future(enduring(waiting)())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert in_virtual_time(ended()) == pytest.approx(1)
