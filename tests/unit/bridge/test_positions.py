"""Fixes: the last three, their ages, gpsd's words, recorded walks."""

import json
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_bridge import timing
from ble_bridge.backlog import WaitingFix
from ble_bridge.gpsd import fix_of
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix
from ble_bridge.positions import LastFixes, as_batch, as_fix, as_position, as_positions, to_the_centimetre
from ble_bridge.track import Point, RecordedTrack, UnreadableTrackError, read_geojson, read_nmea
from schemas.position import Method
from tests.support.clock import START
from tests.support.companion import CompanionClock

SAMPLE = Path(__file__).parents[3] / "ble_bridge" / "samples" / "walk_gent.geojson"


def a_fix(fixed_s: float) -> Fix:
    return Fix(51.0, 3.7, fixed_s, START, Method.GNSS)


FIXES = st.builds(
    Fix,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    fixed_s=st.floats(0, 31_536_000),
    fixed_at=st.datetimes(
        min_value=START.replace(tzinfo=None), timezones=st.just(timezone(timedelta(hours=5, minutes=45)))
    ),
    method=st.sampled_from(Method),
    radius_m=st.none() | st.floats(0, 1_000_000),
    confidence=st.floats(0.001, 1),
    mock=st.booleans(),
    speed_mps=st.none() | st.floats(0, 500),
    heading_deg=st.none() | st.floats(0, 360, exclude_max=True),
)


@given(FIXES)
def test_a_fix_of_a_track_is_where_it_was_to_the_centimetre_and_can_be_kept(fix):
    kept = to_the_centimetre(fix)
    assert abs(kept.latitude - fix.latitude) <= 1e-7
    assert abs(kept.longitude - fix.longitude) <= 1e-7
    assert kept.fixed_at == fix.fixed_at
    assert as_fix(as_position(kept, None), kept.fixed_s) == kept


@given(FIXES)
def test_the_largest_batch_fits_into_what_a_gateway_reads(fix):
    waiting = WaitingFix(2**31 - 1, to_the_centimetre(fix), "boot-1")
    now = Moment(START, 31_536_000.0, "boot-1")
    batch = as_batch([waiting] * timing.FIXES_A_BATCH, now, 100)
    assert len(batch.model_dump_json(exclude_none=True)) < 65_536


def tpv(**fields: object) -> bytes:
    return json.dumps({"class": "TPV", "mode": 3, "lat": 51.05, "lon": 3.72, **fields}).encode()


@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=50))
def test_the_newest_fix_is_always_kept_and_three_never_become_one_point(gaps):
    fixes, now = LastFixes(), 0.0
    for gap in gaps:
        now += gap
        fixes.add(a_fix(now))
    kept = [fix.fixed_s for fix in fixes.latest()]
    assert kept[0] == now
    assert kept == sorted(kept, reverse=True)
    assert len(kept) <= 3
    if len(kept) == 3:
        assert kept[1] - kept[2] >= 0.99


def test_positions_carry_their_age_at_the_press():
    positions = as_positions([a_fix(90.0), a_fix(60.0)], now_s=100.0)
    assert [position.age_s for position in positions] == [10.0, 40.0]


def test_a_gpsd_report_becomes_a_fix_with_a_cautious_radius():
    fix = fix_of(tpv(eph=7.5, time="2026-03-02T08:59:59.000Z", speed=1.2, track=90.0), CompanionClock())
    assert fix is not None
    assert (fix.radius_m, fix.confidence, fix.method) == (7.5, 0.68, Method.GNSS)
    assert fix.fixed_at.isoformat() == "2026-03-02T08:59:59+00:00"
    assert (fix.speed_mps, fix.heading_deg, fix.mock) == (1.2, 90.0, False)


def test_an_older_gpsd_gives_its_error_by_axis():
    fix = fix_of(tpv(epx=3.0, epy=4.0), CompanionClock())
    assert fix is not None
    assert fix.radius_m == 5.0


def test_a_simulated_fix_says_so():
    fix = fix_of(tpv(status=8), CompanionClock())
    assert fix is not None
    assert fix.mock


@pytest.mark.parametrize(
    "line",
    [
        tpv(mode=1),
        tpv(mode=0),
        tpv(lat="51"),
        tpv(lat=float("nan")),
        tpv(lat=91),
        tpv(lon=None),
        b'{"class":"SKY","mode":3}',
        b"[]",
        b"\xff\xfe",
        b"{",
        b"[" * 60_000,
        b'{"class":"TPV","mode":3,"lon":3.7,"lat":1' + b"0" * 400 + b"}",
    ],
)
def test_what_is_no_fix_is_none(line):
    assert fix_of(line, CompanionClock()) is None


json_values = st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers()


@given(
    st.dictionaries(
        st.sampled_from(["mode", "lat", "lon", "time", "eph", "epx", "epy", "speed", "track", "status"]),
        json_values,
    )
)
def test_whatever_gpsd_says_a_fix_can_travel_with_a_press(fields):
    clock = CompanionClock()
    line = json.dumps({"class": "TPV", "mode": 3, "lat": 51.0, "lon": 3.7} | fields).encode()
    fix = fix_of(line, clock)
    if fix is not None:
        as_positions([fix], clock.monotonic())


def test_the_sample_walk_plays_from_its_start_and_begins_again():
    clock = CompanionClock()
    track = RecordedTrack.read(SAMPLE, clock)
    (first,) = track.latest()
    assert first.method is Method.RECORDED
    assert first.radius_m is not None
    clock.advance(12)
    now = track.latest()
    assert len(now) == 3
    assert [round(clock.monotonic() - fix.fixed_s) for fix in now] == [2, 7, 12]
    clock.advance(track._length_s - 12)
    (again,) = track.latest()
    assert (again.latitude, again.longitude) == (first.latitude, first.longitude)


def test_an_nmea_walk_is_read_and_a_lost_fix_skipped():
    text = """
        $GPRMC,201500.00,A,5103.2640,N,00343.3140,E,2.7,42.0,120126,,,A*5F
        $GPRMC,201501.00,V,,,,,,,120126,,,N*00
        $GPGGA,201501.00,,,,,0,00,99.9,,M,,M,,*00
        $GPRMC,201505.00,A,5103.2700,S,00343.3200,W,,42.0,120126,,,A*5F
        $GPRMC,nonsense,A,x,N,y,E,,42.0,120126,,,A*5F
    """
    first, second = read_nmea(text)
    assert (round(first.latitude, 5), round(first.longitude, 5)) == (51.0544, 3.7219)
    assert first.speed_mps == pytest.approx(1.389, abs=0.001)
    assert (second.offset_s, second.latitude < 0, second.longitude < 0) == (5.0, True, True)


@pytest.mark.parametrize("text", ["{}", '{"features": []}', '{"geometry": {"coordinates": [[1]]}}', "[1]"])
def test_a_geojson_without_times_is_refused(text):
    with pytest.raises(UnreadableTrackError):
        read_geojson(text)


def test_a_walk_without_points_or_off_the_earth_is_refused():
    with pytest.raises(UnreadableTrackError):
        RecordedTrack([], CompanionClock())
    with pytest.raises(UnreadableTrackError):
        RecordedTrack([Point(91.0, 3.0, 0.0)], CompanionClock())
    with pytest.raises(UnreadableTrackError):
        read_nmea("$GPGGA")
