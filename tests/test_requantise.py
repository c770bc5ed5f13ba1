"""The slow matrices of a model are rewritten once, the others stay, and it still answers."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.config import Config
from assistant.errors import ModelError
from assistant.model.gguf import read_header
from assistant.model.llm import LanguageModel
from assistant.model.requantise import fast_copy, is_worth_it, make_fast_copy
from assistant.weights.resolve import find

pytestmark = pytest.mark.models

Q4_0, Q5_0, Q8_0, Q4_K, Q6_K = 2, 6, 8, 12, 14


def weights(role: str) -> Path:
    try:
        model, directory = find(Config(), role)  # type: ignore[arg-type]
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")
    return directory / model.files[0].name


def kinds(path: Path) -> Counter[tuple[str, int]]:
    return Counter(
        (tensor.name.split(".")[-2], tensor.kind)
        for tensor in read_header(path).tensors
        if tensor.name.startswith("blk.") and len(tensor.shape) > 1
    )


def test_slow_kinds_are_rewritten_and_the_others_stay(tmp_path: Path) -> None:
    source = tmp_path / "model.gguf"
    source.symlink_to(weights("llm"))
    before = kinds(source)
    copy = make_fast_copy(source)
    assert copy == fast_copy(source)
    assert copy is not None
    after = kinds(copy)
    assert before["ffn_up", Q5_0] == after["ffn_up", Q4_0] == after["ffn_gate", Q4_0] > 0
    assert before["attn_q", Q5_0] == after["attn_q", Q8_0] > 0
    assert before["ffn_down", Q4_K] == after["ffn_down", Q4_K] > 0
    assert before["ffn_down", Q6_K] == after["ffn_down", Q8_0] > 0
    assert not {kind for _, kind in after} & {Q5_0, Q6_K}
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
    model = LanguageModel(copy, replace(Config().llm, max_tokens=24, context_tokens=512))
    asked = [{"role": "user", "content": "What is the capital of France?"}]
    assert "Paris" in "".join(model.stream(asked, lambda: False))
    model.close()
    stamp = copy.stat().st_mtime_ns
    assert make_fast_copy(source) == make_fast_copy(copy) == copy
    assert copy.stat().st_mtime_ns == stamp


def test_a_model_without_slow_matrices_stays_as_it_is(tmp_path: Path) -> None:
    source = tmp_path / "small.gguf"
    source.symlink_to(weights("endings"))
    assert not is_worth_it(read_header(source))
    assert make_fast_copy(source) is None
    assert not fast_copy(source).exists()


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "model.gguf"
    source.symlink_to(weights("llm"))
    total = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: total._replace(free=10_000_000))
    with pytest.raises(ModelError, match="10 MB left"):
        make_fast_copy(source)
    assert not fast_copy(source).exists()
