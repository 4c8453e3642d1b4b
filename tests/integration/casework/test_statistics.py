"""Figures from the logs, on a real database and a real gateway: the questions that councils ask."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from gateway.domain.casework.answers import Asked, end_of
from gateway.http.security import COOKIE
from gateway.store.casework.statistics import PostgresStatistics
from gateway.store.connect import Connection, Pool
from schemas.outcome import Outcome
from schemas.session import Role
from schemas.statistics import By, Count, FiguresRow, Statistics, Value
from tests.support.clock import VirtualClock
from tests.support.figures import AALST, GHENT, Past, the_public_figures
from tests.support.gateway import running

JOURNAL = "SELECT facts FROM journal WHERE kind = 'statistics.asked'"
FOUR_YEARS, MARCH_2026 = date(2023, 12, 31), date(2026, 3, 31)


@pytest.fixture
async def past(connection: Connection) -> Past:
    made = Past(connection)
    await the_public_figures(made)
    return made


def rows_of(figures: Statistics, place: str | None) -> Mapping[int | None, FiguresRow]:
    return {row.year: row for row in figures.rows if row.place == place}


async def ask(statistics: PostgresStatistics, as_of: date, **asked: Any) -> Statistics:
    return await statistics.of(None, Asked(as_of=as_of, **asked), "json")


async def test_the_report_answers_what_councils_and_parliaments_ask(
    past: Past, pool: Pool, clock: VirtualClock
) -> None:
    statistics = PostgresStatistics(pool, clock)
    now = await ask(statistics, MARCH_2026, by=By.ZONE)
    ghent = rows_of(now, GHENT)

    # How many victims use it, year by year, by district?
    assert {year: row.counts[Count.USERS] for year, row in ghent.items() if year and year >= 2024} == {
        2024: 28,
        2025: 21,
        2026: 18,
    }
    assert rows_of(now, AALST).keys() <= {None}  # two or three files a year: not told of
    antwerp = rows_of(now, "BE-5345")
    assert {row.counts[Count.USERS] for year, row in antwerp.items() if year} == {14}

    # How many in the first four years, and how many emergency calls led to an intervention?
    then = rows_of(await ask(statistics, FOUR_YEARS, by=By.ZONE), GHENT)
    whole = then[None]
    assert whole.counts[Count.USERS] == 40
    assert whole.counts[Count.ATTENDED] == 20

    # Were the police on the spot in under ten minutes?
    assert whole.values[Value.ARRIVAL_MEDIAN_S] == 420
    assert whole.values[Value.ARRIVED_10_MIN_PCT] == 100

    # How many alarms were there, and how were they answered?
    assert ghent[2024].counts[Count.REAL] == 12
    assert ghent[2024].values[Value.ANSWERED_15_S_PCT] == 75
    assert ghent[2024].values[Value.ANSWERED_30_S_PCT] == 100

    # How long do they have it? (Six months on average.) How long until it is granted, and installed?
    assert ghent[2024].values[Value.MONTHS_ACTIVE] == 6.0
    assert ghent[2024].values[Value.DAYS_TO_GRANT] == 10
    assert ghent[2024].values[Value.DAYS_TO_INSTALL] == 14
    country = rows_of(await ask(statistics, MARCH_2026), None)
    assert country[2025].counts[Count.NEW] == 13 + 22
    assert country[2025].counts[Count.CLOSED] == 8 + 6 + 22


async def test_a_day_that_is_over_has_the_same_figures_for_ever_and_its_log_read_anew_too(
    past: Past, pool: Pool, clock: VirtualClock, connection: Connection
) -> None:
    async def told(as_of: date) -> list[str]:
        statistics = PostgresStatistics(pool, clock)
        return [(await ask(statistics, as_of, by=by)).model_dump_json() for by in By]

    before = await told(date(2025, 6, 30))
    for file in past.files[GHENT, 2025]:
        await past.alarm(file, datetime(2025, 8, 1, 12, tzinfo=UTC), Outcome.ARREST)
    later = await past.file(GHENT, date(2025, 8, 3))
    assert await told(date(2025, 6, 30)) == before
    assert await told(date(2025, 12, 31)) != before

    await connection.execute("UPDATE registration SET state = 'archived', zone_id = NULL")
    await connection.execute("DELETE FROM alarm_moment; DELETE FROM alarm_moments_read")
    assert await told(date(2025, 6, 30)) == before
    assert later is not None


async def test_a_day_that_has_just_ended_is_counted_anew_until_all_of_it_can_be_read(
    connection: Connection, pool: Pool
) -> None:
    past, day = Past(connection), date(2025, 6, 30)
    await past.zones()
    clock = VirtualClock(end_of(day) + timedelta(seconds=5))
    statistics = PostgresStatistics(pool, clock)

    async def users() -> int | None:
        return rows_of(await ask(statistics, day), None)[2025].counts[Count.USERS]

    for _ in range(10):
        await past.file(GHENT, day, closed=False)
    assert await users() == 10
    await past.file(GHENT, day, closed=False)  # written at noon, committed late
    assert await users() == 11
    clock.advance(120)
    assert await users() == 11


async def test_each_alarm_counts_once_as_what_it_was(
    connection: Connection, pool: Pool, clock: VirtualClock
) -> None:
    past = Past(connection)
    await past.zones()
    files = [await past.file(GHENT, date(2025, 2, 1), closed=False) for _ in range(12)]
    drill = await past.file(GHENT, date(2025, 2, 1), population="exercise")
    at = datetime(2025, 5, 1, 12, tzinfo=UTC)
    for file in files[:10]:
        await past.alarm(file, at, Outcome.ARREST, shared=("BE-VAN", "BE-BRU"))
        await past.alarm(file, at.replace(day=20), Outcome.SLIP, second_look=True)
        await past.alarm(file, at.replace(month=9), None)
    slip = await past.alarm(files[0], at.replace(month=11), Outcome.SLIP, second_look=True)
    looked_at = {"outcome": "slip", "needs_second_look": True, "reviewed_at": "2025-12-01T00:00:00Z"}
    image = {
        "centre": "BE-VOV",
        "registration_id": str(files[0]),
        "purpose": "real",
        "closure": looked_at,
    }
    await past.event("BE-VOV", "alarm.reviewed", at.replace(month=12), slip, image)
    for purpose in ("canary", "exercise", "test"):
        for _ in range(6):
            await past.alarm(drill, at, Outcome.TEST, purpose=purpose)

    row = rows_of(await ask(PostgresStatistics(pool, clock), date(2025, 12, 31)), None)[2025]
    counts = row.counts
    assert (counts[Count.USERS], counts[Count.REAL]) == (12, 31)
    assert counts[Count.GENUINE] is None or counts[Count.GENUINE] == 10
    assert (counts[Count.TEST], counts[Count.EXERCISE]) == (6, 6)
    assert counts[Count.REPEATED] == 10
    assert counts[Count.ARREST] is None  # of ten, and the other outcomes none: all of them hidden
    assert row.values[Value.ANSWERED_15_S_PCT] == 100


async def test_everybody_with_the_page_gets_the_same_protected_figures_in_each_form(
    past: Past, database: str, tmp_path: Path, connection: Connection
) -> None:
    async with running(database, tmp_path) as gateway:

        async def get(role: Role, path: str) -> Any:
            token = await gateway.a_session("BE-VAN", name=f"{role} {path}", role=role)
            return await gateway.http.get(
                f"{gateway.url}/v1/statistics{path}", headers={"Cookie": f"{COOKIE}={token}"}
            )

        asked = "?by=zone&from=2024&to=2025&as_of=2026-03-31"
        officer = await get(Role.CASE_OFFICER, asked)
        assert officer.status_code == 200, officer.text
        assert (await get(Role.AUDITOR, asked)).text == officer.text
        assert (await get(Role.OPERATOR, asked)).status_code == 403

        assert (await get(Role.MAGISTRATE, "?as_of=2026-03-15")).json()["as_of"] == "2026-02-28"
        assert (await get(Role.CASE_OFFICER, "?as_of=2026-03-15")).json()["as_of"] == "2026-03-15"
        assert (await get(Role.CASE_OFFICER, "?as_of=2999-01-01")).status_code == 422
        assert (await get(Role.CASE_OFFICER, "?from=2025&to=2024")).status_code == 422

        table = await get(Role.CASE_OFFICER, f"{asked}&format=csv")
        assert table.headers["content-disposition"].endswith('.csv"')
        lines = table.content.decode("utf-8-sig").split("\r\n")
        assert lines[0].startswith("as_of,year,place,name,requested")
        assert any(line.startswith("2026-03-31,2024,BE-5415,Gent,,,,28,") for line in lines)

        for language, sentence in (
            ("nl", "In 2026 hadden 18 personen een alarm."),
            ("fr", "En 2026, 18 personnes avaient une alarme."),
            ("de", "Im Jahr 2026 hatten 18 Personen einen Alarm."),
            ("en", "In 2026, 18 persons had an alarm."),
        ):
            page = await get(Role.CASE_OFFICER, f"/answer.pdf?lang={language}&place={GHENT}&as_of=2026-03-31")
            reader = PdfReader(BytesIO(page.content))
            assert len(reader.pages) == 1
            assert sentence in " ".join(reader.pages[0].extract_text().split())
        facts = [row["facts"] for row in await connection.fetch(JOURNAL)]
    assert {fact["format"] for fact in facts} == {"json", "csv", "pdf"}
    assert {fact["place"] for fact in facts} == {None, GHENT}
