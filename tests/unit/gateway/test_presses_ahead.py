import asyncio

from gateway.ingest.presses_ahead import UnderWay, presses_ahead
from tests.support.virtual_time import run_virtually


def test_what_can_wait_waits_for_presses_but_not_for_ever() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        presses = UnderWay()
        ahead = presses_ahead(presses)

        async def press(seconds: float) -> None:
            with presses.one():
                await asyncio.sleep(seconds)

        async def waited() -> float:
            began = loop.time()
            await ahead()
            return loop.time() - began

        assert await waited() == 0
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(press(0.01))
            tasks.create_task(press(0.02))
            await asyncio.sleep(0)
            assert 0.019 < await waited() < 0.03
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(press(3))
            await asyncio.sleep(0)
            assert 0.2 < await waited() < 0.3
        assert await waited() == 0

    run_virtually(story())
