"""Look-ups within a moment are one statement, and who asked first leaves nobody waiting."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.domain.errors import DatabaseUnavailable
from gateway.store.gathered import Gathered
from tests.support.virtual_time import run_virtually


class Store:
    def __init__(self) -> None:
        self.asked: list[set[int]] = []
        self.away = False

    async def read(self, keys: Sequence[int]) -> dict[int, str]:
        self.asked.append(set(keys))
        await asyncio.sleep(0.01)
        if self.away:
            raise DatabaseUnavailable
        return {key: f"found {key}" for key in keys if key < 10}


def test_what_is_asked_for_together_is_looked_up_by_one_statement_and_the_next_by_another() -> None:
    async def story() -> None:
        store = Store()
        gathered = Gathered(store.read, 0.002)
        answers = await asyncio.gather(*(gathered.get(key) for key in (1, 2, 2, 11)))
        assert answers == ["found 1", "found 2", "found 2", None]
        first = asyncio.create_task(gathered.get(3))
        await asyncio.sleep(0.005)  # it is being read: who asks now may want what was not there then
        assert await gathered.get(3) == await first == "found 3"
        assert store.asked == [{1, 2, 11}, {3}, {3}]

    run_virtually(story())


def test_a_failure_is_everybody_s_and_one_who_is_ended_leaves_nobody_waiting() -> None:
    async def story() -> None:
        store = Store()
        gathered = Gathered(store.read, 0.002)
        store.away = True
        failed = await asyncio.gather(gathered.get(1), gathered.get(2), return_exceptions=True)
        assert [type(one) for one in failed] == [DatabaseUnavailable] * 2
        store.away = False

        first, second = (asyncio.create_task(gathered.get(key)) for key in (1, 2))
        await asyncio.sleep(0.001)
        first.cancel()
        with pytest.raises(DatabaseUnavailable):
            await second
        first, second = (asyncio.create_task(gathered.get(key)) for key in (1, 2))
        await asyncio.sleep(0.001)
        second.cancel()
        assert await first == "found 1"

    run_virtually(story())
