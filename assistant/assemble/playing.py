"""Plays recordings into the engine as if a microphone heard them, until the last answer has ended.

In real time, or in lockstep as fast as the machine can. Blocks the thread that calls it, beside the
engine's own.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.config import Config
from assistant.engine.engine import Engine, Stages
from assistant.messages import SAMPLE_RATE_HZ, Int16Array
from assistant.trace import Trace
from assistant.updates import Update

if TYPE_CHECKING:  # the sound loads when it is used
    from assistant.audio.files import FileDevice

_QUIET_SAMPLES = SAMPLE_RATE_HZ
"""A session from a file ends when nothing has been under way for this long."""

_LONGEST_TAIL_S = 120
_POLL_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Plays recordings into the engine, one session each, with the same loaded stages, which stay
    open. `say` is told when an answer does not end."""

    config: Config
    stages: Stages
    trace: Trace
    fast: bool = False
    say: Callable[[str], None] = lambda text: None

    def play(
        self,
        samples: Int16Array,
        publish: Callable[[Update], None],
        *,
        record: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
        on_block: Callable[[int], None] = lambda position: None,
    ) -> FileDevice:
        """Play int16[n] at 16 kHz until its last answer has ended, or `should_stop()`; the
        device. In lockstep `on_block` is told each sample that has been worked off."""
        from assistant.audio.files import FileDevice
        from assistant.audio.script import Segment

        device = FileDevice(
            [Segment(samples=samples)], record=record, pace="lockstep" if self.fast else "real"
        )
        stages = dataclasses.replace(self.stages, close=lambda: None)
        engine = Engine(self.config, device, stages, publish, self.trace)

        def work_off() -> None:
            engine.wait_worked_off(device.position)
            on_block(device.position)

        device.ready = work_off
        engine.start()
        try:
            wait_until_over(engine, device, should_stop, self.say)
        finally:
            engine.close()
        if engine.failure is not None:
            raise engine.failure
        return device


def wait_until_over(
    engine: Engine,
    device: FileDevice,
    should_stop: Callable[[], bool] = lambda: False,
    say: Callable[[str], None] = lambda text: None,
) -> None:
    """Block until the recording is at its end and nothing has been under way for a second, or until
    `should_stop()`. `say` is told when an answer has not ended after two minutes."""
    unsettled_at = 0
    end: int | None = None
    while not (engine.is_stopped or should_stop()):
        position = engine.position
        if device.exhausted and end is None:
            end = position
        if end is None or not engine.is_settled:
            unsettled_at = max(unsettled_at, position)
        elif position - unsettled_at >= _QUIET_SAMPLES:
            return
        if end is not None and position - end > _LONGEST_TAIL_S * SAMPLE_RATE_HZ:
            say("assistant: the answer did not end within two minutes; it was cut")
            return
        time.sleep(_POLL_S)
