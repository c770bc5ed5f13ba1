"""Signs that are words: "&", "a<b", "x² + y²", "#1", "C#", "→", "√16", "~5", "©".

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.say.parts import NUMBER, number
from assistant.language.en.say.spans import Recogniser

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RELATIONS = {
    "<=": "is less than or equal to", ">=": "is greater than or equal to", "≤": "is less than "
        "or equal to",
    "≥": "is greater than or equal to", "<": "is less than", ">": "is greater than",
    "!=": "is not equal to", "≠": "is not equal to", "==": "is equal to", "=": "equals",
    "≈": "is approximately", "≡": "is equivalent to", "~=": "is approximately",
    "<>": "is not equal to",
    "===": "is equal to", "∈": "is in", "⊂": "is a subset of", "∝": "is proportional to",
}  # fmt: skip
_ALONE = {
    "<": "less than", ">": "more than", "<=": "at most", ">=": "at least", "≤": "at most",
    "≥": "at least", "~": "about", "≈": "about", "±": "plus or minus", "√": "the square root of ",
    "∛": "the cube root of ",
}  # fmt: skip
_OPERATORS = {"+": "plus", "*": "times", "×": "times", "·": "times", "⋅": "times", "∗": "times",
              "÷": "divided by", "±": "plus or minus", "∓": "minus or plus", "^": "to the power of",
              "−": "minus", "–": "minus", "-": "minus", "/": "divided by"}  # fmt: skip
_SINGLE = {
    "&": "and", "@": "at", "%": "percent", "‰": "per thousand", "→": "to", "⟶": "to",
    "⇒": "leads to",
    "←": "from", "↔": "and", "∞": "infinity", "π": "pi", "§": "section", "¶": "paragraph",
    "©": "copyright", "°": "degrees", "º": "degrees", "∑": "the sum of", "∏": "the product of",
    "∫": "the integral of", "∂": "partial", "∇": "nabla", "∆": "delta", "√": "the square root of",
    "=": "equals", "+": "plus", "×": "times", "÷": "divided by", "±": "plus or minus",
    "≤": "is less than or equal to", "≥": "is greater than or equal to", "≠": "is not equal to",
    "≈": "is approximately", "∪": "union", "∩": "intersection", "∀": "for all", "∃": "there exists",
    "¬": "not", "∧": "and", "∨": "or", "♯": "sharp", "♭": "flat", "€": "euros", "£": "pounds",
    "¥": "yen", "¢": "cents", "µ": "micro", "ℓ": "liters", "№": "number", "$": "dollars",
    "↑": "up", "↓": "down", "⌘": "command", "⌥": "option", "⇧": "shift",
}  # fmt: skip
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi "
        "rho sigma "
        "tau upsilon phi chi psi omega gamma delta theta lambda xi pi sigma phi psi omega".split(),
        strict=True,
    )
)
_NAMED = {"C#": "C sharp", "F#": "F sharp", "C++": "C plus plus", "G#": "G sharp", "D#": "D sharp",
          "A#": "A sharp", "c++": "C plus plus", "c#": "C sharp", "Notepad++": "Notepad plus plus",
          "g++": "G plus plus", "AT&T": "A T and T", "R&D": "R and D", "Q&A": "Q and A",
          "R&B": "R and B", "B&B": "B and B", "M&M": "M and M", "M&Ms": "M and Ms",
          "P&L": "P and L",
          "H&M": "H and M", "TL;DR": "T L D R",
          "ASP.NET": "A S P dot net", "Q+A": "Q and A"}  # fmt: skip
_GLYPHS = dict(
    zip("½¼¾⅓⅔⅛⅜⅝⅞", ("one half", "one quarter", "three quarters", "one third", "two thirds",
                     "one eighth", "three eighths", "five eighths", "seven eighths"), strict=True)
)  # fmt: skip
_NAMED_ANY = "|".join(sorted(map(re.escape, _NAMED), key=len, reverse=True))
_TERM = r"[\w)\]%²³]"
_NUMBER = re.compile(NUMBER, re.ASCII)
_FACE = (
    r"(?<![\w:;])(?:[:;=8][-o*']?[)(\]\[DPpOo/|\\3*]|<3|:'\(|\^[_.]?\^|¯\\?_\(ツ\)_/¯"
    r"|\(?[╯ノ]°?[^\s]*┻|[xX]D)"
    r"(?![\w(])"
)


def _power(found: re.Match[str]) -> str:
    """ "x²" and "x^2" are "x squared"."""
    raw = (found["high"] or found["power"]).translate(_SUPERSCRIPTS).strip("(){}")
    said = {"2": "squared", "3": "cubed"}.get(raw)
    if said is None:
        minus = "minus " if raw[0] in "-−" else ""
        bare = raw.lstrip("-−+")
        said = f"to the power of {minus}{number(bare) if _NUMBER.fullmatch(bare) else bare}"
    return f" {said}"


def _relation(found: re.Match[str]) -> str:
    return f" {_RELATIONS[found['mark']]} "


def _prefix(found: re.Match[str]) -> str:
    return f"{_ALONE[found['mark']].strip()} "


def _operator(found: re.Match[str]) -> str:
    return f" {_OPERATORS[found['mark']]} "


def _hash(found: re.Match[str]) -> str:
    return "number " if found[1].isdecimal() else "hashtag "


def _slash(found: re.Match[str]) -> str:
    """ "and/or" is "and or", "he/she" "he or she", "AC/DC" "AC DC"."""
    left, right = found["left"], found["right"]
    if right.lower() in ("or", "nor") or (left.isupper() and right.isupper()):
        return f"{left} {right}"
    return f"{left} or {right}"


def _grade(found: re.Match[str]) -> str:
    return f"{found[1]} {'plus' if found[2] == '+' else 'minus'}"


def _factorial(found: re.Match[str]) -> str:
    return f"{number(found[1]) if found[1].isdecimal() else found[1]} factorial"


POWERS = (
    Recogniser("power", r"(?<=[\w)])(?:(?P<high>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)|\^(?P<power>\{[^}]+\}|\([^)]+"
                        r"\)|[-−]?\w+))",
               _power, needs="⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺^"),
    Recogniser("factorial", r"(?<![\w.'’])(\d{1,3}|[a-z])!(?=\s?[=≤≥×÷]|\s[+*/-]\s"
                            r"|[+*/-])", _factorial, needs="!"),
)  # fmt: skip

SYMBOLS = (
    Recogniser("emoticon", _FACE, lambda found: "", needs=":;=8<^¯╯ノxX"),
    Recogniser("name", rf"(?<!\w)(?:{_NAMED_ANY})(?![\w+#])", lambda found: _NAMED[found[0]],
               needs="#+&.;"),
    Recogniser("grade", r"(?<![\w'’-])([A-DFO]|AB)([+−])(?![\w+])", _grade, needs="+−"),
    Recogniser("grade", r"(?<![\w'’-])([A-DF])(-)(?=[,.;)]|$|\s(?:grade|average|student|or"
                        r"|and|in)\b)",
               _grade, needs="-"),
    Recogniser("menu", r"(?<=[a-z]{2})\s>\s(?=[A-Z][a-z]{2})", ", ", needs=">"),
    Recogniser("relation", rf"(?<={_TERM})\s*(?P<mark>===|==|<=|>=|!=|<>|~=|[<>≤≥≠=≈≡∈⊂∝])\s*"
                           rf"(?=[\w(\[√π∞$€£.+−-])"
               .replace(r"(?<=[\w)\]%²³])", r"(?<=[\w)\]%²³°!])"), _relation, needs="<>≤≥≠=≈≡∈⊂∝"),
    Recogniser("about", r"(?<![\w~<>=])(?P<mark><=|>=|[<>≤≥~≈√∛])\s?(?=[\d$€£.(]|[a-z]\b)", _prefix,
               needs="<>≤≥~≈√∛"),
    Recogniser("operator", rf"(?<={_TERM})(?:\s+(?P<mark>[+*×·⋅∗÷±∓^−])\s*|\s*"
                           rf"(?P<tight>[×·⋅∗÷±])\s*)(?=[\w(√π])",
               lambda found: f" {_OPERATORS[found['mark'] or found['tight']]} ",
               needs="+*×·⋅∗÷±∓^−"),
    Recogniser("operator", r"(?<=[\d)])\s?(?P<mark>[+*])\s?(?=[\d(])", _operator, needs="+*"),
    Recogniser("operator", r"(?<=[\d)])\s(?P<mark>/)\s(?=\d)", _operator, needs="/"),
    Recogniser("operator", r"(?<=[\d)])/(?=[abcknxyz]\b)|(?<=[)²³])/(?=\d)", lambda found: " over ",
               needs="/"),
    Recogniser("operator", r"(?<=[\w)])\s(?P<mark>[-–])\s(?=[\w(]+(?:\s[-+*/×÷]\s[\w(]+)*\s?="
                           r")", _operator,
               needs="-–"),
    Recogniser("operator", r"(?<=\b[a-z])\s?(?P<mark>[+*/])\s?(?=[a-z]\b|\d)", _operator,
               needs="+*/"),
    Recogniser("hash", r"#(?=(\w))", _hash, needs="#"),
    Recogniser("slash", r"(?<![\w/.])(?P<left>[A-Za-z][A-Za-z'’]*)\s?/\s?"
                        r"(?P<right>[A-Za-z][A-Za-z'’]*)(?![\w/])",
               _slash, needs="/"),
    Recogniser("and", r"\s?&&\s?", lambda found: " and ", needs="&"),
    Recogniser("or", r"\s?\|\|\s?", lambda found: " or ", needs="|"),
    Recogniser("arrow", r"\s?(?:-{1,2}>|=>|<-{1,2}|➔|➡️?|➜)\s?", lambda found: " to ",
               needs=">-➔➡➜"),
    Recogniser("greek", rf"(?<![A-Za-zα-ωΑ-Ω_])[{''.join(_GREEK)}](?!\w)",
               lambda found: _GREEK[found[0]], needs="".join(_GREEK)),
    Recogniser("greek", rf"(?<!\w)[{''.join(_GREEK)}](?=[A-Za-z]\b)",
               lambda found: f"{_GREEK[found[0]]} ", needs="".join(_GREEK)),
    Recogniser("per", r"(?<=\d)/(?=(?:day|week|month|year|hour|night|person|minute|second)\b)",
               lambda found: " per ", needs="/"),
    Recogniser("slash", r"(?<=\d)/(?=\d)", lambda found: " slash ", needs="/"),
    Recogniser("fraction", r"[½¼¾⅓⅔⅛⅜⅝⅞]", lambda found: f" {_GLYPHS[found[0]]} ",
               needs="½¼¾⅓⅔⅛⅜⅝⅞"),
    Recogniser("sign", r"§§\s?", lambda found: "sections ", needs="§"),
    Recogniser("sign", rf"\s?[{re.escape(''.join(_SINGLE))}]\s?",
               lambda found: f" {_SINGLE[found[0].strip()]} ",
               needs="".join(_SINGLE)),
    Recogniser("underscore", r"(?<=\w)_(?=\w)", lambda found: " ", needs="_"),
)  # fmt: skip
