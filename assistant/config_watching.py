"""The sections of what watches the conversation: guardrails, mood, trace and log.

Knows what a key is called and what it may be. Pure values.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.config_fields import key


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardsConfig:
    """[guards] what is refused, left out or cut short; rules of your own: docs/GUARDRAILS.md."""

    blocked_topics: tuple[str, ...] = key(
        (), 'topics that are not talked about, as ["gambling", "stock tips"]; a word or two each'
    )
    profanity: bool = key(False, "true: swear words are left out of what is said")
    redact_speech: bool = key(
        False, "true: cards, IBANs, phone numbers, e-mail addresses and PINs are not spoken"
    )
    redact_log: bool = key(True, "the same are left out of the trace")
    longest_answer: int = key(
        250,
        "an answer of a model, a tool or a document ends after so many words; 0 = never",
        low=0,
        high=10_000,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodConfig:
    """[mood] how the user seems to feel; wordings, flows and the model may take it into account."""

    enabled: bool = key(True, "false: every turn is neutral")
    voice: bool = key(True, "compare the voice with its earlier turns; false: words alone")
    keep: bool = key(
        False, "true: what the voice measures like (numbers, no sound) is kept between sessions"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceConfig:
    """[trace] the JSON lines that each session leaves."""

    enabled: bool = key(True, "write one file per session")
    directory: str = key("", "empty = the user's state directory")
    keep_sessions: int = key(50, "older files are removed", low=1, high=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogConfig:
    """[log] what every turn leaves for people and audits: `assistant log`, `assistant replay`."""

    enabled: bool = key(True, "write down every turn")
    directory: str = key("", "empty = the user's state directory")
    head_directory: str = key(
        "",
        "where the newest hash is kept as well, best on another disk; empty = beside config.toml",
    )
    keep_days: int = key(90, "older turns are taken away; 0 = never", low=0, high=36_500)
    redact: bool = key(True, "cards, phone numbers, e-mail addresses and PINs are not written down")
    state: bool = key(
        True, "keep what was set and listed when a session began, without which replay differs"
    )
    sound: bool = key(False, "true: what you said is kept as a sound file, too")
    otlp_endpoint: str = key(
        "", "an OpenTelemetry collector, as http://127.0.0.1:4318/v1/traces; it gets no words"
    )
    allow_remote: bool = key(False, "true: the collector may be another machine")
