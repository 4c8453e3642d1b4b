"""What is said of a judgement: to the centre, and on an alarm."""

import math
from datetime import datetime

from gateway.domain.notice import Detail, Notice
from gateway.domain.perimeters.shape import Plane, Zone
from gateway.domain.track import RADIUS_MAX_M
from gateway.watching.board import Due
from schemas.alarm import Breach
from schemas.position import Method, Position
from schemas.protection import Audience, NoticeKind


def pre_alert(due: Due) -> Notice:
    """Return what the centre is told: near, how near to a hundred metres, and nothing that names a place."""
    detail: Detail = {
        "registration_id": str(due.perimeter.registration_id),
        "perimeter_id": str(due.perimeter.perimeter_id),
        "state": "pre_alert",
        "distance_m": int(round(due.judgement.distance_m, -2)),
        "nearing": due.nearing,
    }
    return Notice(
        kind=NoticeKind.PERIMETER,
        subject=str(due.perimeter.registration_id),
        audience=(Audience.EVERYBODY,),
        reference=due.perimeter.reference,
        detail=detail,
    )


def breach_of(due: Due, her: Position | None, *, certain: bool, inside: bool = True) -> Breach:
    """Return what an alarm says of a judgement. ``her``: where she was seen last."""
    judged, fix = due.judgement, due.fix
    distance_m, heading_deg = judged.distance_m, judged.heading_deg
    if her is not None:
        at = Plane.around(her.latitude, her.longitude).place(fix.position.latitude, fix.position.longitude)
        distance_m, heading_deg = math.hypot(*at), math.degrees(math.atan2(*at))
    radius_m = None if fix.radius_m is None else min(fix.radius_m, RADIUS_MAX_M)
    return Breach(
        perimeter_id=due.perimeter.perimeter_id,
        name=due.perimeter.name,
        certain=certain,
        probability=round(judged.probability, 3),
        distance_m=round(distance_m, 1),
        heading_deg=round(heading_deg, 1) % 360,
        from_place=her is None,
        approaching=due.nearing,
        offender=fix.position.model_copy(update={"radius_m": radius_m, "confidence": 0.95, "age_s": None}),
        number=due.tracker.number,
        of=due.tracker.of,
        judged_at=judged.judged_by,
        inside=inside,
    )


def place_of(zone: Zone, at: datetime) -> Position:
    """Return the place that is to protect her, where nobody knows where she is."""
    return Position(
        latitude=zone.plane.latitude,
        longitude=zone.plane.longitude,
        radius_m=zone.reach_m,
        fixed_at=at,
        method=Method.RECORDED,
    )
