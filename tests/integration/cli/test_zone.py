from importlib.resources import files

from tests.integration.cli.conftest import data

SAMPLE = str(files("gateway") / "samples" / "zones.csv")

GOOD = """zone;name;centre;arrondissement;mail;report_at
BE-5415;Gent;BE-VOV;Oost-Vlaanderen;zorg@gent.example leiding@gent.example;06:30
"""

BAD = """zone,name,centre,arrondissement,language,mail
BE-5415,Gent,BE-VOV,Oost-Vlaanderen,nl,
5345,Antwerpen,BE-VAN,Antwerpen,nl,
BE-5339,,BE-BRU,Brussel,fr,

BE-5300,Nergens,BE-XXX,Brussel,fr,
BE-5301,Taal,BE-BRU,Brussel,xx,"a@b.example\nBcc: c@d.example"
BE-5415,Gent nog eens,BE-VOV,Oost-Vlaanderen,nl,
BE-5302,Te kort,BE-BRU
"""


def test_zones_are_imported_listed_shown_and_replaced(msa):
    assert data(msa("zone", "import", SAMPLE, "--json"))["imported"] == 3
    gent = data(msa("zone", "show", "BE-5415", "--json"))
    assert (gent["name"], gent["centre"], gent["language"], gent["mail"]) == ("Gent", "BE-VOV", "nl", [])

    assert "1 imported" in msa("zone", "import", "-", given=GOOD).stdout
    gent = data(msa("zone", "show", "BE-5415", "--json"))
    assert gent["mail"] == ["zorg@gent.example", "leiding@gent.example"]
    assert gent["report_at"] == "06:30:00"
    assert [one["zone"] for one in data(msa("zone", "list", "--json"))] == ["BE-5339", "BE-5345", "BE-5415"]
    assert "leiding" in msa("zone", "list").stdout
    assert "report_at: 06:30:00" in msa("zone", "show", "BE-5415").stdout
    assert msa("zone", "show", "BE-0000").exit_code == 1


def test_every_error_is_listed_with_its_line_and_nothing_is_imported(msa):
    result = msa("zone", "import", "-", "--json", given=BAD)
    assert result.exit_code == 1
    told = data(result)
    assert told["imported"] == 0
    assert {(one["line"], one["field"]) for one in told["errors"]} == {
        (3, "zone"),
        (4, "name"),
        (6, "centre"),
        (8, "language"),
        (8, "mail.1"),
        (9, "zone"),
        (10, ""),
    }
    assert "c@d.example" not in result.stdout
    assert data(msa("zone", "list", "--json")) == []


def test_a_file_that_is_no_such_table_is_refused(msa):
    for given, why in (
        ("zone,name\nBE-5415,Gent\n", "lacks arrondissement, centre"),
        ("zone,name,centre,arrondissement,colour\n", "nothing else"),
        ("", "the heading lacks"),
        (b"zone,name,centre,arrondissement\nBE-5415,\xff,BE-VOV,x\n", "line 2: is not UTF-8"),
        ('zone,name,centre,arrondissement\nBE-5415,"Gent,BE-VOV,x\n', "is not CSV"),
    ):
        result = msa("zone", "import", "-", given=given)
        assert (result.exit_code, why in result.stderr) == (1, True), given
