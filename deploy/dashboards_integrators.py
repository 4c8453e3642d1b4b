"""The dashboard of other systems: what they tell us, and what we tell them."""

from typing import Final

from deploy.dashboards_panels import (
    BLUE,
    ORANGE,
    RED,
    Board,
    Panel,
    Row,
    counted,
    lines,
    number,
    spread,
    total,
)


def _in() -> tuple[Panel, ...]:
    return (
        number(
            "Events wait",
            "max(msa_inbox_events)",
            "Events in the inbox, of all accounts. Hundreds are normal under load; growing without end is "
            "not.",
            below=BLUE,
            runbook="InboxStuck",
        ),
        number(
            "Oldest due for",
            "max(msa_inbox_oldest_seconds)",
            "For how long the oldest due event has waited. Alarms do not pass through the inbox.",
            unit="s",
            limits=((10, ORANGE), (60, RED)),
            runbook="InboxStuck",
        ),
        number(
            "In quarantine",
            "max(msa_events_quarantined)",
            "Events that could not be done; nothing else waits for them. msa events list says which and why.",
            limits=((1, ORANGE),),
            runbook="EventsQuarantined",
        ),
        number(
            "Were not let in",
            total("msa_integrator_refused_total"),
            "Requests that were refused: token, signature, scope or rate. One account alone: its makers.",
            below=BLUE,
            runbook="IntegratorsRefused",
        ),
        number(
            "Wait for receivers",
            "max(msa_sendings_waiting)",
            "Events on their way to receivers.",
            below=BLUE,
            runbook="ReceiverBehind",
        ),
        number(
            "Given up",
            total('msa_sendings_total{outcome="dead"}'),
            "Events that a receiver refused for good, or could not be told for a day. msa receiver dead "
            "list NAME.",
            limits=((1, ORANGE),),
            runbook="ReceiverDeadLetters",
        ),
        lines(
            "Events of other systems",
            {"{{type}} {{fate}}": counted("msa_events_in_total", "type, fate")},
            "What came in by type, and what became of it. Much seen_before: answers do not reach that "
            "system.",
        ),
        lines(
            "Events worked off",
            {"{{type}} {{outcome}}": counted("msa_events_done_total", "type, outcome")},
            "Should follow what comes in. quarantined: look at it today.",
            runbook="EventsQuarantined",
        ),
        lines(
            "What waits",
            {
                "events in the inbox": "max(msa_inbox_events)",
                "events in quarantine": "max(msa_events_quarantined)",
                "to receivers": "max(msa_sendings_waiting)",
            },
            "A line that only climbs is a stuck worker or a flood: msa events stats.",
            runbook="InboxStuck",
        ),
    )


def _let_in() -> tuple[Panel, ...]:
    return (
        lines(
            "Access tokens asked for",
            {"{{outcome}}": counted("msa_integrator_tokens_total", "outcome")},
            "granted is normal, one an account and hour or so; invalid_client: a wrong or ended secret.",
            runbook="IntegratorsRefused",
        ),
        lines(
            "Refused requests",
            {"{{problem}}": counted("msa_integrator_refused_total", "problem")},
            "By problem, as docs/wire-protocol.md names them.",
            runbook="IntegratorsRefused",
        ),
        lines(
            "Alarm gear: messages by answer",
            {"{{door}} {{answer}}": counted("msa_gear_messages_total", "door, answer")},
            "DC-09 and SCAIP. NAK or DUH rising: a key, a clock or an account of one panel.",
        ),
    )


def _out() -> tuple[Panel, ...]:
    return (
        lines(
            "Tries to tell receivers",
            {"{{outcome}}": counted("msa_sendings_total", "outcome")},
            "delivered is normal; again: no answer, tried on for a day; gone: it answered 410; dead: given"
            " up.",
            runbook="ReceiverBehind",
        ),
        lines(
            "Read from the stream to taken by the receiver",
            spread("msa_sending_seconds_bucket", (0.5, 0.99)),
            "The receiver's answer is in it. Below 1 s is normal.",
            unit="s",
            limits=((5, ORANGE),),
            nothing="no receiver",
            runbook="ReceiverBehind",
        ),
        lines(
            "Oldest that waits for a receiver",
            {"oldest": "max(msa_sending_oldest_seconds)"},
            "msa receiver list says for which receiver.",
            unit="s",
            limits=((60, ORANGE), (3600, RED)),
            runbook="ReceiverBehind",
        ),
        lines(
            "Calls that nobody answers (webhook)",
            {"{{outcome}}": counted("msa_webhook_calls_total", "outcome", rare=True)},
            "The last level of the ladder. failed: tried again each minute until it gets through.",
            limits=((1, ORANGE),),
            runbook="EscalationWebhookFailing",
        ),
        lines(
            "Daily reports by mail",
            {"{{outcome}}": counted("msa_report_mails_total", "outcome", rare=True)},
            "sent once a day and team. failed is tried again; given_up after a day and a half.",
            runbook="ReportNotSent",
        ),
        lines(
            "Deadlines put off",
            {"{{kind}}": counted("msa_deadline_put_off_total", "kind", rare=True)},
            "What fell due on an alarm and could not be done: tried again, others go on. Normal: 0.",
            limits=((1, RED),),
            runbook="DeadlinesPutOff",
        ),
    )


INTEGRATORS: Final = Board(
    name="integrators",
    title="MSA: integrators",
    says="Do other systems reach us, and do we reach them?",
    rows=(
        Row("Is what other systems tell us worked off?", _in()),
        Row("Are they let in?", _let_in()),
        Row("Do we reach whoever is told?", _out()),
    ),
)
