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
    table,
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
            "Database",
            f"min by (instance) (msa_db_up{HERE})",
            "Whether each node can commit presses to PostgreSQL.",
            legend="{{instance}}",
            below=RED,
            limits=((1, GREEN),),
            words=UP_DOWN,
            runbook="DatabaseAway",
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
        number(
            "Sync standbys",
            "max(msa_db_sync_standbys)",
            "Standbys that have each commit before it is answered. 0: a lost primary may lose presses that"
            " were answered. none: the account lacks pg_monitor.",
            below=RED,
            limits=((1, GREEN),),
            runbook="NoSyncStandby",
        ),
        number(
            "First certificate ends in",
            "min(msa_tls_cert_not_after_timestamp_seconds) - time()",
            "The certificate that ends first, of the doors with one. Renew below 21 days.",
            unit="s",
            below=RED,
            limits=((3 * DAY_S, ORANGE), (21 * DAY_S, GREEN)),
            nothing="no certificate",
            runbook="CertificateExpiring",
        ),
        table(
            "Versions",
            f"max by (instance, version, schema) (msa_build_info{HERE})",
            "What runs where. Two versions for more than an hour: an upgrade that was left half done.",
            runbook="VersionsDiffer",
        ),
        lines(
            "Failures of background tasks",
            {
                "{{task}}": or_zero(
                    f"sum by (task) (increase(msa_task_failures_total{HERE}[$__rate_interval])) > 0", "task"
                )
            },
            "What a loop could not do and tries again. Some while the database is away; else look at the "
            "log.",
            limits=((1, ORANGE),),
            runbook="TaskFailing",
        ),
        lines(
            "Held connections made anew",
            {"{{centre}}": counted(f"msa_writer_reconnects_total{HERE}", "centre", rare=True)},
            "Connections that commit presses. Once: nothing; often: PostgreSQL or the network.",
            limits=((1, ORANGE),),
            runbook="WritersReconnecting",
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
            "CPU",
            {"{{instance}}": f"rate(process_cpu_seconds_total{HERE}[$__rate_interval])"},
            "Cores in use. One node uses one; near 1 its loop lags.",
            limits=((0.7, ORANGE), (0.9, RED)),
            runbook="LoopLag",
        ),
        lines(
            "Memory",
            {"{{instance}}": f"process_resident_memory_bytes{HERE}"},
            "Resident. Level after an hour; a line that only climbs is a leak.",
            unit="bytes",
        ),
        lines(
            "Open files and sockets",
            {"{{instance}}": f"process_open_fds{HERE}", "{{instance}} may": f"process_max_fds{HERE}"},
            "One a console, companion that waits and connection; far below what it may.",
        ),
        lines(
            "Wait for a connection of the pool (p99)",
            {
                "{{pool}} {{instance}}": quantile(
                    0.99, f"msa_db_pool_wait_seconds_bucket{HERE}", "pool, instance"
                )
            },
            "Presses have connections of their own; commands and reads wait here.",
            unit="s",
            limits=((BIT_S, ORANGE), (1, RED)),
            runbook="PoolWaitLong",
        ),
        lines(
            "Presses to a statement (mean)",
            {
                "{{instance}}": f"sum by (instance) (rate(msa_press_batch_size_sum{HERE}[$__rate_interval]))"
                f" / sum by (instance) (rate(msa_press_batch_size_count{HERE}[$__rate_interval]))"
            },
            "1 while it is calm; more presses are committed together under load.",
        ),
    )


def _stored() -> tuple[Panel, ...]:
    return (
        lines(
            "Lag of standbys",
            {"{{standby}}": or_zero("max by (standby) (msa_db_replication_lag_seconds)", "standby")},
            "How far each standby replays behind the primary.",
            unit="s",
            limits=((1, ORANGE), (10, RED)),
            runbook="ReplicationLag",
        ),
        lines(
            "PostgreSQL's notification queue",
            {"{{instance}}": f"msa_db_notify_queue_usage_ratio{HERE}"},
            "Share in use. Full, it would stop commits; a session that listens and stands still fills it.",
            unit="percentunit",
            limits=((0.25, ORANGE), (0.5, RED)),
            most=1,
            runbook="NotifyQueueFilling",
        ),
        lines(
            "Room on disks",
            {"{{where}} {{instance}}": f"msa_disk_free_ratio{HERE}"},
            "Share that is free where the spool and the data are. Below 20 % make room today, below 8 % now.",
            unit="percentunit",
            below=RED,
            limits=((0.08, ORANGE), (0.2, GREEN)),
            most=1,
            runbook="DiskFilling",
        ),
        lines(
            "Presses in the spool",
            {"{{instance}}": f"msa_spool_entries{HERE}", "{{instance}} bytes": f"msa_spool_bytes{HERE}"},
            "Presses kept on this node's disk while PostgreSQL is away. Normal: 0.",
            limits=((1, ORANGE),),
            runbook="SpoolNotEmpty",
        ),
        lines(
            "Oldest press in the spool",
            {"{{instance}}": f"msa_spool_oldest_age_seconds{HERE}"},
            "For how long the oldest has waited to be committed. Normal: 0 s.",
            unit="s",
            limits=((30, RED),),
            runbook="SpoolNotEmpty",
        ),
        lines(
            "Kept in the spool and replayed",
            {
                "kept: {{outcome}}": counted(f"msa_spool_kept_total{HERE}", "outcome", rare=True),
                "replayed: {{outcome}}": counted(f"msa_spool_replayed_total{HERE}", "outcome"),
            },
            "full and failed must never be: those presses were refused. put_off: tried again, or set aside.",
            runbook="PressNotKept",
        ),
    )


def _sealed() -> tuple[Panel, ...]:
    return (
        lines(
            "Records that are not sealed yet",
            {"records": "max(msa_seal_unsealed)"},
            "Events and journal entries that no seal covers. A few, for a second.",
            runbook="LogNotSealed",
            width=6,
        ),
        lines(
            "Oldest unsealed record",
            {"oldest": "max(msa_seal_age_seconds)"},
            "Above 5 minutes somebody with the database's password could change it unseen.",
            unit="s",
            limits=((60, ORANGE), (300, RED)),
            runbook="LogNotSealed",
            width=6,
        ),
        lines(
            "Deadlines open",
            {"{{kind}}": or_zero("max by (kind) (msa_deadlines_open)", "kind")},
            "What has yet to fall due on open alarms, or is late.",
            runbook="DeadlinesLate",
            width=6,
        ),
        lines(
            "Messages between nodes",
            {"{{subject}} {{outcome}}": counted(f"msa_nats_messages_total{HERE}", "subject, outcome")},
            "Rings and provisional presses over NATS. None without MSA_NATS_URLS, which is normal.",
            runbook="DoorbellDown",
            width=6,
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
