from pathlib import Path

from tests.integration.cli.conftest import data


def test_figures_are_printed_in_every_form_and_none_of_what_is_to_come(msa, tmp_path: Path):
    found = data(msa("statistics", "--as-of", "2026-03-31", "--json"))
    assert (found["as_of"], found["provisional"], found["rows"]) == ("2026-03-31", False, [])
    table = msa("statistics", "--as-of", "2026-03-31", "--by", "zone", "--csv").stdout
    assert table.startswith("as_of,year,place,name,requested,")
    page = tmp_path / "answer.pdf"
    assert msa("statistics", "--year", "2025", "--lang", "fr", "--pdf", str(page)).exit_code == 0
    assert page.read_bytes().startswith(b"%PDF")
    assert msa("statistics", "--as-of", "2999-01-01").exit_code == 1
    assert msa("statistics", "--json", "--csv").exit_code == 2
