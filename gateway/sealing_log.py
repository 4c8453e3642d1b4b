"""The sealed log of these settings: who signs it, who seals it, who checks it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog

from gateway.domain.errors import SealKeyRefused
from gateway.ports import Clock
from gateway.seal_keys import PublicKeys, SealKey, make_seal_key
from gateway.settings import Settings
from gateway.store.casework.log_checking import LogChecking
from gateway.store.casework.sealed_log import Sealer, SealMetrics
from gateway.store.connect import Pool

log = structlog.get_logger()


def seal_key_of(settings: Settings) -> SealKey:
    """Read the seal key file; with the embedded database a missing one is made first.

    Raises ``SealKeyRefused`` when it is missing, malformed, or open to others.
    """
    path = settings.seal_key
    if settings.embedded and not path.exists():
        make_seal_key(path)
    return SealKey.read(path)


def sealer_of(settings: Settings, pool: Pool, clock: Clock, metrics: SealMetrics | None) -> Sealer:
    """Return what seals; without a key the log is chained only, which is said once, as presses go on."""
    key: SealKey | None = None
    try:
        key = seal_key_of(settings)
    except SealKeyRefused as refused:
        log.warning("sealed_log_is_not_signed", reason=str(refused))
    return Sealer(pool=pool, clock=clock, key=key, heads=settings.seal_heads, metrics=metrics)


def sealer_key(settings: Settings, sealer: Sealer) -> Callable[[], None]:
    """Read the seal key file again; after the returned call its first key signs. Raises ``SealKeyRefused``.

    Nodes may sign with different keys meanwhile, as while they are restarted one by one: each signature names
    its key, and the file keeps the public half of those before.
    """
    return partial(setattr, sealer, "key", SealKey.read(settings.seal_key))


def checking_of(settings: Settings, pool: Pool, keys: Path | None, heads: Path | None) -> LogChecking:
    """Return what checks, by the public keys of a file; without one by the seal key file's.

    Raises ``SealKeyRefused`` where keys were named and cannot be read.
    """
    trusted: PublicKeys | None = None
    if keys is not None:
        trusted = PublicKeys.read(keys)
    elif settings.seal_key.exists():
        trusted = PublicKeys.read(settings.seal_key)
    return LogChecking(pool=pool, keys=trusted, heads_file=heads or settings.seal_heads)
