from uuid import uuid4

import pytest

from tests.integration.cli.conftest import data
from tests.integration.cli.test_registration import jsonl
from tests.support.build import a_registration


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
