"""One event of a message of alarm gear."""

from dataclasses import dataclass

from schemas.events import AlarmRaised, ConditionKind, DeviceCondition, EventData, EventType


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a message, in our words."""

    type: EventType
    data: EventData

    @property
    def bad_news(self) -> bool:
        """Whether keeping it back could hurt: an alarm that is no test, a fault."""
        if isinstance(self.data, AlarmRaised):
            return not self.data.test
        return isinstance(self.data, DeviceCondition) and self.data.condition is not ConditionKind.OK
