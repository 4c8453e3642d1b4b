"""A page for each alert, and every command on it is one that there is."""

import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

import pytest
import typer

from gateway.cli import app
from tests.support.alert_rules import OBSERVABILITY, RUNBOOK, alerts, unknown_metrics

HEADINGS: Final = ["What it means", "Check", "Do", "Afterwards"]
INLINE: Final = re.compile(r"`(msa [^`]+)`")
PAGES: Final = sorted(RUNBOOK.glob("*.md"))
MSA: Final = typer.main.get_command(app)


def commands(text: str) -> Iterator[str]:
    """Yield the ``msa`` commands of a page: lines of its blocks, and what stands in its text as code."""
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("msa "):
                yield line.partition("  #")[0]
    yield from INLINE.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def fault_of(line: str) -> str | None:
    """Return what is wrong with a command's words, None if nothing is."""
    words = shlex.split(line)[1:]
    command: Any = MSA
    while hasattr(command, "list_commands"):
        if not words:
            return "names no command"
        name = words.pop(0)
        command = command.get_command(None, name)
        if command is None:
            return f"there is no {name}"
    options = {opt: one for one in command.params for opt in (*one.opts, *one.secondary_opts)}
    given = 0
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            given += 1
        elif word not in options:
            return f"has no {word}"
        elif not options[word].is_flag:
            if not words:
                return f"{word} lacks its value"
            words.pop(0)
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    required = sum(one.required for one in arguments)
    if given < required or (given > len(arguments) and all(one.nargs == 1 for one in arguments)):
        return f"takes {required} to {len(arguments)} arguments, not {given}"
    return None


@pytest.mark.parametrize(
    "line",
    ["msa", "msa nodes", "msa events lost", "msa doctor --loud", "msa events show", "msa db check now"],
)
def test_a_command_that_there_is_not_is_found_out(line: str) -> None:
    assert fault_of(line)


def test_each_alert_has_its_page_and_each_page_its_alert() -> None:
    assert {page.stem for page in PAGES} == {alert.name for alert in alerts()} | {"README"}


def test_the_index_names_each_page_once() -> None:
    index = (RUNBOOK / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((\w+)\.md\)", index)
    assert sorted(named) == sorted({alert.name for alert in alerts()})


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem != "README"], ids=lambda page: page.stem
)
def test_a_page_says_what_it_means_what_to_look_at_what_to_do_and_what_comes_after(page: Any) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.stem}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))


def test_each_command_of_the_pages_is_there_with_its_options() -> None:
    lines = [line for page in PAGES for line in commands(page.read_text(encoding="utf-8"))]
    assert {line: fault for line in lines if (fault := fault_of(line))} == {}
    assert len(lines) > len(PAGES)


def test_the_pages_name_metrics_that_there_are() -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    texts += [(OBSERVABILITY / "alertmanager.yml").read_text(encoding="utf-8")]
    assert unknown_metrics("\n".join(texts)) == set()
