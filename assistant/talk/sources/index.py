"""The index of the documents: one SQLite file in the cache, with FTS5 and vectors of sentences.

Candidates come from FTS5 (BM25); each sentence of theirs is then scored by how much of the question
stands in it, in its headings and around it, and by how near its meaning is to that of the question.
docs/SOURCES.md has the measurements. It can be made again, so a damaged one is thrown away. Knows
no folder and no thread; a lock guards the connection.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from assistant.errors import AssistantError
from assistant.talk.sources.reader import Section

VERSION = 2
"""Count up when the tables or the words of the index change: it is made anew then."""
MOST_CANDIDATES = 30
MOST_OF_NAMED = 100
IN_SENTENCE, IN_HEADINGS, IN_PASSAGE, ALIKE, ALIKE_PLACED = 0.4, 0.35, 0.2, 0.4, 0.4
"""Weights: the share of the question's words (by rarity) that stand in the sentence, else in the
headings above it, else around it; the cosine of question and sentence, alone and below its heading.
Chosen on tests/document_questions.tsv."""
WITHOUT_VECTORS = 0.6
"""What the two cosines are taken for where there is no encoder, times the share of words found."""

_TABLES = """
create table if not exists file (
    id integer primary key, name text not null unique, changed_ns integer not null,
    size integer not null, title text not null, fault text not null);
create table if not exists passage (
    id integer primary key, file integer not null references file (id) on delete cascade,
    headings text not null, above text not null);
create table if not exists sentence (
    id integer primary key, passage integer not null references passage (id) on delete cascade,
    text text not null, canonical text not null, words text not null, own blob, placed blob);
create index if not exists passage_file on passage (file);
create index if not exists sentence_passage on sentence (passage);
create virtual table if not exists entry using fts5 (words, tokenize = 'unicode61');
create virtual table if not exists known using fts5vocab (entry, 'row');
"""

Vector = npt.NDArray[np.float32]
_Candidate = tuple[int, str, str, str, str]
"""A passage: its number, headings (JSON), the words of these; name and title of its file."""
_Said = tuple[Any, ...]
"""A sentence: text, canonical words, words that it is found by, its two vectors or None."""


class Encoder(Protocol):
    """What a sentence means."""

    def vector(self, text: str) -> Vector:
        """float32[n] of unit length."""


class IndexFault(AssistantError):
    """The index of the documents cannot be used."""

    code = "E-DOCUMENTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage: of which file, below which headings, and its sentences as they stand there, in
    one spelling, and with their scores."""

    name: str
    title: str
    headings: tuple[str, ...]
    sentences: tuple[str, ...]
    canonical: tuple[str, ...]
    scores: tuple[float, ...]

    @property
    def score(self) -> float:
        """That of its best sentence."""
        return max(self.scores)


class Index:
    """`path` is made when it is missing, and made anew when it is damaged or of another version;
    None keeps it in memory. `IndexFault` when neither helps."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._path = path
        try:
            self._db = self._opened()
        except sqlite3.Error:
            try:
                if path is None:
                    raise
                for suffix in ("", "-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        Path(f"{path}{suffix}").unlink()
                self._db = self._opened()
            except (OSError, sqlite3.Error) as error:
                raise self._unusable(error) from error
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> IndexFault:
        return IndexFault(
            f"the index of your documents cannot be kept: {error}",
            f"make the folder of {self._path} writable",
        )

    def _opened(self) -> sqlite3.Connection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(
            self._path or ":memory:", check_same_thread=False, isolation_level=None, timeout=5.0
        )
        try:
            db.execute("pragma journal_mode = wal")
            db.execute("pragma synchronous = normal")
            db.execute("pragma foreign_keys = on")
            (version,) = db.execute("pragma user_version").fetchone()
            if version not in (0, VERSION):
                raise sqlite3.DatabaseError("of another version")
            if db.execute("pragma quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("damaged")
            db.executescript(_TABLES)
            db.execute(f"pragma user_version = {VERSION}")
        except BaseException:
            db.close()
            raise
        return db

    # -- writing ---------------------------------------------------------------------------------

    def stamps(self) -> dict[str, tuple[int, int]]:
        """Name to stamp of all files, also of those that could not be read."""
        with self._lock:
            rows = self._db.execute("select name, changed_ns, size from file").fetchall()
        return {name: (changed_ns, size) for name, changed_ns, size in rows}

    def faults(self) -> dict[str, str]:
        """Name to fault of the files that could not be read."""
        with self._lock:
            rows = self._db.execute("select name, fault from file where fault <> ''").fetchall()
        return dict(rows)

    def put(
        self,
        name: str,
        stamp: tuple[int, int],
        title: str,
        sections: Sequence[Section],
        fault: str = "",
    ) -> None:
        """Put a file in the place of what was known of it; one transaction."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            self._drop(name)
            file = self._db.execute(
                "insert into file (name, changed_ns, size, title, fault) values (?, ?, ?, ?, ?)",
                (name, *stamp, title, fault),
            ).lastrowid
            for one in sections:
                row = self._db.execute(
                    "insert into passage (file, headings, above) values (?, ?, ?)",
                    (file, json.dumps(one.headings), one.above),
                ).lastrowid
                self._db.executemany(
                    "insert into sentence (passage, text, canonical, words) values (?, ?, ?, ?)",
                    [(row, said.text, said.canonical, said.words) for said in one.sentences],
                )
                words = " ".join((one.above, *(said.words for said in one.sentences)))
                self._db.execute("insert into entry (rowid, words) values (?, ?)", (row, words))

    def remove(self, name: str) -> None:
        """Forget a file."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._db.execute(
            "delete from entry where rowid in (select passage.id from passage join file "
            "on file.id = passage.file where file.name = ?)",
            (name,),
        )
        self._db.execute("delete from file where name = ?", (name,))

    def add_vectors(self, encoder: Encoder, most: int = 200) -> int:
        """Give vectors to `most` sentences that have none; how many got theirs."""
        with self._lock:
            rows = self._db.execute(
                "select sentence.id, sentence.text, sentence.canonical, passage.headings, "
                "file.title from sentence "
                "join passage on passage.id = sentence.passage join file on file.id = passage.file "
                "where sentence.own is null limit ?",
                (most,),
            ).fetchall()
        made = []
        for row, text, canonical, headings, title in rows:
            below = (json.loads(headings) or [title])[-1]
            placed = encoder.vector(f"{below}. {text}")
            own = encoder.vector(canonical or text)
            made.append((_packed(own), _packed(placed), row))
        with self._lock, self._db:
            self._db.execute("begin immediate")
            self._db.executemany("update sentence set own = ?, placed = ? where id = ?", made)
        return len(made)

    # -- reading ---------------------------------------------------------------------------------

    def titles(self) -> tuple[tuple[str, str], ...]:
        """Name and title of each file that has passages."""
        with self._lock:
            return tuple(
                self._db.execute("select name, title from file where fault = '' order by name")
            )

    def search(
        self, words: Sequence[str], meaning: Vector | None, names: Sequence[str] = ()
    ) -> list[Found]:
        """Passages that have one of `words` (from `search_words`), the best first; only those of
        the files `names`, if given. `meaning` is the vector of the question."""
        asked = list(dict.fromkeys(words))
        if not asked:
            return []
        with self._lock:
            rarity = self._rarity(asked)
            rows = self._candidates(asked, names)
            said = self._sentences([row[0] for row in rows])
        found = [_scored(row, said[row[0]], asked, rarity, meaning) for row in rows]
        return sorted(found, key=lambda one: -one.score)

    def _rarity(self, asked: Sequence[str]) -> dict[str, float]:
        """Inverse document frequency, of passages."""
        (count,) = self._db.execute("select count(*) from passage").fetchone()
        marks = ", ".join("?" * len(asked))
        seen = dict(self._db.execute(f"select term, doc from known where term in ({marks})", asked))
        return {word: math.log(1 + count / (seen.get(word, 0) + 0.5)) for word in asked}

    def _candidates(self, asked: Sequence[str], names: Sequence[str]) -> list[_Candidate]:
        """By their words; of a file that is named, any passage may mean it in other words."""
        if names:
            return self._db.execute(
                "select passage.id, passage.headings, passage.above, file.name, file.title "
                "from passage join file on file.id = passage.file where file.name in "
                f"({', '.join('?' * len(names))}) order by passage.id limit ?",
                (*names, MOST_OF_NAMED),
            ).fetchall()
        query = " OR ".join(f'"{word}"' for word in asked if '"' not in word)
        return self._db.execute(
            "select passage.id, passage.headings, passage.above, file.name, file.title from entry "
            "join passage on passage.id = entry.rowid join file on file.id = passage.file "
            "where entry match ? order by bm25(entry) limit ?",
            (query, MOST_CANDIDATES),
        ).fetchall()

    def _sentences(self, passages: Sequence[int]) -> dict[int, list[_Said]]:
        found: dict[int, list[_Said]] = {number: [] for number in passages}
        marks = ", ".join("?" * len(found))
        for number, *said in self._db.execute(
            "select passage, text, canonical, words, own, placed from sentence "
            f"where passage in ({marks}) order by id",
            list(found),
        ):
            found[number].append(tuple(said))
        return found

    def close(self) -> None:
        """Close the file."""
        with self._lock, suppress(sqlite3.Error):
            self._db.close()


def _scored(
    row: _Candidate,
    said: Sequence[_Said],
    asked: Sequence[str],
    rarity: dict[str, float],
    meaning: Vector | None,
) -> Found:
    _, headings, above_words, name, title = row
    above = set(above_words.split())
    around = {word for _, _, words, *_ in said for word in words.split()}
    total = sum(rarity.values()) or 1.0
    scores = []
    for _, _, words, own, placed in said:
        here = set(words.split())
        shares = [0.0, 0.0, 0.0]
        for word in asked:
            for place, known in enumerate((here, above, around)):
                if word in known:
                    shares[place] += rarity[word] / total
                    break
        score = IN_SENTENCE * shares[0] + IN_HEADINGS * shares[1] + IN_PASSAGE * shares[2]
        if meaning is None or own is None:
            score += WITHOUT_VECTORS * (ALIKE + ALIKE_PLACED) * (shares[0] + shares[1] / 2)
        else:
            score += ALIKE * float(_unpacked(own) @ meaning)
            score += ALIKE_PLACED * float(_unpacked(placed) @ meaning)
        scores.append(score)
    return Found(
        name=name,
        title=title,
        headings=tuple(json.loads(headings)),
        sentences=tuple(one[0] for one in said),
        canonical=tuple(one[1] for one in said),
        scores=tuple(scores),
    )


def _packed(vector: Vector) -> bytes:
    return vector.astype(np.float16).tobytes()


def _unpacked(data: bytes) -> Vector:
    return np.frombuffer(data, np.float16).astype(np.float32)
