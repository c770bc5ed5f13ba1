"""What the user could have said: phrases for what is loaded that sound like what was heard.

The recogniser scores them against the sound and decides; here it is only told what people can say
(docs/TEXT.md). Nothing is offered where no phrase is near, so that an open question costs little
and is not bent. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, product

from assistant.language.en.heard import Heard, hear, with_others
from assistant.language.en.near_values import twins, values
from assistant.language.en.normalise import core, normalise
from assistant.language.en.sayings import ANSWERS, FIRST, INVENTED, WHILE_ASKED
from assistant.language.en.sounds import sound
from assistant.language.en.written import sentence, spelled
from assistant.language.slots import SlotKind
from assistant.language.whole import WholeReading
from assistant.talk.flow import Flow
from assistant.talk.near_wordings import NEAR, PROMISING, Near, NearWordings, aligned, apart
from assistant.talk.own_words import LITTLE, OwnWords
from assistant.talk.sayable import MOST_SHORT, Row, Sayable
from assistant.talk.slot_readings import likeliest

MOST = 24
"""So many phrases at most: each costs the recogniser about 1 ms."""
_MOST_WORDS = 16
"""Nobody says a longer command."""
_MOST_TEXTS = 3
_MOST_FILLED = 6
_LESS_LIKELY = 0.02
"""So much farther is a phrase with the next likely value in a slot."""
_AFTER_NEAR = 0.9
_MOST_WHOLE, _FAR_WHOLE = 3, 0.36
"""So many requests of many slots, which the recogniser scores in one pass, and so much of what was
heard may be amiss: of 118 orders that were misheard, the right one came to 0.34 at most, and 95 of
100 to 0.23."""
SAME = 0.02
"""No farther than this are the same words."""
_MUCH_NEARER = 0.3
"""Words that a template takes are put in doubt by a phrase that is as near as this."""
_USUAL = {text: place for place, text in enumerate(FIRST)}
_USUAL_ASKED = _USUAL | {text: place - len(WHILE_ASKED) for place, text in enumerate(WHILE_ASKED)}


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase that may have been said, how far it is from what was heard, and how many of its
    words stand where any words may; `is_whole`: it accounts for all that was heard."""

    far: float
    text: str
    free: int = 0
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A template takes what was heard: with so many words where any words may stand, or with one
    of `others` wanted there. `by_many` is its flow, where that looks for slots anywhere."""

    free: int = 0
    others: Sequence[str] = ()
    by_many: Flow | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known when something is heard: the user's words, the time, and the kind of
    answer that is waited for."""

    own: OwnWords
    now: datetime
    asked: SlotKind | None = None


class CouldMean:
    """What can be said to `sayable`, and the answers to what is asked."""

    def __init__(self, sayable: Sayable) -> None:
        self._sayable = sayable
        self._wordings = NearWordings(sayable)

    def phrases(
        self, heard: Sequence[str], known: Known, taken: Taken | None = None
    ) -> tuple[str, ...]:
        """Up to `MOST` phrases for the ways in which one utterance was heard, the likeliest first.

        Where a template has `taken` the first of them, only phrases that explain more of its words.
        """
        first = heard[0] if heard else ""
        texts: dict[str, str] = {}
        for text in filter(str.strip, heard[:_MOST_TEXTS]):
            texts.setdefault(normalise(text), text)
        words = normalise(first)
        whole = self._whole([*texts.values()])
        if taken is not None and taken.by_many is not None:
            return _offered(whole, first)
        if taken is not None:
            if len(words.split()) > _MOST_WORDS:
                return ()
            return _distinct(self._better(first, known, taken), first)
        is_nothing = not words or words in INVENTED
        found = list(whole)
        if known.asked is not None:
            found += _answers(hear(first.split()), known.asked, known)
        if is_nothing or len(words.split()) <= MOST_SHORT:
            found += self._short("" if is_nothing else first, known)
        if not is_nothing and len(words.split()) <= _MOST_WORDS:
            found += self._near([*texts.values()], known)
        found.sort(key=lambda one: one.far)
        if found and found[0].far < SAME and normalise(found[0].text) == words:
            return ()
        return _offered(found, first)

    def _whole(self, texts: Sequence[str]) -> list[Found]:
        """Requests of many slots."""
        if not self._sayable.many_slots or not texts:
            return []
        found = likeliest(self._sayable.many_slots, texts, _MOST_WHOLE, _FAR_WHOLE)
        return [Found(one.far, sentence(one.words), is_whole=True) for one in found]

    def _short(self, said: str, known: Known) -> Iterator[Found]:
        """Short commands: those that sound like what was said, then the usual ones."""
        taught = (one for one in known.own.taught if len(one.split()) <= MOST_SHORT)
        rows = [
            *self._sayable.short,
            *((sentence([one]), normalise(one), sound(one)) for one in taught),
        ]
        usual = _USUAL if known.asked is None else _USUAL_ASKED
        far = apart(hear(said.split()), [row for _, _, row in rows]) if said else None
        for at, (text, words, _) in enumerate(rows):
            if far is not None and far[at] <= PROMISING:
                yield Found(far[at], text)
            else:
                yield Found(1.0 + usual.get(words, len(usual)) / 1000, text)

    def _better(self, first: str, known: Known, taken: Taken) -> Iterator[str]:
        """What may be meant by words that a template takes."""
        yield from _mended(first, taken.others)
        if not taken.free:
            return
        found = sorted(self._near([first], known), key=lambda one: one.far)
        same = normalise(first)
        most = min([taken.free, *(one.free for one in found if normalise(one.text) == same)])
        yield from (one.text for one in found if one.free < most and one.far <= _MUCH_NEARER)

    def _near(self, texts: Sequence[str], known: Known) -> Iterator[Found]:
        """The phrases that sound like one of `texts`."""
        for words, frame in _framed(texts):
            heard = hear(words)
            near = self._wordings.find(heard) if heard.phones else []
            for far, filled, free in _filled(heard, near, known):
                yield Found(far, sentence([*frame, *filled]), free)
        if known.own.taught:
            heard = hear(texts[0].split())
            rows = [sound(one) for one in known.own.taught]
            for text, far in zip(known.own.taught, apart(heard, rows), strict=True):
                if far <= NEAR:
                    yield Found(far, sentence([text]))


# -- the answer to a question ----------------------------------------------------------------------


def _answers(heard: Heard, asked: SlotKind, known: Known) -> Iterator[Found]:
    """What answers the open question: a value that sounds like what was heard, or one of a few."""

    def parses(words: str) -> bool:
        return asked.parse(words, known.now) is not None

    for text in values(asked.name, heard.words, parses):
        yield Found(0.0, sentence([text]))
    is_text = asked.name == "text"
    options = [*ANSWERS.get(asked.name, ()), *asked.options, *(known.own.texts if is_text else ())]
    if options:
        far = apart(heard, [sound(one) for one in options])
        for text, distance in zip(options, far, strict=True):
            if not is_text or distance <= NEAR:
                yield Found(min(distance, _AFTER_NEAR), sentence([*map(spelled, text.split())]))


# -- slots -----------------------------------------------------------------------------------------


def _filled(
    heard: Heard, near: Sequence[Near], known: Known
) -> Iterator[tuple[float, list[str], int]]:
    """The words of wordings with what may have been meant in their slots, how far each is, and how
    many words stand where any may."""
    open_ones = [row.phones for _, row in near if row.has_slots]
    paths, at = aligned(heard, open_ones), 0
    for far, row in near:
        if not row.has_slots:
            yield far, [spelled(word) for word in row.words], 0
            continue
        places = iter(paths.free_places(at))
        at += 1
        choices = _choices(heard, row, places, known)
        ranked = sorted(product(*(range(len(one)) for one in choices)), key=sum)
        for picks in islice(ranked, _MOST_FILLED):
            chosen = [one[pick] for one, pick in zip(choices, picks, strict=True)]
            words, free = [one for one, _ in chosen], sum(count for _, count in chosen)
            yield far + sum(picks) * _LESS_LIKELY, words, free


def _choices(
    heard: Heard, row: Row, places: Iterator[tuple[int, int]], known: Known
) -> list[list[tuple[str, int]]]:
    """What may stand in the place of each word of a wording, the likeliest first, and how many
    words of it are none that is known."""
    choices: list[list[tuple[str, int]]] = []
    for word in row.words:
        if word != "*" and word[0] != "{":
            choices.append([(spelled(word), 0)])
            continue
        said = heard.words[slice(*heard.between(*next(places)))]
        is_any = word == "*" or row.source.kinds[word[1:-1]].name == "text"
        found = _values(word, said, row, known)
        own = known.own.words
        free = [sum(normalise(one) not in own for one in text.split()) for text in found]
        choices.append(
            [(text, count if is_any else 0) for text, count in zip(found, free, strict=True)]
        )
    return choices


def _values(slot: str, said: Sequence[str], row: Row, known: Known) -> list[str]:
    """What may stand in a slot, or in a `*`, for the words `said`; nothing where no value fits."""
    text = " ".join(said)
    if slot == "*":
        return [text] if LITTLE.issuperset(normalise(text).split()) else []
    kind = row.source.kinds[slot[1:-1]]
    if kind.name != "text":
        return values(kind.name, said, lambda one: kind.parse(one, known.now) is not None)
    words = normalise(text)
    if LITTLE.issuperset(words.split()) or kind.parse(words, known.now) is None:
        return []
    return [text, *_mended(text, known.own.texts)[:2], *twins(text)[:1]]


def _mended(text: str, others: Sequence[str]) -> list[str]:
    """`text` with words in it that sound like one of `others` in their place."""
    if not others or not text:
        return []
    return with_others(hear(text.split()), others, frozenset(map(normalise, others)))


# -- texts -----------------------------------------------------------------------------------------


def _framed(texts: Sequence[str]) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """The words of each text; and those without its polite frame, and the words of that."""
    for text in texts:
        words = text.split()
        yield words, ()
        canonical = normalise(text)
        rest = core(canonical)
        if rest == canonical or not canonical.endswith(rest):
            continue
        lead, count = len(canonical[: -len(rest)].split()), 0
        for at, word in enumerate(words):
            said = len(normalise(word).split())
            if count == lead and said:
                if at:
                    yield words[at:], tuple(words[:at])
                break
            count += said


def _offered(found: Sequence[Found], heard: str) -> tuple[str, ...]:
    """The texts of `found`, the nearest first, without what was heard."""
    whole = {one.text for one in found if one.is_whole}
    texts = _distinct((one.text for one in found), heard)
    return tuple(WholeReading(one) if one in whole else one for one in texts)


def _distinct(texts: Iterable[str], heard: str) -> tuple[str, ...]:
    """`texts` as sentences, each once, without what was heard."""
    met, same = {_bare(heard)}, normalise(heard)
    chosen: list[str] = []
    for text in texts:
        said = sentence([text])
        if said and _bare(said) not in met and normalise(said) != same:
            met.add(_bare(said))
            chosen.append(said)
            if len(chosen) == MOST:
                break
    return tuple(chosen)


def _bare(text: str) -> str:
    return "".join(one for one in text.lower() if one.isalnum())
