"""A lease is held by one node: by the clock, not by when the statement began that looks at it."""

from typing import Final

import pytest

from gateway.store.connect import Connection

# Evaluated after the statement began, as a claim is that another node commits meanwhile.
OVER: Final = "SELECT lease_over(clock_timestamp() + make_interval(secs => $1), 30)"


@pytest.mark.parametrize(
    ("ends_in_s", "over"),
    [
        pytest.param(30.0, False, id="given by a statement that began later than this one"),
        pytest.param(1.0, False, id="given a while ago"),
        pytest.param(-1.0, True, id="at its end"),
        pytest.param(3600.0, True, id="longer than any that is given: from before the clock was set back"),
    ],
)
async def test_a_lease_is_over_at_its_end_or_when_nobody_can_have_given_it(
    connection: Connection, ends_in_s: float, *, over: bool
) -> None:
    assert await connection.fetchval(OVER, ends_in_s) is over


async def test_what_is_claimed_by_nobody_is_free(connection: Connection) -> None:
    assert await connection.fetchval("SELECT lease_over(NULL, 30)") is True
