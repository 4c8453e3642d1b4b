import asyncio
import csv
from pathlib import Path

from gateway.store.connect import connected
from tests.integration.cli.conftest import data
from tests.integration.cli.test_registration import jsonl
from tests.support.build import a_registration

HEADING = "kind,maker,model,serial,team\n"
LINE = "button,Generic,iTAG,S{},BE-VOV\n"


async def counted(database: str, table: str) -> int:
    async with connected(database, application_name="test") as connection:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


def test_five_hundred_devices_are_received_at_once_and_none_of_them_with_one_wrong_line(msa, database):
    consignment = HEADING + "".join(LINE.format(number) for number in range(500))
    wrong = msa("device", "import", "-", given=consignment + LINE.format(7) + "button,Generic,iTAG,,BE-XXX\n")
    assert wrong.exit_code == 1
    assert wrong.stderr.splitlines() == [
        "line 502: serial: stands already in line 9",
        "line 503: serial: is missing",
        "line 503: team: is no team of yours",
    ]
    assert asyncio.run(counted(database, "device")) == 0
    assert data(msa("device", "import", "-", "--dry-run", "--json", given=consignment))["rows"] == 500
    assert asyncio.run(counted(database, "device")) == 0
    assert data(msa("device", "import", "-", "--json", given=consignment))["received"] == 500
    assert asyncio.run(counted(database, "device_move")) == 500
    assert asyncio.run(counted(database, "journal")) == 1
    again = data(msa("device", "import", "-", "--dry-run", "--json", given=consignment))
    assert len(again["errors"]) == 500


def test_a_device_is_issued_reported_lost_and_its_history_told(msa, tmp_path: Path):
    file = a_registration()
    msa("registration", "import", "-", given=jsonl(file))
    phone = "kind,maker,model,serial,team\nphone,Fairphone,Fairphone 5,P-1,BE-VOV\n"
    assert msa("device", "import", "-", given=phone).exit_code == 1
    msa("device", "models", "--add", "phone", "Fairphone", "Fairphone 5")
    assert msa("device", "import", "-", given=phone).exit_code == 0
    assert msa("device", "act", "p1", "issue", "--reference", "nothing").exit_code == 1
    assert (
        data(msa("device", "act", "p1", "issue", "--reference", file.reference, "--json"))["state"]
        == "issued"
    )
    assert "reason" in msa("device", "act", "p1", "report_lost").stderr
    assert msa("device", "act", "p1", "report_lost", "--reason", "mislaid").stdout == "P-1: lost\n"
    moves = data(msa("device", "history", "P 1", "--json"))["moves"]
    assert [(move["act"], move["reference"]) for move in moves] == [
        ("report_lost", file.reference),
        ("issue", file.reference),
        ("receive", None),
    ]
    assert data(msa("device", "summary", "--json")) == [
        {"team": "BE-VOV", "kind": "phone", "state": "lost", "count": 1}
    ]
    assert data(msa("device", "idle", "--json"))["devices"] == []
    table = tmp_path / "devices.csv"
    msa("device", "stock", "--out", str(table))
    (row,) = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    assert (row["serial"], row["state"], row["reference"]) == ("P-1", "lost", file.reference)
