"""The mapping tables of the standards say what the code does, row by row, and leave nothing out."""

import re
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.formats.aml import AmlMessage
from gateway.formats.aml_form import read_form
from gateway.formats.aml_sms import read_sms
from gateway.formats.cap import cap_of
from gateway.formats.eido import eido_of
from gateway.formats.method_tokens import METHOD_OF
from gateway.formats.pidf_lo import Target, pidf_lo_of
from gateway.formats.shapes_in import SHAPES_READ
from gateway.xml_text import parse_xml
from schemas.outcome import Outcome
from schemas.press import Purpose
from tests.support.alarms_told import AT, a_fix, a_full_alarm, closed_as, leaving
from tests.support.aml import FORM, SMS_1, SMS_2
from tests.support.mapping_table import DOCS, Leaves, differences, leaves_of_json, leaves_of_xml, merged

CLOSED = closed_as(Outcome.SLIP, purpose=Purpose.EXERCISE)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_eido() -> None:
    told = (
        eido_of("alarm.victim_moved", a_full_alarm(), leaving()),
        eido_of("alarm.closed", CLOSED, leaving()),
    )
    assert differences("eido.md", "Field by field", merged(map(leaves_of_json, told))) == []


def test_cap() -> None:
    moved = cap_of("alarm.victim_moved", a_full_alarm(), leaving(addresses=("police.example",)))
    closed = cap_of("alarm.closed", CLOSED, leaving())
    leaves = merged(leaves_of_xml(parse_xml(raw)) for raw in (moved, closed))
    assert differences("cap.md", "Field by field", leaves) == []
    table = (DOCS / "cap.md").read_text(encoding="utf-8")
    assert [name for name in leaves["alert/info/parameter/valueName"] if f"`{name}`" not in table] == []


def test_pidf_lo_out() -> None:
    target = Target(entity="pres:one@msa.example", device="urn:uuid:0", kept_until=AT + timedelta(days=1))
    raw = pidf_lo_of(a_fix(speed_mps=1.5, heading_deg=35, mock=True), target)
    assert differences("pidf-lo.md", "Out", leaves_of_xml(parse_xml(raw))) == []


def test_pidf_lo_in_names_every_shape_and_only_tokens_that_are_read() -> None:
    _, _, section = (DOCS / "pidf-lo.md").read_text(encoding="utf-8").partition("\n## In\n")
    shapes, _, methods = section.partition("| token")
    first = [line.split("|")[1] for line in shapes.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(first))) == SHAPES_READ
    rows = [line.split("|")[1:3] for line in methods.splitlines() if line.startswith("| `")]
    named = {token: ours.strip() for tokens, ours in rows for token in re.findall(r"`([^`]+)`", tokens)}
    assert {token: str(METHOD_OF[token.lower()]) for token in named} == named
    assert set(named.values()) == {str(method) for method in METHOD_OF.values()}


def leaves_of_aml(message: AmlMessage) -> Leaves:
    told: dict[str, Any] = asdict(message)
    position = message.position
    assert position is not None
    told["position"] = position.model_dump(
        mode="json", exclude_none=True, exclude_defaults=False, exclude={"mock"}
    )
    if message.called_at is not None:
        told["called_at"] = message.called_at.isoformat().replace("+00:00", "Z")
    told["networks"] = [network for network in message.networks if network is not None]
    known = {name: value for name, value in told.items() if value not in (None, [], ())}
    return leaves_of_json(known)


@pytest.mark.parametrize(
    ("heading", "message"),
    [
        ("SMS, version 1", read_sms(SMS_1, NOW)),
        ("SMS, version 2", read_sms(SMS_2.replace("lt=-9999", "lt=12"), NOW)),
        ("HTTPS", read_form(FORM, NOW)),
    ],
)
def test_aml(heading: str, message: AmlMessage) -> None:
    assert message.dropped == ()
    assert differences("aml.md", heading, leaves_of_aml(message)) == []


def test_every_field_that_is_read_of_aml_stands_in_some_table() -> None:
    text = (DOCS / "aml.md").read_text(encoding="utf-8")
    names = [field.name for field in fields(AmlMessage) if field.name not in {"position", "dropped"}]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_a_row_that_is_wrong_or_lacks_is_found_out() -> None:
    leaves = leaves_of_json(eido_of("alarm.closed", CLOSED, leaving()))
    assert any("NewLocation is not among" in one for one in differences("eido.md", "Field by field", leaves))
    leaves["incidentComponent.beatOrDispatchGroupText"] = {"7"}
    assert any(one.endswith("stands in no row") for one in differences("eido.md", "Field by field", leaves))
