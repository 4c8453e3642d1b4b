"""What a companion keeps between runs: one directory that only its owner can read."""

from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from ble_bridge.signing import load_or_make_key, write_private
from schemas.base import Wire
from schemas.enrolment import Enrolment


class NotEnrolledError(Exception):
    """The directory holds no enrolment: run ``msa bridge enrol`` first."""


class PinnedButton(Wire):
    """The button this companion belongs to; no other is connected to.

    ``chosen_by`` is the name or address it was asked for by, if any: asking by the same words again
    means this one, whatever else may bear its name.
    """

    address: str
    driver: str
    chosen_by: str | None = None


class StateDirectory:
    """Files: ``private_key.pem``, ``enrolment.json``, ``button.json``, ``outbox.db``, ``tracks.db``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def make(cls, path: Path) -> Self:
        """Make the directory, mode 0700, unless it is there."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(path)

    @property
    def outbox(self) -> Path:
        """The outbox's SQLite file."""
        return self.path / "outbox.db"

    @property
    def tracks(self) -> Path:
        """The SQLite file of the fixes that wait."""
        return self.path / "tracks.db"

    def key(self) -> ec.EllipticCurvePrivateKey:
        """Return the private key, made on the first call."""
        return load_or_make_key(self.path / "private_key.pem")

    def enrolment(self) -> Enrolment:
        """Return what enrolment answered, or raise NotEnrolledError."""
        try:
            return Enrolment.model_validate_json((self.path / "enrolment.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise NotEnrolledError(f"no readable enrolment in {self.path}") from error

    def keep_enrolment(self, enrolment: Enrolment) -> None:
        """Keep what enrolment answered."""
        write_private(self.path / "enrolment.json", enrolment.model_dump_json(indent=2).encode())

    def button(self) -> PinnedButton | None:
        """Return the button this companion belongs to, once it has met one."""
        try:
            return PinnedButton.model_validate_json((self.path / "button.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def pin(self, button: PinnedButton) -> None:
        """Keep the button this companion belongs to."""
        write_private(self.path / "button.json", button.model_dump_json().encode())

    def unpin(self) -> None:
        """Forget the button; the next one met is pinned."""
        (self.path / "button.json").unlink(missing_ok=True)
