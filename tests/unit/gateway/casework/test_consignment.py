"""A consignment as CSV: read however a spreadsheet writes it, and every wrong line said with its number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.casework.consignment import (
    CELL_MAX,
    ROWS_MAX,
    Consignment,
    Known,
    key_of,
    read_consignment,
)
from schemas.devices import ConsignmentFault as Fault
from schemas.devices import DeviceKind, DeviceModel

TEAM = "BE-5415"
KNOWN = Known(
    models=(DeviceModel(kind=DeviceKind.BUTTON, maker="VSN Mobil", model="V.ALRT"),),
    teams=(TEAM, "BE-5416"),
    team=TEAM,
    today=date(2026, 3, 2),
)
HEADING = "kind,maker,model,serial,received_on,team\n"
GOOD = "button,VSN Mobil,V.ALRT,{},2026-03-01,BE-5416\n"


def read(text: str) -> Consignment:
    return read_consignment(text.encode(), KNOWN)


def faults(consignment: Consignment) -> list[tuple[int, Fault, str | None]]:
    return [(one.line, one.fault, one.column) for one in consignment.errors]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_however_a_spreadsheet_wrote_it(mark: str, separator: str, end: str) -> None:
    lines = ("Serial,Kind,Model,Maker,Received on", 'AB-1,Button,V.ALRT,"VSN Mobil",01/03/2026', ",,,,")
    consignment = read(mark + end.join(lines).replace(",", separator))
    (parcel,) = consignment.parcels
    assert (parcel.serial, parcel.kind, parcel.received_on) == ("AB-1", DeviceKind.BUTTON, date(2026, 3, 1))
    assert (parcel.team, parcel.line, consignment.errors) == (TEAM, 2, [])


def test_every_wrong_line_is_said_with_all_that_is_wrong_in_it() -> None:
    rows = (
        "button,VSN Mobil,V.ALRT,A 1,2026-03-01,BE-5416",
        "button,VSN Mobil,V.ALRT,a-1,2026-03-01,BE-5416",
        f"button,VSN Mobil,V.ALRT,{'9' * (CELL_MAX + 1)},2026-13-01,BE-9999",
        'phone,"two\nlines",V.ALRT,B2,2026-03-03,',
        "button,VSN Mobil,Unknown,=1+1,1926-03-03,BE-5415",
        "tag,VSN Mobil,V.ALRT,,,",
        "button,VSN Mobil",
        "button,VSN Mobil,V.ALRT,a1,02/03/2026,",
    )
    consignment = read(HEADING + "\n".join(rows))
    assert faults(consignment) == [
        (3, Fault.TWICE, "serial"),
        (4, Fault.TOO_LONG, "serial"),
        (4, Fault.TEAM, "team"),
        (4, Fault.DATE, "received_on"),
        (5, Fault.CHARACTERS, "maker"),
        (5, Fault.DATE_AHEAD, "received_on"),
        (7, Fault.CHARACTERS, "serial"),
        (7, Fault.MODEL, "model"),
        (7, Fault.DATE, "received_on"),
        (8, Fault.MISSING, "serial"),
        (8, Fault.KIND, "kind"),
        (9, Fault.CELLS, None),
        (10, Fault.TWICE, "serial"),
    ]
    assert [error.other_line for error in consignment.errors if error.fault is Fault.TWICE] == [2, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, Fault.NO_ROWS, None)]),
        (HEADING, [(1, Fault.NO_ROWS, None)]),
        ("kind,maker,model\n", [(1, Fault.COLUMN_MISSING, "serial")]),
        ("kind,maker,model,serial,owner\n", [(1, Fault.COLUMN_UNKNOWN, "5")]),
        ("kind,maker,model,serial,serial\n", [(1, Fault.COLUMN_TWICE, None)]),
        (
            "kind,maker,model,serial,button_id\nphone,VSN Mobil,V.ALRT,1,2\n",
            [(2, Fault.MODEL, "model"), (2, Fault.NO_BUTTON, "button_id")],
        ),
        (HEADING + 'button,"VSN', [(2, Fault.NOT_CSV, None)]),
    ],
)
def test_a_file_that_cannot_be_gone_by_says_why(text: str, expected: object) -> None:
    assert faults(read(text)) == expected


def test_what_is_not_utf_8_is_said_with_its_line() -> None:
    assert faults(read_consignment(b"kind\nb\xe9\n", KNOWN)) == [(2, Fault.NOT_UTF8, None)]


def test_more_devices_than_a_consignment_has_are_refused() -> None:
    consignment = read(HEADING + "".join(GOOD.format(f"S{number}") for number in range(ROWS_MAX + 1)))
    assert faults(consignment) == [(ROWS_MAX + 2, Fault.TOO_MANY_ROWS, None)]


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: (HEADING + text).encode("utf-8", "surrogatepass"))
)
def test_no_file_breaks_the_reading_and_none_is_good_without_a_device(content: bytes) -> None:
    consignment = read_consignment(content, KNOWN)
    assert consignment.errors or consignment.parcels
    assert consignment.errors or len(consignment.parcels) == consignment.rows


@given(st.from_regex(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}", fullmatch=True))
def test_a_number_is_the_same_however_it_is_typed(address: str) -> None:
    assert key_of(address) == key_of(address.lower().replace(":", "-")) == key_of(address.replace(":", " "))
