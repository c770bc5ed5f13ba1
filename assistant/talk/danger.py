"""Which requests tell of danger to somebody, or ask for medical advice, and what is said to them.

These never reach a language model. A word alone does not tell: "my chest hurts" is a danger, "what
is a heart attack?" is asked, "my grandfather had a heart attack last year" is told, "he shouted: I
can't breathe" is quoted, "this traffic is killing me" is an idiom. So the rules (danger.toml)
say who is in danger and in which tense, clause by clause, and what makes a clause harmless. Knows
no dialogue. Pure after loading; any thread.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.language.en.normalise import normalise
from assistant.language.phrases import ReplyError, Rule, read_phrase
from assistant.talk.replies import Entry

OWN_FILE = Path(__file__).parent.parent / "language" / "en" / "data" / "danger.toml"

_CLASS = re.compile(r"\{(\w+)\}")
_SENTENCES = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+")
_CLAUSES = re.compile(
    r"[,;:–—]\s+|\s+-+\s+|\s+(?=(?:and|but|because|so) (?:now|i|i'm|my|he|she|they|we)\b)", re.I
)

_SHORT = re.compile(r"(?<=\w)['’]s\b", re.I)
"""What may be "is", "has" or a genitive: "my dad's not breathing"."""
_MOST_SHORT = 3
_FAMILY = re.compile(
    r"(?=(?:mom|mum|mommy|mummy|mama|dad|daddy|papa|grandma|grandpa|granny|gran|nan|nana|grandad"
    r"|granddad) )"
)
"""Whom people name without "my": "dad's collapsed"."""
_ADVERB = "adverb"
_SOMEONE = re.compile(
    r" (?:(?:my|our|the|this|his|her|a) (?:(?:little|old|best|youngest|oldest|baby|elderly|pregnant"
    r"|good|new|ex|whole) )?(?:person|man|woman|guy|lady)(?: person)?|he|she|they"
    r"|somebody)(s?)(?= )"
)
_TOLD = ("past", "idiom", "speech", "fiction", "asked")
_ANYWHERE = ("past", "idiom")
_REPORTED = re.compile(r" (?:said|says|told me|told us|asked|goes|texted|wrote) $")
_OF_ONESELF = ("i ", "we ", "my ", "our ")
"""How a danger begins that is never only asked about: "what can I do, I can't breathe"."""
_LATEST_QUESTION = 12
"""In letters: a question begins with its clause, perhaps after "so" or "tell me"."""

Rules = tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of danger: its answer, its phrases, and what makes a clause harmless for it;
    `harmless` names the lists of `told` that count for it."""

    entry: Entry
    phrases: Rules
    unless: Rules
    harmless: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """A danger that a request tells of: what is said and why in words for the audit log."""

    entry: Entry
    why: str


class Dangers:
    """All kinds, the most urgent first, and what makes a danger told, quoted, asked or an idiom."""

    def __init__(
        self, kinds: tuple[_Kind, ...], told: dict[str, Rules], names: dict[str, str]
    ) -> None:
        """`names` has for a word ("sister") the name of its class ("person")."""
        self._kinds = kinds
        self._told = told
        self._names = names

    def find(self, text: str) -> Danger | None:
        """The most urgent danger in the clauses of `text`, or None."""
        clauses = [part for sentence in _SENTENCES.split(text) for part in _clauses(sentence)]
        forms = [
            (tuple(dict.fromkeys((*spelled, *map(self._named, spelled)))), before)
            for spelled, before in clauses
        ]
        for kind in self._kinds:
            for both, before in forms:
                found = self._caught(kind, both, before)
                if found:
                    return Danger(entry=kind.entry, why=f"danger: {kind.entry.id} ('{found}')")
        return None

    def entry(self, kind: str) -> Entry | None:
        """What is said to a danger of this kind."""
        return next((one.entry for one in self._kinds if one.entry.id == kind), None)

    def all_texts(self) -> list[str]:
        """Every answer once, for the voice to prepare."""
        return [text for kind in self._kinds for text in kind.entry.answers]

    def _named(self, clause: str) -> str:
        """`clause` with the names of classes for their words, "someone" for whoever is told of,
        and without adverbs."""
        named = (self._names.get(word, word) for word in clause.split())
        words = f" {' '.join(word for word in named if word != _ADVERB)} "
        return _SOMEONE.sub(r" someone\1", words)

    def _caught(self, kind: _Kind, forms: tuple[str, ...], before: str) -> str:
        """The words of a clause (in its `forms`) that are of this kind, here and now; else ""."""
        for form in forms:
            found = _first(kind.phrases, form)
            if found is not None and not self._is_harmless(kind, forms, form, found, before):
                return found[0].strip()
        return ""

    def _is_harmless(
        self,
        kind: _Kind,
        forms: tuple[str, ...],
        form: str,
        found: re.Match[str],
        before: str,
    ) -> bool:
        """True for a danger that is told, quoted, only asked about, or a figure of speech."""
        anywhere = [kind.unless, *(self._told[name] for name in _ANYWHERE if name in kind.harmless)]
        if any(_first(rules, one) for rules in anywhere for one in forms):
            return True
        lead_in = before + form[: found.start()]
        if "fiction" in kind.harmless and _first(self._told["fiction"], lead_in):
            return True
        if "speech" in kind.harmless and (
            _REPORTED.search(before) or _first(self._told["speech"], lead_in)
        ):
            return True
        asked = _first(self._told["asked"], form)
        return (
            asked is not None
            and asked.start() <= _LATEST_QUESTION
            and asked.start() < found.start()
            and not found[0].startswith(_OF_ONESELF)
        )


def _clauses(sentence: str) -> list[tuple[tuple[str, ...], str]]:
    """(clause in each of its spellings, what stands before it in the sentence) in canonical words
    with blanks around."""
    parts = [spelled for part in _CLAUSES.split(sentence) if (spelled := _spelled(part))]
    return [(part, "".join(one[0] for one in parts[:at])) for at, part in enumerate(parts)]


def _spelled(part: str) -> tuple[str, ...]:
    """`part` in canonical words, and for each 's in it also with "is" and with "has" there."""
    words = [normalise(part)]
    for short in list(_SHORT.finditer(part))[-_MOST_SHORT:]:
        before, after = part[: short.start()], part[short.end() :]
        words += [normalise(f"{before} {verb}{after}") for verb in ("is", "has")]
    words += [f"my {one}" for one in words if _FAMILY.match(one)]
    return tuple(f" {one} " for one in dict.fromkeys(words) if one)


def _first(rules: Rules, words: str) -> re.Match[str] | None:
    return next((found for rule in rules if (found := rule.search(words))), None)


def load_dangers(path: Path = OWN_FILE) -> Dangers:
    """The dangers of `path`; `ReplyError` says what is wrong in it."""
    return _read(path)


@lru_cache(maxsize=2)
def _read(path: Path) -> Dangers:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ReplyError(f"cannot read {path}: {error}", "mend that file") from error
    classes = data["classes"]
    kinds = tuple(_kind(table, classes) for table in data["danger"])
    told = {name: filled_rules(lines, classes) for name, lines in data["told"].items()}
    names = {word: name for name, line in data["words"].items() for word in line.split()}
    names |= {f"{word}s": "persons" for word, name in names.items() if name == "person"}
    return Dangers(kinds, told, names)


def _kind(table: dict[str, Any], classes: dict[str, str]) -> _Kind:
    return _Kind(
        entry=Entry(id=table["id"], phrases=(), answers=tuple(table["answers"])),
        phrases=filled_rules(table["phrases"], classes),
        unless=filled_rules(table.get("unless", ()), classes),
        harmless=tuple(table.get("harmless", _TOLD)),
    )


def filled_rules(lines: Iterable[str], classes: dict[str, str]) -> Rules:
    """The phrases of `lines`, with `{name}` filled in from `classes`, as what is searched for."""
    phrases = (read_phrase(_filled(line, classes)) for line in lines)
    return tuple(Rule(f"(?<= ){phrase.pattern}", phrase.needed) for phrase in phrases)


def _filled(line: str, classes: dict[str, str]) -> str:
    """`line` with the classes written out, also those within classes."""
    while _CLASS.search(line):
        line = _CLASS.sub(lambda found: classes[found[1]], line)
    return line
