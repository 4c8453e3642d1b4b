import asyncio
import json
from uuid import uuid4

import pytest

from gateway.store.connect import connected
from schemas.registration import Registration
from tests.integration.cli.conftest import data
from tests.integration.cli.test_registration import jsonl
from tests.support.build import a_registration
from tests.support.records import ENROL, NOW


@pytest.fixture
def registration(msa):
    one = a_registration()
    msa("registration", "import", "-", given=jsonl(one))
    return one


@pytest.mark.parametrize("by", ["registration_id", "reference"])
def test_a_code_is_made_for_a_file(msa, registration, by):
    option = "--registration" if by == "registration_id" else "--reference"
    made = data(msa("device", "enrol", option, str(getattr(registration, by)), "--json"))
    assert made["registration_id"] == str(registration.registration_id)
    assert made["url"] == f"https://gateway.test/v1/enrolments/{made['code']}"


async def put_a_companion(database: str, registration: Registration) -> None:
    async with connected(database, application_name="test") as connection:
        await connection.execute(ENROL, uuid4(), registration.registration_id, NOW)


def test_codes_are_made_for_every_file_without_a_companion_at_once(msa, database, registration):
    others = [a_registration(), a_registration(centre="BE-WLG")]
    msa("registration", "import", "-", given=jsonl(*others))
    asyncio.run(put_a_companion(database, registration))
    made = [json.loads(line) for line in msa("device", "enrol", "--all", "--json").stdout.splitlines()]
    assert {(one["registration_id"], one["centre"], one["reference"]) for one in made} == {
        (str(one.registration_id), one.centre, one.reference) for one in others
    }
    assert {one["url"] for one in made} == {
        f"https://gateway.test/v1/enrolments/{one['code']}" for one in made
    }
    assert len({one["code"] for one in made}) == 2


def test_people_get_a_table_of_all_codes(msa, registration):
    (line,) = (line for line in msa("device", "enrol", "--all").stdout.splitlines() if "BE-VOV" in line)
    assert registration.reference in line


def test_codes_are_made_for_the_files_that_are_listed_and_no_others(msa, registration):
    others = [a_registration(), a_registration(centre="BE-WLG")]
    msa("registration", "import", "-", given=jsonl(*others))
    listed = "".join(f"{one.registration_id}\n" for one in reversed(others))
    made = [
        json.loads(line)
        for line in msa("device", "enrol", "--from", "-", "--json", given=listed).stdout.splitlines()
    ]
    assert [one["registration_id"] for one in made] == [str(one.registration_id) for one in reversed(others)]


@pytest.mark.parametrize(("line", "status"), [("0192a000-0000-7000-8000-00000000ffff", 1), ("nonsense", 2)])
def test_a_list_with_one_wrong_line_makes_no_code_at_all(msa, database, registration, line, status):
    result = msa("device", "enrol", "--from", "-", given=f"{registration.registration_id}\n{line}\n")
    assert result.exit_code == status
    assert result.stdout == ""
    assert asyncio.run(codes_in(database)) == 0


async def codes_in(database: str) -> int:
    async with connected(database, application_name="test") as connection:
        return int(await connection.fetchval("SELECT count(*) FROM enrolment_code"))


def test_one_file_or_all_are_asked_for(msa, registration):
    both = msa("device", "enrol", "--all", "--reference", registration.reference)
    assert both.exit_code == 2


def test_people_get_a_qr_code_too(msa, registration, capfd):
    result = msa("device", "enrol", "--reference", registration.reference)
    assert result.exit_code == 0
    assert "https://gateway.test/v1/enrolments/" in result.stdout


def test_a_reference_two_centres_share_must_be_told_apart(msa, registration):
    msa(
        "registration",
        "import",
        "-",
        given=jsonl(a_registration(centre="BE-WLG", reference=registration.reference)),
    )
    result = msa("device", "enrol", "--reference", registration.reference)
    assert result.exit_code == 1
    assert str(registration.registration_id) in result.stderr.replace("\n", "")


def test_an_unknown_file_gets_no_code(msa):
    assert msa("device", "enrol", "--registration", str(uuid4())).exit_code == 1
    assert msa("device", "enrol").exit_code == 2


def test_revoking_one_that_is_not_there_fails(msa):
    assert msa("device", "revoke", str(uuid4())).exit_code == 1
    assert data(msa("device", "list", "--json")) == []
