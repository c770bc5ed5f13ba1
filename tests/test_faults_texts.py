"""Files of text that are not as expected end in one coded error, the same from every command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.assemble.check import check_parts
from assistant.cli.text import _lines_of
from assistant.cli.tune import write_values
from assistant.config import config_from_dict, load_config
from assistant.errors import AssistantError, ConfigError, ModelError
from assistant.json_files import read_json
from assistant.log.place import configured
from assistant.talk.rates import load_rates
from assistant.talk.reload import check_file
from assistant.talk.replies import read_replies
from assistant.text_files import EncodingFault, decoded

CONFIG = '[llm]\nsystem_prompt = "Réponds."\n'
REPLIES = '[[reply]]\nid = "tea"\nphrases = ["how is the tea"]\nanswers = ["Très hot."]\n'
FLOW = '"""Été."""\n'

Read = Callable[[Path], object]


def load(path: Path) -> object:
    return load_config(path, must_exist=True)


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("config.toml", CONFIG, load),
        ("config.toml", CONFIG, configured),
        ("replies.toml", REPLIES, read_replies),
        ("ask.txt", "Où?", _lines_of),
        ("config.toml", CONFIG, lambda path: write_values(path, {("llm", "threads"): 1})),
        ("voice.json", '{"é": 1}', lambda path: read_json(path, dict, "again")),
        ("rates.toml", "date = 2026-01-01\n[rates]\n# é\nUSD = 1.1\nEUR = 1\n", load_rates),
    ],
)
def test_a_byte_order_mark_is_no_fault_and_other_encodings_are_named(
    tmp_path: Path, name: str, text: str, read: Read
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    read(path)
    for encoding, called in (
        ("utf-16", "it is in UTF-16"),
        ("utf-16-le", "it is in UTF-16"),
        ("utf-32", "it is in UTF-32"),
        ("latin-1", "perhaps Latin-1 or Windows-1252"),
    ):
        path.write_text(text, encoding=encoding)
        with pytest.raises(AssistantError, match=called) as caught:
            read(path)
        assert caught.value.next_step
        assert str(path) in caught.value.what


def test_a_flow_in_another_encoding_says_so(tmp_path: Path) -> None:
    path = tmp_path / "flow.py"
    path.write_text(FLOW, encoding="latin-1")
    with pytest.raises(ConfigError, match="Latin-1"):
        check_file(path)


def test_the_line_of_the_foreign_letter_is_told() -> None:
    with pytest.raises(EncodingFault, match="line 3 has the byte 0xE9"):
        decoded("one\ntwo\né".encode("latin-1"))
    with pytest.raises(EncodingFault, match="holds zero bytes"):
        decoded(b"one\0two" + b"x" * 100)


@pytest.mark.parametrize(
    "value", [r"C:\Users\me", r"C:\temp\x", r"D:\new", r"C:\Program Files\x", r"\\server\share"]
)
def test_windows_paths_in_double_quotes_are_led_to_single_quotes(
    tmp_path: Path, value: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[documents]\nfolder = "{value}"\n')
    if value.startswith("\\\\"):
        path.write_text(f'[documents]\nfolder = "{value}\\x"\n')
    for read in (load, configured):
        with pytest.raises(ConfigError) as caught:
            read(path)
        assert "single quotes" in caught.value.next_step
    path.write_text(f"[documents]\nfolder = '{value}'\n")
    assert load_config(path, must_exist=True).documents.folder == value


def test_a_system_prompt_longer_than_the_context_is_refused() -> None:
    prompt = "word " * 500
    with pytest.raises(ConfigError, match=r"llm.system_prompt has 500 words, and at most 452"):
        config_from_dict({"llm": {"context_tokens": 512, "system_prompt": prompt}})
    config_from_dict({"llm": {"context_tokens": 600, "system_prompt": prompt}})


def assistant(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_every_command_says_the_same_of_a_broken_replies_file(tmp_path: Path) -> None:
    replies, config = tmp_path / "replies.toml", tmp_path / "config.toml"
    replies.write_text("[[reply]]\nid = 3\n", encoding="utf-16")
    config.write_text(f"[text]\nreplies_file = '{replies}'\n")
    with pytest.raises(ConfigError) as caught:
        check_parts(load_config(config, must_exist=True))
    said = set()
    for command in (
        ["config"],
        ["ask", "--no-model", "hello"],
        ["run", "--lines"],
        ["demo", "--lines"],
    ):
        done = assistant(*command, "--config", str(config))
        assert done.returncode == 3, (command, done.stderr)
        said.add(done.stderr)
    assert said == {f"assistant: {caught.value}\n"}


@pytest.mark.parametrize("section", ["transcriber", "turn", "llm", "voice"])
def test_the_configuration_is_not_fine_when_a_model_is_missing(
    tmp_path: Path, section: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f"[{section}]\nmodel = '{tmp_path / 'none'}'\n")
    with pytest.raises(ModelError, match="does not exist"):
        check_parts(load_config(config, must_exist=True))
    if section == "voice":
        for command in (["config"], ["run", "--lines"]):
            done = assistant(*command, "--config", str(config))
            assert (done.returncode, "[E-MODEL]" in done.stderr) == (4, True)


def test_a_voice_that_does_not_describe_itself_is_found_before_it_loads(tmp_path: Path) -> None:
    voice = tmp_path / "voice.onnx"
    voice.write_bytes(b"x")
    voice.with_name("voice.onnx.json").write_text("{}")
    config = config_from_dict({"voice": {"model": str(voice)}})
    with pytest.raises(ModelError, match="does not describe a Piper voice"):
        check_parts(config)


@pytest.mark.parametrize(
    ("requirement", "is_taken"),
    [
        ("piper-tts==1.2.0", True),
        ("--index-url=x==1", False),
        ("x @ http://example.org/x==1", False),
        ("x==1 --index-url y", False),
    ],
)
def test_a_catalogue_takes_pinned_names_alone(
    tmp_path: Path, requirement: str, is_taken: bool
) -> None:
    from assistant.weights.catalogue import load_catalogue

    own = Path(__file__).parents[1] / "models" / "catalog.toml"
    text = own.read_text(encoding="utf-8")
    first = text.split('requirement = "')[1].split('"')[0]
    path = tmp_path / "catalog.toml"
    path.write_text(text.replace(f'"{first}"', f'"{requirement}"', 1), encoding="utf-8")
    if is_taken:
        load_catalogue(path)
    else:
        with pytest.raises(ModelError, match="is not pinned"):
            load_catalogue(path)
    path.write_text(text + "# é\n", encoding="latin-1")
    with pytest.raises(ModelError, match="Latin-1"):
        load_catalogue(path)
