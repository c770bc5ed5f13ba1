"""Makes text safe to print: what strangers wrote cannot steer the terminal or forge a line.

Control characters become pictures of themselves (U+2400 and following), those that turn the
direction of writing and halves of surrogate pairs become U+FFFD. Pure; the standard library alone.
"""

from __future__ import annotations

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_TURNS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_PICTURES: dict[int, str] = (
    {code: chr(0x2400 + code) for code in range(32) if code not in (9, 10)}
    | {0x7F: "\N{SYMBOL FOR DELETE}"}
    | dict.fromkeys(range(0x80, 0xA0), _REPLACED)
    | dict.fromkeys(_TURNS, _REPLACED)
    | dict.fromkeys((0x2028, 0x2029), " ")
    | dict.fromkeys(range(0xD800, 0xE000), _REPLACED)
)


def harmless(text: str) -> str:
    """`text` for a terminal: tabs and line breaks stay, no other control character does."""
    return text.translate(_PICTURES)


def one_line(text: str) -> str:
    """`text` for one line of a list: line breaks and tabs are blanks, the rest as `harmless`."""
    return " ".join(harmless(text).split("\n")).replace("\t", " ")
