"""Cuts the text of a document into passages: a few sentences that stand below one heading.

Markdown and plain text; a PDF's text is read as plain text. What a passage holds stands in the
document, word for word, but for marks of Markdown; a row of a table is told with the names of its
columns. Knows no file. Pure; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_PASSAGE = 700
"""Characters. A passage is what is found as a whole: about as much as one paragraph or one list."""
LONGEST_SENTENCE = 400
"""Characters; what is longer is cut, because nobody listens to it."""

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"(=+|-+)\s*$")
_NUMBERED_HEADING = re.compile(r"(?:\d+\.)+\d*\s+[A-Z][^.!?:;]{0,50}$")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(.*)")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}$")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_COLUMN_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
_SHORT = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|no|nr|vs|etc|approx|ca|e\.g|i\.e|fig|p|art|sec|ext|inc|ltd)"
    r"|\b[A-Z])\.$",
    re.IGNORECASE,
)
_MARKS = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)([*_])(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"`([^`]*)`"), r"\1"),
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]"
)
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Passage:
    """`headings` from the outermost in, `sentences` in their order."""

    headings: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(slots=True)
class _Block:
    """A paragraph, an item of a list or a row of a table below `headings`."""

    headings: tuple[str, ...]
    text: str
    is_loose: bool = True
    """A paragraph: sentences are looked for in it."""


def cut(text: str, *, is_markdown: bool) -> list[Passage]:
    """The passages of a document, in order."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    blocks = _markdown(text) if is_markdown else _plain(text)
    passages: list[Passage] = []
    held: list[str] = []
    below: tuple[str, ...] = ()
    for block in blocks:
        said = sentences(block.text) if block.is_loose else [block.text[:LONGEST_SENTENCE]]
        for sentence in said:
            is_full = sum(map(len, held)) + len(sentence) > LONGEST_PASSAGE
            if held and (is_full or block.headings != below):
                passages.append(Passage(below, tuple(held)))
                held = []
            below = block.headings
            held.append(sentence)
    if held:
        passages.append(Passage(below, tuple(held)))
    return passages


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph."""
    found: list[str] = []
    for part in _END.split(" ".join(text.split())):
        if found and _SHORT.search(found[-1]):
            found[-1] += f" {part}"
        elif part:
            found.append(part)
    return [one[:LONGEST_SENTENCE] for one in found if re.search(r"\w", one)]


def _markdown(text: str) -> Iterator[_Block]:
    headings: dict[int, str] = {}
    paragraph: list[str] = []
    columns: list[str] = []
    lines = _without_code(_FRONT.sub("", text))
    for at, line in enumerate(lines):
        heading = _HEADING.match(line)
        level = len(heading[1]) if heading else _underlined(lines, at)
        is_row = line.strip().startswith("|")
        item = None if level or is_row or _RULE.match(line) else _ITEM.match(line)
        is_mark = _RULE.match(line) or _COLUMN_RULE.match(line) or _is_underline(lines, at)
        below = tuple(headings[one] for one in sorted(headings))
        if level or is_row or item or is_mark or not line.strip():
            yield from _paragraph(paragraph, below)
        if not is_row:
            columns = []
        if level:
            headings = {one: name for one, name in headings.items() if one < level}
            headings[level] = _unmarked(heading[2] if heading else line)
        elif is_mark:
            continue
        elif is_row:
            cells = [_unmarked(cell) for cell in line.strip().strip("|").split("|")]
            if not columns and at + 1 < len(lines) and _COLUMN_RULE.match(lines[at + 1]):
                columns = cells
            else:
                yield _Block(below, _row(columns, cells), is_loose=False)
        elif item:
            paragraph.append(item[1])
        elif line.strip():
            paragraph.append(line.strip().removeprefix("> "))
    yield from _paragraph(paragraph, tuple(headings[one] for one in sorted(headings)))


def _paragraph(lines: list[str], below: tuple[str, ...]) -> Iterator[_Block]:
    if lines:
        yield _Block(below, _unmarked(" ".join(lines)))
        lines.clear()


def _underlined(lines: list[str], at: int) -> int:
    """1 or 2 for a line that is underlined with = or -; 0 for any other."""
    follows = _UNDERLINE.match(lines[at + 1]) if at + 1 < len(lines) else None
    is_text = bool(lines[at].strip()) and not lines[at].strip().startswith(("|", "-", "#", ">"))
    is_alone = at == 0 or not lines[at - 1].strip()
    if follows is None or not is_text or not is_alone or len(follows[1]) < 3:
        return 0
    return 1 if follows[1][0] == "=" else 2


def _is_underline(lines: list[str], at: int) -> bool:
    return at > 0 and _UNDERLINE.match(lines[at]) is not None and _underlined(lines, at - 1) > 0


def _without_code(text: str) -> list[str]:
    """The lines, without fences; what stands between them is read like the rest."""
    return [line for line in text.split("\n") if not _FENCE.match(line)]


def _row(columns: list[str], cells: Iterable[str]) -> str:
    """ "Part: Glass jug, Price: 24 euros."; without names of columns the cells alone."""
    told = []
    for place, cell in enumerate(cells):
        name = columns[place] if place < len(columns) else ""
        if cell:
            told.append(f"{name}: {cell}" if name else cell)
    return f"{', '.join(told)}."


def _unmarked(text: str) -> str:
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return " ".join(text.split())


def _plain(text: str) -> Iterator[_Block]:
    """Paragraphs are parted by empty lines; a short line in capitals or with a number before it is
    a heading. A line that ends in a hyphen goes on in the next."""
    title, section = "", ""
    paragraph: list[str] = []
    text = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)
    for line in [*text.split("\n"), ""]:
        stripped = line.strip()
        item = _ITEM.match(line)
        is_title = len(stripped) <= 60 and stripped.isupper() and len(stripped) > 3
        is_section = _NUMBERED_HEADING.match(stripped) is not None
        if not stripped or is_title or is_section or item:
            yield from _paragraph(paragraph, tuple(filter(None, (title, section))))
        if is_title:
            title, section = stripped.capitalize(), ""
        elif is_section:
            section = re.sub(r"^[\d.]+\s+", "", stripped)
        elif item:
            paragraph.append(item[1])
        elif stripped:
            if paragraph and paragraph[-1].endswith((".", "!", "?", ":")) and stripped[0].isupper():
                yield from _paragraph(paragraph, tuple(filter(None, (title, section))))
            paragraph.append(stripped)
