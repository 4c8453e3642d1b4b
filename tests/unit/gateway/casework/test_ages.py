from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from gateway.domain.casework.figures import AGES, FileFacts, Leaf, age_band, tallies
from schemas.statistics import Count


@pytest.mark.parametrize(
    ("born_on", "band"),
    [
        (date(2008, 3, 3), "<18"),
        (date(2008, 3, 2), "18-29"),
        (date(1996, 3, 3), "18-29"),
        (date(1996, 3, 2), "30-39"),
        (date(1976, 3, 3), "40-49"),
        (date(1961, 3, 3), "50-64"),
        (date(1961, 3, 2), "65+"),
        (date(1920, 1, 1), "65+"),
    ],
)
def test_an_age_is_in_the_band_of_that_very_day(born_on: date, band: str) -> None:
    assert age_band(born_on, date(2026, 3, 2)) == band
    assert band in AGES


def test_a_file_that_came_with_its_alarm_counts_but_how_long_she_had_it_is_not_known() -> None:
    place = Leaf("BE-VOV", None, "BE-VOV")
    known = FileFacts(UUID(int=1), place, installed_on=date(2025, 1, 1), closed_on=date(2025, 7, 1))
    files = [known, replace(known, registration_id=UUID(int=2), imported=True)]
    tally = tallies(files, (), (), 2025)[2025, place]
    assert tally.counts[Count.CLOSED] == 2
    assert len(tally.months_active) == 1
