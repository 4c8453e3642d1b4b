"""The life of a device: whatever is done with it in whatever order, what must hold holds."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.casework.devices import (
    IN_USE,
    RULES,
    Device,
    FileOfTeam,
    Given,
    Moved,
    acts_of,
    decide,
)
from gateway.domain.errors import FieldInvalid, GatewayError, NotAllowedNow, NotYours
from schemas.devices import DeviceAct, DeviceKind, DeviceReason, DeviceState
from schemas.session import Role

TEAM, OTHER = "BE-5415", "BE-5416"
ALL = frozenset({Role.CASE_OFFICER, Role.ADMIN})
FILE = FileOfTeam(registration_id=uuid4(), team=TEAM, is_open=True)
FULL = Given(file=FILE, reason=DeviceReason.OTHER)

steps = st.lists(
    st.tuples(
        st.sampled_from(DeviceAct),
        st.builds(
            Given,
            file=st.sampled_from([None, FILE, FileOfTeam(registration_id=uuid4(), team=OTHER, is_open=True)]),
            team=st.sampled_from([None, TEAM, OTHER]),
            companion_id=st.none() | st.uuids(),
            reason=st.sampled_from([None, DeviceReason.STOLEN]),
        ),
    ),
    max_size=40,
)


def a_device(kind: DeviceKind = DeviceKind.PHONE) -> Device:
    return Device(device_id=UUID(int=1), kind=kind, team=TEAM)


def after(*acts: DeviceAct, kind: DeviceKind = DeviceKind.PHONE) -> Device:
    device = a_device(kind)
    for act in (DeviceAct.RECEIVE, *acts):
        device = decide(device, act, ALL, FULL).device
    return device


def tried(device: Device, act: DeviceAct, what: Given) -> Moved | None:
    try:
        return decide(device, act, ALL, what)
    except (NotAllowedNow, FieldInvalid):
        return None


@given(steps, st.sampled_from(DeviceKind))
def test_whatever_is_tried_a_device_is_wiped_between_two_files(
    walk: list[tuple[DeviceAct, Given]], kind: DeviceKind
) -> None:
    device, holds_data = a_device(kind), False
    for act, what in walk:
        moved = tried(device, act, what)
        if moved is None:
            continue
        assert moved.device.version == device.version + 1
        device = moved.device
        if act is DeviceAct.ISSUE:
            assert not holds_data
        holds_data = (holds_data or act is DeviceAct.ISSUE) and act is not DeviceAct.WIPE
        if device.state is DeviceState.STOCK:
            assert not holds_data


@given(steps, st.sampled_from(DeviceKind))
def test_whatever_is_tried_state_and_file_and_companion_fit_together(
    walk: list[tuple[DeviceAct, Given]], kind: DeviceKind
) -> None:
    device = a_device(kind)
    for act, what in walk:
        moved = tried(device, act, what)
        if moved is None:
            continue
        with_file = moved.device.registration_id is not None
        assert with_file or moved.device.state not in IN_USE
        assert not with_file or moved.device.state in {*IN_USE, DeviceState.FAULTY, DeviceState.LOST}
        if with_file and device.registration_id is None:
            assert what.file is not None
            assert what.file.team == moved.device.team
        assert moved.device.companion_id is None or (kind is DeviceKind.PHONE and with_file)
        gone = device.companion_id if moved.device.companion_id != device.companion_id else None
        assert moved.revoked == gone
        device = moved.device


@given(steps)
def test_what_is_offered_is_what_can_be_done(walk: list[tuple[DeviceAct, Given]]) -> None:
    device = after()
    for act, what in walk:
        full = Given(
            file=FileOfTeam(registration_id=uuid4(), team=device.team, is_open=True),
            team="BE-9999",
            companion_id=uuid4(),
            reason=DeviceReason.OTHER,
        )
        assert set(acts_of(device, ALL)) == {one for one in DeviceAct if tried(device, one, full)}
        moved = tried(device, act, what)
        device = moved.device if moved else device


@pytest.mark.parametrize("state", DeviceState)
def test_every_state_is_reached_and_only_retired_is_an_end(state: DeviceState) -> None:
    assert any(state in rule.moves.values() for rule in RULES.values())
    leaves = any(rule.moves.get(state, state) is not state for rule in RULES.values())
    assert leaves is (state is not DeviceState.RETIRED)


def test_a_lost_phone_has_its_companion_revoked_in_the_same_act() -> None:
    companion = uuid4()
    phone = decide(after(DeviceAct.ISSUE), DeviceAct.PAIR, ALL, Given(companion_id=companion)).device
    lost = decide(phone, DeviceAct.REPORT_LOST, ALL, FULL)
    assert lost.revoked == companion
    assert lost.device.registration_id == FILE.registration_id  # who had it stays known until it is found
    assert decide(lost.device, DeviceAct.FOUND, ALL).device.registration_id is None


@pytest.mark.parametrize(
    "file",
    [
        FileOfTeam(registration_id=uuid4(), team=OTHER, is_open=True),
        FileOfTeam(registration_id=uuid4(), team=TEAM, is_open=False),
    ],
)
def test_a_device_is_issued_to_an_open_file_of_its_own_team_only(file: FileOfTeam) -> None:
    with pytest.raises(NotAllowedNow):
        decide(after(), DeviceAct.ISSUE, ALL, Given(file=file))


@pytest.mark.parametrize("act", DeviceAct)
@pytest.mark.parametrize("role", [*Role, None])
def test_nobody_does_what_is_not_hers(act: DeviceAct, role: Role | None) -> None:
    rule = RULES[act]
    before = Device(
        device_id=UUID(int=1),
        kind=DeviceKind.BUTTON,
        team=TEAM,
        state=next(iter(rule.moves)),
        registration_id=FILE.registration_id,
    )
    may = rule.heard if role is None else role in rule.by
    try:
        decide(before, act, None if role is None else frozenset({role}), FULL)
    except NotYours:
        assert not may
    except GatewayError:
        assert may
    else:
        assert may
    assert role in {None, Role.CASE_OFFICER, Role.ADMIN} or not may
