"""The machine of an alarm's life, committed to PostgreSQL."""

from tests.support.alarm_machine import AlarmMachine
from tests.support.memory_store import CENTRES, MemoryStore
from tests.support.sql_store import Bench, SqlStore


class SqlMachine(AlarmMachine):
    """The same acts, committed to a database."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        super().__init__()

    def make_store(self) -> SqlStore:
        memory = MemoryStore(self.clock)
        memory.units = {unit.unit_id: unit for unit in self.some_units()}
        store = SqlStore(self.bench, memory, self.victims, self.operators)
        store.begin(CENTRES)
        return store
