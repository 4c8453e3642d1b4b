"""The ``msa`` command: each program in the entry-point group ``msa.commands`` is one subcommand."""

from importlib.metadata import EntryPoint, entry_points

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
        command = typer.main.get_command(point.load())
        command.name = cmd_name
        return command  # type: ignore[return-value] # typer promises only click's base class


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
    """Run ``msa``."""
    app()
