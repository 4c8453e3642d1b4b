"""The evidence of one alarm as one signed file: everything there is about it, and how to verify it."""

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.canonical import canonical, instant
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import NotAllowedNow, SealKeyRefused
from gateway.domain.trail import trail_of
from gateway.evidence_check import MANIFEST, SIGNATURE, zipped
from gateway.evidence_page import shown
from gateway.pdf import pdf
from gateway.ports import Clock
from gateway.seal_keys import SealKey
from gateway.store.casework.evidence import Chain, Gathered, PostgresEvidence, log_records
from gateway.store.casework.sealed_log import Sealer
from schemas.trail import AlarmTrail

CLOCKS: Final = {
    "pressed_at": "companion, moved to the gateway's clock where companion_skew_ms is known",
    "heard_at": "companion, moved to the gateway's clock where companion_skew_ms is known",
    "sent_at": "companion, moved to the gateway's clock where companion_skew_ms is known",
    "received_at": "gateway node",
    "committed_at": "database",
    "fanned_out_at": "gateway node",
    "delivered_at": "gateway node; painted_at of a delivery is the console's",
    "acknowledged_at": "database",
}

PRESS_KEYS: Final = (
    "press_id", "companion_id", "centre_id", "sequence", "received_at", "committed_at", "facts",
)  # fmt: skip

ABOUT: Final = {
    "report.pdf": "the same to read",
    "alarm.json": "the alarm as it stands, with her file exactly as it was shown",
    "circumstances.json": "who it was about and what a team had to know: the alarm's own sealed copy, opened",
    "events.json": "every event in the order of commit: who, when, and the alarm after it",
    "log.json": "the same as it was hashed, with salts, and the chain to a signed head",
    "presses.json": "every press; its bytes as they were received lie beside it",
    "track.json": "every position, by when it was fixed",
    "offender.json": "where whoever threatens her was, how that was judged, and by which decision",
    "trail.json": "the instants of the first press, and which clock each came from",
    "deliveries.json": "which console drew it, before whom, when it was painted",
    "acts.json": "what operators asked for, by request, and what they wrote",
    "key.pem": "the key that signed; believe it only if it is the one you were handed",
    "README.txt": "how to verify this",
}

README: Final = """\
Evidence of one alarm. Verify it with the public key that you were handed, not with key.pem:

    python evidence_check.py THIS.zip --key PUBLIC.pem

evidence_check.py is one file of the MSA gateway's source; it needs Python 3.11 and the package
cryptography. By hand, with unzip, sha256sum and openssl 3:

    unzip THIS.zip -d bundle && cd bundle
    header=$(cut -d. -f1 manifest.jws)
    printf '%s.%s' "$header" "$(basenc --base64url -w0 manifest.json | tr -d =)" > signed
    printf '%s==' "$(cut -d. -f3 manifest.jws)" | basenc --base64url -d > signature
    openssl pkeyutl -verify -pubin -inkey PUBLIC.pem -rawin -in signed -sigfile signature
    python3 -c "for m in __import__('json').load(open('manifest.json'))['members']: \\
    print(m['sha256'], '', m['name'])" | sha256sum -c

log.json: the digest of a part is SHA-256 of its salt (from hexadecimal) and its text; that of main stands in
the link, whose SHA-256 is the entry of its position in "links"; each chain value is SHA-256 of the one
before, from "before" on, and that entry (32 bytes each); the last stands in the head, a JWS like the above.
A part without salt was erased since, by law; its digest was kept, and nobody can tell any more what it said.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Makes bundles. Raises ``DatabaseUnavailable``, and ``SealKeyRefused`` without a key to sign with."""

    store: PostgresEvidence
    sealer: Sealer
    clock: Clock
    budget_ms: int

    async def make(self, scope: Scope, alarm_id: UUID, language: str) -> bytes:
        """Make the bundle for a person, and record that. Raises ``NotFound`` beyond her scope."""
        await self.store.allow(scope, alarm_id, language)
        return await self._made(alarm_id, language, scope.who.model_dump(mode="json"))

    async def make_by_system(self, alarm_id: UUID, language: str) -> bytes:
        """Make it for whoever runs this machine, and record that. Raises ``NotFound``."""
        await self.store.allow_system(alarm_id, language)
        return await self._made(alarm_id, language, None)

    async def _made(self, alarm_id: UUID, language: str, by: dict[str, Any] | None) -> bytes:
        key = self.sealer.key
        if key is None:
            raise SealKeyRefused("there is no key to sign with")
        await self.sealer.seal_all()
        gathered = await self.store.gather(alarm_id)
        if not gathered.links or len(gathered.links) < len(gathered.events):
            raise NotAllowedNow("its events are not sealed yet")
        first, last = gathered.links[0].position, gathered.links[-1].position
        position, _, head = await self.sealer.head_at(last)
        chain = await self.store.chain(first, position)
        log = _log(gathered, chain, (position, head))
        made = Made(at=self.clock.now(), by=by, language=language, budget_ms=self.budget_ms)
        return await asyncio.to_thread(bundle, gathered, log, key, made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """When a bundle was made, for whom and in which language; ``by`` None: for whoever runs the machine."""

    at: datetime
    by: dict[str, Any] | None
    language: str
    budget_ms: int


def bundle(gathered: Gathered, log: dict[str, Any], key: SealKey, made: Made) -> bytes:
    """Put the bundle together and sign it; takes some 200 ms of a core, the PDF above all."""
    trail = _trail(gathered, made.budget_ms)
    members = _members(gathered, log, trail)
    members["key.pem"] = key.public_pem
    members["README.txt"] = README.encode()
    seal = {"log": log["log"], "positions": [one["position"] for one in log["records"]], "key_id": key.key_id}
    members["report.pdf"] = pdf(
        "evidence", shown(gathered, trail, CLOCKS, (made.at, made.by, made.language), seal)
    )
    names = sorted(members)
    manifest = canonical(
        {
            "v": 1,
            "kind": "msa evidence",
            "alarm_id": str(gathered.alarm.alarm_id),
            "made_at": instant(made.at),
            "made_by": made.by,
            "language": made.language,
            "log": log["log"],
            "records": len(log["records"]),
            "head_position": log["head_position"],
            "key_id": key.key_id,
            "members": [
                {
                    "name": name,
                    "bytes": len(members[name]),
                    "sha256": hashlib.sha256(members[name]).hexdigest(),
                    "about": ABOUT.get(name, "a press as it was received"),
                }
                for name in names
            ],
        }
    )
    signature = key.signed_apart(manifest).encode()
    return zipped([(MANIFEST, manifest), (SIGNATURE, signature), *((name, members[name]) for name in names)])


def _members(gathered: Gathered, log: dict[str, Any], trail: AlarmTrail) -> dict[str, bytes]:
    alarm = gathered.alarm
    circumstances = {
        "readable": alarm.enriched,
        "sealed_version": gathered.sealed_version,
        "person": alarm.person,
        "circumstances": alarm.circumstances,
    }
    presses, raw = [], {}
    for number, press in enumerate(gathered.presses, 1):
        name = f"presses/{number:02}-{press['press_id']}.bin"
        raw[name] = bytes(press["raw"])
        known = {key: press[key] for key in PRESS_KEYS}
        presses.append({**known, "raw": name, "sha256": hashlib.sha256(raw[name]).hexdigest()})
    return {
        "alarm.json": _json(alarm),
        "circumstances.json": _json(circumstances),
        "events.json": _json([_event(row) for row in gathered.events]),
        "log.json": _json(log),
        "presses.json": _json(presses),
        "track.json": _json(gathered.fixes),
        "trail.json": _json({**trail.model_dump(mode="json"), "clocks": CLOCKS}),
        "deliveries.json": _json(gathered.deliveries),
        "acts.json": _json({"commands": gathered.commands, "notes": gathered.notes}),
        **({"offender.json": _json(asdict(gathered.offender))} if gathered.offender else {}),
        **raw,
    }


def _event(row: Any) -> dict[str, Any]:
    return {
        "centre": row["centre_id"],
        "sequence": row["sequence"],
        "kind": row["kind"],
        "at": instant(row["at"]),
        "done_by": row["done_by"],
        "image": row["image"],
    }


def _log(gathered: Gathered, chain: Chain, head: tuple[int, str]) -> dict[str, Any]:
    return {
        "log": chain.log_id,
        "before": chain.before.hex(),
        "first": gathered.links[0].position,
        "head_position": head[0],
        "head": head[1],
        "links": chain.links,
        "records": log_records(gathered.events, gathered.links),
    }


def _trail(gathered: Gathered, budget_ms: int) -> AlarmTrail:
    first = min(gathered.deliveries, key=lambda one: one["delivered_at"], default={})
    return trail_of(
        gathered.alarm,
        fanned_out_at=first.get("fanned_out_at"),
        delivered_at=first.get("delivered_at"),
        budget_ms=budget_ms,
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)
