"""One request of the user, read once: its words in every form that a part of the order needs.

Pure values; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.language.en.corrections import corrected
from assistant.language.en.normalise import core, normalise
from assistant.language.en.temper import without_temper
from assistant.mood import NEUTRAL, Mood


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was said, and when.

    `text` is the transcript without what its speaker corrected in it (`corrected`) and without
    temper (`without_temper`), `canonical` its
    words in one spelling (`normalise`), `words` the same without the polite frame (`core`). `said`
    is the whole transcript, where it differs. `now` is the local time with its zone, `turn` the
    number of the turn (0 where turns are not counted). `mood` is set by the conversation.
    """

    text: str
    canonical: str
    words: str
    now: datetime
    turn: int = 0
    said: str = ""
    mood: Mood = NEUTRAL

    @property
    def transcript(self) -> str:
        """All that was said, with what was corrected; what a guard has to judge."""
        return self.said or self.text

    @property
    def is_empty(self) -> bool:
        """True when nothing was said that is a word."""
        return not self.canonical

    def original(self, words: str) -> str:
        """`words` (of `self.words`) as the user's transcript writes them, with capitals and
        hyphens; `words` themselves where the transcript differs."""
        wanted = words.split()
        if not wanted:
            return ""
        tokens = self.text.split()
        spelled = [normalise(token).split() for token in tokens]
        for start in range(len(tokens)):
            made: list[str] = []
            for end in range(start, len(tokens)):
                made += spelled[end]
                if made == wanted:
                    return " ".join(tokens[start : end + 1]).strip(' .,;:!?"“”')
                if len(made) > len(wanted):
                    break
        return words


def read_request(text: str, now: datetime, turn: int = 0) -> Request:
    """`text` as it was meant in the end, with its canonical words."""
    meant = without_temper(corrected(text))
    canonical = normalise(meant)
    return Request(
        text=meant,
        canonical=canonical,
        words=core(canonical),
        now=now,
        turn=turn,
        said=text if meant != text else "",
    )
