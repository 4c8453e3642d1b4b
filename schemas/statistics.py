"""Figures about files and alarms as they may leave the house: small ones hidden."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Line, Wire

Year = Annotated[int, Field(ge=2000, le=2999)]


class By(StrEnum):
    """What a row of figures is about, besides its year."""

    YEAR = "year"
    CENTRE = "centre"
    ARRONDISSEMENT = "arrondissement"
    ZONE = "zone"


class Count(StrEnum):
    """What is counted. A file counts in its place and a year; an alarm in the year it was raised."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    USERS = "users"
    NEW = "new"
    CLOSED = "closed"
    ACTIVE = "active"
    AGE_UNDER_18 = "age_under_18"
    AGE_18_29 = "age_18_29"
    AGE_30_39 = "age_30_39"
    AGE_40_49 = "age_40_49"
    AGE_50_64 = "age_50_64"
    AGE_65_UP = "age_65_up"
    AGE_UNKNOWN = "age_unknown"
    PRESSED = "pressed"
    REAL = "real"
    GENUINE = "genuine"
    ARREST = "arrest"
    OFFENDER_GONE = "offender_gone"
    OFFENDER_NOT_FOUND = "offender_not_found"
    PREVENTED = "prevented"
    NOISE = "noise"
    SLIP = "slip"
    TECHNICAL = "technical"
    DUPLICATE = "duplicate"
    MISUSE = "misuse"
    UNSETTLED = "unsettled"
    ATTENDED = "attended"
    REPEATED = "repeated"
    TEST = "test"
    EXERCISE = "exercise"


class Value(StrEnum):
    """What is measured over at least five files or alarms."""

    MONTHS_ACTIVE = "months_active"
    DAYS_TO_GRANT = "days_to_grant"
    DAYS_TO_INSTALL = "days_to_install"
    ANSWER_MEDIAN_S = "answer_median_s"
    ANSWER_P90_S = "answer_p90_s"
    ANSWERED_15_S_PCT = "answered_15_s_pct"
    ANSWERED_20_S_PCT = "answered_20_s_pct"
    ANSWERED_30_S_PCT = "answered_30_s_pct"
    ANSWERED_60_S_PCT = "answered_60_s_pct"
    ARRIVAL_MEDIAN_S = "arrival_median_s"
    ARRIVAL_P90_S = "arrival_p90_s"
    ARRIVED_10_MIN_PCT = "arrived_10_min_pct"
    PRESSED_PCT = "pressed_pct"


class FiguresRow(Wire):
    """The figures of one place and year. None: hidden, or nothing to measure."""

    year: Year | None = Field(description="None: all years since the first, sums rounded to five")
    place: Line | None = Field(description="None: the whole country")
    name: Line | None = None
    counts: dict[Count, int | None]
    values: dict[Value, float | None]


class Statistics(Wire):
    """Figures as of the end of a day (``GET /v1/statistics``); of a day that is over always the same."""

    as_of: date = Field(description="What was recorded until the end of this day, in Brussels, is counted")
    provisional: bool = Field(description="The day is not over: asked again, it may say more")
    by: By
    first_year: Year | None = Field(description="None: nothing is recorded yet")
    hidden_below: int
    rows: tuple[FiguresRow, ...]
