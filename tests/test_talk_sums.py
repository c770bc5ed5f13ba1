"""Sums by voice: read, worked out exactly, told; and what is no sum."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.language.en.amounts import read_amount, say_number
from assistant.language.en.numbers import cardinal
from assistant.language.en.signs import list_words, sum_words
from assistant.language.en.sum_requests import read_sum_request
from assistant.talk.calculation import (
    BY_ZERO,
    MIXED,
    MOST_BITS,
    NOT_REAL,
    NOT_WHOLE,
    TOO_LARGE,
    SumError,
    Value,
    smallest_factor,
    work_out,
)
from assistant.talk.conversation import Conversation
from tests.talk_tools import name_of, talking


@pytest.fixture(name="talk")
def _talk(tmp_path: Path) -> Iterator[Conversation]:
    with talking(tmp_path) as conversation:
        yield conversation


@pytest.fixture(name="still", scope="module")
def _still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversation]:
    """A conversation in which nothing is committed."""
    with talking(tmp_path_factory.mktemp("still")) as conversation:
        yield conversation


def result(text: str) -> Value:
    """The value of the sum in `text`."""
    request = read_sum_request(text)
    assert request is not None, text
    return work_out(request.tree)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("What is 15 percent of 80?", 12),
        ("What's 15% of 80?", 12),
        ("What's 245 times 17?", 4165),
        ("What is 245 x 17?", 4165),
        ("What is 245×17", 4165),
        ("What is 100,000 times 3?", 300_000),
        ("what is one hundred thousand times three", 300_000),
        ("What's 12 squared?", 144),
        ("What is 12²?", 144),
        ("five cubed", 125),
        ("2 to the power of 10", 1024),
        ("two to the tenth power", 1024),
        ("what is 2 to the tenth", 1024),
        ("2^10", 1024),
        ("what is four raised to the third power", 64),
        ("The square root of 144.", 12),
        ("√144", 12),
        ("what's the cube root of 27", 3),
        ("the fourth root of 81", 3),
        ("a third of 90", 30),
        ("three quarters of 60", 45),
        ("What is 3/4 of 60?", 45),
        ("¾ of 60", 45),
        ("two thirds of ninety", 60),
        ("7 minus 12", -5),
        ("7 - 12", -5),
        ("minus five times minus three", 15),
        ("5 plus 3 times 2", 11),
        ("5 + 3 × 2 =", 11),
        ("(5 + 3) × 2", 16),
        ("((1+2)*3)^2", 81),
        ("what's half of fifty", 25),
        ("what is half 50", 25),
        ("add 12 and 30", 42),
        ("add 12 to 30", 42),
        ("add twenty, five and 1", 26),
        ("subtract 15 from 60", 45),
        ("take 15 away from 60", 45),
        ("multiply seven by thirteen", 91),
        ("divide 100 by 8", Fraction(25, 2)),
        ("divide the result of that", None),
        ("double 64", 128),
        ("triple 5", 15),
        ("half of 86 plus 1", 44),
        ("square 12", 144),
        ("what is 20 percent off 50", 40),
        ("50 with a 20 percent discount", 40),
        ("increase 200 by 15 percent", 230),
        ("reduce 200 by 15 percent", 170),
        ("50 plus 10 percent", 55),
        ("50 minus 10 percent", 45),
        ("10 percent plus 5 percent", Fraction(15, 100)),
        ("ten percent of fifty percent of 80", 4),
        ("seven factorial", 5040),
        ("What is 7!", 5040),
        ("the factorial of 5", 120),
        ("average of 4, 8 and 15", 9),
        ("what's the average of twenty, five, and eleven", 12),
        ("the sum of 3, 4 and 5", 12),
        ("the product of 6 and 7", 42),
        ("the difference between 34 and 90", 56),
        ("the remainder of 17 divided by 5", 2),
        ("17 mod 5", 2),
        ("how many times does 7 go into 42", 6),
        ("what is point five times eight", 4),
        ("what is .5 times 8", 4),
        ("three point one four times two", Fraction("6.28")),
        ("2.5 million times 4", 10_000_000),
        ("half a million plus 2", 500_002),
        ("a hundred and five plus twenty", 125),
        ("one hundred and five plus twenty", 125),
        ("two and a half times four", 10),
        ("a dozen times a dozen", 144),
        ("1/2 + 1/4", Fraction(3, 4)),
        ("12 over 4", 3),
        ("12 over 2 squared", 3),
        ("twelve divided by three minus one", 3),
        ("what do you get when you multiply 7 by 8", 56),
        ("could you please tell me what 5 plus 5 is?", 10),
        ("How much is thirty-five plus forty-eight?", 83),
        ("calculate 18 percent of 250", 45),
        ("8 times 7 is what", 56),
        ("what percentage of 80 is 20", 25),
        ("20 is what percent of 80", 25),
        ("what is 20 as a percentage of 80", 25),
        ("9 to the power of one half", 3),
        ("2 to the power of minus 1", Fraction(1, 2)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("ten thousand divided by 10", 1000),
        ("I want to know what 17 times 3 is", 51),
        ("sum 4 and 5", 9),
        ("what is negative 3 squared", -9),
    ],
)
def test_spoken_sum(text: str, value: int | Fraction | None) -> None:
    if value is None:
        assert read_sum_request(text) is None
        return
    assert result(text).value == value
    assert result(text).is_exact


OPERATIONS = {
    "plus": lambda a, b: Fraction(a + b),
    "minus": lambda a, b: Fraction(a - b),
    "times": lambda a, b: Fraction(a * b),
    "multiplied by": lambda a, b: Fraction(a * b),
    "divided by": lambda a, b: Fraction(a, b),
    "over": lambda a, b: Fraction(a, b),
}


def with_and(words: str) -> str:
    """The British way: "one hundred and five"."""
    parts = words.split()
    spoken: list[str] = []
    for at, word in enumerate(parts):
        spoken.append(word)
        scales = ("thousand", "million", "billion")
        if word == "hundred" and at + 1 < len(parts) and parts[at + 1] not in scales:
            spoken.append("and")
    return " ".join(spoken)


@settings(deadline=None, max_examples=300)
@given(
    a=st.integers(-(10**9), 10**9),
    b=st.integers(0, 10**9),
    operation=st.sampled_from(sorted(OPERATIONS)),
    is_british=st.booleans(),
    frame=st.sampled_from(["{}", "what is {}", "How much is {}?", "calculate {}", "{} equals"]),
)
def test_any_two_whole_numbers_in_words(
    a: int, b: int, operation: str, is_british: bool, frame: str
) -> None:
    said = [cardinal(a), cardinal(b)]
    if is_british:
        said = [with_and(words) for words in said]
    text = frame.format(f"{said[0]} {operation} {said[1]}")
    if b == 0 and operation in ("divided by", "over"):
        with pytest.raises(SumError, match=BY_ZERO):
            result(text)
        return
    assert result(text).value == OPERATIONS[operation](a, b)


@settings(deadline=None, max_examples=100)
@given(a=st.integers(0, 10**9), b=st.integers(1, 10**9), sign=st.sampled_from("+-×÷*/"))
def test_any_two_whole_numbers_in_digits(a: int, b: int, sign: str) -> None:
    expected = {
        "+": Fraction(a + b), "-": Fraction(a - b), "×": Fraction(a * b), "*": Fraction(a * b),
        "÷": Fraction(a, b), "/": Fraction(a, b),
    }[sign]  # fmt: skip
    assert result(f"What's {a:,} {sign} {b:,}?").value == expected


@settings(deadline=None, max_examples=200)
@given(text=st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    request = read_sum_request(text)
    if request is not None:
        with suppress(SumError):
            assert work_out(request.tree, Value(Fraction(2))).bits <= MOST_BITS


@pytest.mark.parametrize(
    "text",
    [
        "what is the square root in biology",
        "why is the sky blue",
        "what is 5",
        "what is 50 percent",
        "what's half",
        "half five",
        "what is the meaning of 42",
        "call 555-1234",
        "the war was 1914-1918-1920",
        "what is 24 7",
        "what's a third party",
        "how many people live in two thirds of the world",
        "set a timer for five minutes",
        "add five minutes to the timer",
        "add 2 eggs to the shopping list",
        "divide and conquer",
        "who scored 3 times in the final",
        "what is the power of love",
        "what is 9 to 5",
        "is 7 eleven open",
        "is it even possible",
        "times square",
        "what's half life 2",
        "the first 2 of them",
        "tell me about the square of opposition",
        "how much is 5 bananas times 3",
        "2 plus",
        "plus",
        "what is plus size",
        "why is 2 plus 2 4",
        "how do you multiply fractions by 3",
        "what does 100 percent cotton mean",
        "is a third of the earth desert",
        "what is 3 of 5",
        "remind me at 5 plus 3 others",
        "how old is a 12 year old times square",
        "what is one of the seven wonders",
        "take two minutes off the timer",
        "what's the 10 percent rule",
        "what is the average of the class of 20",
        "the sum of all fears 2",
        "split the 2 of them up",
        "what's 3 point 5 stars",
    ],
)
def test_no_sum(still: Conversation, text: str) -> None:
    assert name_of(still, text) != "sum.calculate"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("5 divided by 0", BY_ZERO),
        ("five divided by zero", BY_ZERO),
        ("0 to the power of minus 1", BY_ZERO),
        ("5 mod 0", BY_ZERO),
        ("9 to the power of 9 to the power of 9", TOO_LARGE),
        ("2 to the power of 100000", TOO_LARGE),
        ("1.0001 to the power of 1000000000", TOO_LARGE),
        ("1000 factorial", TOO_LARGE),
        ("170 factorial times 170 factorial to the power of 9", TOO_LARGE),
        ("square root of minus 4", NOT_REAL),
        ("minus 1 factorial times 1", None),
        ("the factorial of 2.5", NOT_WHOLE),
        ("5 dollars plus 3 euros", MIXED),
        ("5 dollars times 3 dollars", MIXED),
        ("is 1000000000000000000 prime", TOO_LARGE),
    ],
)
def test_limits_are_told(talk: Conversation, text: str, sentence: str | None) -> None:
    turn = talk.converse(text)
    assert turn.decision is not None
    assert turn.decision.name == "sum.calculate"
    if sentence is not None:
        assert turn.answer == sentence
        assert sentence in talk.all_fixed_texts()


def test_a_tower_of_powers_costs_nothing() -> None:
    import time

    start = time.perf_counter()
    with pytest.raises(SumError):
        result("what is 9 to the power of 9 to the power of 9 to the power of 9")
    assert result("1 to the power of 1000000000").value == 1
    assert result("minus 1 times 1 to the power of 1000001").value == -1
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("text", "answer", "spoken"),
    [
        (
            "What's 245 times 17?",
            "245 times 17 is 4,165.",
            "Two hundred forty-five times seventeen is four thousand one hundred sixty-five.",
        ),
        ("ten divided by three", "10 divided by 3 is about 3.33.",
         "Ten divided by three is about three point three three."),
        ("add 12 and 30", "That's 42.", "That's forty-two."),
        ("7 minus 12", "7 minus 12 is -5.", "Seven minus twelve is minus five."),
        ("square root of 2", "Square root of 2 is about 1.41.",
         "Square root of two is about one point four one."),
        ("1 divided by 800", "1 divided by 800 is about 0.00125.",
         "One divided by eight hundred is about zero point zero zero one two five."),
        ("25 factorial", "25 factorial is about 1.55 × 10^25.",
         "Twenty-five factorial is about one point five five times ten to the power of "
         "twenty-five."),
        ("What's an 18% tip on $42?",
         "The tip is 7 dollars and 56 cents, which makes 49 dollars and 56 cents in all.",
         "The tip is seven dollars and fifty-six cents, which makes forty-nine dollars and "
         "fifty-six cents in all."),
        ("tip of 18 percent on 42 dollars",
         "The tip is 7 dollars and 56 cents, which makes 49 dollars and 56 cents in all.", None),
        ("what is 20% of $50", "20 percent of 50 dollars is 10 dollars.", None),
        ("split 90 dollars between 4 people", "That's 22 dollars and 50 cents.", None),
        ("100 dollars divided by 3", "100 dollars divided by 3 is about 33 dollars and 33 cents.",
         None),
        ("what percentage of 80 is 20", "20 is 25 percent of 80.",
         "Twenty is twenty-five percent of eighty."),
        ("is 17 prime", "Yes, 17 is a prime number.", "Yes, seventeen is a prime number."),
        ("is 91 a prime number", "No, 91 is 7 times 13.", None),
        ("is 1 prime", "No, 1 is not a prime number.", None),
        ("is 12 even", "Yes, 12 is even.", None),
        ("is 12 odd", "No, 12 is even.", None),
        ("is 12 divisible by 5", "No, 12 is not divisible by 5.", None),
        ("three point one four times two", "3.14 times 2 is 6.28.",
         "Three point one four times two is six point two eight."),
        ("what is 5 minutes times 3", "5 minutes times 3 is 15 minutes.", None),
    ],
)  # fmt: skip
def test_answer(talk: Conversation, text: str, answer: str, spoken: str | None) -> None:
    turn = talk.converse(text)
    assert turn.answer == answer
    if spoken is not None:
        assert turn.spoken == spoken
    assert not any(char.isdigit() for char in turn.spoken)
    assert turn.replies[0].source == "tool"


def test_it_goes_on_with_the_last_result(talk: Conversation) -> None:
    said = [
        ("what is 12 squared", "12 squared is 144."),
        ("times two", "That's 288."),
        ("and plus five", "That's 293."),
        ("minus 3", "That's 290."),
        ("half of that", "That's 145."),
        ("divide it by 5", "That's 29."),
        ("double it", "That's 58."),
        ("add 6", "That's 64."),
        ("what's the square root of that", "That's 8."),
        ("squared", "That's 64."),
        ("that divided by 0", BY_ZERO),
    ]
    for text, answer in said:
        assert talk.converse(text).answer == answer, text


def test_nothing_to_go_on_with(talk: Conversation) -> None:
    for text in ("times two", "and plus five", "half of that", "double it", "add 6", "squared"):
        assert name_of(talk, text) != "sum.calculate"
    talk.converse("what is 12 squared")
    talk.converse("what time is it")
    assert name_of(talk, "times two") != "sum.calculate"


def test_a_result_that_failed_is_nothing_to_go_on_with(talk: Conversation) -> None:
    talk.converse("5 divided by 0")
    assert name_of(talk, "times two") != "sum.calculate"


def test_previews_change_nothing(talk: Conversation) -> None:
    talk.converse("what is 12 squared")
    before = talk.talk
    texts = {" ".join(reply.text for reply in talk.preview("times two")) for _ in range(50)}
    assert texts == {"That's 288."}
    assert talk.talk == before


def test_slots_say_what_was_asked(talk: Conversation) -> None:
    decision = talk.decide("What is 15% of 80?")
    assert decision is not None
    assert decision.slots == {"sum": "What is 15% of 80?"}


@pytest.mark.parametrize(
    ("words", "value", "used"),
    [
        ("5", 5, 1),
        ("3 point 1 4", Fraction("3.14"), 4),
        ("point 5", Fraction(1, 2), 2),
        ("half", Fraction(1, 2), 1),
        ("a half of", Fraction(1, 2), 2),
        ("2 thirds", Fraction(2, 3), 2),
        ("3 and a half", Fraction(7, 2), 4),
        ("1 1 over 2 cups", Fraction(3, 2), 4),
        ("2 and a half million", 2_500_000, 5),
        ("a quarter of a million", 250_000, 5),
        ("a hundred and 5", 105, 4),
        ("2 million 300 thousand", 2_300_000, 4),
        ("2 dozen", 24, 2),
    ],
)
def test_amounts(words: str, value: int | Fraction, used: int) -> None:
    amount = read_amount(words.split())
    assert amount is not None
    assert (amount.value, amount.used) == (value, used)


@pytest.mark.parametrize("words", ["", "a", "and 5", "the 5", "miles", "point", "3 point"])
def test_no_amounts(words: str) -> None:
    assert read_amount(words.split()) is None


@settings(deadline=None)
@given(value=st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**4))
def test_what_is_said_is_near(value: Fraction) -> None:
    said = say_number(value)
    shown = said.shown.removeprefix("about ").replace(",", "")
    number, _, power = shown.partition(" × 10^")
    heard = Fraction(number) * Fraction(10) ** int(power or 0)
    assert abs(heard - value) <= max(Fraction(1, 200), abs(value) / 100)
    assert said.shown.startswith("about ") or heard == value


def test_signs_become_words() -> None:
    assert sum_words("15% of $80") == "15 percent of 80 dollars"
    assert sum_words("It's 70°F") == "it is 70 degrees fahrenheit"
    assert sum_words("twenty-five minus 3") == "25 minus 3"
    assert sum_words("(a remark) without numbers") == "a remark without numbers"
    assert list_words("4, 8 and 1,500") == "4 comma 8 and 1500"


def test_primes() -> None:
    assert smallest_factor(999_999_999_989) == 999_999_999_989
    assert smallest_factor(91) == 7
    assert smallest_factor(0) is None
    assert smallest_factor(2) == 2
