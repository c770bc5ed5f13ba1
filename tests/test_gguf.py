"""A file that cannot be a chat model here is refused before it loads, and told what it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.config import Config, LlmConfig
from assistant.errors import ModelError
from assistant.model.gguf import read_header
from assistant.model.gguf_check import ChatModel, check_chat_model, free_memory_bytes, kv_bytes
from tests.gguf_files import F32, MATRIX, Q8_0, SMALL_MODEL, write_gguf

CONFIG = Config().llm
PLENTY = 1 << 40


def checked(path: Path, config: LlmConfig = CONFIG, free: int | None = PLENTY) -> ChatModel:
    return check_chat_model(path, config, free)


def refusal(path: Path, config: LlmConfig = CONFIG, free: int | None = PLENTY) -> str:
    with pytest.raises(ModelError) as caught:
        checked(path, config, free)
    assert path.name.split("-0")[0] in caught.value.what
    assert caught.value.next_step
    return str(caught.value)


def model(tmp_path: Path, **changes: Any) -> Path:
    """A small model whose metadata differ; a key's dots are written as two underscores."""
    told = {**SMALL_MODEL, **{key.replace("__", "."): value for key, value in changes.items()}}
    return write_gguf(tmp_path / "model.gguf", told)


def test_a_header_is_read(tmp_path: Path) -> None:
    told = {**SMALL_MODEL, "a.words": ["ä", "b" * 300], "a.numbers": [1, 2, 3], "a.yes": True}
    tensors = [MATRIX, ("norm", (64,), F32)]
    header = read_header(write_gguf(tmp_path / "m.gguf", told, tensors))
    assert header.architecture == "llama"
    assert header.of_model("block_count") == 2
    assert header.metadata["a.words"] == 2
    assert header.metadata["a.numbers"] == [1, 2, 3]
    assert header.metadata["a.yes"] is True
    assert [(t.name, t.shape, t.size) for t in header.tensors] == [
        ("blk.0.ffn_up.weight", (64, 640), 64 * 640 // 32 * 34),
        ("norm", (64,), 256),
    ]
    assert header.data_end == header.file_bytes


def test_a_chat_model_passes_with_its_template(tmp_path: Path) -> None:
    found = checked(model(tmp_path, tokenizer__chat_template="{{ messages }}"))
    assert found == ChatModel(2048, "{{ messages }}")
    assert checked(model(tmp_path)).template is None


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "it is empty"),
        (bytes(5000), "begins with zeros"),
        (b"GGUF", "cut short or damaged in its header"),
        (b"GGUF\x03\0\0\0" + b"\xff" * 40, "makes no sense"),
        (b"GGUF\x01\0\0\0" + bytes(40), "version 1"),
        (b"GGUF\0\0\0\x03" + bytes(40), "big-endian"),
        (b"PK\x03\x04" + bytes(90), "zip or PyTorch"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS"),
        (b'\x40\0\0\0\0\0\0\0{"model.embed"', "safetensors"),
        (b"ggjt\x03\0\0\0", "before GGUF"),
        (b"tjgg\x03\0\0\0 some", "not a GGUF file"),
    ],
)
def test_what_is_no_gguf_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    assert what in refusal(path)


def test_a_directory_is_named(tmp_path: Path) -> None:
    assert "Is a directory" in refusal(tmp_path)


def test_every_cut_of_a_file_is_noticed(tmp_path: Path) -> None:
    path = model(tmp_path, tokenizer__ggml__tokens=["a", "b", "c"])
    whole = path.read_bytes()
    for length in (5, 30, 100, 250, len(whole) - 40_000, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert "cut short" in refusal(path) or "makes no sense" in refusal(path)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 700), st.binary(min_size=1, max_size=8))
def test_a_damaged_header_is_an_error_and_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes
) -> None:
    path = model(tmp_path_factory.getbasetemp(), tokenizer__ggml__tokens=["a", "b", "c"])
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    with suppress(ModelError):
        checked(path)


def test_a_file_that_ends_in_zeros_is_noticed(tmp_path: Path) -> None:
    path = model(tmp_path)
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(whole[:half] + bytes(len(whole) - half))
    assert "hold only zeros" in refusal(path)
    path.write_bytes(whole[:-512] + bytes(512))
    checked(path)  # a few zeros may be meant


def test_an_empty_row_of_the_vocabulary_is_no_damage(tmp_path: Path) -> None:
    told, rest = SMALL_MODEL, ("token_embd.weight", (64, 640), Q8_0)
    path = write_gguf(tmp_path / "model.gguf", told, [MATRIX, rest])
    size = read_header(path).tensors[1].size
    path.write_bytes(path.read_bytes()[:-size] + bytes(size))
    checked(path)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"general__architecture": "bert"}, "embedding"),
        ({"general__architecture": "nomic-bert"}, "embedding"),
        ({"llama__pooling_type": 3}, "embedding or ranking"),
        ({"general__architecture": "clip"}, "projector"),
        ({"general__type": "mmproj"}, "projector"),
        ({"general__type": "adapter"}, "adapter (LoRA)"),
        ({"adapter__type": "lora"}, "adapter (LoRA)"),
        ({"general__architecture": "t5"}, "T5"),
        ({"general__architecture": "dream"}, "diffusion"),
        ({"general__architecture": "", "general__type": "imatrix"}, "imatrix"),
        ({"general__architecture": ""}, "does not say its architecture"),
    ],
)
def test_what_does_not_chat_is_named(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    assert what in refusal(model(tmp_path, **changes))


def test_a_vocabulary_alone_is_named(tmp_path: Path) -> None:
    assert "no weights" in refusal(write_gguf(tmp_path / "model.gguf", SMALL_MODEL, []))


# -- split models -------------------------------------------------------------------------------


def parts(tmp_path: Path, count: int = 3) -> list[Path]:
    made = []
    for number in range(count):
        told: dict[str, Any] = {"split.no": number, "split.count": count}
        if number == 0:
            told = {**SMALL_MODEL, **told}
        name = f"model-{number + 1:05d}-of-{count:05d}.gguf"
        made.append(write_gguf(tmp_path / name, told))
    return made


def test_the_first_part_stands_for_all(tmp_path: Path) -> None:
    first, *_ = parts(tmp_path)
    assert checked(first).context_tokens == 2048
    with pytest.raises(ModelError, match="does not fit into memory"):
        checked(first, free=first.stat().st_size * 2)


def test_another_part_leads_to_the_first(tmp_path: Path) -> None:
    *_, last = parts(tmp_path)
    told = refusal(last)
    assert "part 3 of 3" in told
    assert "model-00001-of-00003.gguf" in told


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    first, second, _ = parts(tmp_path)
    second.unlink()
    assert "model-00002-of-00003.gguf is missing" in refusal(first)


def test_a_cut_part_is_named(tmp_path: Path) -> None:
    first, second, _ = parts(tmp_path)
    second.write_bytes(second.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"model-00002.*cut short"):
        checked(first)


def test_a_first_part_with_another_name_is_told_its_own(tmp_path: Path) -> None:
    first, *_ = parts(tmp_path)
    told = refusal(first.rename(tmp_path / "model.gguf"))
    assert "not named so" in told
    assert "-00001-of-00003.gguf" in told


# -- room ---------------------------------------------------------------------------------------


def test_a_model_larger_than_memory_is_refused_with_the_figures(tmp_path: Path) -> None:
    path = model(tmp_path, llama__block_count=1000, llama__context_length=131072)
    assert kv_bytes(read_header(path), 2048) == 1000 * 2 * (16 + 16) * 2048 * 2
    told = refusal(path, free=300_000_000)
    assert "0.3 GB for a context of 2048 tokens" in told
    assert "0.3 GB are free" in told
    small = replace(CONFIG, context_tokens=512)
    assert checked(path, small, free=300_000_000).context_tokens == 512
    checked(path, free=None)


def test_heads_may_differ_from_block_to_block(tmp_path: Path) -> None:
    path = model(tmp_path, llama__attention__head_count_kv=[2, 0])
    assert kv_bytes(read_header(path), 100) == 2 * 32 * 100 * 2


def test_the_context_is_at_most_the_trained_one_and_that_is_said(tmp_path: Path) -> None:
    found = checked(model(tmp_path, llama__context_length=1024))
    assert found.context_tokens == 1024
    assert "1024 are used" in found.remarks[0]
    assert "leaves no room" in refusal(model(tmp_path, llama__context_length=48))


def test_free_memory_is_a_plausible_number() -> None:
    free = free_memory_bytes()
    assert free is None or 10_000_000 < free < 1 << 50
