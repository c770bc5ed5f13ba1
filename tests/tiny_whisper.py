"""A CTranslate2 Whisper with random weights, so that loading runs on the real code without a
download: it has all files of a real one and gives nonsense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
from ctranslate2.specs.whisper_spec import WhisperConfig, WhisperSpec
from numpy.typing import NDArray

WIDTH = 8
WORDS = 50_256
"""Tokens before the special ones. A multilingual model has one more, which is empty, and by that
CTranslate2 knows it."""

_random = np.random.default_rng(7)
_START = _random.bit_generator.state


def write_tiny_whisper(directory: Path, *, mels: int = 80, languages: tuple[str, ...] = ()) -> None:
    """Write a model into `directory`, the same whatever was written before; with `languages` it is
    a multilingual one."""
    _random.bit_generator.state = _START
    directory.mkdir(parents=True, exist_ok=True)
    tokens = _tokens(languages)
    spec = WhisperSpec(1, 1, 1, 1)
    _fill_encoder(spec.encoder, mels)
    _fill_decoder(spec.decoder, len(tokens))
    spec.register_vocabulary(tokens)
    starts = {"suppress_ids": [], "suppress_ids_begin": [], "lang_ids": []}
    spec._config = WhisperConfig(**starts, alignment_heads=[(0, 0)])
    spec.validate()
    spec.save(str(directory))
    _tokenizer(tokens).save(str(directory / "tokenizer.json"))


def damage(path: Path, kind: str) -> None:
    """Half of the file cut off, or all of it, or a hole in it, made zero."""
    content = path.read_bytes()
    size = len(content)
    changed = {
        "cut short": content[: size // 2],
        "zeroed": bytes(size),
        "half zeroed": content[: size // 2] + bytes(size - size // 2),
        "a hole": content[: size // 3] + b"\xff" * 40_000 + content[size // 3 + 40_000 :],
        "empty": b"",
        "no JSON object": json.dumps([1, 2]).encode(),
    }
    path.write_bytes(changed[kind])


def _tokens(languages: tuple[str, ...]) -> list[str]:
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in languages)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    words = [f"w{number}" for number in range(WORDS)]
    times = [f"<|{number / 50:.2f}|>" for number in range(1501)]
    return [*words, *([""] if languages else []), *special, *times]


def _tokenizer(tokens: list[str]) -> tokenizers.Tokenizer:
    numbers = {token: number for number, token in enumerate(tokens)}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(numbers, unk_token="w0"))
    made.add_special_tokens([token for token in tokens if token.startswith("<|")])
    return made


def _weights(*shape: int) -> NDArray[np.float32]:
    return (_random.standard_normal(shape) * 0.2).astype(np.float32)


def _norm(spec: Any) -> None:
    spec.gamma, spec.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _linear(spec: Any, out: int, into: int = WIDTH) -> None:
    spec.weight, spec.bias = _weights(out, into), _weights(out)


def _attention(spec: Any, *outs: int) -> None:
    _norm(spec.layer_norm)
    for linear, out in zip(spec.linear, outs, strict=True):
        _linear(linear, out * WIDTH)


def _feed_forward(spec: Any) -> None:
    _norm(spec.layer_norm)
    _linear(spec.linear_0, 4 * WIDTH)
    _linear(spec.linear_1, WIDTH, 4 * WIDTH)


def _fill_encoder(spec: Any, mels: int) -> None:
    spec.conv1.weight, spec.conv1.bias = _weights(WIDTH, mels, 3), _weights(WIDTH)
    spec.conv2.weight, spec.conv2.bias = _weights(WIDTH, WIDTH, 3), _weights(WIDTH)
    spec.position_encodings.encodings = _weights(1500, WIDTH)
    _norm(spec.layer_norm)
    for layer in spec.layer:
        _attention(layer.self_attention, 3, 1)
        _feed_forward(layer.ffn)


def _fill_decoder(spec: Any, size: int) -> None:
    spec.embeddings.weight = _weights(size, WIDTH)
    spec.projection.weight = spec.embeddings.weight
    spec.position_encodings.encodings = _weights(448, WIDTH)
    _norm(spec.layer_norm)
    for layer in spec.layer:
        _attention(layer.self_attention, 3, 1)
        _attention(layer.attention, 1, 2, 1)
        _feed_forward(layer.ffn)
