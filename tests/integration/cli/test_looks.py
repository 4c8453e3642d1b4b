"""``msa audit looks``."""

from uuid import uuid4

from tests.integration.cli.conftest import data
from tests.integration.cli.test_doctor import execute
from tests.integration.cli.test_registration import jsonl
from tests.support.build import a_registration

LOOK = """
INSERT INTO journal (kind, registration_id, done_by, roles, reason, at)
VALUES ('file.looked', '{file}', '{{"operator_id": "{who}", "name": "Ona"}}', '{{operator}}', 'alarm',
        '2026-03-02T11:00:00Z')"""


def test_who_looked_is_told_to_her_without_names_and_that_it_was_read_is_written_down(msa, database):
    registration = a_registration()
    msa("registration", "import", "-", given=jsonl(registration))
    file = str(registration.registration_id)
    execute(database, LOOK.format(file=file, who=uuid4()))
    told = msa("audit", "looks", "--registration", file, "--for-victim", "--language", "de").stdout
    assert "02.03.2026 12:00: ein Operator von Oost-Vlaanderen. Grund: Ihr Alarm." in told
    assert "Ona" not in told
    looks = data(msa("audit", "looks", "--registration", file, "--json"))
    assert [(one["kind"], one["by"]["name"]) for one in looks] == [
        ("looks.read", "msa audit"),
        ("file.looked", "Ona"),
    ]
    assert msa("audit", "looks", "--registration", file, "--for-victim", "--language", "xx").exit_code == 2
    unknown = msa("audit", "looks", "--registration", str(uuid4()), "--for-victim")
    assert unknown.exit_code == 1
