"""How the centres answer, from the TOML file that ``MSA_RESPONSES`` names.

``[default]`` is for every centre; a section named by a centre (``[BE-VOV]``) changes some of it. What
neither says is as in ``gateway.domain.response``.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.domain.errors import ResponsesRefused
from gateway.domain.ladder import Ladder, Level
from gateway.domain.response import Response
from gateway.domain.wording import field_errors
from gateway.settings import Settings
from schemas.alarm import LadderStep

DEFAULT: Final = "default"
CENTRE: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")

Seconds = Annotated[float, Field(gt=0, le=604_800, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Level(_Strict):
    step: LadderStep
    after_s: Seconds


class _Section(_Strict):
    """One section; what it leaves out is as before it."""

    levels: Annotated[tuple[_Level, ...], Field(min_length=1, max_length=20)] | None = None
    repeat_s: Seconds | None = None
    lapse_s: Seconds | None = None
    moved_m: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    tracking_s: Seconds | None = None

    def applied_to(self, response: Response) -> Response:
        """Return the response changed by this section. Raises ``ValueError``."""
        ladder = response.ladder
        if self.levels is not None or self.repeat_s is not None:
            levels = tuple(Level(one.step, one.after_s) for one in self.levels or ()) or ladder.levels
            ladder = Ladder(levels, ladder.repeat_s if self.repeat_s is None else self.repeat_s)
        given = self.model_dump(include={"lapse_s", "moved_m", "tracking_s"}, exclude_none=True)
        return replace(response, ladder=ladder, **given)


@dataclass(frozen=True, slots=True)
class Responses:
    """How each centre answers."""

    default: Response = field(default_factory=Response)
    own: Mapping[str, Response] = field(default_factory=dict)

    def of(self, centre: str) -> Response:
        """Return how a centre answers."""
        return self.own.get(centre, self.default)


def load_responses(settings: Settings) -> Responses:
    """Return what the settings say; what is built in where they name no file.

    Raises:
        ResponsesRefused: the file is not what it should be; nothing is guessed around it.
    """
    if settings.responses is None:
        return Responses()
    try:
        found = tomllib.loads(settings.responses.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResponsesRefused(f"{settings.responses}: {error.strerror}") from None
    except ValueError as error:  # tomllib's own, and what is not UTF-8
        raise ResponsesRefused(f"{settings.responses} is not TOML: {error}") from None
    return read_responses(found)


def read_responses(found: Mapping[str, Any]) -> Responses:
    """Return the responses of a parsed file. Raises ``ResponsesRefused``, naming what is wrong where."""
    for name in found:
        if name != DEFAULT and not CENTRE.fullmatch(name):
            raise ResponsesRefused(f"[{name}] is neither [{DEFAULT}] nor a centre such as [BE-VOV]")
    default = _applied(DEFAULT, found.get(DEFAULT, {}), Response())
    own = {name: _applied(name, section, default) for name, section in found.items() if name != DEFAULT}
    return Responses(default, own)


def check_answering(responses: Responses, known: Collection[str]) -> None:
    """Raise ``ResponsesRefused`` when a section is for no centre there is."""
    unknown = sorted(set(responses.own).difference(known))
    if unknown:
        raise ResponsesRefused(f"there is no centre {', '.join(unknown)}")


def _applied(name: str, section: Any, response: Response) -> Response:
    try:
        return _Section.model_validate(section).applied_to(response)
    except ValidationError as error:
        first = field_errors(error.errors())[0]
        raise ResponsesRefused(f"[{name}] {first.field}: {first.message}") from None
    except ValueError as error:
        raise ResponsesRefused(f"[{name}] {error}") from None
