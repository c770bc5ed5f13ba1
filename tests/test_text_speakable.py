"""Written text becomes text that a voice can say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.en.speakable import speakable


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("**Bold** and *it* and `code`.", "Bold and it and code."),
        ("# Heading", "Heading"),
        ("- item one", "item one"),
        ("1. First", "one: First"),
        ("| a | b |", "a, b."),
        ("|---|---|", ""),
        ("```python\nprint(1)\n```", ""),
        ("See [the docs](https://x.org/a).", "See the docs."),
        ("Go to https://www.example.org/abc?x=1.", "Go to example dot org."),
        ("Hello 😀!", "Hello!"),
        ("😀", ""),
        ("It is 3.5 km away.", "It is three point five kilometers away."),
        ("1 km", "one kilometer"),
        ("It is 20 °C.", "It is twenty degrees Celsius."),
        ("-5°C", "minus five degrees Celsius"),
        ("50 %", "fifty percent"),
        ("50%", "fifty percent"),
        ("$4.99", "four dollars and ninety-nine cents"),
        ("$1", "one dollar"),
        ("€5 million", "five million euros"),
        ("at 10:30", "at ten thirty"),
        ("at 5:00 PM", "at five PM"),
        ("the 1990s", "the nineteen nineties"),
        ("the 1st and 22nd", "the first and twenty-second"),
        ("1,000,000 people", "one million people"),
        ("in 1984", "in nineteen eighty-four"),
        ("5-10 people", "five to ten people"),
        ("fruit, e.g. apples", "fruit, for example apples"),
        ("salt & pepper", "salt and pepper"),
        ("tea w/ milk", "tea with milk"),
        ("60 km/h", "sixty kilometers per hour"),
        ("5 m²", "five square meters"),
        ("nice — very", "nice, very"),
        ("2*3=6", "two times three equals six"),
        ("Dr. Who and Mr. T", "Doctor Who and Mister T"),
        ("at 5 p.m. on Monday", "at five PM on Monday"),
        ("code 007", "code zero zero seven"),
        ("v1.2.3", "version one point two point three"),
        ("me@example.com", "me at example dot com"),
        ("well-known co-op", "well-known co-op"),
        ("It's fine, isn't it?", "It's fine, isn't it?"),
    ],
)
def test_speakable(written: str, spoken: str) -> None:
    assert speakable(written) == spoken


@given(st.text(max_size=120))
def test_nothing_is_left_that_a_voice_would_spell_out(text: str) -> None:
    spoken = speakable(text)
    assert not set(spoken) & set("*`#|<>[]{}\\^~_\n")
    assert not any(c in "0123456789" for c in spoken)


@pytest.mark.parametrize("text", ["Hello there.", "I live here, on this laptop.", "Really?"])
def test_plain_speech_is_left_alone(text: str) -> None:
    assert speakable(text) == text
