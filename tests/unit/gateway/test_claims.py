"""What claims grant: never more than they say, and nothing by what is absent."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.claims import ClaimRules, has_all, person_of
from gateway.domain.people import BOUND_TO_CENTRES
from schemas.session import Role

CENTRES = frozenset({"BE-VOV", "BE-VAN"})
WHO = {"iss": "https://provider.test", "sub": "anna", "name": "Anna V."}
RULES = ClaimRules()

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from([*Role, *CENTRES]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def granted(rules: ClaimRules = RULES, **claims: Any) -> tuple[set[str], set[str]] | None:
    person = person_of(WHO | claims, rules, CENTRES)
    return None if person is None else (set(person.roles), set(person.centres))


def test_our_own_words_grant_what_they_say() -> None:
    assert granted(roles=["operator"], centres=["BE-VOV"]) == ({"operator"}, {"BE-VOV"})
    assert granted(roles="supervisor", centres="BE-VAN") == ({"supervisor"}, {"BE-VAN"})
    assert granted(roles=["auditor"]) == ({"auditor"}, set())


def test_a_mapping_grants_what_it_names_and_nothing_else() -> None:
    rules = ClaimRules(
        roles="realm_access.roles",
        centres="https://police.test/cic",
        role_of={"CN=cic,OU=groups": "operator"},
        centre_of={"OVL": "BE-VOV"},
    )
    said = {"realm_access": {"roles": ["CN=cic,OU=groups", "supervisor"]}}
    assert granted(rules, **said, **{"https://police.test/cic": ["OVL", "BE-VAN"]}) == (
        {"operator"},
        {"BE-VOV"},
    )
    assert granted(rules, roles=["operator"], centres=["BE-VOV"]) is None


def test_a_role_that_needs_a_centre_is_worth_nothing_without_one() -> None:
    assert granted(roles=["operator"]) is None
    assert granted(roles=["operator", "admin"], centres=["BE-XXX"]) == ({"admin"}, set())


def test_a_zone_is_worth_nothing_that_is_unknown_or_of_a_centre_that_is_not_hers() -> None:
    said = {**WHO, "roles": "case_officer", "centres": "BE-VOV", "zones": ["BE-5415", "BE-5345", "BE-0000"]}
    known = {"BE-5415": "BE-VOV", "BE-5345": "BE-VAN"}
    person = person_of(said, RULES, CENTRES, known)
    assert person is not None
    assert person.zones == {"BE-5415"}
    mapped = person_of(said | {"zones": "Gent"}, ClaimRules(zone_of={"Gent": "BE-5415"}), CENTRES, known)
    assert mapped is not None
    assert mapped.zones == {"BE-5415"}


def test_nobody_is_a_canary_by_a_claim() -> None:
    assert granted(roles=["canary"], centres=["BE-VOV"]) is None


def test_nobody_acts_without_a_name() -> None:
    who = {"roles": ["admin"], "preferred_username": "anna"}
    for name in (None, "", "  ", "\u200b\n", 7, ["Anna"]):
        person = person_of(WHO | who | {"name": name}, RULES, CENTRES)
        assert person is not None
        assert person.name == "anna"
    assert person_of(WHO | {"name": None, "roles": ["admin"]}, RULES, CENTRES) is None
    long = person_of(WHO | {"name": "é\x00" * 300, "roles": ["admin"]}, RULES, CENTRES)
    assert long is not None
    assert long.name == "é" * 200


@given(values, values, values)
def test_whatever_is_claimed_only_known_roles_and_centres_come_of_it(
    roles: Any, centres: Any, name: Any
) -> None:
    person = person_of(WHO | {"roles": roles, "centres": centres, "name": name}, RULES, CENTRES)
    if person is None:
        return
    said = {roles} if isinstance(roles, str) else set(filter(lambda each: isinstance(each, str), roles))
    assert person.roles <= said - {Role.CANARY}
    assert person.centres <= CENTRES
    assert person.centres or not person.roles & BOUND_TO_CENTRES


@given(st.dictionaries(st.sampled_from(["sub", "name", "roles", "centres"]), values))
def test_no_claims_make_it_raise(claims: dict[str, Any]) -> None:
    person_of({"iss": "https://provider.test"} | claims, RULES, CENTRES)
    has_all(claims, ClaimRules(roles="a.b.c"))


def test_zones_that_nobody_knows_narrow_to_nothing_and_not_to_the_whole_centre():
    known = {"BE-5415": "BE-VOV"}
    said = {**WHO, "roles": ["magistrate", "operator"], "centres": "BE-VOV"}
    free = person_of(said, ClaimRules(), CENTRES, known)
    assert free is not None
    assert free.roles == {Role.MAGISTRATE, Role.OPERATOR}
    for zones in (["BE-5451"], "Gent", {"BE-5415": True}, 5415):
        person = person_of(said | {"zones": zones}, ClaimRules(), CENTRES, known)
        assert person is not None
        assert person.roles == {Role.OPERATOR}
        assert not person.zones
    for roles in ("case_officer", "admin"):
        assert person_of(said | {"roles": roles, "zones": ["x"]}, ClaimRules(), CENTRES, known) is None
