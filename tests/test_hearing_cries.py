"""Cries and laughter are told from words and numbers by how they are written."""

from __future__ import annotations

import pytest

from assistant.hearing.cries import is_cry, is_laughter


@pytest.mark.parametrize(
    "text",
    ["aaaaah", "ahhhhhhh", "hmmmmm", "oh aaaah", "zzzz", "a a a a a", "i i i i i", "waaaah"],
)
def test_one_letter_drawn_out_is_a_cry(text: str) -> None:
    assert is_cry(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "100 000",
        "1000000",
        "555 5512",
        "it is 5 55 55",
        "5 5 5 5 5 5",
        "no no no no no",
        "two two two two",
        "nooooo",
        "stoooop",
        "coooool",
        "aaaaa batteries",
        "www",
        "hmm",
        "mm hmm",
        "a a b a a",
    ],
)
def test_numbers_and_words_are_no_cry(text: str) -> None:
    assert not is_cry(text.split())
    assert not is_laughter(text.split())


@pytest.mark.parametrize("text", ["hahaha", "ha ha ha", "hehe", "haha haha", "ah ha ha ha"])
def test_nothing_but_laughter(text: str) -> None:
    assert is_laughter(text.split())
    assert not is_cry(text.split())


@pytest.mark.parametrize("text", ["ha", "aha", "ah", "haha that was good", "ho", "", "he"])
def test_a_word_is_no_laughter(text: str) -> None:
    assert not is_laughter(text.split())
