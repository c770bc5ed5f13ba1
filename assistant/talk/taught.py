"""Replies that the user taught by voice: words and what is answered to them.

They are rows of the store, and stand before the program's own replies, behind the guardrails.
Pure but for reading the store; the mind thread reads, the hands write.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from assistant.language.en.normalise import core, normalise
from assistant.language.en.speakable import speakable
from assistant.messages import Reply
from assistant.talk.decision import Decision, Pass
from assistant.talk.request import Request
from assistant.talk.store import Store, StoreError
from assistant.talk.talk import Done, Talk

TABLES = """
create table if not exists taught (
    phrase text primary key, said text not null, answer text not null, made text not null);
"""
NAME = "reply.taught"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One taught reply: the canonical `phrase`, the user's words `said`, the `answer`, `made`."""

    phrase: str
    said: str
    answer: str
    made: str


class Lessons:
    """All taught replies of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.has(TABLES)

    def all(self) -> tuple[Lesson, ...]:
        """Every reply, the oldest first."""
        return self._rows("order by made, rowid")

    def find(self, *phrases: str) -> Lesson | None:
        """The reply to one of these canonical phrases, the first one before the others."""
        for phrase in dict.fromkeys(phrases):
            found = self._rows("where phrase = ?", phrase)
            if found:
                return found[0]
        return None

    def learn(self, lesson: Lesson) -> Lesson | None:
        """Keep a reply; what it replaces."""
        with self._store.writing() as db:
            before = self.find(lesson.phrase)
            values = (lesson.phrase, lesson.said, lesson.answer, lesson.made)
            db.execute("insert or replace into taught values (?, ?, ?, ?)", values)
        return before

    def forget(self, phrases: tuple[str, ...]) -> tuple[Lesson, ...]:
        """Drop replies; what they were."""
        with self._store.writing() as db:
            dropped = tuple(one for phrase in phrases if (one := self.find(phrase)) is not None)
            db.executemany("delete from taught where phrase = ?", [(one,) for one in phrases])
        return dropped

    def _rows(self, rest: str, *values: Any) -> tuple[Lesson, ...]:
        sql = f"select phrase, said, answer, made from taught {rest}"
        return tuple(Lesson(*row) for row in self._store.rows(sql, values))


class Taught:
    """The part of the order that answers as it was taught, by the very words."""

    name = "taught"

    def __init__(self, store: Store) -> None:
        self._lessons = Lessons(store)

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The taught answer; `Pass` when nobody taught these words, or that cannot be read."""
        try:
            lesson = self._find(request)
        except StoreError as error:
            return Pass(why=f"cannot tell what was taught: {error.what}")
        if lesson is None:
            return Pass(why="nobody taught these words")
        why = "taught by the user"
        spoken = speakable(lesson.answer)
        reply = Reply(text=lesson.answer, spoken=spoken, source="precomputed", why=why, name=NAME)
        last = Done(name=NAME, turn=request.turn, why=why)
        return Decision(
            name=NAME,
            source="precomputed",
            why=why,
            score=1.0,
            replies=(reply,),
            after=dataclasses.replace(talk, last=last),
            is_whole=True,
        )

    def find(self, request: Request) -> Lesson | None:
        """What was taught for the request, with or without its polite frame; None, too, when that
        cannot be read."""
        try:
            return self._find(request)
        except StoreError:
            return None

    def _find(self, request: Request) -> Lesson | None:
        return self._lessons.find(request.canonical, request.words)


def phrase_of(words: str) -> str:
    """The canonical phrase by which a reply is found."""
    return core(normalise(words))
