"""Presses doubled, reordered and raced on two nodes; answers lost on the way back."""

import asyncio
import itertools
import random

from gateway.drill.proxy import tcp_proxy
from tests.acceptance.conftest import Stage
from tests.support.gateway import a_press
from tests.support.wait import until

SEED = 20260302
PATIENT_S = 15.0
"""Where no fault makes a companion give up: dozens at once take a busy machine longer than she waits."""


async def test_one_press_sent_to_both_nodes_at_once_is_one_alarm(stage: Stage) -> None:
    await stage.watch_both()
    pressers = await stage.pressers()
    for _ in range(5):
        presses = [(presser, a_press()) for presser in pressers]
        answers = await asyncio.gather(
            *(
                presser.once(press, url, within_s=PATIENT_S)
                for presser, press in presses
                for url in stage.cluster.urls * 2
            )
        )
        assert None not in answers
    verdict = await stage.verdict()
    assert verdict.holds
    assert verdict.counts["presses"] == verdict.counts["events"] == 5 * len(pressers)
    assert verdict.counts["answered seen before"] == 3 * 5 * len(pressers)


async def test_presses_of_one_victim_on_both_nodes_at_once_are_one_alarm(stage: Stage) -> None:
    await stage.watch_both()
    pressers = await stage.pressers()
    urls = itertools.cycle(stage.cluster.urls)
    answers = await asyncio.gather(
        *(presser.once(a_press(), next(urls), within_s=PATIENT_S) for presser in pressers for _ in range(8))
    )
    assert None not in answers
    verdict = await stage.verdict()
    assert verdict.holds
    assert verdict.counts["alarms"] == len(pressers)
    assert verdict.counts["events"] == 8 * len(pressers)


async def test_presses_resent_late_and_out_of_order_get_their_first_receipts(stage: Stage) -> None:
    await stage.watch_both()
    pressers = await stage.pressers()
    sent = [(presser, a_press()) for presser in pressers for _ in range(5)]
    for presser, press in sent:
        assert await presser.once(press, stage.a.url, within_s=PATIENT_S)
    again = [(presser, press, url) for presser, press in sent for url in stage.cluster.urls]
    random.Random(SEED).shuffle(again)
    answers = await asyncio.gather(
        *(presser.once({**press, "attempt": 2}, url, within_s=PATIENT_S) for presser, press, url in again)
    )
    assert all(answer is not None and answer.seen_before for answer in answers)
    verdict = await stage.verdict()
    assert verdict.holds
    assert verdict.counts["events"] == len(sent)


async def test_answers_that_never_arrive_double_nothing(stage: Stage) -> None:
    async with tcp_proxy(stage.a.url) as link:
        await stage.watch_both()
        presser = await stage.presser(link.url)
        link.drop("down")
        pressing = asyncio.create_task(presser.press())
        await until("the gateway was asked twice", lambda: len(stage.history.tries) >= 2)
        link.heal()
        receipt = await pressing
        assert receipt.seen_before
        verdict = await stage.verdict()
        assert verdict.holds
        assert verdict.counts["events"] == 1
