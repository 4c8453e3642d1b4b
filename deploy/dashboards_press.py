"""The dashboard of the alarm's path: from a press that arrives to a person who has seen it."""

from typing import Final

from deploy.dashboards_panels import (
    BLUE,
    GREEN,
    ORANGE,
    RED,
    Board,
    Choice,
    Panel,
    Row,
    bars,
    counted,
    heat,
    lines,
    number,
    or_zero,
    quantile,
    spread,
    total,
)

TIMED: Final = '{purpose=~"$purpose"}'
REAL: Final = '{purpose="real"}'
CANARY_PERIOD_S: Final = 30
"""``gateway/canary/timing.py``: each way is pressed this often."""


def answered_within(seconds: str) -> str:
    """Return the share of the acknowledged real alarms that were so within a bound of the histogram."""
    among = f'msa_alarm_acknowledgement_seconds_bucket{{purpose="real", le="{seconds}"}}'
    whole = f"msa_alarm_acknowledgement_seconds_count{REAL}"
    return f"sum(increase({among}[$__range])) / sum(increase({whole}[$__range]))"


def _taken() -> tuple[Panel, ...]:
    return (
        number(
            "Real presses",
            total('msa_press_total{purpose="real", outcome=~"committed|provisional"}', rare=False),
            "Presses of real victims taken in the time shown. A handful a day is normal, and so is none.",
            below=BLUE,
        ),
        number(
            "Could not be taken",
            total('msa_press_total{outcome="failed"}'),
            "Presses answered 503, since neither the database nor the spool took them. Normal: 0. Their "
            "companions send them again.",
            limits=((1, RED),),
            runbook="PressesFailing",
        ),
        number(
            "Over the budget",
            total(f"msa_latency_budget_breaches_total{REAL}"),
            "Real alarms painted later than 1 s (MSA_LATENCY_BUDGET_MS) after they arrived. Normal: 0.",
            limits=((1, RED),),
            runbook="AlarmPaintedLate",
        ),
        number(
            "Not written yet",
            "max(msa_fanout_oldest_unsent_seconds)",
            "For how long the oldest committed event has not been written to its consoles. Normal: 0 s.",
            unit="s",
            limits=((1, ORANGE), (3, RED)),
            runbook="CommitNotFannedOut",
        ),
        number(
            "Shown without her file",
            total("msa_enrichment_failures_total"),
            "Alarms whose file could not be opened: shown all the same, without name and circumstances. "
            "Normal: 0.",
            limits=((1, RED),),
            runbook="AlarmShownWithoutFile",
        ),
        number(
            "Canary last through",
            "max(time() - msa_canary_last_success_timestamp_seconds)",
            "The way (node and centre) whose canary got through longest ago. Normal: up to "
            f"{CANARY_PERIOD_S} s; nothing here: no canary runs.",
            unit="s",
            limits=((60, ORANGE), (90, RED)),
            runbook="CanarySilent",
            nothing="no canary",
        ),
        lines(
            "Presses by outcome",
            {
                "{{outcome}} {{purpose}}": counted(
                    'msa_press_total{purpose=~"$purpose|unknown"}', "outcome, purpose"
                )
            },
            "seen_before: the same press again, answered with the same receipt. provisional: kept on disk "
            "while the database is away. refused: no signature, revoked, or too many.",
            runbook="PressesFailing",
            width=12,
        ),
        bars(
            "What was odd about presses",
            counted(f"msa_alarm_flagged_total{TIMED}", "flag", "$__range"),
            "{{flag}}",
            "Flags never stop a press. Many of one kind: a clock that is wrong, a proxy that changes the "
            "address, a replay.",
            below=BLUE,
            runbook="SignaturesInvalid",
            width=12,
        ),
        lines(
            "Presses in the spool",
            {"{{instance}}": "msa_spool_entries"},
            "Presses received and kept on disk, not stored yet: not 0 only while PostgreSQL is away and "
            "shortly after.",
            limits=((1, ORANGE),),
            runbook="SpoolNotEmpty",
        ),
        lines(
            "Kept presses on consoles",
            {
                "open at {{centre}}": or_zero("max by (centre) (msa_provisionals_open)", "centre"),
                "shown from {{by}}": counted("msa_provisional_shown_total", "by"),
            },
            "Alarms that operators are shown although the database does not have them: of this node, or of a "
            "neighbour.",
            limits=((1, ORANGE),),
            runbook="SpoolNotEmpty",
            width=8,
        ),
        lines(
            "Received to written to consoles, of kept presses",
            spread("msa_provisional_delivery_seconds_bucket", (0.5, 0.99)),
            "How long a press that could not be committed took to be shown all the same. Bound: 3 s.",
            unit="s",
            limits=((3, RED),),
            nothing="none was kept",
            runbook="SpoolNotEmpty",
            width=8,
        ),
    )


def _fast() -> tuple[Panel, ...]:
    return (
        lines(
            "Received to committed",
            spread(f"msa_press_commit_seconds_bucket{TIMED}"),
            "The database's part. Budget: p99 0.05 s; with a synchronous standby its round trip is in it.",
            unit="s",
            limits=((0.05, ORANGE), (1, RED)),
            exemplars=True,
            runbook="SlowDelivery",
        ),
        lines(
            "Committed to written to the last console",
            spread(f"msa_alarm_fanout_seconds_bucket{TIMED}"),
            "The gateway's own part. Budget: p99 0.1 s.",
            unit="s",
            limits=((0.1, ORANGE), (1, RED)),
            exemplars=True,
            runbook="CommitNotFannedOut",
        ),
        lines(
            "Received to painted on a screen",
            spread(f"msa_alarm_delivery_seconds_bucket{TIMED}"),
            "What counts: from the press's arrival to a console that has drawn it. Budget: 1 s.",
            unit="s",
            limits=((1, RED),),
            exemplars=True,
            runbook="SlowDelivery",
        ),
        heat(
            "How deliveries are spread",
            f"msa_alarm_delivery_seconds_bucket{TIMED}",
            "Each cell: how many alarms took so long from received to painted. A second band above 1 s is "
            "one node, centre or workstation.",
            unit="s",
            width=16,
            runbook="SlowDelivery",
        ),
        lines(
            "Painted later than the budget",
            {"{{purpose}}": counted("msa_latency_budget_breaches_total", "purpose", rare=True)},
            "Alarms over 1 s, of canaries too: they show a slow path before a victim meets it. Normal: 0.",
            limits=((1, RED),),
            runbook="AlarmPaintedLate",
        ),
    )


def _answered() -> tuple[Panel, ...]:
    shares = [
        number(
            f"Of the answered: in {seconds} s",
            answered_within(f"{seconds}.0"),
            "Of those real alarms that somebody acknowledged in the time shown, the share that was so within "
            f"{seconds} s. One that still waits is not among them: see beside.",
            unit="percentunit",
            below=RED,
            limits=((low, ORANGE), (good, GREEN)),
            most=1,
            nothing="no alarm",
            runbook="AlarmUnacknowledged",
        )
        for seconds, low, good in ((10, 0.3, 0.5), (30, 0.8, 0.95), (60, 0.95, 0.999))
    ]
    return (
        *shares,
        number(
            "Unanswered for",
            "max(msa_alarm_oldest_unacknowledged_seconds)",
            "The real alarm that has waited longest for somebody. Above 60 s: call that centre by phone.",
            unit="s",
            limits=((30, ORANGE), (60, RED)),
            runbook="AlarmUnacknowledged",
        ),
        number(
            "Escalations",
            total("msa_alarm_escalations_total"),
            "Levels of the ladder that were told in the time shown, of real alarms only.",
            limits=((1, ORANGE),),
            runbook="AlarmUnacknowledged",
        ),
        number(
            "Calls outside that failed",
            total('msa_webhook_calls_total{outcome="failed"}'),
            "Tries to tell the outside that nobody answers. Normal: 0; it is tried again until it gets "
            "through.",
            limits=((1, RED),),
            runbook="EscalationWebhookFailing",
        ),
        lines(
            "Raised to acknowledged",
            {
                "p50": quantile(0.5, f"msa_alarm_acknowledgement_seconds_bucket{TIMED}"),
                "p95": quantile(0.95, f"msa_alarm_acknowledgement_seconds_bucket{TIMED}"),
            },
            "Canaries answer themselves within a second; real alarms wait for a person.",
            unit="s",
            limits=((60, RED),),
            exemplars=True,
            runbook="AlarmUnacknowledged",
        ),
        lines(
            "Levels of the ladder told",
            {"{{step}} {{reason}}": counted("msa_alarm_escalations_total", "step, reason", rare=True)},
            "remind: the centre again; then its supervisors, the neighbour, the outside.",
            runbook="AlarmUnacknowledged",
        ),
        lines(
            "How late deadlines were carried out (p99)",
            {"{{kind}}": quantile(0.99, "msa_deadline_late_seconds_bucket", "kind")},
            "An escalation is at most 1 s late.",
            unit="s",
            limits=((1, RED),),
            runbook="DeadlinesLate",
        ),
    )


def _canaries() -> tuple[Panel, ...]:
    return (
        lines(
            "Canaries by leg (p99)",
            {"{{leg}}": quantile(0.99, "msa_canary_seconds_bucket", "leg")},
            "From a canary's press to each point of its way, measured from outside. The base of everything"
            " above while nobody presses.",
            unit="s",
            limits=((1, RED),),
            runbook="CanarySilent",
        ),
        lines(
            "Since the last success of the slowest way",
            {
                "by {{node}}": "max by (node) (time() - msa_canary_last_success_timestamp_seconds)",
                "for {{centre}}": "max by (centre) (time() - msa_canary_last_success_timestamp_seconds)",
            },
            f"A saw of {CANARY_PERIOD_S} s each is normal; a line that climbs is a way that is cut.",
            unit="s",
            limits=((90, RED),),
            runbook="CanarySilent",
        ),
        bars(
            "Where canaries ended",
            "sum by (stage) (increase(msa_canary_failures_total[$__range]))",
            "{{stage}}",
            "press: a node did not take it; console: not seen at a node; answer: could not be closed; "
            "purpose: taken as something else, which must never be.",
            limits=((1, RED),),
            runbook="CanaryMisrouted",
        ),
    )


PRESS: Final = Board(
    name="press-to-eye",
    title="MSA: press to eye",
    says="Does a press reach the eyes of an operator within a second, and does somebody answer?",
    choices=(
        Choice(
            name="purpose",
            label="Timed presses",
            values=("real", "test", "exercise", "canary"),
            chosen=("real", "canary"),
        ),
    ),
    rows=(
        Row("Is every press taken, and shown with its context?", _taken()),
        Row("Is it on a screen within a second?", _fast()),
        Row("Does somebody answer?", _answered()),
        Row("Would the next press get through?", _canaries()),
    ),
)
