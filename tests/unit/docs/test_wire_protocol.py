import ast
import base64
import json
import re
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from pydantic import TypeAdapter
from starlette.datastructures import Headers

from gateway.domain import routing
from gateway.domain.people import Companion
from gateway.http.signatures import Finding, judge
from schemas import frames
from schemas.export import BODIES, UNIONS
from schemas.press import Press
from schemas.timeline import TimelineEntry

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "wire-protocol.md").read_text(encoding="utf-8")
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w+)(?: (?P<name>\w+))?\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE
)
MODELS: dict[str, TypeAdapter[Any]] = {
    **{model.__name__: TypeAdapter(model) for model in BODIES},
    "TimelineEntry": TypeAdapter(TimelineEntry),
    **UNIONS,
}
EXAMPLES = [
    (found["name"], textwrap.dedent(found["body"]))
    for found in FENCE.finditer(PAGE)
    if found["kind"] == "json"
]


def block(kind: str) -> str:
    """Return the only block of this kind, e.g. ``http``."""
    (found,) = (found["body"] for found in FENCE.finditer(PAGE) if found["kind"] == kind)
    return found


def is_within(example: Any, read: Any) -> bool:
    """Whether every field of the example is one the model knows: unknown ones would be ignored."""
    if isinstance(example, dict):
        return all(name in read and is_within(value, read[name]) for name, value in example.items())
    if isinstance(example, list):
        return len(example) == len(read) and all(map(is_within, example, read))
    return True


@pytest.mark.parametrize(
    ("name", "text"), EXAMPLES, ids=[f"{name}-{i}" for i, (name, _) in enumerate(EXAMPLES)]
)
def test_an_example_is_what_its_model_reads(name, text):
    adapter = MODELS[name]
    read = adapter.dump_python(adapter.validate_json(text), mode="json")
    assert is_within(json.loads(text), read)


def test_there_is_an_example_of_every_frame():
    shown = {json.loads(text)["type"] for name, text in EXAMPLES if name.endswith("Frame")}
    unions = (get_args(frames.ConsoleFrame)[0], get_args(frames.ServerFrame)[0])
    known = {member.model_fields["type"].default for union in unions for member in get_args(union)}
    assert shown == known


class OneCompanion:
    """The port ``Companions`` with the companion of the page's enrolment."""

    def __init__(self) -> None:
        examples = {name: json.loads(text) for name, text in EXAMPLES if name.startswith("Enrolment")}
        key = load_pem_public_key(examples["EnrolmentRequest"]["public_key"].encode())
        assert isinstance(key, EllipticCurvePublicKey)
        self.companion = Companion(
            companion_id=UUID(examples["Enrolment"]["companion_id"]),
            registration_id=UUID(int=1),
            centre="BE-VOV",
            public_key_der=key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            label="",
            version=None,
            enrolled_at=datetime(2026, 11, 2, tzinfo=UTC),
            expires_at=None,
            revoked_at=None,
            last_seen_at=None,
        )

    async def find(self, companion_id: UUID) -> Companion | None:
        return self.companion if companion_id == self.companion.companion_id else None

    async def enrol(self, *_: Any) -> Companion:
        raise NotImplementedError

    async def take_nonce(self, *_: Any) -> bool:
        raise NotImplementedError


def the_request() -> tuple[str, str, Headers, bytes]:
    head, _, body = block("http").partition("\n\n")
    first, *lines = head.splitlines()
    method, path, _ = first.split()
    headers = Headers(dict(line.split(": ", 1) for line in lines))
    return method, f"https://{headers['host']}{path}", headers, body.rstrip("\n").encode()


async def test_the_gateway_verifies_the_signed_example():
    method, url, headers, body = the_request()
    verdict = await judge(
        OneCompanion(),
        datetime.fromtimestamp(1793607330, UTC),
        method=method,
        urls=[url],
        headers=headers,
        body=body,
    )
    assert verdict.finding is Finding.VERIFIED
    assert verdict.flags == ()
    assert verdict.nonce == str(Press.model_validate_json(body).press_id)


async def test_the_example_with_one_byte_changed_does_not_hold():
    method, url, headers, body = the_request()
    verdict = await judge(
        OneCompanion(),
        datetime.fromtimestamp(1793607330, UTC),
        method=method,
        urls=[url],
        headers=headers,
        body=body[:-1] + b" ",
    )
    assert verdict.finding is Finding.BODY_CHANGED


def test_the_signature_base_shown_is_what_was_signed():
    _, _, headers, _ = the_request()
    raw = base64.b64decode(headers["signature"].removeprefix("msa=:").removesuffix(":"))
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    base = block("text").rstrip("\n").encode()
    OneCompanion().companion.public_key.verify(encode_dss_signature(r, s), base, ECDSA(hashes.SHA256()))


def flags_set_in_the_code() -> set[str]:
    """Collect the strings that the gateway appends to, or puts into, something called ``flags``."""
    found: set[str] = set()
    for source in sorted((ROOT / "gateway").rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="flags"), attr="append"), args=[value]):
                    found |= codes(value)
                case (
                    ast.Assign(targets=[ast.Name(id="flags")], value=value)
                    | ast.keyword(arg="flags", value=value)
                ):
                    found |= codes(value)
                case ast.Dict(keys=keys, values=values):
                    for key, value in zip(keys, values, strict=True):
                        if isinstance(key, ast.Constant) and key.value == "flags":
                            found |= codes(value)
    return found


def codes(value: ast.expr) -> set[str]:
    words = {
        node.value
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return words - {"", "flags"}


def flags_documented() -> set[str]:
    section = PAGE.partition("### Flags")[2].partition("### Signals")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_every_flag_the_gateway_sets_is_documented_and_no_other():
    whole = {flag for flag in flags_documented() if not flag.startswith(("signature_", "dropped:"))}
    assert whole == (flags_set_in_the_code() - {"signature_"}) | routing.FLAGS
    of_signatures = {flag for flag in flags_documented() if flag.startswith("signature_")}
    never_a_flag = {Finding.MISSING, Finding.UNKNOWN, Finding.REVOKED, Finding.VERIFIED}
    assert of_signatures == {f"signature_{finding}" for finding in set(Finding) - never_a_flag}
    assert "dropped:FIELD" in flags_documented()
