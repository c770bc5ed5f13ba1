"""The window that shows one turn in full, over the conversation.

Knows records of turns. Main thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget

from assistant.messages import TurnRecord
from assistant.tui.detail import detail_lines, title_of


class Detail(Widget):
    """The text of one turn, wrapped to its width."""

    def __init__(self, record: TurnRecord) -> None:
        super().__init__(id="detail")
        self._record = record
        self._shows_all = False

    def show(self, record: TurnRecord, *, shows_all: bool) -> None:
        """Draw this turn."""
        self._record, self._shows_all = record, shows_all
        self.refresh(layout=True)

    def _content(self, width: int) -> Content:
        is_airy = self.screen.has_class("-tall")
        return detail_lines(self._record, width, shows_all=self._shows_all, is_airy=is_airy)

    def render(self) -> RenderResult:
        """The turn at the present width."""
        return self._content(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines at `width` cells."""
        return max(1, self._content(width).plain.count("\n") + 1) if width else 0


class TurnScreen(ModalScreen[int]):
    """`records` are all that can be gone through; gives the number of the turn seen last."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "Close"),
        Binding("left", "go(-1)", "Earlier turn"),
        Binding("right", "go(1)", "Later turn"),
        Binding("a", "all", "All steps"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, records: Sequence[TurnRecord], number: int) -> None:
        """Opens with the turn of this number."""
        super().__init__()
        self._records = records
        self._place = [record.turn for record in records].index(number)
        self._shows_all = False
        self._detail = Detail(self._record)
        self._page = VerticalScroll(self._detail, id="turn")

    @property
    def _record(self) -> TurnRecord:
        return self._records[self._place]

    def compose(self) -> ComposeResult:
        """One scrolling page."""
        yield self._page

    def on_mount(self) -> None:
        """Show the turn."""
        self._show()

    def _show(self) -> None:
        self._page.border_title = title_of(self._record)
        self._page.border_subtitle = "←→ other turns   a all steps   Esc closes"
        self._detail.show(self._record, shows_all=self._shows_all)

    def action_go(self, step: int) -> None:
        """To the turn before or after."""
        place = self._place + step
        if 0 <= place < len(self._records):
            self._place = place
            self._show()
            self._page.scroll_home(animate=False)

    def action_all(self) -> None:
        """Show each step that passed, or only how many did."""
        self._shows_all = not self._shows_all
        self._show()

    def action_scroll(self, lines: int) -> None:
        """Up or down."""
        self._page.scroll_relative(y=lines, animate=False)

    def action_close(self) -> None:
        """Back to the conversation."""
        self.dismiss(self._record.turn)
