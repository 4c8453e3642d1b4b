from tests.integration.cli.conftest import data


def test_a_unit_is_made_listed_renamed_and_stood_down(msa):
    made = data(msa("unit", "add", "ALPHA 3", "--centre", "BE-VOV", "--json"))
    assert (made["centre"], made["name"], made["on_duty"]) == ("BE-VOV", "ALPHA 3", True)
    assert msa("unit", "add", "BRAVO 1", "--centre", "BE-WBR", "--off-duty").exit_code == 0
    assert [one["name"] for one in data(msa("unit", "list", "--json"))] == ["ALPHA 3", "BRAVO 1"]
    assert data(msa("unit", "list", "--centre", "BE-VOV", "--json")) == [made]

    changed = data(msa("unit", "rename", "ALPHA 3", "ALPHA 4", "--centre", "BE-VOV", "--json"))
    assert (changed["unit_id"], changed["name"], changed["since"]) == (
        made["unit_id"],
        "ALPHA 4",
        made["since"],
    )
    off = data(msa("unit", "duty", made["unit_id"], "off", "--centre", "BE-VOV", "--json"))
    assert off["on_duty"] is False
    assert off["since"] > made["since"]
    assert "ALPHA 4" in msa("unit", "list").stdout


def test_what_cannot_be_is_said_and_changes_nothing(msa):
    msa("unit", "add", "ALPHA 3", "--centre", "BE-VOV")
    again = msa("unit", "add", "ALPHA 3", "--centre", "BE-VOV")
    assert (again.exit_code, "another unit of the centre has it" in again.stderr) == (1, True)
    nowhere = msa("unit", "add", "ALPHA 3", "--centre", "BE-XXX")
    assert (nowhere.exit_code, "no such centre" in nowhere.stderr) == (1, True)
    unknown = msa("unit", "duty", "ZULU", "on", "--centre", "BE-VOV")
    assert (unknown.exit_code, "no such unit" in unknown.stderr) == (1, True)
    assert msa("unit", "add", " ", "--centre", "BE-VOV").exit_code == 2
    assert len(data(msa("unit", "list", "--json"))) == 1
