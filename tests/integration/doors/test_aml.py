"""AML and location objects at a running gateway: every form is kept once, and what is refused says why."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.clock import SystemClock
from gateway.domain.door_errors import AmlKeyRefused
from gateway.doors_formats import aml_key
from gateway.store.connect import Pool
from schemas.events import BatchAnswer, EventFate, EventResult
from schemas.integrators import IntegratorScope
from tests.support.aml import DATA_SMS, FORM, SIGNED_FORM, SMS_1
from tests.support.gateway import Running, running
from tests.support.geodata import belgium
from tests.support.integrators import a_client
from tests.unit.gateway.formats.test_pidf_lo import CIRCLE, POINT, document

IS_FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    belgium()
    key = tmp_path / "aml.key"
    key.write_bytes(b"AML\n")
    key.chmod(0o600)
    async with running(database, tmp_path, aml_hmac_key_file=key) as gateway:
        yield gateway


REFUSED = (
    (FORM, IS_FORM, 401, "signature-invalid"),
    (b"hello", "text/plain", 422, "invalid"),
    (b"{}", "application/json", 400, "malformed"),
    (b"x" * 9000, "text/plain", 413, "too-large"),
)
LOCATED = (
    (document(CIRCLE), "application/pidf+xml; charset=utf-8", 202),
    (document(POINT.format("north", "3")), "application/pidf+xml", 422),
    (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "application/xml", 400),
    (document(CIRCLE), "application/json", 400),
    (b"<a>" + b" " * 70_000 + b"</a>", "application/xml", 413),
)


def results(answer: httpx.Response) -> tuple[EventResult, ...]:
    assert answer.status_code == 202
    return BatchAnswer.model_validate_json(answer.content).results


async def test_every_form_is_kept_once_and_what_cannot_be_is_refused(gateway: Running, pool: Pool) -> None:
    client = await a_client(pool, SystemClock(), IntegratorScope.POSITIONS, IntegratorScope.CALLS)
    bearer = {"authorization": f"Bearer {await client.token(gateway.http, gateway.url)}"}

    async def post(body: bytes, kind: str, query: str = "", path: str = "/v1/aml") -> httpx.Response:
        url = f"{gateway.url}{path}{query}"
        return await gateway.http.post(url, content=body, headers={**bearer, "content-type": kind})

    kept = results(await post(SIGNED_FORM, IS_FORM))
    assert [one.fate for one in kept] == [EventFate.ACCEPTED] * 2
    assert [one.seen_before for one in results(await post(SIGNED_FORM, IS_FORM))] == [True, True]
    for body, kind in ((SMS_1.encode(), "text/plain; charset=utf-8"), (DATA_SMS, "application/octet-stream")):
        assert len(results(await post(body, kind, "?number=%2B32400000001"))) == 2
    for body, kind, status, slug in REFUSED:
        refused = await post(body, kind)
        assert (refused.status_code, refused.json()["type"]) == (status, f"urn:msa:problem:{slug}")
    for body, kind, status in LOCATED:
        located = await post(body, kind, "?subject=acc-1", "/v1/locations")
        assert located.status_code == status
        assert (status == 202) == (located.headers["content-type"] == "application/json")

    nobody = await gateway.http.post(f"{gateway.url}/v1/aml", content=FORM, headers={"content-type": IS_FORM})
    assert nobody.status_code == 401
    other = await a_client(pool, SystemClock(), IntegratorScope.ALARMS)
    bearer["authorization"] = f"Bearer {await other.token(gateway.http, gateway.url)}"
    assert (await post(SIGNED_FORM, IS_FORM)).status_code == 403


@pytest.mark.parametrize(
    ("content", "mode"), [(b"", 0o600), (b"\n", 0o600), (b"k" * 2000, 0o600), (b"key", 0o644)]
)
def test_a_key_that_is_none_or_open_to_others_stops_the_start(
    tmp_path: Path, content: bytes, mode: int
) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(AmlKeyRefused):
        aml_key(path)
    with pytest.raises(AmlKeyRefused):
        aml_key(tmp_path / "none")
