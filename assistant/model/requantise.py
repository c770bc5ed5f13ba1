"""Rewrites the slow matrices of a GGUF model once, in layouts for which llama.cpp has fast kernels.

llama.cpp multiplies Q4_0, Q8_0 and Q4_K on a processor in blocks that it repacks when it loads;
Q5_0 and Q6_K go row by row. What is rewritten, and what that costs in quality, was measured
(docs/LLM.md, "The layout of the weights"). Uses llama.cpp's own quantiser; knows no conversation.
Runs on the caller's thread, at set-up.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from contextlib import suppress
from pathlib import Path

from assistant.errors import ModelError
from assistant.model.gguf import GgufHeader, Tensor, read_header

_Q4_0, _Q5_0, _Q8_0, _Q6_K = 2, 6, 8, 14
_RULES = (
    ("ffn_gate", _Q5_0, _Q4_0),
    ("ffn_up", _Q5_0, _Q4_0),
    ("attn_", _Q5_0, _Q8_0),
    ("ffn_down", _Q6_K, _Q8_0),
)
"""Part of a tensor's name, the kind it has, the kind it gets. The large matrices lose a bit of
five, the small ones of the attention lose nothing. Both vocabularies stay as they are."""
_SUFFIX = ".fast-1.gguf"
"""Of the copy; a change of the rules raises the number."""
_SPARE_BYTES = 500_000_000
_SILENT = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(
    lambda level, text, data: None
)
"""Takes llama.cpp's own lines; it keeps the pointer, so it lives as long as the program."""


def fast_copy(source: Path) -> Path:
    """Where the rewritten copy of `source` lies, or would lie."""
    return source.with_name(source.stem + _SUFFIX)


def is_current(copy: Path, source: Path) -> bool:
    """True when `copy` can be read and is not older than the `source` that it was made from."""
    try:
        is_newer = copy.stat().st_mtime >= source.stat().st_mtime
    except OSError:
        return False
    return is_newer and os.access(copy, os.R_OK)


def is_worth_it(header: GgufHeader) -> bool:
    """True when the large matrices of a model are of a kind that is slow here."""
    return any(tensor.kind == _Q5_0 and "ffn_" in tensor.name for tensor in header.tensors)


def make_fast_copy(source: Path) -> Path | None:
    """The rewritten copy of `source`, made now (some seconds, a file as large) unless it is there;
    None when it would be no faster. `ModelError` when the disk or llama.cpp refuses."""
    if source.name.endswith(_SUFFIX):
        return source
    target = fast_copy(source)
    if is_current(target, source):
        return target
    for left in source.parent.glob(f"{target.stem}.*.part"):  # of a set-up that was ended
        left.unlink(missing_ok=True)
    header = read_header(source)
    if not is_worth_it(header):
        return None
    free = shutil.disk_usage(source.parent).free
    if free < header.file_bytes + _SPARE_BYTES:
        raise ModelError(
            f"{source.parent} has {free / 1e6:,.0f} MB left, too few for a faster copy of the "
            "language model",
            "make room; until then the model is used as it came",
        )
    partial = target.with_suffix(f".{os.getpid()}.part")
    try:
        _quantise(source, partial, header)
        partial.chmod(source.stat().st_mode & 0o777)
        with partial.open("rb") as made:
            os.fsync(made.fileno())
        partial.replace(target)
    except OSError as error:
        raise ModelError(f"cannot write {target}: {error.strerror}", "make room") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return target


def _quantise(source: Path, target: Path, header: GgufHeader) -> None:
    import llama_cpp

    llama_cpp.llama_log_set(_SILENT, ctypes.c_void_p(None))
    kinds = [(tensor, _kind(tensor)) for tensor in header.tensors if len(tensor.shape) > 1]
    kept = {tensor.name: kind for tensor, kind in kinds}
    overrides = (llama_cpp.llama_model_tensor_override * (len(kinds) + 1))(
        *(
            llama_cpp.llama_model_tensor_override(_pattern(tensor.name), kind)
            for tensor, kind in kinds
        ),
        llama_cpp.llama_model_tensor_override(None, 0),
    )
    options = llama_cpp.llama_model_quantize_default_params()
    options.nthread = os.cpu_count() or 1
    options.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0
    options.allow_requantize = True
    options.token_embedding_type = kept.get("token_embd.weight", options.token_embedding_type)
    options.output_tensor_type = kept.get("output.weight", options.output_tensor_type)
    options.tt_overrides = ctypes.cast(
        overrides, ctypes.POINTER(llama_cpp.llama_model_tensor_override)
    )
    status = llama_cpp.llama_model_quantize(
        os.fsencode(source), os.fsencode(target), ctypes.byref(options)
    )
    if status != 0:
        raise ModelError(
            f"llama.cpp could not rewrite {source.name}", "the model is used as it came"
        )


def _kind(tensor: Tensor) -> int:
    for part, slow, fast in _RULES:
        if part in tensor.name and tensor.kind == slow:
            return fast
    return tensor.kind


def _pattern(name: str) -> bytes:
    """A regular expression, as llama.cpp's quantiser takes them, for one tensor alone."""
    return ("^" + name.replace(".", r"\.") + "$").encode()
