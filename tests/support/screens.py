"""Consoles without a socket: the real hub, the real follower and the real board, fed by hand."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from dispatch.board import Board
from dispatch.follow import follow
from dispatch.hub import Hub
from dispatch.ports import StreamLog
from schemas.frames import Event, Welcome, server_frame
from schemas.session import OperatorView, Role
from tests.support.clock import START
from tests.support.dispatch import a_console


class Screen:
    """One console of one node; whatever the hub writes to it goes to its board."""

    def __init__(self, name: str, hub: Hub, log: StreamLog, centres: tuple[str, ...]) -> None:
        self.name = name
        self.attached = False
        self.events: list[Event] = []
        self.board = Board(uuid4(), centres)
        self._hub = hub
        self._log = log
        self._centres = centres
        self._operator = OperatorView(operator_id=uuid4(), name="Op", roles=(Role.OPERATOR,), centres=centres)
        self._console, self._outlet, _ = a_console()

    async def attach(self) -> None:
        """Link up, and be served each centre from where the board is."""
        welcome = Welcome(node="test", server_time=START, operator=self._operator, heartbeat_s=5.0)
        (asked,) = self.board.receive(welcome, 0.0).send
        self._console, self._outlet, _ = a_console()
        self.attached = True
        cursors: Mapping[str, Any] = getattr(asked, "cursors", {})
        for centre in self._centres:
            await follow(self._hub, self._log, self._console, centre, cursors.get(centre))
        self.look()

    def drop(self) -> None:
        """Lose the link."""
        self.look()
        self._hub.leave(self._console)
        self.board.disconnected(0.0)
        self.attached = False

    def look(self) -> None:
        """Give the board what was written to the socket."""
        frames, self._outlet.frames = self._outlet.frames, []
        for frame in frames:
            reaction = self.board.receive(server_frame.validate_json(json.dumps(frame)), 0.0)
            assert not reaction.send, f"{self.name} found a gap"
            self.events += (one for one in reaction.applied if isinstance(one, Event))

    def picture(self) -> dict[str, Any]:
        """What the board holds, centre by centre, and the alarms it shows."""
        centres = {
            name: (centre.cursor, centre.alarms, centre.units, centre.notices, centre.protections)
            for name, centre in self.board.centres.items()
        }
        return {"centres": centres, "alarms": {one.alarm_id: one for one in self.board.open_alarms()}}
