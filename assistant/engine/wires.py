"""What connects the threads of one session: queues, the playout, the trace and the way out.

Made by the engine and handed to each part; holds no logic.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assistant.engine.mailbox import Busy, Mailbox, ToAnswer, ToHear
from assistant.engine.news import Judged, News
from assistant.engine.playout import Playout
from assistant.trace import Trace
from assistant.updates import Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """`publish` takes what a face is shown; `inbox` takes news for the ears, and
    commands that they run between two looks at the input. `shown(text, decision)` is what may be
    shown and kept of the words of a turn."""

    playout: Playout
    publish: Callable[[Update], None]
    trace: Trace
    busy: Busy
    to_hear: Mailbox[ToHear]
    to_answer: Mailbox[ToAnswer]
    inbox: queue.SimpleQueue[News | Judged | Callable[[], None]] = field(
        default_factory=queue.SimpleQueue
    )
    shown: Callable[[str, Any], str] = lambda text, decision: text
