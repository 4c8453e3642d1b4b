"""The exported documents hold every model and hang together."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas import export, frames
from schemas.asyncapi import asyncapi
from schemas.problems import CloseCode, ProblemKind

DOCUMENTS = {"json-schema": export.json_schema, "asyncapi": asyncapi}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _resolved(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_reference_in_a_document_leads_somewhere(name: str) -> None:
    document = DOCUMENTS[name]()
    references = set(_references(document))
    assert references
    for reference in references:
        _resolved(document, reference)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_document_is_the_same_each_time(name: str) -> None:
    assert export.text_of(DOCUMENTS[name]()) == export.text_of(DOCUMENTS[name]())


def test_the_json_schema_lists_every_problem_and_close_code() -> None:
    definitions = export.json_schema()["$defs"]
    assert definitions["ProblemSlug"]["enum"] == [kind.slug for kind in ProblemKind]
    assert definitions["CloseCode"]["enum"] == [int(code) for code in CloseCode]


def test_what_is_written_is_written_in_full() -> None:
    alarm = export.json_schema()["$defs"]["AlarmView"]
    assert set(alarm["required"]) == set(alarm["properties"])


def test_asyncapi_has_a_message_for_every_frame_in_its_direction() -> None:
    document = asyncapi()
    names = {
        name: {
            _resolved(document, _resolved(document, message["$ref"])["$ref"])["name"]
            for message in operation["messages"]
        }
        for name, operation in document["operations"].items()
    }
    assert names["receiveFromConsole"] == {"attach", "delivered", "condition", "pong"} | {
        "acknowledge",
        "assign",
        "unit_status",
        "note",
        "transfer",
        "close",
        "reopen",
        "review",
        "unit_duty",
        "clear_notice",
        "shelve_notice",
        "unshelve_notice",
    }
    assert names["sendToConsole"] >= {
        "welcome",
        "snapshot",
        "event",
        "position",
        "caught_up",
        "heartbeat",
        "refused",
    }
    assert names["sendToReceiver"] == {"AlarmEvent", "GapEvent", "ThinEvent"}
    protocol = document["channels"]["console"]["bindings"]["ws"]["headers"]["properties"][
        "Sec-WebSocket-Protocol"
    ]
    assert protocol["const"] == frames.SUBPROTOCOL
