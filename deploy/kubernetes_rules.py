"""Write deploy/kubernetes/monitoring/rules.yaml: Prometheus' rules as its operator takes them."""

from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parent
RULES = DEPLOY / "observability" / "rules"
WRITTEN = DEPLOY / "kubernetes" / "monitoring" / "rules.yaml"
HEAD = "# Written by deploy/kubernetes_rules.py from deploy/observability/rules/: change those.\n"


def rendered() -> str:
    """Return the resource as YAML: every group of every file, in order."""
    groups: list[dict[str, Any]] = [
        group for path in sorted(RULES.glob("*.yml")) for group in yaml.safe_load(path.read_text())["groups"]
    ]
    resource = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "msa", "labels": {"app.kubernetes.io/name": "msa"}},
        "spec": {"groups": groups},
    }
    return HEAD + yaml.safe_dump(resource, sort_keys=False, allow_unicode=True, width=10_000)


if __name__ == "__main__":
    WRITTEN.write_text(rendered())
