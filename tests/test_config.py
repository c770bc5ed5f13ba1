"""The configuration refuses what it does not know and says what it wants."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from assistant.config import Config, config_from_dict, describe_config, load_config
from assistant.config_check import checked
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
        ({"transcribr": {}}, r"unknown section \[transcribr\]", "'transcriber'"),
        ({"whisper": {}}, r"unknown section \[whisper\]", "called transcriber now"),
        ({"models": {"smart_turn": "x"}}, "unknown key models.smart_turn", "turn.model"),
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


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[turn]\n\n[transcribr.x]\n", "line 3: unknown section [transcribr]"),
        ('[turn]\n[mcp.servers.a]\nargs = ["x"]\n', "line 2: [mcp.servers.a] needs one of"),
        (
            '[mcp.servers.a]\nlimit_s = 5\nurl = "http://example.com/mcp"\n',
            "line 3: mcp.servers.a.url is 'http://example.com/mcp': another machine",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, must_exist=True)
    assert caught.value.what.startswith(f"{path}, {what}")


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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    name: str = dataclasses.field(metadata={"help": "what it is called"})
    height_cm: float = dataclasses.field(
        default=30.0, metadata={"help": "how high", "low": 1, "high": 300}
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    shelves: tuple[Shelf, ...] = dataclasses.field(default=(), metadata={"help": "its shelves"})
    owners: tuple[str, ...] = dataclasses.field(default=(), metadata={"help": "their names"})


def test_lists_and_nested_tables_are_checked() -> None:
    table = {"shelves": [{"name": "poems", "height_cm": 25}], "owners": ["Ann", "Ben"]}
    found = checked({"library": table}, {"library": Library})["library"]
    assert found == Library(shelves=(Shelf(name="poems", height_cm=25.0),), owners=("Ann", "Ben"))


@pytest.mark.parametrize(
    ("table", "what", "step"),
    [
        (
            {"shelves": [{"name": "a"}, {"nam": "b"}]},
            r"library.shelves\[1\].name is missing",
            "called",
        ),
        (
            {"shelves": [{"name": "a", "nam": "b"}]},
            r"unknown key library.shelves\[0\].nam",
            "'name'",
        ),
        ({"shelves": [{"name": "a", "height_cm": 0}]}, r"shelves\[0\].height_cm is 0", "1 to 300"),
        ({"shelves": {"name": "a"}}, "not a list", "its shelves"),
        ({"owners": ["Ann", 3]}, r"library.owners\[1\] is 3, which is not text", "their names"),
        ({"shelves": ["a"]}, r"shelves\[0\] is 'a', which is no table", "its shelves"),
    ],
)
def test_what_is_wrong_in_a_list_is_named_by_its_place(
    table: dict[str, object], what: str, step: str
) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        checked({"library": table}, {"library": Library})
    assert step in caught.value.next_step


def test_no_section_is_named_after_a_product() -> None:
    """Roles are named after the job: another product in the same place needs no other name."""
    products = "whisper|piper|hibari|llama|smart_?turn|silero|webrtc|qwen|minilm|portaudio|textual"
    sections = [one.name for one in dataclasses.fields(Config) if one.name != "path"]
    assert "transcriber" in sections
    assert [name for name in sections if re.search(products, name)] == []
