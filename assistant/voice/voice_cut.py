"""Cuts a Piper voice's VITS graph into text encoder, flow and decoder, by structure.

VITS (Kim et al. 2021) draws latents from the text, passes them through a flow of convolutions and
decodes them with a HiFi-GAN; everything after the latents looks only so many frames around itself,
so that it can run on a part of a sentence. The cuts are found by what the nodes do, because every
exported voice numbers them anew. Knows no session and no cache; runs at set-up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import onnx
from onnx.utils import Extractor

PARTS = ("text", "flow", "decoder")

_LOCAL = frozenset(
    "Abs Add Cast Ceil Clip Concat Constant ConstantOfShape Conv ConvTranspose Div Elu Erf Exp "
    "Expand Flatten Floor Gather Gelu Identity LeakyRelu Log Mul Neg Pow Relu Reshape Shape "
    "Sigmoid Sin Slice Softplus Split Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze Where".split()
)
_SHAPES = frozenset(("Shape", "ConstantOfShape", "Constant"))


class CutError(Exception):
    """The graph is not built as a Piper voice is expected to be; says what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """How the parts fit together. A frame is one latent column.

    `hop` is the samples of a frame; `flow_reach` and `decoder_reach` are the frames on each side
    of a frame that have any influence on what comes out for it.
    """

    hop: int
    flow_reach: int
    decoder_reach: int


def cut(source: Path) -> tuple[dict[str, onnx.ModelProto], Geometry]:
    """The three parts of the voice in `source` by their name in `PARTS`, and how they fit.

    The first output of `text` and the first input of `flow` are the latents float32[1, c, frames];
    what `flow` and `decoder` need besides comes out of `text` under the same name. `CutError` when
    the graph is built otherwise.
    """
    model = onnx.shape_inference.infer_shapes(onnx.load(str(source)))
    graph = _Graph(model.graph)
    latents = graph.latents()
    after = graph.reached_from([latents])
    output = model.graph.output[0].name
    if output not in after:
        raise CutError("the sound does not depend on the latents")
    frames = graph.decoder_input(after)
    late = graph.reached_from([frames])
    flow_nodes = graph.between(latents, after, frames)
    decoder_nodes = graph.between(frames, late, output)
    flow_sides = graph.sides(flow_nodes, latents, after)
    decoder_sides = graph.sides(decoder_nodes, frames, late)
    if any(name in after for name in decoder_sides):
        raise CutError("the decoder takes more than one thing from the flow")
    flow_reach, flow_rate = _reach(flow_nodes, latents, frames, graph.weights)
    decoder_reach, hop = _reach(decoder_nodes, frames, output, graph.weights)
    if flow_rate != 1 or hop.denominator != 1:
        raise CutError(f"a frame becomes {float(flow_rate * hop)} samples")
    _declare(model, [latents, frames, *flow_sides, *decoder_sides])
    extractor = Extractor(model)
    inputs = [value.name for value in model.graph.input]
    sides = list(dict.fromkeys([*flow_sides, *decoder_sides]))
    models = {
        "text": extractor.extract_model(inputs, [latents, *sides]),
        "flow": extractor.extract_model([latents, *flow_sides], [frames]),
        "decoder": extractor.extract_model([frames, *decoder_sides], [output]),
    }
    return models, Geometry(hop=int(hop), flow_reach=flow_reach, decoder_reach=decoder_reach)


class _Graph:
    """Who makes and who uses each tensor; nodes of an ONNX graph are in order of execution."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.nodes = list(graph.node)
        self.weights = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
        self._maker = {name: node for node in self.nodes for name in node.output}
        self._users: dict[str, list[onnx.NodeProto]] = {}
        for node in self.nodes:
            for name in node.input:
                self._users.setdefault(name, []).append(node)
        made = [n.output[0] for n in self.nodes if n.op_type.startswith("Random")]
        inputs = [value.name for value in graph.input if value.name not in self.weights]
        self._changing = self.reached_from([*inputs, *made])

    def reached_from(self, names: Iterable[str]) -> set[str]:
        """Every tensor that depends on one of `names`, with these."""
        reached = set(names)
        for node in self.nodes:
            if any(name in reached for name in node.input):
                reached.update(node.output)
        return reached

    def between(self, entry: str, after: set[str], goal: str) -> list[onnx.NodeProto]:
        """The nodes on the way from `entry`, which `after` depends on, to `goal`, in order."""
        needed = {goal}
        found = []
        for node in reversed(self.nodes):
            if any(name in needed for name in node.output) and entry not in node.output:
                needed.update(node.input)
                found.append(node)
        return [node for node in found[::-1] if any(name in after for name in node.output)]

    def latents(self) -> str:
        """mean + noise * deviation: the last noise that is only multiplied before it is added."""
        for node in reversed(self.nodes):
            if node.op_type != "RandomNormalLike":
                continue
            name = node.output[0]
            while True:
                users = self._users.get(name, [])
                if len(users) != 1 or users[0].op_type not in ("Mul", "Add"):
                    break
                name = users[0].output[0]
                if users[0].op_type == "Add":
                    return name
        raise CutError("no noise is added to a mean, where the latents of a VITS voice are made")

    def decoder_input(self, after: set[str]) -> str:
        """What the convolution before the first transposed one reads."""
        node = next((n for n in self.nodes if n.op_type == "ConvTranspose"), None)
        while node is not None:
            name = next((name for name in node.input if name in after), "")
            if node.op_type == "Conv" and name:
                return name
            if node.op_type not in ("ConvTranspose", "LeakyRelu", "Relu", "Add", "Mul"):
                break
            node = self._maker.get(name)
        raise CutError("no convolution leads to a transposed one, where a HiFi-GAN decoder begins")

    def sides(self, nodes: list[onnx.NodeProto], entry: str, inner: set[str]) -> list[str]:
        """What `nodes` read besides `entry` and their own results and is not constant."""
        outside = {n for node in nodes for n in node.input if n in self._changing}
        own = {name for node in nodes for name in node.output}
        return sorted(outside - own - {entry})


def _reach(
    nodes: list[onnx.NodeProto], entry: str, goal: str, weights: dict[str, list[int]]
) -> tuple[int, Fraction]:
    """Frames of `entry` on either side that `goal` depends on, and samples of `goal` a frame."""
    found = {entry: (Fraction(0), Fraction(1))}
    for node in nodes:
        known = [found[name] for name in node.input if name in found]
        if not known or node.op_type in _SHAPES:
            continue
        if node.op_type not in _LOCAL:
            raise CutError(f"{node.op_type} may look at the whole sentence")
        reach = max(reach for reach, _ in known)
        rates = {rate for _, rate in known}
        if len(rates) > 1:
            raise CutError(f"{node.name} joins sound of different rates")
        rate = rates.pop()
        if node.op_type in ("Conv", "ConvTranspose"):
            wide, factor = _width(node, weights)
            reach, rate = reach + wide / rate, rate * factor
        found.update((name, (reach, rate)) for name in node.output)
    if goal not in found:
        raise CutError(f"{goal} does not follow from {entry}")
    reach, rate = found[goal]
    return math.ceil(reach), rate


def _width(node: onnx.NodeProto, weights: dict[str, list[int]]) -> tuple[Fraction, Fraction]:
    """How far a convolution looks at most to one side in samples of its input, and by what factor
    it changes their number."""
    given = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    size = (given.get("kernel_shape") or weights[node.input[1]][2:])[0]
    pads, stride = given.get("pads", [0, 0]), given.get("strides", [1])[0]
    span = given.get("dilations", [1])[0] * (size - 1)
    if node.op_type == "ConvTranspose":
        if span + 1 + given.get("output_padding", [0])[0] - sum(pads) != stride:
            raise CutError(f"{node.name} does not give {stride} samples for one")
        return Fraction(max(pads[0], span - pads[0]), stride), Fraction(stride)
    if stride != 1 or sum(pads) != span:
        raise CutError(f"{node.name} does not give a sample for each sample")
    return Fraction(max(pads[0], span - pads[0])), Fraction(1)


def _declare(model: onnx.ModelProto, names: list[str]) -> None:
    """Give every tensor at a cut a type, as shape inference may have left one out."""
    known = {value.name for value in model.graph.value_info}
    for name in dict.fromkeys(names):
        if name not in known:
            kind = onnx.TensorProto.FLOAT
            model.graph.value_info.append(onnx.helper.make_tensor_value_info(name, kind, None))
