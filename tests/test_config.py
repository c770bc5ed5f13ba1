"""The configuration refuses what it does not know and says what it wants."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from assistant.config import Config, config_from_dict, describe_config, load_config
from assistant.errors import ConfigError


def test_an_absent_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none.toml", must_exist=False) == Config()
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(tmp_path / "none.toml", must_exist=True)


def test_a_file_overrides_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[turn]\nendpointing = "timer"\ntimer_ms = 700\n[vad]\nsilero_threshold = 1\n')
    with pytest.raises(ConfigError, match="silero_threshold"):
        load_config(path, must_exist=True)
    path.write_text('[turn]\nendpointing = "timer"\ntimer_ms = 700\n')
    config = load_config(path, must_exist=True)
    assert (config.turn.endpointing, config.turn.timer_ms) == ("timer", 700)
    assert config.path == path
    assert dataclasses.replace(config, turn=Config().turn, path=None) == Config()


@pytest.mark.parametrize(
    ("table", "what", "step"),
    [
        ({"turn": {"timer_m": 1}}, "unknown key turn.timer_m", "'timer_ms'"),
        ({"whispr": {}}, r"unknown section \[whispr\]", "'whisper'"),
        ({"turn": {"timer_ms": "1"}}, "not int", "silence that ends"),
        ({"turn": {"timer_ms": True}}, "not int", "silence that ends"),
        ({"turn": {"timer_ms": 50}}, "turn.timer_ms is 50", "100 to 10000"),
        ({"llm": {"device": "gpu"}}, "llm.device is 'gpu'", "auto, cpu, cuda, metal"),
        ({"turn": {"shortest_wait_ms": 3000}}, "above turn.longest", "swap"),
        ({"turn": 3}, "must be a table", r"\[turn\]"),
        (
            {"llm": {"template_argument": {}}},
            "unknown key llm.template_arg",
            "'template_arguments'",
        ),
        ({"llm": {"template_arguments": "x"}}, "'x', which is no table", "enable_thinking"),
        ({"llm": {"context_tokens": 512, "max_tokens": 4096}}, "512. has no room", "lower"),
        ({"llm": {"context_tokens": 512, "max_tokens": 512}}, "512. has no room", "lower"),
    ],
)
def test_what_is_wrong_is_named_with_the_next_step(
    table: dict[str, object], what: str, step: str
) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        config_from_dict(table)
    assert step.replace("\\", "") in caught.value.next_step


def test_bad_toml_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[turn]\ntimer_ms = \n")
    with pytest.raises(ConfigError, match="line 2"):
        load_config(path, must_exist=True)


def test_the_printed_configuration_is_the_default_one() -> None:
    assert config_from_dict(tomllib.loads(describe_config())) == Config()


def test_a_table_of_whatever_names_may_be_nested(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for text in (
        "[llm]\ntemplate_arguments = { enable_thinking = true, levels = [1, 2] }\n",
        "[llm.template_arguments]\nenable_thinking = true\nlevels = [1, 2]\n",
    ):
        path.write_text(text)
        found = load_config(path, must_exist=True).llm.template_arguments
        assert found == {"enable_thinking": True, "levels": [1, 2]}
    assert "template_arguments = {}" in describe_config()
