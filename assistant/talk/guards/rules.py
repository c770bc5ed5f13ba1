"""Rules as data: what is refused, what is not let out, and orders that hide in data.

Read from guards.toml; the notation of the phrases is that of replies.toml. Knows no conversation.
Pure after loading; any thread.
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
from assistant.language.phrases import ReplyError, Rule
from assistant.talk.danger import filled_rules
from assistant.talk.guards.evasion import Unmasking
from assistant.talk.replies import Entry

OWN_FILE = Path(__file__).parents[2] / "language" / "en" / "data" / "guards.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One kind of what is refused. `alike` names the kind of danger whose answer it gets, `aside`
    finds what is left out of a request: the rest is searched as if it had not been said."""

    id: str
    entry: Entry | None
    alike: str
    request: tuple[Rule, ...]
    answer: tuple[Rule, ...]
    unless: tuple[Rule, ...]
    aside: tuple[Rule, ...] = ()

    def found(self, words: str, *, in_answer: bool) -> re.Match[str] | None:
        """Where canonical `words`, with blanks around, are of this kind; None when they are not, or
        something makes them harmless."""
        rules = self.answer if in_answer else self.request
        found = first(rules, words)
        while found and not in_answer and (aside := first(self.aside, words)) is not None:
            words = f"{words[: aside.start()]}… {words[aside.end() :]}"
            found = first(rules, words)
        if found is None or first(self.unless, words) is not None:
            return None
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRules:
    """All rules of one file. `orders_in_data` are further ones for what is no model's answer."""

    refusals: tuple[Refusal, ...]
    orders: tuple[Rule, ...]
    orders_in_data: tuple[Rule, ...]
    left_out: str
    profanity: re.Pattern[str]
    sensitive: frozenset[str]
    known: frozenset[str]
    heard: dict[str, str]

    def unmasking(self, more: Iterable[str] = ()) -> Unmasking:
        """What takes masks off these words and `more` of them."""
        return Unmasking((*self.sensitive, *more), self.known, self.heard)


def first(rules: Iterable[Rule], words: str) -> re.Match[str] | None:
    """The first rule's match in canonical `words` with blanks around."""
    return next((found for rule in rules if (found := rule.search(words))), None)


def topic_rule(topic: str) -> re.Pattern[str]:
    """What finds a topic that the user blocks ("gambling") in canonical words, in all its forms."""
    words = normalise(topic).split()
    if not words:
        raise ReplyError(f"the blocked topic {topic!r} has no words", "write it as a word or two")
    return re.compile(rf"(?<= ){' '.join(map(_forms, words))}(?= )")


def _forms(word: str) -> str:
    stem = re.sub(r"(?:ing|ers|er|ed|es|s|e|y)$", "", word)
    if len(stem) < 4:
        return rf"{re.escape(word)}(?:s|es)?"
    return rf"{re.escape(stem)}\w{{0,4}}"


@lru_cache(maxsize=2)
def load_rules(path: Path = OWN_FILE) -> OwnRules:
    """The rules of `path`; `ReplyError` says what is wrong in it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ReplyError(f"cannot read {path}: {error}", "mend that file") from error
    classes, evasion = data["classes"], data["evasion"]
    words = "|".join(map(re.escape, data["profanity"]["words"].split()))
    return OwnRules(
        refusals=tuple(_refusal(table, classes) for table in data["rule"]),
        orders=filled_rules(data["data"]["orders"], classes),
        orders_in_data=filled_rules(data["data"]["of_data"], classes),
        left_out=data["data"]["answer"],
        profanity=re.compile(rf"\b(?:{words})\b", re.I),
        sensitive=frozenset(evasion["sensitive"].split()),
        known=frozenset(evasion["known"].split()),
        heard=evasion["heard"],
    )


def _refusal(table: dict[str, Any], classes: dict[str, str]) -> Refusal:
    both = filled_rules(table.get("both", ()), classes)
    answers = tuple(table.get("answers", ()))
    return Refusal(
        id=table["id"],
        entry=Entry(id=table["id"], phrases=(), answers=answers) if answers else None,
        alike=table.get("as", ""),
        request=(*both, *filled_rules(table.get("request", ()), classes)),
        answer=(*both, *filled_rules(table.get("answer", ()), classes)),
        unless=filled_rules(table.get("unless", ()), classes),
        aside=filled_rules(table.get("aside", ()), classes),
    )
