"""Which requests no part of the program can fulfil, and what is honestly said to them.

A small language model pretends: asked to turn off a light it says "Done.". So a request to act, or
a question about the state of the world, that no reply and no tool took gets a fixed sentence that
says what is impossible. Questions and requests that language alone can answer are left to the
model. Rules over canonical words decide (reach.toml); what they leave open is judged by
`Meaning`, when there is one. Knows no dialogue and no tool. Pure after loading; any thread.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from assistant.language.en.normalise import core, normalise
from assistant.language.wordrules import Rule, RuleError, RuleSet, read_rule
from assistant.talk.replies import Entry

OWN_FILE = Path(__file__).parent.parent / "language" / "en" / "data" / "reach.toml"
ABILITIES = "I can set timers, alarms and reminders, keep lists and do sums."
"""The clause that says what the program can do instead; once in a conversation."""
TOLD = "abilities"
"""Counted among the uses of replies when that clause was said."""

TALK = "talk"
"""The kind that only the conversation makes clear: "make it ten"."""

SURE = 0.58
SURE_WITH_RULE = 0.05
SURE_AGAINST_RULE = 0.62
"""From which probability on the meaning is believed: with no rule, with one that says out of
reach, and against one that says language can answer (docs/REACH.md)."""

LIKELY, LEAD = 0.4, 0.65
"""With no rule, the first is enough when it has this part of it and that of language together."""

SHORTEST = 3
"""Fewer words than this mean too little to be judged by anything but rules."""

_LANGUAGE = "language"
_SURELY_LANGUAGE = "surely language"
_PERSONAL = "personal"
_PREFIX = "out of reach "
_OWN = re.compile(r"(?<!\S)(?:my|our) (\S{3,})")
_QUESTION = re.compile(r"(?:what|when|where|who|which|how|is|are|did|do|does|has|have) ")
_SENTENCE_END = re.compile(r"(?<=[.!?;…])\s+")
_ASKED_INDIRECTLY = re.compile(
    r"(?:tell me|let me know|find out|check|see|know|figure out|look up|look)"
    r"(?: (?:if|whether|for me if))? (?=(?:what|when|where|who|which|how|is|are|did|has|my|the) )"
)
_IF = re.compile(r"^(?:tell me|let me know|find out|check|see|know|figure out) (?:if|whether) ")


class Meaning(Protocol):
    """A judge of whole sentences."""

    def kind(self, text: str) -> tuple[str, float]:
        """The likeliest kind out of reach, and the probability (0 to 1) that `text` is of any such
        kind rather than one that language can answer."""

    def ranked(self, text: str) -> Sequence[tuple[str, float]]:
        """All labels with their probability, the likeliest first (see `by_meaning`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """A request out of reach: what is said (in turn) and why in words for the audit log."""

    entry: Entry
    why: str
    score: float | None = None

    @property
    def kind(self) -> str:
        """The kind of the request, such as "actuator"."""
        return self.entry.id.removeprefix(_PREFIX)

    def is_told(self, text: str, earlier: Sequence[str]) -> bool:
        """True for a question about the user ("what's my dog called?") when the user has told of
        the same thing ("my dog is called Rex") in an `earlier` request."""
        if self.kind != _PERSONAL:
            return False
        asked = set(_OWN.findall(normalise(text)))
        return any(asked.intersection(_OWN.findall(_told(request))) for request in earlier)


class Reach:
    """Judges requests by `rules`, and by `meaning`, if there is one, where these are silent."""

    def __init__(
        self, rules: RuleSet, entries: dict[str, Entry], meaning: Meaning | None = None
    ) -> None:
        self._rules = rules
        self._entries = entries
        self.meaning = meaning
        self._by_rules = lru_cache(maxsize=64)(self._first_rule)

    def judge(self, text: str) -> Beyond | None:
        """What is out of reach in `text`; None when language alone may answer it."""
        found = self._by_rules(text)
        kind = found.label if found is not None and found.label in self._entries else ""
        if self.meaning is None or kind == TALK or _is_short(text):
            return self._beyond(kind, "rule") if kind else None
        if found is not None and found.label == _SURELY_LANGUAGE:
            return None
        meant, sure = self.meaning.kind(text)
        language = dict(self.meaning.ranked(text)).get(_LANGUAGE, 0.0)
        if kind and sure >= SURE_WITH_RULE:
            return self._beyond(kind, "rule and meaning", sure)
        least = SURE_AGAINST_RULE if found is not None else SURE
        leads = found is None and sure >= LIKELY and sure >= LEAD * (sure + language)
        if not (sure >= least or leads) or meant == TALK or meant not in self._entries:
            return None
        return self._beyond(meant, "meaning", sure)

    def asks_for_words(self, text: str) -> bool:
        """True for a question such as "how do I …" or "why …", which asks for nothing but words."""
        found = self._by_rules(text)
        return found is not None and found.label == _SURELY_LANGUAGE

    @property
    def kinds(self) -> tuple[str, ...]:
        """All kinds that have an answer."""
        return tuple(self._entries)

    def all_texts(self) -> list[str]:
        """Every answer once, with and without the program's abilities, for the voice to prepare."""
        return with_short(text for entry in self._entries.values() for text in entry.answers)

    def _beyond(self, kind: str, because: str, score: float | None = None) -> Beyond:
        why = f"out of reach: {kind} (by {because})"
        return Beyond(entry=self._entries[kind], why=why, score=score)

    def _first_rule(self, text: str) -> Rule | None:
        """The rule for the whole of `text`, else for the first of its sentences that has one."""
        whole = self._rule(text)
        if whole is not None:
            return whole
        parts = _SENTENCE_END.split(text.strip())
        found = [rule for part in parts if len(parts) > 1 and (rule := self._rule(part))]
        language = [rule for rule in found if rule.label not in self._entries]
        return next(iter(language or found), None)

    def _rule(self, text: str) -> Rule | None:
        words = core(normalise(text))
        tried = [words]
        direct = _IF.sub("", words)
        if direct != words:
            tried.append(_as_question(direct))
        else:
            direct = _ASKED_INDIRECTLY.sub("", words, count=1)
            if direct != words:
                tried.append(direct)
        for form in tried:
            found = self._rules.find(form.split())
            if found is not None:
                return found
        return None


def shortened(text: str) -> str:
    """`text` without the clause of the program's abilities."""
    return text.removesuffix(ABILITIES).rstrip()


def with_short(texts: Iterable[str]) -> list[str]:
    """`texts` and what is said of them when the abilities have been told."""
    return list(dict.fromkeys(one for text in texts for one in (text, shortened(text))))


def _is_short(text: str) -> bool:
    return len(normalise(text).split()) < SHORTEST


def _told(request: str) -> str:
    """The canonical words of a request that tells something; of a question none."""
    words = core(normalise(request))
    return "" if _QUESTION.match(words) else words


def _as_question(clause: str) -> str:
    """ "the door is locked" as "is the door locked"."""
    words = clause.split()
    for verb in ("is", "are", "was", "were", "has", "have", "did", "does", "do", "will"):
        if verb in words:
            words.remove(verb)
            return " ".join([verb, *words])
    return clause


def load_reach(meaning: Meaning | None = None, path: Path = OWN_FILE) -> Reach:
    """The rules of `path`; `RuleError` says which one is wrong."""
    rules, entries = _read(path)
    return Reach(rules, entries, meaning)


@lru_cache(maxsize=2)
def _read(path: Path) -> tuple[RuleSet, dict[str, Entry]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"cannot read {path}: {error}", "mend that file") from error
    classes = {name: frozenset(line.split()) for name, line in data["words"].items()}
    entries = {kind["id"]: _entry(kind) for kind in data["kind"]}
    rules: list[Rule] = []
    for table in data["language"]:
        label = _SURELY_LANGUAGE if table.get("is_sure") else _LANGUAGE
        rules += _rules(table, label, classes)
    for table in data["rule"]:
        if table["kind"] not in entries:
            raise RuleError(f"unknown kind '{table['kind']}' in {path}", "add a [[kind]] for it")
        rules += _rules(table, table["kind"], classes)
    return RuleSet(rules), entries


def _entry(table: dict[str, Any]) -> Entry:
    answers = tuple(answer.format(can=ABILITIES) for answer in table["answers"])
    return Entry(id=f"{_PREFIX}{table['id']}", phrases=(), answers=answers)


def _rules(table: dict[str, Any], label: str, classes: dict[str, frozenset[str]]) -> Sequence[Rule]:
    unless: set[str] = set()
    for word in table.get("unless", ()):
        unless |= classes[word.strip("{}")] if word.startswith("{") else {word}
    return [read_rule(line, label, classes, frozenset(unless)) for line in table["rules"]]
