"""The OpenAPI document: every call, those past FastAPI included, who may make it, how it is refused.

``tests/acceptance/test_openapi.py`` holds a running gateway to it with schemathesis.
"""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from gateway.http import heartbeat, positions, press
from gateway.http.doors import aml, events, location_objects, scaip
from gateway.http.doors.principal import DESCRIBED
from gateway.http.security import BY_SIGNATURE, BY_TOKEN
from schemas.events import BatchAnswer, CloudEventIn, EventResult
from schemas.press import Press, ProvisionalReceipt, Receipt
from schemas.problems import Problem
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer
from schemas.receivers import AlarmEvent, ResetEvent
from schemas.track import CancelWish, PositionBatch, PositionsReceipt

Document = dict[str, Any]

OF_COMPANIONS: Final = {
    press.PATH: press.openapi,
    heartbeat.PATH: heartbeat.openapi,
    positions.DOCUMENTED: positions.openapi,
}
OF_INTEGRATORS: Final = {
    events.PATH: events.openapi,
    aml.PATH: aml.openapi,
    location_objects.PATH: location_objects.openapi,
    scaip.PATH: scaip.openapi,
}
"""Paths of bare applications, with what describes each."""

BODIES: Final[tuple[type[BaseModel], ...]] = (
    Press,
    Receipt,
    ProvisionalReceipt,
    CancelWish,
    PositionBatch,
    PositionsReceipt,
    CompanionHeartbeat,
    HeartbeatAnswer,
    CloudEventIn,
    EventResult,
    BatchAnswer,
    AlarmEvent,
    ResetEvent,
    Problem,
)
"""What the calls past FastAPI take and answer."""

REFERENCE: Final = "#/components/schemas/{model}"
PROBLEM: Final = {"$ref": REFERENCE.format(model="Problem")}


def openapi(app: FastAPI) -> Document:
    """Describe every call."""
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        paths = described["paths"]
        for calls, security in ((OF_COMPANIONS, BY_SIGNATURE), (OF_INTEGRATORS, BY_TOKEN)):
            for path, describe in calls.items():
                paths[path] = {method: {**call, "security": security} for method, call in describe().items()}
        for operation in _operations(paths):
            _say_how_it_is_refused(operation)
        components = described["components"]
        _add_bodies(components["schemas"])
        components["securitySchemes"].setdefault(DESCRIBED.scheme_name, DESCRIBED.written())
        app.openapi_schema = described
    return app.openapi_schema


def _say_how_it_is_refused(operation: Document) -> None:
    """Every refusal is a problem; FastAPI's own word for a wrong field is not what leaves here."""
    answers = operation["responses"]
    named = answers.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if named.get("$ref", "").endswith("/HTTPValidationError"):
        del answers["422"]
    for answer in answers.values():
        content = answer.get("content", {})
        if content.get("application/json", {}).get("schema") == PROBLEM:  # as a router's ``model`` writes it
            content["application/problem+json"] = content.pop("application/json")
    for statuses, words in (("4XX", "Refused: `type` says why"), ("5XX", "Send the same again")):
        answers.setdefault(
            statuses, {"description": words, "content": {"application/problem+json": {"schema": PROBLEM}}}
        )


def _add_bodies(schemas: Document) -> None:
    for left in ("HTTPValidationError", "ValidationError"):
        schemas.pop(left, None)
    for model in BODIES:
        schema = model.model_json_schema(ref_template=REFERENCE)
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema


def _operations(paths: Document) -> Iterator[Document]:
    for path in paths.values():
        yield from (operation for method, operation in path.items() if method != "parameters")
