"""Each team is told of its day once, by mail, whatever breaks; its officers read it with names."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import httpx
import pypdf
import pytest

from gateway.domain.casework.report import window_of
from gateway.domain.errors import MailFailed, MailRefused
from gateway.http.security import COOKIE
from gateway.reporting.daily import DailyReports
from gateway.reporting.smtp import SmtpPost
from gateway.settings import Settings
from gateway.store.casework.reports import PostgresReports
from gateway.store.connect import Connection, create_pool
from gateway.telemetry import Metrics
from schemas.report import DailyReport, PositionHealth, TaskKind
from schemas.session import Role
from tests.support.clock import VirtualClock
from tests.support.gateway import Running, a_press, running
from tests.support.mail_server import Mailbox, a_mail_server
from tests.support.wait import until

EVIL = "<script>Anna</script> #strong[x]"
ZONES = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement, language, mail)
VALUES ('BE-5415', 'Gent', 'BE-VOV', 'Oost-Vlaanderen', 'nl', '{zorg@gent.example,leiding@gent.example}'),
       ('BE-5345', 'Antwerpen', 'BE-VAN', 'Antwerpen', 'fr', '{zorg@antwerpen.example}')"""
PLACE = """
UPDATE registration SET zone_id = 'BE-5415', reference = $2, ends_on = $3 WHERE registration_id = $1"""
ENDED = """
UPDATE alarm SET state = 'closed', raised_at = $2, acknowledged_at = $2, life = $3
 WHERE registration_id = $1"""
IN_STATE = "UPDATE registration SET state = $2 WHERE registration_id = $1"
OF_ZONE = "UPDATE operator SET zones = '{BE-5415}' WHERE name = 'Zorg'"
DUE_NOW = "UPDATE report_sending SET due_at = now() WHERE state = 'due'"
STATES = "SELECT team, number, state, tries, recipients, refused FROM report_sending ORDER BY team, number"
JOURNAL = "SELECT kind, registration_id, facts FROM journal WHERE kind LIKE 'report.%' ORDER BY entry"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with a_mail_server() as server:
        yield server


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(database, tmp_path) as node:
        yield node


def settings(mailbox: Mailbox, **changes: Any) -> Settings:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_tls": "none"}
    return Settings(**{**mail, "mail_from": "msa@police.example", **changes})


class Nodes:
    """Nodes of one system, as far as they make and send reports, under one clock."""

    def __init__(self, database: str, mailbox: Mailbox, now: datetime) -> None:
        self.clock = VirtualClock(now)
        self.metrics = Metrics()
        self._database = database
        self._settings = settings(mailbox)
        self._stack = AsyncExitStack()

    async def one(self) -> DailyReports:
        pool = await self._stack.enter_async_context(create_pool(self._database, application_name="node"))
        return DailyReports(
            reports=PostgresReports(pool, self._settings, self._settings.review_intervals),
            post=SmtpPost.of(self._settings),
            sender="msa@police.example",
            clock=self.clock,
            metrics=self.metrics,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


async def states(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await connection.fetch(STATES)]


async def test_each_team_gets_one_mail_a_day_from_two_nodes_at_once_an_empty_day_too(
    database: str, connection: Connection, mailbox: Mailbox
) -> None:
    await connection.execute(ZONES)
    async with Nodes(database, mailbox, datetime(2026, 3, 2, 5, 59, tzinfo=UTC)) as nodes:
        one, other = await nodes.one(), await nodes.one()
        assert await one.make() == 0
        nodes.clock.advance(60)
        assert sum(await asyncio.gather(one.make(), other.make())) == 2
        assert sum(await asyncio.gather(one.send(), other.send())) == 2
        assert sum(await asyncio.gather(one.make(), other.make(), one.send(), other.send())) == 0
        nodes.clock.advance(86_400)
        assert await one.make() == 2
        assert await other.send() == 2
    antwerp, ghent = sorted(mailbox.mails, key=lambda mail: (mail["Date"] or "", mail["To"]))[:2]
    subjects = {mail["Subject"] for mail in mailbox.mails}
    assert "Rapport journalier alarme harcèlement Antwerpen, 02/03/2026" in subjects
    assert "Dagverslag stalkingalarm Gent, 03/03/2026" in subjects
    assert len(subjects) == 4
    assert {antwerp["To"], ghent["To"]} <= {
        "zorg@antwerpen.example",
        "zorg@gent.example, leiding@gent.example",
    }
    text = next(mail for mail in mailbox.mails if "Dagverslag" in mail["Subject"])
    body = text.get_body(("plain",))
    assert body is not None
    assert "Niets gebeurd; er zijn geen dossiers." in body.get_content()
    assert {state for _, _, state, *_ in await states(connection)} == {"sent"}


async def test_a_server_that_refuses_gets_the_same_mail_again_and_a_late_record_only_the_same_id(
    database: str, connection: Connection, mailbox: Mailbox
) -> None:
    await connection.execute(ZONES)
    await connection.execute("DELETE FROM zone WHERE zone_id = 'BE-5345'")
    mailbox.answer = "451 try again later"
    async with Nodes(database, mailbox, datetime(2026, 3, 29, 5, 0, tzinfo=UTC)) as nodes:
        node = await nodes.one()
        await node.make()
        assert await node.send() == 0
        assert await node.send() == 0  # it waits
        assert mailbox.tries == 1
        assert await states(connection) == [("BE-5415", 0, "due", 1, 0, 0)]
        mailbox.answer, mailbox.unknown = "250 OK", {"leiding@gent.example"}
        await connection.execute(DUE_NOW)
        assert await node.send() == 1
        assert await states(connection) == [("BE-5415", 0, "sent", 2, 1, 1)]
        # the node died when the server had taken it, before that was written down
        await connection.execute("UPDATE report_sending SET state = 'due', claimed_until = NULL")
        assert await node.send() == 1
    first, again = mailbox.mails
    assert first["Message-ID"] == again["Message-ID"] == "<daily.2026-03-29.BE-5415.0@police.example>"
    report = DailyReport.model_validate(await connection.fetchval("SELECT body FROM daily_report"))
    assert report.until_at - report.from_at == timedelta(hours=23)
    counted = nodes.metrics.registry.get_sample_value(
        "msa_report_mails_total", {"centre": "BE-VOV", "outcome": "failed"}
    )
    assert counted == 1
    sent = [row["facts"]["state"] for row in await connection.fetch(JOURNAL)]
    assert sent == ["sent", "sent"]


async def test_a_claim_that_has_ended_records_nothing_and_a_mail_is_given_up_in_the_end(
    database: str, connection: Connection, mailbox: Mailbox
) -> None:
    await connection.execute(ZONES)
    async with Nodes(database, mailbox, datetime(2026, 3, 2, 6, 0, tzinfo=UTC)) as nodes:
        node, other = await nodes.one(), await nodes.one()
        await node.make()
        (frozen,) = await node.reports.claim(1)
        await connection.execute("UPDATE report_sending SET claimed_until = NULL")
        claimed = await other.reports.claim(5)
        await node.reports.put_off(frozen, 0.0, "late")
        assert {
            row["claimed_until"] is None for row in await connection.fetch("SELECT * FROM report_sending")
        } == {False}
        assert len(claimed) == 2
        await connection.execute("UPDATE report_sending SET claimed_until = NULL")
        await connection.execute("UPDATE report_sending SET asked_at = '2026-02-28', due_at = '2026-02-28'")
        mailbox.answer = "550 never"
        assert await node.send() == 0
    assert {state for _, _, state, *_ in await states(connection)} == {"given_up"}


async def test_an_officer_reads_her_teams_day_with_names_and_has_it_sent_again(
    gateway: Running, connection: Connection, mailbox: Mailbox
) -> None:
    await connection.execute(ZONES)
    companion = await gateway.a_companion(victim=EVIL)
    now: datetime = await connection.fetchval("SELECT now()")
    today = now.date()
    await connection.execute(PLACE, companion.registration_id, "GE.1/2026", today)
    elsewhere = (await gateway.a_companion(victim="Elders, Els")).registration_id
    await gateway.press(companion, a_press())
    await gateway.press(companion, a_press(purpose="test"))
    officer = await gateway.a_session("BE-VOV", name="Zorg", role=Role.CASE_OFFICER)
    await connection.execute(OF_ZONE)
    tomorrow = today + timedelta(days=1)

    async def asked(path: str, token: str = officer, method: str = "GET") -> httpx.Response:
        url = f"{gateway.url}/v1/reports/daily/{path}"
        return await gateway.http.request(method, url, headers={"Cookie": f"{COOKIE}={token}"})

    day = next(day for day in (today, tomorrow) if window_of(day, time(7)).until_at > now)
    report = DailyReport.model_validate_json((await asked(str(day))).content)
    (file,) = report.files
    assert (report.final, report.totals.alarms, report.totals.tests) == (False, 1, 1)
    assert (file.name, file.reference, file.position) == (EVIL, "GE.1/2026", PositionHealth.UNKNOWN)
    assert TaskKind.EVALUATION_OVERDUE in {task.kind for task in file.tasks}
    assert file.registration_id != elsewhere
    page = await asked(f"{report.day}?format=html&language=fr")
    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text
    assert "Rapport journalier" in page.text
    printed = await asked(f"{report.day}?format=pdf&language=nl")
    said = "".join(one.extract_text() for one in pypdf.PdfReader(BytesIO(printed.content)).pages)
    assert EVIL.replace(" ", "") in said.replace(" ", "").replace("\n", "")

    for path in (f"{report.day}?team=BE-5345", str(date(2099, 1, 1))):
        assert (await asked(path)).status_code == 404
    assert (await asked(f"{report.day}?format=exe")).status_code == 422
    assert (await asked("today")).status_code == 422
    assert (await asked(str(report.day), await gateway.a_session("BE-VOV"))).status_code == 403
    assert (await asked(f"{report.day}/resend", method="POST")).status_code == 404  # none was made yet
    journal = await connection.fetch(JOURNAL)
    read = {row["registration_id"] for row in journal}
    assert read == {None, companion.registration_id}
    assert {row["facts"]["format"] for row in journal} == {"json", "html", "pdf"}


async def test_how_an_alarm_ended_is_reported_the_day_it_ended_also_of_a_file_that_ended_with_it(
    gateway: Running, connection: Connection, mailbox: Mailbox
) -> None:
    await connection.execute(ZONES)
    window = window_of(date(2026, 3, 2), time(7))
    for reference, raised, closed, life in (
        ("GE.1/2026", -600, 600, "installed"),  # open when the day before was reported
        ("GE.2/2026", 600, 1200, "closed"),
        ("GE.3/2026", -1200, -600, "installed"),  # over by then: it was in that report
        ("GE.4/2026", -1200, -600, "closed"),
    ):
        companion = await gateway.a_companion()
        await connection.execute(PLACE, companion.registration_id, reference, None)
        await gateway.press(companion, a_press())
        closure = {"closure": {"at": str(window.from_at + timedelta(seconds=closed)), "outcome": "arrest"}}
        raised_at = window.from_at + timedelta(seconds=raised)
        await connection.execute(ENDED, companion.registration_id, raised_at, closure)
        await connection.execute(IN_STATE, companion.registration_id, life)
    async with create_pool(gateway.database, application_name="test") as pool:
        reports = PostgresReports(pool, settings(mailbox), settings(mailbox).review_intervals)
        async with pool.acquire() as database:
            team = await reports.find_team(database, "BE-5415")
            assert team is not None
            report = await reports.report_of(database, team, date(2026, 3, 2), window.until_at)
    told = {file.reference: [alarm.outcome for alarm in file.alarms] for file in report.files}
    assert told == {"GE.1/2026": ["arrest"], "GE.2/2026": ["arrest"], "GE.3/2026": []}
    assert report.totals.open_alarms == 0


async def test_a_report_that_was_made_stays_as_it_was_is_mailed_without_names_and_again_when_asked(
    database: str, connection: Connection, mailbox: Mailbox, tmp_path: Path
) -> None:
    await connection.execute(ZONES)
    mail = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_tls": "none"}
    async with running(database, tmp_path, mail_from="msa@police.example", **mail) as gateway:
        made = await gateway.a_companion(victim=EVIL)
        hidden = await gateway.a_companion(victim="Niet, Nora")
        await connection.execute(PLACE, made.registration_id, "GE.1/2026", None)
        await connection.execute(PLACE, hidden.registration_id, "GE.2/2026", None)
        officer = await gateway.a_session("BE-VOV", name="Zorg", role=Role.CASE_OFFICER)
        await connection.execute(OF_ZONE)
        now: datetime = await connection.fetchval("SELECT now()")
        day = now.date() + timedelta(days=3)  # after whatever the gateway makes by itself
        async with Nodes(database, mailbox, datetime(day.year, day.month, day.day, 12, tzinfo=UTC)) as nodes:
            node = await nodes.one()
            await node.make()
            await node.send()

        def mails() -> list[EmailMessage]:
            return [one for one in mailbox.mails if f"{day}.BE-5415" in one["Message-ID"]]

        await until("it is mailed, perhaps by the gateway", lambda: bool(mails()))
        (sent,) = mails()
        assert "GE.1/2026" in str(sent.get_body(("plain",)))
        assert "Anna" not in sent.as_string()

        await connection.execute(
            "UPDATE registration SET wrapped_key = NULL WHERE registration_id = $1", hidden.registration_id
        )
        path = f"{gateway.url}/v1/reports/daily/{day}"
        cookie = {"Cookie": f"{COOKIE}={officer}"}
        report = DailyReport.model_validate_json((await gateway.http.get(path, headers=cookie)).content)
        assert report.final
        assert [(file.reference, file.name) for file in report.files] == [("GE.1/2026", EVIL)]
        assert report.totals.files == 1
        asked = [await gateway.http.post(f"{path}/resend", headers=cookie) for _ in range(2)]
        assert sorted(answer.status_code for answer in asked) == [202, 409]
    numbers = [
        row["number"] for row in await connection.fetch("SELECT * FROM report_sending WHERE day = $1", day)
    ]
    assert numbers.count(1) == 1
    names = [
        row["facts"].get("number")
        for row in await connection.fetch(JOURNAL)
        if row["registration_id"] is None
    ]
    assert 1 in names


async def test_mail_goes_out_sealed_or_not_at_all(mailbox: Mailbox, tmp_path: Path) -> None:
    for changes, why in (
        ({"smtp_host": "mail.example"}, "not this machine"),
        ({"mail_from": None}, "MSA_MAIL_FROM"),
        ({"smtp_username": "msa"}, "one is missing"),
        ({"smtp_username": "msa", "smtp_password_file": tmp_path / "none"}, "cannot be read"),
    ):
        with pytest.raises(MailRefused, match=why):
            SmtpPost.of(settings(mailbox, **changes))
    assert SmtpPost.of(settings(mailbox, smtp_host=None)) is None
    (tmp_path / "password").write_text("secret\n")
    with pytest.raises(MailRefused, match="open to others"):
        SmtpPost.of(settings(mailbox, smtp_username="msa", smtp_password_file=tmp_path / "password"))

    message = EmailMessage()
    message["Subject"] = "x"
    sealed = SmtpPost.of(settings(mailbox, smtp_tls="starttls"))
    assert sealed is not None
    with pytest.raises(MailFailed):  # the server does not offer it
        await sealed.send(message, ["zorg@gent.example"])
    plain = SmtpPost.of(settings(mailbox))
    assert plain is not None
    mailbox.unknown = {"zorg@gent.example"}
    with pytest.raises(MailFailed):
        await plain.send(message, ["zorg@gent.example"])
    assert mailbox.envelopes == []
