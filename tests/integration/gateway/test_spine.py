"""A press through the real gateway to a real console, and back to the companion."""

from pathlib import Path
from uuid import uuid4

from tests.support.gateway import a_press, running


async def test_a_press_reaches_a_console_and_its_acknowledgement_reaches_the_companion(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as gateway:
        companion = await gateway.a_companion()
        token = await gateway.a_session(name="De Operator")
        async with gateway.console(token) as console:
            await console.attached()
            answer = await gateway.press(companion)
            receipt = answer.json()
            assert answer.status_code == 201

            event = await console.next("event")
            alarm = event["alarm"]
            assert event["kind"] == "alarm.raised"
            assert event["cursor"]["sequence"] == receipt["sequence"] == 1
            assert alarm["alarm_id"] == receipt["alarm_id"]
            assert alarm["verified"]
            assert alarm["enriched"]
            assert alarm["person"]["victim"]["name"] == "Voorbeeld, Anna"
            assert alarm["circumstances"][0]["kind"] == "weapon"

            await console.send(
                "acknowledge", request_id=str(uuid4()), alarm_id=alarm["alarm_id"], expected_version=1
            )
            taken = await console.next("event")
            assert taken["kind"] == "alarm.acknowledged"
            assert taken["alarm"]["acknowledged_by"]["name"] == "De Operator"
            assert (await console.next("result"))["version"] == 2

            url = f"{gateway.url}/v1/alarms/{alarm['alarm_id']}/signals?after=1"
            signals = await gateway.http.get(url, headers=companion.signed("GET", url))
            assert [signal["kind"] for signal in signals.json()["signals"]] == ["seen"]


async def test_the_same_press_again_gets_the_same_receipt(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path) as gateway:
        companion = await gateway.a_companion()
        press = a_press()
        first = await gateway.press(companion, press)
        again = await gateway.press(companion, {**press, "attempt": 2})
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == {**first.json(), "seen_before": True}
