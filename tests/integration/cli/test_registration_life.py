from tests.integration.cli.conftest import data
from tests.support.build import a_registration


def test_a_step_is_taken_in_the_name_of_an_account_and_what_it_lacks_is_named(msa):
    file = a_registration(reference="GE.1")
    msa("registration", "import", "-", given=file.model_dump_json())
    for name, role in (("officer", "case_officer"), ("judge", "magistrate"), ("cic", "operator")):
        added = msa("operator", "add", name, "--name", name, "--role", role, "--centre", "BE-VOV")
        assert added.exit_code == 0, added.stderr

    life = data(msa("registration", "steps", "GE.1", "--as", "officer", "--json"))
    assert [(step["kind"], step["done_by"], step["state"]) for step in life["steps"]] == [
        ("imported", None, "installed")
    ]
    msa("registration", "import", "-", given=file.model_dump_json())
    assert data(msa("registration", "steps", "GE.1", "--as", "officer", "--json"))["version"] == 1
    shown = msa("registration", "show", "GE.1", "--as", "judge")
    assert "extended" in shown.stdout
    assert "evaluated" in shown.stdout

    lacking = msa("registration", "step", "GE.1", "extended", "--as", "judge", "--ground", "bedreigd")
    assert (lacking.exit_code, "missing: evaluated" in lacking.stderr) == (1, True)
    wrong = msa("registration", "step", "GE.1", "closed", "--as", "officer", "--ground", "geen gevaar")
    assert (wrong.exit_code, "reason" in wrong.stderr) == (1, True)
    advice = ("--with", "advice=extend")
    not_hers = msa("registration", "step", "GE.1", "evaluated", "--as", "cic", *advice)
    assert not_hers.exit_code == 1
    assert msa("registration", "step", "GE.1", "evaluated", "--as", "officer", *advice).exit_code == 0
    step = data(
        msa("registration", "step", "GE.1", "extended", "--as", "judge", "--ground", "bedreigd", "--json")
    )
    assert (step["number"], step["done_by"]["name"]) == (3, "judge")
    assert msa("registration", "show", "GE.1", "--as", "nobody").exit_code == 1
