"""`assistant pin`: set or clear the PIN that guarded tools ask for.

The digits are typed without being shown, and only their hash is kept. Owns no thread.
"""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import complain
from assistant.errors import InputError
from assistant.folders import state_directory
from assistant.language.en.durations import say_duration
from assistant.language.en.pins import FEWEST, MOST
from assistant.talk.pins import Pins
from assistant.talk.store import Store

pin_app = typer.Typer(
    help="The PIN that tools marked needs_pin ask for.", no_args_is_help=True, rich_markup_mode=None
)

StateOption = Annotated[
    Path | None, typer.Option(help="The folder of timers and lists; empty = the program's own.")
]


@pin_app.command("set")
def set_pin(state: StateOption = None) -> None:
    """Set the PIN, or another one in its place; it is typed twice and not shown."""
    with closing(Store(state or state_directory())) as store:
        pins = Pins(store)
        _unlock(pins)
        digits = _typed(f"New PIN, {FEWEST} to {MOST} digits")
        if not (digits.isdecimal() and digits.isascii() and FEWEST <= len(digits) <= MOST):
            raise InputError(f"a PIN has {FEWEST} to {MOST} digits", "type digits only")
        if _typed("The same again") != digits:
            raise InputError("the two are not the same; nothing was changed", "try again")
        pins.set(digits)
    complain("The PIN is set.")


@pin_app.command("clear")
def clear_pin(state: StateOption = None) -> None:
    """Remove the PIN; tools that need one are then not run at all."""
    with closing(Store(state or state_directory())) as store:
        pins = Pins(store)
        if not pins.is_set:
            complain("No PIN is set.")
            return
        _unlock(pins)
        pins.clear()
    complain("The PIN is cleared. Tools that need one are not run until you set another.")


def _unlock(pins: Pins) -> None:
    """Ask for the PIN that is set, if one is; `InputError` unless it is right."""
    if not pins.is_set:
        return
    now = datetime.now().astimezone()
    tried = pins.check(_typed("The present PIN"), now) if not pins.left_s(now) else None
    if tried is not None and tried.verdict == "right":
        return
    left_s = pins.left_s(now)
    if left_s:
        minutes = say_duration(max(60, -int(-left_s // 60) * 60))
        raise InputError("the PIN was wrong too often", f"wait {minutes}, then try again")
    raise InputError("that is not the PIN; nothing was changed", "try again")


def _typed(prompt: str) -> str:
    if not sys.stdin.isatty():  # a script writes it; nothing is echoed
        return sys.stdin.readline().strip()
    digits: str = typer.prompt(prompt, hide_input=True, err=True, default="", show_default=False)
    return digits.strip()
