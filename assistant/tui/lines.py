"""Text for the widgets: lines with a gutter, lines with two ends, text that cannot hurt.

Nothing here interprets markup: words from a recogniser or a model are shown as they are. Pure
functions to `Content`; knows no widget.
"""

from __future__ import annotations

from textual.content import Content

from assistant.harmless import harmless
from assistant.tui.bars import format_ms
from assistant.tui.palette import DIM, FAINT, SEVERITIES, SOURCES
from assistant.tui.session_view import Entry, NoticeEntry, Turn

GUTTER = 12
"""Cells in front of the words: the longest source's name and one cell of margin."""


def plain(text: str, style: str = "") -> Content:
    """`text` as it is; control characters become their pictures, so that none reaches the
    terminal."""
    return Content.styled(harmless(text), style) if text else Content("")


def spread(left: Content, right: Content, width: int) -> Content:
    """One line of `width` cells with text at both ends; the left one yields when it is tight."""
    room = max(0, width - right.cell_length - 1)
    return (
        left.truncate(room, ellipsis=True).pad_right(
            max(0, width - right.cell_length - min(left.cell_length, room))
        )
        + right
    )


def entry_lines(entry: Entry, width: int, *, is_detailed: bool) -> Content:
    """One entry of the conversation, wrapped to `width` cells behind its gutter.

    `is_detailed` adds a line with why the answer was given and how long it took.
    """
    if isinstance(entry, NoticeEntry):
        notice = entry.notice
        words = plain(notice.text) + plain(f"  [{notice.code}]", DIM)
        word = "note" if notice.severity == "information" else notice.severity
        return _behind_gutter(word, SEVERITIES[notice.severity], words, width)
    blocks = []
    if entry.heard:
        words = plain(entry.heard, "italic " + DIM if entry.is_partial else "bold")
        if entry.is_partial:
            words += plain(" …", DIM)
        if entry.mood:
            words += plain(f"  ({entry.mood})", DIM)
        blocks.append(_behind_gutter("you", DIM, words, width))
    if entry.source is not None:
        label, colour = SOURCES[entry.source]
        blocks.append(_behind_gutter(label, colour, _answer(entry), width))
        if is_detailed and entry.is_ended:
            blocks.append(_behind_gutter("", colour, _detail(entry), width))
    elif entry.heard and not entry.is_partial:
        blocks.append(_behind_gutter("", FAINT, plain("thinking …", DIM), width))
    return Content("\n").join(blocks)


def _answer(turn: Turn) -> Content:
    if not turn.is_interrupted:
        return plain(turn.reply)
    if not turn.reply:
        return plain("(interrupted before a word was heard)", DIM)
    return plain(turn.reply) + plain(" — (interrupted)", DIM)


def _detail(turn: Turn) -> Content:
    parts = [] if turn.latency_ms is None else [format_ms(turn.latency_ms)]
    if turn.name:
        parts.append(turn.name if turn.score is None else f"{turn.name} {turn.score:.2f}")
    if turn.why:
        parts.append(turn.why)
    return plain(" · ".join(parts), DIM)


def _behind_gutter(label: str, colour: str, words: Content, width: int) -> Content:
    """`words` wrapped; the label stands before the first line, a coloured edge before each."""
    room = max(8, width - GUTTER - 2)
    lines = []
    for number, line in enumerate(words.wrap(room)):
        name = plain((label if number == 0 else "").rjust(GUTTER - 1) + " ", colour)
        lines.append(name + plain("▎", colour) + plain(" ") + line)
    return Content("\n").join(lines)
