"""Has a model choose a tool and fill in its arguments, token by token, within what is allowed.

The model writes a call such as `lights(room="bedroom"`. What has to come is read in one go; the
model only decides where there is a choice: the name among the candidates, an option, the first word
of a text among the words of the request, and where the text ends. So it cannot write anything that
is no call, nor a value that nobody said. (Constrained decoding with jump-forward; Willard and Louf
2023, "Efficient Guided Generation".) Knows tokens, no tool. The mind thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.model.llm_state import KeptState
from assistant.tool_calls import Blank, Candidate, ToolAsk, ToolChoice

_ENDS = ('"', '")', '",', '"),', '")\n')
_JOINING = ("and", "the")
_TRAILING = " .,;:!?…"

Tokens = list[int]


class CallWriter:
    """Writes one call behind the prompt of `ask`. What it raises is `KeptState.evaluate`'s."""

    def __init__(self, state: KeptState) -> None:
        self._state = state
        self._ends = sorted({state.plain(mark)[0] for mark in _ENDS})

    def write(self, ask: ToolAsk) -> ToolChoice:
        """The likeliest tool with the texts of its arguments."""
        paper = _Paper(self._state, self._state.prompt(ask.messages))
        paper.read()
        weights = {one.name: one.weight for one in ask.candidates}
        weights[ask.none] = ask.none_weight
        found = paper.likelihoods([self._state.plain(f"{name}(") for name in weights])
        scores = {
            name: found[place] + weight for place, (name, weight) in enumerate(weights.items())
        }
        scores[""] = scores.pop(ask.none)
        first, *others = sorted(scores, key=lambda name: -scores[name])
        if not first or any(name and scores[first] - scores[name] < ask.doubt for name in others):
            return ToolChoice(name=first, scores=scores)
        chosen = next(one for one in ask.candidates if one.name == first)
        values, sure = self._fill(paper, chosen)
        return ToolChoice(name=first, scores=scores, values=values, sure=sure)

    def _fill(self, paper: _Paper, chosen: Candidate) -> tuple[dict[str, str], dict[str, float]]:
        values: dict[str, str] = {}
        sure: dict[str, float] = {}
        stretches = list(chosen.stretches)
        before = f"{chosen.name}("
        for blank in chosen.blanks:
            paper.add(self._state.plain(f'{before}{blank.name}="'))
            found: tuple[str, float] | None
            if blank.options:
                found = self._option(paper, blank)
            else:
                words = [one.split() for one in stretches]
                found = self._text(paper, words, chosen.barred, is_list=blank.is_list)
            if found is None:
                break
            value, share = found
            before = '", '
            values[blank.name] = value
            sure[blank.name] = share
            if not blank.options:
                stretches = [part for one in stretches for part in _without(one, value)]
        return values, sure

    def _option(self, paper: _Paper, blank: Blank) -> tuple[str, float]:
        """One of the options, and its share of all of them."""
        found = paper.likelihoods([self._state.plain(f'{one}"') for one in blank.options])
        best = max(range(len(found)), key=found.__getitem__)
        whole = sum(math.exp(one - found[best]) for one in found)
        paper.add(self._state.plain(blank.options[best]))
        return blank.options[best], 1.0 / whole

    def _text(
        self,
        paper: _Paper,
        stretches: Sequence[list[str]],
        barred: frozenset[str],
        *,
        is_list: bool,
    ) -> tuple[str, float] | None:
        """Some words in a row, and how likely the model was to begin with the first, of all that
        it might have written; None where there are no words."""
        starts = [
            (words, at)
            for words in stretches
            for at in range(len(words))
            if _bare(words[at]).lower() not in barred
        ]
        if not starts:
            return None
        paper.read()
        found = paper.likelihoods([self._state.plain(_bare(words[at])) for words, at in starts])
        best = max(range(len(found)), key=found.__getitem__)
        words, at = starts[best]
        share = math.exp(found[best])
        taken = [words[at]]
        paper.add(self._state.plain(_bare(words[at])))
        for word in words[at + 1 :]:
            following = self._state.plain(f" {_bare(word)}")
            joins = is_list and (word.lower() == "and" or taken[-1].lower() in _JOINING)
            if not joins:
                paper.read()
                *ends, goes_on = self._state.log_probabilities([*self._ends, following[0]])
                if goes_on < max(ends):
                    break
            taken.append(word)
            paper.add(following)
        return " ".join(taken).strip(_TRAILING), share


@dataclass(slots=True)
class _Paper:
    """The tokens so far; those added last are read when the next choice needs it."""

    state: KeptState
    tokens: Tokens
    _read: int = field(default=-1)

    def add(self, tokens: Tokens) -> None:
        """Write what has to come."""
        self.tokens = self.tokens + tokens

    def read(self) -> None:
        """Have the model read all that is written."""
        if self._read != len(self.tokens):
            self.state.evaluate(self.tokens, to_continue=True)
            self._read = len(self.tokens)

    def likelihoods(self, options: Sequence[Tokens]) -> list[float]:
        """The log-likelihood of each as what comes next, up to where it differs from the others;
        what is written stays as it is."""
        found = [0.0] * len(options)
        self._walk([], list(enumerate(options)), 0.0, found)
        return found

    def _walk(
        self, path: Tokens, options: list[tuple[int, Tokens]], so_far: float, found: list[float]
    ) -> None:
        by_first: dict[int, list[tuple[int, Tokens]]] = {}
        for place, tokens in options:
            if not tokens:
                found[place] = so_far
                continue
            by_first.setdefault(tokens[0], []).append((place, tokens[1:]))
        if not by_first:
            return
        self.state.evaluate([*self.tokens, *path], to_continue=True)
        self._read = len(self.tokens) if not path else -1
        for (token, rest), share in zip(
            by_first.items(), self.state.log_probabilities(list(by_first)), strict=True
        ):
            is_same = all(one == rest[0][1] for _, one in rest)
            if len(rest) == 1 or is_same:
                for place, _ in rest:
                    found[place] = so_far + share
            else:
                self._walk([*path, token], rest, so_far + share, found)


def _bare(word: str) -> str:
    return word.strip(_TRAILING + '"“”') or word


def _without(stretch: str, taken: str) -> list[str]:
    """What is left of a stretch on both sides of the words `taken`."""
    words = stretch.split()
    wanted = [_bare(word) for word in taken.split()]
    for at in range(len(words) - len(wanted) + 1):
        if [_bare(word) for word in words[at : at + len(wanted)]] == wanted:
            sides = (words[:at], words[at + len(wanted) :])
            return [" ".join(side) for side in sides if side]
    return [stretch]
