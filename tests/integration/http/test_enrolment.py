import asyncio

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.integration.http.conftest import BASE, slug
from tests.support.phone import Phone


@pytest.fixture
async def code(companions, registration):
    return (await companions.new_code(registration.registration_id))[0]


async def enrol(client, code, phone=None, **changes):
    body = {"public_key": (phone or Phone()).pem, "label": "telefoon", **changes}
    return await client.post(f"/v1/enrolments/{code}", json=body)


async def test_a_code_makes_a_companion_that_can_sign(client, code, clock, registration):
    phone = Phone()
    answer = await enrol(client, code, phone)
    assert answer.status_code == 201
    assert answer.json()["gateways"] == [BASE]
    assert answer.json()["button"] == registration.policy.model_dump(mode="json")
    phone.companion_id = answer.json()["companion_id"]
    headers = phone.sign("GET", f"{BASE}/signed", created=clock.now())
    assert (await client.get("/signed", headers=headers)).json() == phone.companion_id


async def test_a_code_may_be_typed_as_people_type(client, code):
    assert (await enrol(client, code.lower().replace("-", ""))).status_code == 201


async def test_a_code_that_is_no_good_gets_one_answer(client, companions, registration, clock, code):
    assert (await enrol(client, code)).status_code == 201
    late, _ = await companions.new_code(registration.registration_id)
    clock.advance(901)
    answers = [await enrol(client, no_good) for no_good in ("0000-0000-0000", code, late)]
    assert {answer.status_code for answer in answers} == {404}
    assert {slug(answer) for answer in answers} == {"enrolment-code-invalid"}
    assert len({answer.content for answer in answers}) == 1


async def test_of_two_companions_with_one_code_one_is_enrolled(client, code, companions):
    answers = await asyncio.gather(*(enrol(client, code) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404, 404]
    assert len(await companions.every()) == 1


async def test_the_database_does_not_keep_the_code(code, connection):
    kept = await connection.fetchval("SELECT string_agg(c::text, '') FROM enrolment_code c")
    assert code not in kept


def _pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    "key",
    [
        "x" * 100,
        _pem(ec.generate_private_key(ec.SECP384R1())),
        _pem(ed25519.Ed25519PrivateKey.generate()),
        "-----BEGIN PUBLIC KEY-----\n" + "A" * 100 + "\n-----END PUBLIC KEY-----",
    ],
)
async def test_a_key_that_is_no_good_is_named_and_the_code_stays_good(client, code, key):
    answer = await enrol(client, code, public_key=key)
    assert (answer.status_code, slug(answer)) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["public_key"]
    assert key[:50] not in answer.text
    assert (await enrol(client, code)).status_code == 201


async def test_guessing_codes_is_slowed_down(client):
    for _ in range(20):
        assert (await enrol(client, "0000-0000-0000")).status_code == 404
    assert slug(await enrol(client, "0000-0000-0000")) == "too-many"
