"""The alarm's machine against PostgreSQL: the two functions that write keep to the domain."""

from functools import partial

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.alarm_machine import AlarmMachine
from tests.support.alarm_stage import Stored
from tests.support.memory_store import CENTRES, MemoryStore
from tests.support.sql_store import Bench, SqlStore, bench


class SqlMachine(AlarmMachine):
    """The same acts, committed to a database."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        super().__init__()

    def make_store(self) -> Stored:
        memory = MemoryStore(self.clock)
        memory.units = {unit.unit_id: unit for unit in self.some_units()}
        store = SqlStore(self._bench, memory, self.victims, self.operators)
        store.begin(CENTRES)
        return store


def test_sql_and_domain_agree_after_any_acts(database: str) -> None:
    with bench(database) as adapters:
        run_state_machine_as_test(
            partial(SqlMachine, adapters),  # type: ignore[arg-type] # any callable that makes one
            settings=settings(max_examples=40, stateful_step_count=50, deadline=None),
        )
