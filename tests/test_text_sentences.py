"""Streamed text is cut where it can be spoken, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.en.clauses import clauses
from assistant.language.en.phrase_breaks import HEAD_WORDS, TAIL_WORDS, phrase_break


def cut(text: str, *, keep_unfinished: bool = True) -> list[str]:
    """The clauses of `text` when it arrives letter by letter."""
    return list(clauses(iter(text), keep_unfinished=keep_unfinished))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes. It is.", ["Yes.", "It is."]),
        ("Well, I am not sure, but it is. Yes, it is.",
         ["Well, I am not sure,", "but it is.", "Yes, it is."]),
        ("Dr. Smith lives in the U.S. now. Fine.", ["Dr. Smith lives in the U.S. now.", "Fine."]),
        ("It is 3.5 km, e.g. by car. Good.", ["It is 3.5 km, e.g. by car.", "Good."]),
        ("Hmm... that is odd. Yes.", ["Hmm... that is odd.", "Yes."]),
        ("Wait... That is odd.", ["Wait...", "That is odd."]),
        ("1. Apples\n2. Pears\n- Plums", ["1. Apples", "2. Pears", "- Plums"]),
        ("It opens at 5 p.m. on Monday.", ["It opens at 5 p.m. on Monday."]),
        ("It opens at 5 p.m. The shop is big.", ["It opens at 5 p.m.", "The shop is big."]),
        ("So do I. And you?", ["So do I.", "And you?"]),
        ('He said "Stop!" Then he left.', ['He said "Stop!"', "Then he left."]),
        ("See:\n```\na. b\nc. d\n```\nDone.", ["See:", "```\na. b\nc. d\n```", "Done."]),
        ("", []),
        (" \n ", []),
    ],
)  # fmt: skip
def test_cuts(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_first_clause_comes_before_the_sentence_is_done() -> None:
    stream = iter(["The answer is", " long,", " but", " here it comes."])
    spoken = clauses(stream)
    assert next(spoken) == "The answer is long,"
    assert next(stream) == " here it comes."


def test_a_short_head_is_not_torn_off_at_a_comma() -> None:
    assert cut("No, it is not so.") == ["No, it is not so."]


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("There are twelve conference tracks available for the next season.",
         "There are twelve conference tracks available"),
        ("The track is a 12-day program that allows people to take part.",
         "The track is a 12-day program"),
        ("Most people go to the old town because the food is better there.",
         "Most people go to the old town"),
        ("The old town is a fine place and you can walk there in an hour.",
         "The old town is a fine place"),
    ],
)  # fmt: skip
def test_a_long_first_sentence_is_cut_before_a_phrase(text: str, head: str) -> None:
    assert cut(text)[0] == head
    assert cut("Yes. " + text) == ["Yes.", text]


@pytest.mark.parametrize(
    "text",
    [
        "I am glad that you are interested in a community hallway track session.",
        "It was made by the very old Ministry for Science Education and Sport.",
        "He told us all of the old story (the one with the small dog inside it) then.",
        'We all liked the old song "Alone at night without the moon above" a lot.',
        "The price went up to around 3.5 million and 4.5 million dollars last year.",
        "I would be very happy to help you with that.",
        "Bread and butter and salt and oil and wine and beer are on the list.",
        "My friend J. R. Miller of the old J. R. Miller and Co. shop came.",
    ],
)
def test_a_first_sentence_without_a_natural_pause_stays_whole(text: str) -> None:
    assert cut(text) == [text]


@given(st.lists(st.sampled_from(
    "the old town for with because that I 12 3.5 J. and is very house, (a b) \"so of".split()
), max_size=30).map(" ".join))  # fmt: skip
def test_no_scrap_is_cut_off_before_a_phrase(text: str) -> None:
    at = phrase_break(text)
    if at is not None:
        assert len(text[:at].split()) >= HEAD_WORDS
        assert len(text[at:].split()) >= TAIL_WORDS
        assert text[at - 1].isspace()


def test_a_sentence_that_never_ends_is_cut_between_words() -> None:
    text = "word " * 200
    parts = cut(text)
    assert len(parts) > 3
    assert all(len(part) <= 240 for part in parts)
    assert " ".join(parts) == text.strip()


def test_an_unfinished_end_is_dropped_when_asked() -> None:
    text = "Paris is in France. It has a big tow"
    assert cut(text, keep_unfinished=False) == ["Paris is in France."]
    assert cut(text) == ["Paris is in France.", "It has a big tow"]


def test_an_only_sentence_is_kept_though_unfinished() -> None:
    assert cut("Paris", keep_unfinished=False) == ["Paris"]


_TEXT = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            ["Dr.", "e.g.", "3.5", "...", "Hello", "a,", "b;", "—", "end.", "```", "\n", "U.S.",
             "What?!", '"so."', "1.", "-", "word " * 30]
        ),
        max_size=25,
    ).map(" ".join),
)  # fmt: skip


@given(_TEXT, st.integers(min_value=1, max_value=7))
def test_no_letter_is_lost_doubled_or_moved(text: str, size: int) -> None:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    parts = list(clauses(iter(pieces)))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part.strip() == part and part for part in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Paris", ["Paris"]),
        ("Yes I am", ["Yes I am"]),
        ("Red, green and blue", ["Red, green and blue"]),
        ("Red, green, blue and the", ["Red, green, blue."]),
        ("It is on the", ["It is on."]),
    ],
)
def test_an_answer_that_is_cut_off_in_its_only_sentence_ends(
    text: str, expected: list[str]
) -> None:
    assert cut(text, keep_unfinished=False) == expected
