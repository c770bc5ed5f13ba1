"""Sounds of words, how alike rows of them are, and the wordings of a notation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.en.heard import hear, with_others
from assistant.language.en.letters import by_letters
from assistant.language.en.phones import ANY, NONE, PHONES, costs, phones_of, weight
from assistant.language.en.sounds import _Dictionary, sound
from assistant.language.en.written import contracted, sentence
from assistant.language.likeness import distances, rows_of
from assistant.language.phrases import read_phrase
from assistant.language.wordings import Wordings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30 seconds", "thirty seconds"), ("7:30 AM", "seven thirty AM"), ("3rd", "third"),
        ("for", "4"), ("two", "too"), ("SET", "set"), ("50%", "fifty percent"),
    ],
)  # fmt: skip
def test_what_is_said_alike_has_the_same_sounds(one: str, other: str) -> None:
    assert sound(one) == sound(other) != b""


def test_the_dictionary_is_searched_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_text("a AH0\nabout AH0 B AW1 T\nzebra Z IY1 B R AH0 # an animal\n")
    words = _Dictionary(path)
    assert words.find("about") == phones_of("AH B AW T")
    assert words.find("zebra") == phones_of("Z IY B R AH")
    assert [words.find(word) for word in ("", "ab", "zebras", "été")] == [None] * 4
    assert _Dictionary(None).find("about") is None


def test_a_word_that_no_dictionary_has_is_read_by_its_letters() -> None:
    assert by_letters("shape") == phones_of("SH EY P")
    assert by_letters("knight") == phones_of("N AY T")
    assert by_letters("Ж") == b""


def test_like_sounds_are_near_and_others_are_not() -> None:
    def far(one: str, other: str) -> float:
        rows = rows_of([sound(other)], NONE)
        return float(distances(sound(one), [0], rows, costs()).total[0]) / weight(sound(other))

    assert far("timer", "timer") == 0.0
    assert far("tires", "timers") < 0.25
    assert far("wedding", "weather") < 0.7
    assert far("banana", "timer") > 0.9


phones = st.binary(max_size=12).map(lambda row: bytes(one % len(PHONES) for one in row))


@given(phones, phones)
def test_a_distance_is_what_its_parts_cost(one: bytes, other: bytes) -> None:
    paths = distances(one, [0], rows_of([other, one], NONE), costs())
    assert paths.total[1] == pytest.approx(0.0, abs=1e-4)
    assert paths.total[0] <= weight(one) + weight(other) + 1e-4
    if other:
        assert sum(paths.amiss(0)) == pytest.approx(float(paths.total[0]), abs=1e-2)


def test_a_free_place_takes_the_words_between() -> None:
    heard = hear("Add oat milk to my list".split())
    row = sound("add") + bytes((ANY,)) + sound("to my list")
    paths = distances(heard.phones, heard.starts, rows_of([row], NONE), costs())
    ((begin, end),) = paths.free_places(0)
    first, last = heard.between(begin, end)
    assert heard.words[first:last] == ("oat", "milk")


def test_words_are_replaced_by_those_that_they_sound_like() -> None:
    heard = hear("a light rose coffee with soil milk".split())
    others = ["light roast", "dark roast", "soy milk", "coffee"]
    found = with_others(heard, others, frozenset(others))
    assert found[0] == "a light roast coffee with soy milk"
    assert all("dark" not in one for one in found)
    assert with_others(hear("a light roast coffee".split()), others, frozenset(others)) == []


def test_wordings_say_every_word_and_their_neighbours_differ_in_one_bracket() -> None:
    phrase = read_phrase("(set|start) [a|my] timer [for {length}]", {"length": r"\S+ "})
    wordings = Wordings(phrase.choice, {})
    some = [words for _, words in wordings.some(8)]
    assert some[0] == ("set", "timer")
    assert {word for words in some for word in words} >= {"set", "start", "a", "my", "{length}"}
    every = [" ".join(words) for _, words in wordings.every(50)]
    assert len(every) == len(set(every)) == 12
    around = {" ".join(wordings.say(picks)) for picks in wordings.around({})}
    assert around == {"start timer", "set a timer", "set my timer", "set timer for {length}"}


def test_the_options_of_a_slot_are_said() -> None:
    phrase = read_phrase("paint it {colour}", {"colour": r"\S+ "})
    wordings = Wordings(phrase.choice, {"colour": ("red", "dark green")})
    said = [words for _, words in wordings.every(9)]
    assert said == [("paint", "it", "red"), ("paint", "it", "dark", "green")]


@pytest.mark.parametrize(
    ("canonical", "written"),
    [
        ("what is the time", "What's the time?"), ("i do not know who it is", None),
        ("cancel all timers", "Cancel all timers."), ("do not stop", "Don't stop."),
    ],
)  # fmt: skip
def test_words_are_written_as_whisper_writes(canonical: str, written: str | None) -> None:
    text = sentence(contracted(canonical.split()))
    assert text == (written or "I don't know who it is.")
