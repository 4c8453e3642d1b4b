"""AsyncAPI 3 of what flows: the frames of a console's websocket, and what receivers outside are sent.

``python -m schemas.asyncapi`` writes it to standard output.
"""

import sys
from collections.abc import Iterable
from typing import Any, Final

from schemas.export import DEFINITIONS, Document, json_schema, text_of
from schemas.frames import MAX_FRAME_BYTES, SUBPROTOCOL
from schemas.problems import CloseCode
from schemas.receivers import AlarmEvent, GapEvent, ThinEvent

VERSION: Final = "1.0.0"
TOLD: Final = (AlarmEvent, GapEvent, ThinEvent)
SESSION: Final = [{"$ref": "#/components/securitySchemes/session"}]
WEBHOOK_HEADERS: Final[Document] = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "The same at each try"},
        "webhook-timestamp": {"type": "string", "description": "Unix seconds of this try"},
        "webhook-signature": {
            "type": "string",
            "description": "`v1,` and base64 of HMAC-SHA256 over id.timestamp.body; one a secret",
        },
    },
}


def asyncapi() -> Document:
    """Return the AsyncAPI 3 document of ``WS /v1/console``, seen from the gateway."""
    schemas = _moved(json_schema()["$defs"])
    received, sent = (_members(schemas, union) for union in ("ConsoleFrame", "ServerFrame"))
    told = sorted(model.__name__ for model in TOLD)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "MSA gateway: streams",
            "version": VERSION,
            "description": _rules(),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {"console": _console({*received, *sent}), "receiver": _receiver(told)},
        "operations": {
            "receiveFromConsole": {
                **_operation("receive", "What a console may send", "console", received),
                "security": SESSION,
            },
            "sendToConsole": {
                **_operation("send", "What a console is told", "console", sent),
                "security": SESSION,
            },
            "sendToReceiver": _operation("send", "What a receiver is sent of alarms", "receiver", told),
        },
        "components": {
            "messages": {
                **{name: _frame(name, schemas[name]) for name in sorted({*received, *sent})},
                **{name: _event(name, schemas[name]) for name in told},
            },
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


def _console(messages: set[str]) -> Document:
    return {
        "address": "/v1/console",
        "title": "One attached console",
        "messages": _named(messages),
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


def _receiver(messages: Iterable[str]) -> Document:
    return {
        "address": None,
        "title": "One receiver outside",
        "description": "Its URL is posted to, as Standard Webhooks, once for each event of an alarm and again"
        " until it answers 2xx; those of one alarm in their order. EIDO and CAP are sent instead where the"
        " receiver asked for them (docs/integrators.md).",
        "messages": _named(messages),
        "bindings": {"http": {"bindingVersion": "0.3.0"}},
    }


def _named(messages: Iterable[str]) -> Document:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in sorted(messages)}


def _operation(action: str, summary: str, channel: str, messages: list[str]) -> Document:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }


def _event(name: str, schema: Document) -> Document:
    return {
        "name": name,
        "title": name,
        "summary": str(schema["description"]).split("\n", 1)[0],
        "contentType": "application/cloudevents+json",
        "headers": WEBHOOK_HEADERS,
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }


def _frame(name: str, schema: Document) -> Document:
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


if __name__ == "__main__":
    sys.stdout.write(text_of(asyncapi()))
