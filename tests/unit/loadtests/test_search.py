import pytest

from loadtests.measured import Faults, Measured, Spread
from loadtests.search import find_highest
from tests.unit.loadtests.test_measured import a_round


def a_gateway_that_keeps_up_to(limit: float, tried: list[float], stalls: int = 0):
    async def step(rate: float) -> Measured:
        tried.append(rate)
        slow = rate > limit or len(tried) <= stalls
        return a_round(rate=rate, receipt=Spread(5.0, 150.0 if slow else 50.0, 200.0))

    return step


@pytest.mark.parametrize("limit", [3.0, 20.0, 50.0, 120.0, 900.0, 40_000.0])
async def test_the_rate_found_is_kept_and_the_limit_is_within_a_step(limit: float) -> None:
    highest = await find_highest(a_gateway_that_keeps_up_to(limit, []), 50.0)
    assert highest.rate <= limit <= highest.rate * 1.35
    assert highest.at is not None
    assert highest.at.rate == highest.rate


async def test_one_stall_does_not_end_the_search() -> None:
    highest = await find_highest(a_gateway_that_keeps_up_to(500.0, [], stalls=1), 50.0)
    assert highest.rate > 500 / 1.35


async def test_a_rate_at_which_something_was_lost_is_not_kept() -> None:
    async def step(rate: float) -> Measured:
        return a_round(rate=rate, faults=Faults(lost=1) if rate > 60 else Faults())

    assert (await find_highest(step, 50.0)).rate <= 60


async def test_a_gateway_that_keeps_no_rate_has_none() -> None:
    highest = await find_highest(a_gateway_that_keeps_up_to(0.0, []), 50.0)
    assert highest.rate == 0
    assert highest.at is None
