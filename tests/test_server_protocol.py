"""What servers say otherwise than expected: a scripted one on loopback says it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.config import Config, LlmConfig
from assistant.errors import ConfigError, ModelError, StageTimeout
from assistant.model.llm_server import ServerModel
from tests.model_server import (
    Handler,
    Respond,
    ScriptedServer,
    ended,
    events,
    listing,
    reply,
    scripted,
)

ASKED = [{"role": "user", "content": "Why?"}]
SAID = {"content": "Because."}


def never() -> bool:
    return False


def at(server: ScriptedServer, **changes: object) -> LlmConfig:
    return replace(Config().llm, server=server.url, **changes)  # type: ignore[arg-type]


def answer(chat: Respond, **changes: object) -> str:
    with scripted(chat) as server:
        return "".join(ServerModel(at(server, **changes)).stream(ASKED, never))


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MODEL_SERVER_KEY", "k-very-secret")
    return "MODEL_SERVER_KEY"


# -- answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chat",
    [
        events({"role": "assistant", "content": ""}, SAID, ended(), "[DONE]"),
        events(SAID, ended()),
        events(SAID, "[DONE]"),
        events({"role": "assistant", "content": None}, SAID, "[DONE]", SAID),
        events(b": ping\n\n", SAID, b": ping\r\n\r\n", ended(), '{"choices": [], "usage": {}}'),
        events(
            b'data: {"choices":\r\ndata: [{"delta": {"content": "Because."}}]}\r\n\r\n', ended()
        ),
        events(b'event: x\nid: 1\nretry: 5\ndata:{"choices":[{"text":1}]}\n\n', SAID, ended()),
        events({"reasoning_content": "Hm."}, {"reasoning": "So."}, SAID, ended()),
        events({"reasoning_content": "Hm.", **SAID}, ended()),
        reply(json.dumps({"choices": [{"message": SAID, "finish_reason": "stop"}]})),
    ],
)
def test_the_answer_is_found_in_every_usual_shape(chat: Respond) -> None:
    assert answer(chat) == "Because."


def test_text_comes_through_whole_however_it_is_cut() -> None:
    text = "Grüße,\u2028日本 😀"
    data = f"data: {json.dumps({'choices': [{'delta': {'content': text}}]}, ensure_ascii=False)}"
    parts = [data.encode()[at : at + 1] for at in range(len(data.encode()))]
    assert answer(events(*parts, b"\n\n", ended())) == text


def test_each_piece_is_handed_on_as_it_comes() -> None:
    release = threading.Event()

    def slowly(handler: Handler) -> None:
        events({"content": "One"})(handler)
        assert release.wait(10)
        handler.wfile.write(f"data: {ended()}\n\n".encode())

    with scripted(slowly) as server:
        pieces = ServerModel(at(server)).stream(ASKED, never)
        assert next(pieces) == "One"
        release.set()
        assert list(pieces) == []


def test_what_is_asked_is_what_is_configured(key: str) -> None:
    with scripted(events(SAID, ended())) as server:
        model = ServerModel(
            at(server, temperature=0.5, seed=3, max_tokens=9, api_key_env=key, server_model="tiny")
        )
        list(model.stream(ASKED, never))
        (_, _, listed, _), (method, path, headers, body) = server.seen
    assert (method, path) == ("POST", "/v1/chat/completions")
    assert listed["Authorization"] == headers["Authorization"] == "Bearer k-very-secret"
    assert body == {
        "model": "tiny",
        "messages": ASKED,
        "stream": True,
        "max_tokens": 9,
        "temperature": 0.5,
        "seed": 3,
    }


# -- thoughts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("inline", [False, True])
def test_thoughts_count_against_no_limit(inline: bool) -> None:
    def thought(text: str) -> dict[str, str]:
        return {"content": text} if inline else {"reasoning_content": text}

    def think(handler: Handler) -> None:
        room = handler.server.seen[-1][3]["max_tokens"]
        thoughts = [thought("<think>"), *(thought("hm ") for _ in range(40))]
        if room == 8:
            events(*thoughts[:8], ended("length"))(handler)
            return
        words = [{"content": f"w{number} "} for number in range(20)]
        events(*thoughts, thought("</think>"), *words, ended())(handler)

    with scripted(think) as server:
        model = ServerModel(at(server, max_tokens=8))
        for _ in range(2):
            said = "".join(model.stream(ASKED, never)).rpartition("</think>")[2].split()
            assert said == [f"w{number}" for number in range(8)]
        asked = [body["max_tokens"] for _, path, _, body in server.seen if body]
    assert asked[0] == 8
    assert len(asked) == 3
    assert all(room > 1000 for room in asked[1:])


def test_a_model_that_only_thinks_is_named() -> None:
    with pytest.raises(ModelError, match="only thought") as caught:
        answer(events({"reasoning": "Hm."}, ended("length")))
    assert "does not think" in caught.value.next_step


# -- time and stopping -----------------------------------------------------------------------------


@pytest.fixture
def silent() -> Iterator[Respond]:
    """Says its headers, then nothing, until the client has gone."""

    def respond(handler: Handler) -> None:
        events()(handler)
        handler.connection.settimeout(30)
        assert handler.connection.recv(1) == b""  # the client closed
        gone.set()

    gone = threading.Event()
    yield respond
    assert gone.wait(10), "the connection was left open"


def test_no_token_in_time(silent: Respond) -> None:
    with pytest.raises(StageTimeout, match=r"no word in 0\.2 s"):
        answer(silent, first_token_timeout_s=0.2)


def test_a_server_that_does_not_even_answer_is_given_up_in_time() -> None:
    with scripted() as server:
        model = ServerModel(at(server, first_token_timeout_s=0.2))
        address = server.server_address
    with socket.create_server(address), pytest.raises(StageTimeout):  # accepts, and reads nothing
        list(model.stream(ASKED, never))


def test_nobody_waits_for_a_silent_server_when_told_to_stop(silent: Respond) -> None:
    with scripted(silent) as server:
        model = ServerModel(at(server))
        start = time.monotonic()
        assert list(model.stream(ASKED, lambda: time.monotonic() - start > 0.1)) == []
        assert time.monotonic() - start < 2


def test_thoughts_for_too_long_are_no_answer() -> None:
    def think(handler: Handler) -> None:
        events({"reasoning": "Hm."})(handler)
        handler.connection.recv(1)

    with pytest.raises(StageTimeout, match=r"no word in 0\.3 s") as caught:
        answer(think, first_token_timeout_s=0.2, timeout_s=0.3)
    assert "llm.timeout_s" in caught.value.next_step


# -- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chat", "what", "step"),
    [
        (reply("<html>Welcome</html>", "text/html"), "answers with text/html", "base of its API"),
        (reply("<html>no</html>", "text/html", 404), "no such model or address", "ends in /v1"),
        (reply("", "", 200), "no content type", "base of its API"),
        (reply("{}"), "no choices", "base of its API"),
        (reply("[1]"), "other than a JSON object", "base of its API"),
        (reply("{" * 9000), "it sent '{{{", "base of its API"),
        (reply("[" * 60000), "it sent '[[[", "base of its API"),
        (events(SAID, "{broken"), "it sent '{broken'", "base of its API"),
        (events(SAID, '{"choices": 3}'), "no choices", "base of its API"),
        (events(SAID, is_cut=True), "broke off", "still runs"),
        (events(SAID), "before the answer had ended", "still runs"),
        (events(), "before the answer had ended", "still runs"),
        (events(SAID, "x" * 2_000_000), "broke off", "still runs"),
        (events('{"error": {"message": "out of memory"}}'), "failed: out of memory", "own log"),
        (events('{"error": "out of memory"}'), "failed: out of memory", "own log"),
        (reply('{"error": {"message": "boom"}}', status=500), r"failed: boom [HTTP 500]", "log"),
        (reply("Bad gateway", "text/plain", 502), "failed [HTTP 502]", "log"),
        (reply('{"detail": "Invalid API key"}', status=401), "Invalid API key", "api_key_env"),
        (reply('{"error": "no"}', status=403), "refuses the key: no", "api_key_env"),
        (reply('{"error": "too long"}', status=400), "refuses the request: too long", "context"),
        (reply('{"message": "slow down"}', status=429), "slow down [HTTP 429]", "context"),
    ],
)
def test_what_is_wrong_is_named_with_the_next_step(chat: Respond, what: str, step: str) -> None:
    with pytest.raises(ModelError) as caught:
        answer(chat)
    assert what in caught.value.what
    assert step in caught.value.next_step


def test_what_came_before_the_break_is_kept() -> None:
    with scripted(events(SAID, {"content": " Well"}, is_cut=True)) as server:
        pieces = ServerModel(at(server)).stream(ASKED, never)
        assert [next(pieces), next(pieces)] == ["Because.", " Well"]
        with pytest.raises(ModelError, match="broke off"):
            next(pieces)


def test_a_stranger_s_words_cannot_steer_the_terminal_nor_show_the_key(key: str) -> None:
    said = f"\x1b]0;owned\x07 bad key k-very-secret\n{'x' * 5000}"
    with scripted(reply(json.dumps({"error": said}), status=401)) as server:
        model = ServerModel(at(server, api_key_env=key))
        with pytest.raises(ModelError) as caught:
            next(model.stream(ASKED, never))
    assert caught.value.what.isprintable()
    assert "bad key (key) xxx" in caught.value.what
    assert "secret" not in repr(caught.value.__dict__)
    assert len(caught.value.what) < 300


def test_no_redirect_is_followed() -> None:
    with scripted(events(SAID, ended())) as other:
        for status in (301, 307, 308):
            with pytest.raises(ModelError, match="where we do not go") as caught:
                answer(reply(f"{other.url}/chat/completions", status=status))
            assert other.url in caught.value.what
        assert other.seen == []


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        assert answer(events(SAID, ended())) == "Because."
        assert proxy.seen == []


@pytest.mark.parametrize("value", [None, "", "  ", "kéy", "a\nb"])
def test_a_key_that_is_not_there_is_said_without_repeating_its_name(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("sk_really_the_key", value)
    with scripted() as server:
        with pytest.raises(ConfigError, match="no environment variable") as caught:
            ServerModel(at(server, api_key_env="sk_really_the_key"))
        assert server.seen == []
    assert "sk_really" not in str(caught.value)


# -- which model -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "wanted", "chosen"),
    [
        (["one", "two"], "", "one"),
        (["text-embedding-nomic", "gpt-oss:20b-cloud", "one"], "", "one"),
        (["nomic-embed-text"], "", "nomic-embed-text"),
        (["one", "two"], "two", "two"),
        (["llama3.2:latest"], "llama3.2", "llama3.2"),
    ],
)
def test_the_named_model_or_the_first_that_can_chat(
    names: list[str], wanted: str, chosen: str
) -> None:
    with scripted(events(SAID, ended()), listing(*names)) as server:
        model = ServerModel(at(server, server_model=wanted))
        list(model.stream(ASKED, never))
        assert server.seen[-1][3]["model"] == chosen


def test_a_server_without_a_list_is_taken_at_its_word() -> None:
    with scripted(events(SAID, ended()), reply("", "", 404)) as server:
        assert list(ServerModel(at(server, server_model="it")).stream(ASKED, never))
        with pytest.raises(ModelError, match="no such model or address"):
            ServerModel(at(server))


@pytest.mark.parametrize(
    ("models", "what"),
    [
        (listing(), "no model yet"),
        (listing("a:cloud", "b:1t-cloud"), "computed elsewhere"),
        (reply("<html>", "text/html"), "as an OpenAI-compatible server"),
        (reply("{}"), "no list"),
        (reply('{"detail": "key?"}', status=401), "refuses the key"),
    ],
)
def test_a_server_without_a_model_is_known_at_the_start(models: Respond, what: str) -> None:
    with scripted(models=models) as server, pytest.raises(ModelError, match=what):
        ServerModel(at(server))


def test_a_model_that_went_away_is_named_with_those_that_are_left() -> None:
    with scripted() as server:
        model = ServerModel(at(server))
        server.script["/v1/models"] = listing("other", "third")
        with pytest.raises(ModelError, match="no model 'tiny'") as caught:
            next(model.stream(ASKED, never))
    assert "other, third" in caught.value.next_step


# -- ahead of time ---------------------------------------------------------------------------------


def test_a_server_that_refuses_to_read_ahead_is_asked_once() -> None:
    with scripted(reply('{"error": "roles must alternate"}', status=400)) as server:
        model = ServerModel(at(server))
        model.prime(ASKED)
        model.warm_up(ASKED)
        assert len(server.seen) == 2
    with scripted(reply("{}", status=500)) as server, pytest.raises(ModelError):
        ServerModel(at(server)).prime(ASKED)


def test_nothing_is_sent_ahead_to_a_model_elsewhere() -> None:
    with scripted(models=listing("tiny:cloud")) as server:
        model = ServerModel(at(server, server_model="tiny:cloud", allow_remote=True))
        model.prime(ASKED)
        model.warm_up(ASKED)
        model.anticipate(ASKED, never)
        assert len(server.seen) == 1


def test_outside_this_machine_only_when_allowed() -> None:
    config = replace(Config().llm, server="http://192.0.2.1:11434/v1")
    with pytest.raises(ConfigError, match="not this machine"):
        ServerModel(config)
