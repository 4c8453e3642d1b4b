"""An alarm whose file was erased is answered and ended like any other; nothing is written about her."""

from pathlib import Path

from gateway.store.connect import Pool
from schemas.commands import Acknowledge, AddNote, Close, Transfer
from schemas.frames import Refused, Result
from schemas.outcome import Outcome
from tests.support.two_nodes import naming, shown, two_nodes
from tests.support.wait import until

DESTROY = "UPDATE registration SET wrapped_key = NULL WHERE registration_id = $1"


async def test_an_alarm_of_an_erased_file_can_be_handed_on_and_closed(
    database: str, tmp_path: Path, pool: Pool
) -> None:
    async with two_nodes(database, tmp_path) as pair:
        watcher = await pair.console("Op", pair.a, "BE-VOV", "BE-VAN")
        presser = await pair.presser(pair.a)
        await pool.execute(DESTROY, presser.companion.registration_id)
        alarm = await shown(watcher, (await presser.press()).alarm_id)
        assert not alarm.enriched
        assert isinstance(await watcher.ask(Acknowledge(**naming(alarm))), Result)
        noted = await watcher.ask(AddNote(**naming(alarm), text="over haar"))
        assert isinstance(noted, Refused)
        handed = await watcher.ask(Transfer(**naming(alarm), to="BE-VAN", note="over haar"))
        assert isinstance(handed, Result)
        seen = await shown(watcher, alarm.alarm_id, 3)
        closing = Close(**naming(seen), outcome=Outcome.PREVENTED, note="over haar")
        assert isinstance(await watcher.ask(closing), Result)
        await until("it is off the board", lambda: watcher.board.find(alarm.alarm_id) is None)
        assert await pool.fetchval("SELECT count(*) FROM alarm WHERE notes_sealed IS NOT NULL") == 0
