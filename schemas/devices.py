"""Buttons and phones as things: where each is, who has it, what became of it."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Line, Percent, Wire
from schemas.casework import TeamId
from schemas.session import OperatorName


class DeviceKind(StrEnum):
    """A phone is the device on which a companion runs."""

    BUTTON = "button"
    PHONE = "phone"


class DeviceState(StrEnum):
    """Where a device is in its life; ``docs/casework.md`` has the table."""

    STOCK = "stock"
    ISSUED = "issued"
    PAIRED = "paired"
    TESTED = "tested"
    FAULTY = "faulty"
    LOST = "lost"
    RETURNED = "returned"
    WIPED = "wiped"
    RETIRED = "retired"


class DeviceAct(StrEnum):
    """What is done with a device."""

    RECEIVE = "receive"
    TRANSFER = "transfer"
    ISSUE = "issue"
    PAIR = "pair"
    TEST = "test"
    REPORT_FAULTY = "report_faulty"
    REPORT_LOST = "report_lost"
    FOUND = "found"
    RETURN = "return"
    WIPE = "wipe"
    RESTOCK = "restock"
    RETIRE = "retire"


class DeviceReason(StrEnum):
    """Why a device is faulty, lost or retired: a code, as free text may be personal."""

    DAMAGED = "damaged"
    BATTERY = "battery"
    NO_LINK = "no_link"
    NO_PRESS = "no_press"
    MISLAID = "mislaid"
    STOLEN = "stolen"
    OUTDATED = "outdated"
    BEYOND_REPAIR = "beyond_repair"
    OTHER = "other"


class DeviceModel(Wire):
    """A make of device that a consignment may hold."""

    kind: DeviceKind
    maker: Line
    model: Line


class DeviceView(Wire):
    """A button or a phone. Whose file it is with is told to case officers who may see that file."""

    device_id: UUID
    kind: DeviceKind
    maker: Line
    model: Line
    serial: Line
    team: TeamId
    state: DeviceState
    state_since: Instant
    registration_id: UUID | None = None
    reference: Line | None = Field(default=None, description="The reference of the file it is with")
    companion_id: UUID | None = Field(default=None, description="A phone's companion")
    firmware: Line | None = Field(default=None, description="A phone's: the version of its companion")
    battery_pct: Percent | None = None
    battery_at: Instant | None = None
    received_on: date
    last_seen_at: Instant | None = Field(default=None, description="Known to ten minutes")
    version: Annotated[int, Field(ge=1)]
    acts: tuple[DeviceAct, ...] = Field(default=(), description="What who asks may do with it now")


class DevicePage(Wire):
    """Devices by serial number (``GET /v1/devices``); ``next`` is asked for as ``after``, None: the last."""

    devices: tuple[DeviceView, ...]
    next: UUID | None = None


class DeviceMoveView(Wire):
    """One thing that was done with a device; ``by`` None: the system, of what it heard."""

    number: Annotated[int, Field(ge=1)]
    act: DeviceAct
    at: Instant
    by: OperatorName | None = None
    state: DeviceState
    team: TeamId
    reference: Line | None = None
    reason: DeviceReason | None = None


class DeviceHistory(Wire):
    """A device and all that was done with it, newest first (``GET /v1/devices/{id}``)."""

    device: DeviceView
    moves: tuple[DeviceMoveView, ...]


class DeviceCount(Wire):
    """How many devices of a kind a team has in a state."""

    team: TeamId
    kind: DeviceKind
    state: DeviceState
    count: int


class DeviceSummary(Wire):
    """Who has what (``GET /v1/devices/summary``)."""

    counts: tuple[DeviceCount, ...]


class IdleKind(StrEnum):
    """How a device lies unused."""

    SILENT = "silent"
    IN_STOCK = "in_stock"
    UNWIPED = "unwiped"


class IdleDevice(Wire):
    """A device that lies unused."""

    kind: IdleKind
    since: Instant
    device: DeviceView


class IdleReport(Wire):
    """Devices that lie unused, the longest first (``GET /v1/devices/idle``)."""

    silent_days: int
    stock_days: int
    unwiped_days: int
    devices: tuple[IdleDevice, ...]
    more: bool = Field(default=False, description="There are more than are shown here")


class DeviceActRequest(Wire):
    """Body of ``POST /v1/devices/{id}/acts``. ``version`` is the one that was seen."""

    act: DeviceAct
    version: Annotated[int, Field(ge=1)]
    registration_id: UUID | None = Field(default=None, description="To issue: to which file")
    reference: Line | None = Field(default=None, description="To issue: the file's reference instead")
    team: TeamId | None = Field(default=None, description="To transfer: to which team")
    companion_id: UUID | None = Field(default=None, description="To pair a phone by hand: its companion")
    reason: DeviceReason | None = None


class ConsignmentFault(StrEnum):
    """What is wrong in a line of a consignment."""

    NOT_UTF8 = "not_utf8"
    NOT_CSV = "not_csv"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_TWICE = "column_twice"
    CELLS = "cells"
    MISSING = "missing"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    KIND = "kind"
    MODEL = "model"
    NO_BUTTON = "no_button"
    TEAM = "team"
    DATE = "date"
    DATE_AHEAD = "date_ahead"
    TWICE = "twice"
    KNOWN = "known"


class ConsignmentError(Wire):
    """What is wrong in one line, by its number from 1; what the line says is not repeated."""

    line: Annotated[int, Field(ge=1)]
    column: Line | None = None
    fault: ConsignmentFault
    other_line: int | None = Field(default=None, description="Where it stands already")
    message: Line


class ConsignmentReport(Wire):
    """What became of a consignment (``POST /v1/devices/imports``): all of it received, or nothing."""

    rows: int
    received: int
    dry_run: bool
    errors: tuple[ConsignmentError, ...] = ()


class CompanionView(Wire):
    """A companion of a file, as its case team sees it."""

    companion_id: UUID
    label: Line
    version: Line | None = None
    enrolled_at: Instant
    revoked_at: Instant | None = None
    heard_at: Instant | None = None
    phone_battery_pct: Percent | None = None
    device_id: UUID | None = Field(default=None, description="The phone it runs on, where that is ours")


class FileDevices(Wire):
    """The devices and companions of a file (``GET /v1/registrations/{id}/devices``)."""

    devices: tuple[DeviceView, ...]
    companions: tuple[CompanionView, ...]


class EnrolmentCodeRequest(Wire):
    """Body of ``POST /v1/registrations/{id}/enrolment-codes``."""

    device_id: UUID | None = Field(default=None, description="The phone that it is for, where that is ours")


class QrCode(Wire):
    """A QR code as a drawing: an SVG path in a square of ``size`` modules, its quiet zone included."""

    size: int
    path: str


class EnrolmentCodeView(Wire):
    """A one-time enrolment code; it is told once and not kept."""

    code: Line
    url: str = Field(description="Where a companion posts its public key; what the QR code says")
    expires_at: Instant
    qr: QrCode
