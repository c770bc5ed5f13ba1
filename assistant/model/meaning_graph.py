"""Rewrites the graph of the sentence encoder once, so that its weights stay int8 in memory.

The graph as it comes turns int8 weights into floats before it uses them; onnxruntime folds that
when it loads, and holds four bytes a weight. The copy looks up int8 rows and scales these alone,
and multiplies whole numbers (`DynamicQuantizeLinear`, `MatMulInteger`): docs/TEXT_MEANING.md has
what that saves. Knows no words. Runs on the caller's thread, at set-up.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from assistant.errors import ModelError

_SUFFIX = ".lean-1.onnx"
"""Of the copy; a change of the rewriting raises the number."""
_FLOAT = 1  # TensorProto.FLOAT


def lean_copy(source: Path) -> Path:
    """Where the rewritten copy of `source` lies, or would lie."""
    return source.with_name(source.stem + _SUFFIX)


def best_graph(source: Path) -> Path:
    """The copy of `source` when there is one that is not older, else `source`."""
    copy = lean_copy(source)
    try:
        is_newer = copy.stat().st_mtime >= source.stat().st_mtime
    except OSError:
        return source
    return copy if is_newer and os.access(copy, os.R_OK) else source


def make_lean_copy(source: Path) -> Path:
    """The rewritten copy of `source`, made now (a second, a file as large) unless it is there.
    `ModelError` when the graph is another one or the disk refuses."""
    target = lean_copy(source)
    if best_graph(source) == target:
        return target
    import onnx

    try:
        model = onnx.load(str(source))
    except Exception as error:  # onnx raises what protobuf raises
        raise ModelError(f"cannot read {source.name}: {error}", "run 'make models'") from error
    if not rewrite(model.graph):
        raise ModelError(f"{source.name} has no int8 weights to keep", "it is used as it came")
    partial = target.with_suffix(f".{os.getpid()}.part")
    try:
        partial.write_bytes(model.SerializeToString())
        partial.chmod(source.stat().st_mode & 0o777)
        partial.replace(target)
    except OSError as error:
        raise ModelError(f"cannot write {target}: {error.strerror}", "make room") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return target


def rewrite(graph: Any) -> int:
    """Change an `onnx.GraphProto` in place; how many weights stay int8 by it."""
    weights = _weights(graph)
    nodes: list[Any] = []
    quantised: set[str] = set()
    kept = set()
    for node in graph.node:
        weight = weights.get(node.input[0 if node.op_type == "Gather" else -1])
        if weight is not None and node.op_type == "Gather":
            nodes += _looked_up(node, *weight)
        elif weight is not None and node.op_type == "MatMul":
            nodes += _multiplied(node, *weight, quantised)
        else:
            nodes.append(node)
            continue
        kept.add(weight)
    used = {name for node in nodes for name in node.input} | {one.name for one in graph.output}
    del graph.value_info[:]
    del graph.node[:]
    graph.node.extend(node for node in nodes if used.intersection(node.output))
    return len(kept)


def _weights(graph: Any) -> dict[str, tuple[str, str]]:
    """Name of a float weight to the names of its whole numbers and of its scale."""
    stored = {one.name for one in graph.initializer}
    made = {name: node for node in graph.node for name in node.output}
    found = {}
    for node in graph.node:
        if node.op_type != "Mul" or node.input[1] not in stored:
            continue
        cast = made.get(node.input[0])
        if cast is not None and cast.op_type == "Cast" and cast.input[0] in stored:
            found[node.output[0]] = (cast.input[0], node.input[1])
    return found


def _looked_up(node: Any, whole: str, scale: str) -> list[Any]:
    """Rows of whole numbers, each times the scale of its row."""
    from onnx.helper import make_node

    rows, result = node.input[1], node.output[0]
    return [
        make_node("Gather", [whole, rows], [f"{result}_whole"], axis=0),
        make_node("Cast", [f"{result}_whole"], [f"{result}_float"], to=_FLOAT),
        make_node("Gather", [scale, rows], [f"{result}_scale"], axis=0),
        make_node("Mul", [f"{result}_float", f"{result}_scale"], [result]),
    ]


def _multiplied(node: Any, whole: str, scale: str, quantised: set[str]) -> list[Any]:
    """A product of whole numbers; what is multiplied is quantised as a whole, once."""
    from onnx.helper import make_node

    given, result = node.input[0], node.output[0]
    nodes = []
    if given not in quantised:
        quantised.add(given)
        parts = [f"{given}_whole", f"{given}_step", f"{given}_zero"]
        nodes.append(make_node("DynamicQuantizeLinear", [given], parts))
    return [
        *nodes,
        make_node("MatMulInteger", [f"{given}_whole", whole, f"{given}_zero"], [f"{result}_sum"]),
        make_node("Cast", [f"{result}_sum"], [f"{result}_float"], to=_FLOAT),
        make_node("Mul", [f"{given}_step", scale], [f"{result}_scale"]),
        make_node("Mul", [f"{result}_float", f"{result}_scale"], [result]),
    ]
