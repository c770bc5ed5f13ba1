"""The real language model: only new words are computed, kept state survives a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assemble.roles import model_path
from assistant.config import Config, LlmConfig
from assistant.errors import ModelError, StageTimeout
from assistant.language.en.prompt import opening
from assistant.model.llm import LanguageModel
from assistant.talk.history import as_messages
from assistant.talk.talk import Talk

pytestmark = pytest.mark.models

SYSTEM = "You are having a friendly spoken conversation. Keep every reply to one short sentence."
QUESTION = "What is the capital of France?"
HEADER = 5
"""Tokens of ChatML that end a question and open the answer."""


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def path() -> Path:
    try:
        return model_path(Config(), "llm")
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")


@pytest.fixture(scope="module")
def config() -> LlmConfig:
    return replace(Config().llm, max_tokens=24, threads=1, context_tokens=1024)


@pytest.fixture(scope="module")
def shared(path: Path, config: LlmConfig) -> Iterator[LanguageModel]:
    """One model for the tests that do not mind what was read before."""
    model = LanguageModel(path, config)
    yield model
    model.close()


@pytest.fixture
def counted(shared: LanguageModel) -> Callable[[Callable[[], object]], int]:
    """`counted(work)`: how many tokens `work` made the model compute."""

    def count(work: Callable[[], object]) -> int:
        before = shared.evaluated_tokens
        work()
        return shared.evaluated_tokens - before

    return count


def asked(text: str, *earlier: tuple[str, str]) -> list[dict[str, str]]:
    talk = Talk()
    for said, answered in earlier:
        talk = talk.with_played(0, said, answered, 4)
    return as_messages(talk.history, opening(SYSTEM), text)


def test_a_later_question_computes_its_own_words_only(
    shared: LanguageModel, counted: Callable[[Callable[[], object]], int]
) -> None:
    answer = "".join(shared.stream(asked(QUESTION), never))
    shared.warm_up(asked("", (QUESTION, answer))[:-1])
    follow_up = asked("And of Spain?", (QUESTION, answer))
    words = 4  # And · of · Spain · ?
    stream = shared.stream(follow_up, never)
    assert counted(lambda: next(stream)) == words + HEADER
    stream.close()


def test_an_answer_that_was_generated_is_not_read_again(
    shared: LanguageModel, counted: Callable[[Callable[[], object]], int]
) -> None:
    answer = "".join(shared.stream(asked(QUESTION), never))
    closing = 5  # end of the answer, and the header of the user's next words
    prefix = asked("", (QUESTION, answer))[:-1]
    assert counted(lambda: shared.warm_up(prefix)) <= closing
    assert counted(lambda: shared.warm_up(prefix)) == 0


def test_a_cut_answer_is_read_from_where_it_differs(
    shared: LanguageModel, counted: Callable[[Callable[[], object]], int]
) -> None:
    answer = "".join(shared.stream(asked(QUESTION), never))
    shared.warm_up(asked("", (QUESTION, answer))[:-1])
    heard = " ".join(answer.split()[:3])
    assert counted(lambda: shared.warm_up(asked("", (QUESTION, heard))[:-1])) <= 6


def test_anticipated_words_are_not_computed_again(
    shared: LanguageModel, counted: Callable[[Callable[[], object]], int]
) -> None:
    shared.warm_up(asked("")[:-1])
    said, rest = "Tell me something about the old town", " of Lisbon."
    assert counted(lambda: shared.anticipate(asked(said), never)) == 7
    stream = shared.stream(asked(said + rest), never)
    assert counted(lambda: next(stream)) == 3 + HEADER
    stream.close()


def test_anticipating_less_than_is_kept_computes_and_drops_nothing(
    shared: LanguageModel, counted: Callable[[Callable[[], object]], int]
) -> None:
    shared.anticipate(asked("Tell me something about Lisbon"), never)
    assert counted(lambda: shared.anticipate(asked("Tell me something"), never)) == 0
    assert counted(lambda: shared.anticipate(asked("Tell me something about Lisbon"), never)) == 0


def test_whole_requests_end_a_sentence_sooner_than_halves(shared: LanguageModel) -> None:
    def ends(words: str) -> float:
        probability = shared.sentence_end(asked(words), never)
        assert probability is not None
        return probability

    assert 0 < ends("I would like a") < 0.01 < ends("I would like a coffee with milk") < 1
    assert ends("What is the capital of") < 0.01 < ends("What is the capital of France")


def test_words_that_were_weighed_are_not_read_again_for_the_answer(
    shared: LanguageModel, counted: Callable[[Callable[[], object]], int]
) -> None:
    shared.sentence_end(asked(QUESTION.rstrip("?")), never)
    stream = shared.stream(asked(QUESTION), never)
    assert counted(lambda: next(stream)) == 1 + HEADER
    stream.close()


def test_weighing_that_is_stopped_says_nothing(shared: LanguageModel) -> None:
    assert shared.sentence_end(asked("And now something else"), lambda: True) is None


def test_words_heard_otherwise_at_first_leave_no_trace_in_the_answer(
    path: Path, config: LlmConfig
) -> None:
    def answer(*anticipated: str) -> str:
        model = LanguageModel(path, replace(config, temperature=0.0))
        for words in anticipated:
            model.anticipate(asked(words), never)
        text = "".join(model.stream(asked(QUESTION), never))
        model.close()
        return text

    assert "Paris" in answer()
    assert "Paris" in answer("What is", "What is the cat", "Where is the capital of Spain")


def test_the_first_messages_come_from_the_file_of_an_earlier_start(
    path: Path, config: LlmConfig, tmp_path: Path
) -> None:
    first, second = (LanguageModel(path, replace(config, temperature=0.0), tmp_path) for _ in "12")
    prefix = asked("")[:-1]
    first.prime(prefix)
    second.prime(prefix)
    assert first.evaluated_tokens > 20
    assert second.evaluated_tokens == 0
    answers = ["".join(model.stream(asked(QUESTION), never)) for model in (first, second)]
    assert answers[0] == answers[1]
    first.close()
    second.close()


@pytest.mark.parametrize("harm", ["cut", "bit", "empty"])
def test_a_damaged_state_is_made_again(
    path: Path, config: LlmConfig, tmp_path: Path, harm: str
) -> None:
    def primed() -> int:
        model = LanguageModel(path, config, tmp_path)
        model.prime(asked("")[:-1])
        model.close()
        return model.evaluated_tokens

    primed()
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    damaged = {"cut": whole[:-1], "bit": whole[:-9] + b"\x55" + whole[-8:], "empty": b""}[harm]
    file.write_bytes(damaged)
    assert primed() > 20
    assert list(tmp_path.iterdir()) == [file]
    assert primed() == 0


def test_another_context_size_or_prompt_has_a_state_of_its_own(
    path: Path, config: LlmConfig, tmp_path: Path
) -> None:
    for context, prompt in ((1024, SYSTEM), (1024, "Be brief."), (768, SYSTEM)):
        model = LanguageModel(path, replace(config, context_tokens=context), tmp_path)
        model.prime([{"role": "system", "content": prompt}])
        assert model.evaluated_tokens > 0
        model.close()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_directory_that_cannot_be_written_only_costs_the_time(
    path: Path, config: LlmConfig, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    model = LanguageModel(path, config, in_the_way / "llm")
    model.prime(asked("")[:-1])
    assert model.evaluated_tokens > 20
    model.close()


def test_reading_ahead_ends_at_once_when_told(
    shared: LanguageModel, counted: Callable[[Callable[[], object]], int]
) -> None:
    long = asked("word " * 300)
    assert counted(lambda: shared.anticipate(long, lambda: True)) == 0
    assert "".join(shared.stream(asked(QUESTION), never)).strip()


def test_an_answer_ends_when_told(shared: LanguageModel) -> None:
    assert list(shared.stream(asked(QUESTION), lambda: True)) == []
    pieces: list[str] = []
    for piece in shared.stream(asked("Tell me about Lisbon."), lambda: len(pieces) >= 3):
        pieces.append(piece)
    assert len(pieces) == 3


def test_a_model_that_gives_no_word_in_time_is_reported(path: Path, config: LlmConfig) -> None:
    model = LanguageModel(path, replace(config, first_token_timeout_s=1e-6))
    with pytest.raises(StageTimeout, match="no word in"):
        next(model.stream(asked(QUESTION), never))
    model.close()


def test_old_exchanges_make_room_and_too_much_is_refused(path: Path, config: LlmConfig) -> None:
    model = LanguageModel(path, replace(config, context_tokens=256))
    messages = asked(QUESTION, ("word " * 230, "Yes."), ("Hi.", "Hello."))
    assert "".join(model.stream(messages, never)).strip()
    assert model.evaluated_tokens < 100
    with pytest.raises(ModelError, match=r"of which 232 fit beside the answer"):
        next(model.stream(asked("word " * 256), never))
    model.close()


def test_the_same_seed_gives_the_same_answer_again(shared: LanguageModel) -> None:
    first = list(shared.stream(asked(QUESTION), never))
    assert list(shared.stream(asked(QUESTION), never)) == first
    assert len(first) <= 24


def test_a_file_that_is_no_model_is_refused(tmp_path: Path, config: LlmConfig) -> None:
    with pytest.raises(ModelError, match="no language model at"):
        LanguageModel(tmp_path / "none.gguf", config)
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    with pytest.raises(ModelError, match="does not load"):
        LanguageModel(broken, config)
