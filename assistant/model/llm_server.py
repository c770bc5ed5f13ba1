"""A language model behind an OpenAI-compatible server, at the seam of the model in this process.

Ollama, LM Studio, llama-server, llama_cpp.server and others. What is asked of it: answers to whole
messages, and on this machine the beginning of the conversation ahead of time; words that are still
being spoken are never sent to be read ahead or weighed. Knows nothing of speech or of takes. Used
by the mind thread only; a request is dropped, and its connection closed, within some 20 ms.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from assistant.addresses import describe_server, is_cloud_model, is_remote, permitted_address
from assistant.config import LlmConfig
from assistant.errors import ConfigError, ModelError, StageTimeout
from assistant.messages import Messages
from assistant.model.polled import polled
from assistant.model.server_choice import MOST_TOKENS, call_format, call_messages, read_call
from assistant.model.server_link import Delta, ServerLink, ServerRefusal
from assistant.model.thinking import spoken_only
from assistant.tool_calls import ToolAsk, ToolChoice

_LISTING_TIMEOUT_S = 10.0
_THINKING_TOKENS = 2048
"""Room for thoughts on top of `llm.max_tokens`, once a model turns out to have any."""
_MOST_NAMES = 8


def _never() -> bool:
    return False


class ServerModel:
    """The model `llm.server_model` at `llm.server`; without a name, the first that can chat.

    `ConfigError` for an address outside this machine that is not allowed, or a key that is not
    there. `ModelError` when no server answers, or has no such model.
    """

    def __init__(self, config: LlmConfig) -> None:
        address = permitted_address(
            config.server, config.server_model, allow_remote=config.allow_remote
        )
        self._config = config
        self._is_remote = is_remote(config.server, config.server_model)
        self._link = ServerLink(address, _key(config.api_key_env))
        self._name = self._choose(config.server_model)
        self._read: Messages = []
        self._can_warm = not self._is_remote
        self._thinks = False
        self._knows_formats = True

    @property
    def label(self) -> str:
        """What the screen calls it: the model's name and the server's."""
        return describe_server(self._config.server, self._name)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing: that the model is elsewhere is said before it is asked."""
        return ()

    def prime(self, messages: Messages) -> None:
        """Have a server on this machine load the model and read `messages`; as long as that takes,
        `llm.timeout_s` at the most. `ModelError` when it fails."""
        self._warm(messages, _never)

    def warm_up(self, messages: Messages, should_stop: Callable[[], bool] = _never) -> None:
        """Have a server on this machine read `messages` (what was said and answered so far), unless
        it has just done so. `ModelError` when it fails."""
        self._warm(messages, should_stop)

    def anticipate(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        """Nothing: half a sentence is not sent to a server."""

    def sentence_end(self, messages: Messages, should_stop: Callable[[], bool]) -> float | None:
        """None: servers do not say how likely a sentence ends here."""
        return None

    def stream(self, messages: Messages, should_stop: Callable[[], bool]) -> Iterator[str]:
        """Pieces of the answer as they are generated; ends early when `should_stop()`. Thoughts
        that the server keeps apart are left out.

        Raises `StageTimeout` when nothing came within `first_token_timeout_s`, or nothing but
        thoughts within `timeout_s`; `ModelError` when the server fails. After `timeout_s` the
        answer just ends.
        """
        answer = _Answer(self._config, should_stop)
        try:
            yield from spoken_only(self._pieces(messages, answer))
            if answer.is_all_thought and answer.ending == "length" and not self._thinks:
                self._thinks = True  # from now on with room for that
                yield from spoken_only(self._pieces(messages, answer))
        finally:
            self._read = [*messages, {"role": "assistant", "content": answer.text}]
        answer.check()

    def anticipate_choice(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        """Nothing: a server reads one beginning at a time, and that is the conversation's."""

    def choose(self, ask: ToolAsk, should_stop: Callable[[], bool]) -> ToolChoice | None:
        """The tool that the server's model names, with the texts of its arguments; no tool for an
        answer that names none. None when stopped. Raises `StageTimeout` or `ModelError`."""
        request = self._request(call_messages(ask), MOST_TOKENS)
        request["temperature"] = 0.0
        self._read = []
        if self._knows_formats:
            try:
                return self._chosen(
                    ask, {**request, "response_format": call_format(ask)}, should_stop
                )
            except ServerRefusal as error:
                if error.status not in (400, 404, 415, 422, 500, 501):
                    raise
                self._knows_formats = False
        return self._chosen(ask, request, should_stop)

    def _chosen(
        self, ask: ToolAsk, request: dict[str, Any], should_stop: Callable[[], bool]
    ) -> ToolChoice | None:
        answer = _Answer(self._config, should_stop)
        for delta in polled(self._link.answer(request), answer.is_over):
            answer.note(delta)
        if should_stop():
            return None
        answer.check()
        return read_call(ask, answer.spoken)

    def close(self) -> None:
        """Nothing is held between two requests."""

    def _pieces(self, messages: Messages, answer: _Answer) -> Iterator[str]:
        longest = self._config.max_tokens
        room = longest + _THINKING_TOKENS if self._thinks else longest
        try:
            for delta in polled(self._link.answer(self._request(messages, room)), answer.is_over):
                answer.note(delta)
                if delta.text and not delta.is_thought:
                    yield delta.text
                if answer.spoken_tokens >= longest and self._thinks:
                    return
        except ServerRefusal as error:
            if error.status == 404:
                self._choose(self._name)  # says which models there are, if that is the reason
            raise

    def _request(self, messages: Messages, max_tokens: int) -> dict[str, Any]:
        return {
            "model": self._name,
            "messages": messages,
            "stream": True,
            "max_tokens": max_tokens,
            "temperature": self._config.temperature,
            "seed": self._config.seed,
        }

    # -- ahead of time --------------------------------------------------------------------------

    def _warm(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        if not self._can_warm or _same(messages, self._read):
            return
        start = time.monotonic()

        def is_over() -> bool:
            return should_stop() or time.monotonic() - start > self._config.timeout_s

        try:
            for _ in polled(self._link.answer(self._request(messages, 1)), is_over):
                pass
        except ServerRefusal as error:
            if error.status != 400:
                raise
            self._can_warm = False  # a chat template that wants a question at the end
            return
        if not is_over():
            self._read = messages

    # -- which model ----------------------------------------------------------------------------

    def _choose(self, wanted: str) -> str:
        """The name to ask for: `wanted`, if the server has it, or the first that can chat."""
        try:
            names = self._listed()
        except ServerRefusal as error:
            if error.status == 404 and wanted:  # a server without a list
                return wanted
            raise
        if wanted in names:
            return wanted
        if wanted and f"{wanted}:latest" in names:
            return wanted
        if wanted or not names:
            some = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
            raise ModelError(
                f"the language model's server has no model {wanted!r}"
                if wanted
                else "the language model's server has no model yet",
                f"set llm.server_model to one of: {some}" if some else "load one into the server",
            )
        chatting = [name for name in names if not is_cloud_model(name)]
        if not chatting:
            raise ModelError(
                "all models of the server are computed elsewhere",
                "load one into the server that runs on this machine",
            )
        return next((name for name in chatting if "embed" not in name.lower()), chatting[0])

    def _listed(self) -> list[str]:
        start = time.monotonic()

        def is_late() -> bool:
            return time.monotonic() - start > _LISTING_TIMEOUT_S

        names = list(polled(self._link.model_names(), is_late))
        if is_late():
            raise ModelError(
                f"the language model's server did not name its models in {_LISTING_TIMEOUT_S:g} s",
                "see what it is busy with, or check llm.server",
            )
        return names


@dataclass(slots=True)
class _Answer:
    """An answer on its way: what came of it, and whether it may still go on."""

    config: LlmConfig
    should_stop: Callable[[], bool]
    start: float = 0.0
    text: str = ""
    has_thought: bool = False
    ending: str = ""
    spoken_tokens: int = 0

    def __post_init__(self) -> None:
        self.start = time.monotonic()

    def note(self, delta: Delta) -> None:
        """Count one step."""
        self.ending = delta.ending or self.ending
        self.has_thought = self.has_thought or delta.is_thought
        if not delta.is_thought:
            self.text += delta.text
            self.spoken_tokens += bool(self.spoken)

    def is_over(self) -> bool:
        """True when nobody wants it any more, or its time is up."""
        return self.should_stop() or self._is_late

    def check(self) -> None:
        """Raise what an answer without a word means."""
        if self.spoken or self.should_stop():
            return
        if self._is_late:
            raise StageTimeout(
                f"the language model gave no word in {self._limit_s:g} s",
                "use a smaller model, or raise llm.timeout_s"
                if self.has_thought or self.text
                else "use a smaller model, or raise llm.first_token_timeout_s",
            )
        if self.is_all_thought:
            raise ModelError(
                "the language model only thought, and said nothing",
                "raise llm.max_tokens, or choose a model that does not think first",
            )

    @property
    def is_all_thought(self) -> bool:
        """True when what came are thoughts."""
        return not self.spoken and (self.has_thought or bool(self.text.strip()))

    @property
    def _limit_s(self) -> float:
        has_begun = self.has_thought or self.text
        return self.config.timeout_s if has_begun else self.config.first_token_timeout_s

    @property
    def _is_late(self) -> bool:
        return time.monotonic() - self.start > self._limit_s

    @property
    def spoken(self) -> str:
        """What came after the thoughts, which some servers leave in the text."""
        text = self.text.strip()
        if text.startswith("<think>"):
            return text.partition("</think>")[2].strip()
        return "" if "<think>".startswith(text) else text


def _same(one: Messages, other: Messages) -> bool:
    """True when both say the same; blanks do not count."""

    def words(messages: Messages) -> list[tuple[str, list[str]]]:
        return [(message["role"], message["content"].split()) for message in messages]

    return words(one) == words(other)


def _key(variable: str) -> str:
    """The key in the environment variable of that name. The name is shown nowhere: somebody may
    have written the key itself there."""
    if not variable:
        return ""
    key = os.environ.get(variable, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        raise ConfigError(
            "llm.api_key_env names no environment variable that holds a key",
            "export the key under that name before the start; the name belongs in the file, "
            "the key does not",
        )
    return key
