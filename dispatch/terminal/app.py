"""The terminal console: the queue, one alarm in full, and a key for each command.

The queue never jumps under the operator's hands: a new alarm rings and is listed, the selection
stays. What was selected is what a command is about; F2 alone takes the oldest unanswered one when
the selected alarm is not waiting.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import ClassVar, Final
from uuid import UUID

from pydantic import ValidationError
from rich.console import Group
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import DataTable, Footer, Header, RichLog, Static

from dispatch.client import CommandError, CommandRefused, ConsoleClient, ConsoleClosedError, Told
from dispatch.terminal import wording
from dispatch.terminal.dialogs import Choose, Write
from schemas.alarm import AlarmState, AlarmView
from schemas.frames import Event, Provisional, Result
from schemas.outcome import Outcome
from schemas.press import Purpose
from schemas.trail import AlarmTrail
from schemas.unit import UnitStatus

TICK_S: Final = 1.0
COLUMNS: Final = ("state", "for", "victim", "centre", "know first")
RINGS: Final = frozenset(
    {"alarm.raised", "alarm.pressed_again", "alarm.escalated", "alarm.acknowledgement_lapsed"}
)

TrailOf = Callable[[UUID], Awaitable[AlarmTrail]]


class Terminal(App[None]):
    """One console. ``trail_of`` asks the gateway for an alarm's trail."""

    TITLE = "MSA console"
    CSS = """
    #queue { height: 40%; }
    #detail { width: 2fr; padding: 0 1; }
    #news { width: 1fr; border-left: solid $panel; }
    #link { height: 1; display: none; background: $error; color: $text; }
    #link.shown { display: block; }
    .dialog { width: 80; height: auto; max-height: 80%; margin: 4 8; padding: 1 2; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "acknowledge", "Acknowledge", priority=True),
        Binding("f3", "assign", "Assign"),
        Binding("f4", "unit_status", "Unit"),
        Binding("f5", "note", "Note"),
        Binding("f6", "transfer", "Hand over"),
        Binding("f7", "trail", "Trail"),
        Binding("f8", "close_alarm", "Close"),
        Binding("f10", "quit", "Leave", priority=True),
    ]

    def __init__(self, client: ConsoleClient, trail_of: TrailOf) -> None:
        super().__init__()
        self._client = client
        self._trail_of = trail_of

    def compose(self) -> ComposeResult:
        """Put queue, detail and news on the screen."""
        yield Header(show_clock=True)
        yield Static(id="link")
        yield DataTable(id="queue", cursor_type="row", zebra_stripes=True)
        with Horizontal():
            with VerticalScroll(id="detail"):
                yield Static(id="alarm")
            yield RichLog(id="news", wrap=True, markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Begin to read the stream and to count the seconds."""
        self._queue.add_columns(*COLUMNS)
        self.run_worker(self._follow(), name="stream", exit_on_error=True)
        self.set_interval(TICK_S, self._draw)

    # --- what comes ----------------------------------------------------------------------

    async def _follow(self) -> None:
        async with self._client as client:
            try:
                async for told in client:
                    await self._tell(told)
                    self._draw()
                    for alarm_id in tuple(client.board.unpainted):
                        await client.delivered(alarm_id)
            except ConsoleClosedError as error:
                self.exit(message=str(error), return_code=1)

    async def _tell(self, told: Told) -> None:
        if isinstance(told, Provisional) and told.alarm.purpose is not Purpose.CANARY:
            self._say(f"{told.kept_at:%H:%M:%S} {wording.KEPT} {told.alarm.reference or ''}")
            if told.alarm.purpose is Purpose.REAL:
                self.bell()
        if not isinstance(told, Event):
            return
        if told.alarm is not None and told.alarm.purpose is not Purpose.CANARY:
            who = f" by {told.by.name}" if told.by else ""
            self._say(f"{told.at:%H:%M:%S} {told.kind}{who} {told.alarm.reference or ''}")
            if told.kind in RINGS and told.alarm.purpose is Purpose.REAL:
                self.bell()
        elif told.notice is not None:
            about = f"{told.notice.kind.value} {told.notice.reference or ''}"
            self._say(f"{told.at:%H:%M:%S} {told.kind}: {about}")

    # --- what is shown -------------------------------------------------------------------

    def _draw(self) -> None:
        """Write queue, detail and the link's state; the selected alarm stays selected."""
        if not self.is_running:  # being left: what is drawn on is taken down while the stream still tells
            return
        now = datetime.now(UTC)  # noqa: TID251 (a terminal's own clock, for ages on its screen)
        kept = self._kept()
        alarms = wording.in_order([*self._client.board.open_alarms(), *kept.values()])
        selected = self._selected_id()
        queue = self._queue
        if [str(alarm.alarm_id) for alarm in alarms] != [key.value for key in queue.rows]:
            queue.clear()
            for alarm in alarms:
                queue.add_row(
                    *wording.row(alarm, now, kept=str(alarm.alarm_id) in kept), key=str(alarm.alarm_id)
                )
            keys = [str(alarm.alarm_id) for alarm in alarms]
            if selected in keys:
                queue.move_cursor(row=keys.index(selected))
        else:
            for alarm in alarms:
                cells = wording.row(alarm, now, kept=str(alarm.alarm_id) in kept)
                for column, cell in zip(queue.columns, cells, strict=True):
                    queue.update_cell(str(alarm.alarm_id), column, cell, update_width=True)
        self._draw_detail(now)
        self._draw_link()

    def _draw_detail(self, now: datetime) -> None:
        alarm, kept = self._selected(), self._kept().get(self._selected_id() or "")
        shown = self.query_one("#alarm", Static)
        if alarm is None and kept is not None:
            shown.update(Group(Text(wording.KEPT, "bold yellow"), wording.detail(kept, None, now)))
        elif alarm is None:
            shown.update("No open alarm.")
        else:
            board = self._client.board
            hers, theirs = board.position(alarm.alarm_id), board.offenders(alarm.alarm_id)
            shown.update(wording.detail(alarm, hers, now, theirs))

    def _draw_link(self) -> None:
        bar = self.query_one("#link", Static)
        stale = self._client.stale
        bar.set_class(stale, "shown")
        bar.update("NO LINK: what is shown may be old" if stale else "")

    def on_data_table_row_highlighted(self) -> None:
        """Show the alarm that the cursor is on."""
        if self.is_running:
            self._draw_detail(datetime.now(UTC))  # noqa: TID251 (see _draw)

    # --- commands ------------------------------------------------------------------------

    def action_acknowledge(self) -> None:
        """Take the selected alarm if it waits, else the one that has waited longest."""
        alarm = self._selected()
        if alarm is None or alarm.state is not AlarmState.RAISED:
            alarm = wording.oldest_unanswered(self._client.board.open_alarms())
        if alarm is not None:
            self._do("acknowledge", self._client.acknowledge(alarm.alarm_id))

    def action_assign(self) -> None:
        """Ask which unit, then send it."""
        if (alarm := self._selected()) is not None:
            self.run_worker(self._assign(alarm), exclusive=True, group="dialog")

    def action_unit_status(self) -> None:
        """Ask which unit stands where now."""
        if (alarm := self._selected()) is not None and alarm.units:
            self.run_worker(self._unit_status(alarm), exclusive=True, group="dialog")

    def action_note(self) -> None:
        """Ask what to write down."""
        if (alarm := self._selected()) is not None:
            self.run_worker(self._note(alarm), exclusive=True, group="dialog")

    def action_transfer(self) -> None:
        """Ask to which centre."""
        if (alarm := self._selected()) is not None:
            self.run_worker(self._transfer(alarm), exclusive=True, group="dialog")

    def action_close_alarm(self) -> None:
        """Ask how it ended."""
        if (alarm := self._selected()) is not None:
            self.run_worker(self._close(alarm), exclusive=True, group="dialog")

    def action_trail(self) -> None:
        """Show how long each leg took."""
        if (alarm := self._selected()) is not None:
            self.run_worker(self._trail(alarm), exclusive=True, group="dialog")

    async def _assign(self, alarm: AlarmView) -> None:
        near = {alarm.centre, *(share.centre for share in alarm.shared)}
        units = [
            unit
            for centre in self._client.board.centres.values()
            for unit in centre.units.values()
            if unit.on_duty and unit.centre in near
        ]
        units.sort(key=lambda unit: (unit.alarm_id is not None, unit.name))
        options = [(str(unit.unit_id), wording.unit_line(unit)) for unit in units]
        if not options:
            self._say("no unit is on duty")
        elif (chosen := await self.push_screen_wait(Choose("Which unit?", options))) is not None:
            unit_id = UUID(chosen)
            taken = any(unit.unit_id == unit_id and unit.alarm_id is not None for unit in units)
            self._do("assign", self._client.assign(alarm.alarm_id, unit_id, force=taken))

    async def _unit_status(self, alarm: AlarmView) -> None:
        serving = [unit for unit in alarm.units if unit.status is not UnitStatus.CLEARED]
        options = [
            (f"{unit.unit_id} {status.value}", f"{unit.name}: {status.value.replace('_', ' ')}")
            for unit in serving
            for status in UnitStatus
            if status is not unit.status
        ]
        chosen = await self.push_screen_wait(Choose("Which unit stands where now?", options))
        if chosen is not None:
            unit_id, _, status = chosen.partition(" ")
            self._do("unit", self._client.unit_status(alarm.alarm_id, UUID(unit_id), UnitStatus(status)))

    async def _note(self, alarm: AlarmView) -> None:
        if (text := await self.push_screen_wait(Write("Note"))) is not None:
            self._do("note", self._client.note(alarm.alarm_id, text))

    async def _transfer(self, alarm: AlarmView) -> None:
        near = [alarm.crossed_to, *(share.centre for share in alarm.shared), *self._client.board.centres]
        options = [(centre, centre) for centre in dict.fromkeys(near) if centre and centre != alarm.centre]
        if not options:
            self._say("there is no other centre to hand it to")
        elif (to := await self.push_screen_wait(Choose("To which centre?", options))) is not None:
            self._do("hand over", self._client.transfer(alarm.alarm_id, to))

    async def _close(self, alarm: AlarmView) -> None:
        options = [(outcome.value, outcome.value.replace("_", " ")) for outcome in Outcome]
        outcome = await self.push_screen_wait(Choose("How did it end?", options))
        if outcome is None:
            return
        note = await self.push_screen_wait(Write("What happened? (needed)"))
        if note is not None:
            # the version that was on the screen: who closes must have seen her last press
            closing = self._client.close(alarm.alarm_id, Outcome(outcome), note, version=alarm.version)
            self._do("close", closing)

    async def _trail(self, alarm: AlarmView) -> None:
        news = self.query_one("#news", RichLog)
        try:
            news.write(wording.trail(await self._trail_of(alarm.alarm_id)))
        except OSError as error:
            self._say(f"trail: {type(error).__name__}")

    def _do(self, what: str, doing: Awaitable[Result]) -> None:
        """Carry out a command beside everything else; say what became of it."""

        async def done() -> None:
            try:
                await doing
            except CommandRefused as error:
                self._say(f"{what}: {error}{f' ({error.taken_by})' if error.taken_by else ''}")
            except (CommandError, ValidationError) as error:
                self._say(f"{what}: {error}")
            self._draw()

        self.run_worker(done(), group="commands")

    # --- small things --------------------------------------------------------------------

    @property
    def _queue(self) -> DataTable[object]:
        return self.query_one("#queue", DataTable)

    def _selected_id(self) -> str | None:
        queue = self._queue
        if not queue.row_count:
            return None
        return queue.coordinate_to_cell_key(queue.cursor_coordinate).row_key.value

    def _selected(self) -> AlarmView | None:
        chosen = self._selected_id()
        return None if chosen is None else self._client.board.find(UUID(chosen))

    def _kept(self) -> dict[str, AlarmView]:
        """Return the alarms of presses that are only kept: they are listed, and nothing is asked of them."""
        told = self._client.board.provisionals.values()
        return {str(one.alarm.alarm_id): one.alarm for one in told}

    def _say(self, words: str) -> None:
        if self.is_running:
            self.query_one("#news", RichLog).write(words)
