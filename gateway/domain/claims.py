"""What an OpenID provider's claims about a person mean here: a name, roles, centres, zones. Pure.

Nobody gets a right by what is absent, unknown, or of another form than expected.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from gateway.domain.people import BOUND_TO_CENTRES
from schemas.session import Role

GRANTED: Final = frozenset(Role) - {Role.CANARY}
"""The roles a provider can give; a canary is no person."""

NARROWED_BY_ZONES: Final = frozenset({Role.CASE_OFFICER, Role.MAGISTRATE, Role.ADMIN})
"""Roles whose files or devices are those of her zones, where she has any."""

NAME_MAX: Final = 200
SUBJECT_MAX: Final = 255  # OpenID Connect Core, section 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """Which claims say what, and what their values are called here.

    A claim is named as the provider names it, or by the path to it (``realm_access.roles``). Without a
    mapping its values are our own words.
    """

    name: str = "name"
    roles: str = "roles"
    centres: str = "centres"
    zones: str = "zones"
    role_of: Mapping[str, str] = field(default_factory=dict)
    centre_of: Mapping[str, str] = field(default_factory=dict)
    zone_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whom a provider knows, and who may sign in here."""

    issuer: str
    subject: str = field(repr=False)
    name: str = field(repr=False)
    roles: frozenset[Role]
    centres: frozenset[str]
    zones: frozenset[str] = frozenset()


def person_of(
    claims: Mapping[str, Any],
    rules: ClaimRules,
    known_centres: AbstractSet[str],
    known_zones: Mapping[str, str] = MappingProxyType({}),
) -> Person | None:
    """Return who it is and what she may do; None: nothing at all.

    A role that needs a centre is worth nothing without one, nor is a zone without the centre it lies in
    (``known_zones``: the centre of each zone). Who has no zone works for all of her centre: so whose zones
    were said, and none of them is known here, does not.
    """
    subject, name = claims.get("sub"), _name(claims, rules)
    if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_MAX or name is None:
        return None
    centres = _mapped(_claim(claims, rules.centres), rules.centre_of) & known_centres
    said = _mapped(_claim(claims, rules.roles), rules.role_of)
    roles = frozenset(role for role in GRANTED if role.value in said)
    if not centres:
        roles -= BOUND_TO_CENTRES
    said_zones = _mapped(_claim(claims, rules.zones), rules.zone_of)
    zones = frozenset(zone for zone in said_zones if known_zones.get(zone) in centres)
    if not zones and _claim(claims, rules.zones):
        roles -= NARROWED_BY_ZONES
    if not roles:
        return None
    return Person(
        issuer=str(claims["iss"]),
        subject=subject,
        name=name,
        roles=roles,
        centres=frozenset(centres),
        zones=zones,
    )


def has_all(claims: Mapping[str, Any], rules: ClaimRules) -> bool:
    """Whether the claims that matter are there, so that nothing else need be asked."""
    return all(_claim(claims, name) is not None for name in (rules.name, rules.roles, rules.centres))


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Find a claim by its name, which may hold dots itself, else by the path that the dots make."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _mapped(value: Any, words: Mapping[str, str]) -> set[str]:
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    said = {each for each in values if isinstance(each, str)}
    return {words[each] for each in said if each in words} if words else said


def _name(claims: Mapping[str, Any], rules: ClaimRules) -> str | None:
    """Return what colleagues read beside what she did: nobody acts without a name."""
    for claim in (rules.name, "preferred_username"):
        value = _claim(claims, claim)
        if isinstance(value, str):
            shown = "".join(letter for letter in value if letter.isprintable()).strip()[:NAME_MAX]
            if shown:
                return shown
    return None
