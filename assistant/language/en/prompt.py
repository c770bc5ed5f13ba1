"""What the language model is told before the conversation: who it is, and examples of its answers.

Nothing in it changes during a conversation, so that the model's work on it (the KV state of the
prefix) is kept; the date and the time go behind a question that needs them. Pure.
"""

from __future__ import annotations

import re
from datetime import datetime

from assistant.mood import Label

Messages = list[dict[str, str]]

SYSTEM_PROMPT = (
    "You are a voice assistant on a laptop. Your answers are spoken aloud: answer in one or two "
    "short, plain sentences. You have no internet, no sensors and no access to devices, accounts "
    "or messages, so you cannot do or look up anything. If you are not sure, say that you don't "
    "know."
)

EXAMPLES = (
    ("Is the window open?", "I can't see that from here."),
    ("What did my uncle eat yesterday?", "I don't know that."),
    ("Who composed the Four Seasons?", "Antonio Vivaldi composed the Four Seasons."),
    (
        "And who composed the Magic Flute?",
        "The Magic Flute was composed by Wolfgang Amadeus Mozart.",
    ),
)
"""Small models follow examples where they do not follow instructions: told by the system prompt
alone, the 0.5B declined 5 of 25 requests that it cannot fulfil, with these 20 to 22 (docs/LLM.md).
Facts stand last: what stands last is followed most."""

ENDINGS_OPENING: Messages = [
    {
        "role": "system",
        "content": "You are having a friendly spoken conversation. Keep every reply to one or two "
        "short sentences.",
    }
]
"""What the judge of endings reads before a conversation. The wait of a turn was fitted to what
SmolLM2-135M says behind these words (docs/TURNS.md)."""

_NEEDS_MOMENT = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|now|currently|nowadays|weekend|date"
    r"|this (?:week|month|year|morning|afternoon|evening|season|spring|summer|autumn|fall|winter)"
    r"|(?:next|last) (?:week|month|year|season|spring|summer|autumn|fall|winter)"
    r"|how old (?:is|are|am)|how (?:long|many \w+) (?:ago|since)"
    r"|what (?:day|month|year|season))\b"
)


def opening(system_prompt: str) -> Messages:
    """The messages that every conversation begins with; a person's own prompt stands alone."""
    if system_prompt:
        return [{"role": "system", "content": system_prompt}]
    messages = [{"role": "system", "content": SYSTEM_PROMPT}]
    for question, answer in EXAMPLES:
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": answer})
    return messages


def with_moment(text: str, canonical: str, now: datetime) -> str:
    """`text` with the date and the time behind it when its `canonical` words ask for them.

    Behind it, because what stands in front was read while it was spoken.
    """
    if not _NEEDS_MOMENT.search(canonical):
        return text
    return f"{text} (It is now {now:%A}, {now:%B} {now.day}, {now.year}, {now:%H:%M}.)"


_MOODS: dict[Label, str] = {
    "annoyed": "Answer briefly.",
    "urgent": "Answer briefly.",
    "sad": "Answer kindly.",
}
"""What to do, not how the user feels: behind "The user sounds annoyed: answer briefly."
Qwen2.5-Coder-0.5B declined 6 of 20 questions, behind these words none (docs/MOOD.md)."""


def with_mood(text: str, mood: Label) -> str:
    """`text` with one line for the user's mood behind it, and as it is where none is needed."""
    line = _MOODS.get(mood)
    return f"{text} ({line})" if line else text
