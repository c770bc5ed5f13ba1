"""Memory that is free goes back to the system, once for each exchange and while nobody waits."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest

from assistant.audio.resample import PlaybackResampler
from assistant.bench.child import resident_mb
from assistant.engine import mind as mind_module
from assistant.engine.answer import Answer
from assistant.engine.mailbox import Busy, Mailbox, ToHear
from assistant.engine.memory import give_back_freed, keep_what_is_loaded, malloc_trim
from assistant.engine.mind import Mind
from assistant.engine.mouth import Mouth
from assistant.engine.playout import Played, Playout
from assistant.engine.sounded import Sounded
from assistant.engine.wires import Wires
from assistant.messages import SAMPLE_RATE_HZ
from assistant.take import Take
from assistant.trace import Trace
from tests.scripted import SAID, Echoing, Humming


@pytest.mark.skipif(malloc_trim() is None, reason="not glibc: nothing is given back")
def test_holes_between_blocks_in_use_go_back_to_the_system() -> None:
    blocks = [np.ones(80_000, np.uint8) for _ in range(1000)]
    kept = blocks[::10]
    del blocks
    held_mb = resident_mb()
    give_back_freed()
    assert resident_mb() < held_mb - 40
    assert all(block.all() for block in kept)


def test_what_is_loaded_is_left_out_of_garbage_collections() -> None:
    frozen = gc.get_freeze_count()
    loaded = [[number] for number in range(10_000)]
    keep_what_is_loaded()
    try:
        assert gc.get_freeze_count() >= frozen + len(loaded)
    finally:
        gc.unfreeze()


class Idling:
    """A mind with nothing to do but what the test hands in; counts how often memory went back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given = 0
        monkeypatch.setattr(mind_module, "give_back_freed", self._give)
        busy = Busy()
        self.to_hear: Mailbox[ToHear] = Mailbox(busy)
        wires = Wires(
            playout=Playout(SAMPLE_RATE_HZ),
            publish=lambda update: None,
            trace=Trace(None),
            busy=busy,
            to_hear=self.to_hear,
            to_answer=Mailbox(busy),
        )
        self.text = Echoing()
        self.sounded = Sounded()
        mouth = Mouth(Humming(), lambda text, rate_hz: None, PlaybackResampler, wires)
        self.mind = Mind(self.text, mouth, self.sounded, wires, weighs=False)

    def _give(self) -> None:
        self.given += 1

    def after(self, rounds: int) -> int:
        """How often memory went back in all, after so many rounds more."""
        asked = iter([False] * rounds + [True])
        self.mind.run(lambda: next(asked))
        return self.given

    def remember(self, *exchange: Any) -> None:
        answer = Answer(turn=exchange[0], take=Take(1, 1), played=Played(), commit_index=0)
        self.sounded.end(answer, exchange)
        self.mind.remember()

    def hear_it(self) -> None:
        """What waits in the mailbox is heard, and leads to nothing."""
        heard = self.to_hear.get(0.0)
        assert isinstance(heard, ToHear)
        self.to_hear.done(heard)


def test_the_mind_gives_memory_back_after_an_exchange_while_nobody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    idling = Idling(monkeypatch)
    monkeypatch.setattr(mind_module, "_IDLE_S", 3600.0)
    assert idling.after(2) == 0, "nothing was said"
    idling.remember(1, "What time is it?", "It is noon.")
    with monkeypatch.context() as meanwhile:
        waits = ToHear(SAID, Take(2, 1))
        meanwhile.setattr(idling.text, "settle", lambda stop: idling.to_hear.put(waits))
        assert idling.after(2) == 0, "somebody waits for what was said meanwhile"
    idling.hear_it()
    assert idling.after(3) == 1, "once"
    idling.remember(2, "Thanks.", "You're welcome.")
    assert idling.after(1) == 2


@pytest.mark.parametrize(("idle_s", "times"), [(3600.0, 0), (0.0, 1)])
def test_it_gives_memory_back_some_time_after_work_that_led_to_no_exchange(
    monkeypatch: pytest.MonkeyPatch, idle_s: float, times: int
) -> None:
    idling = Idling(monkeypatch)
    monkeypatch.setattr(mind_module, "_IDLE_S", idle_s)
    assert idling.after(2) == 0, "nothing was done"
    idling.to_hear.put(ToHear(SAID, Take(2, 1)))
    assert idling.after(2) == 0, "somebody waits"
    idling.hear_it()
    assert idling.after(3) == times, "once"
