"""A real model server: llama_cpp.server on loopback with the smallest model of the catalogue."""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assemble.loading import load_language_model, make_conversation
from assistant.config import Config, LlmConfig
from assistant.errors import AssistantError, ModelError, StageTimeout
from assistant.language.en.prompt import opening
from assistant.language.en.tool_words import tools_opening
from assistant.model.llm_server import ServerModel
from assistant.tool_calls import Blank, Candidate, ToolAsk
from assistant.weights.catalogue import load_catalogue
from assistant.weights.store import locate, models_directory
from tests.model_server import RealServer, RecordingProxy

pytestmark = pytest.mark.models

SYSTEM = {"role": "system", "content": "You answer in one short sentence."}
QUESTION = {"role": "user", "content": "What is the capital of France?"}
STORY = {"role": "user", "content": "Tell me a very long story about a dragon and a knight."}
NEEDED = ("fastapi", "uvicorn", "sse_starlette", "starlette_context", "pydantic_settings", "yaml")


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def weights() -> Path:
    absent = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if absent:
        pytest.skip(f"not installed, which llama_cpp.server needs: {', '.join(absent)}")
    try:
        model = load_catalogue().model("smollm2-135m-instruct")
        directory = locate(model, models_directory(""))
    except AssistantError as error:
        pytest.skip(f"the model of the tests is not there: {error.what}")
    return next(directory / file.name for file in model.files if file.name.endswith(".gguf"))


@pytest.fixture(scope="module")
def server(weights: Path) -> Iterator[RealServer]:
    started = RealServer(weights)
    yield started
    started.kill()


@pytest.fixture
def proxy(server: RealServer) -> Iterator[RecordingProxy]:
    opened = RecordingProxy(server.port)
    yield opened
    opened.close()


def at(url: str, **changes: object) -> LlmConfig:
    config = replace(Config().llm, server=url, max_tokens=40, temperature=0.0)
    return replace(config, **changes)  # type: ignore[arg-type]


def test_a_conversation_of_two_turns(proxy: RecordingProxy) -> None:
    config = replace(Config(), llm=at(proxy.url))
    model = load_language_model(config)
    assert isinstance(model, ServerModel)
    assert model.label == f"tiny at 127.0.0.1:{proxy.server_address[1]}"
    conversation = make_conversation(config, model)
    answers = []
    for question in ("Who was Napoleon Bonaparte?", "And where was he born?"):
        replies = conversation.preview(question)
        assert {reply.source for reply in replies} == {"model"}
        assert "failed" not in replies[0].why
        answers.append(" ".join(reply.text for reply in replies))
        conversation.remember(0, question, answers[-1])
    assert all(len(answer.split()) > 2 for answer in answers)
    first, second = proxy.posted
    begin = opening("")
    assert first["messages"][:-1] == begin
    said = [message["content"] for message in second["messages"][len(begin) :]]
    assert said == ["Who was Napoleon Bonaparte?", answers[0], "And where was he born?"]
    assert (second["model"], second["max_tokens"], second["seed"]) == ("tiny", 40, 7)


def test_the_beginning_that_was_read_at_the_start_is_not_read_again(server: RealServer) -> None:
    model = ServerModel(at(server.url))
    system = {"role": "system", "content": "Be brief and friendly. " * 12}
    model.prime([system])
    server.log("")
    assert "".join(model.stream([system, QUESTION], never)).strip()
    ((kept, read),) = server.log(r"(\d+) prefix-match hit, remaining (\d+) prompt")
    assert kept > 60
    assert read < 20


def test_words_that_are_still_being_spoken_are_never_posted(proxy: RecordingProxy) -> None:
    model = ServerModel(at(proxy.url))
    config = replace(Config(), llm=at(proxy.url))
    conversation = make_conversation(config, model)
    connections = len(proxy.said)
    for words in ("Tell me", "Tell me something about", "Tell me something about my illness"):
        conversation.anticipate(words, never)
        assert model.sentence_end([SYSTEM, {"role": "user", "content": words}], never) is None
    assert len(proxy.said) == connections
    conversation.settle(never)
    conversation.settle(never)
    (posted,) = proxy.posted
    assert posted["max_tokens"] == 1
    assert posted["messages"] == opening("")


def test_only_what_the_server_has_not_read_is_sent_ahead(proxy: RecordingProxy) -> None:
    model = ServerModel(at(proxy.url))
    answer = "".join(model.stream([SYSTEM, QUESTION], never))
    heard_whole = [SYSTEM, QUESTION, {"role": "assistant", "content": f" {answer.strip()} "}]
    model.warm_up(heard_whole)
    assert len(proxy.posted) == 1
    heard_in_part = [*heard_whole[:2], {"role": "assistant", "content": answer.split()[0]}]
    model.warm_up(heard_in_part)
    model.warm_up(heard_in_part)
    assert [posted["max_tokens"] for posted in proxy.posted] == [40, 1]


def test_an_answer_that_is_given_up_frees_the_server(server: RealServer) -> None:
    """The whole story has 464 tokens and takes the server many seconds."""
    server.log("")
    model = ServerModel(at(server.url, max_tokens=1200))
    pieces: list[str] = []
    for piece in model.stream([SYSTEM, STORY], lambda: len(pieces) >= 3):
        pieces.append(piece)
    assert len(pieces) == 3
    story = model.stream([SYSTEM, STORY], never)
    assert next(story)
    story.close()
    start = time.monotonic()
    assert next(ServerModel(at(server.url, max_tokens=1)).stream([SYSTEM, QUESTION], never))
    assert time.monotonic() - start < 5
    assert all(tokens < 300 for (tokens,) in server.log(r" eval time = .* (\d+) runs"))


def test_a_server_that_is_busy_gives_no_word_and_is_left_at_once(server: RealServer) -> None:
    waiting = ServerModel(at(server.url, first_token_timeout_s=0.3))
    busy = ServerModel(at(server.url, max_tokens=1200)).stream([SYSTEM, STORY], never)
    assert next(busy)
    with pytest.raises(StageTimeout, match=r"no word in 0\.3 s") as caught:
        list(waiting.stream([SYSTEM, QUESTION], never))
    assert "first_token_timeout_s" in caught.value.next_step
    start = time.monotonic()
    assert list(waiting.stream([SYSTEM, QUESTION], lambda: time.monotonic() - start > 0.1)) == []
    assert time.monotonic() - start < 1
    busy.close()


def test_after_its_time_an_answer_just_ends(server: RealServer) -> None:
    model = ServerModel(at(server.url, max_tokens=1200, timeout_s=0.6))
    start = time.monotonic()
    assert len(list(model.stream([SYSTEM, STORY], never))) > 1
    assert time.monotonic() - start < 3


def test_a_model_that_the_server_lacks_is_named_with_those_it_has(server: RealServer) -> None:
    with pytest.raises(ModelError, match="no model 'tinny'") as caught:
        ServerModel(at(server.url, server_model="tinny"))
    assert caught.value.next_step.endswith("one of: tiny")
    assert ServerModel(at(server.url, server_model="tiny")).label.startswith("tiny at ")


def test_a_server_that_dies_in_mid_answer_leaves_what_it_said(weights: Path) -> None:
    server = RealServer(weights)
    config = replace(Config(), llm=at(server.url, max_tokens=1200, max_sentences=100))
    model = ServerModel(config.llm)
    pieces = []

    def read() -> None:
        for piece in model.stream([SYSTEM, STORY], never):
            pieces.append(piece)
            if len(pieces) == 5:
                server.kill()

    with pytest.raises(ModelError, match="broke off") as caught:
        read()
    assert len(pieces) >= 5
    assert "still runs" in caught.value.next_step
    with pytest.raises(ModelError, match="no language model server at 127") as caught:
        next(model.stream([SYSTEM, QUESTION], never))
    assert "ollama serve" in caught.value.next_step
    (apology,) = make_conversation(config, model).preview("Who was Napoleon?")
    assert "no language model server" in apology.why
    with pytest.raises(ModelError, match="no language model server"):
        load_language_model(config)


def test_too_long_a_prompt_is_refused_in_the_servers_words(weights: Path) -> None:
    server = RealServer(weights, context_tokens=256)
    model = ServerModel(at(server.url))
    with pytest.raises(ModelError):
        list(model.stream([SYSTEM, {"role": "user", "content": "word " * 300}], never))
    assert "".join(model.stream([SYSTEM, QUESTION], never)).strip()
    server.kill()


def test_it_may_be_used_from_one_thread_after_another(server: RealServer) -> None:
    model = ServerModel(at(server.url))
    model.prime([SYSTEM])
    answers: list[str] = []
    thread = threading.Thread(
        target=lambda: answers.append("".join(model.stream([SYSTEM, QUESTION], never)))
    )
    thread.start()
    thread.join()
    model.close()
    assert answers[0].strip()


def test_a_call_is_asked_for_whatever_the_server_makes_of_formats(server: RealServer) -> None:
    text = "Switch the lights of the kitchen off."
    rooms = Blank(name="room", options=("kitchen", "bedroom"))
    lights = Candidate(name="lights", about="", blanks=(rooms,), stretches=(text,))
    signature = "lights(room)  # Switch the lights of a room on or off."
    messages = [*tools_opening([signature]), {"role": "user", "content": text}]
    ask = ToolAsk(messages=messages, candidates=(lights,), none="answer")
    model = ServerModel(LlmConfig(server=server.url))
    choice = model.choose(ask, never)
    assert choice is not None
    assert choice.name in ("lights", "")  # the smallest model may well name none
    assert set(choice.values.values()) <= {"kitchen", "bedroom"}
    assert model.choose(ask, lambda: True) is None
