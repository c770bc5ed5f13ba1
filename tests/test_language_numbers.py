"""Numbers as slots: as they are written and as they are said."""

from __future__ import annotations

from datetime import datetime

import pytest

from assistant.language.en.normalise import normalise
from assistant.language.en.slots import NUMBER

NOW = datetime(2026, 3, 4, 15, 20)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("2.5", 2.5),
        ("two point five", 2.5),
        ("minus three point one four", -3.14),
        ("seventeen", 17.0),
        ("zero point zero five", 0.05),
    ],
)
def test_a_number_is_read_to_its_last_digit(said: str, value: float) -> None:
    assert NUMBER.parse(normalise(said), NOW) == value
    assert NUMBER.find(normalise(f"make it {said} litres"), NOW) == (value, "make it litres")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("a hundred and twenty", "120"),
        ("a thousand two hundred", "1200"),
        ("a hundred ways", "a hundred ways"),
        ("half a million and two", "half a million and 2"),
        ("a one hundred and five page book", "a 105 page book"),
        ("a two", "a 2"),
    ],
)
def test_a_may_stand_for_one(said: str, words: str) -> None:
    assert normalise(said) == words


@pytest.mark.parametrize("said", ["two point", "point five", "seven up", "a few"])
def test_what_is_no_number_is_none(said: str) -> None:
    assert NUMBER.parse(normalise(said), NOW) is None
