"""Notations with a reading of their own, and numbers that are grouped in other ways."""

from __future__ import annotations

import pytest

from assistant.language.en.say.grouping import in_english_groups
from assistant.language.en.speakable import speakable


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        # numbers that were too much, and a range with two dashes
        ("It is about 10.5, or 10.25.", "It is about ten point five, or ten point two five."),
        ("pages 5--7", "pages five to seven"),
        ("a ratio of 1.5:1", "a ratio of one point five to one"),
        # zones and angles
        ("UTC+2, GMT-5, UTC−08:00, GMT+5:30",
         "UTC plus two, GMT minus five, UTC minus eight, GMT plus five thirty"),
        ("At 12:30 p.m. ET we start.", "At twelve thirty PM ET we start."),
        ("It is at 40°26′46″N, 3° 5' W.",
         "It is at forty degrees twenty-six minutes forty-six seconds north, three degrees five "
         "minutes west."),
        # stopped times
        ("She ran 4:33.12 and 1:02:03.5.",
         "She ran four minutes thirty-three point one two seconds and one hour two minutes three "
         "point five seconds."),
        # networks and colors
        ("10.0.0.0/8 and fe80::1",
         "one zero dot zero dot zero dot zero slash eight and F E eight zero, one"),
        ("00:1A:2B:3C:4D:5E", "zero zero, one A, two B, three C, four D, five E"),
        ("the color #FF5733", "the color hash F F five seven three three"),
        ("We are #1 and #12.", "We are number one and number twelve."),
        # functions
        ("f(x) = 2x + 1", "f of x, equals two x plus one"),
        ("f'(x), P(A|B), sin(30°), log₂(8)",
         "f prime of x, P of A given B, sine of thirty degrees, log base two of eight"),
        ("a grade(s) of f(our)", "a grade, s, of f, our"),
        ("5! = 120 and n! = 6. Wow 5!", "five factorial equals one hundred twenty and n factorial "
         "equals six. Wow five!"),
        ("E = mc² on 5 km²", "E equals m c squared on five square kilometers"),
        ("Δx and Δ", "delta x and delta"),
        # laws, verses, aircraft, cameras
        ("401(k), 501(c)(3)", "four oh one K, five oh one C three"),
        ("Psalm 23:4, Genesis 1:1-3, Mark 3:16, meet John 3:15 pm",
         "Psalm twenty-three four, Genesis one one to three, Mark three sixteen, meet John three "
         "fifteen PM"),
        ("a Boeing 737-800", "a Boeing seven thirty-seven eight hundred"),
        ("f/1.8 at 1/250 s", "f one point eight at one two hundred fiftieth of a second"),
        # small numerals, wars, kings, and names
        ("See page xii and chapter iv, (ii) and (i).",
         "See page twelve and chapter four, two, and, i."),
        ("the part I like, the part i like", "the part I like, the part i like"),
        ("WWI, WWII, WW2", "World War One, World War Two, World War Two"),
        ("Malcolm X and Malcolm III", "Malcolm X and Malcolm the Third"),
        # options
        ("Use --verbose or -v here - now.", "Use dash dash verbose or dash v here, now."),
        ("SELECT * FROM users", "SELECT star FROM users"),
        # amperes, emergencies, inches
        ("230 V, 10 A, class 10 A.", "two hundred thirty volts, ten amps, class ten amps."),
        ("She is in 10 A.", "She is in ten A."),
        ("Dial 911 in an emergency, 112 in Europe.",
         "Dial nine one one in an emergency, one one two in Europe."),
        ("There are 112 of them.", "There are one hundred twelve of them."),
        ('a 12" pizza, a 27" screen, "at 5" and "at 9"',
         'a twelve inch pizza, a twenty-seven inch screen, "at five" and "at nine"'),
        ("10 N·m, 120/80 mmHg, 12 in tall",
         "ten newton meters, one hundred twenty over eighty millimeters of mercury, twelve inch "
         "tall"),
        ("1 km, 1.0 km", "one kilometer, one point zero kilometers"),
        # telephones abroad, cents, other marks
        ("Call 0044 20 7946 0958.", "Call zero zero four four, two zero, seven nine four six, zero "
                                    "nine five eight."),
        ("5¢/min, ₦500", "five cents per minute, five hundred naira"),
        ("either/or, his/her, a/b testing", "either or, his or her, A B testing"),
        ("Grades: A+, B-, C.", "Grades: A plus, B minus, C."),
        ("3% p.a. and an M.Sc. degree", "three percent per annum and an M S C degree"),
        ("↑ 5%, ∴ so", "up five percent, so"),
    ],
)  # fmt: skip
def test_notations(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("1 000 000 people, 10 000 km", "1,000,000 people, 10,000 km"),
        ("10\u202f500 or 10\u00a0500 of 1'000'000", "10,500 or 10,500 of 1,000,000"),
        ("₹1,00,000 and 12,34,567", "₹100,000 and 1,234,567"),
        ("1.000.000 and 2.000.500", "1,000,000 and 2,000,500"),
        ("€3,50, 3,50 €, €1.234,56", "€3.50, 3.50 €, €1,234.56"),
        ("36,6 °C and 12,5 %", "36.6 °C and 12.5 %"),
    ],
)
def test_groups(text: str, grouped: str) -> None:
    assert in_english_groups(text) == grouped


@pytest.mark.parametrize(
    "text",
    ["555 123 456", "Call 12 345 678 now", "+49 170 123 456 789", "0800 123 456", "in 2020 500 of",
     "1,2 and 3", "1,234,567.89", "192.168.100.200", "v1.000.2", "1 800 555 0199", "5'10\"",
     "20 300-page books", "1,250", "the '90s", "10 20 30", "4111 1111 1111 1111", "12 100 people"],
)  # fmt: skip
def test_what_is_no_group_stays(text: str) -> None:
    assert in_english_groups(text) == text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("747s and F-16s, B-2s", "seven forty-sevens and F sixteens, B twos"),
        ("Use ```inline``` code.", "Use inline code."),
        ("<summary>More</summary>Text<b>s</b>", "More Texts"),
        ("from 12/2024 to 3/2025", "from December twenty twenty-four to March twenty twenty-five"),
        ("On 2024-05-17 14:30 and 2000-01-01 00:00:00.",
         "On May seventeenth, twenty twenty-four, at fourteen thirty and January first, two "
         "thousand, at midnight."),
        ("At 00:00, 24:00, 14:05:00 and 14:05:09.",
         "At midnight, midnight, fourteen oh five and fourteen oh five and nine seconds."),
        ("Ryzen 9 7950X, i7-13700K, 100X, 1-2M",
         "Ryzen nine seventy-nine fifty X, i seven one three seven zero zero K, one hundred times, "
         "one to two million"),
        ("a 10k race for 10k people", "a ten k race for ten thousand people"),
        ("#1-#3, open 24-7", "number one to three, open twenty-four seven"),
        ("Mme. Curie, Nr. 5, vv. 3-5, the no. of people, Eq. (3)",
         "Madame Curie, number five, verses three to five, the number of people, equation, three"),
        ("No. of course not.", "No. of course not."),
        ("under-5s, over-65s, mid-20s and a 30s timer",
         "under-fives, over-sixty-fives, mid-twenties and a thirty second timer"),
        ("1/8ths, 2/3rds, 551–479 BC, 1066-44 BC",
         "one eighth, two thirds, five hundred fifty-one to four hundred seventy-nine BC, ten "
         "sixty-six to forty-four BC"),
        ('a 65" TV', "a sixty-five inch TV"),
        ("from 3.4% to 3.1%, 3–4%, 5 to 6%",
         "from three point four percent to three point one percent, three to four percent, five "
         "to six percent"),
        ("`cd ..` and `ls .`, ⌘C", "cd dot dot and ls dot, command C"),
        ("Text STOP to 40404.", "Text STOP to four zero four zero four."),
        ("20 deg. today, 2.5% y/y", "twenty degrees today, two point five percent year over year"),
        ("1 g/cm³, 5 W/cm²", "one gram per cubic centimeter, five watts per square centimeter"),
        ("Caf&eacute; &mdash; open&nbsp;24h, it&#8217;s 3 &lt; 5",
         "Café, open twenty-four hours, it's three is less than five"),
        ("1914–18, 1602–05, 1939-45, 2019-20",
         "nineteen fourteen to eighteen, sixteen oh two to oh five, nineteen thirty-nine to "
         "forty-five, twenty nineteen to twenty"),
        ("the 737 MAX", "the seven thirty-seven MAX"),
        ("₡500", "five hundred"),
        ("Timer: 00:05:00, 00:00:09", "Timer: five minutes, nine seconds"),
        ("½ tsp. salt, max. 8/day", "half a teaspoon salt, maximum eight per day"),
        ("on 7/20/69 and 7/20/31",
         "on July twentieth, nineteen sixty-nine and July twentieth, twenty thirty-one"),
        ("sin²θ, 2θ, ½bh, 4/3πr³", "sin squared theta, two theta, one half bh, four slash three pi "
                                   "r cubed"),
        ("Settings > Privacy & Security > Camera, Cats > dogs",
         "Settings, Privacy and Security, Camera, Cats is greater than dogs"),
        ("Order no. A-1029-77, ref. #12",
         "Order number A one zero two nine, seven seven, reference number twelve"),
        ("every 2nd Tues.", "every second Tuesday."),
        ("1,000s of people, 100s of km", "thousands of people, hundreds of km"),
        ("Q1'24 (b. 31 July 1980)", "Q one twenty twenty-four, born the thirty-first of July, "
                                    "nineteen eighty"),
        ("It is 3 × 4 = 12 – we know, y = 5 - x",
         "It is three times four equals twelve, we know, y equals five minus x"),
        ("c/o John, w.r.t. x", "care of John, with respect to x"),
        ("5kg-10kg, 100 km/h–120 km/h, 20 °C - 25 °C",
         "five to ten kilograms, one hundred to one hundred twenty kilometers per hour, twenty to "
         "twenty-five degrees Celsius"),
        ('8.5" x 11"', "eight point five by eleven inches"),
        ("1/x and n(n+1)/2, §§ 5-7", "one over x and n, n plus one, over two, sections five to "
                                     "seven"),
        ("y = mx + b", "y equals m x plus b"),
        ("① Ⅷ 5㎏ 𝐛𝐨𝐥𝐝 ﬁne １２", "one VIII five kilograms bold fine twelve"),
    ],
)  # fmt: skip
def test_more_notations(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


def test_control_characters_are_no_words() -> None:
    assert speakable("\x1b[31mred\x1b[0m and\x00 blue\x07") == "red and blue"
    assert speakable("\x00\x07\x1b[2K") == ""


def test_a_month_ends_a_sentence() -> None:
    assert speakable("It is in May. 3 people came.") == "It is in May. three people came."
    assert speakable("On Jan. 3 we met.") == "On January third we met."
