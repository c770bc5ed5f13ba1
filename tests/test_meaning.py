"""The encoder and its layer: what sentences mean, with the real weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.config import Config
from assistant.errors import ModelError
from assistant.model.meaning import BEYOND, LANGUAGE, MeaningModel, load_meaning_model
from assistant.talk.reach import load_reach
from assistant.weights.store import models_directory


@pytest.fixture(scope="module")
def meaning() -> MeaningModel:
    folder = models_directory(Config().models.directory) / "all-minilm-l6-v2-int8"
    if not (folder / "model.onnx").is_file():
        pytest.skip("the sentence encoder is not there (make models)")
    return load_meaning_model(folder / "model.onnx", folder / "tokenizer.json")


@pytest.mark.models
def test_the_kind_is_one_out_of_reach_and_its_probability_that_of_all(
    meaning: MeaningModel,
) -> None:
    found = meaning.probabilities("Could somebody see to the heating, please?")
    kind, beyond = meaning.kind("Could somebody see to the heating, please?")
    kinds = {label: share for label, share in found.items() if label.startswith(BEYOND)}
    assert kind == max(kinds, key=kinds.__getitem__).removeprefix(BEYOND)
    assert beyond == pytest.approx(sum(kinds.values()))
    assert LANGUAGE in found


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("stick that tune on my jogging compilation", "media"),
        ("I want to talk to my wife", "messages"),
        ("I could do with a taxi to the harbor at noon", "booking"),
    ],
)
def test_words_that_no_rule_knows_are_understood(
    meaning: MeaningModel, text: str, kind: str
) -> None:
    assert load_reach().judge(text) is None
    beyond = load_reach(meaning).judge(text)
    assert beyond is not None
    assert beyond.kind == kind
    assert "meaning" in beyond.why


@pytest.mark.models
def test_a_question_about_the_same_thing_is_left_to_the_model(meaning: MeaningModel) -> None:
    for text in ("Who built the first central heating?", "What did people pay with before coins?"):
        assert load_reach(meaning).judge(text) is None


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot load"):
        load_meaning_model(tmp_path / "model.onnx", tmp_path / "tokenizer.json")


@pytest.mark.models
def test_a_damaged_layer_is_named(meaning: MeaningModel, tmp_path: Path) -> None:
    folder = models_directory(Config().models.directory) / "all-minilm-l6-v2-int8"
    head = tmp_path / "meaning.npz"
    np.savez(head, kinds=np.array(["language"]))
    with pytest.raises(ModelError, match="cannot read"):
        load_meaning_model(folder / "model.onnx", folder / "tokenizer.json", head)
