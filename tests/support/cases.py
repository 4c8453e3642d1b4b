"""Reads the JSON cases shared with the console's TypeScript tests (see ``tests/cases/README.md``)."""

import json
import re
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from schemas.alarm import AlarmView
from schemas.commands import Command
from schemas.frames import Attach, Condition, Delivered, Pong, ServerFrame, console_frame, server_frame
from schemas.unit import UnitView

CASES: Final = Path(__file__).parents[1] / "cases"
FRAMES: Final[dict[str, Any]] = json.loads((CASES / "frames.json").read_text())
THINGS: Final = ("alarm", "unit", "notice", "protection")
"""What an event may be about; a snapshot has a list of each."""
_ID: Final = re.compile(r"[a-d]\d")
_CURSOR: Final = re.compile(r"(e\d+):(\d+)")


def case_files(folder: str) -> list[Path]:
    """Return the case files of a folder, in order."""
    return sorted((CASES / folder).glob("*.json"))


def long_id(short: str) -> UUID:
    """Return the id that ``a1`` stands for."""
    return UUID(f"00000000-0000-7000-8000-0000000000{short}")


def short_id(identity: UUID) -> str:
    """Return what stands for an id in the cases."""
    return str(identity)[-2:]


def expanded(value: Any) -> Any:
    """Write out ids and cursors wherever they stand."""
    if isinstance(value, dict):
        return {key: expanded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [expanded(each) for each in value]
    if isinstance(value, str) and _ID.fullmatch(value):
        return str(long_id(value))
    if isinstance(value, str) and (cursor := _CURSOR.fullmatch(value)):
        return {"epoch": cursor[1], "sequence": int(cursor[2])}
    return value


def an_alarm(**fields: Any) -> AlarmView:
    """Build the sample alarm, changed by ``fields``."""
    return AlarmView.model_validate(_whole("alarm", fields))


def a_unit(**fields: Any) -> UnitView:
    """Build the sample unit, changed by ``fields``."""
    return UnitView.model_validate(_whole("unit", fields))


def a_frame(given: dict[str, Any]) -> ServerFrame:
    """Build a frame from a case: what it leaves out is taken from ``frames.json``."""
    whole = {**FRAMES[given["type"]], **given}
    if given["type"] == "event" and not any(given.get(thing) for thing in THINGS[1:]):
        whole = {"alarm": {}, **whole}
    if "position" in whole:
        whole["position"] = {**FRAMES["position"]["position"], **whole["position"]}
    for thing in THINGS:
        if whole.get(thing) is not None:
            whole[thing] = _whole(thing, whole[thing])
        if f"{thing}s" in whole:
            whole[f"{thing}s"] = [_whole(thing, each) for each in whole[f"{thing}s"]]
    return server_frame.validate_python(expanded(whole))


def a_command(given: dict[str, Any]) -> Command:
    """Build a command from a case, which leaves nothing out."""
    frame = console_frame.validate_python(expanded(given))
    assert not isinstance(frame, Attach | Delivered | Condition | Pong)
    return frame


def _whole(thing: str, given: dict[str, Any]) -> dict[str, Any]:
    whole = expanded({**FRAMES[thing], **given})
    assert isinstance(whole, dict)
    return whole
