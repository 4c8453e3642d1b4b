"""When certificates end: those of a file, and the one that a public address shows."""

import asyncio
import ssl
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import structlog
from cryptography import x509

HANDSHAKE_S: Final = 5.0


def first_end(path: Path) -> datetime | None:
    """Return when the first certificate of a PEM file ends; None: it cannot be read."""
    try:
        return min(one.not_valid_after_utc for one in x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        structlog.get_logger().warning("certificate_not_read", error=type(error).__name__)
        return None


async def served_end(url: str) -> datetime | None:
    """Return when the certificate ends that an https address shows; None: it shows none.

    Whether it is to be trusted is not asked: one that has ended must be read as well.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        return await shown_end(url, context)
    except (OSError, ValueError) as error:
        structlog.get_logger().warning("public_certificate_not_seen", error=type(error).__name__)
        return None


async def shown_end(url: str, context: ssl.SSLContext) -> datetime | None:
    """Return when the certificate ends that an https address shows, judged by ``context``.

    Raises ``ssl.SSLCertVerificationError``, other ``OSError`` and ``ValueError``: it shows none in time.
    """
    address = urlsplit(url)
    async with asyncio.timeout(HANDSHAKE_S):
        _, writer = await asyncio.open_connection(address.hostname, address.port or 443, ssl=context)
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return None if shown is None else x509.load_der_x509_certificate(shown).not_valid_after_utc
