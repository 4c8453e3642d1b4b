"""What Linux says of this machine's batteries."""

from pathlib import Path

import pytest

from ble_bridge.health import PowerSupply, UnknownHealth, read
from ble_bridge.ports import PhoneHealth
from tests.support.ble import eventually
from tests.support.tasks import running


def a_supply(directory: Path, name: str, **facts: str) -> None:
    (directory / name).mkdir(parents=True)
    for fact, value in facts.items():
        (directory / name / fact).write_text(f"{value}\n")


@pytest.mark.parametrize(
    ("status", "charging"),
    [
        ("Charging", True),
        ("Full", True),
        ("Discharging", False),
        ("Not charging", False),
        ("Unknown", None),
    ],
)
def test_a_battery_tells_its_level_and_whether_it_is_charged(tmp_path, status, charging):
    a_supply(tmp_path, "AC", type="Mains", online="1")
    a_supply(tmp_path, "BAT0", type="Battery", capacity="42", status=status)
    assert read(tmp_path) == PhoneHealth(42, charging)


def test_the_battery_of_a_mouse_is_not_the_phones(tmp_path):
    a_supply(tmp_path, "hidpp_battery_0", type="Battery", scope="Device", capacity="3", status="Discharging")
    assert read(tmp_path) == PhoneHealth()


def test_of_two_batteries_the_mean_is_told(tmp_path):
    a_supply(tmp_path, "BAT0", type="Battery", capacity="10", status="Discharging")
    a_supply(tmp_path, "BAT1", type="Battery", capacity="95", status="Unknown")
    assert read(tmp_path) == PhoneHealth(52, False)


@pytest.mark.parametrize("capacity", ["", "-1", "101", "4²", "full"])
def test_a_level_that_cannot_be_is_unknown(tmp_path, capacity):
    a_supply(tmp_path, "BAT0", type="Battery", capacity=capacity)
    assert read(tmp_path) == PhoneHealth()


def test_where_the_system_tells_nothing_nothing_is_made_up(tmp_path):
    assert read(tmp_path / "absent") == PhoneHealth()
    assert UnknownHealth().phone() == PhoneHealth()


async def test_it_is_looked_at_while_it_runs(tmp_path):
    a_supply(tmp_path, "BAT0", type="Battery", capacity="80", status="Discharging")
    supply = PowerSupply(tmp_path)
    assert supply.phone() == PhoneHealth()
    looks: list[PhoneHealth] = []
    async with running(supply.run(lambda: looks.append(supply.phone()))):
        await eventually(lambda: looks == [PhoneHealth(80, False)])
