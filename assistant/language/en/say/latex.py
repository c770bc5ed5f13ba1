"""A formula in LaTeX as words: "\\frac{15}{100} \\times 80 = 12", "x^2", "\\sqrt{16}".

Reads what language models write; an unknown command is left out and its arguments are read. Wording
after ClearSpeak, as far as it goes in so few rules. Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import cardinal, ordinal
from assistant.language.en.say.parts import number

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:,\d{3})*(?:\.\d+)?|\.\d+|[A-Za-z]|\s+|.", re.DOTALL)
_WORDS = {
    "times": "times", "cdot": "times", "ast": "times", "div": "divided by", "pm": "plus or minus",
    "mp": "minus or plus", "leq": "is less than or equal to", "le": "is less than or equal to",
    "leqslant": "is less than or equal to", "geqslant": "is greater than or equal to",
    "geq": "is greater than or equal to", "ge": "is greater than or equal to",
    "lt": "is less than", "gt": "is greater than", "ll": "is much less than",
    "gg": "is much greater than", "neq": "is not equal to", "ne": "is not equal to",
    "approx": "is approximately", "equiv": "is equivalent to", "sim": "is similar to",
    "cong": "is congruent to", "propto": "is proportional to", "to": "to", "rightarrow": "to",
    "mapsto": "maps to", "Rightarrow": "implies", "implies": "implies", "iff": "if and only if",
    "Leftrightarrow": "if and only if", "infty": "infinity", "in": "in", "notin": "not in",
    "cup": "union", "cap": "intersection", "subset": "is a subset of",
    "subseteq": "is a subset of", "forall": "for all", "exists": "there exists", "neg": "not",
    "lnot": "not", "land": "and", "wedge": "and", "lor": "or", "vee": "or", "partial": "partial",
    "nabla": "nabla", "degree": "degrees", "circ": "of", "prime": "prime", "ldots": "and so on",
    "dots": "and so on", "cdots": "and so on", "emptyset": "the empty set",
    "therefore": "therefore",
    "because": "because", "angle": "angle", "perp": "is perpendicular to",
    "parallel": "is parallel to",
    "mid": "given", "hbar": "h bar", "ell": "l", "Re": "the real part of", "bmod": "modulo",
    "sin": "sine", "cos": "cosine", "tan": "tangent", "cot": "cotangent", "sec": "secant",
    "csc": "cosecant", "log": "log", "ln": "natural log", "exp": "exponential",
    "min": "the minimum of",
    "max": "the maximum of", "det": "the determinant of", "gcd": "the greatest common divisor of",
    "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "mod": "modulo",
    "backslash": "minus",
    "arcsin": "arc sine", "arccos": "arc cosine", "arctan": "arc tangent",
}  # fmt: skip
_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi "
    "Omega".split()
)
_SIGNS = {
    "+": "plus", "-": "minus", "−": "minus", "=": "equals", "<": "is less than",
    ">": "is greater than", "*": "times", "/": "over", "!": "factorial", "'": "prime",
    "%": "percent",
    "×": "times", "·": "times", "÷": "divided by", "≤": "is less than or equal to",
    "≥": "is greater than or equal to", "≠": "is not equal to", "≈": "is approximately",
    "±": "plus or minus",
    "→": "to", "∞": "infinity", "π": "pi", "√": "the square root of", "°": "degrees", ",": ",",
    ":": "to",
}  # fmt: skip
_BIG = {"sum": "the sum", "prod": "the product", "int": "the integral", "oint": "the integral",
        "iint": "the double integral", "bigcup": "the union",
        "bigcap": "the intersection"}  # fmt: skip
_ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
            "dot": "dot", "ddot": "double dot"}  # fmt: skip
_PLAIN_TEXT = frozenset(
    "text textbf textit mathrm mathbf mathit mathsf mathcal mathbb operatorname mbox textrm bm "
    "boldsymbol".split()
)
_SKIPPED = frozenset(
    "left right big Big bigl bigr Bigl Bigr displaystyle textstyle limits nolimits quad qquad "
    "middle hfill label tag nonumber".split()
)
_SIMPLE = {("1", "2"): "one half", ("1", "3"): "one third", ("2", "3"): "two thirds",
           ("1", "4"): "one quarter", ("3", "4"): "three quarters"}  # fmt: skip
_FUNCTIONS = frozenset("fghP")
_DEEPEST = 30


def formula(text: str) -> str:
    """The words of `text`, which is what stands between the marks of a formula."""
    words: str = " ".join(_Reader(text).read())
    return words.replace(" ,", ",")


class _Reader:
    """Reads the formula from left to right, an argument by calling itself."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = [one for one in _TOKEN.findall(text) if not one.isspace()]
        self._at = 0
        self._depth = 0

    def read(self, until: str = "") -> list[str]:
        """The words up to the token `until`, which is taken."""
        words: list[str] = []
        self._depth += 1
        while self._at < len(self._tokens):
            token = self._next()
            if token == until:
                break
            words += self._token(token) if self._depth < _DEEPEST else []
        self._depth -= 1
        return words

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _argument(self) -> list[str]:
        """What one command takes: a group in braces or a single token."""
        if not self._peek() or self._depth > _DEEPEST:
            return []
        self._split_digits()
        self._depth += 1  # a command may be the argument of a command
        token = self._next()
        words = self.read("}") if token == "{" else self._token(token)
        self._depth -= 1
        return words

    def _split_digits(self) -> None:
        """Without braces one digit is an argument: "\\frac12"."""
        token = self._peek()
        if token.isdecimal() and len(token) > 1:
            self._tokens[self._at : self._at + 1] = [*token]

    def _raw(self) -> str:
        """The tokens of an argument as they stand."""
        self._split_digits()
        if self._peek() != "{":
            return self._next() if self._peek() else ""
        self._at += 1
        start, open_braces = self._at, 1
        while self._at < len(self._tokens) and open_braces:
            token = self._next()
            open_braces += (token == "{") - (token == "}")
        return "".join(self._tokens[start : self._at - (not open_braces)])

    def _token(self, token: str) -> list[str]:
        if token.startswith("\\") and len(token) > 1:
            return self._command(token[1:])
        if token == "{":
            return self.read("}")
        if token == "^":
            return self._power()
        if token == "_":
            return ["sub", *self._argument()]
        if token[0].isdecimal() or (token[0] == "." and len(token) > 1):
            return [number(token)]
        if token.isalpha():
            return [token, "of"] if token in _FUNCTIONS and self._peek() == "(" else [token]
        return [_SIGNS[token]] if token in _SIGNS else []

    def _command(self, name: str) -> list[str]:
        name = name.rstrip("*")
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._fraction()
        if name == "sqrt":
            return self._root()
        if name in _BIG:
            return self._big(_BIG[name])
        if name == "lim":
            return self._limit()
        if name in ("binom", "dbinom"):
            return [*self._argument(), "choose", *self._argument()]
        if name == "vec":
            return ["vector", *self._argument()]
        if name in _ACCENTS:
            return [*self._argument(), _ACCENTS[name]]
        if name in _PLAIN_TEXT:
            return self._words()
        if name in ("begin", "end"):
            self._raw()
            return []
        if name == "\\":
            return [","]
        if name in ("%", "$", "&", "#"):
            return [{"%": "percent", "$": "dollars", "&": "and", "#": "number"}[name]]
        if name in _GREEK:
            return [name.lower()]
        return [_WORDS[name]] if name in _WORDS else []

    def _words(self) -> list[str]:
        """Words that stand in a formula as words: their letters belong together."""
        tokens, words = self._raw(), []
        for run in re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", tokens):
            words.append(number(run) if run[0].isdecimal() else run)
        return words

    def _fraction(self) -> list[str]:
        at = self._at
        raw = (self._raw(), self._raw())
        if raw in _SIMPLE:
            return [_SIMPLE[raw]]
        self._at = at
        return [*self._argument(), "over", *self._argument()]

    def _root(self) -> list[str]:
        kind = "the square root of"
        if self._peek() == "[":
            self._at += 1
            start = self._at
            degree = " ".join(self.read("]"))
            raw = "".join(self._tokens[start : self._at - 1])
            named = f"{ordinal(int(raw))} root" if raw.isdecimal() else f"{degree} th root"
            kind = {"2": "the square root of", "3": "the cube root of"}.get(raw, f"the {named} of")
        return [kind, *self._argument()]

    def _big(self, name: str) -> list[str]:
        """A sum, a product or an integral with its limits."""
        low, high = self._limits()
        words = [name]
        if low:
            words += ["from", *low]
        if high:
            words += ["to", *high]
        return [*words, "of"]

    def _limits(self) -> tuple[list[str], list[str]]:
        low: list[str] = []
        high: list[str] = []
        while self._peek() in ("_", "^", "\\limits", "\\nolimits"):
            token = self._next()
            if token == "_":
                low = self._argument()
            elif token == "^":
                high = self._argument()
        return low, high

    def _limit(self) -> list[str]:
        low, _ = self._limits()
        at = " ".join(low).replace(" to ", " approaches ")
        return ["the limit as", at, "of"] if at else ["the limit of"]

    def _power(self) -> list[str]:
        at = self._at
        if self._peek().isdecimal():  # "x^10" is meant as a whole
            raw = self._next()
        else:
            raw = self._raw()
        if raw == "2":
            return ["squared"]
        if raw == "3" and (at < 2 or self._tokens[at - 2] != "10"):
            return ["cubed"]
        if raw in ("\\circ", "°", "\\degree"):
            return ["degrees"]
        if raw in ("'", "\\prime"):
            return ["prime"]
        if raw == "th":
            return ["th"]
        if raw.isdecimal():
            return ["to the power of", cardinal(int(raw))]
        self._at = at
        return ["to the power of", *self._argument()]
