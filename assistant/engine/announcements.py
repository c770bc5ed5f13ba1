"""What is to be said without being asked (a timer that ran out): it waits until the floor is free.

Runs on the ears thread for the conductor; decides nothing.
"""

from __future__ import annotations

from collections import deque

from assistant.engine.answer import Answer
from assistant.engine.mouth import Mouth
from assistant.engine.news import Announcement
from assistant.engine.playout import Playout
from assistant.messages import Reply
from assistant.take import Take


class Announcements:
    """Announcements in the order in which they came; each has a turn of its own, counted from -1
    downwards."""

    def __init__(self, mouth: Mouth, playout: Playout) -> None:
        self._mouth = mouth
        self._playout = playout
        self._waiting: deque[Announcement] = deque()
        self._said: Announcement | None = None
        self._told: set[str] = set()
        self._count = 0

    @property
    def is_empty(self) -> bool:
        """True while nothing waits to be said."""
        return not self._waiting

    @property
    def is_ready(self) -> bool:
        """True when one waits and the voice can take it: whoever announces must not wait for it."""
        return bool(self._waiting) and self._mouth.has_room

    def put(self, announcement: Announcement) -> None:
        """One more, after those that wait. A ring takes the place of one that was not said yet."""
        if announcement.reply.rings:
            self.drop_rings()
        self._waiting.append(announcement)

    def tell(self) -> list[Reply]:
        """What waits and was not told yet, each text once."""
        untold = [one.reply for one in self._waiting if one.reply.text not in self._told]
        self._told.update(reply.text for reply in untold)
        return untold

    def forget_told(self) -> None:
        """The speaker went away anew: what waits then is told again."""
        self._told.clear()

    def drop_rings(self) -> None:
        """Forget the rings that wait, because the user has just said something. Each comes again
        in a moment, unless that was to stop it."""
        self._waiting = deque(one for one in self._waiting if not one.reply.rings)

    def say_next(self, index: int) -> Answer:
        """Have the first one spoken, from `index` of the sample clock on."""
        announcement = self._said = self._waiting.popleft()
        self._count += 1
        take = Take(-self._count, 1)
        take.commit()
        answer = Answer(
            turn=take.turn, take=take, played=self._playout.open(take), commit_index=index
        )
        self._mouth.put(take, announcement.reply)
        self._mouth.put(take, None)
        return answer

    def put_back(self, answer: Answer) -> None:
        """Nobody heard the newest one: it is said later, before the others. A ring comes again by
        itself."""
        answer.take.cancel()
        self._playout.forget(answer.take)
        if self._said is not None and not self._said.reply.rings:
            self._waiting.appendleft(self._said)
