"""A person's own pronunciation: checked, said, and made anew where it changes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from assistant.assemble.loading import open_prepared
from assistant.audio.resample import resample_whole
from assistant.cli.app import make_app
from assistant.cli.evaluate import eval_app
from assistant.config import Config, config_from_dict, describe_config, load_config
from assistant.config_voice import VoiceConfig
from assistant.errors import ConfigError
from assistant.voice.piper_voice import PiperVoice
from assistant.voice.prepared import PreparedReplies
from assistant.voice.pronounce import Pronunciation, letters_said
from tests.tiny_voice import describe_tiny_voice, write_tiny_voice

HELD_OUT = Path(__file__).parent / "say_held_out.tsv"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ask Dr. Nguyen.", "Ask Dr. win."),
        ("NGUYEN's and nguyen, Nguyens", "win's and win, Nguyens"),
        ("a gif", "a [[dʒɪf]]"),
        ("New  York and York", "Noo Yawk and yark"),
        ("my K2 and K two", "my kay too and kay too"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_whole_words_are_said_as_they_were_written_down(text: str, said: str) -> None:
    table = Pronunciation(
        {"Nguyen": "win", "GIF": "/dʒɪf/", "York": "yark", "new york": "Noo Yawk", "K2": "kay too"}
    )
    assert table.said(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("in the U S Army and the U S.", "in the you ess Army and the you ess."),
        ("the U.S. is", "the you ess is"),
        ("die Straße, STRASSE", "die shtrah suh, shtrah suh"),
        ("three million of 3M", "three million of three em"),
        ("an M P three", "an em pee three"),
    ],
)
def test_the_words_are_found_as_the_voice_gets_them(text: str, said: str) -> None:
    table = {"U.S.": "you ess", "Straße": "shtrah suh", "3M": "three em", "MP3": "em pee three"}
    assert Pronunciation(table).said(text) == said


def test_without_a_table_every_text_stays() -> None:
    assert Pronunciation({}).said("Nguyen [[x]] (a+b)*") == "Nguyen [[x]] (a+b)*"


def test_both_ways_to_write_phonemes_are_the_same() -> None:
    assert Pronunciation({"a b": "[[dʒɪf]]"}).phonemes == Pronunciation({"A B": "/dʒɪf/"}).phonemes


def test_the_letter_a_within_a_sentence_is_a_letter() -> None:
    assert letters_said("Print an A four page. A dog.") == "Print an [[ˈeɪ]] four page. A dog."


# -- the configuration --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "engine", "what"),
    [
        ({"Nguyen": ""}, "piper", "neither letters nor phonemes"),
        ({"Nguyen": "w1n"}, "piper", "neither letters nor phonemes"),
        ({"Nguyen": "win]]"}, "piper", "neither letters nor phonemes"),
        ({"Nguyen": "/wɪn"}, "piper", "neither letters nor phonemes"),
        ({"Nguyen": "/1/"}, "piper", "neither letters nor phonemes"),
        ({"Nguyen": "win " * 40}, "piper", "letters long"),
        ({"": "win"}, "piper", "which is no word"),
        ({"...": "win"}, "piper", "which is no word"),
        ({"[[a": "win"}, "piper", "which is no word"),
        ({"x" * 61: "win"}, "piper", "which is no word"),
        ({"GIF": "jiff", "gif": "giff"}, "piper", "has 'GIF' and 'gif'"),
        ({"GIF": "/dʒɪf/"}, "hibari", "phonemes are for piper"),
        ({"GIF": "/dʒ§f/"}, "piper", "neither"),
        ({"GIF": 5}, "piper", "not text"),
    ],
)
def test_what_cannot_be_said_is_refused(table: dict[str, object], engine: str, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from_dict({"voice": {"engine": engine, "pronounce": table}})
    assert what in caught.value.what
    assert caught.value.code == "E-CONFIG"
    assert caught.value.next_step


def test_the_line_of_a_wrong_entry_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[voice.pronounce]\nCaen = "kon"\nNguyen = "w1"\n')
    with pytest.raises(ConfigError) as caught:
        load_config(file, must_exist=True)
    assert f"{file}, line 3: voice.pronounce.Nguyen" in caught.value.what


def test_a_right_table_is_taken_and_documented() -> None:
    table = {"Nguyen": "win", "O'Shea": "oh shay", "GIF": "[[dʒɪf]]"}
    assert config_from_dict({"voice": {"pronounce": table}}).voice.pronounce == table
    assert "pronounce = {}" in describe_config()


# -- the voice and its prepared sounds -------------------------------------------------------------


def own_voice(folder: Path, **pronounce: str) -> PiperVoice:
    path = folder / "own.onnx"
    write_tiny_voice(path)
    describe_tiny_voice(path)
    config = VoiceConfig(
        model=str(path), noise_scale=0.0, noise_w_scale=0.0, pronounce=dict(pronounce)
    )
    return PiperVoice(path, config, 1, None)


def test_the_voice_says_a_word_as_its_respelling(tmp_path: Path) -> None:
    plain, taught = own_voice(tmp_path), own_voice(tmp_path, hello="table")
    assert taught.sentences("Say hello.") == plain.sentences("Say table.")
    assert taught.sentences("Say hellos.") == plain.sentences("Say hellos.")


def test_phonemes_that_the_voice_lacks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        own_voice(tmp_path, hello="/ʘǃ/")
    assert "ʘ" in caught.value.what
    assert caught.value.place == "voice.pronounce.hello"
    assert caught.value.next_step


def test_a_prepared_sound_is_made_anew_only_where_its_words_are_said_otherwise(
    tmp_path: Path,
) -> None:
    texts = ["Hello there.", "Good night."]
    voice = own_voice(tmp_path)
    before = PreparedReplies(tmp_path / "r", "v", voice.rate_hz, resample_whole)
    before.prepare(texts, voice, lambda done, total: None)
    said = Pronunciation({"hello": "table"}).said
    after = PreparedReplies(tmp_path / "r", "v", voice.rate_hz, resample_whole, said)
    assert after.missing(texts) == ["Hello there."]
    after.prepare(texts, own_voice(tmp_path, hello="table"), lambda done, total: None)
    old, new = (one.sound(texts[0], voice.rate_hz) for one in (before, after))
    assert old is not None
    assert new is not None
    assert not np.array_equal(old, new)
    kept = (one.sound(texts[1], voice.rate_hz) for one in (before, after))
    np.testing.assert_array_equal(*kept)


@pytest.mark.models
def test_the_prepared_replies_know_the_table() -> None:
    taught = dataclasses.replace(Config().voice, pronounce={"Hello": "hullo"})
    plain, other = (open_prepared(dataclasses.replace(Config(), voice=voice))
                    for voice in (Config().voice, taught))  # fmt: skip
    text = "Hello, nobody has ever prepared this."
    assert plain._path(text) != other._path(text)
    assert plain._path("Good night.") == other._path("Good night.")


# -- the command line ----------------------------------------------------------------------------


def run(*arguments: str, given: str | None = None) -> str:
    done = CliRunner().invoke(make_app(arguments), arguments, input=given, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_the_words_are_printed_a_clause_a_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[voice.pronounce]\nNguyen = "win"\n')
    text = "Meet Mr. Nguyen on Main St. Then pay $1.50, **please**."
    assert run("say", "--words", text, "--config", str(config)).splitlines() == [
        "Meet Mister win on Main Street.",
        "Then pay one dollar and fifty cents, please.",
    ]


def test_the_words_of_standard_input_are_printed() -> None:
    assert run("say", "--words", "-", given="9am\n\n- 5 km\n").splitlines() == [
        "nine AM",
        "five kilometers",
    ]


def test_the_benchmark_prints_what_is_right_of_each_kind(tmp_path: Path) -> None:
    table = tmp_path / "mine.tsv"
    table.write_text("text\tspoken\tkind\n5 km\tfive kilometers\tunits\n3-2\tthree two\tscore\n")
    done = CliRunner().invoke(eval_app, ["say", str(table), "--silent"])
    assert done.exit_code == 0
    assert "MISS score: '3-2' → 'three to two', not 'three two'" in done.stdout
    assert "units 1/1  score 0/1" in done.stdout
    assert "mine.tsv: right 1 of 2 (50.0%), to the sign 1; a clause p50" in done.stdout
