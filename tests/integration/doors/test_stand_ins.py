"""Stand-ins: named so that nobody tries numbers on them, found under every key, bound a day, none refused."""

from dataclasses import replace

from gateway.domain.event_keys import stand_in_id
from gateway.domain.integrators import Inbound, Linked
from gateway.store.connect import Pool
from gateway.store.doors.stand_ins import PostgresStandIns
from gateway.store.notices import PostgresNotices
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from gateway.stranger_watch import StrangerWatch
from schemas.events import AlarmRaised, ReportedPerson
from schemas.protection import NoticeKind
from tests.support.clock import VirtualClock
from tests.support.events import an_event
from tests.support.inbox import KEYRING
from tests.support.integrators import a_client

ROTATED = Keyring("new", {"new": b"n" * 32, **KEYRING.keys})
ANOTHER = Keyring("k", {"k": b"x" * 32})
RENAME = "UPDATE registration SET registration_id = $2 WHERE registration_id = $1"


async def test_a_stand_in_is_named_under_a_key_and_one_from_before_is_still_found(
    pool: Pool, clock: VirtualClock
) -> None:
    who = (await a_client(pool, clock)).integrator
    event = replace(an_event(AlarmRaised()), integrator=who, subject="+32470123456")
    before = stand_in_id(who.integrator_id, event.subject, exercise=False)
    made = await PostgresStandIns(pool, KEYRING, clock).ensure(event, "BE-VOV")
    guessed = (await PostgresStandIns(pool, ANOTHER, clock).of(event, "BE-VOV")).registration_id
    assert made.registration_id not in {before, guessed}
    for keyring in (KEYRING, ROTATED):
        stand_ins = PostgresStandIns(pool, keyring, clock)
        assert await stand_ins.ensure(event, "BE-VAN") == await stand_ins.of(event, "BE-VAN") == made

    other = replace(event, subject="of-before")
    older = stand_in_id(who.integrator_id, other.subject, exercise=False)
    named = await PostgresStandIns(pool, KEYRING, clock).ensure(other, "BE-VOV")
    await pool.execute("DELETE FROM supervision WHERE registration_id = $1", named.registration_id)
    await pool.execute(RENAME, named.registration_id, older)  # as a program named it that knew of no key
    assert (await PostgresStandIns(pool, KEYRING, clock).ensure(other, "BE-VOV")).registration_id == older
    assert older in PostgresStandIns(pool, KEYRING, clock).may_be(other)


async def test_beyond_a_days_number_the_unknown_share_one_and_the_centre_is_told(
    pool: Pool, clock: VirtualClock
) -> None:
    who = (await a_client(pool, clock, name="App")).integrator
    sandbox = (await a_client(pool, clock, sandbox=True)).integrator
    stand_ins = PostgresStandIns(pool, KEYRING, clock, a_day=2)
    notices = PostgresNotices(pool, Viewer(KEYRING, lambda _: None), lambda _: None)
    watch = StrangerWatch(stand_ins, notices, "BE-VOV")

    def of(subject: str) -> Inbound:
        data = AlarmRaised(person=ReportedPerson(name="Mira"))
        return replace(an_event(data), integrator=who, subject=subject)

    async def ensured(subject: str) -> Linked:
        return await stand_ins.ensure(of(subject), "BE-VOV")

    async def told() -> set[tuple[NoticeKind, str]]:
        await watch.look()
        kinds, subjects = [NoticeKind.STRANGERS], [str(who.integrator_id)]
        return set(await notices.open_of("BE-VOV", kinds, subjects))

    first, second = await ensured("a"), await ensured("b")
    assert await told() == set()
    third, fourth = await ensured("c"), await ensured("d")
    assert (third.shared, third.known, third) == (True, False, fourth)
    assert len({one.registration_id for one in (first, second, third)}) == 3
    assert [(await ensured(one)).shared for one in ("a", "b")] == [False, False]
    assert (await stand_ins.of(of("c"), "BE-VOV")).shared
    assert not (await stand_ins.of(of("c"), "BE-VOV", own=True)).shared
    trial = await stand_ins.ensure(replace(of("c"), integrator=sandbox), "BE-VOV")
    assert not trial.shared
    assert await told() == {(NoticeKind.STRANGERS, str(who.integrator_id))}

    clock.advance(86_400)
    fresh = await ensured("c")
    assert not fresh.shared
    assert await told() == set()
    assert (await stand_ins.of(of("d"), "BE-VOV")).shared, "its alarm of yesterday may still be open"
    clock.advance(86_400)
    assert not (await stand_ins.of(of("who never raised one"), "BE-VOV")).shared, "nor is it of others' alarm"
