"""The alarm's machine against PostgreSQL: the two functions that write keep to the domain."""

from functools import partial

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.sql_machine import SqlMachine
from tests.support.sql_store import bench


def test_sql_and_domain_agree_after_any_acts(database: str) -> None:
    with bench(database) as adapters:
        run_state_machine_as_test(
            partial(SqlMachine, adapters),  # type: ignore[arg-type] # any callable that makes one
            settings=settings(max_examples=40, stateful_step_count=50, deadline=None),
        )
