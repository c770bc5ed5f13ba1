"""Loads a GGUF chat model into llama.cpp, or says why it cannot be used.

The file is judged first (`gguf_check`), then loaded, then its chat template is tried. Here and in
`llm_state` alone llama_cpp is imported. Knows no conversation. Used by the thread that loads.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.config import SHARED_BY, LlmConfig, thread_count
from assistant.errors import ModelError
from assistant.model.chat_template import CHATML, ChatTemplate, TemplateSource
from assistant.model.gguf import damaged
from assistant.model.gguf_check import check_chat_model, free_memory_bytes
from assistant.model.graphics import card_memory
from assistant.model.vocabulary import Special, Vocabulary
from assistant.text_files import EncodingFault, decoded

CPU_BATCH_TOKENS = 64
"""Tokens evaluated in one call on a CPU: few are lost when it is stopped half way, and the buffers
stay small. A GPU wants `GPU_BATCH_TOKENS`."""
GPU_BATCH_TOKENS = 512

_ANOTHER = "take another llm.model, or a newer llama-cpp-python"
_LESS = "take a smaller model, lower llm.context_tokens, or set llm.device to cpu"
_FETCH = "fetch the file again"
_FAILURES = (
    (r"unknown model architecture: '([^']*)'", "llama.cpp has no architecture '{}'", _ANOTHER),
    (r"unknown pre-tokenizer type: '([^']*)'", "llama.cpp has no pre-tokeniser '{}'", _ANOTHER),
    (r"unknown tokenizer: '([^']*)'", "llama.cpp has no tokeniser '{}'", _ANOTHER),
    (r"(?:unable|failed) to (?:allocate|reserve)|out of memory", "memory is too small", _LESS),
    (r"tensor '([^']*)' data is not within", "it is cut short before '{}'", _FETCH),
    (r"(missing tensor '[^']*')", "it lacks a part ({})", _ANOTHER),
    (r"(wrong number of tensors[^\n]*)", "it has other parts than its header says ({})", _ANOTHER),
    (r"tensor '([^']*)' has wrong shape", "'{}' has another shape than it should", _ANOTHER),
    (r"error loading model: ([^\n]+)", "{}", _ANOTHER),
)
"""What llama.cpp writes when it fails, what that means, and the next step."""

_NO_CARD = {"split_mode": 0, "main_gpu": -1}
"""llama.cpp's way to use no card at all (LLAMA_SPLIT_MODE_NONE, and none of them). Without it a
build for a card sends it all batches of 32 tokens and more, with the weights they need, even when
no layer is to lie there (GGML_OP_OFFLOAD_MIN_BATCH)."""

_LINES: deque[str] = deque(maxlen=60)
_LOG_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


def _keep_line(level: int, text: bytes | None, data: int | None) -> None:
    _LINES.append((text or b"").decode("utf-8", errors="replace"))


_LOADING = threading.Lock()
"""llama-cpp-python sends standard output elsewhere while it loads, and puts back what it found: two
loads at once would leave it there for good."""

_KEEP_LINE = _LOG_CALLBACK(_keep_line)
"""Takes llama.cpp's own lines, which are looked at only when a model does not load."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model that is ready: `lib` is llama_cpp, `llama` its model with a context, `vocab` its
    vocabulary's handle. `config` has the size of the context that is in use."""

    lib: Any
    llama: Any
    vocab: Any
    vocabulary: Vocabulary
    template: ChatTemplate
    config: LlmConfig
    batch_tokens: int
    remarks: tuple[str, ...]


def load_model(path: Path, config: LlmConfig) -> LoadedModel:
    """Check, load and try the GGUF file `path`. `ModelError` says what is wrong with it, or with
    its chat template, and the next step."""
    try:
        import llama_cpp
    except ImportError as error:
        check_chat_model(path, config, free_memory_bytes(), on_card=False)
        raise ModelError("llama.cpp is not installed", "run `make setup`") from error

    llama_cpp.llama_log_set(_KEEP_LINE, ctypes.c_void_p(None))  # the next call finds the cards
    on_gpu = _is_for_card(llama_cpp, config)
    free = card_memory().free or None if on_gpu else free_memory_bytes()
    checked = check_chat_model(path, config, free, on_card=on_gpu)
    own = _own_template(config)
    config = replace(config, context_tokens=checked.context_tokens)
    batch_tokens = GPU_BATCH_TOKENS if on_gpu else CPU_BATCH_TOKENS
    llama = _loaded(llama_cpp, path, config, batch_tokens, on_gpu)
    try:
        vocab = llama_cpp.llama_model_get_vocab(llama.model)
        vocabulary = _vocabulary(llama_cpp, llama, vocab)
        embedded = (
            TemplateSource(checked.template, f"the chat template of {path.name}")
            if checked.template
            else None
        )
        source = own or embedded or _chatml(path, vocabulary)
        tokens = {
            "bos_token": _text_of(llama_cpp, vocab, llama.token_bos()),
            "eos_token": _text_of(llama_cpp, vocab, llama.token_eos()),
        }
        template = ChatTemplate(source, tokens, config.template_arguments, vocabulary.broken_up)
    except ModelError:
        llama.close()
        raise
    remarks = (*checked.remarks, *template.remarks)
    return LoadedModel(llama_cpp, llama, vocab, vocabulary, template, config, batch_tokens, remarks)


def _is_for_card(llama_cpp: Any, config: LlmConfig) -> bool:
    """Whether the model goes to a graphics card. `ModelError` when one is asked for that llama.cpp
    does not find."""
    has_card: bool = llama_cpp.llama_supports_gpu_offload()
    if config.device in ("cuda", "metal") and not has_card:
        raise ModelError(
            f"llm.device is {config.device}, and this llama.cpp finds no graphics card",
            f"build it for the card with `GPU={config.device} make setup`, or set llm.device to "
            "auto or cpu",
        )
    return has_card and config.device != "cpu"


def _loaded(llama_cpp: Any, path: Path, config: LlmConfig, batch_tokens: int, on_gpu: bool) -> Any:
    class Llama(llama_cpp.Llama):  # type: ignore[misc]
        """Without llama-cpp-python's own use of the chat templates, which compiles them all."""

        @property
        def metadata(self) -> dict[str, str]:
            return {}

        @metadata.setter
        def metadata(self, found: dict[str, str]) -> None:
            """Found in the header already."""

    threads = thread_count(config.threads, SHARED_BY["llm"])
    try:
        with _LOADING:
            _LINES.clear()
            return Llama(
                str(path),
                n_ctx=config.context_tokens,
                n_threads=threads,
                n_threads_batch=threads,
                n_batch=batch_tokens,
                n_ubatch=batch_tokens,
                n_gpu_layers=-1 if on_gpu else 0,
                **({} if on_gpu else _NO_CARD),
                use_mmap=False,  # of its own: no page stands twice, and a changed file harms none
                seed=config.seed,
                verbose=False,
            )
    except (ValueError, OSError, RuntimeError, AssertionError) as error:
        raise _failure(path, error) from error


def _failure(path: Path, error: Exception) -> ModelError:
    written = "".join(_LINES)
    for pattern, what, step in _FAILURES:
        if found := re.search(pattern, written):
            return damaged(path, what.format(*found.groups()), step)
    return damaged(path, str(error), "run `make models-verify`, or take another llm.model")


def _own_template(config: LlmConfig) -> TemplateSource | None:
    """The template that the configuration names; None when it names none."""
    if not config.chat_template:
        return None
    path = Path(config.chat_template).expanduser()
    try:
        return TemplateSource(decoded(path.read_bytes()), f"the chat template {path}")
    except (OSError, EncodingFault) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ModelError(
            f"the chat template {path} cannot be read: {reason}", "check llm.chat_template"
        ) from error


def _chatml(path: Path, vocabulary: Vocabulary) -> TemplateSource:
    """ChatML, for a model that has its tokens and no template."""
    if not {"<|im_start|>", "<|im_end|>"} <= set(vocabulary.specials):
        raise ModelError(
            f"{path.name} has no chat template",
            "set llm.model to an instruct or chat model, or llm.chat_template to a Jinja file",
        )
    return TemplateSource(CHATML, f"ChatML for {path.name}")


def _vocabulary(llama_cpp: Any, llama: Any, vocab: Any) -> Vocabulary:
    control = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_UNKNOWN
    special = control | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED
    before, behind = llama_cpp.LLAMA_TOKEN_ATTR_LSTRIP, llama_cpp.LLAMA_TOKEN_ATTR_RSTRIP
    attributes_of = llama_cpp.llama_vocab_get_attr
    found: dict[str, Special] = {}
    for token in range(llama.n_vocab()):
        attributes = attributes_of(vocab, token)
        if attributes & special:
            strips = (bool(attributes & before), bool(attributes & behind))
            made = Special(token, bool(attributes & control), strips)
            found.setdefault(_text_of(llama_cpp, vocab, token), made)

    def plain(text: str) -> list[int]:
        tokens: list[int] = llama.tokenize(text.encode(), add_bos=False, special=False)
        return tokens

    wants_bos = llama_cpp.llama_vocab_get_add_bos(vocab) and llama.token_bos() >= 0
    return Vocabulary(plain, found, llama.token_bos() if wants_bos else None)


def _text_of(llama_cpp: Any, vocab: Any, token: int) -> str:
    if token < 0:
        return ""
    text: bytes = llama_cpp.llama_vocab_get_text(vocab, token)
    return text.decode("utf-8", errors="replace")
