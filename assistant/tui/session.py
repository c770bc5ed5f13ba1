"""What the face is given once the models are loaded, and the function that loads them.

Knows no stage and no engine: only their controls, as the face needs them. Built on the worker
thread that loads the models, used from the face's own threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.engine.seams import Controls
from assistant.log.savings import Savings
from assistant.updates import Update

Publish = Callable[[Update], None]
"""Hands one update to the face; safe from any thread, never blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A running engine: its controls, what its models are called and its sound devices.

    `models` maps a role ("hears", "speaks") to a name for people, in the order to be shown.
    `devices()` gives the names of the microphones and of the speakers; `select_devices(input,
    output)` goes over to two of them, an empty name being the system's default. Both may block
    and may raise `AssistantError`. `savings()` is what was saved by not asking the model.
    """

    controls: Controls
    models: dict[str, str]
    devices: Callable[[], tuple[list[str], list[str]]]
    select_devices: Callable[[str, str], None]
    savings: Callable[[], Savings] = Savings


Start = Callable[[Publish], Session]
"""Loads the models, starts the engine and returns; takes seconds and may raise."""
