"""What falls due is said once, by whichever node finds it, and ends nothing."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter

from gateway.domain.casework.case import Found
from gateway.domain.casework.days import day_of
from gateway.domain.casework.life import EITHER, take
from gateway.domain.casework.scope import Scope
from gateway.store.casework.files import PostgresFiles
from gateway.store.casework.lives import PostgresLives, Terms, case_of, keep
from gateway.store.casework.reminding import Reminding
from gateway.store.casework.steps import Written, write
from gateway.store.connect import Connection, Pool
from gateway.store.notices import PostgresNotices
from gateway.store.sealing import Keyring, make_key_file
from gateway.store.view import Viewer
from schemas.life import NewFile, Procedure
from schemas.session import Role
from schemas.steps import NewStep, StepRequest
from tests.support.build import a_person
from tests.support.clock import VirtualClock

PROVEN: Final = Found(proof_press=True, proof_position=True)
DAY_S: Final = 86_400
STEPS: Final = "SELECT kind, facts ->> 'reminder' AS said, done_by FROM registration_step ORDER BY number"
OPEN: Final = "SELECT kind, detail ->> 'reminder' AS said FROM notice WHERE cleared_at IS NULL ORDER BY kind"
step_of: Final[TypeAdapter[NewStep]] = TypeAdapter(NewStep)


class Desk:
    """A file and its team, with two nodes that remind."""

    def __init__(self, pool: Pool, connection: Connection, clock: VirtualClock, keys: Path) -> None:
        make_key_file(keys)
        self.keyring, self.clock, self.connection = Keyring.read(keys), clock, connection
        self.terms = Terms(urgent_decision_days=5)
        self.files = PostgresFiles(pool, self.keyring, clock, self.terms)
        self.lives = PostgresLives(pool, self.keyring, clock, self.terms, lambda _: None)
        notices = PostgresNotices(pool, Viewer(self.keyring, lambda _: None), lambda _: None)
        self.nodes = [Reminding(pool, self.keyring, clock, self.terms, notices) for _ in range(2)]
        self.scope = Scope(
            operator_id=uuid4(),
            name="P",
            roles=EITHER,
            centres=frozenset({"BE-VOV"}),
            zones=frozenset(),
        )

    @property
    def today(self) -> date:
        return day_of(self.clock.now())

    async def open(self, procedure: Procedure, number: int = 12345) -> UUID:
        new = NewFile.model_validate({
            "procedure": procedure, "requested_by": "police", "on_date": self.today, "team": "BE-VOV",
            "pv_number": f"GE.43.LB.{number:06}/2026", "person": a_person(),
        })  # fmt: skip
        return (await self.files.create(self.scope, new)).registration_id

    async def step(self, file: UUID, kind: str, **fields: Any) -> None:
        """Take a step, with what proves an installation given."""
        row = await self.connection.fetchrow("SELECT * FROM registration WHERE registration_id = $1", file)
        assert row is not None
        wish = step_of.validate_python({"kind": kind, "on_date": self.today, **fields})
        if kind != "installed":
            request = StepRequest(expected_version=row["life_version"], step=wish)
            await self.lives.take(self.scope, file, request)
            return
        taken = take(case_of(row), wish, EITHER, PROVEN, self.terms.moment(self.clock))
        written = Written(registration_id=file, number=row["life_version"] + 1, at=self.clock.now())
        async with self.connection.transaction():
            await write(self.connection, self.keyring, taken, written)
            await keep(self.connection, file, taken, written)

    async def sweep(self) -> int:
        """Let both nodes look; return how often they reminded."""
        return sum([await node.sweep() for node in self.nodes])

    async def said(self) -> list[tuple[str, str | None]]:
        """The steps that time took."""
        rows = await self.connection.fetch(STEPS)
        return [(row["kind"], row["said"]) for row in rows if row["done_by"] is None and row["said"]]

    async def open_notices(self) -> list[tuple[str, str]]:
        return [(row["kind"], row["said"]) for row in await self.connection.fetch(OPEN)]


@pytest.fixture
async def desk(pool: Pool, connection: Connection, clock: VirtualClock, tmp_path: Path) -> Desk:
    made = Desk(pool, connection, clock, tmp_path / "kek")
    await connection.execute(
        "INSERT INTO operator (operator_id, username, name, roles, centres) VALUES ($1, 'p', 'P', $2, $3)",
        made.scope.operator_id,
        [Role.CASE_OFFICER, Role.MAGISTRATE],
        ["BE-VOV"],
    )
    return made


async def test_a_late_decision_is_said_once_and_the_alarm_stays(desk: Desk):
    file = await desk.open(Procedure.URGENT)
    await desk.step(file, "installed")
    assert await desk.sweep() == 0
    desk.clock.advance(2 * DAY_S)
    assert await desk.sweep() == 1
    assert await desk.open_notices() == [("support_due", "support_overdue")]
    await desk.step(file, "victim_support_notified")
    desk.clock.advance(2 * DAY_S)
    assert [await desk.sweep(), await desk.sweep()] == [1, 0]
    assert await desk.open_notices() == [("decision_due", "decision_soon")]
    assert await desk.said() == []
    desk.clock.advance(2 * DAY_S)
    assert [await desk.sweep(), await desk.sweep()] == [1, 0]
    assert await desk.said() == [("decision_overdue", "decision_overdue")]
    desk.clock.advance(20 * DAY_S)
    assert await desk.sweep() == 0
    assert await desk.open_notices() == [("decision_due", "decision_overdue")]
    row = await desk.connection.fetchrow("SELECT * FROM registration")
    assert row is not None
    assert (row["state"], row["life"]["overdue"]) == ("installed", True)
    await desk.step(file, "refused", reason="other_measure", ground="andere maatregel")
    await desk.sweep()
    assert await desk.open_notices() == []


async def test_an_evaluation_is_asked_for_three_times_and_what_is_overdue_goes_on(desk: Desk):
    file = await desk.open(Procedure.STANDARD)
    await desk.step(file, "heard", willing=True, agreement_signed=True)
    await desk.step(file, "deliberated", forum="case_consultation", risk_assessed=True, advice="grant")
    await desk.step(file, "granted", threat="threatening", context="honour", ground="eergerelateerd")
    await desk.step(file, "victim_support_notified")
    await desk.step(file, "installed")
    ends_on: date = await desk.connection.fetchval("SELECT ends_on FROM registration")
    for left, times in ((43, 0), (42, 1), (15, 0), (14, 1), (1, 0), (0, 1), (-30, 0)):
        desk.clock.advance(((ends_on - desk.today).days - left) * DAY_S)
        assert await desk.sweep() == times, left
    kinds = ["six_weeks", "two_weeks", "due"]
    assert await desk.said() == [("evaluation_due", kind) for kind in kinds]
    assert await desk.open_notices() == [("evaluation_due", "due")]
    assert await desk.connection.fetchval("SELECT state FROM registration") == "installed"
    await desk.step(file, "evaluated", advice="extend")
    await desk.step(file, "extended", ground="nog steeds bedreigd", ends_on=desk.today + timedelta(days=10))
    assert await desk.sweep() == 1
    assert await desk.open_notices() == [("evaluation_due", "two_weeks")]
    assert (await desk.said())[3:] == [("evaluation_due", "two_weeks")], "of two at once only the latest"


async def test_a_file_that_cannot_be_read_holds_up_no_other(desk: Desk):
    """As a later version of this program may write it, before all nodes are that version."""
    files = [await desk.open(Procedure.URGENT, number) for number in range(3)]
    for file in files:
        await desk.step(file, "installed")
    await desk.connection.execute(
        "UPDATE registration SET life = life || $2 WHERE registration_id = $1",
        files[0],
        {"procedure": "later"},
    )
    desk.clock.advance(2 * DAY_S)
    assert await desk.sweep() == 2
    assert await desk.open_notices() == [("support_due", "support_overdue")] * 2
