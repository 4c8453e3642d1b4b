"""The links of the sealed log, and the keys that sign its heads."""

import base64
import hashlib
import json
import subprocess
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from gateway.domain.casework.chain import (
    Held,
    Link,
    Part,
    Record,
    Sealing,
    Source,
    beginning,
    chained,
    head_statement,
    held,
    sealed,
)
from gateway.domain.casework.log_check import LogCheck, Wrong
from gateway.domain.errors import SealKeyRefused
from gateway.seal_keys import ForgedSeal, PublicKeys, SealKey, make_seal_key, rotate

LOG = UUID("0192a000-0000-7000-8000-000000000009")
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
NO_DISPOSAL = dict.fromkeys(Part)


def a_record(number: int = 1, **changes) -> Record:
    said = {
        "main": {"kind": "alarm.raised", "n": number},
        "place": {"positions": [{"latitude": 51.05}]},
        "person": {"reference": "GE.1"},
        **changes,
    }
    return Record(source=Source.EVENT, stream="BE-VOV", number=number, at=AT, **said)


def links_of(records: list[Record]) -> list[Link]:
    links: list[Link] = []
    before = beginning(LOG)
    for position, record in enumerate(records, 1):
        salts = (bytes([position, 0] * 8), bytes([position, 1] * 8), bytes([position, 2] * 8))
        links.append(sealed(record, before, position, salts))
        before = links[-1].chain
    return links


def checked(links: list[Link], records: list[Record | None], heads=None, tip=None) -> LogCheck:
    check = LogCheck(before=beginning(LOG), position=0, heads=heads or {})
    for link, record in zip(links, records, strict=True):
        check.take(link, record, NO_DISPOSAL)
    check.end(tip or (links[-1].position, links[-1].chain), {}, from_first=True)
    return check


def wrongs(check: LogCheck) -> set[Wrong]:
    return {one.wrong for one in check.findings}


RECORDS = [a_record(number) for number in range(1, 6)]
LINKS = links_of(RECORDS)


def test_a_log_that_nobody_touched_is_whole():
    heads = {3: frozenset({LINKS[2].chain}), 5: frozenset({LINKS[4].chain})}
    check = checked(LINKS, list(RECORDS), heads)
    assert (check.findings, check.whole, check.signed_to) == ([], 5, 5)


@given(st.data())
def test_whatever_is_done_to_a_log_is_found(data):
    links, records = list(LINKS), list[Record | None](RECORDS)
    at = data.draw(st.integers(0, 4))
    how = data.draw(st.sampled_from(["main", "place", "person", "gone", "link", "order", "digest", "cut"]))
    tip = None
    match how:
        case "main" | "place" | "person":
            records[at] = a_record(at + 1, **{how: {"other": True}})
        case "gone":
            records[at] = None
        case "link":
            del links[at], records[at]
        case "order":
            other = (at + 1) % 5
            first, second = sorted((at, other))
            moved = [*links]
            moved[first], moved[second] = links[second], links[first]
            links = [_at(link, place) for place, link in enumerate(moved, 1)]
            records[first], records[second] = records[second], records[first]
        case "digest":  # the record was changed, and its link with it, but not all that follow
            records[at] = a_record(at + 1, main={"kind": "alarm.closed"})
            links[at] = sealed(records[at], links[at - 1].chain if at else beginning(LOG), at + 1, SALTS)
        case "cut":
            links, records = links[: at or 1], records[: at or 1]
            tip = (links[-1].position, links[-1].chain)
    heads = {5: frozenset({LINKS[4].chain})}
    check = checked(links, records, heads, tip)
    assert check.findings, how


SALTS = (b"s" * 16, b"t" * 16, b"u" * 16)


def _at(link: Link, position: int) -> Link:
    return Link(**{**{name: getattr(link, name) for name in Link.__slots__}, "position": position})


def test_a_part_that_was_erased_leaves_the_rest_provable_and_is_never_called_whole():
    link, record = LINKS[0], a_record(1, place=None)
    assert held(link, record) == (Held.CHANGED, Part.PLACE)
    assert link.place is not None
    erased = Link(
        **{
            **{name: getattr(link, name) for name in Link.__slots__},
            "place": Sealing(digest=link.place.digest, salt=None),
        }
    )
    assert held(erased, record) == (Held.ERASED, Part.PLACE)
    assert held(erased, a_record(1, place=None, main={"kind": "other"})) == (Held.CHANGED, Part.MAIN)
    assert held(erased, RECORDS[0]) == (Held.CHANGED, Part.PLACE), "what was put back is not believed"
    check = LogCheck(before=beginning(LOG), position=0, heads={})
    check.take(erased, record, NO_DISPOSAL)
    assert (check.whole, check.erased, wrongs(check)) == (0, 1, {Wrong.UNACCOUNTED})


def test_the_chain_is_what_the_documentation_says():
    link = LINKS[0]
    said = (
        '{"at":"2026-03-01T08:00:00.000000Z","digest":"' + link.main.digest.hex() + '","number":1,'
        '"position":1,"source":"event","stream":"BE-VOV","v":1}'
    )
    of_the_link = hashlib.sha256(said.encode()).digest()
    assert link.chain == hashlib.sha256(beginning(LOG) + of_the_link).digest()
    where = (link.source, link.stream, link.number, link.at)
    assert chained(beginning(LOG), 1, where, link.main.digest) == link.chain


@pytest.fixture
def key_file(tmp_path):
    make_seal_key(tmp_path / "seal-key")
    return tmp_path / "seal-key"


def test_a_head_is_a_jws_that_another_library_verifies(key_file):
    key = SealKey.read(key_file)
    statement = head_statement(LOG, 5, LINKS[4].chain, AT + timedelta(seconds=1))
    signed = key.signed(statement)
    theirs = OKPKey.import_key(key.public_pem)
    assert theirs.thumbprint() == key.key_id
    assert jws.deserialize_compact(signed, theirs, algorithms=["Ed25519"]).payload == statement
    assert key.public.verified(signed) == statement
    apart = key.signed_apart(statement)
    assert apart.split(".")[1] == ""
    assert key.public.verified(apart, statement) == statement


def test_openssl_alone_verifies_what_was_signed(key_file, tmp_path):
    key = SealKey.read(key_file)
    header, _, signature = key.signed_apart(b"what was said").split(".")
    (tmp_path / "pub.pem").write_bytes(key.public_pem)
    body = base64.urlsafe_b64encode(b"what was said").rstrip(b"=").decode()
    (tmp_path / "signed").write_text(f"{header}.{body}")
    (tmp_path / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=="))
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-in", "signed"]
    said = subprocess.run([*verify, "-sigfile", "signature"], cwd=tmp_path, capture_output=True, check=False)
    assert said.returncode == 0, said.stderr
    (tmp_path / "signed").write_text(f"{header}.{body}A")
    said = subprocess.run([*verify, "-sigfile", "signature"], cwd=tmp_path, capture_output=True, check=False)
    assert said.returncode != 0


def test_what_an_old_key_signed_verifies_after_a_rotation_and_a_strangers_does_not(key_file, tmp_path):
    old = SealKey.read(key_file)
    signed = old.signed(b"then")
    new_id = rotate(key_file)
    new = SealKey.read(key_file)
    assert new.key_id == new_id != old.key_id
    assert new.public.verified(signed) == b"then"
    assert key_file.read_bytes().count(b"PRIVATE KEY") == 2, "one private key is left"
    assert key_file.stat().st_mode & 0o777 == 0o600
    make_seal_key(tmp_path / "stranger")
    stranger = SealKey.read(tmp_path / "stranger")
    with pytest.raises(ForgedSeal):
        new.public.verified(stranger.signed(b"then"))
    header, body, signature = signed.split(".")
    forged = base64.urlsafe_b64encode(b"thus").rstrip(b"=").decode()
    with pytest.raises(ForgedSeal):
        new.public.verified(f"{header}.{forged}.{signature}")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": new_id}).encode()).rstrip(b"=").decode()
    with pytest.raises(ForgedSeal):
        new.public.verified(f"{none}.{body}.{signature}")


def test_a_key_file_that_others_can_read_or_that_holds_no_key_is_refused(key_file, tmp_path):
    key_file.chmod(0o640)
    with pytest.raises(SealKeyRefused, match="open to others"):
        SealKey.read(key_file)
    key_file.chmod(0o600)
    pem = SealKey.read(key_file).public_pem
    key_file.write_bytes(pem)
    with pytest.raises(SealKeyRefused, match="private"):
        SealKey.read(key_file)
    assert PublicKeys.read(key_file).keys
    key_file.write_bytes(b"")
    with pytest.raises(SealKeyRefused, match="no key"):
        SealKey.read(key_file)
