"""Places in streamed text at which no clause may end: short forms, dates, addresses, quotations.

What follows may not have come yet; then the answer is None, which means: wait. Knows no stream.
Pure.
"""

from __future__ import annotations

import re

OPENERS = frozenset(
    "The A An It He She They We You I This That There Then And But So In On At For As If When "
    "While "
    "My His Her Our Their Its Turn Go Take Walk Keep Look Cross Follow After Before Next Now "
    "Please "
    "Just Do Don't What Where Who How Why Is Are Was Were Can Could Will Would Make Head Stay From "
    "To With Bring Ask Call Use Start Stop Your Let It's I'm There's That's".split()
)
"""Words with which a sentence begins and no name of a saint or a doctor."""
_TITLES = frozenset(
    (
        "mr mrs ms dr prof sr st mt vs e.g i.e cf ca al a.k.a gen col lt sgt capt maj rev hon "
        "gov sen "
        "rep pres fr ft v viz mme mlle sra srta messrs"
    ).split()
)
"""Short forms after which a sentence goes on, unless a word follows with which one begins."""
_BEFORE_A_NUMBER = frozenset(
    (
        "no nos fig figs vol vols p pp pg ch chap sec art eq apt ste rm bldg fl rte ext ver ed "
        "pt para rs "
        "approx tel est op vv nr ref"
    ).split()
)
"""Short forms of what a number follows."""
_SELDOM_AN_END = frozenset(
    (
        "etc inc ltd co corp jr a.m p.m am pm jan feb mar apr jun jul aug sep sept oct nov dec "
        "mon tue "
        "tues wed thu thur thurs fri ave blvd rd ln ct pl sq pkwy hwy dept univ assn bros tbsp "
        "tsp oz lb "
        "lbs hr hrs min mins sec secs yr yrs wk wks mo mos mi gal qt yd yds avg "
        "max temp misc deg ph.d m.d b.a m.a"
    ).split()
)
"""Short forms at which a sentence ends when a capital follows."""
_STREETS = frozenset("ave blvd rd ln ct pl sq pkwy hwy".split())
_GOES_ON = frozenset("–—-−&/+=×")
"""Signs with which no sentence begins: "9 a.m. – 5 p.m."."""
_NUMBER = re.compile(r"(?:[A-Z]{0,2}[$€£¥₹]|[#№~≈±+−–-])?\s?\d")
_BEGINS_A_NUMBER = re.compile(r"(?:[A-Z]{0,2}[$€£¥₹]|[#№~≈±+−–-])\s?$")
_MARKED = re.compile(r"[A-Z]{1,3}-?\d")
_OF_TIME = frozenset(
    "a.m p.m am pm mon tue tues wed thu thur thurs fri jan feb mar apr jun jul aug sep sept "
    "oct nov dec".split()
)
_CALENDAR = (
    r"(?:Mon|Tues?|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b"
    r"|(?:[ECMP][SD]?T|CES?T|BST|IST|JST|GMT|UTC)\b"
)
_WITH_DOTS = r"(?:[a-z]\.)+[a-z]"
_MAY_STAND = r"(?:[A-Z]{2,3}|Jr|Sr|Inc|Ltd|Ph\.?D|Esq|Apt|Suite|Unit|Floor|Room|Building)\b"
"""What belongs to the words before a comma: "Austin, TX", "Smith, Jr."."""
_STREET = (
    r"\d[\w-]*\s(?:[\w.'’]+\s){0,4}?(?:St|Ave|Blvd|Rd|Dr|Ln|Ct|Pl|Sq|Pkwy|Hwy|Way|Street|Avenue"
    r"|Road"
    r"|Drive|Lane|Boulevard|Court|Place|Square|Parkway|Highway)\.?(?:\s(?:NE|NW|SE|SW|N|S|E"
    r"|W)\.?)?,$"
)
_OPENING = r"(?:(?<=\s)|(?<=[(\[—–*_])|^)[\"]|“|„|«"
_CLOSING = r"(?<=[^\s(\[])[\"](?=[\s.,;:!?)\]*_—–]|$)|”|»"
_SINGLE = re.compile(r"(?:(?<![\w’])‘|(?<=[,:]\s)'(?=[A-Z])(?!(?:Tis|Twas|Cause|Til)\b))")
"""The beginning of a quotation in single marks: "‘", or "'" behind "he said,"."""
_SINGLE_END = re.compile(r"['’](?!\w)")
_FORMULAS = (("\\(", "\\)"), ("\\[", "\\]"))
_DOLLAR = r"(?<![\w$\\])\$(?=\\|[A-Za-z](?![A-Za-z]{2}))"


_COUNTED = (
    r"(?:(?!1\s)\d[\d,.]*|[½¼¾])\s(?:more\s)?(?:people|men|women|children|eggs|(?!St\b)[a-z]{2,}s)\b"
    r"(?<!\bis)(?<!\bwas)(?<!\bhas)(?<!\bas)(?<!\bthis)"
)
_NAMES_A_NUMBER = re.compile(
    r"\b(?:the|an?|my|your|his|her|its|our|their|apt|apartment|room|house|at|in|and|use|see|with)\s$",
    re.IGNORECASE,
)


def is_word(before: str, word: str, following: str) -> bool | None:
    """Whether `word` before a dot is no short form: the "No" of "No. 5 minutes is too short", "Ed",
    the letter C. `before` is the text in front of it, `following` that behind the dot; None while
    too little of it is there."""
    after = following.lstrip()
    if not after[:1].isdigit():
        return False if after else None
    if word in ("Ed", "C"):
        if not before.strip() or re.match(r"\d+\s(?:BC|AD|CE)", after):
            return False
        return re.search(r"(?:\d(?:st|nd|rd|th)|\()\s?$", before) is None
    if word == "No":
        may_be = not before.strip() or before.rstrip('"“ \n')[-1:] in tuple(".!?:,")
    else:
        may_be = word == "no" and _NAMES_A_NUMBER.search(before[-12:]) is None
    if not may_be:
        return False
    if re.fullmatch(r"[\d,.]+(?:\s(?:more\s?)?[a-z]*)?", after):
        return None
    return re.match(_COUNTED, after) is not None


def ends_after_short_form(word: str, following: str) -> bool | None:
    """Whether a sentence ends with `word` (in small letters, without its last dot), of which
    `following` is what comes behind the dot; None while too little of it is there."""
    after = following.lstrip()
    if word in _TITLES or (re.fullmatch(_WITH_DOTS, word) and word not in _SELDOM_AN_END):
        return _is_opener(after)
    if len(word) == 1 and word.isalpha() and word != "i":
        return False
    if word in _BEFORE_A_NUMBER:
        if not after or re.fullmatch(r"[A-Z]{1,3}-?", after):
            return None
        if word == "no":
            if "of course".startswith(after):
                return None
            is_number = after[0] == "#" or re.match(r"[A-Z]{0,3}-?\d", after)
            return not (is_number or re.match(r"of\s(?!course)", after))
        return not (
            after[0].isdigit() or after[0].islower() or after[0] in "#(" or _MARKED.match(after)
        )
    if word not in _SELDOM_AN_END:
        return True
    if not after:
        return None
    if word in _STREETS and re.match(r"(?:NE|NW|SE|SW|N|S|E|W)(?:\b|$)", after):
        return False
    if after[0].isupper() and word in _OF_TIME:
        return None if after.isalpha() else re.match(_CALENDAR, after) is None
    return after[0].isupper() or not (after[0].isalnum() or after[0] in _GOES_ON)


def _is_opener(after: str) -> bool | None:
    """Whether the next word is one that begins a sentence and is no name."""
    if not after:
        return None
    if not after[0].isupper():
        return False
    word = re.match(r"[\w'’]+", after)
    if word is None or word.end() == len(after):
        return None
    if len(word[0]) == 1 and after[word.end()] == ".":
        return False  # "Prof. A. Weber"
    return word[0] in OPENERS


def is_joint(head: str, following: str) -> bool | None:
    """Whether what follows a comma or the like at the end of `head` belongs to what stands before
    it: a year, a state, the rest of an address. None while too little has come."""
    after = following.lstrip()
    if not after:
        return None
    if _NUMBER.match(after):
        return True
    if _BEGINS_A_NUMBER.match(after):
        return None
    if not after[0].isupper():
        return False
    if re.search(_STREET, head):
        return True
    if after.isalpha() and len(after) < 10:
        return None
    return re.match(_MAY_STAND, after) is not None or re.match(_CALENDAR, after) is not None


def is_open(head: str) -> bool:
    """Whether a quotation, a formula or a piece of code is still open at the end of `head`."""
    if len(re.findall(_OPENING, head)) > len(re.findall(_CLOSING, head)):
        return True
    singles = [found.end() for found in _SINGLE.finditer(head)]
    if singles and _SINGLE_END.search(head, singles[-1]) is None:
        return True
    if any(head.count(begin) > head.count(end) for begin, end in _FORMULAS):
        return True
    if head.count("$$") % 2 or ("$" in head and _is_in_dollars(head)):
        return True
    return head.replace("```", "").count("`") % 2 == 1


def _is_in_dollars(head: str) -> bool:
    """Whether the last "$" that may begin a formula has no partner."""
    begins = [found.end() for found in re.finditer(_DOLLAR, head)]
    return bool(begins) and "$" not in head[begins[-1] :]
