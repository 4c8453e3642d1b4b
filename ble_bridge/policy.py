"""How this companion is to behave, as the gateway last said."""

from collections.abc import Awaitable, Callable

import structlog

from schemas.enrolment import CompanionPolicy

_log = structlog.get_logger(__name__)


async def _forget(_policy: CompanionPolicy) -> None:
    pass


class LivePolicy:
    """``now`` holds until another is adopted. ``keep`` writes it to the disk, for the next run."""

    def __init__(
        self, first: CompanionPolicy, keep: Callable[[CompanionPolicy], Awaitable[None]] = _forget
    ) -> None:
        self.now = first
        self._keep = keep

    async def adopt(self, policy: CompanionPolicy) -> None:
        """Behave like this from now on."""
        if policy == self.now:
            return
        self.now = policy
        _log.info("policy.adopted")
        try:
            await self._keep(policy)
        except OSError as error:
            _log.error("policy.not_kept", error=str(error))
