"""Names, colours and fill characters that the conversation and the latency panel share.

Every colour has a word or a character beside it, so that nothing is lost without colour. Knows no
widget.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.color import Color
from textual.theme import Theme

from assistant.messages import Severity, Source, State

THEME = Theme(
    name="calm",
    primary="#8ab4d8",
    secondary="#6b7385",
    accent="#8ab4d8",
    foreground="#d7dbe3",
    background="#12151b",
    surface="#12151b",
    panel="#1b2029",
    warning="#e8b75a",
    error="#f0837c",
    success="#7fc98f",
    dark=True,
    variables={
        "footer-background": "#1b2029",
        "footer-key-foreground": "#8ab4d8",
        "footer-key-background": "#1b2029",
        "footer-description-background": "#1b2029",
        "footer-description-foreground": "#a4abb9",
        "scrollbar": "#2b3240",
        "scrollbar-background": "#12151b",
        "scrollbar-background-hover": "#12151b",
        "scrollbar-corner-color": "#12151b",
    },
)

DIM = "#8a92a3"
FAINT = "#4a5262"

SOURCES: dict[Source, tuple[str, str]] = {
    "guardrail": ("guardrail", "#f0837c"),
    "stop": ("stop", "#d9a08a"),
    "flow": ("flow", "#b79cf0"),
    "precomputed": ("precomputed", "#7fc98f"),
    "tool": ("tool", "#5cc4c4"),
    "model": ("LLM", "#e8b75a"),
}
"""Per source of an answer: the word and the colour that stand for it."""

STATES: dict[State, str] = {
    State.LOADING: "#8a92a3",
    State.LISTENING: "#7fc98f",
    State.HEARING: "#8ab4d8",
    State.THINKING: "#b79cf0",
    State.SPEAKING: "#e8b75a",
    State.MUTED: "#d9a08a",
    State.NO_DEVICE: "#f0837c",
    State.STOPPED: "#8a92a3",
}

SEVERITIES: dict[Severity, str] = {
    "information": "#8ab4d8",
    "warning": "#e8b75a",
    "error": "#f0837c",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """How one stage looks in a bar, and what it is in a few words."""

    fill: str
    colour: str
    meaning: str

    @property
    def style(self) -> str:
        """Foreground for the fill's pattern on a darker ground of the same colour."""
        ground = Color.parse(self.colour).darken(0.22).hex
        return f"{self.colour} on {ground}"


STAGES: dict[str, Stage] = {
    "pause": Stage("░", "#6b7385", "silence until work starts"),
    "transcript": Stage("▒", "#5aa9e6", "your speech to text"),
    "route": Stage("╱", "#5cc8d8", "where the answer is from"),
    "first token": Stage("▚", "#8488ee", "the LLM begins"),
    "first clause": Stage("▓", "#ad84ee", "enough words to speak"),
    "voice": Stage("█", "#dc86c2", "text to speech"),
    "decision": Stage("─", "#7d8699", "sure that you have ended"),
    "sound": Stage("▪", "#a7afbf", "on the way to the speaker"),
    "other": Stage("·", "#8a8f99", "not attributed"),
}
"""Grey is waiting, colour is work; in the order in which the legend lists them."""

_UNKNOWN = Stage("+", "#9aa0a8", "")


def stage_look(name: str) -> Stage:
    """The look of a stage; one for all stages that are not known here."""
    return STAGES.get(name, _UNKNOWN)
