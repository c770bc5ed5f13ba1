"""What can be said to a flow that looks for slots anywhere: beginnings, options and little words.

Such a flow ("a small latte with soy milk") stands for more wordings than can be listed; its parts
are few. `talk/slot_readings.py` puts them together. Made when flows are loaded, in about 10 ms, and
never changed. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.language.en.phones import costs
from assistant.language.en.sounds import sound
from assistant.language.en.written import contracted, spelled
from assistant.language.spans import vocabulary
from assistant.language.wordings import Wordings
from assistant.talk.flow import Flow

LITTLE_BETWEEN = frozenset("a an the and or of to for with in on 1 please".split())
"""Words that may stand between options."""
JOINTS = ("with", "and")
"""Those that are also read where something else was heard, before an option."""
MOST_WORDS = 200
"""A flow with more is not read: each costs a text some 50 µs."""
_MOST_BEGINNINGS = 80
_TELLING = 3
"""A word of an option with so many sounds tells of its flow, unless it is one of these."""
_AMOUNTS = LITTLE_BETWEEN.union("bit little lot lots more no other some".split())


@dataclass(slots=True, eq=False)
class Node:
    """A place in the tree of the words of all options; `slots` are those of which one ends here."""

    ways: dict[int, Node] = field(default_factory=dict)
    slots: tuple[str, ...] = ()


class ManySlots:
    """The requests of one flow with slots that are looked for anywhere."""

    def __init__(self, flow: Flow) -> None:
        self.root = Node()
        words = {one: at for at, one in enumerate(JOINTS)}
        for name in flow.anywhere:
            for option in flow.slots[name].options:
                node = self.root
                for word in option.split():
                    at = words.setdefault(word, len(words))
                    node = node.ways.setdefault(at, Node())
                node.slots = (*node.slots, name)
        self.joined = Node(self.root.ways)
        """Behind a joint: an option has to follow."""
        self.words = tuple(words)
        self.spelled = tuple(map(spelled, words))
        self.is_known = LITTLE_BETWEEN.union(words).__contains__
        self.telling = frozenset(
            one for one in words if len(sound(one)) >= _TELLING and one not in _AMOUNTS
        )
        """Words that tell of this flow where they are heard."""
        self.sounds = vocabulary([sound(one) for one in words], costs())
        beginnings = list(dict.fromkeys(_beginnings(flow)))
        self.is_open = () in beginnings
        """A template may begin with any words."""
        self.beginnings = tuple(filter(None, beginnings))
        said = [sound(" ".join(one)) for one in self.beginnings] or [b""]
        self.beginning_sounds = vocabulary(said, costs())


def _beginnings(flow: Flow) -> Iterator[tuple[str, ...]]:
    """The words before the first place of each template; none where there are only little ones."""
    for phrase in flow.templates:
        for _, said in Wordings(phrase.choice, {}).every(_MOST_BEGINNINGS):
            places = [at for at, word in enumerate(said) if word[0] in "*{"]
            if not places:
                continue
            first = said[: places[0]]
            if LITTLE_BETWEEN.issuperset(first):
                yield ()
            else:
                yield first
                yield tuple(contracted(first))
