"""The conversation: one widget per turn or notice, following the end unless one scrolls back.

A turn can be chosen and opened, by keys or by a click.

Knows entries of the view and nothing of the engine. Main thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from assistant.errors import AssistantError
from assistant.tui.lines import entry_lines, plain
from assistant.tui.palette import DIM, SEVERITIES
from assistant.tui.session_view import Entry, Turn


class EntryLine(Widget):
    """One turn or notice, wrapped to the width that it is given."""

    class Clicked(Message):
        """The turn of this number was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, entry: Entry) -> None:
        super().__init__(classes="-turn" if isinstance(entry, Turn) else "")
        self._entry = entry

    @property
    def entry(self) -> Entry:
        """What is shown; set it to show something else."""
        return self._entry

    @entry.setter
    def entry(self, entry: Entry) -> None:
        if entry is not self._entry:
            self._entry = entry
            self.refresh(layout=True)

    def on_click(self) -> None:
        """A turn opens; a notice says all that there is."""
        if isinstance(self._entry, Turn):
            self.post_message(self.Clicked(self._entry.number))

    def _content(self, width: int) -> Content:
        return entry_lines(self._entry, width, is_detailed=self.screen.has_class("-tall"))

    def render(self) -> RenderResult:
        """The entry at the present width."""
        return self._content(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines at `width` cells."""
        return max(1, self._content(width).plain.count("\n") + 1) if width else 0


class Conversation(VerticalScroll):
    """All entries, oldest first; before the first one, what could be said."""

    BORDER_TITLE = "Conversation"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "choose(-1)", "Choose", show=False),
        Binding("down,j", "choose(1)", "Choose", show=False),
        Binding("enter", "open", "Open", key_display="↵"),
        Binding("escape", "follow", "Follow the end", show=False),
    ]

    class Opened(Message):
        """The turn of this number is to be shown in full."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, examples: Sequence[str]) -> None:
        super().__init__(id="conversation")
        self._examples = examples
        self._lines: dict[tuple[str, int], EntryLine] = {}
        self._chosen: int | None = None
        self._hint = Static(id="hint", markup=False)

    def compose(self) -> ComposeResult:
        """The hint; entries are mounted as they come."""
        yield self._hint

    def show(self, entries: Sequence[Entry]) -> None:
        """Mount, change and remove lines until they are `entries`."""
        wanted = {_key(entry): entry for entry in entries}
        for key in [key for key in self._lines if key not in wanted]:
            self._lines.pop(key).remove()
        new = []
        for key, entry in wanted.items():
            if key in self._lines:
                self._lines[key].entry = entry
            else:
                self._lines[key] = EntryLine(entry)
                new.append(self._lines[key])
        if new:
            self.mount_all(new)
        self._hint.display = not wanted
        self.set_class(not wanted, "-empty")
        if self._chosen is not None and ("turn", self._chosen) not in self._lines:
            self.select(None)
        if self._chosen is None:
            self.anchor(bool(wanted))
        if len(wanted) <= 1:
            self.refresh_bindings()

    # -- choosing and opening --------------------------------------------------------------------

    @property
    def chosen(self) -> int | None:
        """The number of the turn that is chosen; None: the end is followed."""
        return self._chosen

    def select(self, number: int | None) -> None:
        """Choose a turn by its number and bring it into sight, or none."""
        if number == self._chosen:
            return
        for key, line in self._lines.items():
            line.set_class(key == ("turn", number), "-chosen")
        self._chosen = number if ("turn", number) in self._lines else None
        if self._chosen is None:
            self.anchor(bool(self._lines))
            return
        self.anchor(False)
        self._lines["turn", self._chosen].scroll_visible(animate=False)

    def come_back_to(self, number: int | None) -> None:
        """A turn was seen in full: choose it, unless it is the newest; then follow the end."""
        numbers = self._numbers()
        self.select(None if numbers[-1:] == [number] else number)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to open before the first turn, and nothing to leave without a choice."""
        if action == "follow":
            return self._chosen is not None
        return action != "open" or bool(self._numbers())

    def _numbers(self) -> list[int]:
        return [number for kind, number in self._lines if kind == "turn"]

    def action_choose(self, step: int) -> None:
        """The turn before or after the chosen one; the newest if none is. After it: none."""
        numbers = self._numbers()
        if not numbers:
            return
        if self._chosen is None:
            self.select(numbers[-1] if step < 0 else None)
            return
        place = numbers.index(self._chosen) + step
        self.select(numbers[max(0, place)] if place < len(numbers) else None)

    def action_follow(self) -> None:
        """Choose none; the end is followed again."""
        self.select(None)

    def action_open(self) -> None:
        """Show the chosen turn in full, or the newest."""
        numbers = self._numbers()
        if numbers:
            self.post_message(self.Opened(self._chosen or numbers[-1]))

    def on_entry_line_clicked(self, event: EntryLine.Clicked) -> None:
        """Show the turn that was clicked."""
        self.post_message(self.Opened(event.number))

    # -- before the first turn -------------------------------------------------------------------

    def show_loading(self) -> None:
        """Say that the models are being loaded."""
        self._hint.update(plain("Loading the models. This takes a few seconds.", DIM))

    def show_examples(self) -> None:
        """Say what could be said."""
        lines = [plain("Say something, or press t and type it, for example", DIM), Content("")]
        lines += [plain(f"“{example}”") for example in self._examples]
        self._hint.update(Content("\n").join(lines))

    def show_failure(self, error: AssistantError) -> None:
        """Say why there will be no conversation, in place of everything else."""
        self.show(())
        red = SEVERITIES["error"]
        lines = [plain(f"The assistant could not start  [{error.code}]", f"bold {red}")]
        lines += [Content(""), plain(error.what)]
        if error.next_step:
            lines += [Content(""), plain("Next step: ", f"bold {red}") + plain(error.next_step)]
        lines += [Content(""), plain("Press q to quit.", DIM)]
        self._hint.update(Content("\n").join(lines))
        self.border_title = "Problem"


def _key(entry: Entry) -> tuple[str, int]:
    return ("turn" if isinstance(entry, Turn) else "notice", entry.number)
