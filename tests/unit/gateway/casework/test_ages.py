from datetime import date

import pytest

from gateway.domain.casework.figures import AGES, age_band


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
