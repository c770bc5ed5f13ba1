"""Requests that are typed instead of spoken: each becomes a turn that is complete at once.

Runs on the ears thread for the conductor, which says when; `cleaned` is for any thread. Knows no
keys and no screen.
"""

from __future__ import annotations

import unicodedata
from collections import deque

from assistant.engine.answer import Answer
from assistant.engine.mailbox import ToAnswer
from assistant.engine.sounded import Sounded
from assistant.engine.wires import Wires
from assistant.errors import InputError
from assistant.messages import Transcript
from assistant.take import Take
from assistant.turn.tracker import TurnTracker
from assistant.updates import Heard

LONGEST = 1000
"""Characters of one request. Own choice: some two minutes of speech."""

_INVISIBLE = {"Cf", "Cs", "Co", "Cn"}


def cleaned(text: str) -> str:
    """`text` on one line, without characters that cannot be seen: those that control a terminal are
    spaces, those that have no width or turn the writing round are left out.

    `InputError` for one that is longer than `LONGEST` then.
    """
    seen = (
        " " if unicodedata.category(one) == "Cc" else one
        for one in text
        if unicodedata.category(one) not in _INVISIBLE
    )
    line = " ".join("".join(seen).split())
    if len(line) > LONGEST:
        raise InputError(
            f"a typed request may have {LONGEST} characters, and this one has {len(line)}",
            "send it in parts",
        )
    return line


class Typed:
    """The requests that wait until the floor is theirs, oldest first."""

    def __init__(self, tracker: TurnTracker, sounded: Sounded, wires: Wires) -> None:
        self._tracker = tracker
        self._sounded = sounded
        self._playout = wires.playout
        self._to_answer = wires.to_answer
        self._publish = wires.publish
        self._shown = wires.shown
        self._waiting: deque[str] = deque()

    @property
    def is_empty(self) -> bool:
        """True while none waits."""
        return not self._waiting

    def put(self, text: str) -> None:
        """One more, after those that wait."""
        self._waiting.append(text)

    def begin(self, index: int) -> Answer:
        """Have the first one answered: its turn is complete at `index` of the sample clock."""
        text = self._waiting.popleft()
        take = Take(self._tracker.take_number(), 1)
        answer = Answer(
            turn=take.turn,
            take=take,
            played=self._playout.open(take),
            commit_index=index,
            transcript=Transcript(text=text),
            is_typed=True,
        )
        self._publish(Heard(turn=take.turn, text=self._shown(text, None)))
        self._sounded.begin(answer)
        take.commit()
        self._to_answer.put(ToAnswer(text, take))
        return answer
