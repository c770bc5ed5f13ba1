"""The monitor of the speaker is told from a room by its sound alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.audio.monitor import MonitorWatch
from assistant.audio.recording import read_recording
from assistant.messages import FRAME_SAMPLES, SAMPLE_RATE_HZ, Int16Array

RNG = np.random.default_rng(5)


def speech_like(seconds: float) -> Int16Array:
    """Noise in syllables: 150 ms loud, 50 ms nearly silent."""
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    loud = np.where(times % 0.2 < 0.15, 1.0, 0.02)
    smooth = np.convolve(RNG.normal(0, 9000, times.size), np.ones(6) / 6, "same")
    return (smooth * loud).clip(-30_000, 30_000).astype(np.int16)


def silence(seconds: float) -> Int16Array:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)


def hiss(seconds: float) -> Int16Array:
    return RNG.normal(0, 20, round(seconds * SAMPLE_RATE_HZ)).astype(np.int16)


def delayed(samples: Int16Array, ms: float, gain_db: float = 0.0) -> Int16Array:
    """`samples` later by `ms` (earlier, if negative) and louder by `gain_db`."""
    by = round(ms * SAMPLE_RATE_HZ / 1000)
    moved = np.roll(samples.astype(np.float64), by) * 10 ** (gain_db / 20)
    moved[: max(by, 0)] = 0
    return moved.round().astype(np.int16)


def told(watch: MonitorWatch, heard: Int16Array, played: Int16Array) -> list[tuple[str, int]]:
    """The codes of its notices, each with the frame after which it came."""
    found = []
    for number in range(min(heard.size, played.size) // FRAME_SAMPLES):
        part = slice(number * FRAME_SAMPLES, (number + 1) * FRAME_SAMPLES)
        notice = watch.hear(heard[part], played[part])
        if notice is not None:
            found.append((notice.code, number))
    return found


@pytest.mark.parametrize("gain_db", [0.0, -12.0, -24.0])
@pytest.mark.parametrize("delay_ms", [-40.0, 0.0, 120.0, 600.0])
def test_a_monitor_is_known_within_a_fifth_of_a_second_of_its_sound(
    gain_db: float, delay_ms: float
) -> None:
    played = np.concatenate([silence(1.0), speech_like(2.0)])
    watch = MonitorWatch()
    ((code, frame),) = told(watch, delayed(played, delay_ms, gain_db), played)
    assert (code, watch.hears_itself) == ("N-MONITOR", True)
    assert 0 < frame * 20 - 1000 - delay_ms <= 220


def test_a_room_is_no_monitor() -> None:
    played = np.concatenate([silence(1.0), speech_like(6.0)])
    echo = sum(
        delayed(played, ms, db).astype(np.int32)
        for ms, db in ((30, 0), (34, -4), (41, -6), (60, -8))
    )
    heard = (echo // 2).clip(-32_000, 32_000).astype(np.int16)
    watch = MonitorWatch()
    assert told(watch, heard, played) == []
    assert not watch.hears_itself


def test_a_person_who_speaks_over_the_answer_is_no_monitor() -> None:
    played, said = speech_like(4.0), speech_like(4.0)
    heard = (delayed(played, 40, -6) + said // 2).astype(np.int16)
    assert told(MonitorWatch(), heard, played) == []


def test_where_sound_comes_in_while_none_is_played_it_is_a_microphone_again() -> None:
    played = np.concatenate([speech_like(2.0), silence(6.0)])
    heard = np.concatenate([played[: 2 * SAMPLE_RATE_HZ], silence(3.0), hiss(3.0)])
    watch = MonitorWatch()
    found = told(watch, heard, played)
    assert [code for code, _ in found] == ["N-MONITOR", "N-MICROPHONE-BACK"]
    assert found[1][1] * 20 == pytest.approx(6000, abs=60)
    assert not watch.hears_itself
    assert [code for code, _ in told(watch, speech_like(1.0), silence(1.0))] == []


def test_a_new_session_begins_without_what_was_known() -> None:
    watch, played = MonitorWatch(), speech_like(2.0)
    assert told(watch, played, played)
    watch.reset()
    assert not watch.hears_itself
    assert told(watch, played, played)


@pytest.mark.data
def test_no_laptop_that_hears_itself_is_taken_for_a_monitor(data: Path) -> None:
    for microphone in sorted((data / "echo").glob("*_mic.flac")):
        reference = microphone.with_name(microphone.name.replace("_mic", "_lpb"))
        heard, played = read_recording(microphone), read_recording(reference)
        assert told(MonitorWatch(), heard, played) == [], microphone.name
