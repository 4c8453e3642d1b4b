"""``msa events``: what other systems' events wait, and what was put aside."""

from uuid import uuid4

from tests.integration.cli.conftest import Run


def test_events_are_listed_counted_and_settled_at_the_command_line(msa: Run) -> None:
    for command in (("list",), ("stats",), ("list", "--json"), ("stats", "--json")):
        assert msa("events", *command).exit_code == 0
    assert msa("events", "replay").exit_code == 1
    assert msa("events", "show", str(uuid4())).exit_code == 1
    assert msa("events", "discard", "--all").stdout == "0 are deleted\n"
