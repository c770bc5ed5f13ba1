"""Speech to text: pure rules on text and samples, then the real model on synthesised speech."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.bench.child import resident_mb
from assistant.config import TranscriberConfig, VoiceConfig
from assistant.errors import ModelError
from assistant.hearing.beam import EXPECTED_WORD, Hypothesis, likeliest
from assistant.hearing.hallucination import is_noise
from assistant.hearing.repetition import collapse_loops, has_loop, without_echo
from assistant.hearing.transcribe import Whisper
from assistant.hearing.windows import (
    split_at_quiet,
    to_float,
    turned_up,
    with_room,
    with_silence,
    with_tail,
)
from assistant.language.en.normalise import normalise
from assistant.messages import SAMPLE_RATE_HZ, Evidence, Int16Array, Transcript, ms_to_samples

MODELS = Path(__file__).parents[1] / "models"


def heard(text: str, avg_logprob: float = -0.2, no_speech_prob: float = 0.1) -> Transcript:
    return Transcript(text=text, avg_logprob=avg_logprob, no_speech_prob=no_speech_prob)


def go_on() -> bool:
    return False


# -- text that repeats itself ------------------------------------------------------------------


def test_a_loop_is_cut_to_its_first_unit() -> None:
    assert collapse_loops("Put the cup of " + "the cup of " * 20 + "tea") == "Put the cup of tea"
    assert collapse_loops("so " * 30) == "so"


@pytest.mark.parametrize(
    "text",
    [
        "No, no, no, no!",
        "uh uh uh uh uh uh",
        "ten, ten, ten",
        "a cup of tea and a cup of milk",
        "no no no no no",
        "two two two two",
        "555 5555",
        "555 5512",
        "5555 555",
        "20 2",
        "It is 5:55:55.",
        "100,000",
        "ha ha ha",
    ],
)
def test_repetition_that_people_say_is_left_alone(text: str) -> None:
    assert collapse_loops(text) == text
    assert not has_loop(text)
    assert without_echo(text) == text


@given(st.lists(st.sampled_from(["one", "two", "Three.", "four,"]), max_size=40))
def test_what_collapsing_returns_has_no_loop_by_words(words: list[str]) -> None:
    once = collapse_loops(" ".join(words))
    assert len(once.split()) <= len(words)
    assert set(once.split()) == set(words)


def test_a_sentence_said_twice_is_found_and_one_said_once_is_not() -> None:
    assert without_echo("Is it far? Is it far? Is it") == "Is it far?"
    assert without_echo("Yes, yes.") == "Yes,"
    assert without_echo("Is it far or is it near?") == "Is it far or is it near?"
    assert without_echo("I saw a red car? I saw a re") == "I saw a red car?"
    assert without_echo("") == ""
    asked = "There will be hallway track sessions. Can I suggest a hallway track session?"
    assert without_echo(asked) == asked, "the same words in another sentence"


# -- what the encoder is shown -----------------------------------------------------------------


def test_the_window_has_a_multiple_of_half_a_second_and_never_above_thirty_seconds() -> None:
    mel = np.ones((80, 151), dtype=np.float32)
    window = with_tail(mel, tail_frames=200, floor_frames=300)
    assert window.shape == (80, 400)
    assert window[:, :151].all()
    assert not window[:, 151:].any()
    assert with_tail(mel, tail_frames=149, floor_frames=300).shape == (80, 300)
    assert with_tail(mel, tail_frames=10, floor_frames=300).shape == (80, 300)
    assert with_tail(mel, tail_frames=3000, floor_frames=0).shape == (80, 3000)


def test_utterances_of_all_lengths_are_shown_in_few_lengths() -> None:
    utterances = [np.zeros((80, frames), np.float32) for frames in range(50, 1000, 7)]
    lengths = {with_tail(mel, tail_frames=100, floor_frames=300).shape[1] for mel in utterances}
    assert lengths == set(range(300, 1101, 50)), "each length that is met costs memory for good"


def test_encoded_silence_stands_behind_the_utterance_and_never_beyond_thirty_seconds() -> None:
    silence = np.arange(1500, dtype=np.float32).reshape(1, 1500, 1)
    spoken = np.full((1, 100, 1), -1, dtype=np.float32)
    memory = with_silence(spoken, silence, 250)[0, :, 0]
    assert (memory[:100] == -1).all()
    assert memory[100:].tolist() == list(range(1250, 1500))
    assert with_silence(spoken, silence, 1500)[0, 100:, 0].tolist() == list(range(100, 1500))
    assert with_silence(spoken, silence, 0).shape == (1, 100, 1)
    assert with_silence(silence, silence, 250).shape == (1, 1500, 1)


def test_a_very_short_sound_gets_room_on_both_sides() -> None:
    sound = np.ones(1600, dtype=np.float32)
    roomy = with_room(sound)
    assert len(roomy) == 8000
    assert not roomy[:3200].any()
    assert roomy[3200:4800].all()
    assert not roomy[4800:].any()
    assert len(with_room(np.ones(9000, dtype=np.float32))) == 9000


def test_long_sound_is_cut_in_its_quiet_place_and_nothing_is_lost() -> None:
    samples = np.full(40 * SAMPLE_RATE_HZ, 1000, dtype=np.int16)
    pause = slice(25 * SAMPLE_RATE_HZ, 25 * SAMPLE_RATE_HZ + 8000)
    samples[pause] = 0
    first, second = split_at_quiet(samples, 29 * SAMPLE_RATE_HZ)
    assert pause.start <= len(first) <= pause.stop
    assert np.array_equal(np.concatenate([first, second]), samples)


def test_full_scale_samples_stay_within_one() -> None:
    sound = to_float(np.array([-32768, 0, 32767], dtype=np.int16))
    assert sound.dtype == np.float32
    assert sound[0] == -1.0
    assert sound[2] < 1.0


def test_a_quiet_sound_is_turned_up_for_the_recogniser_and_another_is_not() -> None:
    quiet = np.array([0.0, 0.015, -0.029], np.float32)
    assert np.abs(turned_up(quiet)).max() == pytest.approx(0.3)
    assert turned_up(quiet * np.float32(0.01)).min() == pytest.approx(-0.00029 * 32)
    for sound in (np.array([0.031, 0.0], np.float32), np.zeros(3, np.float32), quiet[:0]):
        assert turned_up(sound) is sound


# -- the model itself --------------------------------------------------------------------------


def test_a_missing_directory_names_the_files_and_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.bin") as caught:
        Whisper(tmp_path / "nowhere", TranscriberConfig())
    assert "make models" in caught.value.next_step


# -- words that are expected -------------------------------------------------------------------


def count_menu(text: str) -> int:
    return sum(word in text.lower() for word in ("mocha", "roast"))


def test_an_expected_word_is_preferred_when_it_is_nearly_as_likely() -> None:
    near = 0.9 * EXPECTED_WORD
    beam = [
        Hypothesis("A dark rose moga.", -4.0, 6),
        Hypothesis("A dark rose mocha.", -4.0 - near, 6),
        Hypothesis("A dark roast mocha.", -4.0 - 2 * near, 6),
    ]
    assert likeliest(beam, count_menu).text == "A dark roast mocha."
    assert likeliest(beam[:2], count_menu).text == "A dark rose mocha."


def test_an_expected_word_that_nobody_said_is_not_heard() -> None:
    beam = [
        Hypothesis("A dark rose.", -4.0, 5),
        Hypothesis("A dark roast.", -4.1 - EXPECTED_WORD, 5),
    ]
    assert likeliest(beam, count_menu) is beam[0]


def test_the_likeliest_wins_among_those_with_expected_words() -> None:
    beam = [
        Hypothesis("A dark rose moga with sugar.", -11.0, 20),
        Hypothesis("A dark roast mocha with sugar.", -12.0, 20),
        Hypothesis("A roast moga with sugar.", -12.1 + EXPECTED_WORD, 16),
    ]
    assert likeliest(beam, count_menu) is beam[1]
    better = Hypothesis("A roast moga with sugar.", -11.9 + EXPECTED_WORD, 16)
    assert likeliest([*beam[:2], better], count_menu) is better


def test_without_more_expected_words_the_recogniser_keeps_its_choice() -> None:
    beam = [Hypothesis("A mocha.", -4.0, 4), Hypothesis("A mocha", -3.0, 3)]
    assert likeliest(beam, count_menu) is beam[0]
    assert likeliest(beam, lambda text: 0) is beam[0]


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    directory = MODELS / "whisper-tiny.en"
    if not directory.is_dir():
        pytest.skip("needs models/whisper-tiny.en (make models)")
    return Whisper(directory, TranscriberConfig(threads=2))


class Speaker:
    """Piper as the person who speaks to Whisper."""

    def __init__(self, path: Path) -> None:
        from assistant.voice.piper_voice import PiperVoice

        self._voice = PiperVoice(path, VoiceConfig(noise_scale=0.0, noise_w_scale=0.0))

    def say(self, text: str) -> Int16Array:
        """int16[n] at 16 kHz with 0.4 s of silence before it and 0.1 s after it."""
        import soxr

        sound = np.concatenate(list(self._voice.synthesise(text, go_on)))
        sound = soxr.resample(sound, self._voice.rate_hz, SAMPLE_RATE_HZ)
        sound = np.pad(sound, (int(0.4 * SAMPLE_RATE_HZ), int(0.1 * SAMPLE_RATE_HZ)))
        return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


@pytest.fixture(scope="module")
def speaker() -> Speaker:
    path = MODELS / "piper-en_US-joe-medium" / "en_US-joe-medium.onnx"
    if not path.is_file():
        pytest.skip("needs models/piper-en_US-joe-medium (make models)")
    return Speaker(path)


def words_of(transcript: Transcript | None) -> list[str]:
    assert transcript is not None
    return re.sub(r"[^\w' ]", " ", transcript.text.lower()).split()


@pytest.mark.models
def test_a_spoken_question_comes_back_in_its_words(whisper: Whisper, speaker: Speaker) -> None:
    samples = speaker.say("What is the weather like in London today?")
    said = ["what", "is", "the", "weather", "like", "in", "london", "today"]
    assert words_of(whisper.transcribe(samples, go_on)) == said


@pytest.mark.models
@pytest.mark.parametrize("word", ["Yes.", "No.", "Stop."])
def test_one_word_is_enough(whisper: Whisper, speaker: Speaker, word: str) -> None:
    assert words_of(whisper.transcribe(speaker.say(word), go_on)) == [word.lower().strip(".")]


@pytest.mark.models
@pytest.mark.data
@pytest.mark.parametrize("word", ["alexa", "computer", "jarvis"])
def test_a_recorded_word_is_not_said_twice(whisper: Whisper, word: str) -> None:
    import soundfile

    data = Path(__file__).parents[2] / "shared" / "data" / "wakewords"
    recordings = sorted(data.rglob(f"*{word}*.flac"))[:6]
    if not recordings:
        pytest.skip("needs ../shared/data/wakewords")
    for recording in recordings:
        samples, _ = soundfile.read(recording, dtype="int16")
        words = words_of(whisper.transcribe(samples, go_on))
        assert len(words) == len(set(words)), recording.name


@pytest.mark.models
@pytest.mark.data
def test_more_of_the_menu_is_heard_when_it_is_expected(whisper: Whisper, data: Path) -> None:
    import soundfile

    # each names a roast or a mocha, and was heard as "rose" or "moga" on some processor
    names = "36401774 32fab152 8a92c476 a63a5dcf bc26d528 b425ec34 69954475 a7ee7bfa".split()
    recordings = [next((data / "orders").glob(f"{name}-*.flac")) for name in names]
    orders = [soundfile.read(one, dtype="int16", stop=5 * SAMPLE_RATE_HZ)[0] for one in recordings]

    def heard_of_menu() -> list[int]:
        found = [whisper.transcribe(order, go_on) for order in orders]
        return [count_menu(one.text) if one else 0 for one in found]

    without = heard_of_menu()
    whisper.count_expected = count_menu
    try:
        expected = heard_of_menu()
    finally:
        whisper.count_expected = lambda text: 0
    assert all(more >= less for more, less in zip(expected, without, strict=True))
    assert sum(expected) > sum(without)


@pytest.mark.models
def test_silence_gives_no_words(whisper: Whisper) -> None:
    result = whisper.transcribe(np.zeros(2 * SAMPLE_RATE_HZ, dtype=np.int16), go_on)
    assert result is not None
    assert is_noise(result, Evidence()) is not None
    empty = whisper.transcribe(np.zeros(0, dtype=np.int16), go_on)
    assert empty is not None
    assert empty.text == ""


@pytest.mark.models
@pytest.mark.parametrize("asked", [1, 2, 3])
def test_it_stops_at_every_step_when_asked(whisper: Whisper, speaker: Speaker, asked: int) -> None:
    answers = iter([False] * (asked - 1) + [True])
    assert whisper.transcribe(speaker.say("Good morning."), lambda: next(answers)) is None
    assert next(answers, None) is None


@pytest.mark.models
def test_forty_seconds_keep_every_word_at_the_seam(whisper: Whisper, speaker: Speaker) -> None:
    animals = [
        "a black dog", "a white horse", "a brown cow", "a small mouse", "a big elephant",
        "a wild tiger", "a young lion", "an old monkey", "a fat rabbit", "a green snake",
        "a grey wolf", "a red fox", "a yellow bird", "a happy chicken", "a clever spider",
    ]  # fmt: skip
    samples = np.concatenate([speaker.say(f"Yesterday my sister saw {it}.") for it in animals])
    samples = np.concatenate([samples, np.zeros(max(0, 40 * 16000 - len(samples)), np.int16)])
    words = words_of(whisper.transcribe(samples, go_on))
    assert [it.split()[-1] for it in animals if it.split()[-1] not in words] == []
    assert words.count("sister") == len(animals)


@pytest.mark.models
def test_memory_does_not_grow_with_every_length(whisper: Whisper, speaker: Speaker) -> None:
    sentence = speaker.say("Please tell me about the weather in the mountains of Peru tomorrow.")

    def hear(lengths_ms: range) -> None:
        for length in lengths_ms:
            whisper.transcribe(sentence[: ms_to_samples(length)], go_on, is_partial=True)

    hear(range(1500, 3500, 250))
    before_mb = resident_mb()
    hear(range(1510, 3490, 30))
    assert resident_mb() < before_mb + 15, "50 compiled lengths would be 35 MB"


@pytest.mark.models
def test_a_loop_of_the_decoder_is_never_returned(whisper: Whisper) -> None:
    random = np.random.default_rng(3)
    for seconds in (2, 5, 12):
        hum = np.sin(np.arange(seconds * SAMPLE_RATE_HZ) * 2 * np.pi * 120 / SAMPLE_RATE_HZ)
        noise = 6000 * hum + 2000 * random.standard_normal(len(hum))
        result = whisper.transcribe(noise.astype(np.int16), go_on)
        assert result is not None
        assert collapse_loops(result.text) == result.text


@pytest.mark.models
@pytest.mark.parametrize(
    "sentence",
    ["Set a timer for five minutes, please.", "Please tell me about the weather tomorrow."],
)
def test_both_windows_hear_the_same_clear_sentence(
    whisper: Whisper, speaker: Speaker, sentence: str
) -> None:
    full = Whisper(MODELS / "whisper-tiny.en", TranscriberConfig(window="full", threads=2))
    samples = speaker.say(sentence)
    wide, short = full.transcribe(samples, go_on), whisper.transcribe(samples, go_on)
    assert wide is not None
    assert short is not None
    assert normalise(wide.text) == normalise(short.text), "five may be written 5"
