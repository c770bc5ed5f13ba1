"""Requests of many slots that were misheard: how they are read, offered and weighed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.assemble.loading import make_conversation
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.flows import flow
from assistant.hearing.known import LEAST_GAIN, LEAST_OF_ALL, LEAST_WHOLE_GAIN, MORE_AMISS, choose
from assistant.hearing.scoring import Scored
from assistant.language.en.normalise import normalise, with_repeats
from assistant.language.en.phones import NONE, PHONES, costs
from assistant.language.en.sounds import sound
from assistant.language.likeness import distances, rows_of
from assistant.language.spans import spans, vocabulary
from assistant.language.whole import WholeReading
from assistant.talk.conversation import Conversation
from assistant.talk.flow import Flow
from assistant.talk.many_slots import ManySlots
from assistant.talk.request import read_request
from assistant.talk.slot_readings import likeliest, readings
from assistant.testing import converse

BARISTA = Path(__file__).parents[1] / "examples" / "barista.py"
NOW = datetime(2026, 3, 4, 15, 20, tzinfo=timezone(timedelta(hours=1)))
MOST, FARTHEST = 3, 0.3


Dish = Literal["pizza", "cheese pizza", "pasta"]
Size = Literal["small", "large"]
On = Literal["mushrooms", "extra olives"]


def made() -> Flow:
    """A flow for pizzas."""

    @flow("(i want|bring me) *", "[a] [*] {dish} with *", anywhere=["dish", "size", "on"])
    def pizza(dish: Dish | None = None, size: Size | None = None, on: On | None = None) -> str:
        return "Coming."

    assert isinstance(pizza, Flow)
    return pizza


@pytest.fixture(scope="module")
def pizzas() -> ManySlots:
    return ManySlots(made())


def read(slots: ManySlots, *texts: str) -> list[str]:
    return [" ".join(one.words) for one in likeliest([slots], texts, MOST, FARTHEST)]


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("I want a large peter with mushrooms.", "I want a large pizza with mushrooms"),
        ("Bring me a small cheese beads, sir.", "Bring me a small cheese pizza"),
        ("Pring me a large pasta.", "bring me a large pasta"),
        ("I want a larch pasta with extra all of us.", "I want a large pasta with extra olives"),
        ("I want a large-pasta was mushrooms.", "I want a large pasta with mushrooms"),
    ],
)
def test_what_was_misheard_is_read_with_the_options_that_it_sounds_like(
    pizzas: ManySlots, heard: str, meant: str
) -> None:
    assert read(pizzas, heard)[0] == meant


@pytest.mark.parametrize(
    "heard",
    [
        "I want a large pizza without mushrooms.", "I want a large pizza with no mushrooms.",
        "I want a larch pizza, no extra olives.", "Don't bring me a large peter.",
    ],
)  # fmt: skip
def test_what_is_refused_is_not_read_as_what_is_wanted(pizzas: ManySlots, heard: str) -> None:
    assert read(pizzas, heard) == []


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("I want a large pizza without mushrooms.", {"dish": "pizza", "size": "large"}),
        ("I want a pizza with no extra olives", {"dish": "pizza"}),
        ("I want large pasta, no mushrooms or extra olives", {"dish": "pasta", "size": "large"}),
        ("I want a pizza with mushrooms.", {"dish": "pizza", "on": "mushrooms"}),
    ],
)  # fmt: skip
def test_what_is_refused_fills_no_slot(said: str, slots: dict[str, str]) -> None:
    assert made().read(read_request(said, NOW)) == slots


def test_the_other_ways_in_which_it_was_heard_are_read_too(pizzas: ManySlots) -> None:
    heard = "I want a telephone.", "I want a small pasta."
    assert "I want a small pasta" not in read(pizzas, heard[0])
    assert read(pizzas, *heard)[0] == "I want a small pasta"


def test_nothing_is_read_where_nothing_is_amiss(pizzas: ManySlots) -> None:
    plain = "Bring me a large cheese pizza with mushrooms."
    assert readings(pizzas, plain, MOST, FARTHEST)[0].far < 1e-3
    assert read(pizzas, plain, "Bring me a large cheese peter.") == []


@pytest.mark.parametrize(
    "heard",
    [
        "", "…", "I want to know who painted it.", "Bring me the newspaper of last Sunday.",
        "What is the best way to cook for many people?", "I want " + "a large pizza and " * 20,
    ],
)  # fmt: skip
def test_other_requests_are_not_read(pizzas: ManySlots, heard: str) -> None:
    assert read(pizzas, heard) == []


def test_a_beginning_that_is_only_near_is_none_where_no_word_of_an_option_was_heard(
    pizzas: ManySlots,
) -> None:
    assert read(pizzas, "Pring me a larch pasta.")[0] == "bring me a large pasta"
    assert read(pizzas, "Pring me a larch pastor.") == []
    assert read(pizzas, "Bring me a larch pastor.")[0] == "Bring me a large pasta"


def test_a_slot_is_filled_once(pizzas: ManySlots) -> None:
    (first, *_) = read(pizzas, "I want a small large pizzer.") or [""]
    assert not {"small", "large"} <= set(first.split())


def test_a_template_without_a_place_begins_nothing() -> None:
    @flow("bring lunch", "bring me *", anywhere=["dish"])
    def lunch(dish: Dish | None = None) -> str:
        return "Coming."

    slots = ManySlots(lunch)
    assert not slots.is_open
    assert slots.beginnings == (("bring", "me"),)
    assert ManySlots(made()).is_open


def test_slots_without_options_are_no_fault() -> None:
    @flow("* tea [in {length}]", anywhere=["length"])
    def tea(length: timedelta | None = None) -> str:
        return "Ready."

    slots = ManySlots(tea)
    assert slots.beginnings == ()
    assert slots.is_open
    assert read(slots, "Some tea in ten minutes.") == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, len(PHONES) - 1), min_size=1, max_size=12).map(bytes),
    st.lists(st.sampled_from(["pizza", "a", "mushrooms"]), min_size=1, max_size=3),
)
def test_a_span_is_as_far_as_the_same_sounds_alone(heard: bytes, words: list[str]) -> None:
    sounds = [sound(one) for one in words]
    found = spans(heard, range(len(heard)), vocabulary(sounds, costs()))
    for begin in range(len(heard)):
        for length in range(1, found.shape[1]):
            part = heard[begin : begin + length]
            if begin + length > len(heard):
                assert np.isinf(found[begin, length]).all()
            else:
                alone = distances(part, [*range(length)], rows_of(sounds, NONE), costs()).total
                assert found[begin, length] == pytest.approx(alone, abs=1e-4)


@pytest.fixture(scope="module")
def barista() -> Iterator[Conversation]:
    hands = HandsThread()
    yield make_conversation(Config(), None, hands=hands, now=lambda: NOW, files=[BARISTA])
    hands.close()


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Can I have a smaller tape with sore milk?", "Can I have a small latte with soy milk?"),
        ("I'd like a media rose capuchin oh.", "I'd like a medium roast cappuccino."),
        ("Bruce me a large express so.", "Brew me a large espresso."),
    ],
)
def test_an_order_is_offered_as_it_was_meant(barista: Conversation, heard: str, meant: str) -> None:
    offered = barista.candidates([heard])
    assert meant in offered[:3], offered
    assert isinstance(offered[offered.index(meant)], WholeReading)


@pytest.mark.parametrize(
    "heard",
    [
        "Can I have a small latte with soy milk?",
        "Make me a triple shot americano.",
        "I want a light rose latte.",  # the flow takes it for a light roast itself
        "Can I have a minute to think about it?",
        "Why is a cappuccino called so?",
        "I want to know how tall the tower is.",
    ],
)
def test_plain_orders_and_other_requests_cost_nothing(barista: Conversation, heard: str) -> None:
    assert not [one for one in barista.candidates([heard]) if isinstance(one, WholeReading)]


PIZZERIA = """
from typing import Annotated
from assistant.flows import choice, flow

Dish = Annotated[str, choice(["cheese pizza", "pasta"])]

@flow("i want *", anywhere=["dish"])
def pizza(dish: Dish | None = None):
    return f"One {dish}." if dish else None
"""


def test_a_flow_that_declines_takes_no_readings_from_another(tmp_path: Path) -> None:
    first = tmp_path / "a_pizzeria.py"
    first.write_text(PIZZERIA)
    hands = HandsThread()
    both = make_conversation(Config(), None, hands=hands, now=lambda: NOW, files=[first, BARISTA])
    offered = both.candidates(["I want a larch latte with sore milk."])
    hands.close()
    assert "I want a large latte with soy milk." in offered


def test_an_order_without_something_is_one_without_it() -> None:
    with converse(flows=BARISTA) as talk:
        answer = talk.say("Can I have a small latte without milk?")
        assert answer == "One small latte, is that right?"


def test_twice_the_same_word_fills_two_slots() -> None:
    with converse(flows=BARISTA) as talk:
        answer = talk.say("I want a medium, medium roast mocha.")
        assert answer == "One medium medium roast mocha, is that right?"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A medium, medium roast.", "a medium medium roast"),
        ("The the answer.", "the the answer"),
        ("Medium. Medium roast.", "medium roast"),
        ("A medium mediumish roast.", "a medium mediumish roast"),
        ("A large one.", "a large 1"),
    ],
)
def test_what_is_said_twice_in_a_row_stands_twice(text: str, words: str) -> None:
    assert with_repeats(normalise(text), text) == words


FREE = Scored("I want a large peter with much rooms.", (-0.5,) * 8)


def weighed(text: str, gain: float) -> str | None:
    """What is chosen where a text is so much likelier than `FREE`, by as many tokens."""
    choice = choose(FREE, [Scored(text, ((FREE.total + gain) / 8,) * 8)])
    return None if choice is None else choice.text


def test_a_whole_reading_may_be_less_likely_and_less_still_where_more_is_amiss() -> None:
    once = "I want a large pizza with much rooms."
    twice = "I want a large pizza with mushrooms."  # three words: "peter", "much rooms"
    assert weighed(once, LEAST_GAIN - 1) is None
    assert weighed(WholeReading(once), LEAST_WHOLE_GAIN + 0.01) == once
    assert weighed(WholeReading(once), LEAST_WHOLE_GAIN - 0.01) is None
    least = LEAST_WHOLE_GAIN + 2 * MORE_AMISS
    assert weighed(WholeReading(twice), least + 0.01) == twice
    assert weighed(WholeReading(twice), least - 0.01) is None
    assert type(weighed(WholeReading(once), 0.0)) is str


def test_a_whole_reading_in_which_all_is_amiss_may_not_be_any_less_likely() -> None:
    other = WholeReading("Bring us six tiny green onions.")
    assert weighed(other, LEAST_OF_ALL + 0.01) == other
    assert weighed(other, LEAST_OF_ALL - 0.01) is None


def test_another_number_alone_must_be_likelier_in_a_whole_reading_too() -> None:
    free = Scored("I want a 12 ounce latte.", (-0.5,) * 8)
    other = WholeReading("I want a 20 ounce latte.")
    assert choose(free, [Scored(other, (-0.6,) * 8)]) is None
    assert choose(free, [Scored(other, (-0.4,) * 8)]) is not None
