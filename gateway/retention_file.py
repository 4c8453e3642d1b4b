"""How long what is kept here: what is built in, or the file that the settings name."""

from gateway.domain.casework.retention import Retention
from gateway.domain.errors import RetentionRefused
from gateway.settings import Settings


def retention_of(settings: Settings) -> Retention:
    """Return it. Raises ``RetentionRefused`` for a file that cannot be read, or says what cannot be."""
    if settings.retention is None:
        return Retention.usual()
    try:
        return Retention.read(settings.retention.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RetentionRefused(f"{settings.retention} cannot be read ({type(error).__name__})") from None
