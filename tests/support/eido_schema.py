"""EIDO's published schema, and a check that also refuses what the schema does not know."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4, Schema

from gateway.formats.leaving import EXTENSION

CASES = Path(__file__).parent.parent / "cases" / "eido"
ROOT = "openapi.yaml"
WHOLE = "#/components/schemas/EmergencyIncidentDataObjectType"
OURS = f"{EXTENSION}:"


@cache
def _document(uri: str) -> dict[str, Any]:
    path = (CASES / "Schema" / uri.replace("//", "/")).resolve()
    assert path.is_relative_to(CASES), uri
    # One misprint of the published text is mended, or no validator takes it.
    text = path.read_text().replace("minItems: 1,\n", "minItems: 1\n")
    loaded: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return loaded


def _retrieve(uri: str) -> Resource[Schema]:
    return DRAFT4.create_resource(_document(uri))


@cache
def validator() -> OAS30Validator:
    """The validator of a whole object; files of the schema are read as they are referred to."""
    registry: Registry[Schema] = Registry(retrieve=_retrieve)  # type: ignore[call-arg] # attrs' alias
    checker = OAS30Validator.FORMAT_CHECKER
    return OAS30Validator({"$ref": f"{ROOT}{WHOLE}"}, registry=registry, format_checker=checker)


def problems(eido: dict[str, Any]) -> list[str]:
    """What is wrong with it: by the schema, by names that it does not have, and by dangling references."""
    found = [f"{error.json_path}: {error.message}" for error in validator().iter_errors(eido)]
    unknown = _unknown(eido, [(ROOT, {"$ref": WHOLE})], "$")
    return [*found, *unknown, *_dangling(eido)]


def _resolve(base: str, reference: str) -> tuple[str, dict[str, Any]]:
    uri, _, pointer = urljoin(base, reference).partition("#")
    found: Any = _document(uri)
    for step in pointer.strip("/").split("/"):
        found = found[step]
    return uri, found


def _flat(schemas: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for base, schema in schemas:
        if "$ref" in schema:
            yield from _flat([_resolve(base, schema["$ref"])])
        else:
            yield base, schema
            yield from _flat([(base, one) for one in schema.get("allOf", ())])


def _unknown(value: Any, schemas: list[tuple[str, dict[str, Any]]], path: str) -> Iterator[str]:
    flat = list(_flat(schemas))
    if isinstance(value, list):
        items = [(base, schema["items"]) for base, schema in flat if "items" in schema]
        for index, one in enumerate(value):
            yield from _unknown(one, items, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, one in value.items():
            known = [
                (base, schema["properties"][name])
                for base, schema in flat
                if name in schema.get("properties", {})
            ]
            if known:
                yield from _unknown(one, known, f"{path}.{name}")
            elif not name.startswith(OURS):
                yield f"{path}.{name}: the schema has no such name"


def _dangling(eido: dict[str, Any]) -> Iterator[str]:
    lists = [parts for name, parts in eido.items() if name.endswith("Component") and isinstance(parts, list)]
    ids = {one["$id"] for parts in lists for one in parts}
    for reference in _references(eido):
        if reference not in ids:
            yield f"{reference}: no component has this id"


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _references(one)
    elif isinstance(value, dict):
        if set(value) == {"$ref"}:
            yield value["$ref"]
        for one in value.values():
            yield from _references(one)
