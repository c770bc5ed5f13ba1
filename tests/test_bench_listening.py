"""The benchmark's ear: where the user falls silent and where an answer begins, to the frame."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.recording import read_recording
from assistant.bench.listening import HOP, first_audible, judge, levels_db, silence_onset
from assistant.messages import SAMPLE_RATE_HZ, Int16Array

AMPLITUDES = {"#": 8000, "+": 800, "-": 120, ".": 8}


def drawn(picture: str) -> Int16Array:
    """Noise, one character 10 ms: '#' speech, '+' a weak consonant, '-' a breath, '.' the room."""
    noise = np.random.default_rng(1).uniform(-1, 1, len(picture) * HOP)
    loudness = np.repeat([AMPLITUDES[mark] for mark in picture], HOP)
    return np.asarray(noise * loudness, dtype=np.int16)


ROOM = "." * 60
WORD = "#" * 30


@pytest.mark.parametrize(
    ("tail", "end"),
    [
        ("", 90),
        ("+++++", 95),
        (".........." + "+" * 10, 110),
        ("." * 30 + "#" * 12, 132),
    ],
)
def test_the_last_word_ends_at_its_last_loud_frame(tail: str, end: int) -> None:
    assert silence_onset(drawn(ROOM + WORD + tail + ROOM)) == end * HOP


@pytest.mark.parametrize("after", ["##", "####", "-" * 40])
def test_a_click_or_a_breath_after_the_words_does_not_count(after: str) -> None:
    assert silence_onset(drawn(ROOM + WORD + "." * 40 + after + ROOM)) == 90 * HOP


def test_a_label_keeps_later_speech_of_others_out() -> None:
    sound = drawn(ROOM + WORD + "." * 40 + WORD + ROOM)
    assert silence_onset(sound) == 160 * HOP
    assert silence_onset(sound, not_after=110 * HOP) == 90 * HOP


def test_rumble_does_not_hide_a_final_consonant() -> None:
    picture = ROOM + WORD + "+" * 10 + ROOM
    time_s = np.arange(len(picture) * HOP) / SAMPLE_RATE_HZ
    rumble = (500 * np.sin(2 * np.pi * 50 * time_s)).astype(np.int16)
    assert silence_onset(drawn(picture) + rumble) == 100 * HOP


@pytest.mark.parametrize("sound", [np.zeros(0, np.int16), np.zeros(16_000, np.int16), drawn(ROOM)])
def test_nobody_speaks_in_silence(sound: Int16Array) -> None:
    assert silence_onset(sound) is None


def test_a_level_is_floored_and_whole_frames_only() -> None:
    levels = levels_db(np.zeros(2 * HOP + 7, np.int16))
    assert levels.tolist() == [-90.0, -90.0]


def played(*sounds: tuple[int, int], loudness: int = 197) -> Int16Array:
    """What was played: sound from sample to sample, at -44 dBFS."""
    channel = np.zeros(SAMPLE_RATE_HZ * 2, np.int16)
    for start, end in sounds:
        channel[start:end] = loudness
    return channel


def test_the_first_audible_sample_is_exact() -> None:
    assert first_audible(played((1234, 2000))) == 1234
    assert first_audible(played((1234, 2000)), after=1500) == 1500
    assert first_audible(played((1234, 2000), loudness=196)) is None


def test_an_answer_after_the_onset_is_measured() -> None:
    found = judge(played((9000, 12_000)), 8000, [])
    assert (found.first_audible, found.is_false_start) == (9000, False)


def test_sound_before_the_onset_is_a_false_start_and_not_the_answer() -> None:
    found = judge(played((3000, 4000), (9000, 12_000)), 8000, [])
    assert (found.first_audible, found.is_false_start) == (9000, True)


def test_a_false_start_that_goes_on_past_the_onset_is_skipped() -> None:
    over = judge(played((7000, 9000), (12_000, 14_000)), 8000, [])
    assert (over.first_audible, over.is_false_start) == (12_000, True)
    with_pause = judge(played((7000, 9000), (12_000, 14_000)), 8000, [14_000])
    assert (with_pause.first_audible, with_pause.is_false_start) == (None, True)


def test_no_sound_is_no_answer() -> None:
    found = judge(played(), 8000, [])
    assert (found.first_audible, found.is_false_start) == (None, False)


@pytest.mark.data
@pytest.mark.parametrize("folder", ["questions", "orders"])
def test_onsets_agree_with_the_labels_of_the_recordings(data: Path, folder: str) -> None:
    """Silero's segments end up to 70 ms late, and breaths are in some of them."""
    with (data / "labels.tsv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if r["file"].startswith(folder)]
    late_ms = []
    for row in rows[::4]:
        label = json.loads(row["speech_s"])[-1][1]
        onset = silence_onset(read_recording(data / row["file"]))
        assert onset is not None
        late_ms.append((onset / SAMPLE_RATE_HZ - label) * 1000)
    assert -110 < float(np.median(late_ms)) < 0
    assert float(np.percentile(np.abs(late_ms), 90)) < 200
