"""Carry the Dockerfile out without a container engine, to prove that its steps work on plain Debian.

Each stage is an overlay over this machine's own root, entered by chroot: the RUN steps run unchanged,
with their own paths and users, and this machine keeps nothing of them. Then the image's command is
started against a PostgreSQL of its own and the HEALTHCHECK is asked until it is content.

Needs root on Debian (it unshares the mounts), the network that the RUN steps need, and the development
environment for the PostgreSQL: ``make setup``, then ``.venv/bin/python deploy/dockerfile_steps.py``.
"""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from gateway.store.embedded import EmbeddedPostgres

ROOT: Final = Path(__file__).resolve().parent.parent
ENGINE_PATH: Final = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
BASE: Final = re.compile(r"python:3\.\d+-slim-\w+")
READY_S: Final = 60.0
CARRIED: Final = (
    "dispatch/static/index.html",
    "dispatch/static/index.html.gz",
    "dispatch/static/geodata/ATTRIBUTION.txt",
    "dispatch/static/geodata/centres.json.gz",
    "gateway/geodata/ATTRIBUTION.txt",
    "gateway/geodata/BE-VOV.wkb",
    "gateway/samples/registrations.jsonl",
    "gateway/store/migrations/env.py",
    "gateway/store/migrations/versions/0001_files_and_people.py",
    "ble_bridge/samples/walk_gent.geojson",
)
"""What the wheel must bring besides the modules that import each other."""


@dataclass
class Stage:
    """One stage as built so far."""

    name: str
    root: Path
    workdir: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": ENGINE_PATH, "HOME": "/root"})
    healthcheck: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def argv(self, command: list[str]) -> list[str]:
        """Return ``command`` as run inside, in its working directory, as its user."""
        here = f"cd {shlex.quote(self.workdir)} && exec {shlex.join(command)}"
        groups = [] if self.user == "root" else [f"--userspec={self.user}:{self.user}"]
        return ["/usr/sbin/chroot", *groups, str(self.root), "/bin/sh", "-c", here]


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield keyword and rest of each instruction, continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            keyword, _, rest = line.strip().partition(" ")
            yield keyword, rest.strip()


def mount_overlay(directory: Path) -> Path:
    """Mount an empty layer over this machine's root; return where."""
    for name in ("upper", "work", "merged"):
        (directory / name).mkdir(parents=True)
    options = f"lowerdir=/,upperdir={directory}/upper,workdir={directory}/work"
    merged = directory / "merged"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(merged)], check=True)
    for name in ("proc", "dev"):
        subprocess.run(["mount", "--rbind", f"/{name}", str(merged / name)], check=True)
    link = merged / "usr" / "local" / "bin" / "python"
    link.unlink(missing_ok=True)
    link.symlink_to("/usr/bin/python3")  # where the base image has its python
    return merged


def context() -> Iterator[Path]:
    """List what the build is given: the repository's files without those of .dockerignore."""
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.splitlines():
        parents = [name, *(str(parent) for parent in Path(name).parents)]
        if not any(fnmatch(part, pattern) for part in parents for pattern in ignored):
            yield Path(name)


def copy(stage: Stage, rest: str, stages: dict[str, Stage]) -> None:
    """Carry out COPY: from the context, or from another stage."""
    *sources, target = rest.split()
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")].root
        for source in sources:
            shutil.copytree(origin / source.lstrip("/"), stage.root / target.lstrip("/"), symlinks=True)
        return
    into = stage.root / stage.workdir.lstrip("/") / target
    for name in context():
        for source in sources:
            if source == "." or name == Path(source):
                place = into / (name if source == "." else name.name)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, place)


def carry_out(stage: Stage, keyword: str, rest: str, stages: dict[str, Stage]) -> None:
    """Carry out one instruction; raise ``SystemExit`` for one that is not known here."""
    match keyword:
        case "WORKDIR":
            stage.workdir = rest
            (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "ENV":
            name, _, value = rest.partition("=")
            stage.environment[name] = value
        case "USER":
            stage.user = rest
            accounts = (stage.root / "etc" / "passwd").read_text().splitlines()
            (home,) = (line.split(":")[5] for line in accounts if line.startswith(f"{rest}:"))
            stage.environment["HOME"] = home
        case "COPY":
            copy(stage, rest, stages)
        case "RUN":
            begun = time.monotonic()
            subprocess.run(stage.argv(["/bin/sh", "-ec", rest]), env=_environment(stage), check=True)
            print(f"  {time.monotonic() - begun:6.1f} s  RUN {rest[:90]}")
        case "HEALTHCHECK":
            stage.healthcheck = json.loads(rest.partition("CMD")[2])
        case "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        case "CMD":
            stage.command = json.loads(rest)
        case "EXPOSE":
            pass
        case _:
            raise SystemExit(f"deploy/dockerfile_steps.py does not know {keyword}")


def _environment(stage: Stage) -> dict[str, str]:
    """Return the stage's environment, with how this machine reaches its package index."""
    own = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "npm_config_"))}
    return {**own, **stage.environment}


def build(directory: Path) -> Stage:
    """Build every stage; return the last."""
    stages: dict[str, Stage] = {}
    for keyword, rest in instructions((ROOT / "Dockerfile").read_text()):
        if keyword == "FROM":
            base, _, name = rest.partition(" AS ")
            if not BASE.fullmatch(base):
                raise SystemExit(f"{base} is not a Debian with Python")
            name = name or "image"
            print(f"stage {name}")
            stages[name] = Stage(name, mount_overlay(directory / name))
        else:
            carry_out(stages[name], keyword, rest, stages)
    return stages[name]


def check_contents(image: Stage) -> None:
    """Refuse an image whose wheel lacks what no import would miss."""
    (packages,) = (image.root / "opt" / "msa" / "lib").glob("python3.*/site-packages")
    missing = [name for name in CARRIED if not (packages / name).is_file()]
    if missing:
        raise SystemExit(f"the wheel lacks {', '.join(missing)}")
    print(f"  the wheel carries {', '.join(CARRIED)}")


def serve(image: Stage, directory: Path) -> None:
    """Start the image's command beside a PostgreSQL and ask its HEALTHCHECK until it is content."""
    database, port = _free_port(), _free_port()
    allowed = directory / "hba.conf"
    allowed.write_text("local all all trust\nhost all all 127.0.0.1/32 trust\n")
    options = {"listen_addresses": "127.0.0.1", "port": str(database), "hba_file": str(allowed)}
    with EmbeddedPostgres(directory / "postgres", options=options):
        environment = {
            **image.environment,
            "MSA_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{database}/postgres",
            "MSA_KEY_FILE": "/var/lib/msa/kek",
            "MSA_PORT": str(port),
        }
        key = "umask 077; printf 'kek-1 %s\\n' \"$(head -c 32 /dev/urandom | base64)\" > /var/lib/msa/kek"
        subprocess.run(image.argv(["/bin/sh", "-c", key]), env=environment, check=True)
        for command in (["db", "migrate"], ["doctor"], ["--help"]):
            subprocess.run(image.argv([*image.entrypoint, *command]), env=environment, check=True)
        running = subprocess.Popen(image.argv([*image.entrypoint, *image.command]), env=environment)
        try:
            _until_healthy(image, environment, running)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as console:
                print(f"  the console answers {console.status}, {len(console.read())} bytes")
        finally:
            running.terminate()
            print(f"  ended with status {running.wait(timeout=30)}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _until_healthy(image: Stage, environment: dict[str, str], running: "subprocess.Popen[bytes]") -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < READY_S:
        asked = subprocess.run(
            image.argv(image.healthcheck), env=environment, capture_output=True, check=False
        )
        if asked.returncode == 0:
            print(f"  healthy {time.monotonic() - begun:.1f} s after its start")
            return
        if running.poll() is not None:
            raise SystemExit(f"the image's command ended with status {running.returncode}")
        time.sleep(0.2)
    raise SystemExit("the image never became healthy")


def main() -> None:
    """Build and serve in mounts that only this process sees."""
    if os.geteuid() != 0:
        raise SystemExit("deploy/dockerfile_steps.py needs root: it mounts and enters other roots")
    if os.environ.get("MSA_UNSHARED") != "yes":
        os.environ["MSA_UNSHARED"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv])  # noqa: S606 (ourselves)
    directory = Path(tempfile.mkdtemp(prefix="msa-image-"))
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(directory)], check=True)
    try:
        image = build(directory)
        check_contents(image)
        serve(image, directory)
    finally:
        subprocess.run(["umount", "--recursive", "--lazy", str(directory)], check=True)
        directory.rmdir()


if __name__ == "__main__":
    main()
