from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.uuid7 import uuid7

INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (strategy bounds are naive)


@given(INSTANTS)
def test_it_is_version_7_and_holds_its_instant(at: datetime) -> None:
    made = uuid7(at)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    held = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
    assert abs(held - at) <= timedelta(milliseconds=1)


@given(INSTANTS)
def test_later_ids_sort_later_and_none_is_made_twice(at: datetime) -> None:
    assert uuid7(at) < uuid7(at + timedelta(milliseconds=2))
    assert len({uuid7(at) for _ in range(100)}) == 100
