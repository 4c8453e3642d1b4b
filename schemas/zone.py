"""A police zone: whose case team follows which files, in which language, and where its mail goes."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.base import CentreId, Printable, Wire
from schemas.casework import ZoneId

MailAddress = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"),
    Field(description="A mailbox, the address alone"),
]
ReportLanguage = Literal["nl", "fr", "de", "en"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Printable]


class Zone(Wire):
    """One police zone."""

    zone: ZoneId
    name: Name
    centre: CentreId = Field(description="The centre that answers its alarms")
    arrondissement: Name = Field(description="The judicial arrondissement, or its division")
    language: ReportLanguage = "nl"
    mail: Annotated[tuple[MailAddress, ...], Field(max_length=10)] = Field(
        default=(), description="Where the daily report goes; nowhere while it is empty"
    )
    report_at: time = Field(default=time(7), description="When the report is made, the time in Brussels")
