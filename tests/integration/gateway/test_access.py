"""Who may open a file, who is let in, from whom it is kept, and who is told who looked."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from gateway.http.security import COOKIE
from gateway.store.connect import Connection
from schemas.session import Role
from tests.support.gateway import Companion, Running

WORDS = {"reason": "danger", "words": "Zij belt; ik moet weten wie de dader is."}
REFERENCE = "SELECT reference FROM registration WHERE registration_id = $1"
ME = "SELECT operator_id FROM operator WHERE name = $1"
JOURNAL = (
    "SELECT kind, reason, done_by ->> 'name' AS name FROM journal WHERE registration_id = $1 ORDER BY entry"
)


class Desk:
    """Somebody signed in, by what she asks over HTTP."""

    def __init__(self, gateway: Running, token: str) -> None:
        self._gateway = gateway
        self._cookie = {"Cookie": f"{COOKIE}={token}"}

    async def ask(self, path: str, body: Any = None, method: str | None = None) -> httpx.Response:
        verb = method or ("GET" if body is None else "POST")
        return await self._gateway.http.request(
            verb, f"{self._gateway.url}{path}", json=body, headers=self._cookie
        )

    async def told(self, path: str, body: Any = None) -> Any:
        answer = await self.ask(path, body)
        assert answer.is_success, answer.text
        return answer.json()


async def desk(gateway: Running, role: Role, name: str, *centres: str) -> Desk:
    return Desk(gateway, await gateway.a_session(*(centres or ("BE-VOV",)), name=name, role=role))


def _same(one: httpx.Response, other: httpx.Response) -> None:
    """Assert that nothing but an id that was asked for tells two answers apart."""
    assert one.status_code == other.status_code
    own = {"date"}
    assert {k: v for k, v in one.headers.items() if k not in own} == {
        k: v for k, v in other.headers.items() if k not in own
    }
    bodies = [answer.json() for answer in (one, other)]
    for body in bodies:
        for varies in ("glass_id", "asked_at", "answer_by", "instance", "words"):
            body.pop(varies, None)
    assert bodies[0] == bodies[1]


async def test_a_file_opens_to_its_team_to_an_open_alarm_and_to_who_is_let_in(
    gateway: Running, connection: Connection
) -> None:
    companion = await gateway.a_companion(victim="Vera")
    file = companion.registration_id
    reference = await connection.fetchval(REFERENCE, file)
    officer = await desk(gateway, Role.CASE_OFFICER, "Cas")
    operator = await desk(gateway, Role.OPERATOR, "Ona")
    supervisor = await desk(gateway, Role.SUPERVISOR, "Sep")
    stranger = await desk(gateway, Role.CASE_OFFICER, "Far", "BE-VAN")
    auditor = await desk(gateway, Role.AUDITOR, "Aud")
    path = f"/v1/registrations/{file}/known"

    shown = await officer.told(path)
    assert (shown["why"], shown["person"]["victim"]["name"]) == ("case", "Vera")
    for one in (operator, supervisor, stranger):
        _same(await one.ask(path), await one.ask(f"/v1/registrations/{uuid4()}/known"))
    assert (await auditor.ask(path)).status_code == 403

    # An alarm of hers opens it to its operators, for as long as it is open.
    await gateway.press(companion)
    assert (await operator.told(path))["why"] == "alarm"
    assert (await stranger.ask(path)).status_code == 404
    await connection.execute("UPDATE alarm SET state = 'closed'")
    assert (await operator.ask(path)).status_code == 404

    # Asking is answered alike whether there is such a file or not.
    wish = {**WORDS, "centre": "BE-VOV", "reference": reference}
    first = await operator.ask("/v1/glass", wish)
    _same(first, await operator.ask("/v1/glass", {**wish, "reference": "nothing"}))
    asked = first.json()
    assert (first.status_code, asked["registration_id"], asked["mine"]) == (202, None, True)
    answer = f"/v1/glass/{asked['glass_id']}/answer"
    assert (await operator.ask(answer, {"allowed": True})).status_code == 409, "she cannot let herself in"
    assert (await stranger.ask(answer, {"allowed": True})).status_code == 404
    (pending,) = [one for one in await supervisor.told("/v1/glass") if one["may_answer"]]
    assert (pending["reference"], pending["words"]) == (reference, WORDS["words"])
    assert (await supervisor.told(answer, {"allowed": True}))["state"] == "allowed"
    assert (await officer.ask(answer, {"allowed": False})).status_code == 409, "it is answered"
    assert (await operator.told(path))["why"] == "break_glass"
    await connection.execute("UPDATE glass SET until = now() WHERE allowed")
    assert (await operator.ask(path)).status_code == 404, "her hour is over"

    # Too late is too late; and who asks too often is stopped.
    late = (await operator.ask(f"/v1/registrations/{file}/glass", {**WORDS, "centre": "BE-VOV"})).json()
    await connection.execute(
        "UPDATE glass SET asked_at = now() - interval '1 h', answer_by = now() - interval '1 s'"
        " WHERE glass_id = $1",
        UUID(late["glass_id"]),
    )
    late_answer = await supervisor.ask(f"/v1/glass/{late['glass_id']}/answer", {"allowed": True})
    assert late_answer.status_code == 409
    codes = [(await operator.ask("/v1/glass", wish)).status_code for _ in range(4)]
    assert codes[-1] == 429
    kinds = {row["kind"] for row in await connection.fetch(JOURNAL, file)}
    assert {"file.looked", "file.look_refused", "glass.asked", "glass.allowed"} <= kinds
    notices = await connection.fetch("SELECT detail FROM notice WHERE kind = 'glass'")
    assert notices
    assert not any("Ona" in str(one["detail"]) for one in notices), "every console hears of them"


async def test_every_look_is_told_to_the_team_to_the_auditor_and_to_her(gateway: Running) -> None:
    companion = await gateway.a_companion(victim="Vera")
    file = companion.registration_id
    officer = await desk(gateway, Role.CASE_OFFICER, "Cas")
    operator = await desk(gateway, Role.OPERATOR, "Ona")
    stranger = await desk(gateway, Role.CASE_OFFICER, "Far", "BE-VAN")
    auditor = await desk(gateway, Role.AUDITOR, "Aud")
    path = f"/v1/registrations/{file}/known"
    await gateway.press(companion)
    for one in (officer, operator, stranger):
        await one.ask(path)
    mine = await officer.told(f"/v1/registrations/{file}/looks?limit=500")
    seen = [(one["kind"], one["why"], one["by"]["name"]) for one in mine["looks"]]
    assert ("file.looked", "alarm", "Ona") in seen
    assert ("file.look_refused", "case", "Far") in seen
    assert (await stranger.ask(f"/v1/registrations/{file}/looks")).status_code == 404
    pages, after = [], ""
    while True:
        page = await auditor.told(f"/v1/audit/looks?registration={file}&limit=3{after}")
        pages += [look["look_id"] for look in page["looks"] if look["kind"] != "looks.read"]
        if page["next"] is None:
            break
        after = f"&after={httpx.QueryParams({'a': page['next']})['a'].replace('+', '%2B')}"
    assert pages == [one["look_id"] for one in mine["looks"] if one["kind"] != "looks.read"]
    again = await officer.told(f"/v1/registrations/{file}/looks")
    assert ("looks.read", "Aud") in [(one["kind"], one["by"]["name"]) for one in again["looks"]]
    letter = (await auditor.ask(f"/v1/audit/looks/{file}/for-victim?language=nl")).text
    assert "een operator van Oost-Vlaanderen. Reden: uw alarm." in letter
    assert "Ona" not in letter
    assert (
        "Ona (een operator)"
        in (await auditor.ask(f"/v1/audit/looks/{file}/for-victim?language=nl&names=true")).text
    )
    far = await desk(gateway, Role.AUDITOR, "Abe", "BE-VAN")
    assert (await far.ask(f"/v1/audit/looks/{file}/for-victim")).status_code == 404
    assert (await far.told(f"/v1/audit/looks?registration={file}"))["looks"] == []


async def test_a_file_is_kept_from_somebody_by_one_and_opened_again_by_two(
    gateway: Running, connection: Connection
) -> None:
    companion: Companion = await gateway.a_companion(victim="Vera")
    file = companion.registration_id
    ada = await desk(gateway, Role.CASE_OFFICER, "Ada")
    bob = await desk(gateway, Role.CASE_OFFICER, "Bob")
    suspect = await connection.fetchval(ME, "Bob")
    path, denials = f"/v1/registrations/{file}/known", f"/v1/registrations/{file}/denials"
    wish = {"operator_id": str(suspect), "reason": "suspect", "words": "Hij is haar ex."}

    assert (await ada.ask(denials, wish)).status_code == 409, "nobody but Ada would be left"
    cleo = await desk(gateway, Role.MAGISTRATE, "Cleo")
    outside = {**wish, "operator_id": str(uuid4())}
    assert (await ada.ask(denials, outside)).status_code == 422
    denial = await ada.told(denials, wish)
    assert (await ada.ask(denials, wish)).status_code == 409, "it is kept from him already"

    # To him it is as if there were none: the file, who looked at it, and asking for it.
    _same(await bob.ask(path), await bob.ask(f"/v1/registrations/{uuid4()}/known"))
    for hidden in ("looks", "access"):
        assert (await bob.ask(f"/v1/registrations/{file}/{hidden}")).status_code == 404
    reference = await connection.fetchval(REFERENCE, file)
    ask = {**WORDS, "centre": "BE-VOV", "reference": reference}
    await bob.told("/v1/glass", ask)
    assert not [one for one in await cleo.told("/v1/glass") if one["may_answer"]], "there is nothing to allow"
    await gateway.press(companion)
    ona = await desk(gateway, Role.OPERATOR, "Ona")
    (shown,) = await ona.told("/v1/alarms")
    alarm = f"/v1/alarms/{shown['alarm_id']}"
    looks = ["", "/trail", "/track", "/notes", "/timeline"]
    for part in looks:
        await ona.told(f"{alarm}{part}")
    await connection.execute(
        "INSERT INTO denial SELECT gen_random_uuid(), $1, $2, 'relative', now(), $3",
        file,
        await connection.fetchval(ME, "Ona"),
        await connection.fetchval(ME, "Ada"),
    )
    assert await ona.told("/v1/alarms") == []
    for part in looks:
        _same(await ona.ask(f"{alarm}{part}"), await ona.ask(f"/v1/alarms/{uuid4()}{part}"))
    seen = [
        (one["kind"], one["what"]) for one in (await ada.told(f"/v1/registrations/{file}/looks"))["looks"]
    ]
    for what in ("alarm", "list", "trail", "track", "notes", "timeline"):
        assert ("file.looked", what) in seen
    assert ("file.look_refused", "track") in seen
    await connection.execute("DELETE FROM denial WHERE reason = 'relative'")
    lift = f"{denials}/{denial['denial_id']}/admit"
    assert (await bob.ask(lift, {})).status_code == 404
    assert (await ada.ask(lift, {})).status_code == 409, "a second person lifts it"
    listed = (await cleo.told(f"/v1/registrations/{file}/access"))["denials"]
    assert [(one["operator"]["name"], one["words"]) for one in listed] == [("Bob", "Hij is haar ex.")]
    assert (await cleo.ask(lift, {})).status_code == 204
    assert (await bob.told(path))["why"] == "case"
    kinds = [row["kind"] for row in await connection.fetch(JOURNAL, file)]
    assert kinds.index("access.denied") < kinds.index("access.admitted")


async def test_a_look_at_a_file_about_nobody_is_told_at_once(
    gateway: Running, connection: Connection
) -> None:
    file = (await gateway.a_companion()).registration_id
    officer = await desk(gateway, Role.CASE_OFFICER, "Cas")
    auditor = await desk(gateway, Role.AUDITOR, "Aud")
    honey = f"/v1/audit/honeytokens/{file}"
    assert (await auditor.ask(honey, {"on": True}, "PUT")).status_code == 204
    assert (await officer.ask(honey, {"on": False}, "PUT")).status_code == 403
    await officer.told(f"/v1/registrations/{file}/known")
    odd = await auditor.told("/v1/audit/anomalies")
    assert [(one["kind"], one["by"]["name"]) for one in odd] == [("honeytoken", "Cas")]
    assert await officer.told("/v1/audit/anomalies") == []


async def test_a_console_is_told_all_but_what_is_kept_from_its_operator(
    gateway: Running, connection: Connection
) -> None:
    kept, other = await gateway.a_companion(victim="Vera"), await gateway.a_companion(victim="Nele")
    suspect, colleague = await gateway.a_session(name="Bob"), await gateway.a_session(name="Ona")
    before = (await gateway.press(kept)).json()["alarm_id"]
    async with gateway.console(suspect) as bob:
        await bob.attached()
        await connection.execute(DENY, kept.registration_id, await connection.fetchval(ME, "Bob"))
        code, _ = await bob.closed()
        assert code == 1012, "his console comes back, to be shown less"
    async with gateway.console(suspect) as bob, gateway.console(colleague) as ona:
        await bob.attach()
        snapshot = await bob.next("snapshot")
        assert snapshot["alarms"] == []
        await bob.next("caught_up")
        await ona.attached()
        await gateway.press(kept)
        seen = (await gateway.press(other)).json()["alarm_id"]
        told = [(await bob.next("event"), await ona.next("event")) for _ in range(2)]
        assert [one["cursor"] for one, _ in told] == [one["cursor"] for _, one in told], "no gap"
        assert [one["alarm"] and one["alarm"]["alarm_id"] for one, _ in told] == [None, seen]
        assert [one["alarm"]["alarm_id"] for _, one in told] == [before, seen]
        assert told[1][0] == told[1][1], "of the others he is told the very same"
        assert str(kept.registration_id) not in str(told[0][0])
        wish = {"centre": "BE-VOV", "expected_version": 1}
        await bob.send("acknowledge", request_id=str(uuid4()), alarm_id=before, **wish)
        assert (await bob.next("refused"))["problem"]["status"] == 404
        await bob.send("acknowledge", request_id=str(uuid4()), alarm_id=seen, **wish)
        assert (await bob.next("event"))["kind"] == "alarm.acknowledged"
        assert (await bob.next("result"))["alarm_id"] == seen
    async with gateway.console(suspect) as bob:
        cursor = {"BE-VOV": {"epoch": snapshot["cursor"]["epoch"], "sequence": 1}}
        await bob.attach(cursors=cursor)
        again = await bob.next("snapshot")
        assert [one["alarm_id"] for one in again["alarms"]] == [seen], "nothing from before is left on screen"


DENY = """
INSERT INTO denial (denial_id, registration_id, operator_id, reason, denied_by)
VALUES (gen_random_uuid(), $1, $2, 'suspect', $2)"""


async def test_no_call_tells_a_file_that_is_not_hers_from_one_that_there_is_not(
    gateway: Running, connection: Connection
) -> None:
    file = (await gateway.a_companion()).registration_id
    described = (await gateway.http.get(f"{gateway.url}/openapi.json")).json()["paths"]
    paths = [
        path for path, calls in described.items() if "get" in calls and path.count("{registration_id}") == 1
    ]
    assert len(paths) >= 8
    people = [
        await desk(gateway, role, f"Far {role}", "BE-VAN")
        for role in (Role.CASE_OFFICER, Role.SUPERVISOR, Role.AUDITOR)
    ]
    people.append(await desk(gateway, Role.CASE_OFFICER, "Bob"))
    await connection.execute(DENY, file, await connection.fetchval(ME, "Bob"))
    for far in people:
        for path in paths:
            asked = path.replace("{of}", "victim").replace("{version}", "1")
            assert "{" not in asked.replace("{registration_id}", ""), path
            _same(
                await far.ask(asked.replace("{registration_id}", str(file))),
                await far.ask(asked.replace("{registration_id}", str(uuid4()))),
            )


async def test_only_her_own_team_and_a_supervisor_make_her_presses_tests(
    gateway: Running, connection: Connection
) -> None:
    """Whoever may is able to keep her from being heard: not another team of the centre, nor one denied."""
    victim = await gateway.a_companion()
    await connection.execute(
        "INSERT INTO zone (zone_id, name, centre_id, arrondissement) VALUES ('BE-5415', 'Z', 'BE-VOV', 'A')"
    )
    await connection.execute(
        "UPDATE registration SET zone_id = 'BE-5415' WHERE registration_id = $1", victim.registration_id
    )
    officer = await desk(gateway, Role.CASE_OFFICER, "Of another team")
    supervisor = await desk(gateway, Role.SUPERVISOR, "Sam")
    denied = await desk(gateway, Role.SUPERVISOR, "Denied")
    await connection.execute(
        """INSERT INTO denial (denial_id, registration_id, operator_id, reason, denied_by)
           SELECT gen_random_uuid(), $1, operator_id, 'suspect', operator_id FROM operator
            WHERE name = 'Denied'""",
        victim.registration_id,
    )
    window = f"/v1/registrations/{victim.registration_id}/test-window"
    nowhere = f"/v1/registrations/{uuid4()}/test-window"
    for nobody in (officer, denied):
        _same(await nobody.ask(window, {"minutes": 5}), await nobody.ask(nowhere, {"minutes": 5}))
        assert (await nobody.ask(f"/v1/registrations/{victim.registration_id}/protection")).status_code == 404
        assert await nobody.told("/v1/protections") == []
    assert (await supervisor.told(window, {"minutes": 5}))["until"] is not None
    assert [one["registration_id"] for one in await supervisor.told("/v1/protections")] == [
        str(victim.registration_id)
    ]
    told = await connection.fetch(
        """SELECT done_by ->> 'name' AS name, reason, team, facts FROM journal
            WHERE registration_id = $1 AND kind = 'file.changed'""",
        victim.registration_id,
    )
    assert [tuple(row) for row in told] == [
        ("Sam", "oversight", "BE-5415", {"part": "test_window", "minutes": 5})
    ]
    await connection.execute("UPDATE operator SET zones = '{BE-5415}' WHERE name = 'Of another team'")
    assert (await officer.told(window, {"minutes": 0}))["until"] is None
    assert len(await officer.told("/v1/protections")) == 1
