"""What is written for machines: web addresses, e-mail addresses, paths, file names, code.

Of a web address the scheme and "www" are left out, and of a long one all but the site. Pure; any
thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import digits
from assistant.language.en.say.letters import mixed
from assistant.language.en.say.parts import number, pairs
from assistant.language.en.say.spans import Recogniser

_ENDS = (
    "com|org|net|edu|gov|io|co|uk|de|fr|ai|app|dev|info|biz|me|tv|us|ca|au|jp|eu|ch|at|nl|be|it|es"
    "|se|no|fi|dk|pl|ie|nz|in|br|ru|cn|kr|mx|za|xyz|tech|online|site|shop|blog|cloud|wiki|news"
    "|ly|gg|fm|to|sh"
)
_HOST = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?:{_ENDS})"
_FILES = (
    "py|js|ts|toml|txt|md|json|yaml|yml|csv|tsv|html|css|sh|c|h|cpp|rs|go|java|pdf|docx?|xlsx?"
    "|pptx?|png"
    "|jpe?g|gif|svg|mp3|mp4|wav|zip|tar|gz|exe|ini|cfg|log|xml|sql|ipynb|onnx|gguf|lock|env|bak"
    "|conf"
)
_MARKS = {
    ".": "dot", "/": "slash", "-": "dash", "_": "underscore", "@": "at", "+": "plus", ":": "colon",
    "~": "tilde", "\\": "backslash", "?": "question mark", "=": "equals", "&": "and", "#": "hash",
    "%": "percent", "*": "star", "$": "dollar", "!": "exclamation mark", "|": "pipe",
    "<": "less than",
    ">": "greater than", "^": "caret",
}  # fmt: skip
_PIECES = re.compile(r"[A-Za-z]+|\d+|[^\W\d_]+|[^\w\s]|_")
_LONGEST_PATH = 30
_MOST_STEPS = 2


def _word(text: str) -> str:
    if text.isdecimal():
        return number(text) if len(text) < 5 and not text.startswith("0") else digits(text)
    return text


def marked(text: str) -> str:
    """Every mark of `text` by its name: "a-b.c" is "a dash b dot c"."""
    return " ".join(_MARKS.get(one, "") or _word(one) for one in _PIECES.findall(text))


def _site(host: str) -> str:
    return marked(re.sub(r"^www\.", "", host, flags=re.IGNORECASE))


def _link(found: re.Match[str]) -> str:
    host, path = found["host"].lower(), (found["path"] or "").rstrip(".,;:!?")
    if path.endswith(")") and path.count("(") < path.count(")"):
        path = path.rstrip(").,;:!?")
    stop = (found["path"] or "")[len(path) :]
    port = f" colon {pairs(found['port'][1:])}" if found["port"] else ""
    said = _site(host) + port
    path = path.rstrip("/")
    plain = len(path) <= _LONGEST_PATH and path.count("/") <= _MOST_STEPS
    if path and plain and not set(path) & set("?#=&%"):
        said += f" {marked(path)}"
    return said + stop


def _mail(found: re.Match[str]) -> str:
    return f"{marked(found['name'])} at {marked(found['host'])}"


def _path(found: re.Match[str]) -> str:
    return marked(found[0])


def _steps(found: re.Match[str]) -> str:
    """A path, or words from which one is to be chosen ("his/her/their")."""
    parts = found[0].split("/")
    if all(part.isalpha() and part.islower() for part in parts):
        return f"{', '.join(parts[:-1])} or {parts[-1]}"
    return marked(found[0])


def _file(found: re.Match[str]) -> str:
    end = found["end"]
    return f"{marked(found['name'])} dot {mixed(end) if any(map(str.isdecimal, end)) else end}"


def _dots(found: re.Match[str]) -> str:
    return " dot ".join(found[0].split("."))


_CODE_SIGNS = (
    (re.compile(r"(?<![\w.])\.\.(?![\w.])"), " dot dot "),
    (re.compile(r"(?<!\S)\.(?!\S)"), " dot "),
    (re.compile(r"(?<!\w)--(?=\w)"), " dash dash "),
    (re.compile(r"(?<![\w-])-(?=[A-Za-z]\b)"), " dash "),
    (re.compile(r"\(\s*\)|[;{}\[\]\"'`]"), " "),
    (re.compile(r"(?<=\w)\.(?=[A-Za-z_])"), " dot "),
    (re.compile(r"(?<!\w)\.(?=[A-Za-z_])"), "dot "),
    (re.compile(r"(?<=[A-Za-z])_+(?=\w)|\b_+|_+\b"), " "),
    (re.compile(r"\s*!=\s*"), " is not equal to "),
    (re.compile(r"\s*==\s*"), " equals "),
    (re.compile(r"\s*\*\*\s*"), " to the power of "),
    (re.compile(r"\s*&&\s*"), " and "),
    (re.compile(r"\s*\|\|\s*"), " or "),
    (re.compile(r"(?<=\w)/(?=\w)|(?<!\w)/(?=\w)"), " slash "),
    (re.compile(r"(?<=\w)\((?=[^)])"), " of "),
    (re.compile(r"[()\\]"), " "),
)


def code(text: str) -> str:
    """A piece of code within a sentence, without the marks that nobody reads aloud."""
    for pattern, words in _CODE_SIGNS:
        text = pattern.sub(words, text)
    return " ".join(text.split())


ADDRESSES = (
    Recogniser(
        "e-mail",
        r"(?:mailto:|<)?(?<![\w.+%-])(?P<name>[\w.+%-]*\w)@(?P<host>[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})>?",
        _mail,
        needs="@",
    ),
    Recogniser(
        "URL",
        r"<?\b(?:https?|ftp)://(?P<host>[\w-]+(?:\.[\w-]+)*)(?P<port>:\d+)?"
        r"(?P<path>[/?#][^\s<>\"”\]]*)?>?",
        _link,
        needs=":",
        flags=re.IGNORECASE,
    ),
    Recogniser(
        "URL",
        rf"(?<![\w@./-])(?P<host>{_HOST})(?P<port>:\d+)?(?P<path>/[^\s<>\"”)\]]*)?(?![\w@])",
        _link,
        needs=".",
    ),
    Recogniser("URL", r"\b(?P<host>localhost)(?P<port>:\d+)(?P<path>/[^\s<>\"”)\]]*)?", _link,
               needs=":"),
    Recogniser("path", r"(?<![\w/.<])(?:~|\.{1,2})?(?:/[\w.-]*\w){2,}/?(?!\w)", _path, needs="/"),
    Recogniser("path", r"\b[A-Za-z]:\\[\w\\.-]*\w", _path, needs="\\"),
    Recogniser("path", r"(?<![\w/.])[a-z][\w-]*(?:/[\w.-]+){2,}(?!\w)", _steps, needs="/"),
    Recogniser("file", rf"(?<![\w/.@-])(?P<name>[\w.-]*\w)\.(?P<end>{_FILES})(?![\w.]*\w)", _file,
               needs="."),
    Recogniser("file", r"(?<![\w.])\.(?P<name>NET|env|gitignore|bashrc)\b", r"dot \g<name>",
               needs="."),
    Recogniser("file", r"(?<![\w.@])[A-Za-z_]{2,}(?:\.[a-z_]{2,})+(?![\w.]*\w)", _dots, needs="."),
    Recogniser("file", r"\b(?P<name>Node|Vue|Next|React|D3|Express|Three)\.js\b", r"\g<name> J S",
               needs="."),
)  # fmt: skip
