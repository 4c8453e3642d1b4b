import asyncio

from gateway import secret_text
from gateway.passwords import Passwords
from gateway.store.connect import connected
from tests.integration.cli.conftest import data

PASSWORD = "a long enough sentence"
ADD = ("operator", "add", "Anna", "--name", "Anna V.", "--role", "operator", "--centre", "BE-VOV")


def kept(url: str, sql: str):
    async def ask():
        async with connected(url, application_name="test") as connection:
            return await connection.fetchval(sql)

    return asyncio.run(ask())


def test_an_account_is_made_with_a_password_that_holds(msa, database):
    added = data(msa(*ADD, "--password-stdin", "--json", given=f"{PASSWORD}\n"))
    assert (added["username"], added["roles"], added["centres"]) == ("anna", ["operator"], ["BE-VOV"])
    password_hash = kept(database, "SELECT password_hash FROM operator")
    assert password_hash.startswith("$argon2id$")
    assert asyncio.run(Passwords().holds(PASSWORD, password_hash))


def test_a_short_password_is_refused(msa):
    assert msa(*ADD, "--password-stdin", given="short\n").exit_code == 2
    assert data(msa("operator", "list", "--json")) == []


def test_an_operator_needs_a_centre_that_exists(msa):
    assert msa(*ADD[:-2]).exit_code == 1
    assert msa(*ADD[:-1], "BE-XXX").exit_code == 1
    assert msa(*ADD[:4], "X", "--role", "admin").exit_code == 0


def test_a_name_is_taken_once(msa):
    assert msa(*ADD).exit_code == 0
    result = msa(*ADD)
    assert result.exit_code == 1
    assert "exists already" in result.stderr


def test_a_link_carries_its_secret_in_the_fragment(msa, database):
    msa(*ADD)
    url = msa("operator", "link", "ANNA").stdout.strip()
    base, _, token = url.partition("/#link=")
    assert base == "https://gateway.test"
    assert kept(database, "SELECT token_hash FROM sign_in_link") == secret_text.hash_of(token)


def test_a_disabled_account_gets_no_link(msa):
    msa(*ADD)
    assert msa("operator", "disable", "anna").exit_code == 0
    assert msa("operator", "link", "anna").exit_code == 1
    assert data(msa("operator", "list", "--json"))[0]["disabled_at"] is not None
    assert msa("operator", "disable", "nobody").exit_code == 1


def test_a_canary_has_no_other_role_and_a_centre(msa):
    canary = ("operator", "add", "canary", "--name", "Canary", "--role", "canary")
    assert msa(*canary).exit_code == 1
    assert msa(*canary, "--centre", "BE-VOV", "--role", "operator").exit_code == 1
    assert msa(*canary, "--centre", "BE-VOV").exit_code == 0


def test_rights_are_given_and_taken_away_and_what_there_is_not_is_refused(msa, database):
    kept(
        database,
        "INSERT INTO zone (zone_id, name, centre_id, arrondissement) VALUES"
        " ('BE-5415', 'Gent', 'BE-VOV', 'Oost-Vlaanderen'), ('BE-5345', 'Antwerpen', 'BE-VAN', 'Antwerpen')",
    )
    assert msa(*ADD, "--zone", "BE-0000").exit_code == 1
    assert msa(*ADD, "--zone", "BE-5345").exit_code == 1, "a zone without its centre"
    assert data(msa(*ADD, "--zone", "BE-5415", "--json"))["zones"] == ["BE-5415"]
    changed = ("operator", "change", "ANNA")
    assert msa(*changed).exit_code == 2
    assert msa(*changed, "--zone", "BE-9999").exit_code == 1
    assert msa(*changed, "--remove-centre", "BE-VOV").exit_code == 1, "her zone and her role need it"
    assert msa(*changed, "--remove-role", "operator").exit_code == 1, "no role is left"
    assert msa("operator", "change", "nobody", "--zone", "BE-5415").exit_code == 1
    assert data(msa("operator", "show", "anna", "--json"))["roles"] == ["operator"]
    now = data(msa(*changed, "--role", "case_officer", "--remove-role", "operator", "--json"))
    assert (now["roles"], now["zones"]) == (["case_officer"], ["BE-5415"])
    assert data(msa(*changed, "--remove-zone", "BE-5415", "--json"))["zones"] == []
