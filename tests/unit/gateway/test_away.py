"""The breaker that says of which centres the database is known to be away."""

from gateway.domain.away import Away, Happening


def test_a_centre_is_away_from_the_first_press_that_is_kept_until_one_is_committed() -> None:
    away = Away()
    assert not away.of("BE-VOV")
    away.note("BE-VOV", Happening.KEPT)
    assert away.of("BE-VOV")
    away.note("BE-VOV", Happening.COMMITTED)
    assert not away.of("BE-VOV")


def test_one_stream_that_is_held_up_sends_no_other_press_to_the_disk() -> None:
    away = Away()
    away.note("BE-VOV", Happening.KEPT)
    assert not away.of("BE-VAN")
    away.note("BE-VAN", Happening.COMMITTED)
    assert away.of("BE-VOV")


def test_nothing_kept_is_nothing_that_would_ever_find_the_database_back() -> None:
    away = Away()
    away.note("BE-VOV", Happening.KEPT)
    away.note("BE-VOV", Happening.EMPTIED)
    assert not away.of("BE-VOV")
