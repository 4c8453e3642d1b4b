"""Keys and secrets in files, and the certificate of alarm gear."""

import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.certificates import first_end
from gateway.checks.check import Check, doubt, good, wrong
from gateway.clock import SystemClock
from gateway.private_files import open_mode
from gateway.settings import Settings
from gateway.store.sealing import Keyring

DAYS_LEFT: Final = 21
"""With fewer, nobody renews it by itself any more; the alert CertificateExpiring has the same."""

WALLETS: Final = ("canary", "exercise")
"""Directories of keys of made-up victims, in ``data_dir``."""


def key_file(settings: Settings) -> Check:
    """Read the keys that seal victims' data. Raises ``KeyFileRefused``."""
    name, path = "key file", settings.kek_file
    if settings.embedded and not path.exists():
        return good(name, f"{path}: not made yet; the first start makes it")
    keyring = Keyring.read(path)
    return good(name, f"{path}: holds {', '.join(keyring.keys)}; {keyring.current} seals")


def private_files(settings: Settings) -> Check:
    """Look whether files that no other check reads are for this account alone."""
    name, seen, faults = "private files", 0, []
    for path in _private(settings):
        seen += 1
        try:
            mode = open_mode(path)
        except OSError as error:
            faults.append(f"{path} cannot be read ({type(error).__name__})")
        else:
            if mode is not None:
                faults.append(f"{path} is open to others (mode {mode})")
    if faults:
        return wrong(name, "; ".join(faults), "chmod 600, owned by the account the gateway runs as")
    return good(name, f"{seen} more keys and secrets, none open to others" if seen else "no others are named")


def _private(settings: Settings) -> Iterator[Path]:
    for named in (settings.dc09_tls_key, settings.aml_hmac_key_file):
        if named is not None:
            yield named
    for directory in WALLETS:
        yield from (path for path in sorted((settings.data_dir / directory).glob("*")) if path.is_file())


def gear_certificate(settings: Settings) -> Check | None:
    """Look whether the certificate for alarm gear fits its key, and how long it lasts."""
    name, path = "gear certificate", settings.dc09_tls_certificate
    if path is None:
        return None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, settings.dc09_tls_key)
    except (OSError, ValueError) as error:
        found = f"{path} and its key cannot be used together ({_reason(error)})"
        return wrong(name, found, "MSA_DC09_TLS_CERTIFICATE and MSA_DC09_TLS_KEY must be a pair, in PEM")
    end = first_end(path)
    if end is None:
        return wrong(name, f"{path} cannot be read")
    return lasting(name, str(path), end)


def lasting(name: str, what: str, end: datetime) -> Check:
    """Judge a certificate by when it ends."""
    left = end - SystemClock().now()
    if left.total_seconds() <= 0:
        return wrong(name, f"{what}: ended {end:%Y-%m-%d %H:%M} UTC", "renew it", "CertificateExpiring")
    found = f"{what}: {left.days} days left"
    if left.days < DAYS_LEFT:
        return doubt(name, found, "renew it", "CertificateExpiring")
    return good(name, found)


def _reason(error: Exception) -> str:
    return getattr(error, "reason", None) or type(error).__name__
