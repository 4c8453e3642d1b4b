"""The people of a load: registrations with enrolled companions, and one operator's session.

Set up as anyone would: ``msa registration import``, ``msa operator add`` and ``link``, ``msa device
enrol``, then the companions' own ``POST /v1/enrolments/{code}``.
"""

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from loadtests import samples
from loadtests.gateway_process import GatewayFailed, Target, msa
from loadtests.presses import Companion
from schemas.enrolment import Enrolment, EnrolmentRequest

ENROLMENTS_AN_ADDRESS: Final = 16
"""The gateway slows down whoever enrols more companions than this at once; phones have addresses of
their own, and so have these where the gateway is on this machine."""


@dataclass(frozen=True, slots=True)
class People:
    """Whose presses are posted, and as whom every console is signed in."""

    centre: str
    cookie: str
    companions: tuple[Companion, ...]


async def set_up(target: Target, centre: str, count: int, step: Callable[[], None]) -> People:
    """Make ``count`` registrations, each with a companion, and sign an operator in.

    Raises:
        GatewayFailed: a command failed, or the gateway refused what it made.
    """
    files = list(samples.registrations(count, centre))
    lines = "\n".join(one.model_dump_json() for one in files).encode()
    await _msa(target, "registration", "import", "-", "--json", given=lines)
    cookie = await _sign_in(target, centre)
    key = ec.generate_private_key(ec.SECP256R1())
    turnstile = asyncio.Semaphore(os.cpu_count() or 1)

    async def companion(number: int, registration_id: UUID) -> Companion:
        async with turnstile:
            enrolled = await _enrol(target, number, registration_id, key)
        step()
        return Companion(enrolled.companion_id, registration_id, key)

    async with asyncio.TaskGroup() as tasks:
        made = [tasks.create_task(companion(number, one.registration_id)) for number, one in enumerate(files)]
    return People(centre, cookie, tuple(one.result() for one in made))


async def _enrol(
    target: Target, number: int, registration_id: UUID, key: ec.EllipticCurvePrivateKey
) -> Enrolment:
    """Enrol one companion. All share a key pair, which nothing forbids and which saves making them."""
    made = await _msa(target, "device", "enrol", "--registration", str(registration_id), "--json")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    wanted = EnrolmentRequest(public_key=public, label="load test", companion_version="loadtest")
    path = f"/v1/enrolments/{made['code']}"
    answer = await _post(target, path, wanted.model_dump(mode="json"), number // ENROLMENTS_AN_ADDRESS)
    return Enrolment.model_validate_json(answer.content)


async def _sign_in(target: Target, centre: str) -> str:
    """Make an operator and open a session by its one-time link; return the session's cookie."""
    name = f"load-{uuid4().hex[:8]}"
    account = ("--name", "Load test", "--role", "operator", "--centre", centre, "--json")
    await _msa(target, "operator", "add", name, *account)
    link = await _msa(target, "operator", "link", name, "--json")
    token = link["url"].partition("#link=")[2]
    answer = await _post(target, "/v1/session/link", {"token": token}, 0)
    return answer.headers["set-cookie"].partition(";")[0]


async def _post(target: Target, path: str, body: dict[str, Any], address: int) -> httpx.Response:
    local = urlsplit(target.url).hostname == "127.0.0.1" and os.uname().sysname == "Linux"
    source = f"127.0.{1 + address // 250}.{1 + address % 250}" if local else None
    transport = httpx.AsyncHTTPTransport(local_address=source, retries=1)
    async with httpx.AsyncClient(transport=transport, base_url=target.url, timeout=30.0) as http:
        answer = await http.post(path, json=body)
    if answer.is_error:
        raise GatewayFailed(f"POST {path.rsplit('/', 1)[0]} answered {answer.status_code}")
    return answer


async def _msa(target: Target, *words: str, given: bytes = b"") -> Any:
    """Run one ``msa`` command on the gateway's database; return the JSON it printed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        msa(), *words, env=target.environment, stdin=pipe, stdout=pipe, stderr=pipe
    )
    printed, complaint = await process.communicate(given)
    if process.returncode:
        last = complaint.decode(errors="replace").strip()[-500:]
        raise GatewayFailed(f"msa {_shown(words)} failed: {last}")
    return json.loads(printed)


def _shown(words: Sequence[str]) -> str:
    return " ".join(words[:2])
