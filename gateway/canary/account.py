"""The canary's own account: what ``setup`` makes and ``run`` signs in with."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from gateway.domain.errors import WalletRefused
from gateway.synthetic.wallet import read_private, write_private

FILE: Final = "account.json"


@dataclass(frozen=True, slots=True)
class CanaryAccount:
    """Name and password of an account with the role ``canary``."""

    username: str
    password: str = field(repr=False)


def made_up() -> CanaryAccount:
    """Return a new name and a password that nobody has to type."""
    return CanaryAccount(f"canary-{secrets.token_hex(4)}", secrets.token_urlsafe(32))


def kept(directory: Path) -> CanaryAccount | None:
    """Return the account in a directory; None when there is none. Raises ``WalletRefused``."""
    path = directory / FILE
    if not path.exists():
        return None
    text = read_private(path)
    try:
        content = json.loads(text)
        return CanaryAccount(str(content["username"]), str(content["password"]))
    except (ValueError, KeyError, TypeError):
        raise WalletRefused(f"{FILE} is not a canary's account") from None


def keep(directory: Path, account: CanaryAccount) -> None:
    """Write the account, mode 0600. Raises ``WalletRefused``."""
    write_private(directory / FILE, json.dumps(asdict(account), indent=2) + "\n")
