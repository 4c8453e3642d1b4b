"""The exception tree: a class's docstring is its message, ``kind`` the problem it leaves as.

::

    GatewayError
    |- DatabaseRefused            start-up stops; the operator of the machine must act
    |  |- DatabaseNotDurable
    |  |- DatabaseInRecovery
    |  |- DatabaseTooOld
    |  |- SchemaTooNew
    |  `- SchemaTooOld
    `- DatabaseUnavailable        try again later

Nothing personal goes into ``detail``: it is shown and logged.
"""

import inspect
from typing import ClassVar

from schemas.problems import ProblemKind


class GatewayError(Exception):
    """The gateway failed."""

    kind: ClassVar[ProblemKind] = ProblemKind.FAILED

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        """Give the class's sentence, then what is particular to this case."""
        message = inspect.cleandoc(type(self).__doc__ or "").partition("\n\n")[0].replace("\n", " ")
        return f"{message.rstrip('.')}: {self.detail}" if self.detail else message


class DatabaseRefused(GatewayError):
    """The database cannot be trusted with presses."""

    kind = ProblemKind.UNAVAILABLE


class DatabaseNotDurable(DatabaseRefused):
    """The database may lose what it has committed."""


class DatabaseInRecovery(DatabaseRefused):
    """The database is a standby, and every truth is read from the primary."""


class DatabaseTooOld(DatabaseRefused):
    """PostgreSQL is older than version 17."""


class SchemaTooNew(DatabaseRefused):
    """The database's schema is newer than this program knows; install the newer program."""


class SchemaTooOld(DatabaseRefused):
    """The database's schema is older than this program needs; run ``msa db migrate``."""


class DatabaseUnavailable(GatewayError):
    """The database cannot be reached."""

    kind = ProblemKind.UNAVAILABLE
