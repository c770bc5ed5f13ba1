"""A coin, dice, a random number and a choice between things that the user names.

All chance is `here.chance()`: the same in every take of a turn, another in the next turn, so that
"again" gives a new one. Each flow runs once more for "another one". Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.language.en.amounts import read_amount
from assistant.language.en.numbers import cardinal
from assistant.language.en.options import read_options
from assistant.language.en.signs import sum_words
from assistant.talk.flow import Say, flow
from assistant.talk.request import Request
from assistant.talk.tool import Here

HEADS, TAILS = "It's heads.", "It's tails."
MOST_COINS = 20
MOST_DICE = 20
MOST_SIDES = 1000
TOO_MANY = "That's too many for me. Up to twenty at once, I can do."
NO_SUCH_DIE = "A die needs from two to a thousand sides."
NO_NUMBERS = "There is no whole number between those."
LARGEST_DRAWN = 10**15
_SHORT = 6
"""So many coins or dice are told one by one; of more, only how many and how much."""


# -- the coin ------------------------------------------------------------------------------------


@flow(
    "(flip|toss|throw|spin) [me|us] (a|the|1|my|another|that) [virtual] coin "
    "[again|in the air|for us|to decide|to decide it|and tell me [what it is|the result]]",
    "(flip|toss|throw|spin) [me|us] {count} coins",
    "(flip|toss|throw|spin) (a|the|1) coin {count} times",
    "(do|make|give me|give us|i need|have|let us have|let us do|run) (a|1) [quick|virtual] "
    "(coin (flip|toss)|flip of a coin|toss of a coin)",
    "[a] coin (flip|toss)",
    "(is it|call it|call) heads or tails",
    "heads or tails [what is it]",
    "let (a|the) coin decide",
    "let us (flip|toss) (a|the|1) coin",
    name="coin.flip",
    again=True,
    examples=[
        "flip a coin for us", "toss a coin to decide", "throw a coin and tell me what it is",
        "heads or tails what is it", "let a coin decide", "spin a coin for me",
        "do a quick coin toss", "i need you to flip a coin",
    ],
    fixed=[HEADS, TAILS, TOO_MANY],
)  # fmt: skip
def flip_coin(here: Here, count: int | None = None) -> str | None:
    """Flip a coin, or several."""
    count = 1 if count is None else count
    if count < 1:
        return None
    if count > MOST_COINS:
        return TOO_MANY
    chance = here.chance("coin")
    sides = [chance.choice((True, False)) for _ in range(count)]
    if count == 1:
        return HEADS if sides[0] else TAILS
    if count <= _SHORT:
        return _capital(", ".join("heads" if side else "tails" for side in sides)) + "."
    heads = sum(sides)
    return f"{_capital(cardinal(heads))} heads and {cardinal(count - heads)} tails."


# -- dice ----------------------------------------------------------------------------------------

_ROLL = "(roll|throw|cast|toss|shake|rule) [me|us]"


@flow(
    f"{_ROLL} (a|1|the|my|another|that) [virtual] (die|dice) [again]",
    f"{_ROLL} (a|1|another) [virtual] {{sides}} sided (die|dice)",
    f"{_ROLL} (a|1|another) (d|die with|dice with) {{sides}} [sides]",
    f"{_ROLL} {{count}} [virtual] (dice|die) [for (us|the game)]",
    "(give me|i need|do|let us have) (a|1) roll of {count} dice",
    "let the dice roll",
    f"{_ROLL} {{count}} {{sides}} sided (dice|die)",
    f"{_ROLL} {{count}} d [{{sides}}] [plus {{more}}]",
    f"{_ROLL} (a|1) d {{sides}} plus {{more}}",
    "{count} d {sides} [plus {more}]",
    "d {sides}",
    f"{_ROLL} (some|my) dice",
    "(give me|do|make|i need|have|let us have) (a|1) "
    "(roll of the dice|dice roll|die roll|roll of a die)",
    "(dice|die) roll",
    "(roll|throw) dice",
    "let us roll (a|the) (die|dice)",
    name="dice.roll",
    again=True,
    examples=[
        "roll a die for me", "throw the dice", "roll 2 dice for the game", "roll a 20 sided die",
        "roll 3 d 6", "i need a dice roll", "let the dice roll", "give me a roll of 2 dice",
        "roll a pair of dice", "throw a couple of dice",
    ],
    reads=lambda request: _pair_of_dice(request),
    fixed=[f"It's {cardinal(number)}." for number in range(1, 21)]
    + [TOO_MANY, NO_SUCH_DIE],
)  # fmt: skip
def roll_dice(
    here: Here, count: int | None = None, sides: int | None = None, more: int | None = None
) -> Say | str | None:
    """Roll a die, or several, of any number of sides."""
    count, sides = 1 if count is None else count, 6 if sides is None else sides
    if count < 1:
        return None
    if count > MOST_DICE:
        return TOO_MANY
    if not 2 <= sides <= MOST_SIDES:
        return NO_SUCH_DIE
    chance = here.chance("dice")
    rolled = [chance.randint(1, sides) for _ in range(count)]
    total = sum(rolled) + (more or 0)
    if count == 1 and not more:
        return f"It's {cardinal(total)}."
    told = _listed([cardinal(one) for one in rolled]) if count <= _SHORT else ""
    if more:
        told = f"{told} plus {cardinal(more)}" if told else ""
    return f"{_capital(told)}: {cardinal(total)} in all." if told else f"{cardinal(total)} in all."


_PAIR = re.compile(
    r"(?:roll|throw|cast|toss|shake|give me)(?: (?:me|us))?"
    r"(?: (?:a roll of|the))? (?:a )?(?:pair|couple) (?:of )?dice(?: again)?"
)


def _pair_of_dice(request: Request) -> Mapping[str, Any] | None:
    return {"count": 2} if _PAIR.fullmatch(request.words) else None


# -- a number ------------------------------------------------------------------------------------

_PICK = (
    "(pick|choose|give me|give us|tell me|say|think of|generate|select|draw|i need|name|get|get me"
    "|make|make up)"
)
_ONE = "(a|any|some|1|another) [random] [whole] number"

_BOUNDS = re.compile(
    r"(?:(?:pick|choose|give me|tell me|say|think of|generate|select|draw|i need|name) )?"
    r"(?:(?:an?|any|1|another) (?:random )?|random )number (?:between|from|in between) (?P<low>.+?)"
    r" (?:and|to|through) (?P<high>.+)"
)


def _reads_bounds(request: Request) -> Mapping[str, Any] | None:
    """Bounds that are no plain digits: "from one to a hundred", "between minus 5 and 5"."""
    found = _BOUNDS.fullmatch(sum_words(request.text))
    low, high = (_whole(found[name]) if found else None for name in ("low", "high"))
    return None if low is None or high is None else {"low": low, "high": high}


def _whole(words: str) -> int | None:
    parts = words.removeprefix("minus ").split()
    amount = read_amount(parts)
    if amount is None or amount.used != len(parts) or amount.value.denominator != 1:
        return None
    return -int(amount.value) if words.startswith("minus ") else int(amount.value)


@flow(
    f"{_PICK} {_ONE}",
    f"{_PICK} {_ONE} (between|from|in between) {{low}} (and|to) {{high}} [at random]",
    f"{_PICK} {_ONE} [from] {{low}} (to|through) {{high}} [at random]",
    f"{_PICK} {_ONE} (up to|below|under|no higher than) {{high}}",
    "[a] random number [please]",
    "[a] random number (between|from|in between) {low} (and|to) {high}",
    "(pick|choose|select) between {low} (and|to) {high}",
    "(pick|choose|select) (a number|something|anything) {low} (to|through) {high}",
    "what is a random number (between|from) {low} (and|to) {high}",
    reads=_reads_bounds,
    name="number.random",
    again=True,
    examples=[
        "pick a number", "give me a random number from 1 to 50", "think of a number up to 10",
        "choose a number between 20 and 30", "generate a random number",
        "draw a number from 1 to 49", "say any number between 5 and 15",
        "i need a random number", "pick any number below 1000",
    ],
    fixed=[f"{_name.capitalize()}." for _name in map(cardinal, range(1, 11))] + [NO_NUMBERS],
)  # fmt: skip
def random_number(here: Here, low: int | None = None, high: int | None = None) -> Say | str:
    """Pick a number, from one to a hundred unless told otherwise."""
    if high is None:
        low, high = 1, 100
    low = 1 if low is None else low
    low, high = min(low, high), max(low, high)
    if high > LARGEST_DRAWN or low < -LARGEST_DRAWN:
        return NO_NUMBERS
    return f"{_capital(cardinal(here.chance('number').randint(low, high)))}."


# -- a choice ------------------------------------------------------------------------------------


def _reads_options(request: Request) -> Mapping[str, Any] | None:
    options = read_options(request.text)
    return {"options": " | ".join(options)} if len(options) > 1 else None


@flow(
    name="choice.pick",
    reads=_reads_options,
    again=True,
    examples=[
        "choose between tea and coffee", "pick one red or blue", "choose for me beach or mountains",
        "pick one of these apples pears or plums", "decide for me stay in or go out",
        "pick between the first film and the second", "choose one summer or winter",
        "help me choose between the train and the car",
    ],
)  # fmt: skip
def pick(here: Here, options: str | None = None) -> str | None:
    """Choose one of the things that are named."""
    named: Sequence[str] = options.split(" | ") if options else ()
    if len(named) < 2:
        return None
    return f"{_capital(here.chance('choice').choice(named))}."


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
