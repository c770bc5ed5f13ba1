"""The line at the bottom in which a request is typed.

Hidden until it is opened; remembers what was sent for as long as the program runs. Knows nothing of
the session. Main thread.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from assistant.engine.typed import LONGEST
from assistant.language.en.normalise import normalise
from assistant.language.en.pins import read_pin
from assistant.tui.lines import plain
from assistant.tui.palette import DIM

_MOST_KEPT = 100


class TypedLine(Input):
    """One line of text; enter sends it, the arrows bring back earlier ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Send"),
        Binding("up", "recall(-1)", "Earlier"),
        Binding("down", "recall(1)", "Later", show=False),
        Binding("escape", "close", "Close"),
    ]

    class Sent(Message):
        """`text` is to be answered."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Closed(Message):
        """There is nothing more to type."""

    def __init__(self) -> None:
        super().__init__(id="typed", placeholder="type a request", max_length=LONGEST, compact=True)
        self._sent: list[str] = []
        self._place = 0
        self._begun = ""

    def _on_paste(self, event: events.Paste) -> None:
        """The whole of what is pasted, as one line, without what would control the terminal."""
        event.prevent_default()
        event.stop()
        line = " ".join(event.text.split())
        self.replace("".join(one for one in line if one.isprintable()), *self.selection)

    async def action_submit(self) -> None:
        """Send the line, unless it is empty, and begin a new one."""
        text = self.value.strip()
        self.value = ""
        if text:
            if self._sent[-1:] != [text] and read_pin(normalise(text)) is None:
                self._sent = [*self._sent, text][-_MOST_KEPT:]
            self.post_message(self.Sent(text))
        self._place = len(self._sent)

    def action_recall(self, step: int) -> None:
        """Go to an earlier line, or back to a later one and what was begun."""
        place = min(len(self._sent), max(0, self._place + step))
        if place == self._place:
            return
        if self._place == len(self._sent):
            self._begun = self.value
        self._place = place
        self.value = self._begun if place == len(self._sent) else self._sent[place]
        self.cursor_position = len(self.value)

    def action_close(self) -> None:
        """Type no more; what was begun stays for the next time."""
        self.post_message(self.Closed())


class Prompt(Horizontal):
    """The line with a mark in front; `show` and `hide` it."""

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self.line = TypedLine()
        self.display = False

    def compose(self) -> ComposeResult:
        """The mark and the line."""
        yield Static(plain(" › ", DIM), id="mark")
        yield self.line

    def show(self) -> None:
        """Begin to type."""
        self.display = True
        self.line.focus()

    def hide(self) -> None:
        """No longer."""
        self.display = False
