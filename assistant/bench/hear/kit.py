"""What the parts of the measurement share: models, voices and noises, each loaded when first used.

Owned by the thread that measures; the engine's threads work for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assistant.assemble.loading import load_endings, load_meaning, make_conversation
from assistant.assemble.playing import Player
from assistant.assemble.session import load_stages
from assistant.bench.hear.ear import Ear
from assistant.bench.hear.mixing import NoisePool
from assistant.bench.hear.speaking import Speaker, load_speakers
from assistant.bench.hear.table import NOW
from assistant.config import Config
from assistant.engine.engine import Stages
from assistant.errors import InputError
from assistant.hearing.transcribe import Whisper
from assistant.messages import SAMPLE_RATE_HZ, Float32Array
from assistant.talk.awaited import Awaited
from assistant.trace import Trace

EXAMPLES = Path(__file__).parents[3] / "examples"

_TONE_S, _TONE_HZ, _TONE_LEVEL = 0.2, 440.0, 0.1


@dataclass(frozen=True, slots=True)
class Finding:
    """What a part found: lines for a person, and the same figures for JSON."""

    lines: list[str]
    figures: dict[str, Any]


@dataclass(kw_only=True)
class Kit:
    """How is measured, and with what. `say` hears what is being done; `show` is given each thing
    that was not understood, when somebody wants to see them."""

    config: Config
    data: Path
    is_quick: bool = False
    is_held_out: bool = False
    say: Callable[[str], None] = field(default=lambda text: None)
    show: Callable[[str], None] = field(default=lambda text: None)

    @cached_property
    def stages(self) -> Stages:
        """The program's own stages without a language model, but with the one that judges endings;
        each answer is one short tone."""
        stages = load_stages(
            self.config, SAMPLE_RATE_HZ, self.say, awaited=Awaited(), makes_replies=False
        )
        conversation = make_conversation(
            self.config,
            None,
            load_meaning(self.config),
            load_endings(self.config),
            hands=stages.hands,
            awaited=Awaited(),
        )
        return replace(stages, text=conversation, voice=Tone(), prepared=lambda text, rate_hz: None)

    @property
    def player(self) -> Player:
        """Plays recordings to the whole engine as fast as the machine can."""
        return Player(
            config=self.config, stages=self.stages, trace=Trace(None), fast=True, say=self.say
        )

    @cached_property
    def pool(self) -> NoisePool:
        """The noises to mix with."""
        return NoisePool(self.data)

    @cached_property
    def speakers(self) -> list[Speaker]:
        """The voices that speak commands."""
        return load_speakers(self.config, self.say)

    def ear(self, *examples: str, whisper: Whisper | None = None) -> Ear:
        """The recogniser, by default the configured one, beside a conversation with these files of
        `examples`."""
        files = [EXAMPLES / name for name in examples]
        missing = [str(file) for file in files if not file.is_file()]
        if missing:
            raise InputError(f"{missing[0]} is missing", "run this in a copy of the repository")
        if whisper is None:
            configured = self.stages.transcriber
            assert isinstance(configured, Whisper)
            whisper = configured
        now = NOW.astimezone()
        conversation = make_conversation(
            self.config, None, load_meaning(self.config), files=files, now=lambda: now
        )
        return Ear(whisper, conversation)

    def hear_as_engine(self) -> None:
        """From now on the recogniser expects what the engine's conversation expects."""
        whisper: Any = self.stages.transcriber
        text: Any = self.stages.text
        whisper.count_expected = text.count_own_words
        whisper.candidates = text.candidates


class Tone:
    """A voice that answers everything with one short tone."""

    rate_hz = SAMPLE_RATE_HZ

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """float32[n] of 0.2 s."""
        time = np.arange(round(_TONE_S * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        yield (_TONE_LEVEL * np.sin(2 * np.pi * _TONE_HZ * time)).astype(np.float32)


def share(part: int, whole: int) -> str:
    """ "9 of 12 (75.0 %)"; nothing of nothing is no share."""
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "none of none"


def thinned(items: Sequence[Any], count: int) -> list[Any]:
    """At most `count` of the items, evenly spread; the same on every run."""
    if len(items) <= count:
        return list(items)
    return [items[number * len(items) // count] for number in range(count)]
