"""Every instrument is used, and no label can hold what nobody has bounded."""

import re
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

import gateway
from gateway.canary.metrics import CanaryMetrics
from gateway.door_metrics import DoorMetrics
from gateway.outbound.instruments import SendingInstruments
from gateway.telemetry import Metrics

BOUNDED = {
    "answer": "what a door answers gear",
    "by": "who told of a kept press",
    "centre": "the centres there are",
    "channel": "ways to tell of protection",
    "code": "close codes of the contract",
    "door": "doors of gear",
    "during": "an alarm, or on watch",
    "fate": "what becomes of an event",
    "flag": "flags of presses",
    "kind": "kinds of events, deadlines, oddities",
    "leg": "legs of a canary's way",
    "node": "nodes a canary was told of",
    "outcome": "what became of something",
    "pool": "one",
    "problem": "problems of the contract",
    "purpose": "purposes of presses",
    "reason": "reasons of the contract",
    "role": "roles of people",
    "schema": "one",
    "stage": "stages of a canary's way",
    "standby": "standbys, sixteen at most",
    "state": "states of the contract",
    "step": "steps of the ladder",
    "subject": "what nodes tell each other",
    "task": "background tasks",
    "type": "types of events",
    "version": "one",
    "where": "disks",
    "which": "kinds of certificates",
    "why": "grounds of looking",
}
"""Every label there is, and what its values are."""


def parts() -> Iterator[object]:
    metrics = Metrics()
    yield from (metrics, metrics.of_node, DoorMetrics(metrics.registry), SendingInstruments(metrics.registry))
    yield CanaryMetrics([("http://a", "BE-VOV")])


def instruments() -> Iterator[tuple[str, MetricWrapperBase]]:
    for part in parts():
        for name, instrument in vars(part).items():
            if isinstance(instrument, MetricWrapperBase):
                yield name, instrument


def test_every_instrument_is_used_besides_being_made() -> None:
    """Said nowhere, it would stand at 0 for ever and look healthy."""
    sources = "\n".join(path.read_text("utf-8") for path in Path(gateway.__file__).parent.rglob("*.py"))
    used = set(re.findall(r"\.(\w+)\b(?! = (?:self\._|Histogram|Gauge|Counter)|: )", sources))
    assert {name for name, _ in instruments()} <= used


def test_every_label_has_bounded_values() -> None:
    labels = {label for _, instrument in instruments() for label in instrument._labelnames}
    assert labels == BOUNDED.keys()
