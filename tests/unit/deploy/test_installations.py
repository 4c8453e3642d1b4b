"""What deploy/ ships for installations agrees with itself, with the settings and with the commands."""

import configparser
import re
import subprocess
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import typer.main
import yaml

from deploy import kubernetes_rules
from gateway.cli import canary, db, serve
from gateway.service_manager import NAMES
from gateway.settings import Settings

ROOT: Final = Path(__file__).parents[3]
DEPLOY: Final = ROOT / "deploy"
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
MANIFESTS: Final = [
    document
    for path in sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text())
]
KUBERNETES: Final = "1.34"
EDGE: Final = frozenset(re.findall(r"MSA_EDGE_\w+", (DEPLOY / "edge" / "Caddyfile").read_text()))
SETTINGS: Final = frozenset(f"MSA_{name.upper()}" for name in Settings.model_fields)
COMMANDS: Final = {"serve": serve.app, "db": db.app, "canary": canary.app}


def units(suffix: str) -> dict[str, configparser.ConfigParser]:
    found = {}
    for path in sorted((DEPLOY / "systemd").glob(f"*.{suffix}")):
        unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
        unit.optionxform = str  # type: ignore[assignment, method-assign] # the documented way to keep capitals
        unit.read_string(path.read_text())
        found[path.name] = unit
    return found


def refused(arguments: list[str]) -> str | None:
    """Have typer read a command line without running it; return why it cannot be."""
    command: Any = typer.main.get_command(COMMANDS[arguments[0]])
    rest = arguments[1:]
    try:
        while hasattr(command, "commands") and rest:
            command, rest = command.commands[rest[0]], rest[1:]
        command.make_context(arguments[0], list(rest), resilient_parsing=False)
    except Exception as error:  # noqa: BLE001 (whatever it is, the line is wrong)
        return f"{arguments}: {error!r}"
    return None


def test_every_variable_is_a_setting_of_the_gateway_or_of_the_edge() -> None:
    written = "\n".join(
        path.read_text()
        for folder in ("compose", "systemd", "kubernetes")
        for path in (DEPLOY / folder).rglob("*")
        if path.is_file() and path.parent.name != "secrets"
    )
    named = set(re.findall(r"\bMSA_[A-Z0-9_]+\b", written))
    assert named <= SETTINGS | EDGE
    assert {"MSA_DATABASE_URL", "MSA_SPOOL_DIR", "MSA_NATS_URLS", "MSA_METRICS_PORT"} <= named


def test_every_file_that_compose_mounts_or_builds_from_is_here_and_every_secret_is_made() -> None:
    base = DEPLOY / "compose"
    mounted = [
        base / volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume.startswith(".")
    ]
    built = [
        (base / service["build"]["context"]) / service["build"].get("dockerfile", "Dockerfile")
        for service in SERVICES.values()
        if "build" in service
    ]
    assert [path for path in (*mounted, *built) if not path.exists()] == []
    made = (base / "secrets.sh").read_text()
    given = set(re.findall(r"give \"?([\w$-]+)", made)) | {f"postgres-{name}" for name in _names(made)}
    used = {name for service in SERVICES.values() for name in service.get("secrets", ())}
    assert used <= given
    assert used == set(COMPOSE["secrets"])


def _names(script: str) -> list[str]:
    found = re.search(r"for name in ([a-z ]+); do", script)
    assert found is not None
    return found[1].split()


def talks_to(service: dict[str, Any]) -> set[str]:
    """Return the hosts that a service's settings name, this installation's only."""
    said = " ".join(str(value) for value in service.get("environment", {}).values())
    return {host for host in SERVICES if re.search(rf"(?<![\w.-]){re.escape(host)}(?=[:,]|$| )", said)}


def test_who_talks_to_somebody_shares_a_network_with_them() -> None:
    for name, service in SERVICES.items():
        if name in {"canary", "migrate", "canary-setup"}:
            continue  # they carry the gateways' settings, and use some of them
        for other in talks_to(service):
            assert set(service["networks"]) & set(SERVICES[other]["networks"]) or other == name, (name, other)
    assert talks_to(SERVICES["gateway-1"]) >= {"db-1", "db-2", "nats"}
    assert talks_to(SERVICES["caddy"]) == {"gateway-1", "gateway-2"}


def test_prometheus_scrapes_the_services_there_are_at_the_ports_they_serve() -> None:
    targets = [
        target
        for path in (DEPLOY / "observability" / "targets").glob("*.yml")
        for group in yaml.safe_load(path.read_text())
        for target in group["targets"]
    ]
    gateway = SERVICES["gateway-1"]["environment"]["MSA_METRICS_PORT"]
    assert sorted(targets) == ["canary:8113", f"gateway-1:{gateway}", f"gateway-2:{gateway}"]
    assert "8113" in SERVICES["canary"]["command"]
    prometheus = yaml.safe_load((DEPLOY / "observability" / "prometheus.yml").read_text())
    told = prometheus["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"][0]
    assert told.partition(":")[0] in SERVICES


def test_every_command_that_a_container_or_unit_runs_is_one_that_there_is() -> None:
    lines = [
        service["command"]
        for service in SERVICES.values()
        if service.get("image") == "msa-gateway" and "command" in service
    ]
    for manifest in MANIFESTS:
        spec = manifest.get("spec", {}).get("template", {}).get("spec", {})
        lines += [
            container["args"]
            for container in (*spec.get("initContainers", ()), *spec.get("containers", ()))
            if container["image"] == "msa-gateway" and "args" in container
        ]
    for unit in units("service").values():
        words = unit["Service"]["ExecStart"].split()
        assert words[0] == "/opt/msa/bin/msa"
        lines.append(words[1:])
    assert len(lines) >= 8
    assert [why for line in lines if (why := refused(list(line)))] == []


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(one, id=f"{one['kind']} {one.get('metadata', {}).get('name')}")
        for one in MANIFESTS
        if one["kind"] not in {"Kustomization", "PodMonitor", "PrometheusRule", "Component"}
    ],
)
def test_every_manifest_is_what_the_api_takes(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_what_a_pod_names_is_there() -> None:
    named = {(one["kind"], one["metadata"]["name"]) for one in MANIFESTS if "metadata" in one}
    generated = {
        ("ConfigMap", one["name"])
        for one in MANIFESTS
        if one["kind"] == "Kustomization"
        for one in one.get("configMapGenerator", ())
    }
    for manifest in MANIFESTS:
        spec = manifest.get("spec", {}).get("template", {}).get("spec")
        if spec is None:
            continue
        claims = manifest["spec"].get("volumeClaimTemplates", ())
        volumes = {one["name"] for one in spec["volumes"]} | {one["metadata"]["name"] for one in claims}
        for container in (*spec.get("initContainers", ()), *spec["containers"]):
            assert {one["name"] for one in container.get("volumeMounts", ())} <= volumes
            ports = {one["name"] for one in container.get("ports", ())}
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                where = container.get(probe, {})
                assert {one["port"] for one in where.values() if isinstance(one, dict)} <= ports
            for source in container.get("envFrom", ()):
                assert ("ConfigMap", source["configMapRef"]["name"]) in named
        for volume in spec["volumes"]:
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in named | generated


def test_every_resource_is_in_a_kustomization() -> None:
    for path in (DEPLOY / "kubernetes").rglob("kustomization.yaml"):
        listed = set(yaml.safe_load(path.read_text()).get("resources", ()))
        assert {one.name for one in path.parent.glob("*.yaml")} - {path.name} == listed


def test_a_unit_loads_the_credentials_that_it_uses_and_its_sockets_are_units() -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text()
        loaded = set(re.findall(r"^LoadCredential=([\w-]+):", text, re.MULTILINE))
        assert set(re.findall(r"%d/([\w-]+)", text)) == loaded
        for sockets in re.findall(r"^Sockets=(.+)$", text, re.MULTILINE):
            assert set(sockets.split()) <= set(units("socket"))
    for socket in units("socket").values():
        assert socket["Socket"]["Service"] in units("service")


def test_the_ports_of_the_sockets_are_those_that_the_docs_and_the_targets_name() -> None:
    listening = {
        unit["Socket"]["FileDescriptorName"]: unit["Socket"]["ListenStream"]
        for unit in units("socket").values()
    }
    assert set(listening) <= NAMES
    assert urlsplit(f"//{listening['http']}").port == Settings.model_fields["port"].default
    assert urlsplit(f"//{listening['metrics']}").port == int(
        SERVICES["gateway-1"]["environment"]["MSA_METRICS_PORT"]
    )


def test_the_scripts_of_the_images_are_shell() -> None:
    for script in (
        DEPLOY / "patroni" / "start",
        DEPLOY / "patroni" / "make-database",
        DEPLOY / "compose" / "secrets.sh",
    ):
        assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
        assert script.stat().st_mode & 0o111


def test_the_operators_rules_are_prometheus_rules() -> None:
    assert kubernetes_rules.WRITTEN.read_text() == kubernetes_rules.rendered()
