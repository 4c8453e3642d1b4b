"""Write the hash-locked requirements from pyproject.toml: run (production), build (the image), demo, dev.

The largest set is resolved first and constrains the others, so that all three agree.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETS = {"dev": ["dev"], "demo": ["demo", "build"], "build": ["build"], "run": []}
ALONE = ("patroni",)
"""Extras that are installed where the gateway is not: without its own dependencies."""


def main() -> None:
    """Resolve each set for every platform, with hashes and without any address."""
    for name, extras in SETS.items():
        chosen = [part for extra in extras for part in ("--extra", extra)]
        _lock(name, [*chosen, "pyproject.toml"])
    written = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for name in ALONE:
        _lock(name, ["-"], given="\n".join(written["project"]["optional-dependencies"][name]))


def _lock(name: str, arguments: list[str], *, given: str | None = None) -> None:
    print(f"locking {name} ...", file=sys.stderr)
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"),
        *(() if name == "dev" else ("--constraint", "requirements/dev.txt")),
        *(*arguments, "--output-file", f"requirements/{name}.txt"),
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, input=given, text=True)


if __name__ == "__main__":
    main()
