"""What is heard on a websocket, held against the AsyncAPI document that the gateway serves."""

import json
from functools import cache
from typing import Any

import jsonschema_rs

from schemas.asyncapi import asyncapi


def as_documented(text: str | bytes, operation: str) -> dict[str, Any]:
    """Return a frame, which must be a message of ``sendToConsole`` or ``receiveFromConsole``.

    Raises ``ValueError``, which says where it is not.
    """
    frame: dict[str, Any] = json.loads(text)
    validator = _validators(operation).get(frame.get("type"))
    if validator is None:
        raise ValueError(f"{frame.get('type')} is no message of {operation}")
    return _held(validator, frame, frame["type"])


def _held(validator: Any, message: dict[str, Any], called: str) -> dict[str, Any]:
    if not validator.is_valid(message):
        where = [_fault(one) for one in validator.iter_errors(message)]
        raise ValueError(f"{called}: {'; '.join(where)}"[:1000])
    return message


def _fault(error: jsonschema_rs.ValidationError) -> str:
    """Say where and what; of what fits no branch, why it does not fit the likeliest."""
    place = "/".join(map(str, error.instance_path))
    within = getattr(error.kind, "context", ())
    if within:
        nearest = max(within, key=lambda branch: max((len(one.instance_path) for one in branch), default=0))
        return f"{place}: {'; '.join(map(_fault, nearest))}"
    return f"{place} breaks {'/'.join(map(str, error.schema_path))}: {error.message[-120:]}"


def as_told(event: dict[str, Any]) -> dict[str, Any]:
    """Return what a receiver is sent or a stream holds, which must be as documented."""
    if event["type"].endswith(".stream.reset"):
        return _held(_validator("ResetEvent"), event, event["type"])
    if event["type"].endswith(".stream.gap"):
        return _held(_validator("GapEvent"), event, event["type"])
    model = event["dataschema"].rpartition(":")[2]
    return _held(_validator({"AlarmView": "AlarmEvent", "ThinAlarm": "ThinEvent"}[model]), event, model)


@cache
def _validators(operation: str) -> dict[Any, Any]:
    """Return a validator for each message of an operation, by its ``type``."""
    document = asyncapi()
    names = [one["$ref"].rsplit("/", 1)[1] for one in document["operations"][operation]["messages"]]
    return {document["components"]["messages"][name]["name"]: _validator(name) for name in names}


@cache
def _validator(model: str) -> Any:
    schema = {"$ref": f"#/components/schemas/{model}", "components": asyncapi()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
