"""Precomputed replies: what is answered without the language model, read from TOML.

The program's own file (replies.toml) comes first to the user's unless that says
`extends = false`. An entry has `id`, `phrases`, `answers` and, if wanted, `kind`, `needs` and
`unless`; the notation of phrases is that of `language.phrases`. A guardrail has `phrases` or
`regex` and `answers`. Knows nothing of matching, of turns or of sound. Loaded once, at the start.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.language.en.normalise import normalise
from assistant.language.phrases import Phrase, ReplyError, Rule, read_phrase
from assistant.text_files import read_toml

OWN_FILE = Path(__file__).parent.parent / "language" / "en" / "data" / "replies.toml"
KINDS = ("reply", "stop", "cancel", "repeat")
NEEDS = ("", "question", "no question", "answer")
CHECKS = ("request", "answer", "both")
Action = Literal["pass", "replace", "redact", "stop"]
ACTIONS: tuple[Action, ...] = ("stop", "replace", "redact")
_ENTRY_KEYS = {
    "id",
    "phrases",
    "answers",
    "plain",
    "kind",
    "needs",
    "unless",
    "declines",
    "late",
    "flows",
}
_GUARDRAIL_KEYS = {"id", "phrases", "regex", "unless", "answers", "check", "action"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that people say and what is answered.

    A phrase with a `*` does not hold for words that contain one of `unless`. `needs` says when the
    entry may answer at all: only after a question of the assistant, only when none is open, or only
    once something was answered. `declines` says that the answer is that it cannot be done, so that
    its decision is named "decline.…". The phrases with a `*` of a `late` entry answer only what the
    meaning of the sentence leaves; `flows` is the family of flows ("list") that it is about.
    `plain` are said in the place of the answers to somebody who is annoyed or in a hurry.
    """

    id: str
    phrases: tuple[Phrase, ...]
    answers: tuple[str, ...]
    kind: str = "reply"
    needs: str = ""
    unless: tuple[str, ...] = ()
    declines: bool = False
    late: bool = False
    flows: str = ""
    plain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """What is answered by a fixed text whatever else would answer.

    `rules` are searched in canonical words, unless one of `unless` is found there; `check` says
    whether in the user's, in an answer, or in both. `action` "stop" also ends what waits and the
    answer, "replace" the clause alone, "redact" puts the answer in the place of the words found.
    """

    id: str
    rules: tuple[Rule | re.Pattern[str], ...]
    answers: tuple[str, ...]
    check: str = "request"
    unless: tuple[Rule, ...] = ()
    action: Action = "stop"

    def catches(self, canonical: str, where: str) -> bool:
        """True when a rule is found in canonical words; `where` is "request" or "answer"."""
        if self.check not in (where, "both"):
            return False
        words = f"{canonical} "
        if not any(rule.search(words) for rule in self.rules):
            return False
        return not any(rule.search(words) for rule in self.unless)

    def cut(self, text: str, instead: str) -> str:
        """`text` with `instead` in the place of the words that a rule finds; `instead` alone where
        they stand otherwise in `text`."""
        words = f"{normalise(text)} "
        found = next((one for rule in self.rules if (one := rule.search(words))), None)
        if found is None or not found[0].strip():
            return instead
        spelled = r"\W+".join(map(re.escape, found[0].split()))
        cut, count = re.subn(rf"\b{spelled}\b", lambda _: instead, text, flags=re.I)
        return cut if count else instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """All entries and guardrails, the user's before the program's own.

    `own_words` are the canonical words that the phrases of the user's replies have (not guardrails,
    not answers) and those of the program's replies, `usual_words`, do not. `extends` False drops
    the program's.
    """

    entries: tuple[Entry, ...]
    guardrails: tuple[Guardrail, ...]
    seed: int = 0
    own_words: frozenset[str] = frozenset()
    usual_words: frozenset[str] = frozenset()
    extends: bool = True
    _orders: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def answer(self, entry: Entry | Guardrail, uses: int, *, is_short: bool = False) -> str:
        """The answer after `uses` earlier ones: all variants in turn, in an order of the seed.
        `is_short`: of an entry the shortest, of those that are plain if there are any."""
        if is_short and isinstance(entry, Entry):
            return min(entry.plain or entry.answers, key=len)
        if entry.id not in self._orders:
            shuffled = list(entry.answers)
            random.Random(f"{self.seed} {entry.id}").shuffle(shuffled)
            self._orders[entry.id] = tuple(shuffled)
        order = self._orders[entry.id]
        return order[uses % len(order)]

    def count_own_words(self, text: str) -> int:
        """How many different words of `own_words` a transcript has."""
        return len(self.own_words.intersection(normalise(text).split())) if self.own_words else 0

    def all_texts(self) -> list[str]:
        """Every answer once, for the voice to prepare."""
        texts = [text for entry in self.entries for text in (*entry.answers, *entry.plain)]
        texts += [text for rail in self.guardrails for text in rail.answers]
        return list(dict.fromkeys(texts))

    def first_texts(self) -> list[str]:
        """Of every entry the answer that is given first: what is likeliest to be said."""
        return list(dict.fromkeys(self.answer(entry, 0) for entry in self.entries))


def load_replies(path: Path | None = None, *, seed: int = 0) -> Replies:
    """The replies in `path` over the program's own; only its own when `path` is None.

    `ReplyError` says which entry is wrong and how to mend it.
    """
    return join_replies([read_replies(path, seed=seed)] if path else [], seed=seed)


def read_replies(path: Path, *, seed: int = 0) -> Replies:
    """The replies of one file alone. `ReplyError` says which entry is wrong."""
    data = _read(path)
    extends = data.get("extends", True)
    if type(extends) is not bool:
        raise ReplyError(f"extends is {extends!r} in {path}", "use true or false")
    return dataclasses.replace(_replies(data, path, seed), extends=extends)


def join_replies(files: Sequence[Replies], *, seed: int = 0) -> Replies:
    """All of `files`, the first before the others, over the program's own unless one drops it."""
    ours = _replies(_read(OWN_FILE), OWN_FILE, seed)
    usual = _words(ours)
    if not files:
        return dataclasses.replace(ours, usual_words=usual)
    theirs = functools.reduce(_joined, files)
    joined = _joined(theirs, ours) if all(one.extends for one in files) else theirs
    return dataclasses.replace(joined, own_words=_words(theirs) - usual, usual_words=usual)


def _read(path: Path) -> dict[str, Any]:
    data = read_toml(path, ReplyError, "check text.replies_file")
    _only_known(data, {"reply", "guardrail", "extends"}, str(path))
    return data


def _replies(data: dict[str, Any], path: Path, seed: int) -> Replies:
    """The replies of one file."""
    entries = tuple(_entry(table, path) for table in _tables(data, "reply", path))
    rails = tuple(_guardrail(table, path) for table in _tables(data, "guardrail", path))
    _refuse_doubles([one.id for one in entries] + [one.id for one in rails], path)
    _refuse_clashes(entries, path)
    return Replies(entries=entries, guardrails=rails, seed=seed)


def _joined(first: Replies, second: Replies) -> Replies:
    """One set out of two; an id of the first replaces the same of the second."""
    entries = {one.id for one in first.entries}
    rails = {one.id for one in first.guardrails}
    return dataclasses.replace(
        first,
        entries=(*first.entries, *(one for one in second.entries if one.id not in entries)),
        guardrails=(*first.guardrails, *(one for one in second.guardrails if one.id not in rails)),
    )


def _words(replies: Replies) -> frozenset[str]:
    return frozenset().union(*(line.words for one in replies.entries for line in one.phrases))


def _tables(data: dict[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    tables = data.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ReplyError(f"'{name}' in {path} is not a list of tables", f"write [[{name}]]")
    return tables


def _entry(table: dict[str, Any], path: Path) -> Entry:
    name = _name(table, path)
    _only_known(table, _ENTRY_KEYS, name)
    return Entry(
        id=table["id"],
        phrases=tuple(map(read_phrase, _texts(table, "phrases", name))),
        answers=tuple(_texts(table, "answers", name, may_lack=table.get("kind") == "repeat")),
        plain=tuple(_texts(table, "plain", name, may_lack=True)),
        kind=_choice(table, "kind", KINDS, name),
        needs=_choice(table, "needs", NEEDS, name),
        unless=tuple(map(normalise, _texts(table, "unless", name, may_lack=True))),
        declines=_yes(table, "declines", name),
        late=_yes(table, "late", name),
        flows=_text(table, "flows", name),
    )


def _guardrail(table: dict[str, Any], path: Path) -> Guardrail:
    name = _name(table, path)
    _only_known(table, _GUARDRAIL_KEYS, name)
    rules: list[Rule | re.Pattern[str]] = [
        *_searched(_texts(table, "phrases", name, may_lack="regex" in table))
    ]
    for regex in _texts(table, "regex", name, may_lack=True):
        try:
            rules.append(re.compile(regex))
        except re.error as error:
            raise ReplyError(f"{name}: the regex '{regex}' is wrong: {error}", "mend it") from error
    return Guardrail(
        id=table["id"],
        rules=tuple(rules),
        answers=tuple(_texts(table, "answers", name)),
        check=_choice(table, "check", CHECKS, name),
        unless=_searched(_texts(table, "unless", name, may_lack=True)),
        action=next(one for one in ACTIONS if one == _choice(table, "action", ACTIONS, name)),
    )


def _searched(phrases: list[str]) -> tuple[Rule, ...]:
    """Phrases as what is searched for within a text."""
    return tuple(
        Rule(rf"(?<!\S){phrase.pattern}", phrase.needed) for phrase in map(read_phrase, phrases)
    )


def _name(table: dict[str, Any], path: Path) -> str:
    if not isinstance(table.get("id"), str) or not table["id"]:
        raise ReplyError(f"an entry in {path} has no id", 'give each entry a line id = "name"')
    return f"entry '{table['id']}' in {path.name}"


def _texts(table: dict[str, Any], key: str, name: str, *, may_lack: bool = False) -> list[str]:
    texts = table.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise ReplyError(f"{name}: {key} is {texts!r}", f'write it as {key} = ["one", "two"]')
    if not texts and not may_lack:
        raise ReplyError(f"{name} has no {key}", f'add a line {key} = ["..."]')
    return texts


def _text(table: dict[str, Any], key: str, name: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ReplyError(f"{name}: {key} is {value!r}", f'write it as {key} = "one"')
    return value


def _yes(table: dict[str, Any], key: str, name: str) -> bool:
    value = table.get(key, False)
    if type(value) is not bool:
        raise ReplyError(f"{name}: {key} is {value!r}", "use true or false")
    return value


def _choice(table: dict[str, Any], key: str, choices: tuple[str, ...], name: str) -> str:
    value = table.get(key, choices[0])
    if value not in choices:
        known = ", ".join(f"'{choice}'" for choice in choices)
        raise ReplyError(f"{name}: {key} is {value!r}", f"use one of: {known}")
    return str(value)


def _only_known(table: dict[str, Any], known: set[str], name: str) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.5)
            hint = f"did you mean '{close[0]}'?" if close else f"known: {', '.join(sorted(known))}"
            raise ReplyError(f"{name}: unknown key '{key}'", hint)


def _refuse_doubles(ids: list[str], path: Path) -> None:
    doubles = sorted({one for one in ids if ids.count(one) > 1})
    if doubles:
        raise ReplyError(f"{path} has the id '{doubles[0]}' twice", "rename one of the two")


def _refuse_clashes(entries: Sequence[Entry], path: Path) -> None:
    """The same phrase in two entries is an error unless `needs` keeps them apart."""
    owners: dict[tuple[str, str], str] = {}
    for entry in entries:
        for phrase in (one for line in entry.phrases for one in line.expanded):
            other = owners.setdefault((phrase, entry.needs), entry.id)
            if other != entry.id:
                raise ReplyError(
                    f"{path.name}: '{phrase}' is in both '{other}' and '{entry.id}'",
                    "take it out of one of them",
                )
