"""An answer in words: sentences, a small table, how it was counted. One page, whatever was asked."""

from dataclasses import replace
from typing import Any, Final

from gateway.domain.casework.answer_words import WORDS, AnswerWords
from gateway.domain.casework.answers import Asked
from schemas.statistics import By, Count, FiguresRow, Statistics, Value

YEARS_MAX: Final = 6
"""Years in the table of a page, the latest."""

IN_TABLE: Final = (Count.USERS, Count.NEW, Count.CLOSED, Count.REAL, Count.ATTENDED, Count.ARREST)


def asked_for_page(asked: Asked) -> Asked:
    """Return what a page is made of: the years of one place, or of the country."""
    return replace(asked, by=By.YEAR)


def answer_page(figures: Statistics, language: str) -> dict[str, Any]:
    """Return what the template ``answer`` shows."""
    words = WORDS[language]
    years = [row for row in figures.rows if row.year is not None][-YEARS_MAX:]
    whole = next((row for row in figures.rows if row.year is None), None)
    place = next((row.name for row in figures.rows if row.name), None)
    sentences = _sentences(years, whole, figures.first_year, words)
    day = figures.as_of.strftime("%d/%m/%Y")
    return {
        "language": language,
        "title": words.title,
        "place": place or words.country,
        "as_of": words.as_of.format(day=day),
        "provisional": words.provisional if figures.provisional else None,
        "sentences": sentences or [words.nothing],
        "heads": words.heads,
        "rows": [[str(row.year), *(_cell(row.counts[count]) for count in IN_TABLE)] for row in years],
        "how": words.how,
        "hidden": f"… {words.hidden}",
    }


def _sentences(
    years: list[FiguresRow], whole: FiguresRow | None, first: int | None, words: AnswerWords
) -> list[str]:
    told = [row for row in years if row.counts[Count.USERS] is not None]
    said = []
    for place, row in enumerate(reversed(told[-3:])):
        sentence = words.users if place == 0 else words.users_before
        said.append(sentence.format(year=row.year, n=row.counts[Count.USERS]))
    if whole is not None and whole.counts[Count.USERS] is not None:
        said.append(words.all_years.format(year=first, n=whole.counts[Count.USERS]))
    if years:
        said += _of_year(years[-1], words)
    if whole is not None and whole.counts[Count.ATTENDED] is not None:
        said.append(words.intervention.format(year=first, n=whole.counts[Count.ATTENDED]))
    if whole is not None:
        said += _measured(whole, words)
    return said


def _of_year(row: FiguresRow, words: AnswerWords) -> list[str]:
    counts, said = row.counts, []
    if counts[Count.REQUESTED] is not None and counts[Count.GRANTED] is not None:
        said.append(
            words.requests.format(year=row.year, n=counts[Count.REQUESTED], granted=counts[Count.GRANTED])
        )
    flows = (counts[Count.NEW], counts[Count.CLOSED], counts[Count.ACTIVE])
    if None not in flows:
        said.append(words.flows.format(year=row.year, new=flows[0], closed=flows[1], active=flows[2]))
    if counts[Count.REAL] is None:
        said.append(words.alarms_fewer.format(year=row.year))
    else:
        said.append(words.alarms.format(year=row.year, n=counts[Count.REAL]))
        if counts[Count.GENUINE] is not None:
            said.append(words.genuine.format(n=counts[Count.GENUINE]))
    return said


def _measured(row: FiguresRow, words: AnswerWords) -> list[str]:
    said = []
    arrival = row.values[Value.ARRIVAL_MEDIAN_S]
    if arrival is not None:
        said.append(words.arrival.format(n=_number(round(arrival / 60, 1), words)))
    for value, sentence in (
        (Value.ARRIVED_10_MIN_PCT, words.arrival_soon),
        (Value.ANSWERED_15_S_PCT, words.answer),
        (Value.MONTHS_ACTIVE, words.months),
        (Value.DAYS_TO_GRANT, words.to_grant),
    ):
        measured = row.values[value]
        if measured is not None:
            said.append(sentence.format(n=_number(measured, words)))
    return said


def _number(value: float, words: AnswerWords) -> str:
    return f"{value:g}".replace(".", words.decimal)


def _cell(count: int | None) -> str:
    return "…" if count is None else str(count)
