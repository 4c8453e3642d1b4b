"""The dashboard of the centres: who sits there, and what waits for them."""

from typing import Final

from deploy.dashboards_panels import (
    BLUE,
    ORANGE,
    RED,
    Board,
    Choice,
    Panel,
    Row,
    counted,
    lines,
    number,
    or_zero,
    quantile,
    table,
    total,
)

HERE: Final = '{centre=~"$centre"}'
REAL: Final = '{centre=~"$centre", purpose="real"}'


def _waiting() -> tuple[Panel, ...]:
    return (
        number(
            "Raised, nobody has them",
            'sum(max by (centre) (msa_alarms_open{centre=~"$centre", purpose="real", state="raised"}))',
            "Real alarms that nobody has acknowledged. Normal: 0.",
            limits=((1, RED),),
            runbook="AlarmUnacknowledged",
        ),
        number(
            "Open in all",
            f"sum(max by (centre, state) (msa_alarms_open{REAL}))",
            "Real alarms that are not closed.",
            below=BLUE,
        ),
        number(
            "Oldest unanswered",
            f"max(msa_alarm_oldest_unacknowledged_seconds{HERE})",
            "For how long the oldest real alarm has waited for somebody. Above 60 s: call the centre by "
            "phone.",
            unit="s",
            limits=((30, ORANGE), (60, RED)),
            runbook="AlarmUnacknowledged",
        ),
        number(
            "Unattended centres",
            f"sum(max by (centre) (msa_centre_unattended{HERE}))",
            "Centres where no console is live at any node for 10 s; their alarms go to neighbours. Normal "
            "at night for some.",
            limits=((1, ORANGE),),
            runbook="CentreUnattended",
        ),
        number(
            "Consoles",
            f"sum(msa_consoles{HERE})",
            "Consoles live on these centres' streams, over all nodes; one that watches two centres counts "
            "twice.",
            below=BLUE,
        ),
        number(
            "Escalations",
            total("msa_alarm_escalations_total"),
            "Levels of the ladder told in the time shown, at all centres: the counter has no centre.",
            limits=((1, ORANGE),),
            runbook="AlarmUnacknowledged",
        ),
        lines(
            "Open alarms by state",
            {
                "{{centre}} {{state}}": or_zero(
                    f"max by (centre, state) (msa_alarms_open{REAL}) > 0", "centre, state"
                )
            },
            "Real alarms, by centre and state.",
            runbook="AlarmUnacknowledged",
        ),
        lines(
            "Oldest unanswered alarm",
            {"{{centre}}": f"max by (centre) (msa_alarm_oldest_unacknowledged_seconds{HERE})"},
            "A line that climbs is an alarm that waits; it falls to 0 when somebody takes it.",
            unit="s",
            limits=((60, RED),),
            runbook="AlarmUnacknowledged",
        ),
        lines(
            "Raised to acknowledged (p95)",
            {"{{centre}}": quantile(0.95, f"msa_alarm_acknowledgement_seconds_bucket{REAL}", "centre")},
            "How long real alarms wait for somebody. Nothing is drawn while none is raised.",
            unit="s",
            limits=((60, RED),),
            exemplars=True,
            nothing="no alarm",
            runbook="AlarmUnacknowledged",
        ),
    )


def _attended() -> tuple[Panel, ...]:
    return (
        lines(
            "Consoles by centre",
            {"{{centre}}": f"sum by (centre) (msa_consoles{HERE})"},
            "A step down for all centres at once is a node or a network; for one it is that centre.",
            runbook="CentreUnattended",
        ),
        lines(
            "Unattended",
            {"{{centre}}": f"max by (centre) (msa_centre_unattended{HERE})"},
            "1 while nobody attends. Look whether somebody should.",
            limits=((1, ORANGE),),
            most=1,
            runbook="CentreUnattended",
        ),
        table(
            "Centres now",
            f"sum by (centre) (msa_consoles{HERE})",
            "Consoles of each centre, over all nodes, at this moment.",
        ),
    )


def _kept_up() -> tuple[Panel, ...]:
    return (
        lines(
            "Events to consoles",
            {
                "{{kind}}": f"sum by (kind) (rate(msa_stream_events_total{HERE}[$__rate_interval]))",
            },
            "Events fanned out a second. Canaries alone make some for each centre.",
            unit="ops",
        ),
        lines(
            "Consoles closed as too slow",
            {"{{centre}}": counted(f"msa_console_slow_total{HERE}", "centre", rare=True)},
            "A workstation or its network did not read; it resumes by itself. Again and again at one "
            "centre: call its IT.",
            limits=((1, ORANGE),),
            runbook="ConsolesSlow",
        ),
        lines(
            "Consoles that began anew",
            {"{{reason}}": counted("msa_console_resync_total", "reason")},
            "Snapshots instead of a replay, by reason. A burst after a restart or a restore is normal.",
            runbook="ResyncStorm",
        ),
        lines(
            "Events read from the log",
            {"{{centre}}": counted(f"msa_stream_gap_filled_total{HERE}", "centre")},
            "Events that reached this node by the log, not straight from a commit here. With several "
            "nodes: normal, its share of all.",
        ),
        lines(
            "Websockets closed by the gateway",
            {"{{code}}": counted("msa_console_closed_total", "code")},
            "1012: come back (restart); 4401 and 4403: signed out or not allowed; 4408: too slow. "
            "docs/wire-protocol.md has all.",
            runbook="ResyncStorm",
        ),
        lines(
            "Largest queue to a console",
            {"{{instance}}": "msa_console_send_queue_bytes"},
            "Bytes that wait for the slowest console of each node. Normal: near 0.",
            unit="bytes",
            runbook="ConsolesSlow",
        ),
    )


def _desk() -> tuple[Panel, ...]:
    return (
        lines(
            "Reports that wait to be sent",
            {"{{centre}}": or_zero(f"max by (centre) (msa_report_unsent_seconds{HERE})", "centre")},
            "Age of the oldest daily report of each centre that its mail server has not taken. Normal: 0.",
            unit="s",
            limits=((3600, ORANGE), (43200, RED)),
            runbook="ReportNotSent",
        ),
        lines(
            "Looks at files",
            {
                "{{role}} {{why}}": or_zero(
                    "max by (role, why) (rate(msa_looks_total[$__rate_interval]))", "role, why"
                )
            },
            "Looks at victims' files a second, as the journal has them.",
            unit="ops",
            runbook="LookAnomaly",
        ),
        lines(
            "Looks that were odd",
            {"{{kind}}": counted("msa_look_anomalies_total", "kind", rare=True)},
            "many_looks: unusually many files; honeytoken: a file about nobody. Normal: 0. Each is a "
            "matter for the security officer.",
            limits=((1, RED),),
            runbook="LookAnomaly",
        ),
    )


CENTRE: Final = Board(
    name="centre",
    title="MSA: centre",
    says="Is somebody there, do they keep up, and what waits for them?",
    choices=(Choice(name="centre", label="Centre", read="label_values(msa_consoles, centre)"),),
    rows=(
        Row("What waits for somebody?", _waiting()),
        Row("Is somebody there?", _attended()),
        Row("Do the screens keep up?", _kept_up()),
        Row("Is the desk in order: reports and looks at files?", _desk()),
    ),
)
