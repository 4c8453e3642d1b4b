"""The exception tree: a class's docstring is its message, ``kind`` the problem it leaves as.

::

    GatewayError
    |- NotAllowedNow              the alarm's, or the file's, state does not allow it
    |  |- AlreadyTaken
    |  |- StaleVersion
    |  |- UnitTaken
    |  |- NoOpenAlarm
    |  `- SupervisorOnly
    |- NotFound
    |- CannotCommit               unknown whether committed; the same again is right
    |  `- PressNotStorable         the database is there and refuses this very press
    |- SpoolRefused               start-up stops
    |- SpoolFull                  nothing was kept of it; the same elsewhere, or later, is right
    |- Overloaded                 nothing was done with it; later is right
    |- DatabaseRefused            start-up stops; the operator of the machine must act
    |  |- DatabaseNotDurable
    |  |- DatabaseInRecovery
    |  |- DatabaseTooOld
    |  |- SchemaTooNew
    |  `- SchemaTooOld
    |- DatabaseUnavailable        try again later
    |- BackupRefused              nothing was made, or restored; whoever asked must act
    |- KeyFileRefused             start-up stops
    |- SealKeyRefused             the log is chained, and not signed
    |- WalletRefused              an exercise or a canary does not start
    |- RetentionRefused           start-up stops
    |- CentresRefused             start-up stops
    |- ResponsesRefused           start-up stops
    |- BasemapRefused             start-up stops
    |- WebhookRefused             start-up stops
    |- AmlKeyRefused              start-up stops (in ``door_errors``)
    |- MailRefused                start-up stops
    |- MailFailed                 the mail is sent again
    |- OidcRefused                start-up stops (in ``gateway.oidc``)
    |- SignInRefused              signing in by the provider did not work (in ``gateway.oidc``)
    |- SealBroken                 a registration stays closed, its alarm goes out without it
    |- RegistrationRefused        whoever imports must change the file
    |  |- UnknownCentre
    |  `- RegistrationConflict
    |- UsernameTaken, RightsRefused
    `- RequestRefused             whoever asks must change the request, or sign in
       |- SignatureMissing, SignatureInvalid, SignatureReplayed, CompanionRevoked
       |- EnrolmentCodeInvalid, FieldInvalid
       |- TokenMissing, TokenInvalid, ScopeMissing, XmlRefused (in ``door_errors``)
       |- NotSignedIn, WrongCredentials, WrongOrigin, NotYours
       `- TooLarge, TooMany

Nothing personal goes into ``detail``: it is shown and logged.
"""

import inspect
from typing import ClassVar, Self

from schemas.problems import FieldError, ProblemKind


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


class BackupRefused(GatewayError):
    """Nothing was backed up, or restored."""


class RestoredUnchecked(GatewayError):
    """A database was restored, and nobody knows yet whether it is whole."""


class KeyFileRefused(GatewayError):
    """The file with the keys that seal victims' data cannot be used."""


class SealKeyRefused(GatewayError):
    """The file with the key that signs the sealed log cannot be used."""

    kind = ProblemKind.UNAVAILABLE


class RetentionRefused(GatewayError):
    """How long what is kept (``MSA_RETENTION``) cannot be used."""


class CentresRefused(GatewayError):
    """The areas of the centres cannot be used."""


class ResponsesRefused(GatewayError):
    """How the centres answer (``MSA_RESPONSES``) cannot be used."""


class BasemapRefused(GatewayError):
    """The basemap (``MSA_BASEMAP*``) cannot be used."""


class WalletRefused(GatewayError):
    """The keys of made-up victims cannot be used."""


class WebhookRefused(GatewayError):
    """The webhook that the ladder calls cannot be used."""


class MailRefused(GatewayError):
    """How mail is sent (``MSA_SMTP_*``) cannot be used."""


class MailFailed(GatewayError):
    """The mail was not taken."""


class SealBroken(GatewayError):
    """A registration's sealed data does not open."""


class RegistrationRefused(GatewayError):
    """The registration cannot be saved."""

    kind = ProblemKind.INVALID


class UnknownCentre(RegistrationRefused):
    """There is no such centre."""


class RegistrationConflict(RegistrationRefused):
    """Another registration of the centre has this reference."""


class UsernameTaken(GatewayError):
    """An account of this name exists already."""

    kind = ProblemKind.INVALID


class RightsRefused(GatewayError):
    """An account cannot have these rights."""

    kind = ProblemKind.INVALID


class RequestRefused(GatewayError):
    """The request is refused."""

    kind = ProblemKind.MALFORMED


class SignatureMissing(RequestRefused):
    """The request is not signed by an enrolled companion."""

    kind = ProblemKind.SIGNATURE_MISSING


class SignatureInvalid(RequestRefused):
    """The signature does not hold."""

    kind = ProblemKind.SIGNATURE_INVALID


class SignatureReplayed(RequestRefused):
    """The signed request was seen before, or is too old."""

    kind = ProblemKind.SIGNATURE_REPLAYED


class CompanionRevoked(RequestRefused):
    """The companion was revoked."""

    kind = ProblemKind.COMPANION_REVOKED


class EnrolmentCodeInvalid(RequestRefused):
    """The enrolment code is unknown, used or expired."""

    kind = ProblemKind.ENROLMENT_CODE_INVALID


class FieldInvalid(RequestRefused):
    """A field is wrong."""

    kind = ProblemKind.INVALID

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.errors: tuple[FieldError, ...] = (FieldError(field=field, message=message),)

    @classmethod
    def of(cls, errors: tuple[FieldError, ...]) -> Self:
        """Name every field that is wrong; there is no detail beside them."""
        refused = cls(errors[0].field, errors[0].message)
        refused.errors, refused.detail = errors, None
        return refused


class NotSignedIn(RequestRefused):
    """Nobody is signed in."""

    kind = ProblemKind.NOT_SIGNED_IN


class WrongCredentials(RequestRefused):
    """The name, the password or the link is wrong."""

    kind = ProblemKind.WRONG_CREDENTIALS


class WrongOrigin(RequestRefused):
    """The request comes from another site."""

    kind = ProblemKind.WRONG_ORIGIN


class NotYours(RequestRefused):
    """Role or centre does not give access."""

    kind = ProblemKind.NOT_YOURS


class TooLarge(RequestRefused):
    """What was sent is too large."""

    kind = ProblemKind.TOO_LARGE


class TooMany(RequestRefused):
    """Too many attempts."""

    kind = ProblemKind.TOO_MANY


class NotAllowedNow(GatewayError):
    """Its state does not allow this."""

    kind = ProblemKind.NOT_ALLOWED_NOW


class AlreadyTaken(NotAllowedNow):
    """Somebody else already has this alarm."""

    kind = ProblemKind.ALREADY_TAKEN


class StaleVersion(NotAllowedNow):
    """It has changed since it was seen."""

    kind = ProblemKind.STALE_VERSION


class UnitTaken(NotAllowedNow):
    """The unit is assigned to another open alarm."""

    kind = ProblemKind.UNIT_TAKEN


class NoOpenAlarm(NotAllowedNow):
    """She has no open alarm (yet)."""

    kind = ProblemKind.NO_OPEN_ALARM


class SupervisorOnly(NotAllowedNow):
    """Only a supervisor may do this, and nobody twice-looks at what they closed themselves."""

    kind = ProblemKind.SUPERVISOR_ONLY


class CannotCommit(GatewayError):
    """It is not known to be committed; send the same again."""

    kind = ProblemKind.UNAVAILABLE


class PressNotStorable(CannotCommit):
    """The database is there, takes others, and refuses this one."""


class SpoolRefused(GatewayError):
    """The directory of the spool cannot be used: another process has it, or it is not this account's."""


class SocketsRefused(GatewayError):
    """The sockets that a service manager handed over cannot be used."""


class BusUnreachable(GatewayError):
    """No NATS server can be used now; what it would carry arrives otherwise, or later."""


class BusFileRefused(GatewayError):
    """A file that the way to NATS needs is missing, damaged, or open to others."""


class SpoolFull(GatewayError):
    """The database is away, and there is no room on the gateway's disk to keep it."""

    kind = ProblemKind.SPOOL_FULL


class Overloaded(GatewayError):
    """Too much waits already; send it again later."""

    kind = ProblemKind.UNAVAILABLE


class NotFound(GatewayError):
    """There is no such thing here."""

    kind = ProblemKind.NOT_FOUND
