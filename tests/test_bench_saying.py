"""The benchmark of saying: its tables, its sentences, and how numbers are compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.bench.saying import SENTENCES, read_table, round_trip, sentences, value
from assistant.errors import InputError


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("It costs $12.50.", "It costs 12 dollars and 50 cents."),
        ("1,250 people", "1250 people"),
        ("about twelve hundred fifty", "about 1,250"),
        ("on March 4, 2026", "on March 4th 2026."),
        ("on 2031-07-30", "on July thirtieth, twenty thirty-one"),
        ("the twenty-first of May", "the 21st of May"),
        ("555-1234", "5551234"),
        ("(212) 333-4005", "212-333-4005"),
        ("at 7:05 pm", "at 7.05 p.m."),
        ("-3 °C", "minus three degrees Celsius"),
        ("18.5 kg", "18.5 kilograms"),
        ("two thousand five", "2005"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str, heard: str) -> None:
    assert value(written) == value(heard)


@pytest.mark.parametrize(
    ("written", "heard"),
    [("$15", "$50"), ("7:05", "7:50"), ("18.5", "185"), ("-3", "3"), ("13", "30"), ("5", "")],
)
def test_another_number_is_another_value(written: str, heard: str) -> None:
    assert value(written) != value(heard)


def test_the_sentences_are_those_of_the_seed_and_have_a_number_each() -> None:
    drawn = sentences(SENTENCES)
    assert drawn == sentences(SENTENCES)
    assert drawn != sentences(SENTENCES, seed=16)
    assert len({kind for kind, _ in drawn}) == 6
    assert all(value(text).strip(".-") for _, text in drawn)


def test_the_round_trip_counts_what_was_understood() -> None:
    drawn = [("price", "It costs $15."), ("clock", "It is 7:05 pm.")]
    found = list(round_trip(drawn, lambda spoken: spoken.replace("fifteen", "50")))
    assert [one.is_understood for one in found] == [False, True]
    assert found[0].said == "It costs fifteen dollars."


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("a\tb\tc\n", "does not begin with the columns"),
        ("text\tspoken\tkind\nx\ty\n", "line 2: fewer than three columns"),
        ("", "does not begin with the columns"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: str, what: str) -> None:
    table = tmp_path / "t.tsv"
    table.write_text(content)
    with pytest.raises(InputError, match=what):
        read_table(table)
    with pytest.raises(InputError, match="cannot read"):
        read_table(tmp_path / "absent.tsv")
