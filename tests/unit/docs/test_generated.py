import pytest

from deploy.generated_docs import BLOCK, BLOCKS, alarm_states, filled, pages
from gateway.domain.alarm import AFTER


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_says_what_the_code_says(page):
    text = page.read_text(encoding="utf-8")
    assert filled(text) == text, "run `make docs`"


def test_every_block_stands_in_a_page():
    written = {
        found["name"] for page in pages() for found in BLOCK.finditer(page.read_text(encoding="utf-8"))
    }
    assert written == set(BLOCKS)


def test_the_diagram_draws_every_step_of_the_alarms_life():
    arrows = [line for line in alarm_states().splitlines() if "-->" in line and not line.endswith("--> [*]")]
    assert len(arrows) == sum(len(steps) for steps in AFTER.values())


def test_a_block_that_was_changed_by_hand_is_written_anew():
    page = "before\n<!-- generated: close-codes -->\nby hand\n<!-- end: close-codes -->\nafter\n"
    anew = filled(page)
    assert "by hand" not in anew
    assert "| 4408 | too slow |" in anew
    assert anew.startswith("before\n")
    assert anew.endswith("\nafter\n")
