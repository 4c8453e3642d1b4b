"""The settings of what leaves for people who are not at a screen: mail, and texts to victims."""

from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, HttpUrl, field_validator
from pydantic_settings import BaseSettings, NoDecode

from schemas.base import CentreId
from schemas.zone import MailAddress, ReportLanguage


class MailSettings(BaseSettings):
    """Where mail and texts go; without a host nothing is sent, and reports are read on their page."""

    smtp_host: str | None = Field(
        default=None,
        description="Mail server that takes daily reports and notices to police zones; without it they are"
        " made, and read on their page only",
    )
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=587, description="Its port: 587 for starttls, 465 for tls"
    )
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the way to it is sealed: starttls (refused when the server does not offer it), tls,"
        " or none, which only a server on this machine may have",
    )
    smtp_username: str | None = Field(default=None, description="Name to sign in to it with")
    smtp_password_file: Path | None = Field(
        default=None, description="File with the password for it, mode 0600"
    )
    mail_from: MailAddress | None = Field(
        default=None, description="Sender of the mail; needed with smtp_host"
    )
    report_at: time = Field(
        default=time(7),
        description="When the daily report of a centre's own team is made, the time in Brussels; a police"
        " zone has its own",
    )
    report_language: ReportLanguage = Field(
        default="nl", description="Language of that report; a police zone has its own"
    )
    report_mail: Annotated[tuple[tuple[CentreId, tuple[MailAddress, ...]], ...], NoDecode] = Field(
        default=(),
        description="Where that report goes, as BE-VOV=one@example.org two@example.org;BE-VAN=…; a police"
        " zone has its own addresses",
    )
    victim_webhook: HttpUrl | None = Field(
        default=None,
        description="URL of the system that sends texts to victims when protection is lacking and when it is"
        " back, as Standard Webhooks. PERSONAL DATA LEAVES by it: her telephone number and language, with a"
        " code; only for files in which an officer asked for it. https, or http on this machine",
    )
    victim_webhook_secret_file: Path | None = Field(
        default=None,
        description="File with the secret that signs those calls: whsec_ and base64 of 24 to 64 bytes, mode"
        " 0600",
    )

    @field_validator("report_mail", mode="before")
    @classmethod
    def _addresses(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(";") if part.strip()]
        if any(not centre.strip() or not addresses.strip() for centre, _, addresses in pairs):
            raise ValueError("is not BE-VOV=address address;BE-VAN=address")
        return tuple((centre.strip(), tuple(addresses.split())) for centre, _, addresses in pairs)
