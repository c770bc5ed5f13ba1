"""Marks that lay a text out and have no sound: Markdown, tags, tables, footnotes; formulas and
code.

The first of two passes: what is read as words is left as it is, so that a number between two stars
is a number like any other. Pure; any thread.
"""

from __future__ import annotations

import re
from html import unescape

from assistant.language.en.numbers import cardinal
from assistant.language.en.say.addresses import code
from assistant.language.en.say.latex import formula
from assistant.language.en.say.spans import Recogniser, rewrite

_TAGS = (
    "a|abbr|b|big|blockquote|br|center|cite|code|dd|del|details|div|dl|dt|em|figure|font|h[1-6]"
    "|hr|i|img"
    "|ins|kbd|li|mark|ol|p|pre|q|s|samp|script|small|span|strike|strong|style|sub|summary|sup"
    "|table|tbody"
    "|td|th|thead|think|tr|tt|u|ul|var"
)
_APART = tuple(
    f"{begin}{name}" for begin in ("<", "</")
    for name in ("br", "p", "li", "td", "th", "tr", "div", "h", "summary", "dd", "dt", "table")
)  # fmt: skip
"""Tags between words."""
_IS_MATH = re.compile(r"[\\^_=+*/<>{}]|^\s*[A-Za-z]\s*$|[A-Za-z]\([A-Za-z]|[a-z\d]!|\d\s*[-−]\s*\w")


def _formula(found: re.Match[str]) -> str:
    """The words; a full stop within the marks ends the sentence."""
    inner = (found["inner"] or found["more"]).strip()
    stop = inner[-1] if inner.endswith((".", ",")) else ""
    return formula(inner.rstrip(".,")) + stop


def _dollars(found: re.Match[str]) -> str | None:
    return _formula(found) if _IS_MATH.search(found["inner"]) else None


def _row(found: re.Match[str]) -> str:
    """The cells of a row of a table, one after the other."""
    cells = [cell.strip() for cell in found[0].strip().strip("|").split("|")]
    return ", ".join(cell for cell in cells if cell) + "."


def _numbered(found: re.Match[str]) -> str:
    return f"{cardinal(int(found[1]))}: "


def _heading(found: re.Match[str]) -> str:
    return found["words"].rstrip(" \t#")


def _code(found: re.Match[str]) -> str:
    return code(found["inner"])


_PROTECTED = (
    Recogniser("code", r"```(?P<inner>[^`\n]+)```", _code, needs="`"),
    Recogniser("block", r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", lambda found: " ", needs="`~",
               flags=re.DOTALL),
    Recogniser("formula", r"\\\((?P<inner>.{1,1000}?)\\\)|\\\[(?P<more>.{1,1000}?)\\\]",
               _formula, needs="\\", flags=re.DOTALL),
    Recogniser("formula", r"\$\$(?P<inner>.+?)(?P<more>)\$\$", _formula, needs="$",
               flags=re.DOTALL),
    Recogniser("formula", r"(?<![\w\\$])\$(?=\S)(?P<inner>[^$\n]+?)(?<=\S)"
                          r"(?P<more>)\$(?![\d\w])", _dollars, needs="$"),
    Recogniser("code", r"(?<!`)(?P<ticks>`++)(?P<inner>[^`\n]+)(?P=ticks)", _code, needs="`"),
    Recogniser("image", r"!\[(?P<words>[^\[\]]*)\]\([^)\s]*(?:\s\"[^\"]*\")?\)", r"\g<words>.",
               needs="["),
    Recogniser("link", r"\[(?P<words>[^\[\]]+)\]\((?:[^()\s]|\([^)]*\))*(?:\s\"[^\"]*\")?\)",
               r"\g<words>",
               needs="["),
    Recogniser("link", r"\[(?P<words>[^\[\]]+)\]\[[^\[\]]*\]", r"\g<words>", needs="["),
    Recogniser("footnote", r"\s?\[\^?[\d, ]+\](?!\()", lambda found: "", needs="["),
    Recogniser("tag", rf"</?(?:{_TAGS})(?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))*\s*/?>"
                      rf"|<!--.{0,1000}?-->",
               lambda found: " " if found[0].lower().startswith(_APART) else "",
               needs="<", flags=re.IGNORECASE | re.DOTALL),
    Recogniser("entity", r"&(?:amp|lt|gt|#38|#60|#62);", lambda found: unescape(found[0]),
               needs="&"),
)  # fmt: skip
_LINES = (
    Recogniser("rule", r"^[ \t]*(?:(?=[^\n]*--)[ \t:|-]++|(?:[-*_][ \t]*){3,})$",
               lambda found: "",
               needs="-*_", flags=re.MULTILINE),
    Recogniser("row", r"^[ \t]*\|.*\|[ \t]*$", _row, needs="|", flags=re.MULTILINE),
    Recogniser("quote", r"^[ \t]*(?:>[ \t]?)+(?!\d)", lambda found: "", needs=">",
               flags=re.MULTILINE),
    Recogniser("item", r"^[ \t]*(?:[-*+•‣·◦▪][ \t]+)(?:\[[ xX]\][ \t]*)?(?=\S)", lambda found: "",
               needs="-*+•‣·◦▪", flags=re.MULTILINE),
    Recogniser("item", r"^[ \t]*(\d{1,3})[.)][ \t]+(?=\S)", _numbered, needs=".)",
               flags=re.MULTILINE),
)  # fmt: skip
_HEADINGS = (
    Recogniser("heading", r"^[ \t]*#{1,6}[ \t]+(?P<words>.*)$", _heading, needs="#",
               flags=re.MULTILINE),
)  # fmt: skip
_PAIRS = (
    Recogniser("strong", r"(\*\*\*|\*\*|___|__|~~|==)(?=\S)(?P<words>.+?)(?<=\S)\1", r"\g<words>",
               needs="*_~="),
    Recogniser("emphasis", r"(?<![\w*])\*(?=[^\s*])(?P<words>[^*]+?)(?<=\S)\*(?![\w*])",
               r"\g<words>", needs="*"),
    Recogniser("emphasis", r"(?<!\w)_(?=\S)(?P<words>[^_]+?)(?<=\S)_(?!\w)", r"\g<words>",
               needs="_"),
)  # fmt: skip
_LEFT_OVER = (
    Recogniser("mark", r"\*{2,}|(?<![\w)])\*(?=\w)|(?<=[\w.,!?])\*(?![\w(])(?!\s?[\d(])|~~"
                       r"|_{2,}(?!\w)|(?<!\w)_{2,}",
               lambda found: "", needs="*~_"),
)  # fmt: skip
PASSES = (_PROTECTED, _LINES, _HEADINGS, _PAIRS, _PAIRS, _LEFT_OVER)
_ANY = frozenset("`*_~#>|[<$\\&-+•‣·◦▪").union("=")
_ANY_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9A-Fa-f]{1,5}|[A-Za-z]{2,12}\d{0,2});")
_NUMBERED = re.compile(r"^[ \t]*\d{1,3}[.)][ \t]", re.MULTILINE)


def _character(found: re.Match[str]) -> str:
    """ "&eacute;"; the signs of tags come later, so that they make none."""
    character = unescape(found[0])
    return found[0] if character in "<>&" else character


def without_markup(text: str) -> str:
    """`text` without its marks, its formulas and pieces of code as words."""
    if _ANY.isdisjoint(text) and not _NUMBERED.search(text):
        return text
    if "&" in text:
        text = _ANY_ENTITY.sub(_character, text)
    for table in PASSES:
        text = rewrite(text, table)
    return text
