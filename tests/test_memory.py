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
from assistant.messages import SAMPLE_RATE_HZ, Utterance
from assistant.take import Take
from assistant.trace import Trace
from tests.scripted import Echoing, Humming


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


def test_the_mind_gives_memory_back_after_an_exchange_while_nobody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[int] = []
    monkeypatch.setattr(mind_module, "give_back_freed", lambda: given.append(1))
    busy = Busy()
    to_hear: Mailbox[ToHear] = Mailbox(busy)
    wires = Wires(
        playout=Playout(SAMPLE_RATE_HZ),
        publish=lambda update: None,
        trace=Trace(None),
        busy=busy,
        to_hear=to_hear,
        to_answer=Mailbox(busy),
    )
    said = Utterance(
        turn=2,
        samples=np.zeros(160, np.int16),
        start_sample=0,
        speech_start_sample=0,
        speech_end_sample=160,
    )
    text = Echoing()
    mouth = Mouth(Humming(), lambda text, rate_hz: None, PlaybackResampler, wires)
    sounded = Sounded()
    mind = Mind(text, mouth, sounded, wires, weighs=False)

    def remember(*exchange: Any) -> None:
        played = Played()
        answer = Answer(turn=exchange[0], take=Take(1, 1), played=played, commit_index=0)
        sounded.end(answer, exchange)
        mind.remember()

    def idle_for(rounds: int) -> int:
        asked = iter([False] * rounds + [True])
        mind.run(lambda: next(asked))
        return len(given)

    assert idle_for(2) == 0, "nothing was said"
    remember(1, "What time is it?", "It is noon.")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(text, "settle", lambda stop: to_hear.put(ToHear(said, Take(2, 1))))
        assert idle_for(2) == 0, "somebody waits for what was said meanwhile"
    heard = to_hear.get(0.0)
    assert isinstance(heard, ToHear)
    to_hear.done(heard)
    assert idle_for(3) == 1, "once"
    remember(2, "Thanks.", "You're welcome.")
    assert idle_for(1) == 2
