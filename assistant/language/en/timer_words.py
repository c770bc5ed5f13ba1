"""What a request about timers was read as. A value; any thread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerWords:
    """What is asked for. `act` is set, change, add, take_off, pause, resume, restart, left
    or cancel.

    `lengths` are those of new timers in seconds; `amount` is by how much one is changed. `name`,
    `seconds` and `place` (0 is the first, -1 the last) say which timer is meant, `is_all` that all
    are. `is_sure` is False for words that mean a timer only where one runs ("pause it"), `is_bare`
    is True for those that mean one only right after a request about timers ("how long?").
    """

    act: str
    lengths: tuple[int, ...] = ()
    amount: int = 0
    name: str = ""
    seconds: int = 0
    place: int | None = None
    is_all: bool = False
    is_sure: bool = True
    is_bare: bool = False
