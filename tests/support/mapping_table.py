"""Mapping tables in the documentation: every row is true of what the code makes, no field is without one."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from gateway.xml_text import Element, local_name

DOCS = Path(__file__).parent.parent.parent / "docs"

Leaves = dict[str, set[str]]
"""Every path to a value, and what stands there."""


def rows(page: str, heading: str) -> list[tuple[str, str, str]]:
    """The rows of the table under ``heading``: what of ours, the field's path, and the value it has."""
    _, found, rest = (DOCS / page).read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    assert found, f"{page} has no heading {heading}"
    section = rest.partition("\n## ")[0]
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    return [(row[0], row[1].strip("`"), row[2].strip("`").replace("\\|", "|")) for row in cells[2:]]


def leaves_of_json(value: Any, path: str = "") -> Leaves:
    """Every value, its path by names with dots between; places in lists are left out."""
    if isinstance(value, Mapping):
        return merged(leaves_of_json(one, f"{path}.{name}".lstrip(".")) for name, one in value.items())
    if isinstance(value, list):
        return merged(leaves_of_json(one, path) for one in value)
    return {path: {str(value)}}


def leaves_of_xml(element: Element, path: str = "") -> Leaves:
    """Every text and attribute, its path by local names with slashes between."""
    here = f"{path}/{local_name(element)}".lstrip("/")
    found: list[Leaves] = [{f"{here}/@{name}": {str(value)}} for name, value in element.attrib.items()]
    if element.text and element.text.strip():
        found.append({here: {element.text.strip()}})
    return merged([*found, *(leaves_of_xml(child, here) for child in element)])


def merged(many: Iterable[Leaves]) -> Leaves:
    """All of them as one."""
    found: Leaves = {}
    for leaves in many:
        for path, values in leaves.items():
            found.setdefault(path, set()).update(values)
    return found


def differences(page: str, heading: str, leaves: Leaves) -> list[str]:
    """What the table says and is not so, and what is so and the table does not say."""
    table = rows(page, heading)
    wrong = []
    for _, pattern, value in table:
        values = {one for path, found in leaves.items() if fnmatchcase(path, pattern) for one in found}
        if not values:
            wrong.append(f"{pattern}: there is no such field")
        elif value != "…" and value not in values:
            wrong.append(f"{pattern}: {value} is not among {sorted(values)}")
    unsaid = [path for path in leaves if not any(fnmatchcase(path, pattern) for _, pattern, _ in table)]
    return [*wrong, *(f"{path}: stands in no row" for path in unsaid)]
