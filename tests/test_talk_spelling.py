"""Spelling by voice: words, names, and what "that" means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.talk.conversation import Conversation
from assistant.talk.tools.spelling import NO_NAME, WHICH_WORD, spell_out
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


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("How do you spell necessary?", "Necessary: N-E-C-E-S-S-A-R-Y."),
        ("spell accommodate", "Accommodate: A-C-C-O-M-M-O-D-A-T-E."),
        ("how is colour spelled", "Colour: C-O-L-O-U-R."),
        ("what is the spelling of grey", "Grey: G-R-E-Y."),
        ("Spell the word rhythm, please.", "Rhythm: R-H-Y-T-H-M."),
        ("could you tell me how to spell separate", "Separate: S-E-P-A-R-A-T-E."),
        ("how do you spell seven", "Seven: S-E-V-E-N."),
        ("How do you spell 7?", "Seven: S-E-V-E-N."),
        ("how do you spell McDonald's", "McDonald's: M-C-D-O-N-A-L-D-S."),
        ("Spell New York.", "New York: N-E-W Y-O-R-K."),
        ("how do you spell café", "Café: C-A-F-É."),
        ("how do you spell mother-in-law", "Mother-in-law: M-O-T-H-E-R-I-N-L-A-W."),
        ("spell cancelled", "Cancelled: C-A-N-C-E-L-L-E-D."),
        ("how do you spell receive again", "Receive: R-E-C-E-I-V-E."),
        ("spell it out", WHICH_WORD),
        ("spell it's", "It's: I-T-S."),
        ("how do you spell your name", "Assistant: A-S-S-I-S-T-A-N-T."),
        ("how do you spell my name", NO_NAME),
        ("how do you spell that", WHICH_WORD),
    ],
)
def test_spelled(still: Conversation, text: str, answer: str) -> None:
    assert name_of(still, text) == "word.spell"
    assert [reply.text for reply in still.preview(text)] == [answer]


def test_letters_for_the_ear(talk: Conversation) -> None:
    turn = talk.converse("How do you spell necessary?")
    assert turn.spoken == "Necessary: N, E, C, E, S, S, A, R, Y."
    assert talk.converse("spell New York").spoken == "New York: N, E, W; Y, O, R, K."


@given(st.text(alphabet=st.characters(codec="latin-1", categories=("Lu", "Ll")), max_size=30))
def test_every_letter_is_told_once(word: str) -> None:
    shown, spoken = spell_out(word)
    letters = "".join(letter.upper() for letter in word)
    assert "".join(shown.split("-")) == letters
    assert "".join(spoken.split(", ")) == letters


@pytest.mark.parametrize(
    "text",
    [
        "cast a spell",
        "what is a spell",
        "spell check my essay",
        "what spells do wizards know",
        "a long spell of bad weather in the north",
        "how do you spell success in business life",
        "how do you write a letter to santa",
        "why is spelling so hard",
        "did you spell check the report",
        "is my spelling good",
        "what is the spelling bee about",
        "who won the spelling bee",
        "how do spell books work",
        "spell out the terms of the contract for me in detail",
        "tell me about the spelling reform",
    ],
)
def test_not_spelled(still: Conversation, text: str) -> None:
    assert name_of(still, text) != "word.spell"


@pytest.mark.parametrize(
    ("asked", "answer", "word"),
    [
        ("And of Italy?", "Rome.", "Rome"),
        ("And of Italy?", "The capital of Italy is Rome.", "Rome"),
        ("What's the capital of Hungary?", "Budapest is the capital of Hungary.", "Budapest"),
        ("Who wrote Hamlet?", "William Shakespeare wrote Hamlet.", "William Shakespeare"),
        ("What's the fear of spiders called?", "It is called arachnophobia.", "arachnophobia"),
        ("What's the capital of Argentina?", "It's Buenos Aires.", "Buenos Aires"),
    ],
)
def test_that_is_the_key_word_of_the_last_answer(
    talk: Conversation, asked: str, answer: str, word: str
) -> None:
    talk.remember(1, asked, answer)
    spelled = " ".join("-".join(part.upper()) for part in word.split())
    said = talk.converse("How do you spell that?").answer
    assert said == f"{word[0].upper()}{word[1:]}: {spelled}."


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "What would you like?",
        "There are many ways to cook rice, and most of them need a pot with a lid. Try it.",
        "Paris and London are both large. So are Rome and Berlin.",
    ],
)
def test_it_asks_which_word(talk: Conversation, answer: str) -> None:
    talk.remember(1, "Tell me something long.", answer)
    assert talk.converse("how do you spell that").answer == WHICH_WORD
    assert talk.converse("Rice").answer == "Rice: R-I-C-E."
    assert talk.talk.waiting == ()


def test_that_after_a_spelling_is_the_same_word(talk: Conversation) -> None:
    talk.converse("spell Cincinnati")
    assert talk.converse("spell that again please").decision is not None
    assert talk.converse("spell Cincinnati").answer == talk.converse("spell that").answer


def test_a_name_is_spelled_as_the_user_gave_it(talk: Conversation) -> None:
    talk.change(lambda value: value.with_fact("name", "Zoë"))
    assert talk.converse("how do you spell my name").answer == "Zoë: Z-O-Ë."
    assert talk.converse("how do you spell zoe").answer == "Zoë: Z-O-Ë."


def test_previews_change_nothing(talk: Conversation) -> None:
    talk.remember(1, "And of Italy?", "Rome.")
    before = talk.talk
    texts = {" ".join(r.text for r in talk.preview("how do you spell that")) for _ in range(50)}
    assert texts == {"Rome: R-O-M-E."}
    assert talk.talk == before


def test_a_word_is_spelled_backwards(tmp_path: Path) -> None:
    talking = Talking(tmp_path)
    assert talking.say("Spell Wednesday backwards.").spoken == (
        "Wednesday backwards: Y, A, D, S, E, N, D, E, W."
    )
    assert talking.say("Spell that.").spoken == "Wednesday: W, E, D, N, E, S, D, A, Y."
    talking.close()
