"""Write Grafana's dashboards to ``deploy/observability/dashboards/``; a test holds them to this code.

``python deploy/dashboards.py`` after a change; ``--runbooks URL --to DIRECTORY`` for an installation
whose runbook is read elsewhere.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

from deploy.dashboards_centre import CENTRE
from deploy.dashboards_devices import DEVICES
from deploy.dashboards_grafana import document
from deploy.dashboards_integrators import INTEGRATORS
from deploy.dashboards_node import NODE
from deploy.dashboards_panels import Board
from deploy.dashboards_press import PRESS

DIRECTORY: Final = Path(__file__).parent / "observability" / "dashboards"
RUNBOOKS: Final = "https://runbook.msa.example"
BOARDS: Final[tuple[Board, ...]] = (PRESS, CENTRE, DEVICES, INTEGRATORS, NODE)


def rendered(runbooks: str = RUNBOOKS) -> dict[str, str]:
    """Return each dashboard's JSON by the name of its file."""
    return {f"{board.name}.json": document(board, runbooks) for board in BOARDS}


def main() -> None:
    """Write every dashboard and say which changed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runbooks", default=RUNBOOKS, help="address of the runbook's pages")
    parser.add_argument("--to", type=Path, default=DIRECTORY, help="directory to write to")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    for name, text in rendered(asked.runbooks).items():
        file = asked.to / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(f"wrote {name}", file=sys.stderr)


if __name__ == "__main__":
    main()
