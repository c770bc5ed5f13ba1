"""A voice's graph is cut where its structure says, kept whole or not at all, and adds up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.messages import Float32Array
from assistant.voice.voice_cut import PARTS, CutError, Geometry, cut
from assistant.voice.voice_graph import (
    ChunkedGraph,
    Feed,
    Sessions,
    WholeGraph,
)
from assistant.voice.voice_parts import TOLERANCE, has_parts, open_graph
from tests.tiny_voice import FRAMES_EACH, HOP, Oddity, write_tiny_voice

SESSIONS = Sessions(1, ["CPUExecutionProvider"])


def joined(graph: ChunkedGraph, feed: Feed, frames: int) -> Float32Array:
    speech, pieces = graph.begin(feed), []
    while not speech.is_over:
        pieces.append(speech.decode(frames))
    return np.concatenate(pieces)


def opened(path: Path, cache: Path | None, feed: Feed) -> ChunkedGraph:
    graph = open_graph(path, cache, SESSIONS, feed)
    assert isinstance(graph, ChunkedGraph), graph.whole_because
    return graph


def kept(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


@pytest.mark.parametrize("speakers", [1, 3])
def test_the_parts_know_how_far_they_look(tmp_path: Path, speakers: int) -> None:
    write_tiny_voice(tmp_path / "v.onnx", speakers=speakers)
    models, geometry = cut(tmp_path / "v.onnx")
    assert tuple(models) == PARTS
    assert geometry == Geometry(hop=HOP, flow_reach=6, decoder_reach=6)
    assert [output.name for output in models["decoder"].graph.output] == ["output"]


@pytest.mark.parametrize(
    ("oddity", "reason"),
    [
        ("no noise", "no noise is added"),
        ("no decoder", "no convolution leads"),
        ("attention", "Softmax may look at the whole sentence"),
    ],
)
def test_a_graph_of_another_build_is_refused_with_a_reason(
    tmp_path: Path, oddity: Oddity, reason: str
) -> None:
    write_tiny_voice(tmp_path / "v.onnx", oddity=oddity)
    with pytest.raises(CutError, match=reason):
        cut(tmp_path / "v.onnx")


@pytest.mark.parametrize("speakers", [1, 3])
@pytest.mark.parametrize("frames", [1, 5, 16, 1000])
def test_chunks_of_any_size_add_up_to_the_whole(tmp_path: Path, speakers: int, frames: int) -> None:
    feed = write_tiny_voice(tmp_path / "v.onnx", speakers=speakers)
    graph = opened(tmp_path / "v.onnx", tmp_path / "cache", feed)
    whole = SESSIONS.open(tmp_path / "v.onnx").run(None, feed)[0].reshape(-1)
    assert whole.size == 60 * FRAMES_EACH * HOP
    np.testing.assert_allclose(joined(graph, feed, frames), whole, rtol=0, atol=TOLERANCE / 10)
    assert graph.peak == np.abs(whole).max()


@pytest.mark.parametrize("oddity", ["attention", "backwards"])
def test_a_voice_whose_chunks_would_not_add_up_speaks_at_once(
    tmp_path: Path, oddity: Oddity
) -> None:
    feed = write_tiny_voice(tmp_path / "v.onnx", oddity=oddity)
    for _ in range(2):  # the second time the reason is read from the cache
        graph = open_graph(tmp_path / "v.onnx", tmp_path / "cache", SESSIONS, feed)
        assert isinstance(graph, WholeGraph)
        assert graph.whole_because
        speech = graph.begin(feed)
        assert speech.decode(1).size == 60 * FRAMES_EACH * HOP
        assert speech.is_over


def test_what_was_kept_is_read_and_not_made_again(tmp_path: Path) -> None:
    feed = write_tiny_voice(tmp_path / "v.onnx")
    opened(tmp_path / "v.onnx", tmp_path / "cache", feed)
    before = {path: path.stat().st_mtime_ns for path in kept(tmp_path / "cache")}
    assert {path.name for path in before} == {"parts.json", *(f"{name}.onnx" for name in PARTS)}
    opened(tmp_path / "v.onnx", tmp_path / "cache", feed)
    assert {path: path.stat().st_mtime_ns for path in kept(tmp_path / "cache")} == before


@pytest.mark.parametrize("name", ["parts.json", "text.onnx", "flow.onnx", "decoder.onnx"])
@pytest.mark.parametrize("damage", ["absent", "cut short", "changed"])
def test_a_damaged_part_is_made_again(tmp_path: Path, name: str, damage: str) -> None:
    feed = write_tiny_voice(tmp_path / "v.onnx")
    expected = joined(opened(tmp_path / "v.onnx", tmp_path / "cache", feed), feed, 8)
    (victim,) = (tmp_path / "cache").rglob(name)
    content = victim.read_bytes()
    if damage == "absent":
        victim.unlink()
    elif damage == "cut short":
        victim.write_bytes(content[: len(content) // 2])
    else:
        victim.write_bytes(content[:-40] + bytes(40))
    graph = opened(tmp_path / "v.onnx", tmp_path / "cache", feed)
    np.testing.assert_array_equal(joined(graph, feed, 8), expected)
    assert victim.read_bytes() == content
    assert len(kept(tmp_path / "cache")) == len(PARTS) + 1


def test_whether_parts_are_kept_is_known_without_opening_them(tmp_path: Path) -> None:
    feed = write_tiny_voice(tmp_path / "v.onnx")
    cache = tmp_path / "cache"
    assert not has_parts(tmp_path / "v.onnx", cache, SESSIONS)
    opened(tmp_path / "v.onnx", cache, feed)
    assert has_parts(tmp_path / "v.onnx", cache, SESSIONS)
    (victim,) = cache.rglob(f"{PARTS[0]}.onnx")
    victim.write_bytes(victim.read_bytes()[:-1])
    assert not has_parts(tmp_path / "v.onnx", cache, SESSIONS)


def test_other_weights_are_kept_elsewhere(tmp_path: Path) -> None:
    feed = write_tiny_voice(tmp_path / "v.onnx")
    opened(tmp_path / "v.onnx", tmp_path / "cache", feed)
    more = write_tiny_voice(tmp_path / "v.onnx", speakers=3)
    opened(tmp_path / "v.onnx", tmp_path / "cache", more)
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_without_a_place_to_keep_them_the_parts_serve_this_run(tmp_path: Path) -> None:
    feed = write_tiny_voice(tmp_path / "v.onnx")
    (tmp_path / "file").write_text("not a directory")
    for cache in (None, tmp_path / "file"):
        assert joined(opened(tmp_path / "v.onnx", cache, feed), feed, 8).size
