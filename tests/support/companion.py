"""What tests of the bridge share: its clock, values, and a far side of the Gateway port."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from ble_bridge.decoding import Step
from ble_bridge.entry import Entry
from schemas.press import ButtonReading, Pattern, Press, Purpose, Receipt
from tests.support.clock import START, VirtualClock

BUTTON_ID = "b0770a0000000001"


class CompanionClock(VirtualClock):
    """A virtual clock with the era the bridge asks for; ``reboot`` begins a new one."""

    def __init__(self, now: datetime = START) -> None:
        super().__init__(now)
        self.era = "boot-1"

    def reboot(self, seconds: float = 0.0) -> None:
        """Restart the machine: the monotonic clock begins anew."""
        self.advance(seconds)
        self.era += "+"
        self._monotonic = 1.0


def a_press(press_id: UUID | None = None, purpose: Purpose = Purpose.REAL, at: datetime = START) -> Press:
    return Press(
        press_id=press_id or uuid4(),
        purpose=purpose,
        pattern=Pattern.HOLD,
        pressed_at=at,
        heard_at=at,
        button=ButtonReading(button_id=BUTTON_ID, driver="reference"),
    )


def an_entry(clock: CompanionClock, purpose: Purpose = Purpose.REAL, step: Step | None = None) -> Entry:
    press = a_press(purpose=purpose, at=clock.now())
    return Entry(
        press=press, era=clock.era, heard_s=clock.monotonic(), completed_s=clock.monotonic(), step=step
    )


def a_receipt(press_id: UUID, sequence: int = 1) -> Receipt:
    return Receipt(
        press_id=press_id, alarm_id=uuid4(), centre="BE-VOV", sequence=sequence, committed_at=START
    )


@dataclass
class EventLog:
    """Keeps what the bridge told."""

    told: list[dict[str, object]] = field(default_factory=list)

    def emit(self, event: str, **fields: object) -> None:
        self.told.append({"event": event, **fields})

    def of(self, event: str) -> list[dict[str, object]]:
        return [told for told in self.told if told["event"] == event]
