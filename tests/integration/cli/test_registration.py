from importlib.resources import files
from pathlib import Path

from schemas.registration import Population, Registration
from tests.integration.cli.conftest import data
from tests.support.build import a_registration

SAMPLE = str(files("gateway") / "samples" / "registrations.jsonl")


def jsonl(*registrations: Registration) -> str:
    return "".join(f"{one.model_dump_json()}\n" for one in registrations)


def test_the_sample_has_a_victim_in_every_centre_and_comes_out_as_it_went_in(msa, tmp_path):
    assert data(msa("registration", "import", SAMPLE, "--json"))["imported"] == 11
    listed = data(msa("registration", "list", "--json"))
    assert len({one["centre"] for one in listed}) == 11
    exported = tmp_path / "out.jsonl"
    assert msa("registration", "export", "--out", str(exported)).exit_code == 0
    assert exported.stat().st_mode & 0o777 == 0o600
    went_in = {Registration.model_validate_json(line) for line in Path(SAMPLE).read_text().splitlines()}
    came_out = {Registration.model_validate_json(line) for line in exported.read_text().splitlines()}
    assert came_out == went_in
    assert data(msa("registration", "import", str(exported), "--json"))["errors"] == []


def test_with_one_bad_line_nothing_is_imported_and_all_errors_are_told(msa):
    lines = jsonl(a_registration(), a_registration(centre="BE-XXX")) + "{\n"
    result = msa("registration", "import", "-", "--json", given=lines)
    assert result.exit_code == 1
    assert data(result)["imported"] == 0
    assert [(one["line"], one["field"]) for one in data(result)["errors"]] == [(2, "centre"), (3, "")]
    assert data(msa("registration", "list", "--json")) == []


def test_people_are_told_the_same(msa):
    result = msa("registration", "import", "-", given="{\n")
    assert result.exit_code == 1
    assert "line 1: is not one JSON object" in result.stderr
    assert "nothing imported" in result.stdout


def test_a_dry_run_changes_nothing(msa):
    result = msa("registration", "import", "-", "--dry-run", given=jsonl(a_registration()))
    assert result.exit_code == 0
    assert "1 good" in result.stdout
    assert data(msa("registration", "list", "--json")) == []


def test_a_file_that_is_not_there_is_a_wrong_command_line(msa, tmp_path):
    assert msa("registration", "import", str(tmp_path / "no")).exit_code == 2


def test_an_import_needs_the_key_file(msa, monkeypatch, tmp_path):
    monkeypatch.setenv("MSA_KEY_FILE", str(tmp_path / "no"))
    result = msa("registration", "import", "-", given=jsonl(a_registration()))
    assert result.exit_code == 1
    assert "cannot be read" in " ".join(result.stderr.split())


def test_a_narrow_terminal_cuts_off_no_reference(msa, monkeypatch):
    monkeypatch.setenv("COLUMNS", "72")
    reference = "GE.11.F1.000123/2026-" + "0123456789" * 3
    msa("registration", "import", "-", given=jsonl(a_registration(reference=reference)))
    lines = msa("registration", "list").stdout.splitlines()
    head = next(number for number, line in enumerate(lines) if "reference" in line)
    start, end = lines[head].index("reference"), lines[head].index("registration")
    assert "".join(line[start:end].strip() for line in lines[head + 1 :]) == reference


def test_a_test_window_is_opened_by_reference_or_id_and_ended(msa):
    one = a_registration()
    msa("registration", "import", "-", given=jsonl(one))
    for name in (one.reference, str(one.registration_id)):
        opened = data(msa("registration", "test", name, "--minutes", "60", "--json"))
        assert (opened["registration_id"], opened["centre"]) == (str(one.registration_id), one.centre)
        assert opened["until"] is not None
    assert "presses are tests until" in msa("registration", "test", one.reference).stdout
    assert data(msa("registration", "test", one.reference, "--off", "--json"))["until"] is None
    assert msa("registration", "test", one.reference, "--minutes", "61").exit_code == 2
    unknown = msa("registration", "test", "nobody")
    assert (unknown.exit_code, "no such registration" in unknown.stderr) == (1, True)


def test_a_file_that_is_no_victims_has_no_test_window(msa):
    one = a_registration().model_copy(update={"population": Population.EXERCISE})
    msa("registration", "import", "-", given=jsonl(one))
    refused = msa("registration", "test", one.reference)
    assert (refused.exit_code, "never real" in refused.stderr) == (1, True)
    assert "(exercise)" in msa("registration", "list").stdout
