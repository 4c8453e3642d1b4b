"""Hotspots by way of the gateway: they come and go with files, are told beside alarms, and stay sealed."""

from datetime import timedelta
from typing import Any

from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.hotspot_watch import HotspotWatch
from gateway.store.casework.hotspot_flags import PostgresHotspotFlags
from gateway.store.casework.hotspot_looks import PostgresHotspotLooks
from gateway.store.casework.hotspot_seal import Blinds
from gateway.store.connect import Pool, connected
from gateway.store.notices import PostgresNotices
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from schemas.session import Role
from tests.support.desk import a_desk, supervisor
from tests.support.gateway import Companion, Running, a_press
from tests.support.wait import until

HOME = {"latitude": 51.0543, "longitude": 3.7174}
UP = "SELECT kind, registration_id FROM hotspot WHERE ended_at IS NULL ORDER BY kind"
NUMBER = "SELECT hotspot_id FROM hotspot WHERE ended_at IS NULL AND kind = 'number'"
PLACED = "SELECT cells <> '{}' FROM hotspot WHERE ended_at IS NULL AND kind = 'address'"


def the_flags(node: Running, pool: Pool) -> PostgresHotspotFlags:
    keyring = Keyring.of(node.settings)
    return PostgresHotspotFlags(pool=pool, keyring=keyring, clock=SystemClock(), blinds=Blinds(keyring))


async def move_to(
    node: Running, companion: Companion, officer: dict[str, str], **place: float
) -> dict[str, Any]:
    """Give the victim's address a place."""
    file = f"{node.url}/v1/registrations/{companion.registration_id}/circumstances"
    seen = (await node.http.get(file, headers=officer)).json()
    (address,) = seen["person"]["victim"]["addresses"]
    victim = {**seen["person"]["victim"], "addresses": [{**address, **place}]}
    edit = {
        "expected_version": seen["version"],
        "circumstances": [],
        "person": {**seen["person"], "victim": victim},
    }
    saved: dict[str, Any] = (await node.http.put(file, headers=officer, json=edit)).json()
    return saved


async def test_flags_come_and_go_with_files_and_nobody_reads_them_without_the_key_file(gateway, pool) -> None:
    companion = await gateway.a_companion()
    officer = await supervisor(gateway, "BE-VOV", role=Role.CASE_OFFICER)
    flags = the_flags(gateway, pool)
    async with connected(gateway.database, application_name="test") as database:

        async def are_up(*kinds: str) -> bool:
            await flags.reconcile()  # and the node does, now and then: of two, one finds nothing to do
            return [row["kind"] for row in await database.fetch(UP)] == list(kinds)

        async def moved() -> bool:
            return await are_up("address", "number") and bool(await database.fetchval(PLACED))

        await until("both are up", lambda: are_up("address", "number"))
        assert await flags.reconcile() == 0, "what is as it should be is left alone"
        number_before = await database.fetchval(NUMBER)
        await move_to(gateway, companion, officer, **HOME)
        await until("the address has its place", moved)
        assert await database.fetchval(NUMBER) == number_before, "the other is left alone"

        (number,) = await flags.number_flags("BE-VOV", "0470 00 00 00")
        assert number.registration_id == companion.registration_id
        assert await flags.number_flags("BE-VAN", "0470 00 00 00") == []
        assert len(await flags.address_flags("BE-VOV", "voorbeeldstraat 1 9000 GENT")) == 1

        rows = str(await database.fetch("SELECT hotspot::text AS row FROM hotspot"))
        for clear in (b"Voorbeeld".hex(), "Voorbeeld", b"470".hex() * 2, "470 00", "51.05", b"51.05".hex()):
            assert clear not in rows

        for over in ("state = 'closed'", "wrapped_key = NULL"):
            await database.execute("UPDATE registration SET state = 'installed'")
            await until("both are up again", lambda: are_up("address", "number"))
            await database.execute(f"UPDATE registration SET {over}")
            await until("none is", are_up)
            left = "SELECT count(*) FROM hotspot WHERE blind IS NOT NULL OR cells <> '{}'"
            assert await database.fetchval(left) == 0


async def test_a_flag_set_by_hand_has_a_reason_and_a_last_day_and_belongs_to_a_team(gateway, pool) -> None:
    chief = await supervisor(gateway, "BE-VOV")
    flag = {
        "team": "BE-VOV",
        "kind": "address",
        "text": "Stationsplein 1, Gent",
        **HOME,
        "reason": "Loert hier op haar",
        "until": (day_of(SystemClock().now()) + timedelta(days=30)).isoformat(),
    }

    async def post(headers: dict[str, str], path: str = "", **changes: Any) -> tuple[int, dict[str, Any]]:
        url = f"{gateway.url}/v1/hotspots{path}"
        answer = await gateway.http.post(url, headers=headers, json={**flag, **changes})
        return answer.status_code, answer.json()

    assert (await post(chief, reason=""))[0] == 422
    for changes, field in (
        ({"kind": "number", "text": "Dorp 1", "latitude": None, "longitude": None}, "text"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2999-01-01"}, "until"),
    ):
        status, refused = await post(chief, **changes)
        assert (status, refused["errors"][0]["field"]) == (422, field)
    assert (await post(chief, latitude=None))[0] == 422
    assert (await post(chief, team="BE-VAN"))[0] == 404
    assert (await post(await supervisor(gateway, "BE-VOV", role=Role.OPERATOR)))[0] == 403
    status, made = await post(chief)
    assert (status, made["text"], made["registration_id"]) == (201, flag["text"], None)

    await gateway.a_companion()
    flags = the_flags(gateway, pool)
    await flags.reconcile()

    async def listed(headers: dict[str, str], query: str = "") -> list[dict[str, Any]]:
        answer = await gateway.http.get(f"{gateway.url}/v1/hotspots{query}", headers=headers)
        return list(answer.json()["hotspots"])

    officer = await supervisor(gateway, "BE-VOV", role=Role.CASE_OFFICER)
    stranger = await supervisor(gateway, "BE-VAN", role=Role.CASE_OFFICER)
    assert [one["kind"] for one in await listed(officer)].count("number") == 1
    assert [one["text"] for one in await listed(chief)] == [flag["text"]], (
        "a file's are for who knows the file"
    )
    assert await listed(stranger) == []
    assert (await post(stranger, f"/{made['hotspot_id']}/end"))[0] == 404
    born = next(one for one in await listed(officer) if one["registration_id"])
    assert (await post(officer, f"/{born['hotspot_id']}/end"))[0] == 409
    status, ended = await post(officer, f"/{made['hotspot_id']}/end")
    assert (status, ended["ended"]) == (200, "hand")
    assert (await post(chief, f"/{made['hotspot_id']}/end"))[0] == 409
    assert await listed(chief) == []
    assert len(await listed(chief, "?ended=true")) == 1

    assert (await post(chief))[0] == 201
    async with connected(gateway.database, application_name="test") as database:
        await database.execute("UPDATE hotspot SET until = '2026-01-01' WHERE registration_id IS NULL")
        await flags.reconcile()
        assert [one["ended"] for one in await listed(chief, "?ended=true")] == ["date", "hand"]
        rows = await database.fetch(
            "SELECT kind, facts FROM journal WHERE kind LIKE 'hotspot.%' ORDER BY entry"
        )
        assert [row["kind"] for row in rows] == [
            "hotspot.set",
            "hotspot.ended",
            "hotspot.set",
            "hotspot.ended",
        ]
        assert "Stationsplein" not in str([dict(row) for row in rows])


async def test_an_alarm_near_a_flag_is_told_beside_it_once_and_no_longer_than_it_is_open(
    gateway, pool
) -> None:
    companion, other = await gateway.a_companion(), await gateway.a_companion()
    officer = await supervisor(gateway, "BE-VOV", role=Role.CASE_OFFICER)
    flags = the_flags(gateway, pool)
    for one in (companion, other):
        await move_to(gateway, one, officer, **HOME)
    await flags.reconcile()
    viewer = Viewer(Keyring.of(gateway.settings), lambda _: None)
    looks = PostgresHotspotLooks(pool=pool)
    watch = HotspotWatch(flags, looks, PostgresNotices(pool, viewer, lambda _: None))
    async with a_desk(gateway, "BE-VOV") as desk:
        fix = {
            "latitude": 51.0545,
            "longitude": 3.7176,
            "radius_m": 12,
            "fixed_at": "2026-03-02T10:00:00Z",
            "age_s": 1,
        }
        receipt = await gateway.press(companion, a_press(positions=[fix]))
        alarm_id = receipt.json()["alarm_id"]
        await desk.told("alarm.raised")
        await watch.look()
        told = (await desk.last_told("notice.raised"))["notice"]
        assert (told["kind"], told["subject"], told["audience"]) == ("hotspot", alarm_id, ["everybody"])
        assert told["detail"] == {"own": 1, "others": 1, "by_hand": 0}
        assert await looks.fresh() == []

        far = {**fix, "latitude": 50.94, "longitude": 4.04}
        await gateway.press(other, a_press(positions=[far]))
        await watch.look()
        async with connected(gateway.database, application_name="test") as database:
            hotspots = "SELECT count(*) FROM notice WHERE kind = 'hotspot' AND cleared_at IS NULL"
            assert await database.fetchval(hotspots) == 1
            await database.execute("UPDATE alarm SET state = 'closed'")
            await watch.keep()
            assert await database.fetchval(hotspots) == 0
