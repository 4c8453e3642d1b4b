"""The dashboard of the nodes and of what they stand on."""

from typing import Final

from deploy.dashboards_panels import (
    GREEN,
    ORANGE,
    RED,
    UP_DOWN,
    Board,
    Choice,
    Panel,
    Row,
    counted,
    lines,
    number,
    or_zero,
    quantile,
)

HERE: Final = '{job="msa-gateway", instance=~"$node"}'
DAY_S: Final = 86_400
BIT_S: Final = 0.1
LAG_S: Final = 0.25


def _up() -> tuple[Panel, ...]:
    return (
        number(
            "Nodes",
            f"up{HERE}",
            "Whether Prometheus reaches each node.",
            legend="{{instance}}",
            below=RED,
            limits=((1, GREEN),),
            words=UP_DOWN,
            runbook="NodeDown",
        ),
        number(
            "Doorbell",
            f"min by (instance) (msa_doorbell_up{HERE})",
            "Whether each node hears of the others' events at once. Down: by its poll, within a second.",
            legend="{{instance}}",
            below=ORANGE,
            limits=((1, GREEN),),
            words=UP_DOWN,
            runbook="DoorbellDown",
        ),
        lines(
            "Held connections made anew",
            {"{{centre}}": counted(f"msa_writer_reconnects_total{HERE}", "centre")},
            "Connections that commit presses. Once: nothing; often: PostgreSQL or the network.",
            limits=((1, ORANGE),),
            runbook="DatabaseAway",
        ),
    )


def _room() -> tuple[Panel, ...]:
    return (
        lines(
            "Event loop's lag (p99)",
            {"{{instance}}": quantile(0.99, f"msa_event_loop_lag_seconds_bucket{HERE}", "instance")},
            "How late a timer fires: everything on the node is that late. Normal: some ms.",
            unit="s",
            limits=((BIT_S, ORANGE), (LAG_S, RED)),
            runbook="LoopLag",
        ),
        lines(
            "Presses to a statement (p50)",
            {"{{instance}}": quantile(0.5, f"msa_press_batch_size_bucket{HERE}", "instance")},
            "1 while it is calm; more presses are committed together under load.",
        ),
    )


def _stored() -> tuple[Panel, ...]:
    return (
        lines(
            "PostgreSQL's notification queue",
            {"{{instance}}": f"msa_db_notify_queue_usage_ratio{HERE}"},
            "Share in use. Full, it would stop commits; a session that listens and stands still fills it.",
            unit="percentunit",
            limits=((0.25, ORANGE), (0.5, RED)),
            most=1,
            runbook="DatabaseAway",
        ),
    )


def _sealed() -> tuple[Panel, ...]:
    return (
        lines(
            "Records that are not sealed yet",
            {"records": "max(msa_seal_unsealed)"},
            "Events and journal entries that no seal covers. A few, for a second.",
            runbook="LogNotSealed",
        ),
        lines(
            "Oldest unsealed record",
            {"oldest": "max(msa_seal_age_seconds)"},
            "Above 5 minutes somebody with the database's password could change it unseen.",
            unit="s",
            limits=((60, ORANGE), (300, RED)),
            runbook="LogNotSealed",
        ),
        lines(
            "Deadlines open",
            {"{{kind}}": or_zero("max by (kind) (msa_deadlines_open)")},
            "What has yet to fall due on open alarms, or is late.",
            runbook="DeadlinesLate",
        ),
    )


NODE: Final = Board(
    name="node",
    title="MSA: node",
    says="Can each node take a press, and what is about to stand in its way?",
    choices=(Choice(name="node", label="Node", read='label_values(up{job="msa-gateway"}, instance)'),),
    rows=(
        Row("Is everything up?", _up()),
        Row("Does each node have room?", _room()),
        Row("Is what was taken safe?", _stored()),
        Row("Is the log sealed, and are deadlines and messages kept?", _sealed()),
    ),
)
