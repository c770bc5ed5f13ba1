"""Keeps the parts of a Piper voice: made once, tried against the whole, read at every later start.

They lie on disk as onnxruntime optimised them, whole or not at all. A graph that cannot be cut, or
whose chunks do not add up to the whole, is kept as it is, with the reason. Knows no words; used at
set-up and when the voice loads.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from assistant.messages import Float32Array
from assistant.voice.voice_cut import PARTS, CutError, Geometry, cut
from assistant.voice.voice_graph import (
    ChunkedGraph,
    Feed,
    Sessions,
    WholeGraph,
    check_feed,
)

TOLERANCE = 1e-4
"""How far the joined chunks may be from the whole (full scale is 1)."""

_FORMAT = 1
_IDENTITY_BYTES = 4_000_000
_MANIFEST = "parts.json"
_TRIED_FRAMES = 24


def open_graph(
    source: Path, cache: Path | None, sessions: Sessions, trial: Feed
) -> ChunkedGraph | WholeGraph:
    """The voice in `source`, with its parts from `cache` or made now and kept there.

    `trial` is a sentence without noise, by which the parts are compared with the whole and the
    loudness of its speaker is measured. `FeedError` when the graph takes other inputs.
    """
    if cache is not None:
        directory = cache / _fingerprint(source, sessions)
        found = _read_manifest(directory)
        try:
            if found is None:
                found = _keep(directory, source, sessions, trial)
            return _open(directory, found, source, sessions, trial)
        except OSError:
            pass  # a full or read-only disk: the parts are made for this run only
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        made = _make(directory, source, sessions, trial)
        return _open(directory, made, source, sessions, trial)


def parts_name(source: Path, sessions: Sessions) -> str:
    """The name of the folder in which the parts of the voice in `source` are kept."""
    return _fingerprint(source, sessions)


def has_parts(source: Path, cache: Path, sessions: Sessions) -> bool:
    """True when `cache` has the parts of the voice in `source` undamaged, or the reason why there
    are none."""
    return _read_manifest(cache / _fingerprint(source, sessions)) is not None


def _open(
    directory: Path, manifest: dict[str, Any], source: Path, sessions: Sessions, trial: Feed
) -> ChunkedGraph | WholeGraph:
    peak = manifest["peaks"].get(_speaker(trial), 0.0)
    graph: ChunkedGraph | WholeGraph
    if manifest["whole_because"]:
        graph = WholeGraph(sessions.open(source), peak, manifest["whole_because"])
    else:
        graph = ChunkedGraph(directory, Geometry(**manifest["geometry"]), peak, sessions)
    graph.check(trial)
    if _speaker(trial) not in manifest["peaks"]:
        graph.peak = _peak(_spoken(graph, trial))
        manifest["peaks"][_speaker(trial)] = graph.peak
        with contextlib.suppress(OSError):  # measured again next time
            _write_manifest(directory, manifest)
    return graph


def _make(directory: Path, source: Path, sessions: Sessions, trial: Feed) -> dict[str, Any]:
    """Cut the graph into `directory` and try the parts; what the manifest says of them."""
    session = sessions.open(source)
    check_feed(session, trial)
    whole: Float32Array = session.run(None, trial)[0].reshape(-1)
    del session
    manifest: dict[str, Any] = {"peaks": {_speaker(trial): _peak(whole)}, "whole_because": ""}
    try:
        models, geometry = cut(source)
        for name, model in models.items():
            path = directory / f"{name}.onnx"
            path.write_bytes(model.SerializeToString())
            if sessions.can_be_kept:
                optimised = path.with_suffix(".optimised")
                sessions.open(path, keep=optimised)
                optimised.replace(path)
        del models
        _compare(ChunkedGraph(directory, geometry, 0.0, sessions), trial, whole)
    except CutError as error:
        return {**manifest, "whole_because": str(error)}
    checks = {name: _check(directory / f"{name}.onnx") for name in PARTS}
    return {**manifest, "geometry": asdict(geometry), "checks": checks}


def _speaker(trial: Feed) -> str:
    """What the loudness of who speaks in `trial` is kept under."""
    return str(int(trial["sid"][0])) if "sid" in trial else ""


def _peak(sound: Float32Array) -> float:
    return float(np.max(np.abs(sound), initial=0.0))


def _spoken(graph: ChunkedGraph | WholeGraph, trial: Feed) -> Float32Array:
    speech = graph.begin(trial)
    pieces = []
    while not speech.is_over:
        pieces.append(speech.decode(_TRIED_FRAMES))
    return np.concatenate(pieces)


def _compare(graph: ChunkedGraph, trial: Feed, whole: Float32Array) -> None:
    joined = _spoken(graph, trial)
    if joined.shape != whole.shape:
        raise CutError(f"the chunks have {joined.size} samples, the whole {whole.size}")
    difference = float(np.max(np.abs(joined - whole), initial=0.0))
    if difference > TOLERANCE:
        raise CutError(f"the chunks differ from the whole by {difference:.1e}")


def _keep(directory: Path, source: Path, sessions: Sessions, trial: Feed) -> dict[str, Any]:
    """Make the parts beside their place, then move them there: whole or not at all."""
    directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = Path(tempfile.mkdtemp(prefix=f"{directory.name}.", dir=directory.parent))
    try:
        manifest = _make(beside, source, sessions, trial)
        _write_manifest(beside, manifest)
        shutil.rmtree(directory, ignore_errors=True)
        with contextlib.suppress(OSError):  # another process put the same parts there just now
            beside.rename(directory)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest


def _write_manifest(directory: Path, manifest: dict[str, Any]) -> None:
    """Whole or not at all."""
    beside = directory / f"{_MANIFEST}.{os.getpid()}"
    beside.write_text(json.dumps(manifest), encoding="utf-8")
    beside.replace(directory / _MANIFEST)


def _read_manifest(directory: Path) -> dict[str, Any] | None:
    """What is kept in `directory`; None when it is absent or damaged."""
    try:
        found: dict[str, Any] = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
        if not all(isinstance(one, float) for one in found["peaks"].values()):
            return None
        if found["whole_because"]:
            return found
        Geometry(**found["geometry"])
        intact = all(_check(directory / f"{name}.onnx") == found["checks"][name] for name in PARTS)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if intact else None


def _check(path: Path) -> int:
    return zlib.crc32(path.read_bytes())


def _fingerprint(source: Path, sessions: Sessions) -> str:
    """What the parts are kept under: the weights, and what has optimised them."""
    digest = hashlib.sha256(graph_identity(source))
    digest.update(repr((_FORMAT, onnxruntime.__version__, sessions.providers)).encode())
    return digest.hexdigest()[:16]


def graph_identity(source: Path) -> bytes:
    """Tells two voices apart, also of the same shape, by both ends of the file."""
    size = source.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with source.open("rb") as file:
        digest.update(file.read(_IDENTITY_BYTES))
        file.seek(-min(_IDENTITY_BYTES, size), os.SEEK_END)
        digest.update(file.read())
    return digest.digest()
