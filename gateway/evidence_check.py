"""Verify an evidence bundle offline: no database, nothing of this project but this file.

    python evidence_check.py EVIDENCE.zip --key PUBLIC.pem

Needs Python 3.11 and the package ``cryptography``. Exit status 0: whole; 1: not; 2: wrong command line.

What is checked: the signature over ``manifest.json`` by the key given; that the file holds what the manifest
lists, byte for byte and nothing else; that each event's record hashes to its link, the links to the chain,
and the chain to a head signed by the same key; that ``events.json`` says what the records say.
"""

import argparse
import base64
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
PARTS = ("place", "person")


class Unsound(Exception):
    """What is wrong with a bundle."""


def verify(bundle: bytes, public_pem: bytes) -> dict[str, Any]:
    """Return the manifest of a bundle that is whole. Raises ``Unsound``."""
    key = _key(public_pem)
    members = _members(bundle)
    if not {MANIFEST, SIGNATURE} <= members.keys():
        raise Unsound("it has no manifest, or no signature of it")
    _signed(key, members[SIGNATURE].decode("ascii", "replace"), members[MANIFEST])
    manifest: dict[str, Any] = json.loads(members[MANIFEST])
    _holds(manifest, members)
    if zipped([(name, members[name]) for name in _order(manifest)]) != bundle:
        raise Unsound("the file was changed around its members")
    if members["key.pem"] != _pem(key):
        raise Unsound("key.pem is not the key given")
    _log(key, manifest, members)
    return manifest


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    """Put members into a file, the same each time: in order, not compressed, without dates."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
        for name, content in members:
            about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            about.create_system, about.external_attr = 3, 0o100600 << 16
            file.writestr(about, content)
    return target.getvalue()


def _order(manifest: Mapping[str, Any]) -> list[str]:
    return [MANIFEST, SIGNATURE, *(one["name"] for one in manifest["members"])]


def _members(bundle: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as file:
            return {name: file.read(name) for name in file.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unsound(f"it cannot be read ({type(error).__name__})") from None


def _holds(manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> None:
    listed = {one["name"]: one for one in manifest["members"]}
    for name in members.keys() - {MANIFEST, SIGNATURE}:
        if name not in listed:
            raise Unsound(f"{name} is not in the manifest")
    for name, one in listed.items():
        if name not in members:
            raise Unsound(f"{name} is missing")
        if hashlib.sha256(members[name]).hexdigest() != one["sha256"] or len(members[name]) != one["bytes"]:
            raise Unsound(f"{name} was changed")


def _log(key: Ed25519PublicKey, manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> None:
    """Follow the chain from the first of these records to a signed head."""
    log: dict[str, Any] = json.loads(members["log.json"])
    head = json.loads(_signed(key, log["head"]))
    if (head["log"], head["position"]) != (manifest["log"], log["head_position"]):
        raise Unsound("the head is of another log or position")
    records = {one["position"]: one for one in log["records"]}
    chain, position = bytes.fromhex(log["before"]), log["first"] - 1
    for link in log["links"]:
        position += 1
        if position in records:
            record = records.pop(position)
            if hashlib.sha256(record["link"].encode()).hexdigest() != link:
                raise Unsound(f"the record at {position} is not the one in the chain")
            _record(position, record)
        chain = hashlib.sha256(chain + bytes.fromhex(link)).digest()
    if records or position != head["position"] or chain.hex() != head["chain"]:
        raise Unsound("the chain does not lead to the signed head")
    _events(log["records"], json.loads(members["events.json"]))


def _record(position: int, record: Mapping[str, Any]) -> None:
    """Check one record against its link; a part whose salt was destroyed is not there."""
    link, main = json.loads(record["link"]), json.loads(record["main"])
    if link["position"] != position or link["digest"] != _salted(record["salt"], record["main"]):
        raise Unsound(f"the record at {position} was changed")
    if any(link[name] != main[name] for name in ("source", "stream", "number", "at")):
        raise Unsound(f"the record at {position} is of something else")
    for part in PARTS:
        said, salt = record[part], record[f"{part}_salt"]
        if said is not None and (salt is None or _salted(salt, said) != main[part]):
            raise Unsound(f"the record at {position} was changed in its {part}")
        if said is None and salt is not None:
            raise Unsound(f"the record at {position} lacks its {part}")


def _events(records: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
    """Check that what is shown as events is what was sealed."""
    sealed = {}
    for record in records:
        main = json.loads(record["main"])
        image = dict(main["image"])
        for part in PARTS:
            image |= json.loads(record[part]) if record[part] is not None else {}
        key = (main["stream"], main["number"])
        sealed[key] = {name: main[name] for name in ("kind", "at", "done_by")} | {"image": image}
    for event in events:
        shown = {name: event[name] for name in ("kind", "at", "done_by", "image")}
        if sealed.get((event["centre"], event["sequence"])) != shown:
            raise Unsound(f"event {event['centre']} {event['sequence']} is not what was sealed")
    if len(events) != len(sealed):
        raise Unsound("there are other events than were sealed")


def _signed(key: Ed25519PublicKey, jws: str, detached: bytes | None = None) -> bytes:
    """Return what a JWS signs (RFC 7515; with ``detached``, its appendix F)."""
    header, _, rest = jws.partition(".")
    payload, _, signature = rest.partition(".")
    if detached is not None:
        if payload:
            raise Unsound("the signature carries what it should leave out")
        payload = _base64url(detached)
    said = json.loads(_bytes(header))
    if said != {"alg": "Ed25519", "kid": key_id(key)}:
        raise Unsound("it was signed by another key than the one given")
    try:
        key.verify(_bytes(signature), f"{header}.{payload}".encode())
    except InvalidSignature:
        raise Unsound("the signature does not hold") from None
    return _bytes(payload)


def key_id(key: Ed25519PublicKey) -> str:
    """Return a key's RFC 7638 thumbprint."""
    raw = _base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    jwk = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": raw}, separators=(",", ":"))
    return _base64url(hashlib.sha256(jwk.encode()).digest())


def _key(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Unsound("the key given is no Ed25519 public key in PEM")
    return key


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _salted(salt: str, said: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + said.encode()).hexdigest()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        data = b""
    if _base64url(data) != text:
        raise Unsound("a signature is not base64url")
    return data


def main(arguments: list[str] | None = None) -> int:
    """Verify one bundle and say so."""
    parser = argparse.ArgumentParser(description="Verify an evidence bundle offline.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="the public key, from a source you trust")
    given = parser.parse_args(arguments)
    try:
        manifest = verify(given.bundle.read_bytes(), given.key.read_bytes())
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 2
    except (Unsound, KeyError, TypeError, ValueError) as error:
        sys.stderr.write(f"NOT WHOLE: {error}\n")
        return 1
    sys.stdout.write(
        f"whole: alarm {manifest['alarm_id']}, made {manifest['made_at']}\n"
        f"       {len(manifest['members'])} members, {manifest['records']} sealed records\n"
        f"       signed by key {manifest['key_id']}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
