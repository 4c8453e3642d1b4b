"""Which faults there are, and which alerts each must set off."""

from typing import Final

from deploy.alert_rehearsal import database, machines, people, slowness, systems
from deploy.alert_rehearsal.faults import Fault, alert, nothing
from deploy.alert_rehearsal.patient_rounds import PATIENT_ROUNDS
from deploy.alert_rehearsal.stage import CENTRE, HOSTS, Stage

B: Final = HOSTS[1]

ROUNDS: Final[tuple[tuple[Fault, ...], ...]] = (
    (
        Fault(
            words="an alarm is left; the outside does not answer",
            alerts=(alert("AlarmUnacknowledged", centre=CENTRE), alert("EscalationWebhookFailing")),
            begin=people.leave_an_alarm,
            end=people.answer,
        ),
        Fault(
            words="strangers press",
            alerts=(alert("PressesRefused"),),
            begin=people.strangers_press,
            end=nothing,
        ),
        Fault(
            words="a line of chat without an alarm",
            alerts=(alert("EventsQuarantined"),),
            begin=systems.say_nonsense,
            end=systems.discard_nonsense,
        ),
        Fault(
            words="made-up tokens",
            alerts=(alert("IntegratorsRefused"),),
            begin=systems.probe_with_tokens,
            end=nothing,
        ),
        Fault(
            words="six companions fall silent",
            alerts=(alert("ManyCompanionsSilent", centre=CENTRE),),
            begin=people.fall_silent,
            end=people.be_heard,
        ),
        Fault(
            words="a transaction keeps the notification queue",
            alerts=(alert("NotifyQueueFilling"),),
            begin=database.fill_queue,
            end=database.empty_queue,
        ),
    ),
    (
        Fault(
            words="a press with a wrong key",
            alerts=(alert("SignaturesInvalid"),),
            begin=people.forge,
            end=nothing,
        ),
        Fault(
            words="her file's key is lost",
            alerts=(alert("AlarmShownWithoutFile"),),
            begin=people.spoil_a_file,
            end=nothing,
        ),
    ),
    (
        Fault(
            words="the last console of a centre leaves",
            alerts=(alert("CentreUnattended", centre=CENTRE),),
            begin=Stage.stand_up,
            end=Stage.sit_down,
        ),
        Fault(
            words="a node is killed",
            alerts=(alert("NodeDown", node=B), alert("CanarySilent", case="late")),
            begin=machines.kill_node,
            end=machines.start_node,
        ),
    ),
    (
        Fault(
            words="a receiver never answers",
            alerts=(alert("ReceiverBehind"),),
            begin=systems.answer_nobody,
            end=systems.answer_again,
        ),
        Fault(
            words="a disk is nearly full",
            alerts=(alert("DiskFilling", where="spool", severity="page"),),
            begin=machines.fill_disk,
            end=machines.free_disk,
        ),
        Fault(
            words="a forgotten transaction holds an event that waits for its alarm",
            alerts=(alert("InboxStuck"),),
            begin=slowness.hold_an_event,
            end=slowness.let_go_of_the_event,
        ),
    ),
    (
        Fault(
            words="an officer looks at thirty files",
            alerts=(alert("LookAnomaly"),),
            begin=people.pry,
            end=nothing,
        ),
    ),
    (
        Fault(
            words="a receiver says that it is gone",
            alerts=(alert("ReceiverDeadLetters", outcome="gone"),),
            begin=systems.say_gone,
            end=systems.remove_gone,
        ),
        Fault(
            words="a certificate ends in two days",
            alerts=(
                alert("CertificateExpiring", which="dc09", severity="page"),
                alert("CertificateExpiring", which="dc09", severity="ticket"),
            ),
            begin=machines.end_certificate_soon,
            end=machines.renew_certificate,
        ),
    ),
    (
        Fault(
            words="a node is held up for most of each second",
            alerts=(alert("LoopLag", node=B),),
            begin=machines.stutter,
            end=machines.run_smoothly,
        ),
    ),
    (
        Fault(
            words="both nodes stand still while a step falls due",
            alerts=(alert("DeadlinesLate"),),
            begin=machines.freeze_all,
            end=people.answer,
        ),
    ),
    (
        Fault(
            words="a node is frozen (SIGSTOP)",
            alerts=(alert("NodeDown", node=B),),
            begin=machines.freeze_node,
            end=machines.thaw_node,
        ),
    ),
    (
        Fault(
            words="the canary ends",
            alerts=(alert("CanarySilent", case="unwatched"),),
            begin=machines.end_canary,
            end=machines.start_canary,
        ),
    ),
    (
        Fault(
            words="nobody scrapes the canary",
            alerts=(alert("MetricsMissing", job="msa-canary"),),
            begin=machines.forget_canary,
            end=machines.remember_canary,
        ),
    ),
    (
        Fault(
            words="PostgreSQL is killed",
            alerts=(
                alert("DatabaseAway", node=B),
                alert("SpoolNotEmpty", node=B),
            ),
            held_back=(
                alert("DoorbellDown", node=B),
                alert("TaskFailing", node=B),
                alert("HeartbeatsPutOff"),
            ),
            begin=database.kill_database,
            end=database.start_database,
        ),
    ),
    (
        Fault(
            words="the synchronous standby is killed",
            alerts=(alert("NoSyncStandby"),),
            begin=database.kill_standby,
            end=database.start_standby,
        ),
    ),
    (
        Fault(
            words="the standby plays nothing back",
            alerts=(alert("ReplicationLag", standby="standby"),),
            begin=database.pause_replay,
            end=database.resume_replay,
        ),
    ),
    *PATIENT_ROUNDS,
)
"""Faults of a round are there at once, as they do not disturb each other."""

NOT_INJECTED: Final = {
    "SlowDelivery (6h, 3d)": "the same figure over hours and days; with 1h it is seen",
    "DiskFilling (ticket)": "the disk is filled at once, past what the page is for",
    "NoSyncStandby (unseen)": "the rehearsal's account may see standbys",
    "ReceiverDeadLetters (dead)": "an event is given up after a day",
}
