"""The questions a command asks: which unit, how it ended, what to write. Escape leaves without an answer."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

WAY_OUT: Final = Binding("escape", "leave", "Leave")


class Choose(ModalScreen[str | None]):
    """One of several, by arrow keys and Enter; the answer is its id."""

    BINDINGS: ClassVar[list[BindingType]] = [WAY_OUT]

    def __init__(self, question: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question = question
        self._options = options

    def compose(self) -> ComposeResult:
        """Show the question and what can be chosen."""
        with Vertical(classes="dialog"):
            yield Label(self._question)
            yield OptionList(*(Option(words, id=key) for key, words in self._options))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer with what was chosen."""
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


class Write(ModalScreen[str | None]):
    """A line of text, ended by Enter; an empty one is no answer."""

    BINDINGS: ClassVar[list[BindingType]] = [WAY_OUT]

    def __init__(self, question: str, *, most: int = 300) -> None:
        super().__init__()
        self._question = question
        self._most = most

    def compose(self) -> ComposeResult:
        """Show the question and the line."""
        with Vertical(classes="dialog"):
            yield Label(self._question)
            yield Input(max_length=self._most)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with what was written."""
        self.dismiss(event.value.strip() or None)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
