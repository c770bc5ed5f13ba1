"""What is said in the place of a language model that is still being set up, and when it is there.

Whoever sets it up writes how long that will take; the mind thread reads. Each sentence is one of a
few, so that all have their sound beforehand. Knows no clock and no set-up.
"""

from __future__ import annotations

READY = "The language model is ready now."
FAILED = (
    "My language model could not be set up, so I can't answer that. The screen says what is wrong."
)

_BEING_SET_UP = "My language model is still being set up; {}. Ask me again then."
_UNKNOWN = "that takes some minutes more"
_SOON = "less than a minute more"
_NUMBERS = "two three four five six seven eight nine ten".split()
_MINUTES = ("about a minute more", *(f"about {number} minutes more" for number in _NUMBERS))
_LONG = "more than ten minutes more"
_ALL = (_UNKNOWN, _SOON, *_MINUTES, _LONG)

OWN_TEXTS = (READY, FAILED, *(_BEING_SET_UP.format(more) for more in _ALL))


class Awaited:
    """A language model that will come. `left_s` is how many seconds that will take, None while
    nobody can tell; `has_failed` says that it will not come in this session."""

    def __init__(self) -> None:
        self.left_s: float | None = None
        self.has_failed = False

    def sentence(self) -> str:
        """What to say to a question for which there is no model yet."""
        return FAILED if self.has_failed else _BEING_SET_UP.format(_more(self.left_s))


def _more(left_s: float | None) -> str:
    if left_s is None:
        return _UNKNOWN
    if left_s < 40:
        return _SOON
    minutes = round(left_s / 60)
    return _LONG if minutes > len(_MINUTES) else _MINUTES[max(0, minutes - 1)]
