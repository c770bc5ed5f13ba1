"""The top line (state, microphone) and the session's models and counters.

Knows the view and nothing of the engine. Main thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from assistant.addresses import REMOTE
from assistant.messages import State
from assistant.tui.lines import plain, spread
from assistant.tui.palette import DIM, FAINT, SEVERITIES, STATES
from assistant.updates import Counters, Level

_METER_CELLS = 16
_FLOOR_DBFS = -60.0
_EIGHTHS = " ▏▎▍▌▋▊▉█"

_HINTS = {
    State.LOADING: "the models are being loaded",
    State.LISTENING: "speak at any time",
    State.HEARING: "go on, I am listening",
    State.THINKING: "working on the answer",
    State.SPEAKING: "talk to interrupt, s to stop",
    State.MUTED: "the microphone is off, m turns it on",
    State.NO_DEVICE: "press d to choose one",
    State.STOPPED: "closing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the top line shows. `is_held`: the user has the word in push-to-talk mode."""

    state: State
    level: Level | None = None
    is_muted: bool = False
    is_push_to_talk: bool = False
    is_held: bool = False
    has_failed: bool = False
    is_closing: bool = False


class StatusBar(Widget):
    """The state in large letters, what to do now, and the microphone's level."""

    def __init__(self) -> None:
        super().__init__(id="status")
        self._status = Status(state=State.LOADING)

    def show(self, status: Status) -> None:
        """Draw this status."""
        if status != self._status:
            self._status = status
            self.refresh()

    def render(self) -> RenderResult:
        """One line at the present width."""
        return status_line(self._status, self.content_size.width)


class SessionInfo(Widget):
    """Model names and the counters that should stay zero."""

    BORDER_TITLE = "This session"

    def __init__(self) -> None:
        super().__init__(id="info")
        self._models: dict[str, str] = {}
        self._counters = Counters()

    def show(self, models: dict[str, str], counters: Counters) -> None:
        """Draw these."""
        if (models, counters) != (self._models, self._counters):
            self._models, self._counters = models, counters
            self.refresh()

    def render(self) -> RenderResult:
        """A table, or a single line when there is no room for one."""
        width, height = self.content_size
        if height > 1:
            counters = plain("sound   ", DIM) + Content("   ").join(_counters(self._counters))
            return Content("\n").join([*model_lines(self._models, width), counters])
        first, *others = self._models.values() or [""]
        rest = "".join(f" · {name}" for name in others)
        names = (
            _named(first) + plain(rest, DIM) if _is_elsewhere(first) else plain(first + rest, DIM)
        )
        return spread(names, Content("  ").join(_counters(self._counters)), width)


def status_line(status: Status, width: int) -> Content:
    """The state, the mode and a hint on the left; the microphone on the right."""
    if status.has_failed:
        word, colour, hint = "CANNOT START", SEVERITIES["error"], "q to quit"
    elif status.is_closing:
        word, colour, hint = "CLOSING", STATES[State.STOPPED], "a moment, please"
    else:
        word, colour = status.state.value.upper(), STATES[status.state]
        hint = _hint(status)
    left = plain(f" ● {word} ", f"bold #12151b on {colour}") + plain(" ")
    if status.is_push_to_talk:
        left += plain("push-to-talk ", SEVERITIES["information"])
    return spread(left + plain(hint, DIM), _microphone(status), width)


def _hint(status: Status) -> str:
    if status.is_push_to_talk and status.state in (State.LISTENING, State.HEARING):
        return "press space to end" if status.is_held else "press space to talk"
    if status.is_push_to_talk and status.state is State.SPEAKING:
        return "press s to stop"
    return _HINTS[status.state]


def _microphone(status: Status) -> Content:
    """A bar from -60 dBFS to full scale and the number; the word while someone speaks."""
    if status.has_failed:
        return Content("")
    if status.is_muted:
        return plain("microphone muted ", STATES[State.MUTED])
    if status.level is None:
        return plain("mic ", DIM) + plain("no signal yet ", FAINT)
    dbfs = min(0.0, max(_FLOOR_DBFS, status.level.rms_dbfs))
    eighths = round((1 - dbfs / _FLOOR_DBFS) * _METER_CELLS * 8)
    full, part = divmod(eighths, 8)
    filled = "█" * full + (_EIGHTHS[part] if part else "")
    colour = STATES[State.LISTENING] if status.level.is_speech else DIM
    word = "speech" if status.level.is_speech else "mic"
    bar = plain(filled.ljust(_METER_CELLS), f"{colour} on #1b2029")
    number = plain(f"{status.level.rms_dbfs:5.0f} dB ", DIM)
    return plain(f"{word:>6} ", colour) + bar + number


def model_lines(models: dict[str, str], width: int) -> list[Content]:
    """One line per role."""
    column = max((len(role) for role in models), default=0) + 2
    return [
        (plain(role.ljust(column), DIM) + _named(name, "")).truncate(width, ellipsis=True)
        for role, name in models.items()
    ]


def _named(name: str, style: str = DIM) -> Content:
    """The name of a model; one that runs elsewhere stands out."""
    return plain(name, SEVERITIES["warning"] if _is_elsewhere(name) else style)


def _is_elsewhere(name: str) -> bool:
    return name.startswith(REMOTE)


def _counters(counters: Counters) -> list[Content]:
    numbers = {
        "dropped": counters.input_overflows,
        "underruns": counters.output_underruns,
        "late": counters.late_frames,
    }
    return [
        plain(f"{name} ", DIM)
        + plain(str(count), f"bold {SEVERITIES['warning']}" if count else DIM)
        for name, count in numbers.items()
    ]
