"""Accounts of alarm gear."""

from typing import Protocol

from gateway.domain.gear import GearAccount


class GearAccounts(Protocol):
    """Accounts that gear of other makers reports under. Raises ``DatabaseUnavailable``."""

    async def find(self, account: str, line: str) -> GearAccount | None:
        """Find the account in use with this number, best with this prefix; from memory, 5 s old at most."""
