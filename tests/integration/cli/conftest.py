"""The command line on a database of the test's own."""

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app

Run = Callable[..., Result]


@pytest.fixture
def msa(database, tmp_path, monkeypatch) -> Run:
    """Run ``msa`` with these arguments."""
    key_file = tmp_path / "kek"
    key_file.write_text("k Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2M=\n")
    key_file.chmod(0o600)
    monkeypatch.setenv("MSA_DATABASE_URL", database)
    monkeypatch.setenv("MSA_KEY_FILE", str(key_file))
    monkeypatch.setenv("MSA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MSA_PUBLIC_URLS", "https://gateway.test")

    def run(*arguments: str, given: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, arguments, input=given, catch_exceptions=False)

    return run


def data(result: Result):
    """Read a command's JSON."""
    return json.loads(result.stdout)
