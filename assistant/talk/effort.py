"""Measures what the language model gives: its words, the time and the processor time that it took.

Counted is the time within the model alone, of all threads of the process, so that what is made of
its words meanwhile is not in it but for what happens to run beside. On the mind thread.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from assistant.messages import Messages, ModelWork
from assistant.talk.decision import Speaking


def measured(messages: Messages, pieces: Iterator[str], speaking: Speaking) -> Iterator[str]:
    """`pieces`, the model's answer to `messages`; at the end, or when nobody wants more,
    `speaking` is told what it was asked and what it took."""
    said: list[str] = []
    ms = cpu_ms = 0.0
    try:
        while True:
            start_s, start_cpu_s = time.perf_counter(), time.process_time()
            piece = next(pieces, None)
            ms += (time.perf_counter() - start_s) * 1000
            cpu_ms += (time.process_time() - start_cpu_s) * 1000
            if piece is None:
                return
            said.append(piece)
            speaking.mark("first token")
            yield piece
    finally:
        speaking.asked(
            ModelWork(prompt=messages, text="".join(said), ms=ms, cpu_ms=cpu_ms, pieces=len(said))
        )
