"""Asking to see a file, keeping one from somebody, and telling the victim who looked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.casework.access import ANSWERS, Asked, Near, leaves_somebody
from gateway.domain.casework.looking import VICTIM_WORDS, place_from, place_of
from gateway.domain.casework.scope import Scope
from gateway.domain.casework.victim_telling import telling
from gateway.domain.errors import FieldInvalid
from gateway.domain.people import BOUND_TO_CENTRES
from gateway.domain.rights import Rights, check
from schemas.access import GlassState, LookView
from schemas.session import OperatorName, Role

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # an hour before summer time
ASKER, OTHER = uuid4(), uuid4()
SERVICES = {"BE-VOV": "Oost-Vlaanderen", "BE-5415": "Politiezone Gent"}


def somebody(who: UUID, *roles: Role, centre: str = "BE-VOV") -> Scope:
    return Scope(
        operator_id=who,
        name="P",
        roles=frozenset(roles),
        centres=frozenset({centre}),
        zones=frozenset(),
    )


def asked(*, allowed: bool | None = None, until: datetime | None = None) -> Asked:
    return Asked(asked_by=ASKER, centre="BE-VOV", answer_by=NOW, allowed=allowed, until=until)


def test_an_asking_is_answered_in_time_or_lapses_and_what_is_opened_closes_again() -> None:
    later = NOW + timedelta(seconds=1)
    assert asked().state(NOW) is GlassState.ASKED
    assert asked().state(later) is GlassState.LAPSED
    assert asked(allowed=False).state(later) is GlassState.REFUSED
    opened = asked(allowed=True, until=later)
    assert (opened.state(NOW), opened.state(later)) == (GlassState.ALLOWED, GlassState.OVER)


@pytest.mark.parametrize("role", sorted(Role))
def test_another_person_of_the_centre_answers_and_nobody_else(role: Role) -> None:
    assert asked().may_be_answered_by(somebody(OTHER, role), NOW) == (role in ANSWERS)
    assert not asked().may_be_answered_by(somebody(ASKER, role), NOW)
    assert not asked().may_be_answered_by(somebody(OTHER, role, centre="BE-VAN"), NOW)
    assert not asked().may_be_answered_by(somebody(OTHER, role), NOW + timedelta(seconds=1))


people = st.lists(
    st.builds(Near, operator_id=st.uuids(), on_case=st.booleans(), denied=st.booleans()), min_size=2
)


@given(people)
def test_a_file_is_never_kept_from_everybody_but_who_keeps_it(near: list[Near]) -> None:
    by, whom = near[0].operator_id, near[1].operator_id
    left = [one for one in near if one.on_case and not one.denied and one.operator_id not in {by, whom}]
    assert leaves_somebody(near, whom, by) == bool(left)


def look(minutes: int, *, kind: str = "file.looked", why: str = "alarm", role: str = "operator") -> LookView:
    return LookView(
        look_id=f"j{minutes}",
        at=NOW + timedelta(minutes=minutes),
        kind=kind,
        by=OperatorName(operator_id=OTHER, name="Ona"),
        roles=(role,),
        why=why,
        centre="BE-VOV",
        team="BE-5415",
    )


def test_she_is_told_when_who_by_function_and_why_in_order_and_by_the_clock_on_her_wall() -> None:
    looks = [look(60), look(0), look(0), look(5, kind="file.look_refused"), look(6, kind="looks.read")]
    told = telling(looks, SERVICES, "fr", NOW, names=False).splitlines()
    assert told[4:] == [
        "29.03.2026 01:30 : un opérateur de Politiezone Gent. Motif : votre alarme.",
        "29.03.2026 03:30 : un opérateur de Politiezone Gent. Motif : votre alarme.",
    ]
    assert "Ona (an operator)" in telling(looks, SERVICES, "en", NOW, names=True)
    assert "Ona" not in telling(looks, SERVICES, "en", NOW, names=False)
    read = telling([look(0, kind="report.read")], SERVICES, "en", NOW, names=True)
    assert "Ona" in read, "her name stood in it"
    assert VICTIM_WORDS["de"].none in telling([], SERVICES, "de", NOW, names=False)


def test_every_language_has_words_for_the_same() -> None:
    first, *others = VICTIM_WORDS.values()
    for words in others:
        assert (words.role.keys(), words.why.keys()) == (first.role.keys(), first.why.keys())


@given(st.datetimes(timezones=st.just(UTC)), st.text(max_size=20))
def test_a_page_begins_where_the_one_before_ended(at: datetime, look_id: str) -> None:
    assert place_from(place_of(at, look_id)) == (at, look_id)


@pytest.mark.parametrize(
    "written", ["", "~", "yesterday~j1", "2026-03-29T01:00:00~j1", "2026-03-29T01:00:00Z"]
)
def test_a_page_that_was_never_told_is_refused(written: str) -> None:
    with pytest.raises(FieldInvalid):
        place_from(written)


def test_rights_are_what_was_given_and_not_taken_away() -> None:
    rights = Rights(roles=frozenset({Role.OPERATOR}), centres=frozenset({"BE-VOV"}))
    changed = rights.with_more([Role.CASE_OFFICER], zones=["BE-5415"]).without([Role.OPERATOR])
    known = {"BE-5415": "BE-VOV"}
    assert check(changed, {"BE-VOV"}, known).roles == {Role.CASE_OFFICER}
    assert Role.OPERATOR in BOUND_TO_CENTRES
