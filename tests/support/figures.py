"""Files and alarms of years past, as the logs would have them: the shape of Ghent's public figures."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from gateway.store.connect import Database
from schemas.outcome import Outcome

GHENT, AALST, WAAS, DENDER, ANTWERP = "BE-5415", "BE-5440", "BE-5432", "BE-5443", "BE-5345"
ZONES: Final = (
    (GHENT, "Gent", "BE-VOV", "Oost-Vlaanderen"),
    (AALST, "Aalst", "BE-VOV", "Oost-Vlaanderen"),
    (WAAS, "Sint-Niklaas", "BE-VOV", "Oost-Vlaanderen"),
    (DENDER, "Dendermonde", "BE-VOV", "Oost-Vlaanderen"),
    (ANTWERP, "Antwerpen", "BE-VAN", "Antwerpen"),
)
ZONE: Final = "INSERT INTO zone (zone_id, name, centre_id, arrondissement) VALUES ($1, $2, $3, $4)"
FILE: Final = """
INSERT INTO registration (registration_id, centre_id, zone_id, reference, key_id, person_sealed,
                          circumstances_sealed, sealed_version, policy, created_at, updated_at, population)
VALUES ($1, $2, $3, $1::uuid::text, 'none', '', '', 1, '{}', $4, $4, $5)"""
STEP: Final = """
INSERT INTO registration_step (registration_id, number, kind, at, on_date, centre_id, team, arrondissement,
                               state, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'installed', $9)"""
EVENT: Final = """
INSERT INTO stream_event (centre_id, sequence, kind, at, alarm_id, image) VALUES ($1, $2, $3, $4, $5, $6)"""

NEW_IN_GHENT: Final = {2020: 8, 2021: 10, 2022: 10, 2023: 12}
"""40 in the first four years; none goes over into the next."""


@dataclass
class Past:
    """Writes what happened. ``lasting``: days from installation to closure."""

    database: Database
    lasting: int = 183
    sequences: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    files: defaultdict[tuple[str, int], list[UUID]] = field(default_factory=lambda: defaultdict(list))

    async def zones(self) -> None:
        await self.database.executemany(ZONE, ZONES)

    async def file(
        self, zone: str, installed: date, *, closed: bool = True, age: str | None = "30-39", **more: Any
    ) -> UUID:
        """A file from request to closure."""
        _, _, centre, district = next(one for one in ZONES if one[0] == zone)
        registration_id = uuid4()
        steps: list[tuple[str, date, dict[str, Any]]] = [
            ("requested", installed - timedelta(days=14), {}),
            ("granted", installed - timedelta(days=4), {"age_band": age} if age else {}),
            ("installed", installed, {}),
        ]
        if closed:
            steps.append(("closed", installed + timedelta(days=self.lasting), {}))
        population = more.get("population", "real")
        await self.database.execute(FILE, registration_id, centre, zone, _noon(steps[0][1]), population)
        await self.database.executemany(
            STEP,
            [
                (registration_id, number, kind, _noon(day), day, centre, zone, district, facts)
                for number, (kind, day, facts) in enumerate(steps, 1)
            ],
        )
        self.files[zone, installed.year].append(registration_id)
        return registration_id

    async def alarm(
        self,
        registration_id: UUID,
        raised: datetime,
        outcome: Outcome | None = Outcome.OFFENDER_GONE,
        answered_s: float = 9,
        there_s: float | None = 420,
        centre: str = "BE-VOV",
        *,
        purpose: str = "real",
        shared: tuple[str, ...] = (),
        second_look: bool = False,
    ) -> UUID:
        """An alarm from press to closure, in the stream of each centre that saw it."""
        alarm_id = uuid4()
        image = {
            "alarm_id": str(alarm_id),
            "centre": centre,
            "registration_id": str(registration_id),
            "purpose": purpose,
            "units": [],
        }
        there = {**image, "units": [{"status": "on_scene"}]}
        closure = {"outcome": outcome, "needs_second_look": second_look, "reviewed_at": None}
        events: list[tuple[str, float, dict[str, Any]]] = [("alarm.raised", 0, image)]
        events.append(("alarm.acknowledged", answered_s, image))
        if there_s is not None:
            events += (("alarm.unit_status", there_s, there), ("alarm.unit_status", there_s + 60, there))
        if outcome is not None:
            events.append(("alarm.closed", 2400, {**image, "closure": closure}))
        for kind, after, shows in events:
            for stream in (centre, *shared):
                await self.event(stream, kind, raised + timedelta(seconds=after), alarm_id, shows)
        return alarm_id

    async def event(
        self, centre: str, kind: str, at: datetime, alarm_id: UUID, image: dict[str, Any]
    ) -> None:
        self.sequences[centre] += 1
        await self.database.execute(EVENT, centre, self.sequences[centre], kind, at, alarm_id, image)


async def the_public_figures(past: Past) -> None:
    """Ghent: 40 in four years with some twenty interventions, then 28, 21 and 18 with neighbours."""
    await past.zones()
    await _files(past)
    for year, there, not_there in ((2020, 4, 0), (2021, 5, 1), (2022, 5, 1), (2023, 6, 1), (2024, 9, 3)):
        await _alarms(past, year, there, not_there)
        for zone, centre in ((AALST, "BE-VOV"), (WAAS, "BE-VOV"), (ANTWERP, "BE-VAN")):
            for file in past.files[zone, year]:
                await past.alarm(file, _noon(date(year, 5, 3)), Outcome.PREVENTED, 12, 720, centre)


async def _files(past: Past) -> None:
    for year, number in NEW_IN_GHENT.items():
        for day in _days(year, 2, number):
            await past.file(GHENT, day)
    for year, early, late in ((2024, 20, 8), (2025, 6, 7), (2026, 11, 0)):
        for day in (*_days(year, 2, early), *_days(year, 10, late)):
            await past.file(GHENT, day, closed=year < 2026)
    for year in range(2020, 2027):
        for zone, number in ((AALST, 3), (WAAS, 3), (DENDER, 2), (ANTWERP, 14)):
            for day in _days(year, 2, number):
                await past.file(zone, day, closed=year < 2026, age=None)


async def _alarms(past: Past, year: int, there: int, not_there: int) -> None:
    """One alarm a file: most in danger, a unit there within seven minutes, now and then none."""
    files = past.files[GHENT, year]
    for number in range(there + not_there):
        await past.alarm(
            files[number],
            _noon(date(year, 4, 1 + number)),
            Outcome.ARREST if number % 3 == 0 else Outcome.OFFENDER_GONE if number < there else Outcome.SLIP,
            answered_s=9 if number % 4 else 25,
            there_s=420 if number < there else None,
        )


def _days(year: int, month: int, number: int) -> Iterator[date]:
    return (date(year, month, 1 + place % 28) for place in range(number))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
