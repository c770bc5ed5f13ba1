"""The words that only this user says: names of lists and timers, what is on them, what was taught.

Read from the store when something was written to it since; a failure to read leaves what was known.
Knows no templates. Any thread; two at a time read twice at worst.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.language.en.normalise import normalise
from assistant.talk import due
from assistant.talk.list_store import Lists
from assistant.talk.store import Store, StoreError
from assistant.talk.taught import Lessons

MOST = 300
"""So many texts of each kind are known, the newest."""
_LONGEST = 6
"""A text of more words is no name that stands in a request."""
LITTLE = frozenset(
    (
        "a an the and or of to for in on at by with from my your our this that it is are be do i me"
        " you we he she they all some any no not up out off down as if so"
    ).split()
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """`texts` as they were said, `taught` the requests that a taught reply answers, `words` the
    canonical words of all, without the little ones."""

    texts: tuple[str, ...] = ()
    taught: tuple[str, ...] = ()
    _phrases: frozenset[str] = field(default_factory=frozenset)
    words: frozenset[str] = field(default_factory=frozenset)

    def taught_as(self, *phrases: str) -> bool:
        """One of these canonical phrases is taught."""
        return not self._phrases.isdisjoint(phrases)


class OwnWordsOf:
    """Those of a store, as they are now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: tuple[object, OwnWords] = (None, OwnWords())

    def now(self) -> OwnWords:
        """One value until something is written. About 10 µs then."""
        try:
            stamp = self._store.stamp()
            if self._known[0] != stamp:
                self._known = stamp, _read(self._store)
        except StoreError:
            pass
        return self._known[1]


def _read(store: Store) -> OwnWords:
    lists = Lists(store)
    items = (one.text for one in lists.items()[-MOST:])
    names = (one.name for one in due.items(store)[:MOST] if one.name)
    texts = _known((*lists.names()[-MOST:], *names, *items))
    lessons = Lessons(store).all()[-MOST:]
    taught = tuple(one.said for one in lessons)
    words = (word for text in (*texts, *taught) for word in normalise(text).split())
    phrases = frozenset(one.phrase for one in lessons)
    return OwnWords(texts, taught, phrases, frozenset(words) - LITTLE)


def _known(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(texts) if 0 < len(one.split()) <= _LONGEST)
