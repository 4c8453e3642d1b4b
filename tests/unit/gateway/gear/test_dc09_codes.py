"""The mapping table of docs/dc09.md: each row is a case, and each case a row."""

import re
from pathlib import Path

import pytest
from pysiaalarm.data.adm_mapping import ADM_MAPPING
from pysiaalarm.data.sia_codes import SIA_CODES

from gateway.gear.dc09.codes import CONTACT_ID, SIA, Act, Meaning, described, meaning
from gateway.gear.dc09.message import ContactIdEvent, SiaEvent
from schemas.events import AlarmCause, ConditionKind

PAGE = Path(__file__).parents[4] / "docs" / "dc09.md"
ROW = re.compile(r"^\| (SIA|Contact ID) `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str, str]]:
    found = []
    for standard, codes, _, becomes in ROW.findall(PAGE.read_text(encoding="utf-8")):
        found += [(standard, code, becomes.strip()) for code in codes.split()]
    return found


def said(one: Meaning) -> str:
    if one.act is Act.CONDITION:
        return f"condition {one.condition}"
    if one.act is Act.CANCEL:
        return "cancel wish"
    word = "alarm" if one.act is Act.ALARM else "test alarm"
    return f"{word}, {one.cause}"


@pytest.mark.parametrize(("standard", "code", "becomes"), rows())
def test_each_row_of_the_page_is_what_is_done(standard: str, code: str, becomes: str) -> None:
    event = SiaEvent(code) if standard == "SIA" else ContactIdEvent("1", code)
    assert said(meaning(event)) == becomes


def test_each_code_with_a_meaning_of_its_own_is_on_the_page() -> None:
    on_page = {(standard, code) for standard, code, _ in rows()}
    assert {("SIA", code) for code in SIA} | {("Contact ID", code) for code in CONTACT_ID} <= on_page


@pytest.mark.parametrize(
    ("event", "becomes"),
    [
        (SiaEvent("FA"), "alarm, automatic"),
        (SiaEvent("BA"), "alarm, automatic"),
        (SiaEvent("GT"), "condition failed"),
        (SiaEvent("OP"), "condition ok"),
        (SiaEvent("PH"), "condition ok"),
        (SiaEvent("QQ"), "alarm, other"),
        (ContactIdEvent("1", "110"), "alarm, automatic"),
        (ContactIdEvent("6", "120"), "alarm, button"),
        (ContactIdEvent("3", "120"), "condition ok"),
        (ContactIdEvent("3", "302"), "condition ok"),
        (ContactIdEvent("1", "200"), "condition failed"),
        (ContactIdEvent("3", "401"), "condition ok"),
        (ContactIdEvent("1", "570"), "condition ok"),
        (ContactIdEvent("1", "616"), "condition ok"),
        (ContactIdEvent("1", "999"), "alarm, other"),
    ],
)
def test_a_code_without_a_meaning_of_its_own_is_judged_by_its_kind(event: SiaEvent, becomes: str) -> None:
    assert said(meaning(event)) == becomes


def test_no_alarm_of_the_standards_becomes_less() -> None:
    """Every code that the library's lists call an alarm is raised, but for what is about a fault."""
    less = {"TA", "AA", "FL", "OH", "OL", "OR"}  # tampering; silenced; disarmed after an alarm
    for code, known in SIA_CODES.items():
        if re.search(r"Alarm(?! Restor)", known.type) and code not in less:
            assert meaning(SiaEvent(code)).act is Act.ALARM, (code, known.type)
    for code, mapped in ADM_MAPPING.items():
        if code.startswith("1") and mapped["1"][1] == "A" and mapped["1"] != "TA":
            assert meaning(ContactIdEvent("1", code)).act is Act.ALARM, code


def test_what_nobody_knows_is_raised_and_says_so() -> None:
    unknown = meaning(SiaEvent("QQ"))
    assert (unknown.act, unknown.cause, unknown.known) == (Act.ALARM, AlarmCause.OTHER, False)
    assert unknown.condition is ConditionKind.OK


def test_an_operator_reads_the_words_of_the_standard() -> None:
    assert described(SiaEvent("PA", "01")) == "SIA PA Panic Alarm, 01"
    assert described(SiaEvent("QQ", "")) == "SIA QQ"
    assert described(ContactIdEvent("1", "121", "01", "015")) == "Contact ID 1121 Holdup Alarm, 015"
    assert described(ContactIdEvent("1", "999")) == "Contact ID 1999"
