"""What ``msa doctor`` says of whoever a node talks to besides its database."""

import asyncio
import os
import socket
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.integration.cli.test_doctor import built, wrong
from tests.integration.cli.test_doctor_database import found
from tests.support.certificates import certified
from tests.support.nats_server import NatsServer
from tests.support.processes import free_port

__all__ = ["built"]


@contextmanager
def edge(context, status):
    """A proxy that answers every request with this status; yields its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("host", "lasts", "status", "is_trusted", "is_wrong", "doubtful", "words"),
    [
        ("localhost", 90, 200, True, False, False, "89 days left; https://localhost:"),
        ("localhost", 20, 200, True, False, True, "19 days left"),
        ("localhost", 90, 502, True, False, True, "answers 502"),
        ("localhost", 90, 200, False, False, True, "an authority this machine does not know"),
        ("localhost", -1, 200, True, True, False, "certificate has expired"),
        ("127.0.0.1", 90, 200, True, True, False, "127.0.0.1"),
    ],
)
def test_the_public_address_is_gone_to_as_a_companion_does(
    msa, monkeypatch, tmp_path, host, lasts, status, is_trusted, is_wrong, doubtful, words
):
    file, context = certified(tmp_path, "localhost", timedelta(days=lasts))
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with edge(context, status) as port:
        monkeypatch.setenv("MSA_PUBLIC_URLS", f"https://{host}:{port}")
        result = msa("doctor", "--json")
    assert wrong(result) == (["public address"] if is_wrong else [])
    check = found(result)["public address"]
    assert check["doubtful"] == doubtful
    assert words in check["found"]


def test_one_of_two_nats_servers_that_is_away_is_in_doubt(msa, monkeypatch, tmp_path):
    server = NatsServer(tmp_path)
    asyncio.run(server.start())
    try:
        monkeypatch.setenv("MSA_NATS_URLS", server.url)
        assert found(msa("doctor", "--json"))["doorbell"]["found"] == f"NATS 127.0.0.1:{server.port} answers"
        monkeypatch.setenv("MSA_NATS_URLS", f"{server.url},nats://127.0.0.1:{free_port()}")
        check = found(msa("doctor", "--json"))["doorbell"]
    finally:
        server.kill()
    assert (check["ok"], check["doubtful"]) == (True, True)
    assert "does not answer" in check["found"]


def test_whoever_says_nothing_is_named_and_all_else_is_told(msa, monkeypatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("whsec_" + "A" * 32)
    secret.chmod(0o600)
    with ExitStack() as silent:

        def address() -> str:
            listener = silent.enter_context(socket.create_server(("127.0.0.1", 0)))
            return f"127.0.0.1:{listener.getsockname()[1]}"

        mail = address().split(":")
        for name, value in {
            "MSA_DATABASE_URL": f"postgresql://u@{address()},{address()}/x",
            "MSA_PUBLIC_URLS": f"https://{address()},http://{address()}",
            "MSA_NATS_URLS": f"nats://{address()},nats://{address()}",
            "MSA_OIDC_ISSUER": f"http://{address()}",
            "MSA_OIDC_CLIENT_ID": "msa",
            "MSA_SMTP_HOST": mail[0],
            "MSA_SMTP_PORT": mail[1],
            "MSA_SMTP_TLS": "none",
            "MSA_MAIL_FROM": "msa@msa.example",
            "MSA_ESCALATION_WEBHOOK": f"https://{address()}",
            "MSA_ESCALATION_WEBHOOK_SECRET_FILE": str(secret),
        }.items():
            monkeypatch.setenv(name, value)
        result = msa("doctor", "--json")
    said = found(result)
    assert wrong(result) == ["sign-in", "database", "doorbell"]
    for name, words, times in (
        ("sign-in", "did not answer within", 1),
        ("public address", "did not answer within", 1),
        ("public address", "no answer (TimeoutError)", 1),
        ("webhook address", "did not answer within", 1),
        ("mail server", "does not let us in", 1),
        ("database", "TimeoutError", 1),
        ("doorbell", "does not answer", 2),
    ):
        assert said[name]["found"].count(words) == times, name
    assert {"key file", "disks", "basemap"} <= {*said}
    assert "schema" not in said


def test_a_disk_that_says_nothing_holds_up_no_other_check(msa, monkeypatch, tmp_path):
    hangs = tmp_path / "hangs"
    os.mkfifo(hangs, 0o600)  # whoever reads it waits for somebody who writes
    try:
        monkeypatch.setenv("MSA_KEY_FILE", str(hangs))
        monkeypatch.setenv("MSA_SEAL_KEY_FILE", str(hangs))
        monkeypatch.setenv("MSA_NATS_URLS", "nats://127.0.0.1:1")
        monkeypatch.setenv("MSA_NATS_CREDENTIALS_FILE", str(hangs))
        result = msa("doctor", "--json")
    finally:
        os.close(os.open(hangs, os.O_RDWR))
    silent = [name for name, check in found(result).items() if "did not answer" in check["found"]]
    assert wrong(result) == silent == ["key file", "doorbell", "sealed log"]
    assert found(result)["access"]["ok"]
