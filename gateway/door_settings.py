"""The settings of the doors for other systems."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl

from gateway.mail_settings import MailSettings


class DoorSettings(MailSettings):
    """How other systems come in, and what goes out to them."""

    receiver_loopback: bool = Field(
        default=False,
        description="Receivers of alarms may be on this machine, and there over http: for trials only",
    )
    receiver_ca_file: Path | None = Field(
        default=None,
        description="PEM file of the authorities that vouch for receivers; without it those of the system",
    )
    receiver_proxy: HttpUrl | None = Field(
        default=None,
        description="Proxy by which receivers are called; it then decides which addresses may be reached",
    )
    dc09_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None,
        description="TCP port on which alarm gear reports by SIA DC-09; without it there is no such door",
    )
    dc09_host: str = Field(
        default="127.0.0.1",
        description="Address it listens at; whoever reaches it can forge an account that does not encrypt",
    )
    dc09_tls_certificate: Path | None = Field(
        default=None, description="PEM chain with which it speaks TLS; without it TLS is not spoken"
    )
    dc09_tls_key: Path | None = Field(default=None, description="PEM key of that certificate, mode 0600")
    aml_hmac_key_file: Path | None = Field(
        default=None,
        description="File with the key that forms of AML by HTTPS are signed with, mode 0600; with it a form"
        " without a right hmac is refused, without it none is looked at: its sender has an account anyway",
    )
