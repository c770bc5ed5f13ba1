"""The conversation: one widget per turn or notice, following the end unless one scrolls back.

Knows entries of the view and nothing of the engine. Main thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult, RenderResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from assistant.errors import AssistantError
from assistant.tui.lines import entry_lines, plain
from assistant.tui.palette import DIM, SEVERITIES
from assistant.tui.session_view import Entry, Turn


class EntryLine(Widget):
    """One turn or notice, wrapped to the width that it is given."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
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

    def __init__(self, examples: Sequence[str]) -> None:
        super().__init__(id="conversation")
        self._examples = examples
        self._lines: dict[tuple[str, int], EntryLine] = {}
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
        self.anchor(bool(wanted))

    def show_loading(self) -> None:
        """Say that the models are being loaded."""
        self._hint.update(plain("Loading the models. This takes a few seconds.", DIM))

    def show_examples(self) -> None:
        """Say what could be said."""
        lines = [plain("Say something, for example", DIM), Content("")]
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
