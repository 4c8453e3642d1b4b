"""The contract as documents: one JSON Schema of every model, and AsyncAPI 3 of the console's websocket.

Both are computed from the models, so they cannot drift from them, and are the same byte for byte
each time. They show what this project *writes*: every field present. A reader may leave out what
has a default; which that is, stands in the OpenAPI document for what is posted.

``python -m schemas.export json-schema`` (or ``asyncapi``) writes one to standard output; the
console's TypeScript types are generated from the first.
"""

import json
import sys
from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from schemas.access import (
    AnomalyView,
    DenialView,
    DenialWish,
    FileAccess,
    FileGlassWish,
    GlassAnswer,
    GlassView,
    GlassWish,
    Honeytoken,
    LooksPage,
    NeedToKnow,
)
from schemas.alarm import AlarmView
from schemas.basemap import Basemap
from schemas.casework import CaseworkView
from schemas.centre import CentreView
from schemas.circumstances import (
    Checked,
    CircumstancesEdit,
    CircumstancesView,
    RiskView,
    RiskWish,
    VersionList,
)
from schemas.devices import (
    ConsignmentReport,
    DeviceActRequest,
    DeviceHistory,
    DeviceModel,
    DevicePage,
    DeviceSummary,
    EnrolmentCodeRequest,
    EnrolmentCodeView,
    FileDevices,
    IdleReport,
)
from schemas.enrolment import CompanionPolicy, Enrolment, EnrolmentRequest
from schemas.frames import MAX_FRAME_BYTES, SUBPROTOCOL, console_frame, server_frame
from schemas.hotspots import HotspotPage, HotspotView, NewHotspot
from schemas.keeping import EraseWish, ErasureProof, HoldWish, KeepingView
from schemas.life import FilesPage, FileView, NewFile, StepsView, StepView
from schemas.overview import Overview
from schemas.press import Press, Receipt
from schemas.problems import CloseCode, Problem, ProblemKind
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer
from schemas.protection_board import Board, ProtectionCourse, Telling
from schemas.registration import Registration
from schemas.report import DailyReport
from schemas.session import LinkSignIn, PasswordAgain, SessionView, SignedOut, SignIn, SignInWays
from schemas.signals import Signals
from schemas.statistics import Statistics
from schemas.steps import StepRequest
from schemas.timeline import AlarmNotes, Timeline
from schemas.track import CancelAnswer, CancelWish, PositionBatch, PositionsReceipt, Track
from schemas.trail import AlarmTrail
from schemas.unit import NewUnit, UnitChange
from schemas.window import WindowRequest, WindowView

Document = dict[str, Any]

DEFINITIONS: Final = "#/$defs/"
VERSION: Final = "1.0.0"
BODIES: Final[tuple[type[BaseModel], ...]] = (
    AlarmNotes,
    AlarmTrail,
    AlarmView,
    Basemap,
    Board,
    CancelAnswer,
    CancelWish,
    CaseworkView,
    CentreView,
    Checked,
    CircumstancesEdit,
    CircumstancesView,
    CompanionHeartbeat,
    CompanionPolicy,
    ConsignmentReport,
    DeviceActRequest,
    DeviceHistory,
    DeviceModel,
    DevicePage,
    DeviceSummary,
    DailyReport,
    Enrolment,
    EnrolmentCodeRequest,
    EnrolmentCodeView,
    EnrolmentRequest,
    ErasureProof,
    EraseWish,
    ProtectionCourse,
    FileView,
    FilesPage,
    FileDevices,
    HeartbeatAnswer,
    HoldWish,
    IdleReport,
    KeepingView,
    HotspotPage,
    HotspotView,
    LinkSignIn,
    NewFile,
    NewHotspot,
    NewUnit,
    Overview,
    PasswordAgain,
    Press,
    PositionBatch,
    PositionsReceipt,
    Problem,
    Receipt,
    Registration,
    RiskView,
    RiskWish,
    SessionView,
    SignIn,
    SignInWays,
    Signals,
    SignedOut,
    StepRequest,
    StepView,
    StepsView,
    Telling,
    Statistics,
    Timeline,
    Track,
    UnitChange,
    VersionList,
    WindowRequest,
    WindowView,
    AnomalyView,
    DenialView,
    DenialWish,
    FileAccess,
    FileGlassWish,
    GlassAnswer,
    GlassView,
    GlassWish,
    Honeytoken,
    LooksPage,
    NeedToKnow,
)
UNIONS: Final[dict[str, TypeAdapter[Any]]] = {"ConsoleFrame": console_frame, "ServerFrame": server_frame}


class _AsWritten(GenerateJsonSchema):
    """Marks each field as required: whatever this project writes, it writes in full."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: ARG002, FBT001 (pydantic's signature)
    ) -> bool:
        return field.get("serialization_exclude_if") is None


def json_schema() -> Document:
    """Return one document: ``$defs`` holds every model on the wire, the problems' slugs, the close codes."""
    unions, definitions = TypeAdapter.json_schemas(
        [(name, "serialization", adapter) for name, adapter in UNIONS.items()]
        + [(model.__name__, "serialization", TypeAdapter(model)) for model in BODIES],
        ref_template=f"{DEFINITIONS}{{model}}",
        schema_generator=_AsWritten,
    )
    named = dict(definitions["$defs"])
    named |= {name: unions[name, "serialization"] for name in UNIONS}
    named["ProblemSlug"] = {
        "description": "The last segment of a problem's type.",
        "enum": [kind.slug for kind in ProblemKind],
        "type": "string",
    }
    named["CloseCode"] = {
        "description": "Why the gateway closed a console's websocket.",
        "enum": [code.value for code in CloseCode],
        "type": "integer",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wire",
        "description": "Everything that crosses a process boundary, as this project writes it.",
        "anyOf": [{"$ref": f"{DEFINITIONS}{name}"} for name in sorted(_roots())],
        "$defs": {name: _plain(schema) for name, schema in sorted(named.items())},
    }


def _roots() -> set[str]:
    return {*UNIONS, *(model.__name__ for model in BODIES), "ProblemSlug", "CloseCode"}


def _plain(schema: Any) -> Any:
    """Drop titles made of field names, and defaults: both would hide the names of types in TypeScript."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _plain(field) for name, field in value.items()} if key == "properties" else _plain(value)
        for key, value in schema.items()
        if key not in {"title", "default"}
    }


def asyncapi() -> Document:
    """Return the AsyncAPI 3 document of ``WS /v1/console``, seen from the gateway."""
    schemas = _moved(json_schema()["$defs"])
    received, sent = (_members(schemas, union) for union in ("ConsoleFrame", "ServerFrame"))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "MSA gateway: consoles",
            "version": VERSION,
            "description": _rules(),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {"console": _channel({*received, *sent})},
        "operations": {
            "receiveFromConsole": _operation("receive", "What a console may send", received),
            "sendToConsole": _operation("send", "What a console is told", sent),
        },
        "components": {
            "messages": {name: _message(name, schemas[name]) for name in sorted({*received, *sent})},
            "schemas": schemas,
            "securitySchemes": {
                "session": {
                    "type": "httpApiKey",
                    "in": "cookie",
                    "name": "__Host-msa",
                    "description": "Set by POST /v1/session; the Origin header must be the gateway's own",
                }
            },
        },
    }


def _rules() -> str:
    codes = ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in CloseCode)
    return (
        f"Subprotocol `{SUBPROTOCOL}`: JSON text of at most {MAX_FRAME_BYTES} bytes, tagged by `type`. "
        "Attach with a cursor for each centre; events follow, or a reset and a snapshot; `caught_up` ends "
        "either. Every event has the next sequence of its centre; a console that sees a jump, or a head in "
        f"a heartbeat beyond its cursor, attaches again. Close codes: {codes}."
    )


def _channel(messages: set[str]) -> Document:
    return {
        "address": "/v1/console",
        "title": "One attached console",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in sorted(messages)},
        "bindings": {
            "ws": {
                "method": "GET",
                "headers": {
                    "type": "object",
                    "required": ["Origin", "Sec-WebSocket-Protocol"],
                    "properties": {
                        "Origin": {"type": "string", "description": "The gateway's own origin"},
                        "Sec-WebSocket-Protocol": {"type": "string", "const": SUBPROTOCOL},
                    },
                },
                "bindingVersion": "0.1.0",
            }
        },
    }


def _operation(action: str, summary: str, messages: list[str]) -> Document:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": "#/channels/console"},
        "messages": [{"$ref": f"#/channels/console/messages/{name}"} for name in messages],
        "security": [{"$ref": "#/components/securitySchemes/session"}],
    }


def _message(name: str, schema: Document) -> Document:
    return {
        "name": schema["properties"]["type"]["const"],
        "title": name,
        "summary": str(schema["description"]).split("\n", 1)[0],
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }


def _members(schemas: Document, union: str) -> list[str]:
    return sorted(member["$ref"].rsplit("/", 1)[1] for member in schemas[union]["oneOf"])


def _moved(schema: Any) -> Any:
    """Point references to AsyncAPI's ``components``; leave out the discriminator, which is OpenAPI's kind."""
    if isinstance(schema, list):
        return [_moved(item) for item in schema]
    if isinstance(schema, str):
        return schema.replace(DEFINITIONS, "#/components/schemas/")
    if not isinstance(schema, dict):
        return schema
    return {key: _moved(value) for key, value in schema.items() if key != "discriminator"}


DOCUMENTS: Final[dict[str, Callable[[], Document]]] = {"json-schema": json_schema, "asyncapi": asyncapi}


def text_of(document: Document) -> str:
    """Return a document as it is written to a file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in DOCUMENTS:
        raise SystemExit(f"usage: python -m schemas.export {' | '.join(DOCUMENTS)}")
    sys.stdout.write(text_of(DOCUMENTS[sys.argv[1]]()))
