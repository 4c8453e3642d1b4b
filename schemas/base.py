"""The base of every model on the wire, and the few types they share."""

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

CentreId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$"),
    Field(description="A centre (CIC), named by its ISO 3166-2 province code", examples=["BE-VOV"]),
]
LanguageTag = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    Field(description="BCP 47 language tag", examples=["nl"]),
]


_UNPRINTABLE: Final = re.compile("[\\x00\\ud800-\\udfff]")


def _printable(text: str) -> str:
    """Refuse what PostgreSQL's text cannot hold or a screen cannot show: NUL and lone surrogates."""
    if _UNPRINTABLE.search(text):
        raise PydanticCustomError("unprintable", "holds a NUL or an unpaired surrogate")
    return text


Printable: Final = AfterValidator(_printable)
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Printable]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), Printable]
Instant = AwareDatetime


def _in_this_age(instant: datetime) -> datetime:
    """Refuse what is no year any more in another time zone: PostgreSQL keeps it, and nobody can read it."""
    if not 2000 <= instant.year < 9999:
        raise PydanticCustomError("far_off", "is not of this age")
    return instant


InstantOfThisAge = Annotated[Instant, AfterValidator(_in_this_age)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Wire(BaseModel):
    """A frozen value that crosses a process boundary."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, validate_default=False)
