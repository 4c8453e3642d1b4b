"""What pydantic found wrong, in words that repeat nothing of what was sent."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.problems import FieldError


def field_errors(found: Iterable[Mapping[str, Any]], *, skip: int = 0) -> tuple[FieldError, ...]:
    """Name the fields at fault by their JSON path, its first ``skip`` parts left out."""
    return tuple(
        FieldError(
            field=".".join(str(part) for part in one["loc"][skip:]) or ".".join(map(str, one["loc"])),
            # what follows the first comma quotes what was sent
            message=str(one["msg"]).partition(",")[0],
        )
        for one in found
    )
