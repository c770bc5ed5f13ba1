"""The local language model: chat messages in, pieces of text out.

Everything that was read or said stays in the model's KV state, so that each request evaluates only
the words that are new; the state of the first messages (the system prompt) is kept in a file. Knows
nothing of the conversation, of speech or of takes. Used by the mind thread only; work can be
stopped between two chunks of some 60 ms.
"""

from __future__ import annotations

import codecs
import hashlib
import importlib.metadata
import json
import os
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assistant.config import LlmConfig
from assistant.errors import ModelError, StageTimeout
from assistant.messages import Messages
from assistant.model.choosing import CallWriter
from assistant.model.llm_state import KeptState
from assistant.tool_calls import ToolAsk, ToolChoice

_DIGEST_BYTES = 32
_LONGEST_WEIGHING_S = 0.5


class LanguageModel:
    """A GGUF chat model. `ModelError` when the file is missing, damaged or not a chat model.

    `cache` is the directory where the state of the first messages is kept; None keeps none.
    `remark` says why this model is used, when it is not the one that was meant.
    """

    def __init__(
        self, path: Path, config: LlmConfig, cache: Path | None = None, remark: str = ""
    ) -> None:
        if not path.is_file():
            raise ModelError(f"no language model at {path}", "run `make models`, or set llm.model")
        self._path = path
        self._config = config
        self._cache = cache
        self._state = KeptState(path, config)
        self._writer = CallWriter(self._state)
        self._parked: dict[bool, tuple[list[int], bytes]] = {}
        self._is_choosing = False
        self._has_thought = False
        self._remarks = (remark,) if remark else ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know about how the model is used here; empty when all is as set."""
        return (*self._remarks, *self._state.remarks)

    @property
    def evaluated_tokens(self) -> int:
        """Tokens computed since the start, read or drawn; what was kept is not counted again."""
        return self._state.evaluated

    def prime(self, messages: Messages) -> None:
        """Have `messages` read, from the file that an earlier start left, else by reading them and
        leaving that file. `ModelError` when they are refused or llama.cpp fails."""
        tokens = self._fitting([*messages, _unspoken()], is_open=True)
        if self._cache is None:
            self.warm_up(messages)
            return
        path = state_file(self._cache, self._path, self._config, messages)
        saved = _read(path, tokens)
        if saved is not None and self._state.restore(tokens, saved):
            return
        self.warm_up(messages)
        if self._state.kept == tokens:
            _write(path, tokens, self._state.state())

    def warm_up(self, messages: Messages, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Evaluate `messages`, so that the next answer that begins with them finds them kept.

        Half done is kept as well. `ModelError` when they are refused or llama.cpp fails.
        """
        self.anticipate([*messages, _unspoken()], should_stop)

    def anticipate(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        """Evaluate what is new in `messages`, whose last is still being spoken, so that only the
        words to come are left when the question is complete. Half done is kept as well.

        `ModelError` when they are refused or llama.cpp fails.
        """
        self._turn_to(choosing=False)
        self._read_ahead(messages, should_stop)

    def _read_ahead(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        with self._abortable(should_stop):
            try:
                self._state.evaluate(self._fitting(messages, is_open=True), to_continue=False)
            except RuntimeError as error:
                if not should_stop():
                    raise _failed(error) from error

    def sentence_end(self, messages: Messages, should_stop: Callable[[], bool]) -> float | None:
        """The probability (0 to 1) that the last message, handed in without its last mark, ends a
        sentence: that a full stop, a question or exclamation mark or the end of the message comes
        next. None when stopped, or when reading takes longer than half a second: the turn has ended
        by then, and what was read stays kept. `ModelError` when llama.cpp fails.

        A small model tells whole requests from halves by this nearly as well by text alone as a
        turn model does by sound (docs/TURNS.md). LiveKit's turn detector asks a fine-tuned model
        for the end of the message alone.
        """
        self._turn_to(choosing=False)
        start = time.monotonic()

        def is_late() -> bool:
            return should_stop() or time.monotonic() - start > _LONGEST_WEIGHING_S

        with self._abortable(is_late):
            try:
                self._state.evaluate(self._fitting(messages, is_open=True), to_continue=True)
            except RuntimeError as error:
                if is_late():
                    return None
                raise _failed(error) from error
            return self._state.probability(self._state.sentence_ends)

    def stream(self, messages: Messages, should_stop: Callable[[], bool]) -> Iterator[str]:
        """Pieces of the answer as they are generated, without the model's thoughts; ends early when
        `should_stop()`.

        Raises `StageTimeout` when no token came within `first_token_timeout_s`, or nothing but
        thoughts within `timeout_s`, and `ModelError` when llama.cpp fails. An answer that takes
        longer than `timeout_s` just ends; so does a thought of more than `max_thinking_tokens`,
        before anything was said.
        """
        self._turn_to(choosing=False)
        start = time.monotonic()
        limit_s = self._config.first_token_timeout_s
        has_said = False

        def overdue() -> bool:
            return time.monotonic() - start > limit_s

        with self._abortable(lambda: should_stop() or overdue()):
            try:
                for piece in self._pieces(messages):
                    limit_s = self._config.timeout_s
                    if should_stop() or (overdue() and has_said):
                        return
                    if overdue():
                        raise _thought_only(limit_s)
                    if piece:
                        has_said = True
                        yield piece
            except RuntimeError as error:  # llama_decode failed, or was aborted: what it has stays
                if should_stop() or (overdue() and has_said):
                    return
                if overdue() and limit_s == self._config.timeout_s:
                    raise _thought_only(limit_s) from error
                if overdue():
                    raise StageTimeout(
                        f"the language model gave no word in {limit_s:g} s",
                        "use a smaller model, or raise llm.first_token_timeout_s",
                    ) from error
                raise _failed(error) from error

    # -- choosing a tool -------------------------------------------------------------------------

    def anticipate_choice(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        """As `anticipate`, for messages that `choose` will be asked with; an empty last one has
        the tools read. What was read of the conversation is set aside meanwhile."""
        if not messages[-1]["content"] and self._has_read(messages):
            return
        self._turn_to(choosing=True)
        self._read_ahead(messages, should_stop)

    def choose(self, ask: ToolAsk, should_stop: Callable[[], bool]) -> ToolChoice | None:
        """The likeliest of the tools, with the texts of its arguments. None when stopped.

        Raises `StageTimeout` after `first_token_timeout_s`, `ModelError` when llama.cpp fails.
        """
        self._turn_to(choosing=True)
        start = time.monotonic()
        limit_s = self._config.first_token_timeout_s

        def is_over() -> bool:
            return should_stop() or time.monotonic() - start > limit_s

        with self._abortable(is_over):
            try:
                return self._writer.write(ask)
            except RuntimeError as error:
                if should_stop():
                    return None
                if is_over():
                    raise StageTimeout(
                        f"the language model chose no tool in {limit_s:g} s",
                        "use a smaller model, or raise llm.first_token_timeout_s",
                    ) from error
                raise _failed(error) from error

    def _has_read(self, messages: Messages) -> bool:
        """The tools are read already, in the state that is in use or in the other."""
        tokens = self._state.open_prompt(messages)
        kept = self._state.kept if self._is_choosing else self._parked.get(True, ([], b""))[0]
        return kept[: len(tokens)] == tokens

    def _turn_to(self, *, choosing: bool) -> None:
        """Take up what was read of the conversation, or of the tools, and set the other aside: 2 to
        6 ms for the one and the other together (docs/TOOLS.md)."""
        if choosing is self._is_choosing:
            return
        self._parked[self._is_choosing] = (self._state.kept, self._state.state())
        self._is_choosing = choosing
        kept = self._parked.pop(choosing, None)
        if kept is None or not self._state.restore(*kept):
            self._state.evaluate([], to_continue=False)

    def close(self) -> None:
        """Free the weights and the context."""
        self._state.close()

    @contextmanager
    def _abortable(self, should_abort: Callable[[], bool]) -> Iterator[None]:
        self._state.should_abort = should_abort
        try:
            yield
        finally:
            self._state.should_abort = lambda: False

    def _pieces(self, messages: Messages) -> Iterator[str]:
        """What is to be said of each token; empty while the model thinks."""
        state = self._state
        prompt = self._fitting(messages, is_open=False)
        state.evaluate(prompt, to_continue=True)
        state.begin_answer()
        text = codecs.getincrementaldecoder("utf-8")(errors="ignore")
        answer = state.answer_filter()
        words_left = self._config.max_tokens
        room = state.context_tokens - len(prompt)
        thoughts_left = min(self._config.max_thinking_tokens, room - words_left)
        for _ in range(room):
            token = state.next_token()
            if token is None:
                break
            said = answer.feed(text.decode(state.piece(token)))
            yield said
            if answer.is_thinking:
                self._has_thought = True
                thoughts_left -= 1
            elif said:
                words_left -= 1
            if answer.is_over or words_left == 0 or thoughts_left < 0:
                break
            state.append(token)
        yield answer.close()

    def _fitting(self, messages: Messages, *, is_open: bool) -> list[int]:
        """Tokens of `messages` without their oldest exchanges, so that the answer fits as well."""
        size = self._state.context_tokens
        room = size - self._config.max_tokens
        if self._has_thought:
            room -= min(self._config.max_thinking_tokens, size // 4)
        made = self._state.open_prompt if is_open else self._state.prompt
        kept = list(messages)
        first = 1 if kept[0]["role"] == "system" else 0
        while len(tokens := made(kept)) > room and len(kept) > first + 1:
            del kept[first : first + 2]
        if len(tokens) > room:
            raise self._too_long(kept, len(tokens), room)
        return tokens

    def _too_long(self, messages: Messages, count: int, room: int) -> ModelError:
        is_clamped = self._state.context_tokens < self._config.context_tokens
        raising = "" if is_clamped else ", or raise llm.context_tokens"
        if len(messages) > 1 and not messages[-1]["content"]:
            return ModelError(
                f"the system prompt has {count} tokens, of which {room} fit beside the answer",
                f"shorten llm.system_prompt, lower llm.max_tokens{raising}",
            )
        return ModelError(
            f"the prompt has {count} tokens, of which {room} fit beside the answer",
            f"ask something shorter, lower llm.max_tokens{raising}",
        )


def state_file(cache: Path, weights: Path, config: LlmConfig, messages: Messages) -> Path:
    """Where the state of the first `messages` is kept: under a name made of all that it depends
    on, the weights, the size of the context, the library and the words."""
    file = weights.stat()
    depends_on = [
        f"{weights.name}, {file.st_size} bytes of {file.st_mtime_ns}",
        f"context {config.context_tokens}",
        f"llama-cpp-python {importlib.metadata.version('llama-cpp-python')}",
        f"{config.chat_template} {config.template_arguments}",
        json.dumps(messages),
    ]
    key = "\n".join(depends_on)
    return cache / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.kv"


def _unspoken() -> dict[str, str]:
    return {"role": "user", "content": ""}


def _thought_only(limit_s: float) -> StageTimeout:
    return StageTimeout(
        f"the language model thought for {limit_s:g} s and gave no answer",
        "switch its thinking off (llm.template_arguments), or raise llm.timeout_s",
    )


def _failed(error: RuntimeError) -> ModelError:
    return ModelError(f"the language model failed: {error}", "run `assistant doctor`")


# -- the file of a kept state: a SHA-256 of the rest, the tokens with their number, the state -----


def _read(path: Path, tokens: list[int]) -> bytes | None:
    """The state of `tokens` in `path`; None when there is none, or it is damaged or of others: a
    template may write the day into the prompt."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, rest = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
    read = _as_bytes(tokens)
    if hashlib.sha256(rest).digest() != digest or not rest.startswith(read):
        return None
    return rest[len(read) :]


def _write(path: Path, tokens: list[int], state: bytes) -> None:
    """Whole or not at all; a disk that refuses it costs the next start a little time."""
    temporary = path.with_suffix(f".{os.getpid()}.part")
    rest = _as_bytes(tokens) + state
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(temporary, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
            out.write(hashlib.sha256(rest).digest() + rest)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _as_bytes(tokens: list[int]) -> bytes:
    return array("i", [len(tokens), *tokens]).tobytes()
