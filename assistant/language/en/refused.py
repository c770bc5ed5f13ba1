"""What somebody does not want: "without milk", "no sugar", "hold the cream".

Pure; any thread.
"""

from __future__ import annotations

import re

_REFUSES = frozenset("no not without none never except instead hold minus cancel".split())
_REFUSED = re.compile(  # up to four words, to the next joint; "no" at the beginning answers
    r"(?<!^)\b(?:without|minus|except|hold the|(?:with |and )?no)\b"
    r"(?: (?!(?:and|but|with|in|please)\b)\S+){1,4}(?: or (?!(?:and|but|with|in)\b)\S+)?"
)


def refuses(canonical: str) -> bool:
    """Whether one of the words says that something is not wanted."""
    return not _REFUSES.isdisjoint(canonical.split())


def without_refused(canonical: str) -> str:
    """The words without those that name what is not wanted: "a latte with no sugar" is "a
    latte"."""
    return " ".join(_REFUSED.sub(" ", canonical).split())
