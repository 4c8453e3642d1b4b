from tests.integration.cli.conftest import data

ZONE = "zone,name,centre,arrondissement\nBE-5415,Gent,BE-VOV,Oost-Vlaanderen\n"


def test_a_teams_day_is_printed_without_names_in_every_form(msa):
    msa("zone", "import", "-", given=ZONE)
    found = data(msa("report", "daily", "--team", "BE-5415", "--date", "2026-03-29", "--json"))
    assert (found["team"], found["day"], found["totals"]["files"]) == ("BE-5415", "2026-03-29", 0)
    assert "Niets gebeurd; er zijn geen dossiers." in msa("report", "daily", "--team", "BE-5415").stdout
    page = msa("report", "daily", "--team", "BE-5415", "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    for wrong in (
        ("--team", "BE-0000"),
        ("--team", "BE-5415", "--date", "2099-01-01"),
        ("--team", "BE-5415", "--send"),
    ):
        assert msa("report", "daily", *wrong).exit_code == 1
