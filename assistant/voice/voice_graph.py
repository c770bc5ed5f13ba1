"""Runs a Piper voice's graph in chunks: text encoder, flow and decoder as three sessions.

A graph that could not be cut is run at once behind the same face. Knows no words and where no file
comes from; used by the voice thread, and by set-up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from assistant.messages import Float32Array
from assistant.voice.voice_cut import PARTS, Geometry

Feed = dict[str, Any]
"""The inputs of a Piper graph by name: input, input_lengths, scales and, with speakers, sid."""


class FeedError(Exception):
    """The graph takes other inputs than it is given; `missing` and `surplus` are their names."""

    def __init__(self, taken: set[str], given: set[str]) -> None:
        super().__init__(f"it takes {', '.join(sorted(taken))}, needed {', '.join(sorted(given))}")
        self.missing = taken - given
        self.surplus = given - taken


def check_feed(session: Any, feed: Feed) -> None:
    """`FeedError` unless `session` takes exactly what is in `feed`."""
    taken = {value.name for value in session.get_inputs()}
    if taken != feed.keys():
        raise FeedError(taken, set(feed))


class Sessions:
    """Opens onnxruntime sessions that are alike: `threads` each, on `providers`."""

    def __init__(self, threads: int, providers: list[str]) -> None:
        self._threads = threads
        self.providers = providers
        self.can_be_kept = providers == ["CPUExecutionProvider"]

    def open(self, path: Path, *, keep: Path | None = None, optimised: bool = False) -> Any:
        """A session of the graph in `path`; `keep` writes it as optimised, `optimised` says that
        it was written so."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        levels = onnxruntime.GraphOptimizationLevel
        if keep is not None:
            options.optimized_model_filepath = str(keep)
            options.graph_optimization_level = levels.ORT_ENABLE_EXTENDED
        elif optimised:
            options.graph_optimization_level = levels.ORT_DISABLE_ALL
        return onnxruntime.InferenceSession(str(path), options, providers=self.providers)


class Speech:
    """One sentence on its way from latents to sound; `decode` until `is_over`.

    `latents` are float32[1, c, frames]; `sides` is what flow and decoder take besides, by name.
    """

    def __init__(self, graph: ChunkedGraph, latents: Float32Array, sides: Feed) -> None:
        self._graph = graph
        self.latents = latents
        self.sides = sides
        self._frames: Float32Array | None = None
        self._flowed = 0
        self._decoded = 0

    @property
    def is_over(self) -> bool:
        """True when all of the sentence was decoded."""
        return self._decoded >= int(self.latents.shape[2])

    def decode(self, frames: int) -> Float32Array:
        """The next `frames` frames as float32[frames * hop]; the rest, when little is left."""
        geometry, total = self._graph.geometry, self.latents.shape[2]
        start, end = self._decoded, self._decoded + frames
        if total - end < frames // 2:
            end = total
        low, high = max(0, start - geometry.decoder_reach), min(total, end + geometry.decoder_reach)
        self._flow_to(high)
        assert self._frames is not None
        sound = self._graph.run("decoder", self._frames[:, :, low:high], self._part(low, high))
        self._decoded = end
        return sound.reshape(-1)[(start - low) * geometry.hop : (end - low) * geometry.hop]

    def _flow_to(self, end: int) -> None:
        start, total = self._flowed, self.latents.shape[2]
        if start >= end:
            return
        reach = self._graph.geometry.flow_reach
        low, high = max(0, start - reach), min(total, end + reach)
        made = self._graph.run("flow", self.latents[:, :, low:high], self._part(low, high))
        if self._frames is None:
            self._frames = np.empty((*made.shape[:2], total), np.float32)
        self._frames[:, :, start:end] = made[:, :, start - low : end - low]
        self._flowed = end

    def _part(self, low: int, high: int) -> Feed:
        """What goes with the frames `low` to `high`: a mask runs along them, a speaker does not."""
        total = self.latents.shape[2]
        return {
            name: side[..., low:high] if side.ndim and side.shape[-1] == total else side
            for name, side in self.sides.items()
        }


class ChunkedGraph:
    """The three parts of a voice in `directory`."""

    whole_because = ""

    def __init__(
        self, directory: Path, geometry: Geometry, peak: float, sessions: Sessions
    ) -> None:
        self.geometry = geometry
        self.hop = geometry.hop
        self.peak = peak
        self._sessions = {
            name: sessions.open(directory / f"{name}.onnx", optimised=sessions.can_be_kept)
            for name in PARTS
        }
        self._inputs = {
            name: [value.name for value in session.get_inputs()]
            for name, session in self._sessions.items()
        }
        self._made = [value.name for value in self._sessions["text"].get_outputs()]

    def check(self, feed: Feed) -> None:
        """`FeedError` when `feed` is not what the graph takes."""
        check_feed(self._sessions["text"], feed)

    def begin(self, feed: Feed) -> Speech:
        """Encode a sentence's phonemes; its sound is decoded from what this gives."""
        latents, *sides = self._sessions["text"].run(self._made, feed)
        return Speech(self, latents, dict(zip(self._made[1:], sides, strict=True)))

    def run(self, part: str, entry: Float32Array, sides: Feed) -> Float32Array:
        """`flow` or `decoder` on float32[1, c, n], with those of `sides` that it takes."""
        first, *others = self._inputs[part]
        feed = {first: entry, **{name: sides[name] for name in others}}
        made: Float32Array = self._sessions[part].run(None, feed)[0]
        return made


class WholeSpeech:
    """A sentence that is synthesised at once."""

    def __init__(self, sound: Callable[[], Float32Array]) -> None:
        self._sound = sound
        self.is_over = False

    def decode(self, frames: int) -> Float32Array:
        """All of the sentence, whatever `frames` is."""
        self.is_over = True
        return self._sound()


class WholeGraph:
    """A voice that could not be cut, and why."""

    def __init__(self, session: Any, peak: float, whole_because: str) -> None:
        self._session = session
        self.hop = 1
        self.peak = peak
        self.whole_because = whole_because

    def check(self, feed: Feed) -> None:
        """`FeedError` when `feed` is not what the graph takes."""
        check_feed(self._session, feed)

    def begin(self, feed: Feed) -> WholeSpeech:
        """A sentence's phonemes, to be synthesised when it is decoded."""
        return WholeSpeech(lambda: self._session.run(None, feed)[0].reshape(-1))
