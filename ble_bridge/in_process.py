"""A bench inside the bridge's own process, for demos where there is no D-Bus (macOS, Windows).

bleak's code for the system does not run then, so it proves less than a bridge and a button apart.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ble_bridge.link import Backend
from ble_bridge.ports import Events

STACK = "bleak with a bumble backend, in one process"


@asynccontextmanager
async def bench(state: Path, passkey: int | None, events: Events) -> AsyncIterator[Backend]:
    """Run a virtual button; tell where it takes orders, as ``msa button`` does."""
    # Only here: the bench needs bumble, which a companion in the field does not have.
    from ble_bridge.bench.bed import open_bumble_bed, switched_on  # noqa: PLC0415 (see above)
    from ble_bridge.bench.control import ControlServer  # noqa: PLC0415 (the same)

    async with open_bumble_bed(state, passkey=passkey) as bed:
        server = ControlServer(bed.button)
        async with switched_on(server):
            events.emit("ready", control_port=server.port, button_name=bed.button.name, stack=STACK)
            yield Backend(
                client={"backend": bed.central.client},
                scanner={"backend": bed.central.scanner},
                has_adapter=False,
            )
