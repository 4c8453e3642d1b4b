"""The evidence of an alarm over HTTP, verified where nothing of this project is."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from gateway import evidence_check
from gateway.evidence_check import Unsound, verify, zipped
from gateway.seal_keys import SealKey, make_seal_key
from gateway.store.connect import connected
from schemas.session import Role
from tests.support.desk import a_desk
from tests.support.gateway import Companion, Running, a_press, running

CHECKER = Path(evidence_check.__file__)
FIX = {"latitude": 51.05434, "longitude": 3.72112, "radius_m": 8, "age_ms": 100, "method": "gnss"}


async def a_closed_alarm(gateway: Running) -> tuple[Companion, str, bytes]:
    """Press, answer, write a note and close; return the phone, the alarm and what the phone sent."""
    companion = await gateway.a_companion(victim="Voorbeeld, Carla")
    sent = json.dumps(a_press(positions=[FIX])).encode()
    pressed = await gateway.press(companion, raw=sent)
    alarm_id = pressed.json()["alarm_id"]
    async with a_desk(gateway, "BE-VOV", name="De Operator") as desk:
        for answer in (
            await desk.ask("acknowledge", alarm_id),
            await desk.ask("note", alarm_id, text="Ze belt terug."),
            await desk.ask("close", alarm_id, 2, outcome="prevented", note="Klaar."),
        ):
            assert answer["type"] == "result", answer
    return companion, alarm_id, sent


def members(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        return {name: file.read(name) for name in file.namelist()}


def checked(directory: Path, bundle: bytes, key: bytes) -> subprocess.CompletedProcess[str]:
    """Verify in a process that has the one file and ``cryptography``: no project, no database."""
    directory.mkdir()
    shutil.copy(CHECKER, directory / "evidence_check.py")
    (directory / "evidence.zip").write_bytes(bundle)
    (directory / "public.pem").write_bytes(key)
    command = [sys.executable, "-P", "evidence_check.py", "evidence.zip", "--key", "public.pem"]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False, env={})


async def test_the_evidence_of_an_alarm_is_whole_where_there_is_no_database_and_no_byte_of_it_can_be_changed(
    database: str, tmp_path: Path
) -> None:
    make_seal_key(tmp_path / "seal-key")
    async with running(database, tmp_path) as gateway:
        _, alarm_id, sent = await a_closed_alarm(gateway)
        url = f"{gateway.url}/v1/alarms/{alarm_id}/evidence"

        async def asked(role: Role, *centres: str, **params: str) -> Any:
            token = await gateway.a_session(*centres, role=role, name=f"De {role}")
            return await gateway.http.get(url, params=params, headers={"Cookie": f"__Host-msa={token}"})

        answers = {
            (role, centre): (await asked(role, centre)).status_code
            for role, centre in (
                (Role.MAGISTRATE, "BE-VOV"), (Role.AUDITOR, "BE-VOV"), (Role.CASE_OFFICER, "BE-VOV"),
                (Role.OPERATOR, "BE-VOV"), (Role.ADMIN, "BE-VOV"), (Role.SUPERVISOR, "BE-VAN"),
                (Role.MAGISTRATE, "BE-VAN"), (Role.CASE_OFFICER, "BE-VAN"),
            )
        }  # fmt: skip
        assert [*answers.values()] == [200, 200, 200, 403, 403, 404, 404, 404]
        bundle = (await asked(Role.SUPERVISOR, "BE-VOV", language="fr")).content
        async with connected(database, application_name="test") as connection:
            told = await connection.fetch("SELECT alarm_id, reason FROM journal WHERE kind = 'evidence.made'")
        assert sorted((str(row["alarm_id"]), row["reason"]) for row in told) == [
            (alarm_id, "case"), (alarm_id, "decision"), *[(alarm_id, "oversight")] * 2,
        ]  # fmt: skip

    public = SealKey.read(tmp_path / "seal-key").public_pem
    said = checked(tmp_path / "elsewhere", bundle, public)
    assert (said.returncode, said.stdout[:6]) == (0, "whole:"), said.stderr
    held = members(bundle)
    assert next(held[name] for name in held if name.startswith("presses/")) == sent
    kinds = [event["kind"] for event in json.loads(held["events.json"])]
    assert kinds == ["alarm.raised", "alarm.acknowledged", "alarm.noted", "alarm.closed"]
    assert "Voorbeeld, Carla" in held["circumstances.json"].decode()
    acts = json.loads(held["acts.json"])
    assert [note["text"] for note in acts["notes"]] == ["Ze belt terug.", "Klaar."]
    assert json.loads(held["trail.json"])["clocks"]["committed_at"] == "database"
    report = "".join(page.extract_text() for page in PdfReader(io.BytesIO(held["report.pdf"])).pages)
    for words in ("Pièce à conviction", "Voorbeeld, Carla", "confirmée par un opérateur", "Ze belt terug."):
        assert words in report

    # another key, a byte anywhere, something left out, put in, or said otherwise and signed by nobody
    make_seal_key(tmp_path / "stranger")
    stranger = SealKey.read(tmp_path / "stranger")
    assert checked(tmp_path / "other", bundle, stranger.public_pem).returncode == 1
    for place in range(0, len(bundle), max(1, len(bundle) // 250)):
        spoilt = bytearray(bundle)
        spoilt[place] ^= 1 << (place % 8)
        with pytest.raises((Unsound, KeyError, TypeError, ValueError)):
            verify(bytes(spoilt), public)
    names = list(held)
    for changed in ([*names[:-1]], [*names, "more.txt"]):
        with pytest.raises((Unsound, KeyError)):
            verify(zipped([(name, held.get(name, b"")) for name in changed]), public)


def by_hand(directory: Path, script: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def resigned(held: dict[str, bytes], key: SealKey, **changes: bytes) -> bytes:
    """Whoever has the key makes another bundle of it, with members changed and the manifest made anew."""
    now = {**held, **changes}
    manifest = json.loads(held["manifest.json"])
    for one in manifest["members"]:
        content = now[one["name"]]
        one.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    now["manifest.json"] = json.dumps(manifest).encode()
    now["manifest.jws"] = key.signed_apart(now["manifest.json"]).encode()
    return zipped([(name, now[name]) for name in held])


async def test_evidence_cannot_say_what_was_never_sealed_and_openssl_alone_verifies_it(
    database: str, tmp_path: Path
) -> None:
    make_seal_key(tmp_path / "seal-key")
    key = SealKey.read(tmp_path / "seal-key")
    async with running(database, tmp_path) as gateway:
        _, alarm_id, _ = await a_closed_alarm(gateway)
        token = await gateway.a_session(role=Role.SUPERVISOR)
        url = f"{gateway.url}/v1/alarms/{alarm_id}/evidence"
        bundle = (await gateway.http.get(url, headers={"Cookie": f"__Host-msa={token}"})).content
    held = members(bundle)
    assert verify(resigned(held, key), key.public_pem)
    events = json.loads(held["events.json"])
    events[1]["done_by"]["name"] = "Iemand anders"
    for changes in (
        {"events.json": json.dumps(events).encode()},
        {"events.json": json.dumps(events[1:]).encode()},
        {"log.json": held["log.json"].replace(b"prevented", b"arrestxxx")},
    ):
        with pytest.raises(Unsound):
            verify(resigned(held, key, **changes), key.public_pem)

    directory = tmp_path / "by-hand"
    directory.mkdir()
    for name, content in held.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_bytes(content)
    (directory / "PUBLIC.pem").write_bytes(key.public_pem)
    script = held["README.txt"].decode().partition("&& cd bundle\n")[2].partition("\n\n")[0]
    done = by_hand(directory, script)
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    assert done.stdout.count(": OK") == len(held) - 2
