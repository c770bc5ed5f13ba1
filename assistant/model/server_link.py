"""HTTP to an OpenAI-compatible model server: its models, its answers as they are generated.

Each request has a connection of its own, which is closed with it; that is what makes a server stop
generating. No proxy of the environment is used and no redirect is followed. Knows the wire and its
errors, and neither conversations nor time limits: `polled` drives what is asynchronous here.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from assistant.addresses import ServerAddress
from assistant.errors import ModelError

_CONNECT_TIMEOUT_S = 10.0
_LONGEST_BODY = 65_536
_LONGEST_QUOTE = 200
_THOUGHTS = ("reasoning_content", "reasoning")
"""Where servers put what a model thinks before it answers: llama.cpp and LM Studio, Ollama."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """One step of an answer. `is_thought`: not meant to be read; `ending`: why it is the last."""

    text: str = ""
    is_thought: bool = False
    ending: str = ""


class ServerRefusal(ModelError):
    """The server answered with an HTTP status that is an error."""

    def __init__(self, what: str, next_step: str, status: int) -> None:
        super().__init__(what, next_step)
        self.status = status


class ServerLink:
    """Requests to the server at `address`; `key` (may be empty) is sent, and never shown."""

    def __init__(self, address: ServerAddress, key: str) -> None:
        self._address = address
        self._key = key
        self._tls = (
            httpx2.create_ssl_context(trust_env=False)
            if address.is_encrypted
            else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not used; the client makes a costly one
        )

    async def model_names(self) -> AsyncGenerator[str, None]:
        """The models that the server has. Raises `ModelError`."""
        async with self._open("GET", "/models", None) as response:
            data = _parsed(await _body(response)).get("data")
            if not isinstance(data, list):
                raise self._strange("its list of models is no list")
        for model in data:
            if isinstance(model, dict) and isinstance(model.get("id"), str):
                yield model["id"]

    async def answer(self, request: dict[str, Any]) -> AsyncGenerator[Delta, None]:
        """The answer to a chat completion `request`, as it is generated. Raises `ModelError`, also
        when the connection breaks off before the answer has ended."""
        async with self._open("POST", "/chat/completions", request) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind == "application/json":  # it does not stream
                yield self._delta(_parsed(await _body(response)), "message")
                return
            if kind != "text/event-stream":
                raise self._strange(f"it answers with {_quoted(kind) or 'no content type'}")
            has_ended = False
            async for event in httpx2.EventSource(response):
                if event.data.strip() == "[DONE]":
                    return
                delta = self._delta(_parsed(event.data.encode()), "delta")
                has_ended = has_ended or bool(delta.ending)
                yield delta
            if not has_ended:
                raise self._broken("before the answer had ended")

    # -- one request --------------------------------------------------------------------------

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, request: dict[str, Any] | None
    ) -> AsyncIterator[httpx2.Response]:
        """The response, its body still to be read; every error of the network as a `ModelError`."""
        headers = {"Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        client = httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            verify=self._tls,
            timeout=httpx2.Timeout(None, connect=_CONNECT_TIMEOUT_S),
            headers=headers,
        )
        try:
            async with (
                client,
                client.stream(method, self._address.url + path, json=request) as response,
            ):
                if not response.is_success:
                    raise await self._refusal(response)
                yield response
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            why = _quoted(str(error))
            raise ModelError(
                f"no language model server at {self._address.host}: {why or 'no connection'}",
                "start it (for Ollama: `ollama serve`), or check llm.server",
            ) from error
        except (httpx2.HTTPError, httpx2.DecodingError) as error:
            raise self._broken(_quoted(str(error)) or type(error).__name__) from error
        except _NotJson as error:
            raise self._strange(str(error)) from error

    def _delta(self, data: dict[str, Any], part: str) -> Delta:
        """What one event says; `part` is where a choice keeps its text."""
        if data.get("error"):
            raise ModelError(
                f"the language model's server failed: {self._said(data)}", "look at its own log"
            )
        choices = data.get("choices")
        if not isinstance(choices, list):
            raise self._strange("its answer has no choices")
        choice = choices[0] if choices and isinstance(choices[0], dict) else {}
        message = choice.get(part)
        message = message if isinstance(message, dict) else {}
        ending = choice.get("finish_reason")
        ending = ending if isinstance(ending, str) else ""
        content = message.get("content")
        if isinstance(content, str) and content:
            return Delta(text=content, ending=ending)
        thoughts = (message.get(name) for name in _THOUGHTS)
        thought = next((one for one in thoughts if isinstance(one, str) and one), "")
        return Delta(text=thought, is_thought=bool(thought), ending=ending)

    # -- errors ---------------------------------------------------------------------------------

    async def _refusal(self, response: httpx2.Response) -> ServerRefusal:
        """What an HTTP status other than success means here."""
        status = response.status_code
        try:
            said = self._said(_parsed(await _body(response)))
        except _NotJson:
            said = ""
        because = f": {said}" if said else ""
        if 300 <= status < 400:
            to = self._clean(response.headers.get("location", "elsewhere"))
            what, step = f"the server sends us on to {to}, where we do not go", "check llm.server"
        elif status in (401, 403):
            what = f"the language model's server refuses the key{because}"
            step = "name the environment variable that holds its key in llm.api_key_env"
        elif status == 404:
            what = f"the language model's server has no such model or address{because}"
            step = "check llm.server_model, and that llm.server is the base that ends in /v1"
        elif status >= 500:
            what = f"the language model's server failed{because}"
            step = "look at its own log"
        else:
            what = f"the language model's server refuses the request{because}"
            step = "check llm.server_model and the size of the context that the server was given"
        return ServerRefusal(f"{what} [HTTP {status}]", step, status)

    def _broken(self, why: str) -> ModelError:
        return ModelError(
            f"the connection to the language model's server broke off: {why}",
            "see whether the server still runs, and look at its own log",
        )

    def _strange(self, why: str) -> ModelError:
        return ModelError(
            f"{self._address.host} does not answer as an OpenAI-compatible server: {why}",
            "llm.server is the base of its API, as http://127.0.0.1:11434/v1",
        )

    def _said(self, data: dict[str, Any]) -> str:
        """The server's own words about an error, in one of the usual places."""
        error = data.get("error", data.get("detail", data.get("message")))
        if isinstance(error, dict):
            error = error.get("message")
        return self._clean(error) if isinstance(error, str) else ""

    def _clean(self, text: str) -> str:
        return _quoted(text.replace(self._key, "(key)") if self._key else text)


class _NotJson(Exception):
    """What should have been a JSON object is none."""


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _NotJson(f"it sent {_quoted(data[:40].decode(errors='replace'))!r}") from error
    if not isinstance(parsed, dict):
        raise _NotJson("it sent something other than a JSON object")
    return parsed


async def _body(response: httpx2.Response) -> bytes:
    """The whole body, or its beginning when it is larger than any that is of use."""
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _LONGEST_BODY:
            break
    return body[:_LONGEST_BODY]


def _quoted(text: str) -> str:
    """A stranger's text on one line: no control characters, not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
