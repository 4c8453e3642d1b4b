"""The life of a button or a phone as one table: what may be done when, by whom, and what it needs.

::

    receive -> stock -issue-> issued -pair-> paired -test-> tested
                 ^               `--------- return ----------' -> returned -wipe-> wiped
                 `------------------------ restock --------------------------------'

Invariants
- A device is issued to a file of its own team only, and between two files it is always wiped.
- A phone that is lost, returned, wiped or enrolled anew has its companion no more: it is revoked in the
  same moment.
- Nothing leaves ``retired``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotYours
from schemas.devices import DeviceAct, DeviceKind, DeviceReason, DeviceState
from schemas.session import Role

STOCK: Final = DeviceState.STOCK
ISSUED: Final = DeviceState.ISSUED
PAIRED: Final = DeviceState.PAIRED
TESTED: Final = DeviceState.TESTED
FAULTY: Final = DeviceState.FAULTY
LOST: Final = DeviceState.LOST
RETURNED: Final = DeviceState.RETURNED
WIPED: Final = DeviceState.WIPED
RETIRED: Final = DeviceState.RETIRED

OFFICER: Final = frozenset({Role.CASE_OFFICER})
KEEPERS: Final = frozenset({Role.CASE_OFFICER, Role.ADMIN})
"""Who has to do with the stock; what concerns a file is her case officers' alone."""
ADMIN: Final = frozenset({Role.ADMIN})

IN_USE: Final = frozenset({ISSUED, PAIRED, TESTED})
"""With a victim, and fit to be."""


class Need(Enum):
    """What an act needs besides the state."""

    FILE = "a file of the device's own team that is open"
    TEAM = "another team"
    COMPANION = "the phone's companion"
    REASON = "a reason"
    WITH_FILE = "a device that is with a file"
    WITHOUT_FILE = "a device that is with no file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One act. ``heard``: the system does it too, of what companions send."""

    moves: Mapping[DeviceState | None, DeviceState]
    by: frozenset[Role]
    needs: frozenset[Need] = frozenset()
    leaves_file: bool = False
    revokes: bool = False
    heard: bool = False


def _to(state: DeviceState, *before: DeviceState | None) -> Mapping[DeviceState | None, DeviceState]:
    return MappingProxyType(dict.fromkeys(before, state))


RULES: Final[Mapping[DeviceAct, Rule]] = MappingProxyType({
    DeviceAct.RECEIVE: Rule(moves=_to(STOCK, None), by=KEEPERS),
    DeviceAct.TRANSFER: Rule(moves=_to(STOCK, STOCK), by=ADMIN, needs=frozenset({Need.TEAM})),
    DeviceAct.ISSUE: Rule(moves=_to(ISSUED, STOCK), by=OFFICER, needs=frozenset({Need.FILE})),
    DeviceAct.PAIR: Rule(
        moves=_to(PAIRED, *IN_USE), by=OFFICER, needs=frozenset({Need.COMPANION}), heard=True
    ),
    DeviceAct.TEST: Rule(moves=_to(TESTED, PAIRED, TESTED), by=OFFICER, heard=True),
    DeviceAct.REPORT_FAULTY: Rule(
        moves=_to(FAULTY, STOCK, *IN_USE, RETURNED, WIPED), by=KEEPERS, needs=frozenset({Need.REASON})
    ),
    DeviceAct.REPORT_LOST: Rule(
        moves=_to(LOST, STOCK, *IN_USE, FAULTY, RETURNED, WIPED),
        by=KEEPERS,
        needs=frozenset({Need.REASON}),
        revokes=True,
    ),
    DeviceAct.FOUND: Rule(moves=_to(RETURNED, LOST), by=KEEPERS, leaves_file=True),
    DeviceAct.RETURN: Rule(
        moves=MappingProxyType({**_to(RETURNED, *IN_USE), FAULTY: FAULTY}),
        by=KEEPERS,
        needs=frozenset({Need.WITH_FILE}),
        leaves_file=True,
        revokes=True,
    ),
    DeviceAct.WIPE: Rule(
        moves=_to(WIPED, RETURNED, FAULTY), by=KEEPERS, needs=frozenset({Need.WITHOUT_FILE}), revokes=True
    ),
    DeviceAct.RESTOCK: Rule(moves=_to(STOCK, WIPED), by=KEEPERS),
    DeviceAct.RETIRE: Rule(
        moves=_to(RETIRED, STOCK, WIPED, LOST), by=KEEPERS, needs=frozenset({Need.REASON}), leaves_file=True
    ),
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What is decided on. ``state`` None: not received yet."""

    device_id: UUID
    kind: DeviceKind
    team: str
    state: DeviceState | None = None
    registration_id: UUID | None = None
    companion_id: UUID | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOfTeam:
    """The file a device is to be issued to."""

    registration_id: UUID
    team: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What comes with an act."""

    file: FileOfTeam | None = None
    team: str | None = None
    companion_id: UUID | None = None
    reason: DeviceReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A device after an act, and the companion that is to be revoked with it."""

    device: Device
    act: DeviceAct
    reason: DeviceReason | None
    revoked: UUID | None


NOTHING: Final = Given()


def decide(device: Device, act: DeviceAct, roles: frozenset[Role] | None, given: Given = NOTHING) -> Moved:
    """Return the device after ``act`` of somebody with these roles; None: the system, of what it heard.

    Raises:
        NotYours: the act is not for these roles.
        NotAllowedNow: the device's state, its file or the file's does not allow it.
        FieldInvalid: what the act needs was not given.
    """
    rule = RULES[act]
    check_role(act, roles)
    if device.state not in rule.moves:
        raise NotAllowedNow(f"{act}: the device is {device.state or 'not received'}")
    _check(device, act, rule, given)
    companion = _companion_after(device, act, rule, given)
    moved = replace(
        device,
        state=rule.moves[device.state],
        team=given.team if Need.TEAM in rule.needs and given.team else device.team,
        version=device.version + 1,
        registration_id=_file_after(device, rule, given),
        companion_id=companion,
    )
    revoked = None if companion == device.companion_id else device.companion_id
    return Moved(device=moved, act=act, reason=given.reason, revoked=revoked)


def check_role(act: DeviceAct, roles: frozenset[Role] | None) -> None:
    """Refuse what is not for these roles; None: the system. Raises ``NotYours``."""
    rule = RULES[act]
    if not (rule.heard if roles is None else rule.by & roles):
        raise NotYours


def acts_of(device: Device, roles: frozenset[Role]) -> tuple[DeviceAct, ...]:
    """Return what somebody with these roles may do with it now, once it is given what it needs."""
    return tuple(
        act
        for act, rule in RULES.items()
        if act is not DeviceAct.RECEIVE
        and rule.by & roles
        and device.state in rule.moves
        and _stands(device, rule)
    )


def _stands(device: Device, rule: Rule) -> bool:
    with_file = device.registration_id is not None
    return not (
        (Need.WITH_FILE in rule.needs and not with_file) or (Need.WITHOUT_FILE in rule.needs and with_file)
    )


def _check(device: Device, act: DeviceAct, rule: Rule, given: Given) -> None:
    if not _stands(device, rule):
        needed = next(iter(rule.needs & {Need.WITH_FILE, Need.WITHOUT_FILE}))
        raise NotAllowedNow(f"{act} needs {needed.value}")
    if Need.FILE in rule.needs:
        if given.file is None:
            raise FieldInvalid("registration_id", "is needed")
        if given.file.team != device.team or not given.file.is_open:
            raise NotAllowedNow(f"{act} needs {Need.FILE.value}")
    if Need.TEAM in rule.needs and (given.team is None or given.team == device.team):
        raise FieldInvalid("team", "another team is needed")
    if Need.COMPANION in rule.needs and device.kind is DeviceKind.PHONE and given.companion_id is None:
        raise FieldInvalid("companion_id", "is needed")
    if Need.REASON in rule.needs and given.reason is None:
        raise FieldInvalid("reason", "is needed")


def _file_after(device: Device, rule: Rule, given: Given) -> UUID | None:
    if Need.FILE in rule.needs and given.file is not None:
        return given.file.registration_id
    return None if rule.leaves_file else device.registration_id


def _companion_after(device: Device, act: DeviceAct, rule: Rule, given: Given) -> UUID | None:
    """Return the phone's companion; one that was revoked is its no more, and its next file gives another."""
    if rule.revokes or rule.leaves_file:
        return None
    if act is DeviceAct.PAIR and device.kind is DeviceKind.PHONE:
        return given.companion_id
    return device.companion_id
