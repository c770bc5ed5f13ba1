"""The local language model: chat messages in, pieces of text out, through llama.cpp.

The KV state of the longest common prefix (system prompt and history) is kept between calls by
llama-cpp-python, so that only the new words are evaluated. Knows nothing of the conversation, of
speech or of takes. Used by the mind thread only; the C calls can be aborted at any time.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assistant.config import LlmConfig, thread_count
from assistant.errors import ModelError, StageTimeout

Messages = list[dict[str, str]]

_LOG_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
_SILENT = _LOG_CALLBACK(lambda level, text, data: None)
"""Takes llama.cpp's own lines; what matters comes back as an error code."""


def _batch_tokens(device: str) -> int:
    """Tokens evaluated in one call. On a CPU small batches cost nothing and lose little of the
    work when it is stopped half way; a GPU wants large ones."""
    import llama_cpp

    return 512 if device != "cpu" and llama_cpp.llama_supports_gpu_offload() else 64


class LanguageModel:
    """A GGUF chat model. `ModelError` when the file is missing, damaged or not a chat model."""

    def __init__(self, path: Path, config: LlmConfig) -> None:
        import llama_cpp

        if not path.is_file():
            raise ModelError(f"no language model at {path}", "run `make models`, or set llm.model")
        self._config = config
        self._should_abort: Callable[[], bool] = lambda: False
        try:
            self._llama: Any = llama_cpp.Llama(
                str(path),
                n_ctx=config.context_tokens,
                n_threads=thread_count(config.threads),
                n_threads_batch=thread_count(config.threads),
                n_batch=_batch_tokens(config.device),
                n_gpu_layers=0 if config.device == "cpu" else -1,
                seed=config.seed,
                verbose=False,
            )
        except (ValueError, OSError, RuntimeError) as error:
            raise ModelError(
                f"{path.name} does not load: {error}", "run `make models-verify`"
            ) from error
        llama_cpp.llama_log_set(_SILENT, ctypes.c_void_p(None))
        # llama.cpp asks this between two graph nodes; the reference must outlive the context
        self._abort = llama_cpp.ggml_abort_callback(lambda _: self._should_abort())
        llama_cpp.llama_set_abort_callback(self._llama.ctx, self._abort, ctypes.c_void_p(None))

    def warm_up(self, messages: Messages, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Evaluate `messages`, so that the next answer that begins with them finds them kept.

        Half done is kept as well. `ModelError` when they are refused or llama.cpp fails.
        """
        self._should_abort = should_stop
        try:
            for _ in self._chunks([*messages, {"role": "user", "content": "Hi"}], 1):
                pass
        except RuntimeError as error:
            if not should_stop():
                raise ModelError(
                    f"the language model failed: {error}", "run `assistant doctor`"
                ) from error
        finally:
            self._should_abort = lambda: False

    def stream(self, messages: Messages, should_stop: Callable[[], bool]) -> Iterator[str]:
        """Pieces of the answer as they are generated; ends early when `should_stop()`.

        Raises `StageTimeout` when no token came within `first_token_timeout_s`, `ModelError` when
        llama.cpp fails. After `timeout_s` the answer just ends.
        """
        start = time.monotonic()
        limit_s = self._config.first_token_timeout_s

        def overdue() -> bool:
            return time.monotonic() - start > limit_s

        self._should_abort = lambda: should_stop() or overdue()
        try:
            for piece in self._chunks(messages, self._config.max_tokens):
                limit_s = self._config.timeout_s
                if should_stop() or overdue():
                    return
                yield piece
        except RuntimeError as error:  # llama_decode failed, or was aborted: what it has is kept
            if should_stop() or (overdue() and limit_s == self._config.timeout_s):
                return
            if overdue():
                raise StageTimeout(
                    f"the language model gave no word in {limit_s:g} s",
                    "use a smaller model, or raise llm.first_token_timeout_s",
                ) from error
            raise ModelError(
                f"the language model failed: {error}", "run `assistant doctor`"
            ) from error
        finally:
            self._should_abort = lambda: False

    def _chunks(self, messages: Messages, max_tokens: int) -> Iterator[str]:
        fitting = self._fitting(messages, max_tokens)
        try:
            chunks = self._llama.create_chat_completion(
                messages=fitting,
                stream=True,
                max_tokens=max_tokens,
                temperature=self._config.temperature,
                seed=self._config.seed,
                repeat_penalty=1.1,
            )
            for chunk in chunks:
                piece = chunk["choices"][0]["delta"].get("content")
                if piece:
                    yield piece
        except ValueError as error:  # the prompt does not fit, or there is no chat template
            raise ModelError(
                f"the language model refuses the prompt: {error}", "raise llm.context_tokens"
            ) from error

    def _fitting(self, messages: Messages, max_tokens: int) -> Messages:
        """`messages` without its oldest exchanges, so that prompt and answer fit the context."""
        room = self._config.context_tokens - max_tokens - 32
        kept = list(messages)
        while len(kept) > 2 and self._token_count(kept) > room:
            del kept[1:3]
        return kept

    def _token_count(self, messages: Messages) -> int:
        text = "".join(message["content"] for message in messages)
        return len(self._llama.tokenize(text.encode())) + 8 * len(messages)

    def close(self) -> None:
        """Free the weights and the context."""
        self._llama.close()
