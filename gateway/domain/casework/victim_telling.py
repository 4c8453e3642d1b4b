"""The looks at her file in the victim's language: when, who by function and service, and why. Pure.

Names are left out unless an auditor puts them in: article 25 of Directive (EU) 2016/680 wants them kept,
and article 14 gives her the recipients, not the officers, who may be put in danger by them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.domain.casework.looking import TOLD_TO_HER, VICTIM_WORDS, TellingWords
from schemas.access import LookView

BRUSSELS: Final = ZoneInfo("Europe/Brussels")
ROLES: Final = ("magistrate", "case_officer", "supervisor", "operator", "auditor", "admin")
"""Of somebody with several, the one she is told."""


def telling(
    looks: Iterable[LookView], services: Mapping[str, str], language: str, made: datetime, *, names: bool
) -> str:
    """Return it as text. ``services``: what centres and zones are called. The oldest look comes first."""
    words = VICTIM_WORDS[language]
    told = sorted((look for look in looks if look.kind in TOLD_TO_HER), key=lambda look: look.at)
    lines = [_line(look, services, words, names=names) for look in told] or [words.none]
    intro = words.intro.format(made=_when(made))
    return "\n".join([words.title, "", intro, "", *_once(lines), ""])


def _line(look: LookView, services: Mapping[str, str], words: TellingWords, *, names: bool) -> str:
    role = next((words.role[role] for role in ROLES if role in look.roles), words.somebody)
    who = f"{look.by.name} ({role})" if names and look.by is not None else role
    places = [one for one in (look.team, look.centre) if one is not None]
    service = next((services[one] for one in places if one in services), look.centre or "?")
    why = words.why.get(look.why or "", look.why or "?")
    return words.line.format(at=_when(look.at), who=who, service=service, why=why)


def _once(lines: Iterable[str]) -> Iterator[str]:
    """Leave out what says the same as the line before: several parts of a file within a minute."""
    before = None
    for line in lines:
        if line != before:
            yield line
        before = line


def _when(instant: datetime) -> str:
    return instant.astimezone(BRUSSELS).strftime("%d.%m.%Y %H:%M")
