"""The dashboard of what victims carry: companions, positions, trackers, gear."""

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
    counted,
    lines,
    number,
    or_zero,
    quantile,
    spread,
    total,
)

HERE: Final = '{centre=~"$centre"}'


def _in_state(metric: str, state: str) -> str:
    return f'sum(max by (centre) ({metric}{{centre=~"$centre", state="{state}"}})) or vector(0)'


def _protected() -> tuple[Panel, ...]:
    return (
        number(
            "Protected",
            _in_state("msa_protection", "protected"),
            "Victims whose press would arrive, with everything.",
            below=GREEN,
        ),
        number(
            "Degraded",
            _in_state("msa_protection", "degraded"),
            "A press would arrive, with less: no position, a low battery, one of two devices.",
            below=BLUE,
        ),
        number(
            "Unprotected",
            _in_state("msa_protection", "unprotected"),
            "A press might not arrive. Compare with what the case teams know of; msa registration "
            "protection names them.",
            below=BLUE,
            limits=((1, ORANGE),),
            runbook="ManyCompanionsSilent",
        ),
        number(
            "Companions heard",
            _in_state("msa_companions", "heard"),
            "Phones of real victims whose heartbeats arrive.",
        ),
        number(
            "Companions silent",
            _in_state("msa_companions", "silent"),
            "Phones that were heard and are no more. Some always are; many at once have one cause.",
            below=BLUE,
            runbook="ManyCompanionsSilent",
        ),
        number(
            "Never heard",
            _in_state("msa_companions", "never_heard"),
            "Enrolled and not heard since: handed out without being tried.",
            below=BLUE,
        ),
        lines(
            "Registrations by protection",
            {
                "{{state}}": or_zero(
                    f"sum by (state) (max by (centre, state) (msa_protection{HERE}))", "state"
                )
            },
            "A step for many at once has one cause: a network, a power cut, an address, the load balancer.",
            runbook="ManyCompanionsSilent",
        ),
        lines(
            "Companions by state",
            {
                "{{state}}": or_zero(
                    f"sum by (state) (max by (centre, state) (msa_companions{HERE}))", "state"
                )
            },
            "Each node counts each minute; the greatest count is shown, so that sums are off while many "
            "change.",
            runbook="ManyCompanionsSilent",
        ),
        lines(
            "Tellings of changes of protection",
            {"{{channel}} {{outcome}}": counted("msa_protection_tellings_total", "channel, outcome")},
            "Mails and texts that say that protection is lacking or back. failed: tried again.",
            runbook="ProtectionNotTold",
        ),
    )


def _heard() -> tuple[Panel, ...]:
    return (
        lines(
            "Heartbeats",
            {
                "{{outcome}}": or_zero(
                    "sum by (outcome) (rate(msa_heartbeats_total[$__rate_interval]))", "outcome"
                )
            },
            "taken at the door, then written; put_off: told to try another node. refused rising for all: "
            "the proxy or MSA_PUBLIC_URLS.",
            unit="ops",
            runbook="HeartbeatsPutOff",
        ),
        lines(
            "Last heartbeat to the report of silence (p95)",
            {"{{during}}": quantile(0.95, "msa_link_loss_report_seconds_bucket", "during")},
            "EN 50136-1 counts this as the time to report a lost path. During an alarm: up to 90 s.",
            unit="s",
            limits=((90, RED),),
            nothing="no link was lost",
            runbook="SilenceToldLate",
        ),
        lines(
            "Reports of silence",
            {"{{during}}": counted("msa_link_loss_report_seconds_count", "during")},
            "Companions reported as silent, during an alarm or on watch.",
            runbook="SilenceToldLate",
        ),
    )


def _placed() -> tuple[Panel, ...]:
    return (
        lines(
            "Fixes of tracks",
            {"{{outcome}}": or_zero("sum by (outcome) (rate(msa_fixes_total[$__rate_interval]))", "outcome")},
            "Positions during alarms: stored; known: sent twice; unwanted: no alarm is open; unreadable.",
            unit="ops",
        ),
        lines(
            "Batches of fixes",
            {"{{outcome}}": counted("msa_position_batches_total", "outcome")},
            "Requests with positions. failed and refused: the companion keeps its fixes and sends them "
            "again.",
        ),
        lines(
            "How old a position is when it is shown",
            spread("msa_position_shown_age_seconds_bucket", (0.5, 0.95)),
            "From the fix at the phone to the consoles. Some seconds are normal; a phone that was out of "
            "reach sends old ones along.",
            unit="s",
            nothing="no position",
        ),
        lines(
            "One statement that stores fixes",
            spread("msa_fix_store_seconds_bucket", (0.5, 0.99)),
            "PostgreSQL's time for a batch.",
            unit="s",
            limits=((0.5, ORANGE),),
            nothing="no position",
            runbook="DatabaseAway",
            width=16,
        ),
        number(
            "Held back",
            total("msa_positions_held_back_total"),
            "Positions that a slow console was told later, or not: the newest always gets through. Normal:"
            " few.",
            below=BLUE,
            runbook="ConsolesSlow",
            width=8,
            height=8,
        ),
    )


def _ground() -> tuple[Panel, ...]:
    return (
        number(
            "Trackers worn", "max(msa_trackers_worn)", "Ankle tags that are worn now.", below=BLUE, width=8
        ),
        number(
            "Perimeters watched",
            "max(msa_perimeters_watched)",
            "Perimeters by which the nodes judge today. 0 although there are some: a fault.",
            below=BLUE,
            width=8,
        ),
        number(
            "Gear connected",
            "sum(msa_gear_connections)",
            "Open connections of alarm gear (SIA DC-09), over all nodes.",
            below=BLUE,
            width=8,
        ),
        lines(
            "Fixes of trackers judged",
            {"all nodes": "sum(rate(msa_tracker_fixes_total[$__rate_interval]))"},
            "Falls to 0 while trackers are worn: their system does not send.",
            unit="ops",
            runbook="InboxStuck",
        ),
        lines(
            "Moves of watches",
            {"{{state}}": counted("msa_watches_moved_total", "state")},
            "A watch is a perimeter and a tracker; each move to breach is an alarm.",
        ),
        lines(
            "Messages of alarm gear",
            {"{{door}} {{answer}}": counted("msa_gear_messages_total", "door, answer")},
            "dc09: by what was answered (ACK, NAK, DUH); scaip: by status number (0 is fine).",
        ),
    )


DEVICES: Final = Board(
    name="devices",
    title="MSA: devices",
    says="Would a press of each victim arrive, and do we know where she is?",
    choices=(Choice(name="centre", label="Centre", read="label_values(msa_consoles, centre)"),),
    rows=(
        Row("Who is protected?", _protected()),
        Row("Do we hear the phones, and soon when we do not?", _heard()),
        Row("Do positions arrive while an alarm is open?", _placed()),
        Row("Do trackers, perimeters and alarm gear speak?", _ground()),
    ),
)
