"""A notice as the gateway itself raises or clears it."""

from dataclasses import dataclass, field

from schemas.protection import Audience, NoticeKind
from schemas.session import OperatorName

Detail = dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice to be raised, or with ``open`` false cleared, wherever one of its kind and subject is open."""

    kind: NoticeKind
    subject: str
    open: bool = True
    audience: tuple[Audience, ...] = (Audience.SUPERVISOR,)
    reference: str | None = None
    detail: Detail = field(default_factory=dict)
    by: OperatorName | None = None
