"""The people of a load: registrations with enrolled companions, and operators' sessions.

Set up as anyone would: ``msa registration import``, ``msa operator add`` and ``link``, ``msa device
enrol``, then the companions' own ``POST /v1/enrolments/{code}``.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from loadtests import samples
from loadtests.asking import Answer, ask
from loadtests.gateway_process import GatewayFailed, Target, msa
from loadtests.signing import Companion
from schemas.enrolment import Enrolment, EnrolmentRequest

ENROLMENTS_AN_ADDRESS: Final = 16
"""The gateway slows down whoever enrols more companions than this at once; phones have addresses of
their own, and so have these where the gateway is on this machine."""

ENROLLING_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """So many registrations of one centre, each with a companion, and units that it can send."""

    centre: str
    companions: int
    units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Whose presses are posted, by centre, as whom consoles are signed in, and who can be sent."""

    companions: Mapping[str, tuple[Companion, ...]]
    cookies: tuple[str, ...]
    units: tuple[UUID, ...] = ()


async def set_up(target: Target, crowds: Sequence[Crowd], operators: int, step: Callable[[], None]) -> People:
    """Make registrations, each with a companion, and sign in operators of all their centres.

    Raises:
        GatewayFailed: a command failed, or the gateway refused what it made.
    """
    numbers = count()
    made = {crowd.centre: await _companions(target, crowd, numbers, step) for crowd in crowds}
    centres = [crowd.centre for crowd in crowds]
    cookies = [await _sign_in(target, centres) for _ in range(operators)]
    units = [await _unit(target, crowd.centre) for crowd in crowds for _ in range(crowd.units)]
    return People(companions=made, cookies=tuple(cookies), units=tuple(units))


async def _unit(target: Target, centre: str) -> UUID:
    made = await run_msa(target, "unit", "add", f"LOAD {uuid4().hex[:6]}", "--centre", centre, "--json")
    return UUID(json.loads(made)["unit_id"])


async def _companions(
    target: Target, crowd: Crowd, numbers: Iterator[int], step: Callable[[], None]
) -> tuple[Companion, ...]:
    files = list(samples.registrations(crowd.companions, crowd.centre))
    lines = "\n".join(one.model_dump_json() for one in files)
    await run_msa(target, "registration", "import", "-", "--json", given=lines)
    wanted = "\n".join(str(one.registration_id) for one in files)
    printed = await run_msa(target, "device", "enrol", "--from", "-", "--json", given=wanted)
    codes = [json.loads(line) for line in printed.splitlines()]
    key = ec.generate_private_key(ec.SECP256R1())
    turnstile = asyncio.Semaphore(ENROLLING_AT_ONCE)

    async def one(code: Mapping[str, str]) -> Companion:
        async with turnstile:
            enrolled = await _enrol(target, code["code"], key, next(numbers) // ENROLMENTS_AN_ADDRESS)
        step()
        return Companion(enrolled.companion_id, UUID(code["registration_id"]), key)

    async with asyncio.TaskGroup() as tasks:
        made = [tasks.create_task(one(code)) for code in codes]
    return tuple(one.result() for one in made)


async def _enrol(target: Target, code: str, key: ec.EllipticCurvePrivateKey, address: int) -> Enrolment:
    """Enrol one companion. All share a key pair, which nothing forbids and which saves making them."""
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    wanted = EnrolmentRequest(public_key=public, label="load test", companion_version="loadtest")
    answer = await _post(target, f"/v1/enrolments/{code}", wanted.model_dump(mode="json"), address)
    return Enrolment.model_validate_json(answer.body)


async def _sign_in(target: Target, centres: Sequence[str]) -> str:
    """Make an operator and open a session by its one-time link; return the session's cookie."""
    name = f"load-{uuid4().hex[:8]}"
    theirs = [word for centre in centres for word in ("--centre", centre)]
    await run_msa(target, "operator", "add", name, "--name", "Load test", "--role", "operator", *theirs)
    link = json.loads(await run_msa(target, "operator", "link", name, "--json"))
    token = link["url"].partition("#link=")[2]
    answer = await _post(target, "/v1/session/link", {"token": token}, 0)
    return answer.headers["set-cookie"].partition(";")[0]


async def _post(target: Target, path: str, body: Mapping[str, Any], address: int) -> Answer:
    local = urlsplit(target.url).hostname == "127.0.0.1" and os.uname().sysname == "Linux"
    source = f"127.0.{1 + address // 250}.{1 + address % 250}" if local else None
    answer = await ask(target.url, path, body, source=source)
    if answer.status >= 400:
        raise GatewayFailed(f"POST {path.rsplit('/', 1)[0]} answered {answer.status}")
    return answer


async def run_msa(target: Target, *words: str, given: str = "") -> str:
    """Run one ``msa`` command on the gateway's database; return what it printed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        msa(), *words, env=target.environment, stdin=pipe, stdout=pipe, stderr=pipe
    )
    printed, complaint = await process.communicate(given.encode())
    if process.returncode:
        last = complaint.decode(errors="replace").strip()[-500:]
        raise GatewayFailed(f"msa {' '.join(words[:2])} failed: {last}")
    return printed.decode()
