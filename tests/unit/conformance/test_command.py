"""What ``msa conformance`` refuses before it calls anybody."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from conformance.command import NOT_RUN, app


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--only", "tokens.form"), "no check's name begins so"),
        (("--key-id", "k"), "--key-file and --key-id go together"),
        (("--listen", "localhost:80"), "--listen and --webhook-secret-file go together"),
    ],
)
def test_what_would_try_nothing_or_half_is_not_run(
    tmp_path: Path, options: tuple[str, str], why: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    given = ("http://gateway.invalid", "--client-id", "c", "--secret-file", str(secret), *options)
    result = CliRunner().invoke(app, given)
    assert result.exit_code == NOT_RUN
    assert why in result.output
