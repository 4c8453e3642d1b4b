"""A location object that an integrator sends is a position of whom it says, once."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from gateway.domain.door_errors import ScopeMissing
from gateway.domain.errors import FieldInvalid
from gateway.domain.integrators import Integrator
from gateway.formats.pidf_lo_in import read_pidf_lo
from gateway.ingest.location_object import event_of
from schemas.events import EventType, PositionUpdated
from schemas.integrators import IntegratorScope
from tests.unit.gateway.formats.test_pidf_lo import CIRCLE, POINT, document

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SENDER = Integrator(
    integrator_id=UUID(int=1), name="one", scopes=frozenset({IntegratorScope.POSITIONS}), created_at=AT
)
LOCATED = read_pidf_lo(document(CIRCLE), AT)


def test_it_is_about_whom_the_request_says_else_the_object() -> None:
    named, unnamed = (event_of(SENDER, LOCATED, subject, b"") for subject in ("acc-1", None))
    assert (named.subject, unnamed.subject) == ("acc-1", "pres:one@msa.example")
    assert named.type is EventType.POSITION_UPDATED
    assert isinstance(named.data, PositionUpdated)
    assert named.data.positions == (LOCATED.position,)
    assert named.event_id != unnamed.event_id


def test_the_same_fix_is_one_event_and_one_without_an_instant_only_by_its_bytes() -> None:
    assert event_of(SENDER, LOCATED, "a", b"x").event_id == event_of(SENDER, LOCATED, "a", b"y").event_id
    unknown = read_pidf_lo(document(CIRCLE, at=""), AT)
    ids = [event_of(SENDER, unknown, "a", raw).event_id for raw in (b"x", b"x", b"y")]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("subject", ["two words", "x" * 129, "é"])
def test_a_subject_that_is_none_is_refused(subject: str) -> None:
    with pytest.raises(FieldInvalid, match="subject"):
        event_of(SENDER, LOCATED, subject, b"")


def test_what_tells_no_position_says_why() -> None:
    with pytest.raises(FieldInvalid, match="is no number"):
        event_of(SENDER, read_pidf_lo(document(POINT.format("x", "1")), AT), "a", b"")
    other = Integrator(integrator_id=UUID(int=1), name="one", scopes=frozenset(), created_at=AT)
    with pytest.raises(ScopeMissing):
        event_of(other, LOCATED, "a", b"")
