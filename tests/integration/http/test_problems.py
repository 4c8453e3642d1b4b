from uuid import UUID

from structlog.testing import capture_logs

from tests.integration.http.conftest import slug


async def test_a_wrong_field_is_named_without_what_was_sent(client):
    answer = await client.post("/v1/session", json={"username": "x" * 65})
    assert (answer.status_code, slug(answer)) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["username", "password"]
    assert "xxx" not in answer.text


async def test_what_is_not_json_is_malformed(client):
    for body in (b"{", b'{"username": ', b"\xff\xfe{}", b"[" * 5000):
        answer = await client.post("/v1/session", content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, slug(answer)) == (400, "malformed"), body[:10]


async def test_what_is_not_there_and_what_is_not_allowed(client):
    assert slug(await client.get("/nothing")) == "not-found"
    answer = await client.put("/v1/session")
    assert (slug(answer), answer.headers["allow"]) == ("method-not-allowed", "DELETE, GET, POST")


async def test_a_path_that_the_document_names_is_no_value_of_another_ones_parameter(app, client):
    @app.get("/things/{thing_id}")
    async def thing(thing_id: UUID) -> str:
        return str(thing_id)

    @app.post("/things/imports")
    async def imports() -> str:
        return ""

    answer = await client.get("/things/imports")
    assert (slug(answer), answer.headers["allow"]) == ("method-not-allowed", "POST")
    assert slug(await client.get("/things/nothing")) == "invalid"


async def test_what_nobody_foresaw_is_answered_and_logged_by_an_id_and_without_its_words(client):
    with capture_logs() as logs:
        answer = await client.get("/broken")
    assert (answer.status_code, slug(answer)) == (500, "failed")
    assert "Voorbeeld" not in answer.text
    (entry,) = logs
    assert entry["failure"] == answer.json()["instance"]
    assert entry["error"] == "ValueError"
    assert "broken" in entry["where"]
    assert "Voorbeeld" not in str(entry)


async def test_a_database_that_is_gone_means_send_the_same_again(client, pool):
    pool.terminate()
    answer = await client.post("/v1/session/link", json={"token": "t" * 43})
    assert (answer.status_code, slug(answer)) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
