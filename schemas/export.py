"""One JSON Schema of every model on the wire; ``schemas.asyncapi`` makes the document of streams of it.

It is computed from the models, so it cannot drift from them, and is the same byte for byte
each time. They show what this project *writes*: every field present. A reader may leave out what
has a default; which that is, stands in the OpenAPI document for what is posted.

``python -m schemas.export`` writes it to standard output; the console's TypeScript types are made from it.
"""

import json
import sys
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
from schemas.events import BatchAnswer, EventResult
from schemas.frames import console_frame, server_frame
from schemas.hotspots import HotspotPage, HotspotView, NewHotspot
from schemas.integrators import IntegratorView, TokenAnswer
from schemas.keeping import EraseWish, ErasureProof, HoldWish, KeepingView
from schemas.life import FilesPage, FileView, NewFile, StepsView, StepView
from schemas.overview import Overview
from schemas.perimeters import (
    NewPerimeter,
    NewTracker,
    PerimeterChange,
    PerimeterDecided,
    PerimeterEnded,
    PerimeterList,
    PerimeterView,
    TrackerList,
    TrackerView,
)
from schemas.press import Press, Receipt
from schemas.problems import CloseCode, Problem, ProblemKind
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer
from schemas.protection_board import Board, ProtectionCourse, Telling
from schemas.receivers import AlarmEvent, GapEvent, ResetEvent, ThinEvent
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
    NewPerimeter,
    NewTracker,
    NewUnit,
    Overview,
    PasswordAgain,
    PerimeterChange,
    PerimeterDecided,
    PerimeterEnded,
    PerimeterList,
    PerimeterView,
    TrackerList,
    TrackerView,
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
    AlarmEvent,
    GapEvent,
    ResetEvent,
    ThinEvent,
    BatchAnswer,
    EventResult,
    IntegratorView,
    TokenAnswer,
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


def text_of(document: Document) -> str:
    """Return a document as it is written to a file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text_of(json_schema()))
