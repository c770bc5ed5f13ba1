"""The wordings that a phrase of the notation stands for: a few of all, and those next to one.

A phrase with ten brackets stands for thousands of wordings. `some` gives as many as it takes to say
every word of it once, `around` those that differ from one in a single bracket, so that the
likeliest wording is found step by step. Knows no sounds. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.language.phrases import Choice, Slot

Picks = Mapping[int, int]
"""For a bracket or a slot (its place) which of its alternatives is said; by default the first, or
nothing where that may lack."""
Words = tuple[str, ...]
"""A wording: words, `*`, and `{name}` for a slot without options."""
Wording = tuple[Picks, Words]
"""A choice, and what it says."""
Options = Mapping[str, Sequence[str]]
"""For the name of a slot the texts that it takes, in canonical words."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """One phrase. The `options` of a slot take its place, as in a bracket."""

    choice: Choice
    options: Options

    def some(self, most: int) -> Iterator[Wording]:
        """Up to `most` wordings, in which all alternatives come up; the shortest first."""
        yield {}, self.say({})
        for turn in range(min(most - 1, self._widest(self.choice))):
            picks = _Turn(turn)
            yield picks, self.say(picks)

    def every(self, most: int) -> Iterator[Wording]:
        """Up to `most` different wordings, those with the fewest brackets changed first."""
        queue: list[Wording] = [({}, self.say({}))]
        met = {queue[0][1]}
        for one in queue:
            yield one
            for other in self.around(one[0]) if len(met) < most else ():
                words = self.say(other)
                if words not in met:
                    met.add(words)
                    queue.append((other, words))
                    if len(met) == most:
                        break

    def say(self, picks: Picks) -> Words:
        """The wording of a choice."""
        said: list[str] = []
        self._walk(self.choice, picks, said, None)
        return tuple(said)

    def around(self, picks: Picks) -> Iterator[Picks]:
        """The choices that differ from this one in one bracket."""
        met: dict[int, int] = {}
        self._walk(self.choice, picks, [], met)
        chosen = {place: picks.get(place, 0) % count for place, count in met.items()}
        for place, count in met.items():
            for other in range(count):
                if other != chosen[place]:
                    yield {**chosen, place: other}

    def _widest(self, choice: Choice) -> int:
        widest = len(choice.alternatives) + choice.may_lack
        for parts in choice.alternatives:
            for part in parts:
                if isinstance(part, Choice):
                    widest = max(widest, self._widest(part))
                elif isinstance(part, Slot):
                    widest = max(widest, len(self.options.get(part.name, ())))
        return widest

    def _walk(
        self, choice: Choice, picks: Picks, said: list[str], met: dict[int, int] | None
    ) -> None:
        """Add the words of a choice to `said`, and how many alternatives each bracket has to
        `met`."""
        count = len(choice.alternatives) + choice.may_lack
        at = 0
        if count > 1:
            at = picks.get(choice.place, 0) % count
            if met is not None:
                met[choice.place] = count
        if choice.may_lack:
            if at == 0:
                return
            at -= 1
        for part in choice.alternatives[at]:
            if isinstance(part, str):
                said.append(part)
            elif isinstance(part, Choice):
                self._walk(part, picks, said, met)
            else:
                self._say_slot(part, picks, said, met)

    def _say_slot(
        self, slot: Slot, picks: Picks, said: list[str], met: dict[int, int] | None
    ) -> None:
        options = self.options.get(slot.name, ())
        if not options:
            said.append(f"{{{slot.name}}}")
            return
        if met is not None and len(options) > 1:
            met[slot.place] = len(options)
        said.extend(options[picks.get(slot.place, 0) % len(options)].split())


class _Turn(dict[int, int]):
    """Another alternative of each bracket each turn."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self._turn = turn

    def get(self, key: int, default: int = 0) -> int:  # type: ignore[override]
        return self._turn + 3 * key
