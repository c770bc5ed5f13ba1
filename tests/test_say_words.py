"""What is written becomes the words for the voice: by tables, by streams, and by what must not be
cut."""

from __future__ import annotations

import re
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bench.saying import Line, judge, read_table, said, words
from assistant.language.en.clauses import clauses
from assistant.language.en.say.spans import Recogniser, find_spans, rewrite
from assistant.language.en.say.table import TABLE
from assistant.language.en.speakable import speakable

HELD_OUT = Path(__file__).parent / "say_held_out.tsv"
CASES = Path(__file__).parents[2] / "shared" / "cases" / "say.tsv"


IS_READ_IN_LATIN = find_spec("anyascii") is not None
"""Without that package words of other scripts are left out."""


def lines() -> list[Line]:
    found = read_table(HELD_OUT)
    if not IS_READ_IN_LATIN:
        found = [line for line in found if line.kind != "other scripts"]
    return found + (read_table(CASES) if CASES.exists() else [])


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.kind}: {line.text[:30]!r}")
def test_every_line_is_said_as_it_is_meant(line: Line) -> None:
    assert words(judge(line).said) == words(line.spoken)


@pytest.mark.skipif(not CASES.exists(), reason="needs ../shared/cases")
def test_the_lines_that_failed_are_right_to_the_sign() -> None:
    judged = [judge(line) for line in read_table(CASES)]
    assert [one.said for one in judged] == [one.line.spoken for one in judged]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        # a clock, and what looks like one
        ("Open 6am–10pm, 24/7.", "Open six AM to ten PM, twenty-four seven."),
        ("Hours: 8am–noon.", "Hours: eight AM to noon."),
        ("It took 1:23:45.", "It took one hour twenty-three minutes and forty-five seconds."),
        ("a ratio of 16:9", "a ratio of sixteen to nine"),
        ("I work 9-5, M-F.", "I work nine to five, Monday to Friday."),
        # telephones, and other digits that are given one by one
        ("SSN 123-45-6789", "SSN one two three, four five, six seven eight nine"),
        ("PIN 1234 for 1234 people", "PIN one two three four for one thousand two hundred "
         "thirty-four people"),
        ("192.168.1.1", "one nine two dot one six eight dot one dot one"),
        # dates
        ("Due by 7/4, half by 25.12.2024.",
         "Due by July fourth, half by December twenty-fifth, twenty twenty-four."),
        ("May 2025", "May twenty twenty-five"),
        # money, measures and shares
        ("a $2 million house and $5k", "a two million dollar house and five thousand dollars"),
        ("($20) or -$1.01", "twenty dollars, or minus one dollar and one cent"),
        ("a 5-km run, 5'10\", 10 mg/dL", "a five kilometer run, five feet ten inches, ten "
                                         "milligrams "
         "per deciliter"),
        ("2h 30m at −3 °C", "two hours thirty minutes at minus three degrees Celsius"),
        ("½ cup, ¾ cup, 2½ hours, 15/100",
         "half a cup, three quarters of a cup, two and a half hours, fifteen over one hundred"),
        ("I got 8/10.", "I got eight out of ten."),
        # sums and signs
        ("3 + 4 - 2 * 5 = -3", "three plus four minus two times five equals minus three"),
        ("2^10 = 1024", "two to the power of ten equals one thousand twenty-four"),
        ("x² ≤ 9, p < 0.05",
         "x squared is less than or equal to nine, p is less than zero point zero five"),
        ("AT&T, R&D, C#, F#", "A T and T, R and D, C sharp, F sharp"),
        ("he/she and AC/DC and/or", "he or she and AC DC and or"),
        # letters
        ("WD-40, F-16, 4K, PS5, 1080p", "W D forty, F sixteen, four K, P S five, ten eighty P"),
        ("CO₂ and H2O", "C O two and H two O"),
        # short forms
        ("St. Louis, Elm St. and Dr. Adams of 5 Oak Dr.",
         "Saint Louis, Elm Street and Doctor Adams of five Oak Drive."),
        ("No. I am No. 1.", "No. I am number one."),
        ("J. K. Rowling of the U.S.A. said so.", "J K Rowling of the U S A said so."),
        # kings, chapters, and words that only look like numerals
        ("Charles I and I saw Part I.", "Charles the First and I saw Part One."),
        ("A MIX of CD and LID", "A MIX of CD and LID"),
        ("the XIX century", "the nineteenth century"),
        # machines
        ("Use https://a.example.com/x?y=1 or localhost:8080.",
         "Use a dot example dot com or localhost colon eighty eighty."),
        ("first.last+tag@sub.example.co.uk",
         "first dot last plus tag at sub dot example dot co dot uk"),
        ("`x == 5` and `os.path`", "x equals five and os dot path"),
        # formulas
        (r"\( \sum_{i=1}^{n} i = \frac{n(n+1)}{2} \)",
         "the sum from i equals one to n of i equals n n plus one over two"),
        (r"$\lim_{x \to 0} \frac{\sin x}{x} = 1$",
         "the limit as x approaches zero of sine x over x equals one"),
        (r"\(\sqrt[3]{27}\) and \(90^\circ\)",
         "the cube root of twenty-seven and ninety degrees"),
        ("It costs $5 and $10.", "It costs five dollars and ten dollars."),
        # layout
        ("**$5** million", "five million dollars"),
        ("if a<b and c>d", "if a is less than b and c is greater than d"),
        ("a <b>bold</b> word &amp; more", "a bold word and more"),
        ("2*3*4=24", "two times three times four equals twenty-four"),
    ],
)  # fmt: skip
def test_words(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        # algebra, and differences
        ("Solve 2x - 3 = 7.", "Solve two x minus three equals seven."),
        ("2x + 3 = 11, so 2x = 8", "two x plus three equals eleven, so two x equals eight"),
        ("5x - 10", "five x minus ten"),
        ("-3x + 2", "minus three x plus two"),
        ("(x + 2)(x - 3) = 0", "x plus two, x minus three, equals zero"),
        ("2^n - 1", "two to the power of n minus one"),
        ("7/8 - 1/4 = 5/8", "seven eighths minus one quarter equals five eighths"),
        ("5 - (-3) = 8", "five minus, minus three, equals eight"),
        ("n-1=4", "n minus one equals four"),
        ("10x faster, 2-3x cheaper", "ten times faster, two to three times cheaper"),
        ("5^59am and lines 10 - 20 - 30, use -n 5",
         "five to the power of fifty-nine am and lines ten to twenty, thirty, use -n five"),
        ("the path x²3/43/4", "the path x ² three slash forty-three slash four"),
        ("a 10x - 15x goal", "a ten times, fifteen times goal"),
        ("10 - 4 is 6.", "ten minus four is six."),
        ("What is 100 - 37?", "What is one hundred minus thirty-seven?"),
        ("20 − 5 is 15", "twenty minus five is fifteen"),
        ("Compute 12 - 5 - 3", "Compute twelve minus five minus three"),
        ("What's 15-7?", "What's fifteen minus seven?"),
        ("They scored 5 - 3.", "They scored five to three."),
        ("5-10 people", "five to ten people"),
        ("x = y^2 - 4ac", "x equals y squared minus four a c"),
        ("b^2 - 4ac = 0", "b squared minus four a c equals zero"),
        ("802.11ac", "eight oh two dot eleven A C"),
        # letters that are no numerals, and scales of two numbers
        ("USB Type C, Class L, Super Bowl L", "USB Type C, Class L, Super Bowl Fifty"),
        ("$1.5-2M a year", "one point five to two million dollars a year"),
        ("$2.5-3 billion", "two point five to three billion dollars"),
        ("€1.5–2m", "one point five to two million euros"),
        ("About 1.5-2M users", "About one point five to two million users"),
        ("It is 1.5-2 million.", "It is one point five to two million."),
        # words that look like short forms
        ("No. 5 minutes is too short.", "No. five minutes is too short."),
        ("The answer is no. 5 people agreed.", "The answer is no. five people agreed."),
        ("I talked to Ed. 5 minutes later", "I talked to Ed. five minutes later"),
        ("It is in C. 3 people", "It is in C. three people"),
        ("the no. 1 songs, at no. 5", "the number one songs, at number five"),
        ("The Sun, 93 million miles away", "The Sun, ninety-three million miles away"),
        ("Sat 3 hours in the sun, on Sat 3pm",
         "Sat three hours in the sun, on Saturday three PM"),
        ("In May 20 people came.", "In May twenty people came."),
        ("By March 15 people had left.", "By March fifteen people had left."),
        ("May 5 people join?", "May five people join?"),
        ("March 10 miles a day", "March ten miles a day"),
        ("On May 5 friends came. May 20 was fine.",
         "On May fifth friends came. May twentieth was fine."),
        # telephones and roads
        ("Dial 555 1234.", "Dial five five five, one two three four."),
        ("Call 1800 123 456.", "Call one eight zero zero, one two three, four five six."),
        ("(02) 9999 8888", "zero two, nine nine nine nine, eight eight eight eight"),
        ("0800-1111", "zero eight zero zero, one one one one"),
        ("Call 1-800-FLOWERS now.", "Call one, eight hundred, flowers now."),
        ("I have 911 emails.", "I have nine hundred eleven emails."),
        ("I-95 N to exit 5 S.", "I ninety-five North to exit five South."),
        ("Interstate 80 W, Hwy. 101 N", "Interstate eighty West, Highway one oh one North"),
        ("5 N and 60 W", "five newtons and sixty watts"),
        # measures
        ("Bake 5 mins. at 350, then 10 secs. more.",
         "Bake five minutes at three hundred fifty, then ten seconds more."),
        ("He is 3 yrs. old.", "He is three years old."),
        ("about ten min. to bake", "about ten minutes to bake"),
        ("Wait a few min. Then stir.", "Wait a few minutes. Then stir."),
        ("It takes 2:30 min. to do.", "It takes two thirty minutes to do."),
        ("the min. age", "the minimum age"),
        ("5 x 10 x 3 cm", "five by ten by three centimeters"),
        ("5x10x3 cm", "five by ten by three centimeters"),
        ("1 1/2 lbs of beef", "one and a half pounds of beef"),
        ("1 1/2 kg", "one and a half kilograms"),
        ("1/2-3/4 cup", "one half to three quarters of a cup"),
        ("2 1/2-3 cups", "two and a half to three cups"),
        ("A 2TB disk, a 100 km drive", "A two terabyte disk, a one hundred kilometer drive"),
        ("Rs. 500", "five hundred rupees"),
        ("2 M.D.s", "two M.D.s"),
        # people
        ("Mr. and Mrs. Brown", "Mister and Missus Brown"),
        ("I <3 you and I ❤️ you", "I love you and I love you"),
    ],
)  # fmt: skip
def test_words_that_were_once_said_wrong(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


@pytest.mark.parametrize(
    "text",
    ["A 2 in. nail is what we need.", "It's 5 in. long and not more.", "He is 6 ft. 2 in. tall.",
     "Go 2 mi. north and then turn.", "Add 2 gal. of milk to it.", "Use 3 qt. of stock for it.",
     "Pay Rs. 500 to the man.", "Wait for 5 sec. more than that."],
)  # fmt: skip
def test_no_clause_ends_at_the_dot_of_a_unit(text: str) -> None:
    assert list(clauses(iter(text))) == [text]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("The answer is no. 5 people agreed.", ["The answer is no.", "5 people agreed."]),
        ("It is in C. 3 people play it.", ["It is in C.", "3 people play it."]),
        ("I put it on no. 5 at last.", ["I put it on no. 5 at last."]),
        ("It has 5 in. Then it is six.", ["It has 5 in.", "Then it is six."]),
    ],
)
def test_a_sentence_ends_before_a_number_of_things(text: str, cut: list[str]) -> None:
    assert list(clauses(iter(text))) == cut


# -- the table ------------------------------------------------------------------------------------


def test_the_first_recogniser_of_the_table_has_a_span() -> None:
    dates = Recogniser("date", r"\d+/\d+", lambda found: "a date", needs="/")
    numbers = Recogniser("number", r"\d+", lambda found: "a number")
    assert find_spans("on 3/4 or 5", (dates, numbers)) == [
        (3, 6, "date", "a date"),
        (10, 11, "number", "a number"),
    ]
    assert rewrite("on 3/4 or 5", (numbers, dates)) == "on a number/a number or a number"


def test_a_span_that_is_refused_is_left_for_the_next_one() -> None:
    never = Recogniser("never", r"\d+", lambda found: None)
    numbers = Recogniser("number", r"\d+", lambda found: "n")
    assert rewrite("a1b", (never, numbers)) == "a n b"


def test_every_recogniser_of_the_table_is_needed_by_some_text() -> None:
    kinds = {one.kind for one in TABLE}
    assert {"clock", "phone", "date", "money", "letters", "roman", "abbreviation", "fraction",
            "measure", "URL", "e-mail", "script", "version", "address",
            "range"} <= kinds  # fmt: skip


# -- streams --------------------------------------------------------------------------------------

_FRAMES = ("{}", "Well, that is a good question.\n{}\nAnd then more follows.", "Yes, of course, {}")


@pytest.mark.parametrize("frame", _FRAMES)
def test_letter_by_letter_gives_the_words_of_the_whole(frame: str) -> None:
    laid_out = ("lists", "Markdown") if frame.startswith("Yes") else ()  # a list begins a line
    for line in lines():
        if line.kind in laid_out:
            continue
        text = frame.format(line.text)
        streamed = " ".join(filter(None, map(speakable, clauses(iter(text)))))
        assert words(streamed) == words(speakable(text)), text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It was signed on a Monday, March 4, 2026, in Rome.", "March 4, 2026,"),
        ("The office moved to 12 Oak Street, Springfield, IL 62704.", "Springfield, IL 62704."),
        ("The office is in Austin, TX 78701 now.", "Austin, TX 78701"),
        ("The old man said, \"Go away. I am busy. Come at 5 p.m. then.\" He left.",
         '"Go away. I am busy. Come at 5 p.m. then."'),
        ("The sign read “Stop here. No. 10” in gold.", "“Stop here. No. 10”"),
        ("The train leaves at 9 a.m. Monday and not later.", "9 a.m. Monday"),
        ("You will find it near 1600 Pennsylvania Ave. NW in town.", "Pennsylvania Ave. NW"),
        ("Please call the office at 555-0100 ext. 12 today.", "ext. 12"),
        ("Everybody knows that \\( f(x, y) = 3. \\) holds here.", "\\( f(x, y) = 3. \\)"),
        ("Everything in it is by Dr. Smith of the U.S. Army.", "Dr. Smith of the U.S. Army."),
        ("I would be glad to see you come at 5 in the afternoon and not before.",
         "at 5 in the afternoon"),
    ],
)  # fmt: skip
def test_nothing_that_belongs_together_is_cut(text: str, whole: str) -> None:
    assert any(whole in clause for clause in clauses(iter(text))), list(clauses(iter(text)))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Meet me on Main St. Then turn left.", ["Meet me on Main St.", "Then turn left."]),
        ("No. That is wrong.", ["No.", "That is wrong."]),
        ("She lives in the U.S. She likes it.", ["She lives in the U.S.", "She likes it."]),
        ('She said "No." Then she left.', ['She said "No."', "Then she left."]),
        ("He is 6'2\" tall. She is not.", ["He is 6'2\" tall.", "She is not."]),
        ("Yes, it costs $5. It is new.", ["Yes, it costs $5.", "It is new."]),
    ],
)
def test_a_sentence_ends_where_it_ends(text: str, cut: list[str]) -> None:
    assert list(clauses(iter(text))) == cut


def test_a_quotation_that_never_ends_is_cut_all_the_same() -> None:
    text = '"' + "This is one of many sentences. " * 30
    parts = list(clauses(iter(text)))
    assert len(parts) > 3
    assert "".join("".join(parts).split()) == "".join(text.split())


# -- anything at all ------------------------------------------------------------------------------

_PIECES = st.lists(
    st.sampled_from(
        (
            "$ 5 % 3/4 1/2 ½ 9am p.m. - – : , . a b St. Dr. II Henry C# x² ^ \\( \\frac{1}{2} "
            "\\) $x^2$ ` "
            "** _ | # 555-1234 2025-05-17 @ a@b.com https://x.org/a 😀 привет ( ) [ ] { } < > & "
            "= ~ km °C "
            "\" ' “ ” 1,000 .5 -3 + 10x H2O v1.2 \n"
        ).split(" ")
    ),
    max_size=14,
)  # fmt: skip


@given(st.one_of(_PIECES.map(" ".join), _PIECES.map("".join)))
@settings(deadline=None)
def test_no_sign_is_left_that_a_voice_would_spell_out(text: str) -> None:
    spoken = speakable(text)
    assert not set(spoken) & set("*`#|<>[]{}\\^~_\n$%&=@0123456789")
    assert not re.search(r"\s[,.;:!?]|\s\s", spoken)


def test_what_is_said_already_is_said_like_that_again() -> None:
    for line in lines():
        assert words(speakable(line.spoken)) == words(line.spoken)


def test_a_clause_takes_less_than_a_millisecond() -> None:
    judged = [judge(line) for line in lines()]
    assert sorted(one.us for one in judged)[len(judged) // 2] < 1000


@pytest.mark.parametrize(
    "text",
    ["1" * 5000, "$" * 3000, "(" * 3000, "a.b" * 1000, "\\frac" * 500, "**a" * 800, "x^" * 1500,
     "1x" * 2000, "1 x " * 1500, "1 - " * 1500, "x-" * 1500, "No. 5 " * 900, "1/2-" * 1000,
     "555-" * 900, "\\(" + "{" * 2000 + "\\)", "I" * 2000, "5-" * 1500, "a@" * 1000],
    ids=lambda text: text[:6],
)  # fmt: skip
def test_nonsense_of_any_length_takes_no_long_time(text: str) -> None:
    start = time.process_time()
    speakable(text)
    assert time.process_time() - start < 2.0


def test_a_long_text_takes_a_time_that_grows_with_its_length() -> None:
    text = "On 5/17 he paid $5 for 3 km in 1999, and No. 5 of 20% was x = 2. "
    speakable(text)
    start = time.process_time()
    speakable(text * 20)
    short = time.process_time() - start
    start = time.process_time()
    speakable(text * 200)
    assert time.process_time() - start < 40 * short + 0.2


def test_text_without_a_blank_is_cut_all_the_same() -> None:
    text = "あ" * 2000
    parts = list(clauses(iter(text)))
    assert "".join(parts) == text
    assert max(map(len, parts)) < 500
    address = "https://example.com/" + "a" * 300
    assert list(clauses(iter(f"Yes {address} is it."))) == [f"Yes {address}", "is it."]


def test_said_gives_clause_by_clause() -> None:
    assert said("It costs $1.5M. Really? 🎉") == [
        "It costs one point five million dollars.",
        "Really?",
    ]
