"""Two windows over the conversation: help, and the choice of microphone and speaker.

Knows names of devices and models as text. Main thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.tui.lines import plain
from assistant.tui.palette import DIM, SOURCES, STAGES
from assistant.tui.status import model_lines

_KEYS = {
    "m": "mute the microphone, or turn it on again",
    "p": "push-to-talk: only heard between two presses of space",
    "space": "in push-to-talk: start talking; once more: done",
    "s, Esc": "stop the answer that is being spoken (Esc: leave a chosen turn first)",
    "c": "clear the conversation; the assistant forgets it too",
    "d": "choose microphone and speaker",
    "t, /": "type a request; ↑ brings back earlier ones",
    "↑ ↓, j k": "choose a turn; Page Up, Page Down, Home and End scroll",
    "Enter": "open the turn (or click it): steps, scores, tools, times",
    "f": "your mood (feelings): taken into account, or not",
    "h, ?": "this help",
    "q": "quit",
}

_SOURCE_MEANINGS = {
    "guardrail": "a rule that protects you",
    "stop": "you asked for silence",
    "flow": "a step of a guided dialogue",
    "precomputed": "a known question, its sound ready beforehand",
    "tool": "a clock, a timer, a calculation …",
    "model": "written by the language model just now",
}


class HelpScreen(ModalScreen[None]):
    """Keys, what the labels and bars mean, and the models of this session."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,h,question_mark,q,enter", "dismiss", "Close"),
    ]

    def __init__(self, models: dict[str, str], log_path: str) -> None:
        super().__init__()
        self._models = models
        self._log_path = log_path

    def compose(self) -> ComposeResult:
        """One scrolling page."""
        with VerticalScroll(id="help") as page:
            page.border_title = "Help"
            page.border_subtitle = "Esc closes"
            yield Static(Content("\n").join(self._lines()), markup=False)

    def _lines(self) -> list[Content]:
        lines = [plain("Keys", "bold")]
        lines += [plain(f"  {key:<12}") + plain(text, DIM) for key, text in _KEYS.items()]
        lines += [Content(""), plain("Where an answer comes from", "bold")]
        for source, (word, colour) in SOURCES.items():
            lines.append(plain(f"  {word:<12}", colour) + plain(_SOURCE_MEANINGS[source], DIM))
        lines += [
            Content(""),
            plain("A bar, from the end of your speech to the first sound", "bold"),
        ]
        for name, look in STAGES.items():
            lines.append(
                plain("  ")
                + plain(look.fill * 2, look.style)
                + plain(f" {name:<13}")
                + plain(look.meaning, DIM)
            )
        lines += [plain("  Grey is waiting, colour is work. p50: half of the answers were", DIM)]
        lines += [plain("  quicker; p95: all but one in twenty were.", DIM)]
        if self._models:
            lines += [Content(""), plain("Models", "bold")]
            lines += [plain("  ") + line for line in model_lines(self._models, 70)]
        if self._log_path:
            lines += [
                Content(""),
                plain("Messages of the libraries: ", DIM) + plain(self._log_path),
            ]
        return lines


class DeviceScreen(ModalScreen[tuple[str, str] | None]):
    """Two lists; gives the chosen (microphone, speaker), "" for the system's default, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("left", "focus_list('inputs')", show=False),
        Binding("right", "focus_list('outputs')", show=False),
    ]

    def __init__(
        self, inputs: Sequence[str], outputs: Sequence[str], chosen: tuple[str, str]
    ) -> None:
        super().__init__()
        self._names = {"inputs": ["", *inputs], "outputs": ["", *outputs]}
        self._chosen = dict(zip(self._names, chosen, strict=True))

    def compose(self) -> ComposeResult:
        """Microphones left, speakers right, keys below."""
        with Vertical(id="devices") as window:
            window.border_title = "Microphone and speaker"
            with Horizontal():
                yield self._list("inputs", "Microphone")
                yield self._list("outputs", "Speaker")
            yield Static("↑ ↓ choose   Tab other list   Enter use both   Esc cancel", markup=False)

    def _list(self, which: str, title: str) -> OptionList:
        names = self._names[which]
        options = OptionList(*(Option(plain(name or "system default")) for name in names), id=which)
        options.border_title = title
        wanted = self._chosen[which]
        options.highlighted = names.index(wanted) if wanted in names else 0
        return options

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter in either list takes what is highlighted in both."""
        event.stop()
        self.dismiss((self._highlighted("inputs"), self._highlighted("outputs")))

    def _highlighted(self, which: str) -> str:
        return self._names[which][self.query_one(f"#{which}", OptionList).highlighted or 0]

    def action_focus_list(self, which: str) -> None:
        """Go to one of the lists."""
        self.query_one(f"#{which}", OptionList).focus()

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)
