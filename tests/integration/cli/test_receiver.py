"""``msa receiver``: a system outside is told of alarms, its secrets rotated, what was given up replayed."""

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import uuid4

import pytest
from standardwebhooks import Webhook
from typer.testing import CliRunner, Result

from gateway.cli.receiver import app
from gateway.store.connect import connected
from tests.integration.cli.conftest import data
from tests.support.outbound import an_integrator, sendings_of
from tests.support.receiver import Call

DIE = """
INSERT INTO sending (receiver_id, centre_id, alarm_id, epoch, sequence, kind, made_at, state, tries, error,
                     ended_at)
VALUES ($1, 'BE-VOV', $2, 'e', 7, 'alarm.raised', now(), 'dead', 9, '500', now())"""


def receiver(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def cad(database: str, msa, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MSA_RECEIVER_LOOPBACK", "true")

    async def add() -> str:
        async with connected(database, application_name="test") as connection:
            return (await an_integrator(connection, "BE-VOV", "BE-VAN", scopes=("streams:read",))).name

    return asyncio.run(add())


class Outside(BaseHTTPRequestHandler):
    url: str
    calls: list[Call]
    status = 204

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.calls.append(Call(headers, self.rfile.read(int(headers["content-length"]))))
        self.send_response(self.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as the library calls it)
        pass


@pytest.fixture
def outside() -> Iterator[type[Outside]]:
    class Here(Outside):
        calls: list[Call] = []  # noqa: RUF012 (one list a test)

    with HTTPServer(("127.0.0.1", 0), Here) as server:
        Here.url = f"http://127.0.0.1:{server.server_port}/alarms"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Here
        server.shutdown()
        thread.join()


def test_a_receiver_is_added_tried_its_secret_rotated_and_removed(cad: str, outside) -> None:
    added = data(receiver("add", "cad", outside.url, "--integrator", cad, "--centre", "BE-VOV", "--json"))
    assert (added["purposes"], added["centres"], added["state"]) == (["real"], ["BE-VOV"], "active")
    assert receiver("test", "cad").exit_code == 0
    new = receiver("rotate-secret", "cad", "--secret").stdout.strip()
    public = receiver("rotate-secret", "cad", "--ed25519", "--secret").stdout.strip()
    assert public.startswith("whpk_")
    assert receiver("test", "cad").exit_code == 0
    for secret in (added["secret"], new):
        event = Webhook(secret).verify(outside.calls[-1].body, outside.calls[-1].headers)
    assert (event["type"], event["subject"]) == ("be.msa.receiver.test", added["receiver_id"])
    assert "v1a," in outside.calls[-1].headers["webhook-signature"]
    assert receiver("end-secret", "cad").exit_code == 0
    assert receiver("end-secret", "cad").exit_code == 1

    outside.status = 503
    failed = receiver("test", "cad")
    assert (failed.exit_code, failed.stderr) == (1, "it was not taken: 503\n")
    for act, state in [("pause", "paused"), ("resume", "active")]:
        assert receiver(act, "cad").exit_code == 0
        assert json.loads(receiver("show", "cad").stdout)["state"] == state
    shown = receiver("list", "--json").stdout + receiver("show", "cad").stdout
    assert added["secret"] not in shown
    assert new not in shown
    assert receiver("remove", "cad").exit_code == 0
    assert data(receiver("list", "--json")) == []
    assert receiver("show", "cad").exit_code == 1


def test_what_was_given_up_is_listed_replayed_and_discarded(cad: str, database: str, outside) -> None:
    added = data(receiver("add", "cad", outside.url, "--integrator", cad, "--json"))

    async def die() -> None:
        async with connected(database, application_name="test") as connection:
            for _ in range(2):
                await connection.execute(DIE, added["receiver_id"], uuid4())

    asyncio.run(die())
    first, second = data(receiver("dead", "list", "cad"))
    assert (first["sequence"], first["error"]) == (7, "500")
    assert receiver("dead", "replay", "cad", "--number", str(first["number"])).stdout == "on their way: 1\n"
    assert receiver("dead", "discard", "cad").stdout == "discarded: 1\n"
    assert data(receiver("dead", "list", "cad")) == []

    async def states() -> list[tuple[int, str]]:
        async with connected(database, application_name="test") as connection:
            return await sendings_of(connection, added["receiver_id"])

    assert asyncio.run(states()) == [(7, "waiting"), (7, "discarded")]
    assert second["number"] > first["number"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("http://cad.police.example/",), "must be https"),
        (("https://user:pw@cad.police.example/",), "name or a password"),
        (("https://cad.police.example/", "--centre", "BE-WHT"), "the integrator has BE-VAN, BE-VOV"),
        (("https://cad.police.example/", "--with-person"), "persons:read"),
        (("https://cad.police.example/", "--purpose", "canary"), "exercise, real, test"),
    ],
)
def test_what_may_not_be_told_is_refused_and_changes_nothing(
    cad: str, arguments: tuple[str, ...], words: str
) -> None:
    refused = receiver("add", "cad", *arguments, "--integrator", cad)
    assert (refused.exit_code, words in " ".join(refused.stderr.split())) == (1, True)
    assert data(receiver("list", "--json")) == []
