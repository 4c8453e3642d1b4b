"""Wishes to cancel: to which alarm, for how long, and what is left of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_bridge import timing
from ble_bridge.outbox import Outbox
from ble_bridge.ports import Gateway, Refused, Unknown
from ble_bridge.wishes import Wishes, spoken
from schemas.press import Purpose, Receipt
from schemas.track import CancelAnswer, CancelWish
from tests.support.companion import BUTTON_ID, CompanionClock, a_receipt, an_entry


@dataclass
class FarSide:
    says: Refused | Unknown | None = None
    told: list[tuple[UUID, str | None]] = field(default_factory=list)

    async def cancel(self, alarm_id: UUID, wish: CancelWish) -> CancelAnswer | Refused | Unknown:
        self.told.append((alarm_id, wish.word))
        return self.says or CancelAnswer(alarm_id=alarm_id)


@dataclass
class Scene:
    outbox: Outbox
    clock: CompanionClock
    far: FarSide
    wishes: Wishes

    async def receipted(self, purpose: Purpose = Purpose.REAL) -> Receipt:
        entry = an_entry(self.clock, purpose)
        await self.outbox.put(entry, BUTTON_ID)
        receipt = a_receipt(entry.press.press_id).model_copy(update={"committed_at": self.clock.now()})
        await self.outbox.receipted(receipt)
        return receipt


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock, far = CompanionClock(), FarSide()
    async with Outbox(tmp_path / "outbox.db", clock) as outbox:
        yield Scene(outbox, clock, far, Wishes(outbox, cast("Gateway", far), clock))


@given(st.text())
def test_any_word_can_be_sent_and_a_word_that_can_be_said_is_sent_as_it_is(text):
    word = spoken(text)
    assert CancelWish(word=word).word == word
    if text and text.isprintable() and text == text.strip() and len(text) <= 200:
        assert word == text


async def test_a_wish_is_about_the_real_alarm_though_a_test_is_newer(scene: Scene):
    real = await scene.receipted()
    scene.clock.advance(60)
    await scene.receipted(Purpose.TEST)
    await scene.outbox.put_wish("thunder")
    await scene.wishes.send()
    assert scene.far.told == [(real.alarm_id, "thunder")]
    assert await scene.outbox.wishes() == []


async def test_a_word_is_gone_from_the_disk_while_the_outbox_is_still_open(scene: Scene):
    await scene.receipted()
    await scene.outbox.put_wish("thunder")
    files = list(scene.outbox.path.parent.iterdir())
    assert any(b"thunder" in file.read_bytes() for file in files)
    await scene.wishes.send()
    assert not any(b"thunder" in file.read_bytes() for file in files)


async def test_a_wish_that_no_gateway_took_is_kept_and_one_that_is_refused_is_not(scene: Scene):
    await scene.receipted()
    await scene.outbox.put_wish("thunder")
    scene.far.says = Unknown("ConnectError")
    await scene.wishes.send()
    assert [wish.word for wish in await scene.outbox.wishes()] == ["thunder"]
    scene.far.says = Refused(409, "not-allowed-now")
    await scene.wishes.send()
    assert await scene.outbox.wishes() == []


async def test_a_wish_waits_for_a_press_that_waits_but_not_for_one_that_is_refused(scene: Scene):
    await scene.receipted()
    waiting = an_entry(scene.clock)
    await scene.outbox.put(waiting, BUTTON_ID)
    await scene.outbox.put_wish(None)
    await scene.wishes.send()
    assert scene.far.told == []
    await scene.outbox.failed(waiting.failed("invalid"))
    await scene.wishes.send()
    assert len(scene.far.told) == 1


async def test_after_a_day_a_wish_is_erased_unsent(scene: Scene):
    await scene.receipted()
    await scene.outbox.put_wish("thunder")
    scene.clock.advance(timing.KEEP_WISH_H * 3600 + 1)
    await scene.wishes.send()
    assert scene.far.told == []
    assert await scene.outbox.wishes() == []


async def test_without_an_alarm_a_wish_waits_for_one(scene: Scene):
    await scene.outbox.put_wish("thunder")
    await scene.wishes.send()
    assert len(await scene.outbox.wishes()) == 1
    receipt = await scene.receipted()
    await scene.wishes.send()
    assert scene.far.told == [(receipt.alarm_id, "thunder")]


async def test_wishes_go_in_the_order_they_were_made(scene: Scene):
    await scene.receipted()
    for word in ("one", "two", None):
        await scene.outbox.put_wish(word)
    await scene.wishes.send()
    assert [word for _alarm, word in scene.far.told] == ["one", "two", None]
