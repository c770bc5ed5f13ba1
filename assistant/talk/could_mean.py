"""What the user could have said: phrases for what is loaded that sound like what was heard.

The recogniser scores them against the sound and decides; here it is only told what people can say
(docs/TEXT.md). Nothing is offered where the words are plain, nor where no phrase is near, so that
an open question costs little and is not bent. Pure but for reading the store; any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice, product

import numpy as np

from assistant.language.en.heard import Heard, hear, with_others
from assistant.language.en.near_values import twins, values
from assistant.language.en.normalise import core, normalise
from assistant.language.en.sayings import FIRST, INVENTED, WHILE_ASKED
from assistant.language.en.sounds import GAP, NONE, costs, sound, weight
from assistant.language.en.written import sentence, spelled
from assistant.language.likeness import Paths, distances, rows_of
from assistant.language.slots import SlotKind
from assistant.talk.own_words import LITTLE, OwnWords
from assistant.talk.sayable import MOST_SHORT, Row, Sayable, row_of

MOST = 24
"""So many phrases at most: scoring one against the sound costs about 1 ms."""
NEAR, NEAR_AROUND = 0.5, 0.34
"""A phrase may have been said when no more of it is amiss (0: the same sounds, 1: nothing alike);
one with slots, whose own words are fewer. Fitted (docs/TEXT.md)."""
_PROMISING = 0.55
"""A wording is worth looking for a nearer one of the same phrase."""
_LEAST_SHARED = 0.3
_MOST_ROWS = 64
_MOST_REFINED = 4
_MOST_AROUND = 32
_ROUNDS = 3
_MOST_WORDS = 16
"""Nobody says a longer command."""
_MOST_TEXTS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked and waits for an answer."""

    kind: SlotKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase that may have been said, and how far it is from what was heard."""

    apart: float
    text: str


class CouldMean:
    """What can be said to `sayable`, and the answers to what is asked."""

    def __init__(self, sayable: Sayable, now: Callable[[], datetime]) -> None:
        self._sayable = sayable
        self._now = now

    def phrases(
        self,
        heard: Sequence[str],
        own: OwnWords,
        asked: Asked | None = None,
        covered: Sequence[str] | None = None,
    ) -> tuple[str, ...]:
        """Up to `MOST` phrases for the ways in which one utterance was heard, the likeliest first.

        `covered`: a template takes the first of `heard`, and these are the words that its open
        places may hold; only those are looked at then.
        """
        texts = list(dict.fromkeys(text for text in heard[:_MOST_TEXTS] if text.strip()))
        first = texts[0] if texts else ""
        words = normalise(first)
        if covered is not None:
            return _distinct(self._mended(first, [*covered, *own.texts]), heard)
        found: list[Found] = []
        is_short = len(words.split()) <= MOST_SHORT
        if asked is not None:
            found += self._answers(first, asked, own)
        if is_short or words in INVENTED:
            found += self._short(first, words, own, asked)
        if words and words not in INVENTED and len(words.split()) <= _MOST_WORDS:
            found += self._near(texts, own)
        found.sort(key=lambda one: one.apart)
        return _distinct([one.text for one in found], heard)

    # -- short commands and answers ---------------------------------------------------------------

    def _short(
        self, first: str, words: str, own: OwnWords, asked: Asked | None
    ) -> Iterator[Found]:
        """Short commands: those that sound like what was heard, then the usual ones."""
        taught = (one for one in own.taught if len(one.split()) <= MOST_SHORT)
        rows = [*self._sayable.short, *((sentence([one]), sound(one)) for one in taught)]
        is_known = words and words not in INVENTED
        apart = _apart(hear(first.split()), [row for _, row in rows]) if is_known else None
        usual = {text: place for place, text in enumerate(FIRST)}
        if asked is not None:
            usual |= {text: place - len(WHILE_ASKED) for place, text in enumerate(WHILE_ASKED)}
        for at, (text, _) in enumerate(rows):
            rank = 1.0 + usual.get(normalise(text), len(usual)) / 1000
            if apart is not None and apart[at] <= _PROMISING:
                rank = float(apart[at])
            yield Found(rank, text)

    def _answers(self, first: str, asked: Asked, own: OwnWords) -> Iterator[Found]:
        """What answers the open question."""
        kind, heard = asked.kind, hear(first.split())
        now = self._now()
        for text in values(kind.name, heard.words, lambda one: kind.parse(one, now) is not None):
            yield Found(0.0, sentence([text]))
        usual = {
            "yes or no": ("yes", "no", "yes please", "no thanks"),
            "half of the day": ("AM", "PM", "in the morning", "in the evening"),
            "which": ("all of them", "the first one", "the second one", "none of them"),
        }.get(kind.name, ())
        options = [*usual, *kind.options]
        if kind.name == "text":
            options += own.texts
        if not options:
            return
        apart = _apart(heard, [sound(one) for one in options])
        is_text = kind.name == "text"
        for text, far in zip(options, apart, strict=True):
            if not is_text or far <= NEAR:
                yield Found(min(float(far), 0.9), sentence([*map(spelled, text.split())]))

    # -- whole phrases ----------------------------------------------------------------------------

    def _near(self, texts: Sequence[str], own: OwnWords) -> list[Found]:
        """The phrases that sound like one of `texts`."""
        best: dict[tuple[str, ...], tuple[float, Heard, tuple[str, ...], Row]] = {}
        for text, frame in _framed(texts):
            heard = hear(text)
            if not heard.phones:
                continue
            for far, row in self._wordings(heard):
                key = (*frame, *row.words)
                if key not in best or far < best[key][0]:
                    best[key] = far, heard, frame, row
        ranked = sorted(best.values(), key=lambda one: one[0])
        found: list[Found] = []
        for far, heard, frame, row in ranked[:MOST]:
            for extra, words in self._filled(heard, row, own):
                found.append(Found(far + extra, sentence([*frame, *words])))
        for text in own.taught:
            far = min(float(_apart(hear(one.split()), [sound(text)])[0]) for one in texts)
            if far <= NEAR:
                found.append(Found(far, sentence([text])))
        return found

    def _wordings(self, heard: Heard) -> list[tuple[float, Row]]:
        """The wordings no farther away than `NEAR`, those of one source step by step."""
        places = self._sayable.nearest(heard.phones, _MOST_ROWS, _LEAST_SHARED)
        said = frozenset(map(str.lower, heard.words))
        places = [at for at in places if _is_filled(self._sayable.rows[at], said)]
        rows = [self._sayable.rows[at] for at in places]
        if not rows:
            return []
        paths = distances(heard.phones, heard.starts, self._sayable.phones[places], costs())
        known = dict(zip((row.words for row in rows), _parts(paths, heard, rows), strict=True))
        begun: dict[int, tuple[float, Row]] = {}
        for row in rows:
            far = known[row.words]
            if far <= _PROMISING and far < begun.get(id(row.source.wordings), (1.0,))[0]:
                begun[id(row.source.wordings)] = far, row
        front = sorted(begun.values(), key=lambda one: one[0])[:_MOST_REFINED]
        met = {row.words: (known[row.words], row) for row in rows}
        for _ in range(_ROUNDS):
            front = self._nearer(heard, front, met)
            if not front:
                break
        return [one for one in met.values() if one[0] <= _least(one[1])]

    def _nearer(
        self,
        heard: Heard,
        front: Sequence[tuple[float, Row]],
        met: dict[tuple[str, ...], tuple[float, Row]],
    ) -> list[tuple[float, Row]]:
        """Of each in `front` the nearest wording next to it, where that is nearer."""
        owners: list[int] = []
        rows: list[Row] = []
        for at, (_, row) in enumerate(front):
            for picks in islice(row.source.wordings.around(row.picks), _MOST_AROUND):
                other = row_of(row.source, picks)
                if other.words not in met and other.phones:
                    met[other.words] = 1.0, other
                    owners.append(at)
                    rows.append(other)
        if not rows:
            return []
        table = rows_of([row.phones for row in rows], NONE)
        parts = _parts(distances(heard.phones, heard.starts, table, costs()), heard, rows)
        nearest: dict[int, tuple[float, Row]] = {}
        for at, row, far in zip(owners, rows, parts, strict=True):
            met[row.words] = far, row
            if far < nearest.get(at, front[at])[0] - 1e-4:
                nearest[at] = far, row
        return list(nearest.values())

    # -- slots ------------------------------------------------------------------------------------

    def _filled(
        self, heard: Heard, row: Row, own: OwnWords
    ) -> Iterator[tuple[float, list[str]]]:
        """The words of a wording with what may have been meant in its slots; how unlikely each
        is."""
        if not row.has_slots:
            yield 0.0, [spelled(word) for word in row.words]
            return
        table = rows_of([row.phones], NONE)
        places = distances(heard.phones, heard.starts, table, costs()).free_places(0)
        choices: list[list[str]] = []
        at = 0
        for word in row.words:
            if word[0] != "{" and word != "*":
                choices.append([spelled(word)])
                continue
            begin, end = heard.between(*places[at])
            at += 1
            choices.append(self._values(word, heard.words[begin:end], row, own))
        ranked = sorted(product(*(range(len(one)) for one in choices)), key=sum)
        for picks in ranked[:6]:
            words = [one[pick] for one, pick in zip(choices, picks, strict=True)]
            yield sum(picks) * 0.02, words

    def _values(
        self, word: str, said: Sequence[str], row: Row, own: OwnWords
    ) -> list[str]:
        """What may stand in a slot, or in a `*`, for the words `said`; nothing: no value fits."""
        text = " ".join(said)
        if word == "*":
            return [text, *self._mended(text, row.source.anywhere)[:2]]
        kind = row.source.kinds[word[1:-1]]
        if not said:
            return []
        now = self._now()
        if kind.name != "text":
            return values(kind.name, said, lambda one: kind.parse(one, now) is not None)
        canonical = normalise(text)
        if LITTLE.issuperset(canonical.split()) or kind.parse(canonical, now) is None:
            return []
        return [text, *self._mended(text, own.texts)[:2], *twins(text)[:1]]

    def _mended(self, text: str, others: Sequence[str]) -> list[str]:
        if not others or not text:
            return []
        known = frozenset(map(normalise, others))
        return with_others(hear(text.split()), others, known)


def _framed(texts: Sequence[str]) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """The words of each text; and without its polite frame, which is given as well."""
    for text in texts:
        words = text.split()
        yield words, ()
        canonical = normalise(text)
        rest = core(canonical)
        if rest != canonical and canonical.endswith(rest):
            lead = len(canonical[: -len(rest)].split())
            count = 0
            for at, word in enumerate(words):
                said = len(normalise(word).split())
                if count == lead and said:
                    yield words[at:], tuple(words[:at])
                    break
                count += said


def _apart(heard: Heard, rows: Sequence[bytes]) -> np.ndarray:
    """How far each of `rows` is from what was heard, 0 to 1."""
    table = rows_of(rows, NONE)
    total = distances(heard.phones, heard.starts, table, costs()).total
    weights = np.array([weight(row) for row in rows], np.float32)
    return total / np.maximum(np.maximum(weights, weight(heard.phones)), 0.1)


def _parts(paths: Paths, heard: Heard, rows: Sequence[Row]) -> list[float]:
    """How much of each row is amiss."""
    whole = weight(heard.phones)
    return [float(far) / _full(row, whole) for far, row in zip(paths.total, rows, strict=True)]


def _least(row: Row) -> float:
    return NEAR_AROUND if row.has_slots else NEAR


def _is_filled(row: Row, said: frozenset[str]) -> bool:
    """False for a `*` when nothing was said that is looked for there."""
    wanted = row.source.anywhere if GAP in row.phones else ()
    return not wanted or any(not said.isdisjoint(_content(one)) for one in wanted)


@lru_cache(maxsize=1024)
def _content(option: str) -> frozenset[str]:
    return frozenset(option.split()) - LITTLE - {"bit", "lot", "lots"}


def _full(row: Row, heard: float) -> float:
    """The weight of all that could be amiss. Of what a `*` takes a quarter counts: it is known what
    stands there."""
    own = max(weight(row.phones), 0.1)
    if GAP in row.phones:
        return own + max(0.0, heard - own) / 4
    return own if row.has_slots else max(own, heard)


def _distinct(texts: Iterable[str], heard: Sequence[str]) -> tuple[str, ...]:
    """`texts` without those that were heard, each once."""
    met = {_bare(one) for one in heard}
    chosen: list[str] = []
    for text in texts:
        said = sentence([text])
        if said and _bare(said) not in met:
            met.add(_bare(said))
            chosen.append(said)
    return tuple(chosen[:MOST])


def _bare(text: str) -> str:
    return "".join(one for one in text.lower() if one.isalnum())

