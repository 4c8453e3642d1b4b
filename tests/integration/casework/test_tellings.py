"""Whom an officer named is told of a change once: not of what flaps, and never over an open alarm."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from gateway.clock import SystemClock
from gateway.domain.errors import WebhookRefused
from gateway.reporting.smtp import SmtpPost
from gateway.reporting.telling import ProtectionTellings, texts_of
from gateway.settings import Settings
from gateway.store.casework.telling_claims import PostgresDueTellings
from gateway.store.connect import Connection, create_pool
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.telemetry import Metrics
from gateway.webhooks import Outside
from tests.support.build import a_registration
from tests.support.mail_server import a_mail_server

KEYS = Keyring("k", {"k": b"k" * 32})
ZONE = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement, language, mail)
VALUES ('BE-5415', 'Gent', 'BE-VOV', 'Oost-Vlaanderen', 'nl', '{zorg@gent.example}')"""
PLACE = "UPDATE registration SET zone_id = 'BE-5415', reference = 'GE.1/2026'"
WISHED = "INSERT INTO protection_telling (registration_id, channel, lacking) VALUES ($1, $2, false)"
NOW = """
INSERT INTO protection (registration_id, centre_id, reference, state, since)
VALUES ($1, 'BE-VOV', 'GE.1/2026', $2, now())
    ON CONFLICT (registration_id) DO UPDATE SET state = EXCLUDED.state"""
BACKDATE = "UPDATE protection_change SET at = at - interval '11 minutes'"
ALARM = """
INSERT INTO alarm (centre_id, owner, alarm_id, registration_id, reference, purpose, state, version, raised_at,
                   press_count, last_pressed_at, facts, key_id, person_sealed, circumstances_sealed,
                   sealed_version)
VALUES ('BE-VOV', 'BE-VOV', gen_random_uuid(), $1, 'x', 'real', 'raised', 1, now(), 1, now(), '{}', 'k', '',
        '', 1)"""
JOURNAL = "SELECT facts FROM journal WHERE kind = 'protection.told' ORDER BY entry"


@dataclass
class Texts:
    """What turns a call into a text."""

    status: int = 204
    got: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        return httpx.Response(self.status)

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(request.content)["data"] for request in self.got]


async def a_file(connection: Connection, pool: Any) -> UUID:
    one = a_registration()
    await Registrations(pool, KEYS, SystemClock()).save([one])
    await connection.execute(ZONE)
    await connection.execute(PLACE)
    for channel in ("victim", "zone"):
        await connection.execute(WISHED, one.registration_id, channel)
    return one.registration_id


async def test_a_lasting_change_is_told_once_by_two_nodes_and_what_flaps_is_not(
    database: str, connection: Connection
) -> None:
    texts = Texts()
    async with (
        a_mail_server() as mailbox,
        create_pool(database, application_name="one") as pool,
        create_pool(database, application_name="other") as other_pool,
        httpx.AsyncClient(transport=httpx.MockTransport(texts)) as http,
    ):
        settings = Settings(
            smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_tls="none", mail_from="msa@police.example"
        )
        nodes = [
            ProtectionTellings(
                due=PostgresDueTellings(each, KEYS, settings),
                texts=Outside("https://texts.example/", bytes(32)),
                post=SmtpPost.of(settings),
                sender="msa@police.example",
                clock=SystemClock(),
                metrics=Metrics(),
            )
            for each in (pool, other_pool)
        ]

        async def look() -> tuple[int, int]:
            await asyncio.gather(*(node.look(http) for node in nodes))
            return len(texts.got), len(mailbox.mails)

        async def becomes(state: str, *, long_ago: bool) -> None:
            await connection.execute(NOW, file, state)
            if long_ago:
                await connection.execute(BACKDATE)

        file = await a_file(connection, pool)
        await becomes("protected", long_ago=True)
        await becomes("unprotected", long_ago=False)
        assert await look() == (0, 0)  # it may pass
        await becomes("protected", long_ago=False)
        await connection.execute(BACKDATE)
        assert await look() == (0, 0)  # it did
        await becomes("degraded", long_ago=True)
        assert await look() == (1, 1)
        await becomes("unprotected", long_ago=True)
        assert await look() == (1, 1)  # worse is no news
        assert texts.said == [{"phone": "+32 470 00 00 00", "language": "nl", "message": "check_phone"}]
        (mail,) = mailbox.mails
        assert "GE.1/2026" in mail.get_content()
        assert "Voorbeeld" not in mail.as_string()
        assert texts.got[0].headers["webhook-signature"].startswith("v1,")

        # nothing goes to her phone while her alarm is open; what could not be told is told later
        await becomes("protected", long_ago=True)
        await connection.execute(ALARM, file)
        assert await look() == (1, 2)
        await connection.execute("UPDATE alarm SET state = 'closed'")
        texts.status = 500
        assert await look() == (2, 2)
        assert await look() == (2, 2)
        texts.status = 204
        await connection.execute("UPDATE protection_telling SET due_at = now()")
        assert await look() == (3, 2)
        assert await look() == (3, 2)
    assert [one["message"] for one in texts.said] == ["check_phone", "all_well", "all_well"]
    assert texts.got[1].headers["webhook-id"] == texts.got[2].headers["webhook-id"]
    told = [row["facts"] for row in await connection.fetch(JOURNAL)]
    assert sorted((one["channel"], one["lacking"]) for one in told) == [
        ("victim", False),
        ("victim", True),
        ("zone", False),
        ("zone", True),
    ]


def test_a_victims_number_leaves_sealed_signed_or_not_at_all(tmp_path: Path) -> None:
    assert texts_of(Settings()) is None
    for given, why in (
        ({"victim_webhook": "http://texts.example/"}, "not https"),
        ({"victim_webhook": "https://texts.example/"}, "SECRET_FILE"),
        (
            {"victim_webhook": "https://texts.example/", "victim_webhook_secret_file": tmp_path / "no"},
            "cannot be read",
        ),
    ):
        with pytest.raises(WebhookRefused, match=why):
            texts_of(Settings(**given))
