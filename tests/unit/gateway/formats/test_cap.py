"""An alarm as CAP 1.2: valid by OASIS's schema, chained, and true to what the schema cannot say."""

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from gateway.domain.alarm import EventKind
from gateway.formats.cap import CAP, cap_of, cap_time, circle_text
from gateway.xml_text import Element, parse_xml
from schemas.alarm import AlarmView
from schemas.outcome import Outcome
from schemas.press import Purpose
from tests.support.alarms_told import AT, a_fix, a_full_alarm, an_alarm, closed_as, leaving

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[3] / "cases" / "cap" / "cap12.xsd"))


def told(alarm: AlarmView, kind: str = "alarm.raised", **changes: object) -> Element:
    """The message, which is valid."""
    raw = cap_of(kind, alarm, leaving(**changes))  # type: ignore[arg-type] # fields of Leaving
    root = parse_xml(raw)
    SCHEMA.assertValid(root)
    return root


def texts(root: Element, path: str) -> list[str]:
    """What stands in every element of that path."""
    return [
        element.text or ""
        for element in root.iterfind("/".join(f"{{{CAP}}}{name}" for name in path.split("/")))
    ]


@pytest.mark.parametrize("kind", [*EventKind, "alarm.of_a_later_version"])
@pytest.mark.parametrize("with_person", [True, False])
def test_every_kind_of_event_is_told_validly(kind: str, *, with_person: bool) -> None:
    for alarm in (an_alarm(), a_full_alarm(), closed_as(Outcome.ARREST)):
        told(alarm, kind, with_person=with_person)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-00:00</sent>", "Z</sent>"),
        ("<scope>Private", "<scope>Secret"),
        ("<urgency>Immediate</urgency>", ""),
        ("<msgType>Update", "<msgType>Change"),
        ("<category>", "<category>Crime</category><category>"),
    ],
)
def test_a_message_that_is_broken_in_one_place_is_found_out(old: str, new: str) -> None:
    text = cap_of("alarm.noted", a_full_alarm(), leaving()).decode()
    assert old in text
    assert not SCHEMA.validate(parse_xml(text.replace(old, new, 1).encode()))


def test_it_begins_with_an_alert_goes_on_with_updates_and_ends_with_a_cancel() -> None:
    kinds = [
        texts(told(alarm), "msgType") for alarm in (an_alarm(), a_full_alarm(), closed_as(Outcome.ARREST))
    ]
    assert kinds == [["Alert"], ["Update"], ["Cancel"]]


def test_every_message_has_its_own_name_and_names_all_before_it_as_they_named_themselves() -> None:
    names: list[str] = []
    earlier: tuple[tuple[int, datetime], ...] = ()
    for version in range(1, 5):
        at = AT + timedelta(minutes=version)
        root = told(an_alarm(version=version), "alarm.noted", at=at, earlier=earlier)
        (identifier,), (sender,), (sent,) = (texts(root, name) for name in ("identifier", "sender", "sent"))
        assert texts(root, "references") == ([" ".join(names)] if names else [])
        names.append(f"{sender},{identifier},{sent}")
        earlier = (*earlier, (version, at))
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"[^ ,<&]+,[^ ,<&]+,[^ ,<&]+", name) for name in names)


def test_the_first_message_can_be_named_by_who_remembers_nothing() -> None:
    first = told(an_alarm(), at=AT + timedelta(seconds=2))
    later = told(a_full_alarm(centre="BE-VAN"), "alarm.transferred")
    name = ",".join(text for part in ("sender", "identifier", "sent") for text in texts(first, part))
    assert texts(later, "references") == [name]


@pytest.mark.parametrize(
    ("purpose", "status"),
    [
        (Purpose.REAL, "Actual"),
        (Purpose.TEST, "Test"),
        (Purpose.EXERCISE, "Exercise"),
        (Purpose.CANARY, "System"),
    ],
)
def test_the_purpose_is_the_status_in_the_standards_own_words(purpose: Purpose, status: str) -> None:
    assert texts(told(an_alarm(purpose=purpose)), "status") == [status]


def test_it_is_private_and_says_whom_it_is_for() -> None:
    root = told(an_alarm(), addresses=("police.example", "a b,c"))
    assert texts(root, "scope") == ["Private"]
    assert texts(root, "addresses") == ["police.example a_b_c"]


def test_an_instant_carries_an_offset_and_utc_is_minus_nothing() -> None:
    assert cap_time(datetime(2026, 3, 2, 10, 0, 0, 999_999, tzinfo=UTC)) == "2026-03-02T10:00:00-00:00"
    assert (
        cap_time(datetime(2026, 3, 2, 11, 0, tzinfo=timezone(timedelta(hours=1))))
        == "2026-03-02T10:00:00-00:00"
    )


def test_a_circle_is_latitude_longitude_and_kilometres_at_95_percent_never_too_small() -> None:
    assert circle_text(a_fix(radius_m=1000.0, confidence=0.95)) == "51.054300,3.717400 1.0000"
    assert circle_text(a_fix(radius_m=12.0, confidence=0.68)) == "51.054300,3.717400 0.0195"
    assert circle_text(a_fix(radius_m=None)) == "51.054300,3.717400 0.0000"


def test_who_may_not_read_persons_is_told_no_name_no_number_and_no_circumstance() -> None:
    raw = cap_of("alarm.noted", closed_as(Outcome.ARREST), leaving(with_person=False)).decode()
    for word in (
        "Victim",
        "Offender",
        "32 400",
        "gun",
        "child",
        "GE.12",
        "PERIMETERNAME",
        "Called",
        "SAFEWORD",
    ):
        assert word not in raw
    with_them = cap_of("alarm.noted", closed_as(Outcome.ARREST), leaving()).decode()
    assert "Victim &lt;One&gt;" in with_them
    assert "SAFEWORD" not in with_them
    assert "DURESSWORD" not in with_them


def test_the_elements_stand_in_the_order_of_the_standard() -> None:
    names = [etree.QName(element).localname for element in told(a_full_alarm(purpose=Purpose.TEST))]
    order = [
        "identifier",
        "sender",
        "sent",
        "status",
        "msgType",
        "source",
        "scope",
        "addresses",
        "code",
        "note",
    ]
    places = [[*order, "references", "incidents", "info"].index(name) for name in names]
    assert all(one < other for one, other in pairwise(places))
