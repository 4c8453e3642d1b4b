"""Perimeters as people set them: an officer drafts, a magistrate decides, nobody else reads where it is."""

from uuid import UUID

from gateway.clock import SystemClock
from gateway.store.doors.perimeter_book import PostgresPerimeterBooks
from gateway.store.sealing import Keyring
from schemas.session import Role
from tests.support.desk import supervisor
from tests.support.perimeters import DECISION, Court, TagCentre, terms

LATER = (
    "ALTER TABLE perimeter DROP CONSTRAINT perimeter_victim_told_check",
    "ALTER TABLE perimeter DROP CONSTRAINT perimeter_tampered_near_check",
    "ALTER TABLE tracker DROP CONSTRAINT tracker_role_check",
    "ALTER TABLE perimeter_watch DROP CONSTRAINT perimeter_watch_state_check",
    "ALTER TABLE perimeter_move DROP CONSTRAINT perimeter_move_state_check",
    "UPDATE perimeter SET victim_told = 'later', tampered_near = 'later'",
)
STANDS = """
INSERT INTO perimeter_watch (perimeter_id, tracker_id, registration_id, version, state, since, fixed_at,
                             changed_at)
VALUES ($1, $2, $3, 3, 'later', now(), now(), now())"""


async def test_an_officer_drafts_and_a_magistrate_alone_puts_into_force_and_ends(
    gateway, connection, pool
) -> None:
    file = (await gateway.a_companion()).registration_id
    await TagCentre.of(gateway, pool)
    court = await Court.of(gateway, file)
    tag = await court.tracker()
    status, draft = await court.ask("POST", f"registrations/{file}/perimeters", body=terms((tag,)))
    assert (status, draft["state"], draft["watching"]) == (201, "draft", False)
    assert (draft["zone_radius_m"], draft["ring_reach_m"]) == (500, 1000), "the ring reaches twice as far"
    one = f"perimeters/{draft['perimeter_id']}"
    decided = {"expected_version": 1, "decision": DECISION}
    assert (await court.ask("POST", f"{one}/decide", body=decided))[0] == 403
    stale = {**decided, "expected_version": 2}
    assert (await court.ask("POST", f"{one}/decide", court.magistrate, stale))[0] == 409
    status, view = await court.ask("POST", f"{one}/decide", court.magistrate, decided)
    assert (status, view["state"], view["watching"], view["version"]) == (200, "in_force", True, 2)
    assert view["decision"]["reference"] == "2026/123"

    wider = terms((tag,), ring_m=3000)
    assert (await court.ask("PATCH", one, body={"expected_version": 2, "terms": wider}))[0] == 403
    status, view = await court.ask("PATCH", one, body={"expected_version": 2, "trackers": []})
    assert (status, view["version"], view["terms"]["trackers"]) == (200, 3, []), "a worn out tag is swapped"
    changed = {"expected_version": 3, "terms": wider, "decision": DECISION}
    status, view = await court.ask("PATCH", one, court.magistrate, changed)
    assert (status, view["ring_reach_m"]) == (200, 3500)
    over = {"expected_version": 4, "ground": "opgeheven"}
    assert (await court.ask("POST", f"{one}/end", body=over))[0] == 403
    status, view = await court.ask("POST", f"{one}/end", court.magistrate, over)
    assert (status, view["state"], view["ground"]) == (200, "ended", "opgeheven")
    versions = "SELECT array_agg(state ORDER BY version) FROM perimeter_version"
    states = ["draft", "in_force", "in_force", "in_force", "ended"]
    assert await connection.fetchval(versions) == states, "each version is kept as it was"
    kept = str(await connection.fetch("SELECT p::text FROM perimeter_version p"))
    for clear in ("Thuis", "51.05", b"Thuis".hex(), "Rechtbank", "2026/123", "opgeheven"):
        assert clear not in kept


async def test_a_tracker_that_takes_the_place_of_another_is_bound_alike_and_that_is_on_the_record(
    gateway, connection, pool
) -> None:
    file = (await gateway.a_companion()).registration_id
    await TagCentre.of(gateway, pool)
    court = await Court.of(gateway, file)
    tags = [await court.tracker(f"TAG-{each}") for each in (1, 2)]
    one = await court.in_force(*tags)
    await court.ask("POST", f"trackers/{tags[0]}/end")
    other = {"integrator": "Tagcentrale", "subject": "TAG-3", "label": "Enkelband 3"}
    path = f"trackers/{tags[1]}/swap"
    assert (await court.ask("POST", path, court.magistrate, other))[0] == 403
    assert (await court.ask("POST", path, body={**other, "integrator": "Niemand"}))[0] == 422
    status, new = await court.ask("POST", path, body=other)
    assert (status, new["role"], new["number"]) == (201, "offender", 2), "the second stays the second"
    _, view = await court.ask("GET", f"perimeters/{one['perimeter_id']}")
    assert view["version"] == one["version"] + 1
    assert view["terms"]["trackers"] == [tags[0], new["tracker_id"]]
    assert (await court.ask("POST", path, body=other))[0] == 409, "it is not worn any more"
    kinds = "SELECT array_agg(kind ORDER BY entry) FROM journal WHERE kind ~ '^(tracker|perimeter)'"
    assert (await connection.fetchval(kinds))[-3:] == ["tracker.ended", "tracker.added", "perimeter.changed"]
    versions = "SELECT count(*) FROM perimeter_version WHERE $1 = ANY (trackers)"
    assert await connection.fetchval(versions, new["tracker_id"]) == 1


async def test_a_change_by_a_node_whose_clock_is_behind_is_judged_by_all_the_same(
    gateway, connection, pool
) -> None:
    file = (await gateway.a_companion()).registration_id
    await TagCentre.of(gateway, pool)
    court = await Court.of(gateway, file)
    tag = await court.tracker()
    one = await court.in_force(tag)
    books = PostgresPerimeterBooks(pool, Keyring.of(gateway.settings), SystemClock())
    assert await books.changed() is not None
    assert await books.changed() is None
    swap = {"expected_version": one["version"], "trackers": []}
    await court.in_force(tag, name="Werk")
    await connection.execute("UPDATE perimeter SET changed_at = now() + interval '1 minute'")
    assert await books.changed() is not None
    assert (await court.ask("PATCH", f"perimeters/{one['perimeter_id']}", body=swap))[0] == 200
    book = await books.changed()
    assert book is not None
    assert {each.name: bool(each.trackers) for each in book.perimeters} == {"Thuis": False, "Werk": True}


async def test_what_a_later_version_decided_is_judged_by_and_shown_as_far_as_it_is_known(
    gateway, connection, pool
) -> None:
    file = (await gateway.a_companion()).registration_id
    await TagCentre.of(gateway, pool)
    court = await Court.of(gateway, file)
    tag, odd = await court.tracker(), await court.tracker("TAG-2")
    one = await court.in_force(tag)
    for statement in LATER:
        await connection.execute(statement)
    await connection.execute("UPDATE tracker SET role = 'later' WHERE tracker_id = $1", UUID(odd))
    await connection.execute(STANDS, UUID(one["perimeter_id"]), UUID(tag), file)
    books = PostgresPerimeterBooks(pool, Keyring.of(gateway.settings), SystemClock())
    book = await books.changed()
    assert book is not None
    assert {each.victim_told for each in book.perimeters} == {"never"}
    assert {each.tampered_near for each in book.perimeters} == {"alarm"}, "the graver of what is known"
    assert [str(each.tracker_id) for each in book.trackers] == [tag]
    ((_, watch),) = await books.watches()
    assert (watch.watch.state, watch.version) == ("far", 3)
    status, view = await court.ask("GET", f"perimeters/{one['perimeter_id']}")
    assert (status, view["watches"], view["terms"]["victim_told"]) == (200, [], "never")
    status, listed = await court.ask("GET", f"registrations/{file}/trackers")
    assert (status, [each["tracker_id"] for each in listed["trackers"]]) == (200, [tag])


async def test_what_cannot_be_a_perimeter_is_refused_by_its_field(gateway, connection, pool) -> None:
    file = (await gateway.a_companion()).registration_id
    await TagCentre.of(gateway, pool)
    court = await Court.of(gateway, file)
    hers = await court.tracker("UNIT-1", "victim")
    bow_tie = [(51.0, 3.0), (51.01, 3.01), (51.01, 3.0), (51.0, 3.01)]
    corners = [{"latitude": one, "longitude": other} for one, other in bow_tie]
    for changes, field in (
        ({"area": {"shape": "polygon", "corners": corners}}, "area.corners"),
        ({"trackers": [hers]}, "trackers"),
        ({"ends_on": "2020-01-02", "starts_on": "2020-01-01"}, "ends_on"),
    ):
        status, refused = await court.ask(
            "POST", f"registrations/{file}/perimeters", body={**terms(), **changes}
        )
        assert status == 422
        assert refused["errors"][0]["field"] == field
    status, refused = await court.ask(
        "POST", f"registrations/{file}/trackers",
        body={"integrator": "Niemand", "subject": "X", "role": "offender", "label": "x"},
    )  # fmt: skip
    assert (status, refused["errors"][0]["field"]) == (422, "integrator")
    assert await connection.fetchval("SELECT count(*) FROM perimeter") == 0
    await TagCentre.of(gateway, pool, "Proef", sandbox=True)
    trial = {"integrator": "Proef", "subject": "X", "role": "offender", "label": "x"}
    status, refused = await court.ask("POST", f"registrations/{file}/trackers", body=trial)
    assert (status, "exercises" in refused["errors"][0]["message"]) == (422, True)


async def test_nobody_of_another_team_reads_a_perimeter_and_an_operator_only_while_her_alarm_is_open(
    gateway, connection, pool
) -> None:
    companion = await gateway.a_companion()
    file = companion.registration_id
    await TagCentre.of(gateway, pool)
    court = await Court.of(gateway, file)
    view = await court.in_force(await court.tracker())
    one, listed = f"perimeters/{view['perimeter_id']}", f"registrations/{file}/perimeters"
    stranger = await supervisor(gateway, "BE-VAN", role=Role.CASE_OFFICER)
    operator = await supervisor(gateway, "BE-VOV", role=Role.OPERATOR)
    for who in (stranger, operator):
        assert (await court.ask("GET", one, who))[0] == 404
        assert (await court.ask("GET", listed, who))[0] == 404
    await gateway.press(companion)
    status, shown = await court.ask("GET", listed, operator)
    assert (status, shown["perimeters"][0]["terms"]["name"]) == (200, "Thuis")
    assert (await court.ask("GET", one, stranger))[0] == 404
    looked = """SELECT DISTINCT facts ->> 'part' FROM journal
                 WHERE registration_id = $1 AND kind = 'file.looked'"""
    assert {row[0] for row in await connection.fetch(looked, file)} >= {"perimeters"}
