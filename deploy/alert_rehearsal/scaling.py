"""The deployed rules with their long times shortened, so that a rehearsal is done within minutes.

A rule all of whose times are at most a minute is left as it is. In any other all times (``for``, windows,
offsets) are divided by the scale; no window is shorter than three scrapes, no ``for`` than one, so that what
happens once lasts long enough. Thresholds stay, but ages of five minutes and more, which nobody waits for.
"""

import re
from pathlib import Path
from typing import Any, Final

import yaml

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
DURATION: Final = re.compile(r"(?<=\[)(\d+)([smhd])(?=\])|(?<=offset )(\d+)([smhd])")
AGE: Final = re.compile(r"(?<=_seconds\) > )(\d{3,})$")
AS_DEPLOYED: Final = "as deployed"
LONG_S: Final = 60.0
LONG_AGE_S: Final = 300.0
SHORTEST_S: Final = 15.0
SHORTEST_FOR_S: Final = 5.0


def seconds(text: str) -> float:
    """Return a duration of one unit, as Prometheus writes it, in seconds."""
    return float(text[:-1]) * UNITS[text[-1]]


def shortened(rule: dict[str, Any], scale: float) -> tuple[dict[str, Any], str]:
    """Return the rule with its times shortened, and what was done to it, in words."""
    times = ["".join(filter(None, found)) for found in DURATION.findall(rule["expr"])]
    waits = [rule["for"]] if "for" in rule else []
    age = AGE.search(rule["expr"])
    if age is not None and float(age[0]) >= LONG_AGE_S:
        sooner = f"{float(age[0]) / scale:.0f}"
        return {**rule, "expr": AGE.sub(sooner, rule["expr"])}, f"{age[0]} s as {sooner} s"
    if all(seconds(one) <= LONG_S for one in (*times, *waits)):
        return rule, AS_DEPLOYED

    def less(text: str, shortest_s: float = SHORTEST_S) -> str:
        return f"{max(shortest_s, seconds(text) / scale):.0f}s"

    changed = {**rule, "expr": DURATION.sub(lambda found: less(found[0]), rule["expr"])}
    words = [f"[{one}] as {less(one)}" for one in dict.fromkeys(times)]
    if waits:
        changed["for"] = less(waits[0], SHORTEST_FOR_S)
        words.insert(0, f"for {waits[0]} as {changed['for']}")
    return changed, ", ".join(words)


def write_rules(source: Path, target: Path, scale: float) -> dict[tuple[str, str], str]:
    """Write every rule file shortened; return what was done to the alerts, by name and case."""
    alerts: dict[tuple[str, str], tuple[str, str]] = {}
    recorded: dict[str, str] = {}
    target.mkdir()
    for file in sorted(source.glob("*.yml")):
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        for group in read["groups"]:
            changed = [shortened(rule, scale) for rule in group["rules"]]
            group["rules"] = [rule for rule, _ in changed]
            for rule, words in changed:
                if "alert" in rule:
                    alerts[rule["alert"], rule["labels"].get("case", "")] = (rule["expr"], words)
                else:
                    recorded[rule["record"]] = words
        (target / file.name).write_text(yaml.safe_dump(read), encoding="utf-8")
    return {alert: _in_all(expr, words, recorded) for alert, (expr, words) in alerts.items()}


def _in_all(expr: str, words: str, recorded: dict[str, str]) -> str:
    """Return what was done to an alert, with what was done to the recorded figures that it is made of."""
    of_figures = [done for name, done in recorded.items() if name in expr and done != AS_DEPLOYED]
    return ", ".join([*([] if of_figures and words == AS_DEPLOYED else [words]), *of_figures])


def alerting(source: Path, url: str, scale: float) -> str:
    """Return Alertmanager's configuration with its receivers at ``url`` and its long waits shortened."""
    read = yaml.safe_load(source.read_text(encoding="utf-8"))
    for receiver in read["receivers"]:
        for webhook in receiver["webhook_configs"]:
            webhook.update(url=f"{url}/{receiver['name']}", max_alerts=0)
    for route in (read["route"], *read["route"]["routes"]):
        for name in ("group_wait", "group_interval"):
            if name in route and seconds(route[name]) >= LONG_S:
                route[name] = f"{max(1.0, seconds(route[name]) / scale):.0f}s"
    return yaml.safe_dump(read)
