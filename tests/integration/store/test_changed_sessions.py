"""Which consoles' grounds do not hold any more, as the database has them: one query for all."""

from typing import Any
from uuid import uuid4

import pytest

from dispatch.ports import Admission
from gateway.domain.people import Operator, Session
from gateway.store.connect import Connection, Pool
from gateway.store.operators import Operators
from schemas.session import Role
from tests.support.clock import VirtualClock

SET = "UPDATE operator SET {column} = $2 WHERE operator_id = $1"


@pytest.fixture
def operators(pool: Pool, clock: VirtualClock) -> Operators:
    return Operators(pool, clock, session_hours=12)


async def admitted(
    operators: Operators, roles: tuple[Role, ...] = (Role.OPERATOR,), centres: tuple[str, ...] = ("BE-VOV",)
) -> Admission:
    """Sign somebody new in."""
    operator = await operators.add(
        f"op-{uuid4()}", name="Op", roles=roles, centres=centres, password_hash=None
    )
    token, _ = await operators.begin(operator)
    session = await operators.session(token)
    assert session is not None
    return Admission(session.token_hash, session.operator.view(), session.expires_at)


async def test_each_is_told_by_its_place_and_the_others_are_not_told(
    operators: Operators, connection: Connection, clock: VirtualClock
) -> None:
    asked = [await admitted(operators, centres=("BE-VAN", "BE-VOV")) for _ in range(5)]
    set_centres, set_roles = SET.format(column="centres"), SET.format(column="roles")
    await connection.execute(set_centres, asked[1].operator.operator_id, ["BE-VOV"])
    await connection.execute(
        "UPDATE operator_session SET ended_at = $2 WHERE token_hash = $1", asked[3].session, clock.now()
    )
    await connection.execute(set_roles, asked[4].operator.operator_id, ["operator", "supervisor"])
    changed = await operators.changed(
        [*asked, asked[3], Admission(b"x" * 32, asked[0].operator, clock.now())]
    )
    assert {place: _rights(operator) for place, operator in changed.items()} == {
        1: ({"operator"}, {"BE-VOV"}),
        3: None,
        4: ({"operator", "supervisor"}, {"BE-VAN", "BE-VOV"}),
        5: None,
        6: None,
    }
    assert await operators.changed([]) == {}


def _rights(operator: Operator | None) -> tuple[set[str], set[str]] | None:
    return None if operator is None else (set(operator.roles), set(operator.centres))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "Married"),
        ("roles", ["supervisor", "operator", "operator"]),
        ("centres", ["BE-VOV", "BE-VAN"]),
    ],
)
async def test_what_means_the_same_rights_changes_nothing(
    operators: Operators, connection: Connection, column: str, value: Any
) -> None:
    one = await admitted(operators, (Role.OPERATOR, Role.SUPERVISOR), ("BE-VAN", "BE-VOV"))
    await connection.execute(SET.format(column=column), one.operator.operator_id, value)
    assert await operators.changed([one]) == {}


async def test_a_session_that_ran_out_is_gone_for_an_attached_console_when_its_watch_ends(
    operators: Operators, clock: VirtualClock
) -> None:
    one = await admitted(operators)
    clock.advance(24 * 3600 - 1)
    await operators.forget_expired()
    assert await operators.changed([one]) == {}
    clock.advance(1)
    assert await operators.changed([one]) == {0: None}


async def test_a_canary_that_could_only_watch_is_sent_to_sign_in_again(
    operators: Operators, clock: VirtualClock
) -> None:
    canary = await admitted(operators, (Role.CANARY,))
    clock.advance(12 * 3600 - 1)
    assert await operators.changed([canary]) == {}
    clock.advance(1)
    assert await operators.changed([canary]) == {0: None}


async def test_a_session_of_an_older_node_watches_no_longer_than_it_commands(
    operators: Operators, connection: Connection, clock: VirtualClock
) -> None:
    one = await admitted(operators)
    await connection.execute("UPDATE operator_session SET watch_until = NULL")
    clock.advance(12 * 3600)
    assert await operators.changed([one]) == {0: None}


async def test_a_session_that_was_replaced_sends_its_other_tabs_back_and_opens_no_more(
    operators: Operators, connection: Connection
) -> None:
    operator = await operators.add(
        "a", name="A", roles=[Role.OPERATOR], centres=["BE-VOV"], password_hash=None
    )
    token, session = await operators.begin(operator)
    other = await admitted(operators)
    admission = Admission(session.token_hash, operator.view(), session.expires_at)
    await operators.begin(operator, replaces=session.token_hash)
    assert await operators.session(token) is None
    assert await operators.changed([other, admission]) == {1: operator}
    await operators.disable("a")
    assert await operators.changed([admission]) == {0: None}


async def test_a_session_that_was_signed_out_is_not_taken_for_replaced(operators: Operators) -> None:
    one = await admitted(operators)
    operator = await operators.account(one.operator.operator_id)
    assert operator is not None
    session = Session(
        operator=operator.operator,
        token_hash=one.session,
        expires_at=one.commands_until,
        watch_until=one.commands_until,
    )
    await operators.end(session)
    await operators.begin(operator.operator, replaces=one.session)
    assert await operators.changed([one]) == {0: None}


async def test_a_role_of_a_later_version_costs_its_operator_the_session_and_nobody_else_anything(
    operators: Operators, connection: Connection
) -> None:
    later, other = await admitted(operators), await admitted(operators)
    await connection.execute(SET.format(column="roles"), later.operator.operator_id, ["operator", "later"])
    assert await operators.changed([later, other]) == {0: None}
