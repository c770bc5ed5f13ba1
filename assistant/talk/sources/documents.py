"""The user's documents: what they say about a question, in their own words.

An answer is one or two sentences of one file, as they stand there, so nothing is invented. `find`
runs on the mind thread, a few milliseconds, and reads the index alone; the folder is read by
`refresh`, at set-up or on the thread that `start` begins.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.errors import AssistantError
from assistant.language.en.answer_kinds import can_answer
from assistant.language.en.normalise import normalise
from assistant.language.en.search_words import search_words
from assistant.messages import Notice
from assistant.talk.sources.index import Encoder, Found, Index
from assistant.talk.sources.reader import read_apart
from assistant.talk.sources.reading import (
    DocumentFault,
    Listed,
    listed,
    title_of,
)

NOTHING = "I find nothing about that in your documents."
CODE = "E-DOCUMENTS"
IMPLICIT = 0.66
"""From this score on, a question that names no document is answered from them."""
EXPLICIT = 0.6
"""From this score on, one that does. Both chosen on tests/document_questions.tsv."""
NAMED = 0.34
"""From this score on, one that names the document. Chosen on tests/document_topics.tsv."""
UNFIT = 0.3
"""What a sentence loses that has no number where one is asked for, and the like."""
_LOOKED_AT = 6
"""So many passages are looked at for that."""
LOOK_S = 2.0
"""So often the folder is looked at; less often when looking takes long (`_SHARE`)."""
_SHARE = 50
_LONGEST_ANSWER = 280
"""Characters that are spoken, about twenty seconds; a longer sentence stands alone."""
_SECOND = 0.8
"""The next sentence is told as well when it scores so much of the best."""
_NEARLY = 0.9
"""Of a topic the first sentence is told that scores so much of the best."""
_GOES_ON = re.compile(
    r"(?:it|its|they|their|he|she|this|that|these|those|then|also|both|otherwise|in that case)\b",
    re.IGNORECASE,
)
_KINDS_OF_PAPER = frozenset(
    (
        "policy policies handbook rules manual warranty letter contract guide guidelines plan "
        "agreement terms instructions recipe book notes statute regulations schedule brochure faq "
        "report list protocol minutes leaflet"
    ).split()
)
"""Own choice: these "say" something; any other name is said with "the file" before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`text` is to be said and names the file; `name` is the file, `score` how surely it fits."""

    text: str
    name: str
    score: float


class Documents:
    """`folder` None: there are none. `index_folder` is where the index lies; None: in memory."""

    def __init__(
        self,
        folder: Path | None = None,
        index_folder: Path | None = None,
        *,
        implicit: bool = True,
        on_notice: Callable[[Notice], None] = lambda notice: None,
    ) -> None:
        self.folder = folder
        self.implicit = implicit
        self.on_notice = on_notice
        self._encoder: Encoder | None = None
        self._told: set[str] = set()
        self._index: Index | None = None
        self._looking_s = 0.0
        self._ends = threading.Event()
        self._is_ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._search = lru_cache(maxsize=64)(self._searched)
        if folder is not None:
            try:
                self._index = Index(index_file(index_folder, folder))
            except AssistantError as error:
                self._tell(str(error.what), error.next_step)
                self._index = Index(None)

    @property
    def is_set_up(self) -> bool:
        """True when a folder is configured, whatever is in it."""
        return self.folder is not None

    # -- the folder ------------------------------------------------------------------------------

    def use(self, encoder: Encoder | None) -> None:
        """Judge by meaning as well from now on; sentences get their vectors with `refresh`."""
        self._encoder = encoder
        self._search.cache_clear()

    def start(self) -> None:
        """Watch the folder on a thread of its own, once."""
        if self._index is not None and self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="documents", daemon=True)
            self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the folder has been read once; False when that takes longer."""
        return self._thread is None or self._is_ready.wait(timeout_s)

    def close(self) -> None:
        """End the watching and close the index."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join(5.0)
        if self._index is not None:
            self._index.close()

    def _watch(self) -> None:
        while not self._ends.is_set():
            try:
                self.refresh()
            except Exception as error:  # the talk goes on, with the documents as they were
                self._tell(f"your documents cannot be read: {type(error).__name__}: {error}", "")
            self._is_ready.set()
            self._ends.wait(max(LOOK_S, _SHARE * self._looking_s))

    def refresh(self) -> bool:
        """Read what is new or has changed, forget what is gone; True when anything had changed.
        Blocks; new faults are told, also those of the index."""
        try:
            return self._refreshed()
        except sqlite3.Error as error:
            self._tell(f"the index of your documents cannot be written: {error}", "delete it")
            return False

    def _refreshed(self) -> bool:
        if self._index is None or self.folder is None:
            return False
        begin = time.monotonic()
        try:
            found = list(listed(self.folder))
        except DocumentFault as fault:  # a disk that is not mounted: what was known stays
            self._tell(f"{self.folder}: {fault}", "check documents.folder")
            return False
        self._looking_s = time.monotonic() - begin
        known = self._index.stamps()
        changed = [one for one in found if known.get(one.name) != one.stamp or one.fault]
        changed = [one for one in changed if not self._is_known_fault(one)]
        for one, sections, why in read_apart(changed):
            if self._ends.is_set():
                return True
            self._index.put(one.name, one.stamp, title_of(one.name), sections, why)
        gone = known.keys() - {one.name for one in found}
        for name in gone:
            self._index.remove(name)
        for name, why in sorted(self._index.faults().items()):
            self._tell(f"{self.folder / name}: {why}", "the other documents are known")
        while self._encoder is not None and not self._ends.is_set():
            if not self._index.add_vectors(self._encoder):
                break
        self._search.cache_clear()
        return bool(changed or gone)

    def _is_known_fault(self, one: Listed) -> bool:
        return (
            bool(one.fault)
            and self._index is not None
            and (self._index.faults().get(one.name) == one.fault)
        )

    def _tell(self, text: str, step: str) -> None:
        """A notice, once for each fault."""
        if text not in self._told:
            self._told.add(text)
            shown = f"{text}; {step}" if step else text
            self.on_notice(Notice(severity="warning", code=CODE, text=shown))

    # -- questions -------------------------------------------------------------------------------

    def titles(self) -> tuple[tuple[str, str], ...]:
        """Name and title ("travel policy") of every document."""
        return self._index.titles() if self._index is not None else ()

    def find(
        self,
        question: str,
        least: float = EXPLICIT,
        names: Sequence[str] = (),
        *,
        is_topic: bool = False,
    ) -> Answer | None:
        """What the documents say about `question`; None when nothing scores `least`. Only of the
        files `names`, if given. `is_topic` says that it is no question, but what one is about. A
        damaged index finds nothing, and is told."""
        if self._index is None:
            return None
        try:
            found = self._search(normalise(question), tuple(names))
        except Exception as error:  # SQLite's, when the file was damaged meanwhile
            self._tell(f"the index of your documents cannot be read: {error}", "delete it")
            return None
        if not found or found[0].score < least:
            return None
        return _answer(found[0], frozenset(search_words(question)), is_topic=is_topic)

    def score(self, question: str) -> float:
        """How surely the documents answer `question`; 0 when they have none of its words."""
        answer = self.find(question, -1.0)
        return answer.score if answer else 0.0

    def _searched(self, question: str, names: tuple[str, ...]) -> tuple[Found, ...]:
        assert self._index is not None
        words = search_words(question)
        meaning = self._encoder.vector(question) if self._encoder and words else None
        nearest = self._index.search(words, meaning, names)[:_LOOKED_AT]
        found = [_fitting(one, question) for one in nearest]
        return tuple(sorted(found, key=lambda one: -one.score)[:1])


def index_file(index_folder: Path | None, folder: Path) -> Path | None:
    """Where the index of `folder` lies: one file for each folder that was ever configured."""
    if index_folder is None:
        return None
    with suppress(OSError, RuntimeError):
        folder = folder.resolve()
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return index_folder / f"{digest}.sqlite3"


def _fitting(found: Found, question: str) -> Found:
    """`found` with lower scores for the sentences that cannot answer such a question."""
    scores = [
        score - (0.0 if can_answer(question, sentence, canonical) else UNFIT)
        for sentence, canonical, score in zip(
            found.sentences, found.canonical, found.scores, strict=True
        )
    ]
    return dataclasses.replace(found, scores=tuple(scores))


def _answer(found: Found, asked: frozenset[str], *, is_topic: bool) -> Answer:
    best = found.scores.index(found.score)
    if is_topic:
        nearly = _NEARLY * found.score
        best = next(place for place, score in enumerate(found.scores) if score >= nearly)
    chosen = [best]
    if best > 0 and _GOES_ON.match(found.sentences[best]):
        chosen = [best - 1, best]
    elif best + 1 < len(found.sentences) and _belongs(found, best, asked):
        chosen = [best, best + 1]
    told = [found.sentences[place] for place in chosen]
    if sum(map(len, told)) > _LONGEST_ANSWER:
        told = [found.sentences[best]]
    text = " ".join(_ended(one) for one in told)
    if not found.sentences[best].endswith((".", "!", "?")) and found.headings:
        text = f"{found.headings[-1]}: {text}"  # an item of a list
    return Answer(text=f"{_says(found.title)}: {text}", name=found.name, score=found.score)


def _belongs(found: Found, best: int, asked: frozenset[str]) -> bool:
    """Whether the sentence after the best is told as well: the best leads to it, or it is nearly as
    good, or it goes on with a word of the question that the best lacks ("It costs …")."""
    sentence, after = found.sentences[best], found.sentences[best + 1]
    if sentence.endswith(":") or found.scores[best + 1] >= _SECOND * found.score:
        return True
    adds = asked.intersection(search_words(after)).difference(search_words(sentence))
    return bool(adds) and _GOES_ON.match(after) is not None


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", ":")) else f"{sentence.rstrip(',;')}."


def _says(title: str) -> str:
    """ "The travel policy says", "The house rules say", "The file gym says"."""
    last = title.lower().rsplit(" ", 1)[-1]
    if last not in _KINDS_OF_PAPER:
        return f"The file {title} says"
    is_many = last.endswith("s") and not last.endswith("ss")
    return f"The {title} {'say' if is_many else 'says'}"
