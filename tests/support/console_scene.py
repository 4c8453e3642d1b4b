"""What stands on a console in most of its tests: an alarm with everything, one in hand, a test."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from gateway.clock import SystemClock
from schemas.registration import Circumstance, CircumstanceKind, Severity
from tests.support.gateway import Companion, Running, a_press

VICTIM: Final = "Voorbeeld, Anna"
PERSONAL: Final = (
    *("Voorbeeld", "Exemple", "Beispiel", "+32 470", "Voorbeeldstraat", "ex-partner", "paraplu"),
    *("jachtgeweer", "kinderen", "contact", "51.05", "3.71", "GE."),
)
"""What tells of whom an alarm is: names, numbers, addresses, circumstances, coordinates, references."""


def circumstances(checked: date) -> tuple[Circumstance, ...]:
    """Return things to know in three languages, the worst in the middle, one of them old."""
    return (
        Circumstance(
            kind=CircumstanceKind.CHILDREN, text="Twee kinderen van 4 en 7 thuis", checked_on=checked
        ),
        Circumstance(
            kind=CircumstanceKind.WEAPON,
            severity=Severity.CRITICAL,
            text="Heeft een jachtgeweer en dreigde ermee",
            checked_on=checked,
        ),
        Circumstance(
            kind=CircumstanceKind.MEASURE,
            severity=Severity.HIGH,
            text="Interdiction de contact et de lieu, tribunal de Gand",
            lang="fr",
            checked_on=checked - timedelta(days=400),
            until=checked + timedelta(days=60),
        ),
        Circumstance(
            kind=CircumstanceKind.PET,
            text="Großer Hund im Haus, bellt, beißt nicht",
            lang="de",
            checked_on=None,
        ),
    )


def a_place(clock: SystemClock, **changes: Any) -> dict[str, Any]:
    """Return a fix in Gent, a few seconds old."""
    return {
        "latitude": 51.05430,
        "longitude": 3.71740,
        "radius_m": 14.0,
        "confidence": 0.95,
        "age_s": 3.0,
        "method": "gnss",
        "speed_mps": 1.4,
        "heading_deg": 45.0,
        "fixed_at": clock.now().isoformat(),
        **changes,
    }


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Who pressed, in this order."""

    first: Companion
    second: Companion
    tested: Companion


async def press_them(gateway: Running) -> Scene:
    """Let two victims press, and a third test her button."""
    clock = SystemClock()
    known = circumstances(clock.now().date())
    first = await gateway.a_companion(victim=VICTIM, circumstances=known)
    second = await gateway.a_companion(victim="Exemple, Claire", circumstances=known[2:])
    tested = await gateway.a_companion(victim="Beispiel, Doris", circumstances=())
    button = {"button_id": "b0770a0000000001", "driver": "reference", "battery_pct": 18}
    press = a_press(
        positions=[a_place(clock)],
        phone_battery_pct=64,
        button={**button, "bonded": True, "encrypted": True},
    )
    for companion, body in (
        (first, press),
        (second, a_press()),
        (tested, a_press(purpose="test", positions=[a_place(clock)])),
    ):
        (await gateway.press(companion, body)).raise_for_status()
    return Scene(first=first, second=second, tested=tested)
