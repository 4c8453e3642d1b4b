"""Documents as PDF, by typst: a template of ours and the data it shows, which is never taken for markup."""

import json
from importlib.resources import files
from typing import Any, Final

import typst

TEMPLATES: Final = files("gateway") / "templates"


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """Typeset ``templates/<template>.typ``; it finds the data as ``json(bytes(sys.inputs.data))``.

    Takes some 100 ms of a core, so call it in a thread. Raises ``typst.TypstError`` for a wrong template.
    """
    source = (TEMPLATES / f"{template}.typ").read_bytes()
    made = typst.compile(
        source, format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)}
    )
    if not isinstance(made, bytes):
        raise TypeError("one document was asked for")
    return made
