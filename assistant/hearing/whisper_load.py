"""Opens a CTranslate2 Whisper: its files are checked, then loaded, then checked against each other.

What the weights say is believed: the number of mels, whether the model knows more than English.
`preprocessor_config.json` is not read. Nothing is ever fetched. Knows no sound and no words; runs
on the thread that loads the model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import tokenizers
from faster_whisper.feature_extractor import FeatureExtractor

from assistant.config import SHARED_BY, TranscriberConfig, thread_count
from assistant.errors import ModelError
from assistant.json_files import read_json

_FILES = ("model.bin", "config.json", "tokenizer.json")
_SETTINGS = {"suppress_ids", "suppress_ids_begin"}
_VOCABULARIES = ("vocabulary.json", "vocabulary.txt")

_PAGE = 4096
_HOLE_PAGES = 4
"""So many pages of the same byte stand in no sound model: the longest row is a bias of its keys,
5 kB of zeros in the largest Whisper."""

_FOREIGN_TOKENS = 0.01
"""Share of the vocabulary in which a tokenizer that was made for other tasks may differ."""

_TRIAL_FRAMES = 100
_NEEDS_CUDA = (
    "install what CTranslate2 needs of CUDA 12 (cuBLAS: the library libcublas.so.12), or set "
    "transcriber.device to auto or cpu"
)

_CONVERT = (
    "take a conversion for CTranslate2 (a directory with model.bin and tokenizer.json, such as "
    "faster-whisper's), or make one: ct2-transformers-converter --model DIRECTORY --output_dir NEW "
    "--copy_files tokenizer.json --quantization int8 (it needs the packages transformers and torch)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWhisper:
    """A model with what stands before and behind it.

    `features(sound)` makes float32[mels, frames] of float32[n] at 16 kHz. `prompt` is what the
    decoder is given first; tokens at and above `end_of_text` are no words. `again` is the next step
    when the files turn out to be damaged; `remarks` are for the person. `can_align`: the model can
    score given words (config.json names the heads of its attention that `align` wants).
    """

    directory: Path
    again: str
    model: Any
    features: Any
    tokenizer: Any
    prompt: list[int]
    end_of_text: int
    remarks: tuple[str, ...] = ()
    can_align: bool = True

    def words(self, tokens: list[int]) -> str:
        """The text of what the decoder gave."""
        text: str = self.tokenizer.decode([token for token in tokens if token < self.end_of_text])
        return text.strip()


def open_whisper(directory: Path, config: TranscriberConfig, workers: int) -> OpenWhisper:
    """The model in `directory` on the device asked for, with 8-bit weights.

    `ModelError` says which file is missing, damaged or of another kind, that two of them do not
    belong together, or that the model does not know the language.
    """
    again = (
        "fetch the files of transcriber.model again from where they came, or leave it empty"
        if config.model
        else "run: make models (what is damaged is fetched again)"
    )
    try:
        _check_directory(directory, again)
        tokenizer = _tokenizer(directory / "tokenizer.json", again)
        _check_vocabulary(directory, tokenizer, _vocabulary(directory, again), again)
    except OSError as error:
        raise ModelError(f"cannot read the Whisper in {directory}: {error}", again) from error
    model, remarks = _load(directory, config, workers, again)
    return OpenWhisper(
        directory=directory,
        again=again,
        model=model,
        features=FeatureExtractor(feature_size=model.n_mels),
        tokenizer=tokenizer,
        prompt=_prompt(directory, tokenizer, model.is_multilingual, config.language),
        end_of_text=tokenizer.token_to_id("<|endoftext|>"),
        remarks=remarks,
        can_align=bool(read_json(directory / "config.json", dict, again).get("alignment_heads")),
    )


# -- the files, before anything is loaded ---------------------------------------------------------


def _check_directory(directory: Path, again: str) -> None:
    if directory.is_file():
        kind = _other_kind([directory]) or "a file"
        raise ModelError(
            f"{directory} is {kind}, not the directory of a CTranslate2 model", _CONVERT
        )
    missing = [name for name in _FILES if not (directory / name).is_file()]
    if "model.bin" in missing:
        found = list(directory.iterdir()) if directory.is_dir() else []
        kind = _other_kind(found)
        raise ModelError(
            f"no Whisper in {directory}: " + (f"it is {kind}" if kind else _absence(missing)),
            _CONVERT if kind else again,
        )
    if missing:
        raise ModelError(f"no Whisper in {directory}: {_absence(missing)}", _step(missing, again))
    if not any((directory / name).is_file() for name in _VOCABULARIES):
        names = " or ".join(_VOCABULARIES)
        raise ModelError(f"no Whisper in {directory}: missing {names}", again)
    settings = read_json(directory / "config.json", dict, again)
    absent = sorted(_SETTINGS - settings.keys())
    if absent:
        raise ModelError(
            f"{directory / 'config.json'} is not that of a Whisper for CTranslate2: it has no "
            + ", ".join(absent),
            again,
        )
    _check_weights(directory / "model.bin", again)


def _absence(missing: list[str]) -> str:
    return f"missing {', '.join(missing)}; needed {', '.join(_FILES)}"


def _step(missing: list[str], again: str) -> str:
    if missing == ["tokenizer.json"]:
        return f"copy tokenizer.json from the model that this one was converted from, or {again}"
    return again


def _other_kind(files: list[Path]) -> str:
    """What a model is called that somebody takes for a CTranslate2 one; empty when unknown."""
    for file in files:
        if file.suffix in (".gguf", ".ggml") or file.name.startswith("ggml-"):
            return "a model for whisper.cpp (GGML)"
        if file.suffix == ".safetensors" or file.name.startswith("pytorch_model"):
            return "a checkpoint for transformers"
        if file.suffix == ".pt":
            return "a checkpoint of OpenAI's own Whisper"
        if file.suffix == ".onnx":
            return "an ONNX model"
    return ""


def _check_weights(path: Path, again: str) -> None:
    """Say what `model.bin` is when it cannot be weights; CTranslate2 sees what is left."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[:4] in (b"lmgg", b"GGUF"):
        raise ModelError(f"{path} is a model for whisper.cpp (GGML)", _CONVERT)
    if head.startswith(b"version https:"):
        raise ModelError(f"{path} is a pointer of Git LFS, not the weights", "run: git lfs pull")
    hole = _hole(path)
    if hole is not None:
        raise ModelError(f"{path} is damaged: from byte {hole} on it is empty", again)


def _hole(path: Path) -> int | None:
    """Where the first row of one and the same byte begins that is too long to be weights."""
    count = path.stat().st_size // _PAGE
    if count < _HOLE_PAGES:
        return None
    pages = np.memmap(path, np.uint8, "r", shape=(count, _PAGE))
    begins_alike = (pages[:, :16] == pages[:, :1]).all(axis=1)
    for first in range(count - _HOLE_PAGES + 1):
        if begins_alike[first : first + _HOLE_PAGES].all():
            hole = pages[first : first + _HOLE_PAGES]
            if (hole == hole[0, 0]).all():
                return first * _PAGE
    return None


def _tokenizer(path: Path, again: str) -> Any:
    try:
        return tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise ModelError(f"{path} is damaged: {error}", again) from error


def _vocabulary(directory: Path, again: str) -> list[str]:
    """The tokens by their number, read as CTranslate2 does: from the first file that is there."""
    as_json, as_lines = (directory / name for name in _VOCABULARIES)
    if as_json.is_file():
        return [str(token) for token in read_json(as_json, list, again)]
    lines = as_lines.read_bytes().decode("utf-8", errors="replace").split("\n")
    return lines[:-1] if not lines[-1] else lines


def _check_vocabulary(directory: Path, tokenizer: Any, vocabulary: list[str], again: str) -> None:
    """The weights count in `vocabulary`, the words come from `tokenizer`: they must agree."""
    known: int = tokenizer.get_vocab_size()
    ids = [tokenizer.token_to_id(f"<|{name}|>") for name in ("endoftext", "startoftranscript")]
    shared = min(known, len(vocabulary))
    if None not in ids and max(ids) < shared:
        others = sum(vocabulary[i] != tokenizer.id_to_token(i) for i in range(shared))
        specials = all(vocabulary[i] == tokenizer.id_to_token(i) for i in range(min(ids), shared))
        if specials and others <= _FOREIGN_TOKENS * known and known <= len(vocabulary):
            return
    raise ModelError(
        f"the vocabulary ({len(vocabulary)} tokens) and tokenizer.json ({known}) in {directory} do "
        "not belong together: one of them is damaged or from another model",
        again,
    )


# -- the weights ----------------------------------------------------------------------------------


def _load(
    directory: Path, config: TranscriberConfig, workers: int, again: str
) -> tuple[Any, tuple[str, ...]]:
    """The model, and what to say about where it runs: on the graphics card where that works."""
    has_card = config.device in ("auto", "cuda") and ctranslate2.get_cuda_device_count() > 0
    if config.device == "cuda" and not has_card:
        raise ModelError(
            "transcriber.device is cuda and CTranslate2 finds no CUDA device",
            "set transcriber.device to auto or cpu",
        )
    remarks: tuple[str, ...] = ()
    if has_card:
        try:
            return _on_card(directory, config, workers), ()
        except (RuntimeError, ValueError) as error:
            if config.device == "cuda":
                raise ModelError(f"Whisper does not run with CUDA: {error}", _NEEDS_CUDA) from error
            remarks = (f"Whisper runs on the processor, with CUDA it does not: {error}",)
    try:
        return _made(directory, config, workers, "cpu", "int8"), remarks
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"the Whisper in {directory} does not load: {error}", again) from error


def _on_card(directory: Path, config: TranscriberConfig, workers: int) -> Any:
    """The model on the graphics card, after it worked once: CTranslate2 opens CUDA's libraries with
    the first sound only, and may lack them. RuntimeError or ValueError when it does not work."""
    model = _made(directory, config, workers, "cuda", "int8_float16")
    nothing = np.zeros((1, model.n_mels, _TRIAL_FRAMES), dtype=np.float32)
    np.array(model.encode(ctranslate2.StorageView.from_array(nothing), to_cpu=True))
    return model


def _made(directory: Path, config: TranscriberConfig, workers: int, device: str, kind: str) -> Any:
    return ctranslate2.models.Whisper(
        str(directory),
        device=device,
        compute_type=kind,
        intra_threads=thread_count(config.threads, SHARED_BY["transcriber"]),
        inter_threads=workers,
    )


def _prompt(directory: Path, tokenizer: Any, is_multilingual: bool, language: str) -> list[int]:
    """What the decoder is given before the first word: language and task, where it has them."""
    asked = language.strip().lower()
    names = ["startoftranscript", "notimestamps"]
    if is_multilingual:
        known = _languages(tokenizer)
        if asked not in known:
            near = asked[:2] if asked[:2] in known else "en, de, fr"
            raise ModelError(
                f"{directory.name} does not know transcriber.language '{language}'",
                f"set transcriber.language to a code such as {near}",
            )
        names[1:1] = [asked, "transcribe"]
    elif asked != "en":
        raise ModelError(
            f"transcriber.language is '{language}', and {directory.name} understands English only",
            "set transcriber.language to en, or transcriber.model to a multilingual model "
            "(whisper-base: assistant models fetch whisper-base)",
        )
    ids = [tokenizer.token_to_id(f"<|{name}|>") for name in names]
    if None in ids:
        missing = names[ids.index(None)]
        raise ModelError(
            f"tokenizer.json in {directory} has no <|{missing}|>: it is not Whisper's",
            "copy tokenizer.json from the model that this one was converted from",
        )
    return ids


def _languages(tokenizer: Any) -> list[str]:
    """The codes that the model was trained with."""
    found = (re.fullmatch(r"<\|([a-z]{2,3})\|>", token) for token in tokenizer.get_vocab())
    return sorted(match.group(1) for match in found if match)
