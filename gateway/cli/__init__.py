"""The ``msa`` command: each program in the entry-point group ``msa.commands`` is one subcommand."""

import gc
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperGroup


class Programs(TyperGroup):
    """Subcommands by entry point, each imported only when it is called or listed."""

    def _programs(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group="msa.commands")}

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 (click's signature)
        """Name every program installed."""
        return sorted(self._programs())

    def get_command(self, ctx: object, cmd_name: str) -> typer.core.TyperCommand | TyperGroup | None:  # noqa: ARG002 (click's signature)
        """Import one program."""
        point = self._programs().get(cmd_name)
        if point is None:
            return None
        try:
            command = typer.main.get_command(_loaded(point))
        except ModuleNotFoundError as missing:
            command = typer.main.get_command(_not_installed(missing.name))
        command.name = cmd_name
        return command  # type: ignore[return-value] # typer promises only click's base class


def _loaded(point: EntryPoint) -> Any:
    """Import a program. In a process of its own all that it imports stays, and is not looked through."""
    try:
        return point.load()
    finally:
        if not gc.isenabled():  # by ``main``
            gc.freeze()
            gc.enable()


def _not_installed(module: str | None) -> typer.Typer:
    """Stand in for a program whose wheels production goes without (the extras of pyproject.toml)."""
    stand_in = typer.Typer(add_completion=False)

    @stand_in.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def explain() -> None:
        """Not installed here."""
        typer.echo(f"this program is not installed here: {module} is missing", err=True)
        raise typer.Exit(1)

    return stand_in


app = typer.Typer(
    cls=Programs,
    no_args_is_help=True,
    add_completion=False,
    help="The MSA gateway: from a hidden panic button to a police dispatch console.",
)


@app.callback()
def _main() -> None:
    pass


def main() -> None:
    """Run ``msa``; without looking for garbage while it is imported, which is a quarter of its start."""
    gc.disable()
    app()
