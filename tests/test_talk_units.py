"""Units and currencies by voice: conversions, what goes on with them, and what is none."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.config import Config, MoneyConfig, config_from_dict
from assistant.errors import ConfigError
from assistant.language.en.units import (
    GRAMS_A_CUP,
    Unit,
    convert,
    read_quantity,
    unit_named,
    units_of,
)
from assistant.talk.conversation import Conversation
from assistant.talk.rates import RatesError, load_rates
from assistant.talk.tools.money import NO_RATES
from assistant.talk.tools.units import DIFFERENT, INTO_WHAT, NO_SUCH_UNIT
from tests.talk_tools import name_of, talking
from tests.talking import Talking


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
    ("text", "answer"),
    [
        ("How many seconds are in a week?", "There are 604,800 seconds in a week."),
        ("how many feet in 3 miles", "3 miles is 15,840 feet."),
        ("convert 5 miles to kilometers", "5 miles is about 8.05 kilometers."),
        ("Convert five miles into kilometres.", "5 miles is about 8.05 kilometers."),
        ("5 miles in km", "5 miles is about 8.05 kilometers."),
        ("how far is 10k in miles", "10 kilometers is about 6.21 miles."),
        ("what's 70 fahrenheit in celsius",
         "70 degrees Fahrenheit is about 21 degrees Celsius."),
        ("What's 70°F in Celsius?", "70 degrees Fahrenheit is about 21 degrees Celsius."),
        ("98.6 fahrenheit in celsius", "98.6 degrees Fahrenheit is 37 degrees Celsius."),
        ("minus 40 fahrenheit in celsius", "-40 degrees Fahrenheit is -40 degrees Celsius."),
        ("0 celsius in kelvin", "0 degrees Celsius is about 273 kelvin."),
        ("what's 350 degrees in celsius", "350 degrees Fahrenheit is about 177 degrees Celsius."),
        ("180 degrees celsius in fahrenheit", "180 degrees Celsius is 356 degrees Fahrenheit."),
        ("what is gas mark 4 in celsius", "Gas mark 4 is about 180 degrees Celsius."),
        ("what is gas mark 6 in fahrenheit", "Gas mark 6 is 400 degrees Fahrenheit."),
        ("what gas mark is 180 degrees celsius", "180 degrees Celsius is about gas mark 4."),
        ("how many ounces are there in a pound", "There are 16 ounces in a pound."),
        ("how many ounces in a cup", "There are 8 fluid ounces in a cup."),
        ("6 feet 2 in centimeters", "6 feet 2 inches is 187.96 centimeters."),
        ("six foot two in meters", "6 feet 2 inches is about 1.88 meters."),
        ("6'2\" in cm", "6 feet 2 inches is 187.96 centimeters."),
        ("2 hours 30 minutes in minutes", "2 hours 30 minutes is 150 minutes."),
        ("how many grams in a cup of flour", "There are about 120 grams in a cup of flour."),
        ("convert 2 cups of sugar to grams", "2 cups of sugar is about 400 grams."),
        ("how many cups is 200 grams of sugar", "200 grams of sugar is about 1 cup."),
        ("what does a cup of brown sugar weigh", "1 cup of brown sugar is about 213 grams."),
        ("how much does a cup of butter weigh in ounces",
         "1 cup of butter is about 8.01 ounces."),
        ("how many tablespoons in a quarter cup", "1/4 cup is 4 tablespoons."),
        ("how many tablespoons are in a third of a cup", "1/3 cup is 5 1/3 tablespoons."),
        ("how many teaspoons in a tablespoon", "There are 3 teaspoons in a tablespoon."),
        ("1 1/2 cups in ml", "1 1/2 cups is about 355 milliliters."),
        ("½ cup in milliliters", "1/2 cup is about 118 milliliters."),
        ("how many liters in a gallon", "There are about 3.79 liters in a US gallon."),
        ("how many cups in a gallon", "There are 16 cups in a gallon."),
        ("how many pints in an imperial gallon",
         "There are about 9.61 US pints in an imperial gallon."),
        ("how many minutes is two and a half hours", "2 1/2 hours is 150 minutes."),
        ("how long is 90 minutes in hours", "90 minutes is 1 1/2 hours."),
        ("how many days in a year", "A year has 365 days, a leap year 366."),
        ("how many days are in a month", "A month has 28 to 31 days, about 30.4 on average."),
        ("how many months in 2 years", "2 years is 24 months."),
        ("how many mm in a cm", "There are 10 millimeters in a centimeter."),
        ("how many kilometers in a mile", "There are about 1.61 kilometers in a mile."),
        ("60 mph in km/h", "60 miles per hour is about 96.6 kilometers per hour."),
        ("how many acres in a square mile", "There are 640 acres in a square mile."),
        ("100 m² in square feet", "100 square meters is about 1,076 square feet."),
        ("a mile and a half in kilometers", "1.5 miles is about 2.41 kilometers."),
        ("how many inches does 2 meters have", "2 meters is about 78.7 inches."),
        ("how many megabytes in a gigabyte",
         "There are 1,000 megabytes in a gigabyte. Counted in powers of two it is 1,024."),
        ("how many bits in a byte", "There are 8 bits in a byte."),
        ("12 stone in kilos", "12 stone is about 76.2 kilograms."),
        ("how many feet and inches is 180 cm", "180 centimeters is about 5 feet 11 inches."),
        ("74 inches in feet and inches", "74 inches is 6 feet 2 inches."),
        ("200 minutes in hours and minutes", "200 minutes is 3 hours 20 minutes."),
        ("2 kilos in pounds and ounces", "2 kilograms is about 4 pounds 7 ounces."),
        ("how much does a liter of water weigh", "1 liter of water is about 1,000 grams."),
        ("what temperature is 180 c in fahrenheit",
         "180 degrees Celsius is 356 degrees Fahrenheit."),
        ("5 pounds in kilos", "5 pounds is about 2.27 kilograms."),
    ],
)  # fmt: skip
def test_conversion(still: Conversation, text: str, answer: str) -> None:
    assert name_of(still, text) == "unit.convert"
    assert shown(still, text) == answer


def test_it_is_spoken_in_words(still: Conversation) -> None:
    spoken = [
        ("how many tablespoons are in a third of a cup",
         "A third of a cup is five and a third tablespoons."),
        ("one and a half cups in ml",
         "One and a half cups is about three hundred fifty-five milliliters."),
        ("how many days in a year",
         "A year has three hundred sixty-five days, a leap year three hundred sixty-six."),
        ("minus 40 fahrenheit in celsius",
         "Minus forty degrees Fahrenheit is minus forty degrees Celsius."),
        ("how many megabytes in a gigabyte",
         "There are one thousand megabytes in a gigabyte. Counted in powers of two it is one "
         "thousand twenty-four."),
    ]  # fmt: skip
    for text, answer in spoken:
        assert " ".join(reply.said for reply in still.preview(text)) == answer


@pytest.mark.parametrize(
    "text",
    [
        "how many people in a mile high club",
        "how many miles in a gallon",
        "how much is a gallon of milk",
        "what is a foot in mouth",
        "how many calories in a cup of rice",
        "what time is it in 5 minutes",
        "how many days to christmas",
        "how many days are in february",
        "set a timer for 5 minutes",
        "turn 5 degrees to the left",
        "turn the heating to 20 degrees",
        "what is a light year",
        "how long is a mile",
        "how far is a mile run",
        "what is the temperature in here",
        "in inches",
        "what about 10 miles",
        "5 miles",
        "in a minute",
        "day to day",
        "change 5 minutes to 10 minutes",
        "how far is it in miles",
        "how many cups of coffee a day are healthy",
        "what is a kilometer",
        "why is a mile longer than a kilometer",
        "who invented the meter",
        "how many feet does a spider have",
        "how many days a week do you work",
        "convert my file to pdf",
        "convert to islam",
        "what is 5 in roman numerals",
        "how many hours should i sleep",
        "the second world war in a minute",
        "wake me in 8 hours",
        "what's the speed of light in water",
    ],
)
def test_no_conversion(still: Conversation, text: str) -> None:
    assert name_of(still, text) not in ("unit.convert", "money.convert")


def test_it_goes_on(talk: Conversation) -> None:
    said = [
        ("convert 5 miles to kilometers", "5 miles is about 8.05 kilometers."),
        ("and in meters?", "5 miles is about 8,047 meters."),
        ("what about 10 miles", "10 miles is about 16,093 meters."),
        ("and 2 feet", "2 feet is about 0.61 meters."),
        ("in inches", "2 feet is 24 inches."),
        ("in yards and feet", "2 feet is 2 feet."),
    ]
    for text, answer in said:
        assert talk.converse(text).answer == answer
    assert name_of(talk, "in kilograms") != "unit.convert"


def test_it_asks_into_what(talk: Conversation) -> None:
    assert talk.converse("convert 5 kilograms").answer == INTO_WHAT
    assert talk.converse("into bananas").answer == NO_SUCH_UNIT
    assert talk.converse("into pounds please").answer == "5 kilograms is about 11 pounds."
    assert talk.converse("convert 5 miles to kilograms").answer == DIFFERENT


def test_previews_change_nothing(talk: Conversation) -> None:
    talk.converse("convert 5 miles to kilometers")
    before = talk.talk
    assert {shown(talk, "and in meters") for _ in range(50)} == {"5 miles is about 8,047 meters."}
    assert {shown(talk, "convert 5 kilograms") for _ in range(50)} == {INTO_WHAT}
    assert talk.talk == before


KINDS = ("meter", "kilometer", "inch", "foot", "yard", "mile")


@settings(deadline=None)
@given(
    value=st.fractions(min_value=0, max_value=10**6, max_denominator=1000),
    names=st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)),
)
def test_there_and_back_is_exact(value: Fraction, names: tuple[str, str]) -> None:
    one, other = map(units_of, names)
    assert convert(convert(value, one, other), other, one) == value


@settings(deadline=None)
@given(value=st.fractions(min_value=-400, max_value=10**4, max_denominator=100))
def test_temperatures_there_and_back(value: Fraction) -> None:
    names = ("degree Celsius", "degree Fahrenheit", "kelvin")
    celsius, fahrenheit, kelvin = (unit_named(name.lower())[0] for name in names)
    there = convert(convert(value, celsius, fahrenheit), fahrenheit, kelvin)
    assert convert(there, kelvin, celsius) == value


@pytest.mark.parametrize(
    ("value", "one", "other", "result"),
    [
        # definitions, from NIST Handbook 44, appendix C
        ("1", "mile", "meter", "1609.344"),
        ("1", "pound", "gram", "453.59237"),
        ("1", "us gallon", "liter", "3.785411784"),
        ("1", "acre", "square meter", "4046.8564224"),
        ("1", "nautical mile", "meter", "1852"),
        ("1", "cubic foot", "liter", "28.316846592"),
        ("1", "us ton", "pound", "2000"),
        ("1", "stone", "pound", "14"),
        ("1", "cup", "tablespoon", "16"),
        ("3", "teaspoon", "tablespoon", "1"),
        ("1", "us gallon", "cubic inch", "231"),
        ("1", "square mile", "acre", "640"),
        ("1", "imperial gallon", "imperial pint", "8"),
        ("1", "gibibyte", "mebibyte", "1024"),
        ("1", "fathom", "foot", "6"),
        ("1", "barrel", "us gallon", "42"),
        ("212", "degree fahrenheit", "degree celsius", "100"),
    ],
)
def test_factors_are_definitions(value: str, one: str, other: str, result: str) -> None:
    pairs = [
        (a, b) for a in unit_named(one) for b in unit_named(other) if a.kind == b.kind
    ]  # fmt: skip
    assert convert(Fraction(value), *pairs[0]) == Fraction(result)


@pytest.mark.parametrize(
    ("words", "value", "name"),
    [
        ("5 miles", 5, "mile"),
        ("a week", 1, "week"),
        ("half a cup", Fraction(1, 2), "cup"),
        ("a quarter cup", Fraction(1, 4), "cup"),
        ("3 quarters of a cup", Fraction(3, 4), "cup"),
        ("2 and a half hours", Fraction(5, 2), "hour"),
        ("6 feet 2", Fraction(37, 6), "foot"),
        ("1 pound 3 ounces", Fraction(19, 16), "pound"),
        ("an hour and a half", Fraction(3, 2), "hour"),
        ("minus 5 celsius", -5, "degree Celsius"),
    ],
)
def test_quantities(words: str, value: int | Fraction, name: str) -> None:
    quantity = read_quantity(words)
    assert quantity is not None
    assert quantity.value == value
    assert quantity.units[0].name == name


@pytest.mark.parametrize(
    "words", ["", "5", "miles of road", "6 feet 20", "a b c", "2 inches 6 feet"]
)
def test_no_quantities(words: str) -> None:
    assert read_quantity(words) is None


def test_every_name_leads_to_one_unit_of_a_kind() -> None:
    from assistant.language.en.units import _names

    for name, found in _names().items():
        kinds = [unit.kind for unit in found]
        assert len(kinds) == len(set(kinds)), name
        assert all(isinstance(unit, Unit) and unit.factor > 0 for unit in found)
    assert all(50 < grams < 400 for grams in GRAMS_A_CUP.values())


# -- currencies ----------------------------------------------------------------------------------

TOML = 'date = 2026-03-03\nbase = "EUR"\n[rates]\nUSD = 1.08\nGBP = 0.85\nJPY = 160\n'
CSV = "currency,rate,date\nEUR,1,2026-03-03\nUSD,1.08,2026-03-03\nGBP,0.85,2026-03-04\n"


def by_table(tmp_path: Path, name: str, content: str, text: str) -> tuple[str, str]:
    """What is shown and said to `text` with this table of rates."""
    table = tmp_path / name
    table.write_text(content, encoding="utf-8")
    with talking(tmp_path, Config(money=MoneyConfig(rates=str(table)))) as talk:
        turn = talk.converse(text)
        assert turn.decision is not None
        assert turn.decision.name == "money.convert"
        return turn.answer, turn.spoken


@pytest.mark.parametrize(
    "text",
    [
        "how much is 50 euros in dollars",
        "convert £20 to euros",
        "how many yen is 100 dollars",
        "what is the exchange rate from euro to dollar",
        "the dollar to euro exchange rate",
        "$42.50 in euros",
        "5 pounds in euros",
        "How much is a euro in dollars?",
        "how many swiss francs do i get for 100 dollars",
    ],
)
def test_without_a_table_it_declines(still: Conversation, text: str) -> None:
    assert name_of(still, text) == "money.convert"
    assert shown(still, text) == NO_RATES
    assert NO_RATES in still.all_fixed_texts()


@pytest.mark.parametrize(
    "text",
    [
        "what is the yen",
        "what is a dollar",
        "how much is 50 euros",
        "can i pay in dollars",
        "what is 5 dollars for",
        "why is the dollar so strong against the euro",
        "who is on the 20 dollar bill",
        "send 50 dollars to sam",
    ],
)
def test_no_exchange(still: Conversation, text: str) -> None:
    assert name_of(still, text) != "money.convert"


def test_with_a_table(tmp_path: Path) -> None:
    assert by_table(tmp_path, "rates.toml", TOML, "how much is 50 euros in dollars") == (
        "By your table of March 3, 50 euros is 54 dollars.",
        "By your table of March third, fifty euros is fifty-four dollars.",
    )
    told = by_table(tmp_path, "rates.toml", TOML, "convert 20 pounds to dollars")
    assert told[0] == "By your table of March 3, 20 pounds is about 25 dollars and 41 cents."
    told = by_table(tmp_path, "rates.csv", CSV, "convert 1 pound to euros")
    assert told[0] == "By your table of March 3, 1 pound is about 1 euro and 18 cents."
    old = TOML.replace("2026", "2024")
    told = by_table(tmp_path, "rates.toml", old, "what is 1 euro in yen")
    assert told[0] == "By your table of March 3, 2024, 1 euro is 160 yen."
    told = by_table(tmp_path, "rates.toml", TOML, "what is 1 euro in swiss francs")
    assert told[0] == "Your table has no rate for Swiss francs."


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("r.toml", "date = 2026-03-03\n[rates\n", "is not valid TOML"),
        ("r.toml", "date = 2026-03-03\n", "has no [rates]"),
        ("r.toml", "[rates]\nUSD = 1.08\nEUR = 1\n", "has no date"),
        ("r.toml", "date = 2026-03-03\n[rates]\nUSD = 0\nEUR = 1\n", "the rate in"),
        ("r.toml", "date = 2026-03-03\n[rates]\nUSD = 1.08\n", "fewer than two"),
        ("r.csv", "currency,rate,date\nUSD,abc,2026-03-03\n", "line 2"),
        ("r.csv", "code,value\nUSD,1\n", "no currency or no rate"),
        ("r.csv", "currency,rate\nUSD,1\nEUR,2\n", "has no date"),
    ],
)
def test_a_wrong_table_is_told(tmp_path: Path, name: str, content: str, what: str) -> None:
    table = tmp_path / name
    table.write_text(content, encoding="utf-8")
    with pytest.raises(RatesError) as caught:
        load_rates(table)
    assert caught.value.next_step
    assert what in caught.value.what
    answer, spoken = by_table(tmp_path, name, content, "convert 5 euros to dollars")
    assert what in answer
    assert str(tmp_path) not in spoken


def test_an_absent_table_is_told(tmp_path: Path) -> None:
    config = Config(money=MoneyConfig(rates=str(tmp_path / "none.toml")))
    with talking(tmp_path, config) as talk:
        assert "No such file" in talk.converse("convert 5 euros to dollars").answer


def test_a_changed_table_is_read_anew(tmp_path: Path) -> None:
    import os

    by_table(tmp_path, "rates.toml", TOML, "what is 1 euro in yen")
    (tmp_path / "rates.toml").write_text(TOML.replace("160", "170"))
    os.utime(tmp_path / "rates.toml", ns=(1, 1))
    assert load_rates(tmp_path / "rates.toml").per_base["JPY"] == 170


def test_the_key_of_the_table() -> None:
    assert config_from_dict({"money": {"rates": "~/r.toml"}}).money.rates == "~/r.toml"
    with pytest.raises(ConfigError, match=r"money\.rate"):
        config_from_dict({"money": {"rate": "r.toml"}})


def test_ounces_of_what_was_weighed_are_ounces_of_weight(tmp_path: Path) -> None:
    talking = Talking(tmp_path)
    assert talking.say("How many ounces is 250 grams of flour?").answer == (
        "250 grams of flour is about 8.82 ounces."
    )
    talking.close()
