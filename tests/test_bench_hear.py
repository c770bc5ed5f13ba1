"""The measurement of hearing: exact mixes, tables that hold, and counts from scripted ears."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from assistant.assemble.loading import make_conversation
from assistant.bench.hear import commands, long_speech, singles
from assistant.bench.hear.commands import SNRS_DB, Case, ordered, ordered_slots
from assistant.bench.hear.ear import Ear
from assistant.bench.hear.kit import EXAMPLES, Kit, share, thinned
from assistant.bench.hear.mixing import NoisePool, loud_stretches, mixed
from assistant.bench.hear.parts import PARTS, parse_parts
from assistant.bench.hear.recordings import Cut, cuts
from assistant.bench.hear.table import COMMANDS, HELD_APART, NOW, is_understood, read_commands
from assistant.bench.hear.words import has_every_slot, normalised, word_errors
from assistant.cli.evaluate import eval_app
from assistant.config import Config
from assistant.errors import ConfigError, InputError
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array, Transcript
from assistant.talk.conversation import Conversation
from tests.scripted import Session, Words, drawn

WHERE = ((4000, 9000), (12_000, 15_000))
COLUMNS = ("file", "label", "label_kind", "seconds", "rate_hz", "channels", "speech_s", "source")


def speech(peak: float) -> Int16Array:
    """A second with two loud stretches and a faint rest."""
    sound = np.random.default_rng(3).normal(0, 20, SAMPLE_RATE_HZ)
    for start, end in WHERE:
        sound[start:end] = peak * np.sin(np.arange(end - start) / 5)
    return np.rint(sound).astype(np.int16)


def noise() -> Float32Array:
    """A second that is silent before the first stretch of speech."""
    made = np.random.default_rng(4).normal(0, 300, SAMPLE_RATE_HZ)
    made[: WHERE[0][0]] = 0
    return made.astype(np.float32)


def folder(path: Path, files: dict[str, Int16Array], **columns: str) -> Path:
    """A folder of recordings with its labels.tsv; `columns` are the same for all."""
    lines = ["\t".join(COLUMNS)]
    for name, sound in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path / name, sound, SAMPLE_RATE_HZ)
        row = dict.fromkeys(COLUMNS, "") | {"rate_hz": "16000", "channels": "1"} | columns
        lines.append("\t".join((row | {"file": name})[column] for column in COLUMNS))
    (path / "labels.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# -- mixing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("peak", [3000.0, 30_000.0])
@pytest.mark.parametrize("snr_db", [*SNRS_DB, -6.0])
def test_a_mix_has_exactly_the_ratio_during_the_speech(peak: float, snr_db: float) -> None:
    mix = mixed(speech(peak), WHERE, noise(), snr_db).astype(np.float64)
    said = speech(peak).astype(np.float64)
    alone = slice(0, WHERE[0][0])  # there the mix is the speech, made quieter where it would clip
    factor = float(np.dot(mix[alone], said[alone]) / np.dot(said[alone], said[alone]))
    inside = np.concatenate([np.arange(start, end) for start, end in WHERE])
    left = mix[inside] - factor * said[inside]
    power = np.mean((factor * said[inside]) ** 2)
    assert 10 * np.log10(power / np.mean(left**2)) == pytest.approx(snr_db, abs=0.05)
    assert (factor < 0.99) == (np.abs(mix).max() == 32767), "only what would clip is made quieter"


def test_nothing_is_mixed_with_silence() -> None:
    silent = np.zeros(SAMPLE_RATE_HZ, np.float32)
    with pytest.raises(ValueError, match="silent"):
        mixed(speech(3000), WHERE, silent, 6)
    with pytest.raises(ValueError, match="silent"):
        mixed(silent.astype(np.int16), WHERE, noise(), 6)


def test_a_name_has_the_same_noise_on_every_run_and_no_people_in_it(tmp_path: Path) -> None:
    made = np.random.default_rng(5).normal(0, 300, (2, 3 * SAMPLE_RATE_HZ)).astype(np.int16)
    people = "noise/music_198-209-0000.wav"
    data = folder(tmp_path, {"noise/fan.wav": made[0], people: made[1]}, source="kitchen20")
    pool, said = NoisePool(data), speech(3000)
    assert pool.kinds == ["kitchen"]
    first, kind = pool.under("a", said, WHERE, 6)
    assert kind == "kitchen"
    assert np.array_equal(first, NoisePool(data).under("a", said, WHERE, 6)[0])
    assert not np.array_equal(first, pool.under("b", said, WHERE, 6)[0])
    assert not np.array_equal(first, pool.under("a", said, WHERE, 12)[0])


def test_noise_that_sounds_in_the_pauses_only_is_not_taken(tmp_path: Path) -> None:
    click = np.zeros(SAMPLE_RATE_HZ, np.int16)
    click[:400] = 9000
    data = folder(tmp_path, {"noise/click.wav": click}, source="keystrokes")
    where = ((4000, 9000),)
    mix, _ = NoisePool(data).under("a", speech(3000), where, 6)
    left = mix.astype(int) - speech(3000)
    assert np.abs(left[4000:9000]).max() > 100


def test_a_word_without_a_label_is_found_by_its_level() -> None:
    sound = np.zeros(2 * SAMPLE_RATE_HZ, np.int16)
    sound[8000:12_000], sound[12_800:16_000], sound[26_000:26_160] = 5000, 2000, 100
    assert loud_stretches(sound) == ((8000, 16_000),)
    assert loud_stretches(np.zeros(500, np.int16)) == ((0, 500),)


# -- tables and words -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def at_home() -> Conversation:
    return make_conversation(
        Config(), None, files=[EXAMPLES / "home.py"], now=lambda: NOW.astimezone()
    )


@pytest.mark.parametrize("table", [COMMANDS, HELD_APART], ids=["open", "held apart"])
def test_every_command_is_understood_when_it_is_typed(table: Path, at_home: Conversation) -> None:
    wrong = [
        (one.text, decision and decision.name, decision and dict(decision.slots))
        for one in read_commands(table)
        if not is_understood(decision := at_home.decide(one.text), one)
    ]
    assert wrong == []


def test_the_tables_are_large_and_apart() -> None:
    shown, apart = ([one.text for one in read_commands(table)] for table in (COMMANDS, HELD_APART))
    assert (len(shown), len(apart)) == (64, 40)
    assert len({*shown, *apart}) == 104
    assert len({one.flow for one in read_commands(COMMANDS)}) >= 30
    assert f"{NOW:%A %d}" == "Wednesday 04", "the days in the tables are those after this one"


@pytest.mark.parametrize(
    "heard",
    [
        "Set a timer for fifty minutes.",
        "Set a pasta timer for ten minutes.",
        "Cancel the timer.",
        "Set a time for ten minutes.",
        "",
    ],
)
def test_another_length_name_or_flow_is_not_understood(heard: str, at_home: Conversation) -> None:
    command = next(one for one in read_commands(COMMANDS) if "ten minutes" in one.text)
    assert is_understood(at_home.decide("set a timer for 10 minutes"), command)
    assert not is_understood(at_home.decide(heard), command)


@pytest.mark.parametrize(
    ("text", "message"),
    [("text\tflow\n", "lacks columns"), ("text\tflow\tslots\nGo.\tgo\tspeed\n", "has no value")],
)
def test_a_table_that_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "table.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_commands(path)


def test_words_have_one_spelling() -> None:
    assert normalised("A 12-oz. Latte, the 4th!") == "a twelve ounce latte the fourth".split()
    assert word_errors("a b c d".split(), "a x c d e".split()) == 2
    assert has_every_slot("size=twelve ounce; drink=latte", normalised("12 oz latte"))
    assert not has_every_slot("size=twelve ounce; drink=latte", normalised("12 oz coffee"))
    label = "coffeeDrink=iced coffee; size=large"
    assert ordered_slots(label) == {"drink": "iced coffee", "size": "large"}


def test_recordings_are_cut_as_the_engine_cuts_them(tmp_path: Path) -> None:
    sound = (np.arange(3 * SAMPLE_RATE_HZ) - 1.5 * SAMPLE_RATE_HZ).astype(np.int16)
    data = folder(
        tmp_path,
        {"orders/a.wav": sound, "orders/b.wav": sound, "other/c.wav": sound},
        label="size=large",
        speech_s="[[1.0, 1.5], [1.7, 2.0]]",
    )
    first, second = cuts(data, ("orders",))
    assert [first.name, second.name] == ["orders/a.wav", "orders/b.wav"]
    assert (first.samples[0], first.samples.size) == (sound[9600], 33_600 - 9600)
    assert first.speech == ((6400, 14_400), (17_600, 22_400))
    assert first.speech_ms == pytest.approx(800)
    assert [one.name for one in cuts(data, ("orders",), every=2)] == ["orders/a.wav"]
    with pytest.raises(InputError, match=r"labels\.tsv"):
        list(cuts(tmp_path / "nowhere", ("orders",)))


# -- counting -------------------------------------------------------------------------------------


class Scripted:
    """A recogniser that hears `clean` in faint sound and `noisy` in loud sound."""

    def __init__(self, clean: str, noisy: str, **certainty: float) -> None:
        self._texts = clean, noisy
        self._certainty = certainty
        self.count_expected: Callable[[str], int] = lambda text: 0

    def transcribe(self, samples: Int16Array, should_stop: Callable[[], bool]) -> Transcript:
        loud = float(np.std(samples[: WHERE[0][0]])) > 100
        return Transcript(text=self._texts[loud], **self._certainty)


class Pool:
    """Mixes with a hum."""

    def under(self, name: str, said: Int16Array, where: Any, snr_db: float) -> tuple[Any, str]:
        return said + np.int16(400) * (np.arange(said.size) % 2 * 2 - 1).astype(np.int16), "typing"


def kit_of(**parts: Any) -> Kit:
    kit = Kit(config=Config(), data=Path("nowhere"))
    kit.__dict__.update(parts)  # instead of what would be loaded
    return kit


@pytest.fixture(scope="module")
def barista() -> Conversation:
    return make_conversation(Config(), None, files=[EXAMPLES / "barista.py"])


def test_orders_are_counted_by_condition(barista: Conversation) -> None:
    whisper: Any = Scripted("A large latte, please.", "A large lotto, please.")
    cut = Cut(name="a", folder="orders", label="", samples=speech(3000), speech=WHERE)
    shown: list[str] = []
    kit = kit_of(pool=Pool(), show=shown.append)
    cases = [Case(cut, ordered("coffeeDrink=latte; size=large"))] * 2
    finding = commands.measured(kit, Ear(whisper, barista), cases, "orders")
    right = {name: (one["cases"], one["right"]) for name, one in finding.figures.items()}
    noisy = {f"{snr:g} dB": (2, 0) for snr in SNRS_DB}
    assert right == {"clean": (2, 2), **noisy, "all mixes": (6, 0), "in typing": (6, 0)}
    assert "2 of 2 (100.0 %)" in finding.lines[1]
    assert len(shown) == 6
    assert "'A large lotto, please.'" in shown[0]


def test_what_is_dropped_as_noise_is_not_understood(barista: Conversation) -> None:
    whisper: Any = Scripted("A large latte.", "A large latte.", avg_logprob=-3.0)
    cut = Cut(name="a", folder="orders", label="", samples=speech(3000), speech=WHERE)
    heard = Ear(whisper, barista).hear(cut)
    assert (heard.text, heard.free) == ("", "")
    assert heard.drop == "no speech, say recogniser and detector"


def test_sums_are_shares_and_few_are_evenly_spread() -> None:
    assert share(3, 4) == "3 of 4 (75.0 %)"
    assert share(0, 0) == "none of none"
    assert thinned(range(10), 4) == [0, 2, 5, 7]
    assert thinned(range(3), 4) == [0, 1, 2]


def test_a_single_word_goes_through_the_whole_engine() -> None:
    scripted = Session(words=Words(lambda seconds: "Stop."), drop=lambda heard, ms: None)
    kit = kit_of(stages=scripted.stages(), config=scripted.config)
    sound = drawn("." * 20 + "#" * 20 + "." * 60)
    assert singles.played(kit, sound) == singles.Session(answered=("Stop.",), dropped=())
    scripted.drop = lambda heard, ms: "a cry, not words"
    kit = kit_of(stages=scripted.stages(), config=scripted.config)
    assert singles.played(kit, sound) == singles.Session(answered=(), dropped=("a cry, not words",))


def test_voice_notes_are_joined_without_their_pauses(tmp_path: Path) -> None:
    sound = np.full(3 * SAMPLE_RATE_HZ, 1000, np.int16)
    names = {"voicenotes/01_a.wav": sound, "voicenotes/02_b.wav": sound}
    data = folder(tmp_path, names, label="words", speech_s="[[0.5, 1.0], [2.0, 2.5]]")
    kit = kit_of(data=data)
    note = long_speech.joined(kit, (2, 1))
    assert note.label == "words words"
    # half a second of silence, then of each note 0.5 s, a pause of 0.15 s and 0.5 s
    assert note.samples.size == round((0.5 + 2 * 1.15) * SAMPLE_RATE_HZ)
    assert note.speech == ((0, note.samples.size),), "less than 3 s is one ending"


def test_long_speech_is_compared_with_stock_and_with_its_ending() -> None:
    sound = np.zeros(10 * SAMPLE_RATE_HZ, np.int16)
    ending = ((8 * SAMPLE_RATE_HZ, 10 * SAMPLE_RATE_HZ),)
    note = Cut(name="a", folder="b", label="One two three four.", samples=sound, speech=ending)
    ours = long_speech.Listened(text="one two three", turns=1, cpu_s=2.0, first_sound_ms=450.4)
    last = long_speech.Listened(text="four", turns=1, cpu_s=0.5, first_sound_ms=300.0)
    found = long_speech.figures(note, ours, last, "One two three for.")
    assert found == {
        "seconds": 10.0,
        "turns": 1,
        "word_errors_percent": 25.0,
        "word_errors_stock_percent": 25.0,
        "words_against_stock_percent": 25.0,
        "cpu_s_per_s": 0.2,
        "cpu_s_per_s_last": 0.25,
        "first_sound_ms": 450,
        "first_sound_last_ms": 300,
    }
    assert long_speech.shown([found])[-1].endswith("450 (300) ms, 1.50 times")


def test_the_first_sound_is_the_wait_and_the_work() -> None:
    marks = {0: (0.0, 0.0), 160: (1.0, 0.0), 320: (1.5, 0.0), 480: (1.7, 0.0), 640: (9.0, 0.0)}
    assert long_speech.waited_ms(marks, 160, 500) == pytest.approx(340 / 16 + 700)


# -- the command ----------------------------------------------------------------------------------


def test_parts_are_named() -> None:
    assert parse_parts([]) == list(PARTS)
    assert parse_parts(["noise", "orders"]) == ["orders", "noise"]
    with pytest.raises(ConfigError, match="there is no part 'music'"):
        parse_parts(["music"])


def test_the_command_says_what_it_needs_before_anything_loads(tmp_path: Path) -> None:
    run = CliRunner().invoke(eval_app, ["hear", "--only", "music"])
    assert isinstance(run.exception, ConfigError)
    asked = ["hear", "--only", "orders", "--data", str(tmp_path)]
    run = CliRunner().invoke(eval_app, asked)
    assert isinstance(run.exception, InputError)
    assert "labels.tsv" in run.exception.what
    run = CliRunner().invoke(eval_app, [*asked, "--json", str(tmp_path / "no" / "such.json")])
    assert isinstance(run.exception, InputError)
    assert "such.json" in run.exception.what
