"""Files and presses of the size they have in use, about people plainly made up."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from schemas.position import Method, Position
from schemas.press import ButtonReading, Press, Purpose
from schemas.registration import (
    Address,
    Circumstance,
    CircumstanceKind,
    Offender,
    Person,
    Registration,
    Severity,
    Victim,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere presses come from: degrees of WGS84."""

    latitude: float
    longitude: float


GENT: Final = Place(51.0543, 3.7174)
TURNHOUT: Final = Place(51.3225, 4.9447)

_CHECKED: Final = date(2026, 1, 15)

CIRCUMSTANCES: Final = (
    Circumstance(
        kind=CircumstanceKind.WEAPON,
        severity=Severity.CRITICAL,
        text="Heeft een jachtgeweer, vermoedelijk in zijn wagen.",
        checked_on=_CHECKED,
    ),
    Circumstance(
        kind=CircumstanceKind.CHILDREN,
        severity=Severity.HIGH,
        text="Twee kinderen (4 en 7) thuis op woensdag en in het weekend.",
    ),
)


def registrations(count: int, centre: str) -> Iterator[Registration]:
    """Yield files whose alarms make an event of some 2.2 kB."""
    for number in range(1, count + 1):
        registration_id = uuid4()
        yield Registration(
            registration_id=registration_id,
            centre=centre,
            reference=f"LOAD.{registration_id.hex[:12]}",
            person=_person(number),
            circumstances=CIRCUMSTANCES,
        )


def _person(number: int) -> Person:
    return Person(
        victim=Victim(
            name=f"Voorbeeld, Anna {number}",
            born_on=date(1988, 5, 17),
            languages=("nl", "fr"),
            phone="+32 470 00 00 00",
            addresses=(Address(label="thuis", text=f"Voorbeeldstraat {number}, 9000 Gent"),),
        ),
        offender=Offender(
            name="Voorbeeld, Bert",
            relation="ex-partner",
            vehicle="grijze bestelwagen, 1-AAA-000",
        ),
        safe_word="paraplu",
    )


def press_body(press_id: UUID, purpose: Purpose, now: datetime, place: Place) -> bytes:
    """Return the JSON of one press that its companion sends at ``now`` from ``place``."""
    fixes = tuple(
        Position(
            latitude=round(place.latitude + 0.0001 * age_s, 6),
            longitude=round(place.longitude - 0.0001 * age_s, 6),
            radius_m=12.0,
            fixed_at=now - timedelta(seconds=age_s),
            age_s=age_s,
            method=Method.GNSS,
        )
        for age_s in (1.0, 4.0)
    )
    press = Press(
        press_id=press_id,
        purpose=Purpose.REAL if purpose is Purpose.REAL else Purpose.TEST,
        pressed_at=now - timedelta(milliseconds=120),
        heard_at=now - timedelta(milliseconds=40),
        sent_at=now,
        age_ms=120.0,
        button=ButtonReading(
            button_id="b0770a0000000001",
            driver="reference",
            bonded=True,
            encrypted=True,
            forgeable=False,
            counter=1,
            boot=1,
            battery_pct=90,
        ),
        phone_battery_pct=80,
        positions=fixes,
        companion_version="loadtest",
    )
    return json.dumps(press.model_dump(mode="json"), separators=(",", ":")).encode()


def utc_now() -> datetime:
    """Return the wall time, which presses carry; nothing is measured with it."""
    return datetime.now(UTC)  # noqa: TID251 (a program of its own, without the gateway's Clock)
