"""From CloudEvents 1.0 (core, JSON format and HTTP binding 1.0.2) to events in our words.

The official SDK judges the attributes. What it finds wrong with an optional one is dropped and named, and
the event is read without it. Of an alarm not even what the standard requires is needed, once its sender
and its type are known: what lacks is made from its bytes, so that sending them again raises no second one.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.spec import SPECVERSION_V1_0
from cloudevents.core.v1.event import OPTIONAL_ATTRIBUTES, REQUIRED_ATTRIBUTES, CloudEvent
from pydantic import TypeAdapter, ValidationError

from gateway.domain.errors import FieldInvalid, RequestRefused
from gateway.domain.integrators import Inbound, Integrator
from gateway.ingest.event_data import read_data
from gateway.ingest.tolerant import Dropped, as_json, as_object, without_surrogates
from schemas.base import InstantOfThisAge
from schemas.events import CallReceived, EventType
from schemas.integrators import Subject

NAME_MAX: Final = 200
"""Characters of a source or an id; no standard says how long they may be."""

VERSIONS: Final[Mapping[EventType, tuple[str, ...]]] = dict.fromkeys(EventType, ("1",))
"""The versions of each type's data that are read."""

SCHEMA: Final = "urn:msa:event"
JSON_KIND: Final = re.compile(r"(application|text)/([\w.+-]+\+)?json\s*(;.*)?", re.IGNORECASE)
UNREAD_SUBJECT: Final = "unread:"
NOT_A_NAME: Final = re.compile(r"[^ -~\xa0-\ud7ff\ue000-\U0010ffff]")

_time: Final[TypeAdapter[datetime]] = TypeAdapter(InstantOfThisAge)
_subject: Final[TypeAdapter[str]] = TypeAdapter(Subject)


@dataclass(frozen=True, slots=True)
class Unread:
    """One event that is refused as it is: why, and what it calls itself, if that could be read."""

    refused: RequestRefused
    source: str | None = None
    event_id: str | None = None


def known_types() -> str:
    """Name every type and version that is read, for whoever sent another."""
    return ", ".join(f"{kind}:{'|'.join(versions)}" for kind, versions in VERSIONS.items())


def read_structured(integrator: Integrator, body: bytes) -> Inbound | Unread:
    """Read one event whose attributes and data are one JSON object; never raises."""
    dropped = Dropped()
    found = as_object(body, dropped)
    if "body" in dropped.names:
        found = _salvaged(body)
        if not found:
            return Unread(RequestRefused("it is not a JSON object"))
    return read_one(integrator, found, body, dropped)


def read_batch(body: bytes) -> list[Any] | None:
    """Return the events of a batch, each to be read by ``read_member``; None where there is no list."""
    try:
        found = as_json(body, Dropped())
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def read_member(integrator: Integrator, sent: Any) -> Inbound | Unread:
    """Read one event of a batch; never raises."""
    if not isinstance(sent, dict):
        return Unread(RequestRefused("it is not a JSON object"))
    try:
        raw = json.dumps(without_surrogates(sent), ensure_ascii=False).encode()
    except (RecursionError, ValueError):
        return Unread(RequestRefused("it is nested too deeply"))
    return read_one(integrator, sent, raw, Dropped())


def read_binary(
    integrator: Integrator, attributes: Mapping[str, str], content_type: str, body: bytes
) -> Inbound | Unread:
    """Read one event whose attributes were headers, by their names without ``ce-``, decoded."""
    dropped = Dropped()
    data = None
    if body and JSON_KIND.fullmatch(content_type.strip() or "application/json"):
        within = Dropped()
        data = as_object(body, within)
        if "body" in within.names:
            data = None
            dropped.add("data")
    elif body:
        dropped.add("data")
    return read_one(integrator, {**attributes, "data": data}, body, dropped)


def read_one(
    integrator: Integrator, found: Mapping[str, Any], raw: bytes, dropped: Dropped
) -> Inbound | Unread:
    """Read one event from its attributes with ``data`` or ``data_base64``; never raises."""
    try:
        return _read(integrator, found, raw, dropped)
    except FieldInvalid as refused:
        return Unread(refused, _shown(found.get("source")), _shown(found.get("id")))


def _read(integrator: Integrator, found: Mapping[str, Any], raw: bytes, dropped: Dropped) -> Inbound:
    kind = _kind(found.get("type"))
    alarm = kind is EventType.ALARM_RAISED
    attributes = _attributes(found, dropped)
    if alarm:
        _complete(attributes, raw, dropped)
    _judge(attributes, dropped)
    try:
        _known_version(kind, attributes.get("dataschema"))
    except FieldInvalid:
        if not alarm:
            raise
        dropped.add("dataschema")
    data = read_data(kind, _data(found, dropped), dropped)
    return Inbound(
        integrator=integrator,
        type=kind,
        source=attributes["source"],
        event_id=attributes["id"],
        subject=_subject_of(attributes, data, dropped, alarm=alarm),
        time=attributes.get("time"),
        data=data,
        raw=raw,
        dropped=tuple(dropped.names),
    )


def _kind(sent: Any) -> EventType:
    try:
        return EventType(sent)
    except ValueError:
        raise FieldInvalid("type", f"is not known here. Known are {known_types()}") from None


def _known_version(kind: EventType, schema: str | None) -> None:
    """Raise ``FieldInvalid`` where the data is of a version that is not read."""
    if schema is not None and schema not in {f"{SCHEMA}:{kind}:{version}" for version in VERSIONS[kind]}:
        known = " or ".join(f"{SCHEMA}:{kind}:{version}" for version in VERSIONS[kind])
        raise FieldInvalid("dataschema", f"is not known here. Known is {known}")


def _attributes(found: Mapping[str, Any], dropped: Dropped) -> dict[str, Any]:
    """Return the attributes in the SDK's types; one that is null is not there."""
    attributes = {
        name: without_surrogates(value)
        for name, value in found.items()
        if name not in {"data", "data_base64"} and value is not None
    }
    if "time" in attributes:
        try:
            attributes["time"] = _time.validate_python(attributes["time"])
        except (ValidationError, OverflowError, RecursionError):
            del attributes["time"]
            dropped.add("time")
    return attributes


def _complete(attributes: dict[str, Any], raw: bytes, dropped: Dropped) -> None:
    """Give an alarm what the standard requires and it lacks."""
    made = {"specversion": SPECVERSION_V1_0, "source": "urn:msa:unread", "id": f"unread:{_digest(raw)}"}
    for name, value in made.items():
        sent = attributes.get(name)
        if not _is_name(sent) or (name == "specversion" and sent != value):
            told = isinstance(sent, str) and sent and name != "specversion"
            attributes[name] = f"unread:{_digest(str(sent).encode())}" if told else value
            dropped.add(name)


def _judge(attributes: dict[str, Any], dropped: Dropped) -> None:
    """Have the SDK judge the attributes, without what is optional and wrong. Raises ``FieldInvalid``."""
    lacking = [name for name in REQUIRED_ATTRIBUTES if name not in attributes]
    if lacking:  # the SDK would make them up
        raise FieldInvalid(lacking[0], "is missing, and CloudEvents requires it")
    try:
        CloudEvent(dict(attributes))
    except CloudEventValidationError as error:
        wrong = set(error.errors)
        for name in REQUIRED_ATTRIBUTES:
            if name in wrong:
                raise FieldInvalid(name, "is not what CloudEvents 1.0 requires") from None
        for name in wrong:
            attributes.pop(name, None)
            dropped.add(name if name in OPTIONAL_ATTRIBUTES else "extension")
        if wrong:
            CloudEvent(dict(attributes))
    for name in ("source", "id"):
        if not _is_name(attributes[name]):
            raise FieldInvalid(name, f"is not a text of 1 to {NAME_MAX} printable characters")


def _data(found: Mapping[str, Any], dropped: Dropped) -> Any:
    """Return the data, decoded where it came as base64 or as a text that holds JSON."""
    data, encoded = found.get("data"), found.get("data_base64")
    if data is None and isinstance(encoded, str):
        try:
            data = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeError, ValueError):
            dropped.add("data")
            return None
    if isinstance(data, str):
        try:
            return as_json(data.encode("utf-8", "replace"), dropped)
        except ValueError:
            dropped.add("data")
            return None
    return data


def _subject_of(attributes: Mapping[str, Any], data: Any, dropped: Dropped, *, alarm: bool) -> str:
    """Return whom it is about. One that cannot be read still is the same one in every alarm.

    A call without a subject is about its caller's number.
    """
    sent = attributes.get("subject")
    if sent is None and isinstance(data, CallReceived):
        sent = re.sub(r"[^!-~]", "", data.caller_number)
    try:
        return _subject.validate_python(sent)
    except ValidationError:
        if not alarm:
            raise FieldInvalid(
                "subject", "is not 1 to 128 printable ASCII characters without a space"
            ) from None
    dropped.add("subject")
    told = f"{attributes['source']} {attributes['id']}" if sent is None else str(sent)
    return f"{UNREAD_SUBJECT}{_digest(told.encode())}"


SALVAGED: Final = re.compile(rb'"(type|id|source|subject|specversion)"\s*:\s*"([^"\\\x00-\x1f]{1,200})"')


def _salvaged(body: bytes) -> dict[str, Any]:
    """Return what can be seen of an alarm in a body that is no JSON; {} where it is no alarm."""
    pairs: Iterable[tuple[bytes, bytes]] = SALVAGED.findall(body)
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name.decode(), value.decode("utf-8", "replace"))
    return found if found.get("type") == EventType.ALARM_RAISED else {}


def _is_name(sent: Any) -> bool:
    return isinstance(sent, str) and 0 < len(sent) <= NAME_MAX and not NOT_A_NAME.search(sent)


def _shown(sent: Any) -> str | None:
    """Return what an event calls itself, where an answer may say it."""
    return sent if _is_name(sent) else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
