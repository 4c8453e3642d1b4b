"""Whatever a known account sends, and whatever happens to it on its way."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.gear.dc09.door import Said
from gateway.gear.dc09.framing import Deframer
from schemas.events import AlarmRaised
from tests.support.dc09_sender import Gear
from tests.support.gear import KEY, GearStage


@given(st.binary(max_size=300), st.sampled_from(["SIA-DCS", "ADM-CID", "NULL"]), st.booleans())
async def test_whatever_a_known_account_says_is_answered(said: bytes, token: str, sealed: bool) -> None:  # noqa: FBT001 (a case)
    stage = GearStage()
    gear = Gear("1234", stage.clock.now, key=KEY) if sealed else Gear("C1EA", stage.clock.now)
    text = said.decode("latin-1").translate(dict.fromkeys(map(ord, "[]|\r\n"), " "))
    raw = gear.event(text.encode("cp1252", "replace").decode("cp1252"), token=token)
    for frame in Deframer().feed(raw):
        assert (await stage.dc09().answer(frame)).said in {Said.ACK, Said.NAK}


@given(st.data())
async def test_a_frame_changed_on_its_way_raises_nothing_that_was_not_sent(data: st.DataObject) -> None:
    stage = GearStage()
    raw = bytearray(Gear("1234", stage.clock.now, key=KEY).event("Nri1/PA01"))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    door = stage.dc09()
    for frame in Deframer().feed(bytes(raw)):
        await door.answer(frame)
    for event in stage.intake.taken:  # hex digits in small letters are the same frame
        assert isinstance(event.data, AlarmRaised)
        assert event.data.text == "SIA PA Panic Alarm, 01"
