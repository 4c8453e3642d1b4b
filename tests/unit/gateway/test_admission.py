"""Who may have a console, and how one is closed whose operator's rights have changed."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from gateway.admission import RIGHTS_CHANGED, SIGN_IN, ending, refusal
from gateway.domain.people import Operator
from schemas.problems import CloseCode
from schemas.session import Role

ATTENDING = {Role.OPERATOR, Role.SUPERVISOR, Role.CANARY}

operators = st.builds(
    Operator,
    operator_id=st.just(uuid4()),
    username=st.just("anna"),
    name=st.just("Anna"),
    roles=st.frozensets(st.sampled_from(Role)),
    centres=st.frozensets(st.sampled_from(["BE-VOV", "BE-VAN", "BE-BRU"])),
)


@given(operators)
def test_a_console_needs_a_role_that_attends_and_a_centre(operator: Operator) -> None:
    close = refusal(operator)
    assert (close is None) == bool(operator.roles & ATTENDING and operator.centres)
    if close is not None:
        assert close.code is CloseCode.NOT_YOUR_CENTRE


@given(operators)
def test_who_may_still_have_a_console_is_told_to_come_back_and_who_may_not_is_not(
    operator: Operator,
) -> None:
    assert ending(operator) == (refusal(operator) or RIGHTS_CHANGED)
    assert RIGHTS_CHANGED.code is CloseCode.GOING_AWAY


def test_who_has_no_session_any_more_signs_in() -> None:
    assert ending(None) == SIGN_IN
    assert SIGN_IN.code is CloseCode.NOT_SIGNED_IN


def test_every_reason_fits_into_a_close_frame() -> None:
    auditor = Operator(
        operator_id=uuid4(),
        username="a",
        name="A",
        roles=frozenset({Role.AUDITOR}),
        centres=frozenset({"BE-VOV"}),
    )
    for close in (SIGN_IN, RIGHTS_CHANGED, ending(auditor)):
        assert len(close.reason.encode()) <= 123
