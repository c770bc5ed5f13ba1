"""A VITS voice of a few kilobytes, so that the cutting runs on the real code without weights."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Oddity = Literal["", "no noise", "attention", "backwards", "no decoder", "no sound"]
Quality = Literal["low", "medium", "high"]

CHANNELS, PHONEMES, FRAMES_EACH, HOP = 4, 9, 3, 4

_STRIDES: dict[Quality, tuple[int, ...]] = {"low": (4,), "medium": (2, 2), "high": (2, 4, 2)}
RATES_HZ: dict[Quality, int] = {"low": 16_000, "medium": 22_050, "high": 22_050}
"""The qualities of Piper's voices differ in rate and in the build of their decoders."""


def hop_of(quality: Quality) -> int:
    """Samples of a frame."""
    return math.prod(_STRIDES[quality])


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._random = np.random.default_rng(7)

    def constant(self, values: npt.ArrayLike, kind: Any = np.float32) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, kind), name))
        return name

    def weight(self, *shape: int) -> str:
        return self.constant(self._random.standard_normal(shape) * 0.3)

    def do(self, kind: str, *inputs: str, named: str = "", **attributes: Any) -> str:
        name = named or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], f"n{name}", **attributes))
        return name

    def conv(self, x: str, size: int, dilation: int = 1) -> str:
        pad = dilation * (size - 1) // 2
        weight = self.weight(CHANNELS, CHANNELS, size)
        return self.do("Conv", x, weight, pads=[pad, pad], dilations=[dilation])


def write_tiny_voice(
    path: Path, *, speakers: int = 1, oddity: Oddity = "", quality: Quality = "medium"
) -> dict[str, Any]:
    """Write the graph to `path`; an input without noise for it."""
    g = _Graph()
    embedded = g.do("Gather", g.weight(PHONEMES, CHANNELS), "input")
    columns = g.do("Transpose", embedded, perm=[0, 2, 1])
    mean = g.conv(g.do("Concat", *[columns] * FRAMES_EACH, axis=2), 1)
    mask = g.do("Cast", g.do("Less", g.constant(-1.0), _sum(g, g.do("Abs", mean))), to=1)
    latents = mean if oddity == "no noise" else _noisy(g, mean)
    x = latents
    for dilation in (1, 2):
        x = g.do("Mul", g.do("Add", x, g.do("Tanh", g.conv(x, 5, dilation))), mask)
    if speakers > 1:
        speaker = g.do("Gather", g.weight(speakers, CHANNELS), "sid")
        x = g.do("Add", x, g.do("Unsqueeze", speaker, g.constant([-1], np.int64)))
    if oddity == "attention":
        x = g.do("Softmax", x, axis=2)
    if oddity == "backwards":
        ends = [g.constant([value], np.int64) for value in (-1, -(2**31), 2, -1)]
        x = g.do("Slice", x, *ends)
    if oddity == "no sound":
        x = g.do("Mul", x, g.constant(0.0))
    _decoder(g, x, quality, upsampled=oddity != "no decoder")
    inputs: list[tuple[str, int, list[int | str | None]]]
    inputs = [("input", 7, [1, "n"]), ("input_lengths", 7, [1]), ("scales", 1, [3])]
    if speakers > 1:
        inputs.append(("sid", 7, [1]))
    graph = helper.make_graph(
        g.nodes,
        "tiny",
        [helper.make_tensor_value_info(name, kind, dims) for name, kind, dims in inputs],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)],
        g.weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    ids = np.arange(60, dtype=np.int64)[None] % PHONEMES
    feed = {
        "input": ids,
        "input_lengths": np.array([60], np.int64),
        "scales": np.array([0, 1, 0], np.float32),
    }
    return feed | ({"sid": np.array([1], np.int64)} if speakers > 1 else {})


def _sum(g: _Graph, x: str) -> str:
    return g.do("ReduceSum", x, g.constant([1], np.int64), keepdims=1)


def _noisy(g: _Graph, mean: str) -> str:
    scale = g.do("Gather", "scales", g.constant(0, np.int64))
    noise = g.do("Mul", g.do("RandomNormalLike", mean), g.do("Exp", g.conv(mean, 1)))
    return g.do("Add", mean, g.do("Mul", noise, scale))


def _decoder(g: _Graph, x: str, quality: Quality, *, upsampled: bool) -> None:
    x = g.do("LeakyRelu", g.conv(x, 7))
    for stride in _STRIDES[quality] if upsampled else ():
        up = g.weight(CHANNELS, CHANNELS, 2 * stride)
        x = g.do("ConvTranspose", x, up, strides=[stride], pads=[stride // 2] * 2)
        x = _fused(g, x) if quality == "high" else g.do("Add", x, g.conv(x, 3))
        x = g.do("LeakyRelu", x)
    sound = g.do("Tanh", g.do("Conv", x, g.weight(1, CHANNELS, 1)))
    g.do("Unsqueeze", sound, g.constant([1], np.int64), named="output")


def _fused(g: _Graph, x: str) -> str:
    """The mean of two blocks of another width, each of two convolutions beside a way around."""
    blocks = []
    for size in (3, 7):
        inner = g.conv(g.do("LeakyRelu", x), size, 3)
        blocks.append(g.do("Add", x, g.conv(g.do("LeakyRelu", inner), size)))
    return g.do("Div", g.do("Add", *blocks), g.constant(2.0))


def describe_tiny_voice(path: Path, **changes: Any) -> None:
    """Write the description beside the graph in `path`; `changes` go over its keys, and one that
    is None is left out."""
    letters = "abcdefghijklmnopqrstuvwxyzæðŋɐɑɔəɚɛɜɡɪɹʃʊʌʒˈˌːθᵻ ,.?!'"
    description = {
        "audio": {"sample_rate": 22_050},
        "espeak": {"voice": "en-us"},
        "phoneme_type": "espeak",
        "num_symbols": PHONEMES,
        "num_speakers": 1,
        "speaker_id_map": {},
        "phoneme_id_map": {"_": [0], "^": [1], "$": [2]}
        | {letter: [3 + number % (PHONEMES - 3)] for number, letter in enumerate(letters)},
    } | changes
    kept = {key: value for key, value in description.items() if value is not None}
    path.with_name(path.name + ".json").write_text(json.dumps(kept), encoding="utf-8")
