"""Write the hash-locked requirements from pyproject.toml: run (production), build (the image), demo, dev.

The largest set is resolved first and constrains the others, so that all three agree.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETS = {"dev": ["dev"], "demo": ["demo", "build"], "build": ["build"], "run": []}


def main() -> None:
    """Resolve each set for every platform, with hashes and without any address."""
    for name, extras in SETS.items():
        command = [
            *(
                sys.executable,
                "-m",
                "uv",
                "pip",
                "compile",
                "--quiet",
                "--universal",
                "--python-version",
                "3.11",
            ),
            *("--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"),
            *(part for extra in extras for part in ("--extra", extra)),
            *(() if name == "dev" else ("--constraint", "requirements/dev.txt")),
            *("pyproject.toml", "--output-file", f"requirements/{name}.txt"),
        ]
        print(f"locking {name} ...", file=sys.stderr)
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
