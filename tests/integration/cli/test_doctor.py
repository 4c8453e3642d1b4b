import asyncio
from pathlib import Path

import pytest

from gateway import geography
from gateway.store import migrate
from gateway.store.connect import connected
from tests.integration.cli.conftest import data
from tests.integration.cli.test_registration import jsonl
from tests.support.build import a_registration
from tests.support.geodata import belgium
from tests.support.oidc_provider import oidc_provider
from tests.support.pmtiles import pyramid, write_archive

OIDC = "The OpenID provider cannot be used as it is set: "

CARELESS = """
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
END $$"""


@pytest.fixture(autouse=True)
def built(msa, monkeypatch):
    """The areas are there, as after ``make setup``; no name is asked for of whoever is outside."""
    belgium()
    monkeypatch.setenv("MSA_PUBLIC_URLS", "http://127.0.0.1:1")


def wrong(result) -> list[str]:
    assert (result.exit_code == 1) == (not data(result)["ok"])
    return [check["name"] for check in data(result)["checks"] if not check["ok"]]


def execute(url: str, sql: str) -> None:
    async def do():
        async with connected(url, application_name="test") as connection:
            await connection.execute(sql)

    asyncio.run(do())


def test_a_machine_that_is_ready(msa):
    assert wrong(msa("doctor", "--json")) == []
    assert msa("doctor").exit_code == 0
    assert msa("db", "check").exit_code == 0


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(msa, monkeypatch, tmp_path):
    monkeypatch.delenv("MSA_DATABASE_URL")
    monkeypatch.delenv("MSA_KEY_FILE")
    monkeypatch.setenv("MSA_DATA_DIR", str(tmp_path / "new"))
    assert wrong(msa("doctor", "--json")) == []
    assert not (tmp_path / "new").exists()


def test_a_spool_that_a_start_would_refuse_is_wrong(msa, monkeypatch, tmp_path):
    spool = tmp_path / "presses"
    monkeypatch.setenv("MSA_SPOOL_DIR", str(spool))
    spool.touch(mode=0o600)
    assert wrong(msa("doctor", "--json")) == ["spool"]
    spool.unlink()
    spool.mkdir(mode=0o755)
    assert wrong(msa("doctor", "--json")) == ["spool"]
    spool.chmod(0o700)
    assert wrong(msa("doctor", "--json")) == []


def test_the_reporting_times_are_named_by_their_class_and_a_slow_one_is_doubtful(msa, monkeypatch):
    def supervision():
        (found,) = [one for one in data(msa("doctor", "--json"))["checks"] if one["name"] == "supervision"]
        return found["found"], found["doubtful"]

    found, doubtful = supervision()
    assert "180 s (T4), 90 s during an alarm (T5)" in found
    assert not doubtful
    monkeypatch.setenv("MSA_LINK_LOSS_ALARM_S", "100")
    assert supervision()[1]


def test_a_wrong_setting_is_named(msa, monkeypatch):
    monkeypatch.setenv("MSA_PORT", "many")
    result = msa("doctor", "--json")
    assert wrong(result) == ["settings"]
    assert "MSA_PORT" in result.stdout
    assert "MSA_PORT" in msa("db", "check").stderr


def test_a_key_file_open_to_others_is_wrong(msa, tmp_path):
    Path(tmp_path, "kek").chmod(0o644)
    assert wrong(msa("doctor", "--json")) == ["key file"]


def test_a_key_that_is_missing_from_the_file_is_wrong(msa, tmp_path):
    msa("registration", "import", "-", given=jsonl(a_registration()))
    Path(tmp_path, "kek").write_text("new Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2M=\n")
    assert wrong(msa("doctor", "--json")) == ["sealed files"]


def test_areas_that_were_not_built_are_wrong(msa, monkeypatch, tmp_path):
    monkeypatch.setattr(geography, "DERIVED", tmp_path / "not-built")
    result = msa("doctor", "--json")
    assert wrong(result) == ["centre areas"]
    assert "hatch_build.py --geodata" in result.stdout


def test_areas_that_cannot_be_read_are_wrong_and_named(msa, monkeypatch, tmp_path):
    monkeypatch.setenv("MSA_CENTRES", str(tmp_path / "missing.geojson"))
    result = msa("doctor", "--json")
    assert wrong(result) == ["centre areas"]
    assert "missing.geojson" in result.stdout


def test_areas_that_overlap_are_wrong_and_both_centres_named(msa, monkeypatch, tmp_path):
    def feature(centre: str, west: float, east: float) -> str:
        ring = [[west, 51.0], [east, 51.0], [east, 51.1], [west, 51.1], [west, 51.0]]
        geometry = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
        return f'{{"type": "Feature", "properties": {{"centre": "{centre}"}}, "geometry": {geometry}}}'

    areas = tmp_path / "areas.geojson"
    features = f"{feature('BE-VWV', 3.0, 3.6)}, {feature('BE-VOV', 3.5, 4.0)}"
    areas.write_text(f'{{"type": "FeatureCollection", "features": [{features}]}}')
    monkeypatch.setenv("MSA_CENTRES", str(areas))
    result = msa("doctor", "--json")
    assert wrong(result) == ["centre areas"]
    assert "BE-VOV and BE-VWV by 78." in result.stdout


def basemap(result) -> tuple[bool, bool, str]:
    """What the doctor says of the basemap: whether it is good, doubtful, and in which words."""
    (check,) = (one for one in data(result)["checks"] if one["name"] == "basemap")
    return check["ok"], check["doubtful"], check["found"]


def test_a_map_file_that_is_missing_or_cut_short_is_wrong(msa, monkeypatch, tmp_path):
    assert basemap(msa("doctor", "--json")) == (True, False, "schematic: borders and places, no streets")
    path = write_archive(tmp_path / "b.pmtiles", pyramid(b"tile", range(3)))
    monkeypatch.setenv("MSA_BASEMAP", "pmtiles")
    assert "MSA_BASEMAP_FILE is not set" in basemap(msa("doctor", "--json"))[2]
    monkeypatch.setenv("MSA_BASEMAP_FILE", str(path))
    monkeypatch.setenv("MSA_BASEMAP_ATTRIBUTION", "© somebody")
    assert basemap(msa("doctor", "--json")) == (True, False, "pmtiles, PNG, zoom 0 to 2")
    path.write_bytes(path.read_bytes()[:-1])
    result = msa("doctor", "--json")
    assert wrong(result) == ["basemap"]
    assert "cut short" in basemap(result)[2]


def test_a_map_from_elsewhere_is_doubtful_as_it_tells_where_is_looked(msa, monkeypatch):
    monkeypatch.setenv("MSA_BASEMAP", "xyz")
    monkeypatch.setenv("MSA_BASEMAP_URL", "http://tiles.example/{z}/{x}/{y}.png?key=hunter2")
    ok, doubtful, found = basemap(msa("doctor", "--json"))
    assert (ok, doubtful) == (True, True)
    for word in ("not https", "http://tiles.example can see", "MSA_BASEMAP_ATTRIBUTION is not set"):
        assert word in found
    assert "hunter2" not in found


def test_a_default_that_is_no_centre_is_wrong(msa, monkeypatch):
    monkeypatch.setenv("MSA_DEFAULT_CENTRE", "BE-XXX")
    result = msa("doctor", "--json")
    assert wrong(result) == ["centres"]
    assert "BE-XXX" in result.stdout


def test_a_database_that_is_not_there_is_wrong(msa, monkeypatch, tmp_path):
    monkeypatch.setenv("MSA_DATABASE_URL", f"postgresql://x@/x?host={tmp_path}&port=5432")
    assert wrong(msa("doctor", "--json")) == ["database"]
    assert msa("registration", "list").exit_code == 1


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE msa_schema SET version_num = '9999'", "schema"),
        ("DROP TABLE msa_schema", "schema"),
        (CARELESS, "database"),
    ],
)
def test_a_database_the_gateway_would_refuse_is_wrong(msa, database, sql, name):
    execute(database, sql)
    assert wrong(msa("doctor", "--json")) == [name]
    assert msa("db", "check", "--json").exit_code == 1
    assert msa("registration", "list").exit_code == 1


def test_migrating_makes_an_empty_database_ready(msa, empty_database, monkeypatch):
    monkeypatch.setenv("MSA_DATABASE_URL", empty_database)
    assert wrong(msa("doctor", "--json")) == ["schema"]
    assert data(msa("db", "migrate", "--json")) == {"schema": migrate.head()}
    assert wrong(msa("doctor", "--json")) == []


def test_how_the_centres_answer_is_shown_and_what_is_wrong_in_it_named(msa, monkeypatch, tmp_path):
    def found() -> str:
        checks = {one["name"]: one["found"] for one in data(msa("doctor", "--json"))["checks"]}
        return str(checks["answering"])

    assert "neighbour 60 s" in found()
    path = tmp_path / "responses.toml"
    monkeypatch.setenv("MSA_RESPONSES", str(path))
    path.write_text("[BE-VOV]\nlapse_s = 60\n")
    assert wrong(msa("doctor", "--json")) == []
    assert "otherwise in BE-VOV" in found()
    path.write_text("[BE-VOV]\nlapse_s = -1\n")
    assert wrong(msa("doctor", "--json")) == ["answering"]
    assert "[BE-VOV] lapse_s" in found()
    path.write_text("[BE-XXX]\nlapse_s = 60\n")
    assert wrong(msa("doctor", "--json")) == ["answering centres"]


def test_without_anybody_outside_it_is_in_doubt_and_a_bad_secret_is_wrong(msa, monkeypatch, tmp_path):
    def doubts() -> list[str]:
        return [one["name"] for one in data(msa("doctor", "--json"))["checks"] if one["doubtful"]]

    assert "webhook" in doubts()
    assert "doubt" in msa("doctor").stdout
    secret = tmp_path / "secret"
    secret.write_text("whsec_" + "A" * 32)
    monkeypatch.setenv("MSA_ESCALATION_WEBHOOK", "https://outside.example")
    monkeypatch.setenv("MSA_ESCALATION_WEBHOOK_SECRET_FILE", str(secret))
    secret.chmod(0o644)
    assert wrong(msa("doctor", "--json")) == ["webhook"]
    secret.chmod(0o600)
    assert wrong(msa("doctor", "--json")) == []
    assert "webhook" not in doubts()


def test_the_sign_in_is_looked_at_and_what_is_wrong_in_it_named(msa, monkeypatch, tmp_path):
    def sign_in():
        (found,) = [one for one in data(msa("doctor", "--json"))["checks"] if one["name"] == "sign-in"]
        return found["ok"], found["found"].removeprefix(OIDC)

    monkeypatch.setenv("MSA_LOCAL_ACCOUNTS", "false")
    nobody = "MSA_LOCAL_ACCOUNTS is off and MSA_OIDC_ISSUER is not set: nobody could enter"
    assert sign_in() == (False, nobody)
    with oidc_provider() as provider:
        provider.serve("https://gateway.test")
        monkeypatch.setenv("MSA_OIDC_ISSUER", provider.issuer)
        assert sign_in() == (False, "MSA_OIDC_CLIENT_ID is not set")
        monkeypatch.setenv("MSA_OIDC_CLIENT_ID", "msa")
        assert sign_in() == (True, f"{provider.issuer}; signs by RS256, 1 keys")
        secret = tmp_path / "secret"
        secret.write_text("s")
        secret.chmod(0o644)
        monkeypatch.setenv("MSA_OIDC_CLIENT_SECRET_FILE", str(secret))
        assert sign_in() == (False, f"{secret} can be read by others; chmod 600")
        secret.chmod(0o600)
        assert sign_in()[0]
    assert sign_in() == (False, "Signing in by the provider did not work: ConnectError")
    monkeypatch.setenv("MSA_OIDC_ISSUER", "http://provider.test")
    assert "must be https" in sign_in()[1]


def test_it_finds_what_guards_files_no_more(msa, database):
    def access() -> str:
        checks = {check["name"]: check for check in data(msa("doctor", "--json"))["checks"]}
        return "" if checks["access"]["ok"] else checks["access"]["found"]

    assert access() == ""
    for careless, found in (
        ("ALTER TABLE registration_version DISABLE ROW LEVEL SECURITY", "registration_version"),
        ("GRANT DELETE ON journal TO msa_person", "journal DELETE"),
        ("GRANT SELECT (password_hash) ON operator TO msa_person", "operator SELECT"),
    ):
        execute(database, careless)
        assert found in access()
