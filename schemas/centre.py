"""A centre (CIC) as operators see it, e.g. to hand an alarm over to."""

from schemas.base import CentreId, Line, Wire


class CentreView(Wire):
    """One centre (``GET /v1/centres``)."""

    centre: CentreId
    name: Line
