import json
from uuid import uuid4

import pytest

from gateway.cli.registration_file import read
from schemas.registration import Circumstance
from tests.support.build import a_registration, the_largest_circumstances

CENTRES = frozenset({"BE-VOV", "BE-WLG"})


def line(**changes) -> bytes:
    return json.dumps(a_registration().model_dump(mode="json") | changes).encode()


def errors(*lines: bytes, existing=()) -> list[tuple[int, str]]:
    return [(one.line, one.field) for one in read(lines, CENTRES, dict(existing)).errors]


def test_good_lines_are_read_and_empty_ones_skipped():
    reading = read([line(), b"\n", b"  ", line()], CENTRES, {})
    assert not reading.errors
    assert not reading.warnings
    assert len(reading.registrations) == 2


def test_a_byte_order_mark_is_no_error():
    assert errors(b"\xef\xbb\xbf" + line()) == []


def test_every_error_of_every_line_is_listed():
    person = a_registration().person.model_dump(mode="json")
    person["victim"]["born_on"] = "yesterday"
    person["victim"]["phone"] = 5
    assert errors(b"{", line(centre="BE-VOV", person=person), line(), line(registration_id="x"), b"\xff") == [
        (1, ""),
        (2, "person.victim.born_on"),
        (2, "person.victim.phone"),
        (4, "registration_id"),
        (5, ""),
    ]


def test_an_unknown_centre_is_an_error():
    assert errors(line(centre="BE-XXX")) == [(1, "centre")]


def test_one_id_in_two_lines_is_an_error():
    twice = str(uuid4())
    assert errors(line(registration_id=twice), line(registration_id=twice, reference="b")) == [
        (2, "registration_id")
    ]


def test_one_reference_in_two_lines_of_a_centre_is_an_error():
    same = {"reference": "GE.1"}
    assert errors(line(**same), line(**same), line(**same, centre="BE-WLG")) == [(2, "reference")]


def test_a_reference_the_database_has_for_another_file_is_an_error():
    existing = {uuid4(): ("BE-VOV", "GE.1")}
    assert errors(line(reference="GE.1"), existing=existing) == [(1, "reference")]


def test_a_file_that_comes_again_is_none():
    again = uuid4()
    existing = {again: ("BE-VOV", "GE.1")}
    assert errors(line(registration_id=str(again), reference="GE.1"), existing=existing) == []


def test_a_reference_that_its_file_gives_up_is_free():
    gives = uuid4()
    lines = (line(reference="GE.1"), line(registration_id=str(gives), reference="GE.2"))
    assert errors(*lines, existing={gives: ("BE-VOV", "GE.1")}) == []


def as_json(circumstances: tuple[Circumstance, ...]) -> list[dict[str, object]]:
    return [one.model_dump(mode="json") for one in circumstances]


def test_a_file_larger_than_an_alarm_can_show_is_refused_by_its_line():
    person = a_registration().person
    fits, too_large = (the_largest_circumstances(person, over=over) for over in (0, 1))
    lines = (line(circumstances=as_json(fits)), line(circumstances=as_json(too_large)))
    (found,) = read(lines, CENTRES, {}).errors
    assert str(found) == (
        "line 2: person and circumstances take 24577 bytes as JSON; at most 24576 fit into an alarm"
    )


def test_circumstances_that_fill_more_than_a_screen_are_imported_and_warned_of():
    long = [{"kind": "other", "text": "x" * 900}] * 3
    reading = read([line(circumstances=long)], CENTRES, {})
    assert not reading.errors
    (warning,) = reading.warnings
    assert (warning.field, "45 lines" in warning.message) == ("circumstances", True)


def test_a_misspelt_field_is_warned_of():
    data = a_registration().model_dump(mode="json")
    data["circumstanses"] = []
    data["circumstances"][1]["severty"] = "critical"
    reading = read([json.dumps(data).encode()], CENTRES, {})
    assert not reading.errors
    assert [one.field for one in reading.warnings] == ["circumstances.1.severty", "circumstanses"]


@pytest.mark.parametrize("field", ["centre", "registration_id", "reference"])
def test_an_error_does_not_repeat_what_was_written(field):
    (found,) = read([line(**{field: ["Geheim"]})], CENTRES, {}).errors
    assert "Geheim" not in str(found)
