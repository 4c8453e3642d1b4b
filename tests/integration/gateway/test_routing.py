"""A press rings where she is: through the real gateway, on Belgium as the build derives it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway import geography
from gateway.domain.errors import CentresRefused
from tests.support.gateway import Companion, Running, a_press, running
from tests.support.geodata import belgium

GENT = (51.0543, 3.7174)
ANTWERPEN = (51.2194, 4.4025)
ROUBAIX = (50.6903, 3.1817)
LILLE = (50.6292, 3.0573)
PARIS = (48.8566, 2.3522)
ZWIJNDRECHT = (51.2197, 4.3264)
"""In East Flanders, between 1.2 and 1.5 km from the border with Antwerp."""


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A node that knows the areas."""
    belgium()
    async with running(database, tmp_path) as node:
        yield node


def at(place: tuple[float, float], *, age_s: float = 2.0, **changes: Any) -> dict[str, Any]:
    """One fix on the wire."""
    latitude, longitude = place
    now = datetime.now(UTC).isoformat()  # noqa: TID251 (what a phone sends; its age counts)
    fix = {"latitude": latitude, "longitude": longitude, "radius_m": 15.0, "fixed_at": now, "age_s": age_s}
    return {**fix, **changes}


async def alarm_after(gateway: Running, companion: Companion, *fixes: dict[str, Any]) -> dict[str, Any]:
    """Press, and return the alarm as the console of the centre on its receipt is shown it."""
    answer = await gateway.press(companion, a_press(positions=fixes))
    assert answer.status_code == 201
    centre = answer.json()["centre"]
    shown = await open_alarms(gateway, centre)
    (alarm,) = [one for one in shown if one["alarm_id"] == answer.json()["alarm_id"]]
    assert alarm["centre"] == centre
    assert set(answer.json()["flags"]) == set(alarm["flags"])
    return alarm


async def open_alarms(gateway: Running, centre: str) -> list[dict[str, Any]]:
    """Return the open alarms that a console of this centre is shown when it attaches."""
    async with gateway.console(await gateway.a_session(centre)) as console:
        await console.attach(centre)
        await console.next("welcome")
        snapshot = await console.next("snapshot")
        return list(snapshot["alarms"])


def copies(alarm: dict[str, Any]) -> dict[str, str]:
    return {share["centre"]: share["reason"] for share in alarm["shared"]}


async def test_a_victim_of_gent_who_presses_in_antwerp_rings_in_antwerp_alone(gateway):
    async with gateway.console(await gateway.a_session("BE-VAN")) as console:
        await console.attached("BE-VAN")
        receipt = await gateway.press(await gateway.a_companion("BE-VOV"), a_press(positions=[at(ANTWERPEN)]))
        event = await console.next("event")
    assert receipt.json()["centre"] == event["centre"] == "BE-VAN"
    assert event["kind"] == "alarm.raised"
    assert event["alarm"]["routed_by"] == "position"
    assert event["alarm"]["enriched"]
    assert event["alarm"]["shared"] == []
    assert await open_alarms(gateway, "BE-VOV") == []


async def test_a_press_near_a_border_rings_on_both_sides(gateway):
    alarm = await alarm_after(
        gateway, await gateway.a_companion("BE-VOV"), at(ZWIJNDRECHT, radius_m=1_000, confidence=0.68)
    )
    assert (alarm["centre"], alarm["routed_by"]) == ("BE-VOV", "position")
    assert copies(alarm) == {"BE-VAN": "near_border"}
    assert "near_border" in alarm["flags"]
    (there,) = await open_alarms(gateway, "BE-VAN")
    assert there["alarm_id"] == alarm["alarm_id"]
    assert there["person"] == alarm["person"]


async def test_a_press_whose_circle_ends_before_the_border_rings_on_one_side(gateway):
    alarm = await alarm_after(gateway, await gateway.a_companion("BE-VOV"), at(ZWIJNDRECHT, radius_m=1_000))
    assert (alarm["centre"], alarm["shared"]) == ("BE-VOV", [])


async def test_just_abroad_the_nearest_gets_it_flagged(gateway):
    alarm = await alarm_after(gateway, await gateway.a_companion("BE-VOV"), at(ROUBAIX))
    assert (alarm["centre"], alarm["routed_by"]) == ("BE-WHT", "nearest")
    assert "abroad_near" in alarm["flags"]


@pytest.mark.parametrize("place", [LILLE, PARIS])
async def test_far_abroad_the_default_gets_it_flagged(gateway, place):
    alarm = await alarm_after(gateway, await gateway.a_companion("BE-VOV"), at(place))
    assert (alarm["centre"], alarm["routed_by"]) == ("BE-BRU", "default")
    assert "abroad_far" in alarm["flags"]


async def test_a_simulated_position_leaves_it_with_her_own_centre_and_tells_the_other(gateway):
    alarm = await alarm_after(gateway, await gateway.a_companion("BE-VOV"), at(ANTWERPEN, mock=True))
    assert (alarm["centre"], alarm["routed_by"]) == ("BE-VOV", "registration")
    assert copies(alarm) == {"BE-VAN": "doubtful_position"}
    assert {"implausible_position", "mock_position"} <= set(alarm["flags"])
    assert [one["alarm_id"] for one in await open_alarms(gateway, "BE-VAN")] == [alarm["alarm_id"]]


async def test_a_good_fix_behind_a_simulated_one_is_followed_and_her_own_centre_is_told(gateway):
    fixes = at(PARIS, mock=True), at(ANTWERPEN, age_s=30)
    alarm = await alarm_after(gateway, await gateway.a_companion("BE-VOV"), *fixes)
    assert (alarm["centre"], alarm["routed_by"]) == ("BE-VAN", "position")
    assert copies(alarm) == {"BE-VOV": "doubtful_position"}
    assert [one["alarm_id"] for one in await open_alarms(gateway, "BE-VOV")] == [alarm["alarm_id"]]


async def test_a_press_without_a_position_rings_where_she_is_registered(gateway):
    alarm = await alarm_after(gateway, await gateway.a_companion("BE-WLX"))
    assert (alarm["centre"], alarm["routed_by"], alarm["shared"]) == ("BE-WLX", "registration", [])
    assert "no_position" in alarm["flags"]


async def test_a_second_press_stays_with_her_open_alarm_wherever_she_went(gateway):
    companion = await gateway.a_companion("BE-VOV")
    first = await gateway.press(companion, a_press(positions=[at(GENT)]))
    second = await gateway.press(companion, a_press(positions=[at(ANTWERPEN)]))
    assert second.json()["alarm_id"] == first.json()["alarm_id"]
    assert second.json()["centre"] == first.json()["centre"] == "BE-VOV"


async def test_the_same_press_again_gets_its_first_answer_though_it_would_be_routed_elsewhere(gateway):
    companion = await gateway.a_companion("BE-VOV")
    press = a_press(positions=[at(GENT)])
    first = await gateway.press(companion, press)
    again = await gateway.press(companion, {**press, "positions": [at(ANTWERPEN)]})
    assert again.status_code == 200
    assert again.json()["centre"] == first.json()["centre"] == "BE-VOV"


async def test_without_areas_the_gateway_starts_and_the_registration_decides(database, tmp_path, monkeypatch):
    monkeypatch.setattr(geography, "DERIVED", tmp_path / "not-built")
    async with running(database, tmp_path) as gateway:
        alarm = await alarm_after(gateway, await gateway.a_companion("BE-VOV"), at(ANTWERPEN))
        assert (alarm["centre"], alarm["routed_by"]) == ("BE-VOV", "registration")


async def test_with_areas_of_a_centre_that_is_not_there_the_gateway_does_not_start(database, tmp_path):
    areas = tmp_path / "areas.geojson"
    areas.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"centre": "NL-ZE"},'
        ' "geometry": {"type": "Polygon", "coordinates": [[[3, 51], [4, 51], [4, 52], [3, 51]]]}}]}'
    )
    with pytest.raises(CentresRefused, match="no centre NL-ZE"):
        async with running(database, tmp_path, centres=areas):
            pass
