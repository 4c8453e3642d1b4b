"""The console that judges: an answer that nobody waits for any more costs it nothing."""

import asyncio
from pathlib import Path

from schemas.commands import Acknowledge, AddNote
from schemas.frames import Refused, Result
from tests.support.two_nodes import held, naming, shown, two_nodes
from tests.support.wait import until


async def test_an_answer_that_comes_after_its_asker_gave_up_ends_no_link(
    database: str, tmp_path: Path
) -> None:
    async with two_nodes(database, tmp_path) as pair:
        watcher = await pair.console("Op", pair.a, "BE-VOV")
        presser = await pair.presser(pair.a)
        alarm = await shown(watcher, (await presser.press()).alarm_id)
        taking = Acknowledge(**naming(alarm))
        async with held(database, "BE-VOV") as queue:
            asking = asyncio.create_task(watcher.ask(taking))
            await queue.of(1)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

        def answered() -> bool:
            frames = (frame for link in watcher.history.links for _, frame in link.frames)
            answers = {frame.request_id for frame in frames if isinstance(frame, Result | Refused)}
            return taking.request_id in answers

        await until("the answer came", answered)
        await watcher.ask(AddNote(**naming(await shown(watcher, alarm.alarm_id)), text="gebeld"))
        assert len(watcher.history.links) == 1
