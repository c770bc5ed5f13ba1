"""Who stands for the language model: the order in which files are tried, and what is said."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assistant.assemble.loading import load_language_model, make_conversation, make_services
from assistant.assemble.roles import LlmFile, llm_files, model_path, model_paths
from assistant.assemble.session import bring_model, load_stages
from assistant.config import Config, LlmConfig, ModelsConfig
from assistant.engine.hands import HandsThread
from assistant.errors import ModelError
from assistant.model.requantise import fast_copy
from assistant.talk.awaited import READY, Awaited
from assistant.weights.catalogue import load_catalogue
from assistant.weights.resolve import find, ladder
from tests.test_weights_choice import put

SMALL, LARGE = "qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct"


@pytest.fixture
def laptop(tmp_path: Path) -> Config:
    """The profile whose model has one smaller one, with no model there yet."""
    return Config(models=ModelsConfig(profile="laptop", directory=str(tmp_path / "models")))


def place(config: Config, model_id: str) -> Path:
    """The GGUF file of a model: of the right size, without content, some minutes old."""
    model, directory = load_catalogue().model(model_id), Path(config.models.directory)
    put(model, directory)
    source = directory / model_id / model.files[0].name
    os.utime(source, (1000, 1000))
    return source


def place_real(config: Config, model_id: str) -> Path:
    """The same with the weights that were fetched."""
    try:
        model, fetched = find(Config(), "llm")
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")
    assert model.id == model_id
    source = Path(config.models.directory) / model_id / model.files[0].name
    source.parent.mkdir(parents=True)
    source.symlink_to(fetched / source.name)
    return source


def test_of_each_model_the_copy_comes_first_and_then_the_smaller_ones(laptop: Config) -> None:
    with pytest.raises(ModelError, match=f"{LARGE}.* is missing"):
        llm_files(laptop)
    large, small = place(laptop, LARGE), place(laptop, SMALL)
    fast_copy(large).touch()
    fast_copy(small).touch()
    os.utime(fast_copy(small), (900, 900))  # made of an earlier file: not current
    assert llm_files(laptop) == [
        LlmFile(path=fast_copy(large), model=LARGE),
        LlmFile(path=large, model=LARGE),
        LlmFile(path=small, model=SMALL),
    ]
    assert model_path(laptop, "llm") == fast_copy(large)


def test_the_ladder_holds_what_is_there_and_find_takes_its_first_step(laptop: Config) -> None:
    small = place(laptop, SMALL)
    only = (load_catalogue().model(SMALL), small.parent)
    assert ladder(laptop, "llm") == [only]
    assert find(laptop, "llm") == only
    place(laptop, LARGE)
    assert [model.id for model, _ in ladder(laptop, "llm")] == [LARGE, SMALL]


def test_a_model_of_ones_own_has_no_stand_in(laptop: Config, tmp_path: Path) -> None:
    place(laptop, LARGE)
    place(laptop, SMALL)
    own = tmp_path / "own.gguf"
    own.write_bytes(b"no model")
    config = Config(models=laptop.models, llm=LlmConfig(model=str(own)))
    assert llm_files(config) == [LlmFile(path=own, model="own")]
    with pytest.raises(ModelError, match=r"own\.gguf"):
        load_language_model(config)


@pytest.mark.models
def test_what_is_loaded_while_the_model_is_awaited_makes_no_replies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    awaited = Awaited()
    stages = load_stages(Config(), 48_000, awaited=awaited, makes_replies=False)
    assert not list((tmp_path / "cache").glob("**/*.wav"))
    assert model_paths(Config(), is_awaited=True).names()["thinks"] == "model being set up"
    decision = stages.text.decide("Why do cats purr?", 1, None, None, lambda: False, None)
    assert decision is not None
    assert "some minutes more" in decision.replies[0].text


def test_without_llama_cpp_it_says_so_and_what_is_wrong_with_a_file_all_the_same(
    laptop: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    place(laptop, SMALL)
    with pytest.raises(ModelError, match=SMALL.replace(".", r"\.")):
        load_language_model(laptop)


@pytest.mark.models
def test_without_llama_cpp_the_next_step_is_the_set_up(
    laptop: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    place_real(laptop, SMALL)
    with pytest.raises(ModelError, match=r"llama\.cpp is not installed") as refused:
        load_language_model(laptop)
    assert refused.value.next_step == "run `make setup`"


@pytest.mark.models
def test_a_model_is_brought_into_a_conversation_that_goes_on(tmp_path: Path) -> None:
    conversation = make_conversation(
        Config(),
        None,
        services=make_services(Config(), tmp_path),
        hands=HandsThread(),
        awaited=Awaited(),
    )
    (reply,) = conversation.converse("Why do cats purr?").replies
    assert "still being set up" in reply.text
    assert not conversation.has_judge
    name, *_ = bring_model(Config(), conversation)
    assert name.startswith("qwen2.5-coder-0.5b")
    turn = conversation.converse("Why do cats purr?")
    assert turn.replies[0].source == "model"
    assert "set up" not in turn.replies[0].text
    assert conversation.has_judge
    assert [reply.text for reply in conversation.due_announcements()] == [READY]


def test_when_none_loads_the_last_one_says_why(laptop: Config) -> None:
    place(laptop, LARGE)
    place(laptop, SMALL)
    with pytest.raises(ModelError, match=SMALL.replace(".", r"\.")):
        load_language_model(laptop)


@pytest.mark.models
def test_a_smaller_model_in_the_place_of_one_that_does_not_load_is_named(laptop: Config) -> None:
    large = place(laptop, LARGE)
    place_real(laptop, SMALL)
    model = load_language_model(laptop)
    model.close()
    (remark,) = model.remarks
    assert large.name in remark
    assert remark.endswith(f"; the smaller model {SMALL} takes its place")


@pytest.mark.models
def test_a_copy_that_does_not_load_is_replaced_by_its_original_and_that_is_said(
    laptop: Config,
) -> None:
    source = place_real(laptop, SMALL)
    copy = fast_copy(source)
    copy.write_bytes(b"GGUF" + bytes(400))
    model = load_language_model(laptop)
    model.close()
    (remark,) = model.remarks
    assert "smaller" not in remark
    assert copy.name in remark
    assert remark.endswith(
        "; the same model as it came takes its place, which is slower; "
        f"delete {copy}, and `assistant prepare` makes it again"
    )
