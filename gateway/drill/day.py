"""``day-at-the-centre``: one alarm from a late press in Gent to its second look, while things go wrong.

Cast: BE-VOV, where nobody answers; BE-VAN, its neighbour, who does; BE-VWV, where she is driven to.
"""

import asyncio
import time
from typing import Final
from uuid import uuid4

import httpx

from gateway.drill.drive import LATE_S
from gateway.drill.phone import Phone
from gateway.drill.scene import Day, stuck
from schemas.alarm import AlarmState
from schemas.commands import Acknowledge, Assign, Close, ReportUnit, Review, Transfer
from schemas.frames import Event, Refused, Result
from schemas.outcome import Outcome
from schemas.press import Press
from schemas.session import Role
from schemas.unit import NewUnit, UnitStatus

PEOPLE: Final = (
    ("Gent one", "BE-VOV", Role.OPERATOR),
    ("Gent two", "BE-VOV", Role.OPERATOR),
    ("Antwerpen", "BE-VAN", Role.OPERATOR),
    ("Brugge", "BE-VWV", Role.OPERATOR),
    ("Brugge lead", "BE-VWV", Role.SUPERVISOR),
    ("Arlon", "BE-WLX", Role.OPERATOR),
)
UNIT: Final = NewUnit(centre="BE-VAN", name="ANTWERPEN 12")

SOON_S: Final = 10.0
RESUME_S: Final = 20.0


async def tell(day: Day) -> None:
    """Play it. Raises ``TimeoutError`` or ``LookupError`` where the story does not go on."""
    async with httpx.AsyncClient(timeout=httpx.Timeout(10.0, read=30.0)) as http, day.stack:
        victim = day.stage.victim
        day.phone = Phone(
            companion_id=victim.companion_id,
            registration_id=victim.registration.registration_id,
            key=victim.key,
            gateways=day.stage.urls,
            clock=day.clock,
            http=http,
        )
        await _morning(day)
        await _nobody_answers(day)
        await _the_neighbour_has_it(day)
        await _she_is_driven_away(day)
        await _a_node_dies(day)
        await _the_end(day)


async def _morning(day: Day) -> None:
    for number, name in enumerate(("Gent one", "Gent two", "Antwerpen", "Arlon")):
        await day.sit(name, first=number % 2)
    day.say(f"four consoles on two nodes; she pressed {LATE_S / 60:.0f} min ago, without a network")
    press = Press(
        press_id=uuid4(),
        sent_at=day.clock.now(),
        age_ms=LATE_S * 1000,
        positions=(day.drive.begins(),),
        phone_battery_pct=71,
    )
    receipt = await day.pressed(press)
    day.alarm_id = receipt.alarm_id
    event = await day.seats["Gent one"].event("alarm.raised", SOON_S)
    alarm = event.the_alarm
    late_s = (alarm.trail.committed_at - (alarm.trail.pressed_at or alarm.trail.committed_at)).total_seconds()
    day.evidence.show(
        "G7",
        "a late press is shown as late",
        f"pressed {late_s:.0f} s before it was committed, flags {', '.join(alarm.flags)}",
        holds="late" in alarm.flags and abs(late_s - LATE_S) < 60,
    )
    day.evidence.show(
        "G1",
        "201 came after the commit",
        f"centre {receipt.centre}, sequence {receipt.sequence}",
        holds=await day.stored(receipt),
    )
    again = await day.pressed(press, first=1)
    day.evidence.show(
        "G2",
        "the same press sent to the other node gets the first receipt",
        f"seen before: {again.seen_before}, the same alarm and sequence",
        holds=again.seen_before and (again.alarm_id, again.sequence) == (receipt.alarm_id, receipt.sequence),
    )


async def _nobody_answers(day: Day) -> None:
    levels = [level.step.value for level in day.ladder.levels[: day.ladder.first_diversion]]
    day.say(f"nobody answers: {', '.join(levels)}")
    for level in range(1, day.ladder.first_diversion + 1):
        wait_s = day.ladder.wait_s(level)
        event = await day.seats["Gent one"].event("alarm.escalated", wait_s + SOON_S)
        found = event.the_alarm.escalation
        asked_s = sum(day.ladder.wait_s(one) for one in range(1, level + 1))
        took_s = (event.at - event.the_alarm.raised_at).total_seconds()
        day.evidence.show(
            "G4",
            f"level {level} ({day.ladder.step_of(level).value}) is told by its deadline",
            f"{took_s:.2f} s after the alarm was raised, due at {asked_s:g} s",
            holds=found is not None and found.level == level and 0 <= took_s - asked_s <= 1.0 * level,
        )
    told = await day.seats["Antwerpen"].event("alarm.escalated", SOON_S)
    day.evidence.show(
        "G4",
        "the neighbour sees it",
        f"on the screen at BE-VAN, shared because of: {told.the_alarm.shared[-1].reason.value}",
        holds=day.seats["Antwerpen"].alarm(day.alarm_id) is not None,
    )


async def _the_neighbour_has_it(day: Day) -> None:
    async with stuck(day.stage.database, "BE-WLX"):
        day.say("somebody holds BE-WLX's stream; the neighbour acknowledges")
        began = time.monotonic()
        answer = await day.ask("Antwerpen", Acknowledge)
        took_s = time.monotonic() - began
    day.evidence.show(
        "G6",
        "a stuck centre delays no other",
        f"acknowledged in {took_s * 1000:.0f} ms while BE-WLX was stuck",
        holds=isinstance(answer, Result) and took_s < 1.0,
    )
    await day.seats["Gent one"].look(lambda: day.shown("Gent one").state is AlarmState.ACKNOWLEDGED, SOON_S)
    second = await day.ask("Gent one", Acknowledge)
    day.evidence.show(
        "G4",
        "who comes second is told who has it",
        f"taken by {second.taken_by if isinstance(second, Refused) else 'nobody'}",
        holds=isinstance(second, Refused) and second.taken_by == "Antwerpen",
    )
    await day.ask("Antwerpen", Assign, unit_id=day.stage.unit_id, eta_s=480)
    await day.ask("Antwerpen", ReportUnit, unit_id=day.stage.unit_id, status=UnitStatus.EN_ROUTE, eta_s=420)
    felt = await day.phone.feels(day.alarm_id, 0)
    day.evidence.show(
        "G4",
        "she can feel that a person has seen it and that a team comes",
        ", ".join(signal.kind.value for signal in felt.signals),
        holds={"seen", "unit_on_the_way"} <= {signal.kind.value for signal in felt.signals},
    )


async def _she_is_driven_away(day: Day) -> None:
    await day.sit("Brugge", first=0)
    day.say("the network is back: her phone sends the drive; she is in West-Vlaanderen now")
    answer = await day.phone.locate(day.alarm_id, day.drive.kept())
    day.evidence.show(
        "G5",
        "fixes that come late and out of order are kept",
        f"{answer.stored} stored",
        holds=answer.stored == day.drive.sent,
    )
    for _ in range(5):  # and then she stands there, a fix a second
        await asyncio.sleep(1.0)
        await day.phone.locate(day.alarm_id, day.drive.here())
    crossed = await day.seats["Brugge"].event("alarm.crossed", SOON_S)
    day.evidence.show(
        "G7",
        "the hand-over is offered to both centres",
        f"crossed to {crossed.the_alarm.crossed_to}; position {day.position('Brugge')}",
        holds=crossed.the_alarm.crossed_to == "BE-VWV"
        and (await day.seats["Gent one"].event("alarm.crossed", SOON_S)).the_alarm.crossed_to == "BE-VWV",
    )
    await day.ask("Brugge", Transfer, to="BE-VWV")
    seen = await day.seats["Gent one"].event("alarm.taken_over", SOON_S)
    day.evidence.show(
        "G4",
        "BE-VWV takes it over, and BE-VOV sees that",
        f"owner {seen.the_alarm.centre}, has it: {_who(seen)}",
        holds=seen.the_alarm.centre == "BE-VWV" and _who(seen) == "Brugge",
    )


async def _a_node_dies(day: Day) -> None:
    day.say("kill -9 node a; she presses again")
    on_a = [seat for seat in day.seats.values() if seat.watcher.node == day.stage.urls[0]]
    await day.stage.nodes["a"].kill()
    press = Press(press_id=uuid4(), sent_at=day.clock.now(), age_ms=40)
    began = time.monotonic()
    receipt = await day.pressed(press, extra={"pattern": "nonsense", "phone_battery_pct": "??"})
    took_s = time.monotonic() - began
    day.evidence.show(
        "G5",
        "a press with broken fields is taken, and says so",
        f"flags {', '.join(receipt.flags)}",
        holds={"dropped:pattern", "dropped:phone_battery_pct"} <= set(receipt.flags),
    )
    day.evidence.show(
        "G1",
        "the other node takes the press at once",
        f"receipted {took_s * 1000:.0f} ms after the kill; the same alarm, pressed again",
        holds=receipt.alarm_id == day.alarm_id and await day.stored(receipt),
    )
    for seat in day.seats.values():
        if seat.account.centre != "BE-WLX":
            await seat.event("alarm.pressed_again", RESUME_S)
    day.evidence.show(
        "G3",
        "every console of the dead node resumed and shows the second press",
        f"{len(on_a)} consoles moved; press count {day.shown('Brugge').press_count}",
        holds=bool(on_a) and day.shown("Brugge").press_count == 2,
    )


async def _the_end(day: Day) -> None:
    day.say("the team is there; closed as a slip, so a supervisor looks again")
    await day.ask("Brugge", ReportUnit, unit_id=day.stage.unit_id, status=UnitStatus.ON_SCENE)
    await day.ask("Brugge", Close, outcome=Outcome.SLIP, note="She says that she pressed by accident.")
    closed = await day.seats["Gent one"].event("alarm.closed", SOON_S)
    waiting = closed.the_alarm.closure
    lead = await day.sit("Brugge lead", first=1)
    reviewed = await lead.do(
        Review(request_id=uuid4(), alarm_id=day.alarm_id, expected_version=closed.the_alarm.version)
    )
    day.evidence.show(
        "G4",
        "closed with an outcome that counts only after a second look",
        f"{waiting.outcome.value if waiting else '?'}; reviewed by the supervisor",
        holds=waiting is not None and waiting.needs_second_look and isinstance(reviewed, Result),
    )
    felt = await day.phone.feels(day.alarm_id, 3)
    day.evidence.show(
        "G4", "her phone is told that it is over", felt.signals[-1].kind.value, holds=felt.last == 4
    )


def _who(event: Event) -> str | None:
    return event.the_alarm.acknowledged_by.name if event.the_alarm.acknowledged_by else None
