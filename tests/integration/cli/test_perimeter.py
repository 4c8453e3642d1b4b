import asyncio

from typer.testing import CliRunner, Result

from gateway.cli import perimeter, tracker
from gateway.store.connect import connected
from tests.integration.cli.conftest import data
from tests.support.build import a_registration
from tests.support.perimeters import an_integrator


async def the_system(database: str) -> None:
    async with connected(database, application_name="test") as connection:
        await an_integrator(connection)


def call(program: object, *arguments: str) -> Result:
    return CliRunner().invoke(program.app, arguments, catch_exceptions=False)  # type: ignore[attr-defined] # a module


def test_trackers_are_put_on_listed_and_taken_off_in_the_name_of_an_account(msa, database) -> None:
    msa("registration", "import", "-", given=a_registration(reference="GE.1").model_dump_json())
    for name, role in (("officer", "case_officer"), ("judge", "magistrate"), ("cic", "operator")):
        msa("operator", "add", name, "--name", name, "--role", role, "--centre", "BE-VOV")
    asyncio.run(the_system(database))
    given = ("GE.1", "--subject", "TAG-1", "--label", "Enkelband", "--integrator")
    assert call(tracker, "add", *given, "Nobody", "--as", "officer").exit_code == 1
    assert call(tracker, "add", *given, "Tagcentrale", "--as", "cic").exit_code == 1
    made = data(call(tracker, "add", *given, "Tagcentrale", "--as", "officer", "--json"))
    (listed,) = data(call(tracker, "list", "GE.1", "--as", "officer", "--json"))
    assert (listed["tracker_id"], listed["label"], listed["silent"]) == (
        made["tracker_id"],
        "Enkelband",
        False,
    )
    assert "never" in call(tracker, "list", "GE.1", "--as", "officer").stdout
    assert call(tracker, "end", made["tracker_id"], "--as", "officer").exit_code == 0
    assert call(tracker, "end", made["tracker_id"], "--as", "officer").exit_code == 1, "it is not worn"
    assert data(call(perimeter, "list", "--as", "judge", "--json")) == []
    unknown = made["tracker_id"]
    assert call(perimeter, "show", unknown, "--as", "judge").exit_code == 1
    assert call(perimeter, "end", unknown, "--as", "judge", "--ground", "opgeheven").exit_code == 1
