"""Receivers outside are told of alarms: which, as what, signed, and on record."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import WebhookVerificationError

from gateway.store.connect import Connection
from gateway.webhook_signature import Algorithm
from schemas.alarm import AlarmView
from schemas.press import Purpose
from tests.support.changing import pressed
from tests.support.outbound import Sender, an_integrator
from tests.support.receiver import a_receiver
from tests.support.records import a_companion


async def test_an_alarm_is_told_as_a_cloud_event_that_the_standards_library_verifies(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver() as outside:
        _, secret = await sender.receiver(outside.url, await an_integrator(connection))
        companion = await a_companion(connection)
        alarm = await pressed(connection, companion)
        await pressed(connection, companion)
        await sender.send_all()
    first, second = (call.verified(secret.given) for call in outside.calls)
    assert (first["type"], second["type"]) == ("be.msa.alarm.raised", "be.msa.alarm.pressed_again")
    assert first["source"] == "/centres/BE-VOV"
    assert first["id"].endswith(":1")
    assert first["subject"] == str(alarm.alarm_id)
    assert first["purpose"] == "real"
    assert first["sequence"] < second["sequence"]
    told = AlarmView.model_validate(second["data"])
    assert (told.alarm_id, told.press_count, told.person) == (alarm.alarm_id, 2, None)
    assert outside.calls[0].headers["content-type"].startswith("application/cloudevents+json")
    with pytest.raises(WebhookVerificationError):
        outside.calls[0].verified("whsec_" + base64.b64encode(bytes(32)).decode())


async def test_a_secret_is_rotated_without_a_gap(sender: Sender, connection: Connection) -> None:
    async with a_receiver() as outside:
        receiver, old = await sender.receiver(outside.url, await an_integrator(connection))
        new = await sender.receivers.rotate(receiver.receiver_id, Algorithm.HMAC, 3600)
        pair = await sender.receivers.rotate(receiver.receiver_id, Algorithm.ED25519, 3600)
        await pressed(connection, await a_companion(connection))
        await sender.send_all()
        await sender.receivers.end_old_secrets(receiver.receiver_id)
        await pressed(connection, await a_companion(connection))
        await sender.send_all()
    between, then = outside.calls
    assert between.verified(old.given) == between.verified(new.given)
    assert then.verified(new.given)
    with pytest.raises(WebhookVerificationError):
        then.verified(old.given)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(pair.given.removeprefix("whpk_")))
    for call in (between, then):
        (signature,) = [one for one in call.headers["webhook-signature"].split(" ") if one.startswith("v1a,")]
        signed = f"{call.id}.{call.headers['webhook-timestamp']}.".encode() + call.body
        public.verify(base64.b64decode(signature.removeprefix("v1a,")), signed)


async def test_only_what_may_be_told_is_told(sender: Sender, connection: Connection) -> None:
    async with a_receiver() as outside:
        of = await an_integrator(connection, "BE-VOV", scopes=("streams:read",))
        sandbox = await an_integrator(connection, "BE-VOV", sandbox=True)
        await sender.receiver(outside.url, of, kinds=("alarm.raised",))
        await sender.receiver(f"{outside.url}/sandbox", sandbox)
        companion = await a_companion(connection)
        await pressed(connection, companion)
        await pressed(connection, companion)
        await pressed(connection, await a_companion(connection, "BE-VAN"), "BE-VAN")
        await pressed(connection, await a_companion(connection), purpose=Purpose.EXERCISE)
        await pressed(connection, await a_companion(connection), purpose=Purpose.CANARY)
        await sender.send_all()
        told = sorted((call.event["type"], call.event["purpose"]) for call in outside.calls)
        assert told == [("be.msa.alarm.raised", "exercise"), ("be.msa.alarm.raised", "real")]
        await connection.execute("UPDATE integrator SET scopes = '{}'")
        await pressed(connection, await a_companion(connection))
        await sender.send_all()
    assert len(outside.calls) == 2


async def test_that_an_alarm_was_disclosed_stands_in_the_journal_once_an_alarm_and_receiver(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver() as outside:
        of = await an_integrator(connection)
        await sender.receiver(outside.url, of, with_person=True)
        companion = await a_companion(connection)
        alarm = await pressed(connection, companion)
        await pressed(connection, companion)
        await sender.send_all()
        assert len(outside.calls) == 2
    (entry,) = await connection.fetch("SELECT * FROM journal WHERE kind = 'alarm.disclosed'")
    assert (entry["alarm_id"], entry["registration_id"]) == (alarm.alarm_id, companion[0])
    assert entry["done_by"] == {"operator_id": str(of.integrator_id), "name": of.name}
    assert entry["facts"]["person"] is True
