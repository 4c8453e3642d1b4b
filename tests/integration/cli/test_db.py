"""``msa db rewrap``: after it the old key is not needed to open anything."""

import json
from pathlib import Path

from gateway.store.sealing import make_key_file
from tests.integration.cli.conftest import data
from tests.integration.cli.test_registration import jsonl
from tests.support.build import a_registration


def test_files_open_without_the_old_key_once_they_are_wrapped_anew(msa, tmp_path: Path):
    key_file = tmp_path / "kek"
    old = key_file.read_text(encoding="ascii")
    files = [a_registration(reference=f"GE.{number}/2026") for number in range(3)]
    (tmp_path / "files.jsonl").write_text(jsonl(*files), encoding="utf-8")
    assert msa("registration", "import", str(tmp_path / "files.jsonl")).exit_code == 0
    make_key_file(tmp_path / "made")
    new = (tmp_path / "made").read_text(encoding="ascii").replace("kek-1", "kek-2")
    key_file.write_text(new + old, encoding="ascii")
    said = data(msa("db", "rewrap", "--json"))
    assert (said["key"], said["rewrapped"]["registration"], said["unreadable"]) == ("kek-2", 3, 0)
    assert said["needed"].keys() == {"kek-2"}
    assert sum(data(msa("db", "rewrap", "--json"))["rewrapped"].values()) == 0
    key_file.write_text(new, encoding="ascii")
    assert msa("registration", "export", "--out", str(tmp_path / "out.jsonl")).exit_code == 0
    exported = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["reference"] for line in exported} == {file.reference for file in files}


def test_what_cannot_be_opened_is_left_and_said(msa, tmp_path: Path):
    key_file = tmp_path / "kek"
    (tmp_path / "one.jsonl").write_text(jsonl(a_registration()), encoding="utf-8")
    assert msa("registration", "import", str(tmp_path / "one.jsonl")).exit_code == 0
    make_key_file(tmp_path / "made")
    new = (tmp_path / "made").read_text(encoding="ascii").replace("kek-1", "kek-2")
    key_file.write_text(new, encoding="ascii")
    result = msa("db", "rewrap")
    assert result.exit_code == 1
    assert "still needed: k" in result.stdout
