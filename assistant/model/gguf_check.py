"""Whether a GGUF file is a chat model that can work here, judged before anything is loaded.

Tells apart what looks alike when llama.cpp just refuses: an embedding model, a projector, an
adapter, a part of a split model, a file cut short or zeroed, too little memory, a context that the
model was not trained for. Knows the header and the machine's memory, not llama.cpp. Any thread.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.config import LlmConfig
from assistant.errors import ModelError
from assistant.model.gguf import GgufHeader, damaged, read_header

_OTHER_MODEL = "set llm.model to an instruct or chat model"
_EMBEDDERS = frozenset(
    "bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert "
    "gemma-embedding llama-embed t5encoder".split()
)
_NO_WRITERS = {
    "clip": "it is a vision or audio projector (mmproj), which goes with a model",
    "t5": "it is an encoder with a decoder (T5), which translates and does not talk",
    "dream": "it writes whole blocks at a time (a diffusion model), which cannot be streamed",
    "llada": "it writes whole blocks at a time (a diffusion model), which cannot be streamed",
    "llada-moe": "it writes whole blocks at a time (a diffusion model), which cannot be streamed",
    "wavtokenizer-dec": "it makes sound, not text",
}
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")
_SAMPLES = 128
_SAMPLE_BYTES = 64
_MOST_EMPTY = 0.04
"""Share of the sampled places in matrices that may hold only zeros."""
_BUFFERS_BYTES = 150_000_000
"""llama.cpp's buffers and the vocabulary, for a model of some billion weights."""
_KV_BYTES = 2


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A file that may be loaded: with `context_tokens`, and with the `remarks` said to the person.

    `template` is the chat template that the file has, None when it has none.
    """

    context_tokens: int
    template: str | None
    remarks: tuple[str, ...] = ()


def check_chat_model(
    path: Path, config: LlmConfig, free_bytes: int | None, *, on_card: bool = False
) -> ChatModel:
    """`path` as a chat model, or `ModelError` with what it is instead and the next step.

    `free_bytes` is the memory that it may take, `on_card` whether that is a graphics card's; None
    when it is not known or not the limit.
    """
    header = read_header(path)
    _check_kind(header)
    headers = [header, *_other_parts(header)]
    for part in headers:
        _check_whole(part)
    _check_zeros(headers)
    context, remarks = _context(header, config)
    if free_bytes is not None:
        _check_memory(headers, context, free_bytes, on_card)
    return ChatModel(context, _template(header), remarks)


def free_memory_bytes() -> int | None:
    """Memory that can be had without swapping (Linux), else all that the machine has; None when
    the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


# -- what kind of file --------------------------------------------------------------------------


def _check_kind(header: GgufHeader) -> None:
    name, told = header.path.name, header.metadata
    kind, architecture = told.get("general.type", "model"), header.architecture
    if kind == "adapter" or "adapter.type" in told:
        raise ModelError(
            f"{name} is an adapter (LoRA), which changes a model and is none",
            "merge it into its model with llama.cpp's llama-export-lora, or set llm.model to a "
            "whole model",
        )
    if kind == "mmproj":
        architecture = "clip"
    if kind not in ("model", "mmproj") and not architecture:
        raise ModelError(f"{name} is no model but of the kind '{kind}'", _OTHER_MODEL)
    if told.get("split.no", 0):
        return  # the other parts say nothing else; `_other_parts` names the first
    if not architecture:
        raise damaged(header.path, "it does not say its architecture", _OTHER_MODEL)
    if architecture in _NO_WRITERS:
        raise ModelError(f"{name} does not chat: {_NO_WRITERS[architecture]}", _OTHER_MODEL)
    pooling = header.of_model("pooling_type")
    if architecture in _EMBEDDERS or (type(pooling) is int and pooling > 0):
        raise ModelError(
            f"{name} does not chat: it is an embedding or ranking model ({architecture}), which "
            "turns text into numbers",
            _OTHER_MODEL,
        )
    if not header.tensors and not told.get("split.count"):
        raise damaged(header.path, "it holds a vocabulary and no weights", _OTHER_MODEL)


def _other_parts(header: GgufHeader) -> list[GgufHeader]:
    """The headers of the parts after the first of a split model; none when it is whole."""
    count = header.metadata.get("split.count", 0)
    if type(count) is not int or count < 2:
        return []
    path, number = header.path, header.metadata.get("split.no", 0)
    named = _PART.search(path.name)
    stem = path.name[: named.start()] if named else None
    if number != 0:
        first = f"{stem}-00001-of-{count:05d}.gguf" if stem else "…-00001-of-…"
        raise ModelError(
            f"{path.name} is part {number + 1} of {count} of a split model",
            f"set llm.model to the first part, {first}",
        )
    if named is None or (int(named[1]), int(named[2])) != (1, count):
        raise ModelError(
            f"{path.name} is the first of {count} parts, but not named so",
            f"give the parts their names back: …-00001-of-{count:05d}.gguf and so on",
        )
    others = [path.with_name(f"{stem}-{n:05d}-of-{count:05d}.gguf") for n in range(2, count + 1)]
    missing = [part.name for part in others if not part.is_file()]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ModelError(
            f"{path.name} is the first of {count} parts; {missing[0]}{more} is missing",
            f"put all {count} parts into {path.parent}",
        )
    return [read_header(part) for part in others]


# -- whole and sound ----------------------------------------------------------------------------


def _check_whole(header: GgufHeader) -> None:
    if header.file_bytes < header.data_end:
        raise damaged(
            header.path,
            f"it is cut short: {header.file_bytes:,} bytes of {header.data_end:,} are there",
            "fetch the file again",
        )


def _check_zeros(headers: list[GgufHeader]) -> None:
    """A download that broke off may have its full size and end in zeros. Reads a few places, in
    matrices other than the vocabulary's, whose rows of unused words may be empty."""
    places = [(header, at) for header in headers for at in _places(header, len(headers))]
    empty = 0
    for header in headers:
        with header.path.open("rb") as file:
            for owner, at in places:
                if owner is header:
                    file.seek(at)
                    empty += not file.read(_SAMPLE_BYTES).strip(b"\0")
    if empty > max(2, _MOST_EMPTY * len(places)):
        raise damaged(
            headers[0].path,
            f"it is damaged: {empty} of {len(places)} places that were looked at hold only zeros",
            "fetch the file again",
        )


def _places(header: GgufHeader, parts: int) -> list[int]:
    matrices = [
        tensor
        for tensor in header.tensors
        if len(tensor.shape) > 1
        and tensor.size >= 4 * _SAMPLE_BYTES
        and not tensor.name.startswith(("token_embd", "output", "per_layer_token_embd"))
    ]
    total = sum(tensor.size for tensor in matrices)
    wanted = max(8, _SAMPLES // parts)
    places, seen = [], 0
    for tensor in matrices:
        first, last = seen * wanted // total, (seen + tensor.size) * wanted // total
        seen += tensor.size
        step = tensor.size // (last - first + 1)
        places += [tensor.start + step * n for n in range(1, last - first + 1)]
    return places


# -- room ---------------------------------------------------------------------------------------


def _context(header: GgufHeader, config: LlmConfig) -> tuple[int, tuple[str, ...]]:
    """The size of the context, at most the one that the model was trained with, and what to say."""
    trained, wanted = header.of_model("context_length"), config.context_tokens
    if type(trained) is not int or trained <= 0 or wanted <= trained:
        return wanted, ()
    if trained <= config.max_tokens:
        raise ModelError(
            f"{header.path.name} was trained with a context of {trained} tokens, which leaves no "
            f"room beside an answer of {config.max_tokens}",
            "lower llm.max_tokens, or take another llm.model",
        )
    said = (
        f"llm.context_tokens is {wanted}, but {header.path.name} was trained with {trained}: "
        f"{trained} are used"
    )
    return trained, (said,)


def _check_memory(headers: list[GgufHeader], context: int, free_bytes: int, on_card: bool) -> None:
    weights = sum(header.file_bytes for header in headers)
    kv = kv_bytes(headers[0], context)
    if weights + kv + _BUFFERS_BYTES <= free_bytes:
        return
    memory = "the graphics card's memory" if on_card else "memory"
    instead = "set llm.device to cpu" if on_card else "end other programs"
    raise ModelError(
        f"{headers[0].path.name} does not fit into {memory}: it needs {_gb(weights)} for its "
        f"weights, {_gb(kv)} for a context of {context} tokens and {_gb(_BUFFERS_BYTES)} beside, "
        f"and {_gb(free_bytes)} are free",
        f"take a smaller model or quantisation, lower llm.context_tokens, or {instead}",
    )


def kv_bytes(header: GgufHeader, context: int) -> int:
    """Bytes of the KV state of `context` tokens, with 16 bits a number; 0 when the file does not
    say enough. Models that look at a window only need less."""
    blocks, width = header.of_model("block_count"), header.of_model("embedding_length")
    heads = _per_block(header.of_model("attention.head_count"))
    kv_heads = _per_block(header.of_model("attention.head_count_kv")) or heads
    if type(blocks) is not int or not heads or not kv_heads:
        return 0
    own = width // max(1, heads[0]) if type(width) is int else 0
    key = header.of_model("attention.key_length") or own
    value = header.of_model("attention.value_length") or own
    of_all = sum(kv_heads) if len(kv_heads) > 1 else kv_heads[0] * blocks
    return int(of_all * (key + value) * context * _KV_BYTES)


def _per_block(value: Any) -> list[int]:
    """A number of heads that holds for every block, or one for each."""
    found = value if isinstance(value, list) else [value]
    return [number for number in found if type(number) is int]


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.0f} MB"


def _template(header: GgufHeader) -> str | None:
    for key in ("tokenizer.chat_template", "tokenizer.chat_template.default"):
        found = header.metadata.get(key)
        if isinstance(found, str) and found.strip():
            return found
    return None
