"""Which button a companion means."""

from pathlib import Path

import pytest

from ble_bridge.link import Target
from ble_bridge.running import Choices, _pin, _target
from ble_bridge.state import PinnedButton, StateDirectory

ADDRESS = "F0:F1:F2:F3:F4:F5"


@pytest.mark.parametrize(
    ("pinned", "choices", "target"),
    [
        (None, Choices(), Target()),
        (None, Choices(button="MSA-0001"), Target(name="MSA-0001")),
        (None, Choices(button=ADDRESS), Target(address=ADDRESS)),
        (PinnedButton(address=ADDRESS, driver="reference"), Choices(), Target(address=ADDRESS)),
        (
            PinnedButton(address=ADDRESS, driver="reference", chosen_by="MSA-0001"),
            Choices(button="MSA-0001"),
            Target(address=ADDRESS),
        ),
        (
            PinnedButton(address=ADDRESS, driver="reference", chosen_by="MSA-0001"),
            Choices(button="MSA-0002"),
            Target(name="MSA-0002"),
        ),
        (PinnedButton(address=ADDRESS, driver="itag"), Choices(), Target()),
    ],
)
def test_the_button_met_before_is_meant_unless_another_is_asked_for(tmp_path: Path, pinned, choices, target):
    directory = StateDirectory.make(tmp_path / "companion")
    if pinned:
        directory.pin(pinned)
    assert _target(directory, choices) == target


def test_an_unreadable_pin_is_no_pin(tmp_path: Path):
    directory = StateDirectory.make(tmp_path / "companion")
    (directory.path / "button.json").write_text("{")
    assert directory.button() is None


def test_a_run_without_a_name_forgets_no_name(tmp_path: Path):
    directory = StateDirectory.make(tmp_path / "companion")
    _pin(directory, Choices(button="MSA-0001"))(ADDRESS)
    _pin(directory, Choices())(ADDRESS)
    assert directory.button() == PinnedButton(address=ADDRESS, driver="reference", chosen_by="MSA-0001")
    _pin(directory, Choices(button="MSA-0002"))(ADDRESS)
    assert directory.button() == PinnedButton(address=ADDRESS, driver="reference", chosen_by="MSA-0002")
