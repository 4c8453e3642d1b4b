"""The fields of AML, each read by what it means and never by what its neighbour says."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from schemas.position import Method, Position

PHONES_CONFIDENCE: Final = 0.68
"""What a radius without a confidence counts as, our assumption: phones give theirs at 68 %."""

NOT_KNOWN: Final = -9999.0
"""What stands where a number is not known."""

CLOCK_AHEAD_MAX: Final = timedelta(minutes=5)
"""So far a phone's clock may be ahead of ours; a fix from later than that is of when it was received."""

_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{0,15})?", re.ASCII)
_DIGITS: Final = re.compile(r"\d{1,20}", re.ASCII)
_COMPACT: Final = re.compile(r"\d{14}", re.ASCII)
_TELEPHONE: Final = re.compile(r"\+?\d{3,20}", re.ASCII)

METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "g": Method.GNSS,
        "gps": Method.GNSS,
        "gnss": Method.GNSS,
        "w": Method.NETWORK,
        "wifi": Method.NETWORK,
        "c": Method.NETWORK,
        "cell": Method.NETWORK,
        "f": Method.FUSED,
        "fused": Method.FUSED,
        "u": Method.UNKNOWN,
        "unknown": Method.UNKNOWN,
    }
)


class Fields:
    """The fields of one message, with the names of those that could not be read."""

    def __init__(self, values: Mapping[str, str], dropped: list[str]) -> None:
        self._values = values
        self.dropped = dropped

    def text(self, name: str, most: int = 64) -> str | None:
        """Return a text as it stands; None: there is none."""
        value = self._values.get(name, "").strip()
        if len(value) > most or not value.isprintable():
            self.dropped.append(name)
            return None
        return value or None

    def digits(self, name: str) -> str | None:
        """Return an id of digits alone."""
        value = self.text(name)
        if value is not None and not _DIGITS.fullmatch(value):
            self.dropped.append(name)
            return None
        return value

    def network(self, country: str, operator: str) -> str | None:
        """Return the code of a network (MCC and MNC), where both fields say theirs."""
        mcc, mnc = self.digits(country), self.digits(operator)
        return f"{mcc}{mnc}" if mcc is not None and mnc is not None else None

    def telephone(self, name: str) -> str | None:
        """Return a telephone number.

        A plus that was not encoded in a form arrives as a blank, so a blank in front is a plus; so are two
        noughts, as one phone is one subject however its number is dialled from abroad.
        """
        raw = self._values.get(name, "")
        value = f"+{raw.strip()}" if raw.startswith(" ") else raw.strip()
        if value and not _TELEPHONE.fullmatch(value):
            self.dropped.append(name)
            return None
        return f"+{value[2:]}" if value.startswith("00") else value or None

    def number(self, name: str, at: int | None = None, *, low: float, high: float) -> float | None:
        """Return a number, the ``at``-th of several with commas between; None: none, or not known."""
        value = self._values.get(name)
        if value is None:
            return None
        if at is not None:
            parts = value.split(",")
            value = parts[at] if at < len(parts) else ""
        value = value.strip()
        if value in {"", "N/A"}:
            return None
        read = float(value) if _NUMBER.fullmatch(value) else None
        if read == NOT_KNOWN:
            return None
        if read is None or not low <= read <= high:
            self.dropped.append(name)
            return None
        return read

    def seconds(self, name: str, scale: float = 1.0) -> datetime | None:
        """Return an instant told in seconds since 1970, or in ``scale`` of a second."""
        value = self.number(name, low=0, high=10_000_000_000 / scale)
        return None if value is None else self.believable(name, datetime.fromtimestamp(value * scale, UTC))

    def compact(self, name: str) -> datetime | None:
        """Return an instant told as ``YYYYMMDDhhmmss`` in UTC."""
        value = self._values.get(name, "").strip()
        if not value:
            return None
        try:
            at = datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            at = datetime.min.replace(tzinfo=UTC)
        # strptime also takes fewer digits, and then guesses which of them are missing.
        return self.believable(name, at if _COMPACT.fullmatch(value) else datetime.min.replace(tzinfo=UTC))

    def believable(self, name: str, at: datetime) -> datetime | None:
        """Return an instant of this age; seconds for milliseconds are of 1970, and are dropped."""
        if 2000 <= at.year < 9999:
            return at
        self.dropped.append(name)
        return None

    def method(self, name: str) -> Method:
        """Return how the place was found."""
        value = self._values.get(name, "").strip().lower()
        found = METHODS.get(value)
        if found is None and value:
            self.dropped.append(name)
        return found or Method.UNKNOWN

    def confidence(self, name: str) -> float:
        """Return a share told in percent; a phone's where nothing is said."""
        percent = self.number(name, low=0, high=100)
        return percent / 100 if percent else PHONES_CONFIDENCE

    def place(
        self,
        where: tuple[float | None, float | None],
        radius_m: float | None,
        told: tuple[datetime | None, float, Method],
        received_at: datetime,
    ) -> Position | None:
        """Return the fix; without both coordinates there is none. An accuracy of 0 is one that is not known.

        One without an instant is of when it was received, and one from the future as well; both are said.
        """
        latitude, longitude = where
        if latitude is None or longitude is None:
            return None
        fixed_at, confidence, method = told
        if fixed_at is None or fixed_at > received_at + CLOCK_AHEAD_MAX:
            self.dropped.append("time of positioning")
            fixed_at = received_at
        return Position(
            latitude=latitude,
            longitude=longitude,
            radius_m=radius_m or None,
            confidence=confidence,
            fixed_at=fixed_at,
            method=method,
        )
