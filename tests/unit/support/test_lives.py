"""What the history checker finds in the alarms' lives: streams, steps, answered commands."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.drill.answers import commands
from gateway.drill.history import CommandTry, History, Store, StoredAlarm, StoredCommand, StoredEvent
from gateway.drill.lives import lives, streams, units
from gateway.drill.verdict import Kind
from schemas.alarm import AlarmState, Escalation, LadderStep
from schemas.frames import Refused, Result
from schemas.problems import Problem, ProblemKind
from schemas.session import OperatorName
from tests.support.dispatch import AT, an_alarm

OWNER, NEIGHBOUR = "BE-VOV", "BE-VAN"


class Life:
    """Raised, told to the neighbour, told to the nation, acknowledged, closed, noted; nothing wrong."""

    def __init__(self) -> None:
        alarm = an_alarm()
        self.alarm_id: UUID = alarm.alarm_id
        somebody = OperatorName(operator_id=uuid4(), name="Op")

        def told(level: int) -> Escalation:
            return Escalation(level=level, step=LadderStep.REMIND, at=AT)

        steps: list[tuple[str, dict[str, Any]]] = [
            ("alarm.raised", {}),
            ("alarm.escalated", {"escalation": told(3)}),
            ("alarm.escalated", {"escalation": told(4)}),
            ("alarm.acknowledged", {"state": AlarmState.ACKNOWLEDGED, "acknowledged_by": somebody}),
            ("alarm.closed", {"state": AlarmState.CLOSED}),
            ("alarm.noted", {}),
        ]
        self.events: list[StoredEvent] = []
        for version, (kind, changes) in enumerate(steps, 1):
            alarm = alarm.model_copy(update={"version": version, **changes})
            image = alarm.model_dump(mode="json")
            self.events.append(self._event(OWNER, version, kind, image))
            if version > 1:
                self.events.append(self._event(NEIGHBOUR, version - 1, kind, image))
        self.copies = [
            StoredAlarm(
                centre=centre,
                alarm_id=self.alarm_id,
                registration_id=alarm.registration_id,
                purpose="real",
                state="closed",
                version=6,
                image=self.events[-1].image,
            )
            for centre in (OWNER, NEIGHBOUR)
        ]
        self.rows: list[StoredCommand] = []
        self.history = History(
            commands=[
                self.carried_out("acknowledge", 4),
                self.carried_out("close", 5),
                CommandTry("note", uuid4()),
                self.refused("assign", ProblemKind.NOT_ALLOWED_NOW),
            ]
        )

    def _event(self, centre: str, sequence: int, kind: str, image: dict[str, Any]) -> StoredEvent:
        return StoredEvent(
            centre=centre, sequence=sequence, kind=kind, at=AT, alarm_id=self.alarm_id, image=image
        )

    def answered(self, kind: str, version: int) -> CommandTry:
        request_id = uuid4()
        told = Result(request_id=request_id, alarm_id=self.alarm_id, version=version)
        return CommandTry(kind, request_id, told)

    def carried_out(self, kind: str, version: int) -> CommandTry:
        command = self.answered(kind, version)
        self.keep(command, version)
        return command

    def keep(self, command: CommandTry, version: int) -> None:
        self.rows.append(
            StoredCommand(request_id=command.request_id, alarm_id=self.alarm_id, version=version)
        )

    def refused(self, kind: str, why: ProblemKind) -> CommandTry:
        request_id = uuid4()
        refusal = Refused(request_id=request_id, problem=Problem.of(why))
        return CommandTry(kind, request_id, refused=refusal)

    def change(self, version: int, *, only: str | None = None, kind: str | None = None, **image: Any) -> None:
        """Change the event of a version, in every stream or in one."""
        for number, event in enumerate(self.events):
            if event.image["version"] == version and only in {None, event.centre}:
                self.events[number] = replace(event, kind=kind or event.kind, image={**event.image, **image})

    def kinds(self) -> set[Kind]:
        store = Store(
            heads={OWNER: 6, NEIGHBOUR: 5},
            presses=[],
            events=self.events,
            alarms=self.copies,
            commands=self.rows,
        )
        found = (*streams(store), *lives(store), *units(store), *commands(self.history, store))
        return {violation.kind for violation in found}


def test_a_life_in_two_streams_holds() -> None:
    assert Life().kinds() == set()


def test_a_request_repeated_and_answered_the_same_holds() -> None:
    life = Life()
    first = life.history.commands[0]
    life.history.commands += [CommandTry(first.type, first.request_id, first.result)] * 2
    assert life.kinds() == set()


def test_what_was_answered_5xx_may_have_been_done() -> None:
    life = Life()
    unknown = life.refused("note", ProblemKind.UNAVAILABLE)
    life.history.commands.append(unknown)
    life.keep(unknown, 6)
    assert life.kinds() == set()


def escalate_what_somebody_has(life: Life) -> None:
    life.change(5, kind="alarm.escalated", state="acknowledged", escalation={"level": 5})


def tell_a_level_twice(life: Life) -> None:
    life.change(3, escalation={"level": 3})


def press_a_closed_alarm(life: Life) -> None:
    life.change(6, kind="alarm.pressed_again")


def raise_it_and_leave_it_with_somebody(life: Life) -> None:
    life.change(4, state="raised")


def tell_the_neighbour_something_else(life: Life) -> None:
    life.change(4, only=NEIGHBOUR, press_count=9)


def keep_a_version_from_the_neighbour(life: Life) -> None:
    life.events = [one for one in life.events if (one.centre, one.image["version"]) != (NEIGHBOUR, 4)]


def show_the_neighbour_without_a_copy(life: Life) -> None:
    del life.copies[1]


def raise_it_in_no_stream(life: Life) -> None:
    del life.events[0]


def answer_a_command_that_no_stream_has(life: Life) -> None:
    life.history.commands.append(life.answered("note", 7))


def answer_two_commands_as_one_event(life: Life) -> None:
    life.history.commands.append(life.answered("acknowledge", 4))


def answer_a_command_with_what_somebody_else_did(life: Life) -> None:
    life.history.commands.append(life.carried_out("note", 3))


def refuse_what_was_done(life: Life) -> None:
    refused = life.refused("note", ProblemKind.STALE_VERSION)
    life.history.commands.append(refused)
    life.keep(refused, 6)


def forget_what_was_answered(life: Life) -> None:
    life.rows.pop()


def answer_a_repetition_otherwise(life: Life) -> None:
    other = life.answered("note", 6)
    life.history.commands.append(CommandTry("note", life.history.commands[0].request_id, other.result))


def send_a_unit_to_two_alarms(life: Life) -> None:
    unit = {"unit_id": str(uuid4()), "status": "dispatched"}
    life.change(4, units=[unit])
    image = {**life.events[0].image, "version": 1, "units": [unit]}
    life.events.append(
        StoredEvent(
            centre=OWNER, sequence=4, kind="alarm.unit_assigned", at=AT, alarm_id=uuid4(), image=image
        )
    )


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (escalate_what_somebody_has, Kind.IMPOSSIBLE),
        (tell_a_level_twice, Kind.DOUBLED),
        (press_a_closed_alarm, Kind.IMPOSSIBLE),
        (raise_it_and_leave_it_with_somebody, Kind.IMPOSSIBLE),
        (tell_the_neighbour_something_else, Kind.DISAGREEMENT),
        (keep_a_version_from_the_neighbour, Kind.BROKEN_STREAM),
        (show_the_neighbour_without_a_copy, Kind.BROKEN_STREAM),
        (raise_it_in_no_stream, Kind.BROKEN_STREAM),
        (answer_a_command_that_no_stream_has, Kind.LOST),
        (answer_two_commands_as_one_event, Kind.DOUBLED),
        (answer_a_command_with_what_somebody_else_did, Kind.UNTRUE),
        (refuse_what_was_done, Kind.UNTRUE),
        (forget_what_was_answered, Kind.LOST),
        (answer_a_repetition_otherwise, Kind.UNTRUE),
        (send_a_unit_to_two_alarms, Kind.IMPOSSIBLE),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_planted_in_a_life_is_found(plant: Callable[[Life], None], found: Kind) -> None:
    life = Life()
    plant(life)
    assert found in life.kinds()
