"""Streamed text becomes clauses: the words are those of the whole text, nothing that belongs
together is cut, and no text takes long."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.bench.saying import words
from assistant.language.en.clauses import clauses
from assistant.language.en.say.grouping import in_english_groups
from assistant.language.en.say.markup import without_markup
from assistant.language.en.say.spans import rewrite
from assistant.language.en.say.table import TABLE
from assistant.language.en.speakable import speakable

_THINGS = (
    "March 4, 2026", "Monday, March 4, 2026 at 3 p.m.", "Sat., Dec. 5, 1998", "the 5th of May",
    "5/17/2025", "12 Oak Street, Springfield, IL 62704", "10 Downing St., Apt. 4B, London",
    "1600 Pennsylvania Ave. NW, Washington, D.C. 20500", "Fig. 3", "nos. 3 and 4", "pp. 12-15",
    "vol. 2, ch. 3", "e.g. 5 apples", "i.e. the U.S. Army", "Dr. John Smith", "J. R. R. Tolkien",
    "Prof. A. Weber, Ph.D.", "Mr. & Mrs. O'Neil", "1,234,567.89", "10.5", "3 1/2 cups",
    "from 9 a.m. – 5 p.m. EST", "5 to 10 p.m.", "$1.5 million", "€20 – €30", "−5 °C",
    "6 ft. 2 in.", "2 lb. 3 oz.", "5 min. 30 sec.", "+49 30 901820", "(212) 555-0187",
    "555-0100 ext. 12", "16:9", "v2.3.1", "1, 2, 3 and 4", '"Go away. I am busy. Come at 5 p.m."',
    "“Stop. No. 10 is closed.”", "«Oui. Non.»", "https://example.com/a,b.c", "anna@example.org",
    "`a.b(c, d)`", "\\( f(x, y) = 3. \\)", "World War II", "Chapter IV, section II",
    "x ≤ 10, y ≥ 3", "No. 1, No. 2", "44 B.C.", "Mt. Everest", "St. Louis, MO",
    "the U.K., the U.S. and the E.U.", "approx. 5 min.", "5! = 120", "5 vs. 6", "etc.",
)  # fmt: skip
_LINKS = (" ", ", ", ". ", " and ", "; ", ": ", " — ", ", then ", ". Then ", "? ", "! ")
_PLAIN = "the man saw it when we were in town because it was good without asking for more".split()


def _text(draw: random.Random) -> str:
    made = ""
    for _ in range(draw.randint(1, 4)):
        made += "".join(f"{draw.choice(_PLAIN)} " for _ in range(draw.randint(0, 7)))
        made += draw.choice(_THINGS) + draw.choice(_LINKS)
    return made.strip()


def _pieces(text: str, draw: random.Random) -> list[str]:
    made, at = [], 0
    while at < len(text):
        made.append(text[at : (at := at + draw.choice((1, 1, 2, 3, 5, 9, 30)))])
    return made


@pytest.mark.parametrize("seed", range(20))
def test_random_pieces_give_the_words_of_the_whole(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(20):
        text = _text(draw)
        cut = list(clauses(iter(_pieces(text, draw))))
        assert "".join("".join(cut).split()) == "".join(text.split())
        streamed = " ".join(filter(None, map(speakable, cut)))
        assert words(streamed) == words(speakable(text)), (text, cut)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Ask Prof. A. Weber or Dr. E. Khan.", ["Ask Prof. A. Weber or Dr. E. Khan."]),
        ("I saw Dr. Khan. A man came.", ["I saw Dr. Khan.", "A man came."]),
        ("Open from 9 a.m. – 5 p.m. daily.", ["Open from 9 a.m. – 5 p.m. daily."]),
        ("Rooms are from about €20 – €30 there.", ["Rooms are from about €20 – €30 there."]),
        ("Here 5! = 120 and n! > 5. Wow! Yes.", ["Here 5! = 120 and n! > 5.", "Wow!", "Yes."]),
        ("You are 5! Hooray!", ["You are 5!", "Hooray!"]),
        ("He said, 'Go away. I am busy.' Then he left.",
         ["He said, 'Go away. I am busy.'", "Then he left."]),
        ("Her answer was ‘It’s me. I am in.’ Then she left.",
         ["Her answer was ‘It’s me. I am in.’", "Then she left."]),
        ("He said «Oui. Non.» Then he left.", ["He said «Oui. Non.»", "Then he left."]),
        ("I saw Mme. Curie and the no. of people in vv. 3–5.",
         ["I saw Mme. Curie and the no. of people in vv. 3–5."]),
        ("It is no. Of course. No. of course not.", ["It is no.", "Of course.", "No.",
                                                     "of course not."]),
        ("Tom and Jerry &amp; all of us, it is said.",
         ["Tom and Jerry &amp; all of us,", "it is said."]),
        ("We took a 30-yr. fixed loan with no. A-12 on it.",
         ["We took a 30-yr. fixed loan with no. A-12 on it."]),
        ("He said: 'Tis late. We go.", ["He said: 'Tis late.", "We go."]),
    ],
)  # fmt: skip
def test_cuts(text: str, cut: list[str]) -> None:
    assert list(clauses(iter(text))) == cut


def test_a_long_sentence_in_one_piece_is_cut() -> None:
    text = "It is so and " * 90 + "then it ends. And more comes."
    assert max(map(len, clauses(iter([text])))) <= 480
    assert "".join("".join(clauses(iter([text]))).split()) == "".join(text.split())


# -- every number is said, and none is too much ----------------------------------------------------


def _strictly(text: str) -> str:
    """As `speakable`, but a mistake of the table is not made good."""
    return rewrite(in_english_groups(without_markup(text)), TABLE)


@given(
    st.sampled_from(("in", "of", "about", "since", "from", "No.", "$", "€", "page", "call", "x =",
                     "May", "on", "at", "v", "Chapter", "-", "+", "#", "the", "Room", "'")),
    st.from_regex(r"\A\d{0,4}[.,:/x-]?\d{1,4}[.,:/-]?\d{0,3}\Z"),
    st.sampled_from(("", "%", " km", " in", "th", "s", "!", " am", " BC", "k", "/5", " May", "x",
                     "²", " of 3", "-5", " to 9", "°", "\"", " €")),
)  # fmt: skip
@example("in", "10.5", "")
@example("about", "10,5", "")
@settings(deadline=None, max_examples=200)
def test_no_number_is_too_much(front: str, number: str, behind: str) -> None:
    _strictly(f"It is {front} {number}{behind} and {front}{number}{behind}.")
    _strictly(f"{front} {number}{behind}")


# -- time -----------------------------------------------------------------------------------------

_SIZE = 20_000


@pytest.mark.parametrize(
    "unit",
    ["!", "...", "…", "—", ",", "::", "St. ", "A. ", "a.m. ", "No. 5 ", "5 in. ", "`", "|---", "\n",
     " ", "\t ", "![", "[", "\\(", "\\[", "1 x ", "1 - ", "# #", "<!--", "\x00", "\x1b[31m",
     "\u202e",
     "\u0301", '"', "'", "($", "a b ", "12 Oak ", "10 000 ", "112 "],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("end", ["", "!"])
def test_twenty_thousand_characters_take_no_long_time(unit: str, end: str) -> None:
    text = (unit * _SIZE)[:_SIZE] + end
    begun = time.process_time()
    speakable(text)
    whole = list(clauses(iter([text])))
    pieces = list(clauses(text[at : at + 50] for at in range(0, len(text), 50)))
    assert time.process_time() - begun < 3.0
    assert "".join("".join(whole).split()) == "".join("".join(pieces).split())
