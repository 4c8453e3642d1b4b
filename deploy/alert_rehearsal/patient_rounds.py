"""The faults that take patience: of mail, screens, locks, slow ways, versions, and a full disk."""

from typing import Final

from deploy.alert_rehearsal import database, installing, mail, people, screens, slowness, spooling
from deploy.alert_rehearsal.faults import Fault, alert, nothing
from deploy.alert_rehearsal.stage import CENTRE, HOSTS, MAILED

A: Final = HOSTS[0]
B: Final = HOSTS[1]

PATIENT_ROUNDS: Final[tuple[tuple[Fault, ...], ...]] = (
    (
        Fault(
            words="the mail server refuses; she was without protection for ten minutes",
            alerts=(alert("ReportNotSent", centre=MAILED), alert("ProtectionNotTold", channel="zone")),
            begin=mail.refuse_mail,
            end=mail.take_mail,
            patience_s=480.0,
        ),
        Fault(
            words="a forgotten transaction holds what she is judged by",
            alerts=(alert("SilenceToldLate"),),
            begin=slowness.judge_late,
            end=people.answer,
            patience_s=360.0,
        ),
        Fault(
            words="a node of another version runs beside the others",
            alerts=(alert("VersionsDiffer"),),
            begin=installing.run_another_version,
            end=installing.end_the_other_version,
            patience_s=360.0,
        ),
    ),
    (
        Fault(
            words="a screen paints an alarm after three seconds",
            alerts=(alert("AlarmPaintedLate"),),
            begin=screens.paint_late,
            end=nothing,
        ),
        Fault(
            words="a forgotten transaction holds the end of the sealed log",
            alerts=(alert("LogNotSealed"),),
            begin=slowness.forget_the_seal,
            end=slowness.let_go_of_the_seal,
        ),
        Fault(
            words="screens come back with the place of another epoch",
            alerts=(alert("ResyncStorm"),),
            begin=screens.come_back_anew,
            end=nothing,
        ),
    ),
    (
        Fault(
            words="three screens read nothing",
            alerts=(alert("ConsolesSlow", centre=CENTRE),),
            begin=screens.stop_reading,
            end=nothing,
        ),
        Fault(
            words="a canary's file is made one for practice",
            alerts=(alert("CanaryMisrouted", centre=installing.OF_CANARIES),),
            begin=installing.mistake_the_canary,
            end=installing.know_the_canary,
        ),
    ),
    (
        Fault(
            words="the canary is told of a node that there is not",
            alerts=(alert("CanarySilent", case="never", node=installing.NOBODY),),
            begin=installing.watch_nothing,
            end=installing.watch_what_is,
        ),
        Fault(
            words="an alarm's row is spoilt",
            alerts=(alert("DeadlinesPutOff", kind="escalate"),),
            begin=slowness.spoil_an_alarm,
            end=slowness.mend_the_alarm,
        ),
    ),
    (
        Fault(
            words="a stored event is gone before a node has read it",
            alerts=(alert("CommitNotFannedOut", node=B),),
            begin=database.lose_an_event,
            end=database.find_the_event,
        ),
    ),
    (
        Fault(
            words="a writer's connection is ended again and again while she presses",
            alerts=(alert("WritersReconnecting", node=A),),
            begin=slowness.lose_writers,
            end=nothing,
        ),
    ),
    (
        Fault(
            words="a node's way to PostgreSQL takes half a second each way",
            alerts=(alert("SlowDelivery", case="1h"), alert("PoolWaitLong", node=B)),
            begin=slowness.slow_the_way,
            end=slowness.mend_the_way,
            patience_s=360.0,
        ),
    ),
    (
        Fault(
            words="PostgreSQL is killed; one node's disk is full, thousands press at the other",
            alerts=(
                alert("PressNotKept", node=B),
                alert("PressesFailing", node=B),
                alert("SpoolFilling", node=A),
            ),
            begin=spooling.flood,
            end=spooling.recover,
            patience_s=480.0,
        ),
    ),
)
