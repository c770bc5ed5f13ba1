"""Coin, dice, numbers, choices, jokes and facts: what they answer, "another one", and chance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.en.numbers import cardinal
from assistant.language.en.options import read_options
from assistant.talk.conversation import Conversation
from assistant.talk.tools.fun import HEADS, NO_SUCH_DIE, TAILS, TOO_MANY
from assistant.talk.tools.jokes import FACTS, JOKES, NONE_ABOUT_THAT
from tests.talk_tools import name_of, talking

NUMBERS = {cardinal(number): number for number in range(1001)}


@pytest.fixture(name="talk")
def _talk(tmp_path: Path) -> Iterator[Conversation]:
    with talking(tmp_path) as conversation:
        yield conversation


@pytest.fixture(name="still", scope="module")
def _still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversation]:
    """A conversation in which nothing is committed."""
    with talking(tmp_path_factory.mktemp("still")) as conversation:
        yield conversation


def shown(talk: Conversation, text: str) -> str:
    return " ".join(reply.text for reply in talk.preview(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Flip a coin.", "coin.flip"),
        ("could you toss a coin for me", "coin.flip"),
        ("heads or tails?", "coin.flip"),
        ("flip three coins", "coin.flip"),
        ("flip a coin 10 times", "coin.flip"),
        ("do a coin toss", "coin.flip"),
        ("Roll a die.", "dice.roll"),
        ("roll a dice", "dice.roll"),
        ("roll two dice", "dice.roll"),
        ("roll a pair of dice", "dice.roll"),
        ("roll a d20", "dice.roll"),
        ("roll a twenty-sided die", "dice.roll"),
        ("roll 3d6", "dice.roll"),
        ("3d6", "dice.roll"),
        ("roll 2d6 plus 3", "dice.roll"),
        ("throw the dice", "dice.roll"),
        ("Pick a number between 1 and 10.", "number.random"),
        ("give me a random number", "number.random"),
        ("pick a number from one to a hundred", "number.random"),
        ("random number between five and fifteen", "number.random"),
        ("think of a number", "number.random"),
        ("give me a number between minus 5 and 5", "number.random"),
        ("pick one: pizza or pasta", "choice.pick"),
        ("choose between the bus and the train", "choice.pick"),
        ("can you choose tea or coffee for me", "choice.pick"),
        ("decide for me: stay or go", "choice.pick"),
        ("Tell me a joke.", "joke.tell"),
        ("do you know any good jokes", "joke.tell"),
        ("make me laugh", "joke.tell"),
        ("joke", "joke.tell"),
        ("tell me a joke about cats", "joke.tell"),
        ("tell me a dad joke", "joke.tell"),
        ("say something funny", "joke.tell"),
        ("tell me a fun fact", "fact.tell"),
        ("give me a random fact", "fact.tell"),
        ("tell me a fact about space", "fact.tell"),
        ("tell me something interesting", "fact.tell"),
        ("surprise me", "fact.tell"),
    ],
)
def test_understood(still: Conversation, text: str, name: str) -> None:
    assert name_of(still, text) == name


@pytest.mark.parametrize(
    "text",
    [
        "what is a coin",
        "who invented dice",
        "what are the odds of heads",
        "tell me about coin flips",
        "flip the switch",
        "roll over",
        "roll the credits",
        "what is a random variable",
        "what's the biggest number",
        "pick me up at five",
        "pick up milk or bread",
        "choose a movie",
        "how do I choose between an iphone or a samsung",
        "should I take the bus or the train",
        "is tea or coffee healthier",
        "the bus or the train",
        "why did they choose war or peace",
        "pick a card",
        "call it a day",
        "what's a joke",
        "why are jokes funny",
        "is this a joke",
        "did you get my joke",
        "tell me about jokes in Shakespeare",
        "who tells the best jokes",
        "what is a fact",
        "is it a fact that the earth is round",
        "what are the facts of the case",
        "tell me the facts about napoleon's invasion",
        "tell me a fact about napoleon",
        "tell me something about your family",
        "the joke is on you",
        "what number am i thinking of",
        "what is the number of the police",
        "give me the number of a taxi",
        "what's my lucky number",
    ],
)
def test_left_to_others(still: Conversation, text: str) -> None:
    own = ("coin.flip", "dice.roll", "number.random", "choice.pick", "joke.tell", "fact.tell")
    assert name_of(still, text) not in own


def test_a_coin_is_fair_and_again_flips_it(talk: Conversation) -> None:
    said = [talk.converse("flip a coin").answer]
    for again in ("another one", "again", "once more", "flip it again") * 25:
        turn = talk.converse(again)
        assert turn.decision is not None
        assert turn.decision.name == "coin.flip"
        said.append(turn.answer)
    counted = Counter(said)
    assert set(counted) == {HEADS, TAILS}
    assert 30 <= counted[HEADS] <= 71  # outside it once in 20,000 fair runs; the seed is fixed


def test_several_coins(talk: Conversation) -> None:
    three = talk.converse("flip three coins").answer
    assert re.fullmatch(r"(Heads|Tails), (heads|tails), (heads|tails)\.", three)
    ten = re.fullmatch(r"(\w+) heads and (\w+) tails\.", talk.converse("flip 10 coins").answer)
    assert ten is not None
    assert NUMBERS[ten[1].lower()] + NUMBERS[ten[2]] == 10
    assert talk.converse("flip 500 coins").answer == TOO_MANY


def test_dice(talk: Conversation) -> None:
    rolled = {talk.converse("roll a die").answer for _ in range(80)}
    assert rolled == {f"It's {cardinal(number)}." for number in range(1, 7)}
    assert rolled <= set(talk.all_fixed_texts())
    for _ in range(20):
        two = re.fullmatch(r"(\w+) and (\w+): (\w+) in all\.", talk.converse("roll 2 dice").answer)
        assert two is not None
        values = [NUMBERS[word.lower()] for word in two.groups()]
        assert values[0] + values[1] == values[2]
        more = talk.converse("roll 2d6 plus 3").answer
        found = re.fullmatch(r"(\w+) and (\w+) plus three: ([\w-]+) in all\.", more)
        assert found is not None
        values = [NUMBERS[word.lower()] for word in found.groups()]
        assert values[0] + values[1] + 3 == values[2]
    assert talk.converse("roll 500 dice").answer == TOO_MANY
    assert talk.converse("roll a 1 sided die").answer == NO_SUCH_DIE
    assert talk.converse("roll a 5000 sided die").answer == NO_SUCH_DIE


def test_numbers_stay_between_their_bounds(talk: Conversation) -> None:
    drawn = {talk.converse("pick a number between 1 and 3").answer for _ in range(60)}
    assert drawn == {"One.", "Two.", "Three."}
    drawn = {talk.converse("pick a number between 3 and 1").answer for _ in range(60)}
    assert drawn == {"One.", "Two.", "Three."}
    assert talk.converse("random number between minus 5 and minus 5").answer == "Minus five."
    for _ in range(40):
        assert 1 <= NUMBERS[talk.converse("random number").answer.lower()[:-1]] <= 100


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("pick one: pizza or pasta", ("pizza", "pasta")),
        ("Pick one: pizza, pasta or salad.", ("pizza", "pasta", "salad")),
        ("pick one of pizza, pasta, and salad", ("pizza", "pasta", "salad")),
        ("Choose between the bus and the train.", ("the bus", "the train")),
        ("choose between rock and roll or jazz", ("rock and roll", "jazz")),
        ("Help me choose between Anna and Ben", ("Anna", "Ben")),
        ("please choose tea or coffee for me", ("tea", "coffee")),
        ("decide for me: stay or go", ("stay", "go")),
        ("select either red or blue, please", ("red", "blue")),
        ("should I take the bus or the train", ()),
        ("pick up milk or bread", ()),
        ("choose a movie", ()),
        ("choose pizza", ()),
        ("choose who or what to believe", ()),
        ("choose or lose", ()),
        ("", ()),
    ],
)
def test_options(text: str, options: tuple[str, ...]) -> None:
    assert read_options(text) == options


def test_a_choice_takes_each_option(talk: Conversation) -> None:
    talk.converse("pick one: pizza, pasta or salad")
    assert {talk.converse("again").answer for _ in range(40)} == {"Pizza.", "Pasta.", "Salad."}


@given(st.text(max_size=60))
def test_no_text_breaks_the_options(text: str) -> None:
    assert len(read_options(f"choose between {text}")) != 1


@pytest.mark.parametrize(("kind", "tellings"), [("joke", JOKES), ("fact", FACTS)])
def test_none_is_told_twice_before_all_were(
    talk: Conversation, kind: str, tellings: tuple[object, ...]
) -> None:
    said = [talk.converse(f"tell me a {kind}").answer]
    said += [talk.converse("another one").answer for _ in range(2 * len(tellings) - 1)]
    half = len(tellings)
    assert len(set(said[:half])) == half
    assert sorted(said[half:]) == sorted(said[:half])
    assert set(said) <= set(talk.all_fixed_texts())


def test_there_are_enough_and_they_are_short() -> None:
    assert len(JOKES) >= 60
    assert len(FACTS) >= 80
    for one in (*JOKES, *FACTS):
        assert 4 <= len(one.text.split()) <= 26, one.text
        assert one.text[-1] in ".!?"
        assert not any(char.isdigit() for char in one.text)
    texts = [one.text for one in (*JOKES, *FACTS)]
    assert len(texts) == len(set(texts))
    assert len({one.key for one in (*JOKES, *FACTS)}) == len(texts)


def test_a_joke_about_something(talk: Conversation) -> None:
    told = talk.converse("tell me a joke about cats").answer
    assert "cat" in told.lower()
    another = talk.converse("another one").answer
    assert "cat" in another.lower()
    assert another != told
    turn = talk.converse("tell me a joke about tax returns")
    assert turn.replies[0].text == NONE_ABOUT_THAT
    assert turn.replies[1].text in {one.text for one in JOKES}
    fact = talk.converse("tell me a fact about the moon").answer
    assert any(fact == one.text and one.is_about("moon") for one in FACTS)


def test_chance_is_the_same_in_a_turn_and_another_in_the_next(talk: Conversation) -> None:
    for text in (
        "flip 6 coins",
        "roll 5 dice",
        "random number",
        "tell me a joke",
        "tell me a fact",
        "pick one: a, b, c, d, e, f or g",
    ):
        before = talk.talk
        previews = {shown(talk, text) for _ in range(50)}
        assert len(previews) == 1
        assert talk.talk == before
        assert talk.converse(text).answer == previews.pop()
        assert len({talk.converse(text).answer for _ in range(20)}) > 1


def test_chance_differs_between_sessions(tmp_path: Path) -> None:
    said = set()
    for seed in range(4):
        with talking(tmp_path, seed=seed) as talk:
            said.add(talk.converse("pick a number between 1 and 1000000").answer)
    assert len(said) == 4


def test_a_turn_that_was_withdrawn_gets_the_same_chance(talk: Conversation) -> None:
    decision = talk.decide("roll 5 dice")
    assert decision is not None
    talk.commit(decision)
    talk.withdraw(decision)
    again = talk.decide("roll 5 dice")
    assert again is not None
    assert again.replies == decision.replies


def test_again_repeats_what_has_no_other_one(talk: Conversation) -> None:
    talk.converse("what is 2 plus 2")
    turn = talk.converse("again")
    assert turn.decision is not None
    assert turn.decision.name == "talk.repeat"
    assert turn.answer == "2 plus 2 is 4."
    assert turn.spoken == "two plus two is four."
