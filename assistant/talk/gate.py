"""What is asked before a guarded tool runs: "Shall I …?" and "What is the PIN?".

The one place under all paths: whoever calls a tool yields a `Call`, and a run of a flow takes each
`Call` through here (`talk/replay.py`). The yes becomes a grant when it is answered; the digits go
to the hands, which check them once, at the commit, and come back as a grant: no value of the
conversation ever holds them. Pure but for the look whether a PIN is set; the mind thread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.language.en.durations import say_duration
from assistant.language.en.pins import PIN as PIN_KIND
from assistant.language.en.tool_words import said_value
from assistant.talk.decision import Effect
from assistant.talk.flow import Ask, Call, Confirm
from assistant.talk.grants import CONFIRM, PIN, Grant, Refused, call_of, run_of
from assistant.talk.pins import Tried
from assistant.talk.tool import Here

ASK_PIN = "What is the PIN?"
NOT_DIGITS = "I need the PIN one digit after the other."
NOT_SET = (
    "That needs a PIN, and none is set. Set one on this computer with the command: assistant pin "
    "set."
)
WRONG = "That is not the PIN."
REFUSED = "Okay, I won't."
OWN_TEXTS = (ASK_PIN, NOT_DIGITS, NOT_SET, WRONG, REFUSED, f"{WRONG} {ASK_PIN}")

_PLACE = re.compile(r"\{(\w+)\}")
_LONGEST_VALUE = 200


class Secret:
    """Digits on their way to the check, which takes them once. Never shown, copied or kept."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        self._digits = digits

    def take(self) -> str:
        """The digits; they are gone then."""
        digits, self._digits = self._digits, ""
        return digits

    def __repr__(self) -> str:
        return "Secret(••••)"

    def __reduce__(self) -> Any:
        raise TypeError("a PIN is not copied")


class Permission(Confirm):
    """The question before a call; a yes to it is a grant for that call alone."""

    _issue: Callable[[], Grant]
    _call: str
    _wants_pin: bool

    def __init__(
        self, text: str, call: str, issue: Callable[[], Grant], *, wants_pin: bool
    ) -> None:
        super().__init__(text)
        object.__setattr__(self, "_call", call)
        object.__setattr__(self, "_issue", issue)
        object.__setattr__(self, "_wants_pin", wants_pin)

    @property
    def wants_pin(self) -> bool:
        return self._wants_pin

    @property
    def asked_for(self) -> str:
        return self._call

    def sealed(self, answer: Any) -> Grant | Refused:
        """What the flow's inputs hold of the answer."""
        return self._issue() if answer is True else Refused(CONFIRM, REFUSED)


class PinAsk(Ask):
    """ "What is the PIN?"; its answer is a `Secret`."""

    _call: str

    def __init__(self, call: str) -> None:
        super().__init__(ASK_PIN, PIN_KIND, NOT_DIGITS)
        object.__setattr__(self, "_call", call)

    @property
    def asked_for(self) -> str:
        return self._call

    @property
    def is_secret(self) -> bool:
        return True

    @property
    def wants_pin(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock of one call, at input `place` of a run."""

    kind: str
    call: Call
    here: Here
    place: int

    def opens(self, given: Any) -> bool:
        """Whether `given` is the grant for it."""
        grants = self.here.services.grants
        return grants.holds(given, self.kind, run_of(self.here), self.place, self._call)

    def next(self, secret: Secret | None) -> Ask | Effect | Refused:
        """What comes next without a grant: a question, the check of `secret`, or the end."""
        grants, run = self.here.services.grants, run_of(self.here)
        if self.kind == CONFIRM:
            text = _filled(self.call.tool.confirm, self.call.slots)
            place, call = self.place, self._call
            return Permission(
                text,
                call,
                lambda: grants.issue(CONFIRM, run, place, call),
                wants_pin=self.call.tool.needs_pin,
            )
        pins = self.here.services.pins
        if not pins.is_set:
            return Refused(PIN, NOT_SET)
        left_s = pins.left_s(self.here.now)
        if left_s > 0:
            return Refused(PIN, _locked(left_s))
        return PinAsk(self._call) if secret is None else self._check(secret)

    def _check(self, secret: Secret) -> Effect:
        services, now = self.here.services, self.here.now
        run, place, call = run_of(self.here), self.place, self._call

        def check() -> Grant | Refused:
            tried = services.pins.check(secret.take(), now)
            if tried.verdict == "right":
                return services.grants.issue(PIN, run, place, call)
            return _refusal(tried)

        return Effect(name="pin.check", run=check, undo=lambda result: None)

    @property
    def _call(self) -> str:
        return call_of(self.call.tool, self.call.slots)


def _refusal(tried: Tried) -> Refused:
    if tried.verdict == "none":
        return Refused(PIN, NOT_SET)
    if tried.verdict == "locked":
        return Refused(PIN, _locked(tried.left_s))
    if tried.left_s > 0:
        return Refused(PIN, f"{WRONG} {_locked(tried.left_s)}")
    return Refused(PIN, WRONG, is_final=False)


def _locked(left_s: float) -> str:
    minutes = max(1, -int(-left_s // 60))
    return f"The PIN was wrong too often. I take none for another {say_duration(minutes * 60)}."


def _filled(question: str, slots: Mapping[str, Any]) -> str:
    """The question with `{slot}` for what is known of the call, and `{arguments}` for all of it."""
    said = [f"{_words(name)} {_words(value)}" for name, value in slots.items()]
    known = {"arguments": f", with {' and '.join(said)}" if said else "", **slots}
    filled = _PLACE.sub(lambda found: _words(known.get(found[1], found[1])), question)
    return filled.replace(" , with ", ", with ") if "{arguments}" in question else filled


def _words(value: Any) -> str:
    """A value as it is spoken, in at most so many characters as a person listens to."""
    said = value if isinstance(value, str) else said_value(value)
    text = json.dumps(value, ensure_ascii=False, default=str) if said is None else said
    text = text.replace("_", " ")
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
