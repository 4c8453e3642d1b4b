"""Who else may read a secret: nobody, but root's group where root handed it over."""

import os
from pathlib import Path

import pytest

from gateway.private_files import open_mode

OURS = os.geteuid()


@pytest.mark.parametrize(
    ("mode", "owner", "account", "said"),
    [
        (0o600, OURS, OURS, None),
        (0o400, OURS, OURS, None),
        (0o640, OURS, OURS, "0640"),
        (0o604, OURS, OURS, "0604"),
        (0o440, 0, 812, None),
        (0o460, 0, 812, "0460"),
        (0o444, 0, 812, "0444"),
        (0o440, 0, 0, "0440"),
        (0o440, 813, 812, "0440"),
    ],
)
def test_a_file_is_private_or_its_mode_is_said(
    mode: int, owner: int, account: int, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.touch()
    secret.chmod(mode)
    if owner != OURS:
        if OURS != 0:
            pytest.skip("only root gives files away")
        os.chown(secret, owner, -1)
    monkeypatch.setattr(os, "geteuid", lambda: account)
    assert open_mode(secret) == said
