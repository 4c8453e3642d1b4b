"""``msa schemas``: the contract as documents for integrators and generators."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from gateway.http.app import api
from schemas.asyncapi import asyncapi
from schemas.export import json_schema

DOCUMENTS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "openapi": lambda: api().openapi(),
    "asyncapi": asyncapi,
    "json-schema": json_schema,
}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The contract as documents: OpenAPI (HTTP), AsyncAPI 3 (websocket), JSON Schema (every model).",
)


@app.callback()
def _schemas() -> None:
    pass


@app.command()
def export(
    out: Annotated[
        Path, typer.Option(help="Directory to write openapi.json, asyncapi.json, json-schema.json to")
    ],
) -> None:
    """Write the three documents. They are computed from the code, the same byte for byte each time."""
    out.mkdir(parents=True, exist_ok=True)
    for name, document in DOCUMENTS.items():
        path = out / f"{name}.json"
        path.write_text(json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        typer.echo(str(path), err=True)
