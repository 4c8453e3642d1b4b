from dataclasses import replace
from typing import Any

from loadtests.measured import Faults, Latencies, Measured, Spread, median_of


def a_round(**changes: Any) -> Measured:
    plain = Measured(
        consoles=10,
        rate=10.0,
        seconds=2.0,
        presses=20,
        raised=20,
        others=0,
        event_bytes=1900,
        receipt=Spread(2.0, 4.0, 5.0),
        last=Spread(2.5, 4.5, 5.0),
        commit=Spread(2.0, 3.0, 3.5),
        gateway_cpu_us=10.0,
        idle_cpu_us=1.0,
        database_cpu_us=1.0,
        gateway_mb=100.0,
        console_kb=20.0,
        turn=Spread(0.01, 0.02, 0.05),
        late_ms=0.01,
        strangers=0.0,
        faults=Faults(),
    )
    return replace(plain, **changes)


def test_latencies_are_described_within_a_thousandth() -> None:
    latencies = Latencies()
    for milliseconds in range(1, 1001):
        latencies.add(milliseconds * 1_000_000)
    spread = latencies.spread()
    assert spread is not None
    assert abs(spread.p50 - 500) <= 1
    assert abs(spread.p99 - 990) <= 1
    assert abs(spread.max - 1000) <= 1


def test_nothing_measured_has_no_percentiles() -> None:
    assert Latencies().spread() is None


def test_a_latency_beyond_the_longest_is_kept_as_the_longest_rather_than_dropped() -> None:
    latencies = Latencies()
    latencies.add(600 * 1_000_000_000)
    spread = latencies.spread()
    assert spread is not None
    assert spread.max > 59_000


def test_rounds_are_joined_by_their_medians_and_their_faults_added_up() -> None:
    joined = median_of(
        [
            a_round(gateway_cpu_us=9.0, last=Spread(1, 2, 3)),
            a_round(gateway_cpu_us=50.0, last=Spread(7, 8, 90), faults=Faults(lost=2, closed=("4408",))),
            a_round(gateway_cpu_us=11.0, last=Spread(2, 3, 4), faults=Faults(lost=1)),
        ]
    )
    assert joined.gateway_cpu_us == 11.0
    assert joined.last == Spread(2, 3, 4)
    assert joined.presses == 60
    assert joined.consoles == 10
    assert joined.faults == Faults(lost=3, closed=("4408",))


def test_what_could_not_be_measured_stays_unknown() -> None:
    assert median_of([a_round(gateway_mb=None), a_round(gateway_mb=None)]).gateway_mb is None


def test_a_generator_whose_turns_take_long_says_that_it_was_the_bound() -> None:
    assert not a_round().generator_bound
    assert a_round(turn=Spread(0.01, 3.0, 5.0)).generator_bound
    assert a_round(late_ms=20.0).generator_bound


def test_any_fault_is_a_fault() -> None:
    assert Faults().none
    for fault in ("lost", "doubled", "gaps", "refused", "kept", "unexplained"):
        assert not Faults(**{fault: 1}).none  # type: ignore[arg-type] # each of these is a number
    assert not Faults(closed=("4408",)).none
