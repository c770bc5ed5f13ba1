"""A VITS voice of a few kilobytes, so that the cutting runs on the real code without weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Oddity = Literal["", "no noise", "attention", "backwards", "no decoder"]

CHANNELS, PHONEMES, FRAMES_EACH, HOP = 4, 9, 3, 4


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


def write_tiny_voice(path: Path, *, speakers: int = 1, oddity: Oddity = "") -> dict[str, Any]:
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
    _decoder(g, x, upsampled=oddity != "no decoder")
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


def _decoder(g: _Graph, x: str, *, upsampled: bool) -> None:
    x = g.do("LeakyRelu", g.conv(x, 7))
    for _ in range(2 if upsampled else 0):
        up = g.weight(CHANNELS, CHANNELS, 4)
        x = g.do("ConvTranspose", x, up, strides=[2], pads=[1, 1])
        x = g.do("LeakyRelu", g.do("Add", x, g.conv(x, 3)))
    sound = g.do("Tanh", g.do("Conv", x, g.weight(1, CHANNELS, 1)))
    g.do("Unsqueeze", sound, g.constant([1], np.int64), named="output")
