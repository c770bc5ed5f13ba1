"""Which of many texts is told next: one that was told least often, by chance among those.

So none comes twice before all were told. How often each was told is in `Talk.uses`. Reads the data
files of such texts. Pure after loading; any thread.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SMALL = frozenset(
    "a an the my our your some any of in on at for with to is are 1 really good about it".split()
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One text, its key in `Talk.uses`, and the words that it is about, without their plurals."""

    key: str
    text: str
    words: frozenset[str]

    def is_about(self, topic: str) -> bool:
        """True when the text has every word of the canonical `topic`, or of one half of it ("cats
        or dogs")."""
        for half in topic.replace(" or ", " and ").split(" and "):
            wanted = {_singular(word) for word in half.split() if word not in _SMALL}
            if wanted and wanted <= self.words:
                return True
        return False


def read_tellings(path: Path, name: str) -> tuple[Telling, ...]:
    """The texts of a data file: one a line, after a bar further words that it is about."""
    found: list[Telling] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        text, _, about = line.partition("|")
        words = frozenset(map(_singular, re.findall("[a-z]+", f"{text} {about}".lower()))) - _SMALL
        found.append(Telling(f"{name}.{len(found) + 1}", text.strip(), words))
    return tuple(found)


def next_untold(
    tellings: Sequence[Telling], uses: Mapping[str, int], chance: random.Random
) -> Telling:
    """One of those that were told least often."""
    least = min(uses.get(one.key, 0) for one in tellings)
    return chance.choice([one for one in tellings if uses.get(one.key, 0) == least])


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
