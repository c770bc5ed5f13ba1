"""The sound card on a private PulseAudio server: what goes in and out, and devices that go away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.resample import resample_whole
from assistant.messages import Float32Array, Int16Array
from tests.pulse import Pulse, missing_tools
from tests.sound_program import SoundProgram

pytestmark = [
    pytest.mark.pulse,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

_STEADY = {"latency_ms": 150}
_ATTEMPTS = 3


@pytest.fixture
def pulse() -> Iterator[Pulse]:
    with Pulse() as server:
        yield server


def babble(seconds: float, seed: int) -> Float32Array:
    """Noise below 4 kHz, with silence around it: float32[n] at 16 kHz, never twice the same."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.1, round(8_000 * seconds)).astype(np.float32)
    sound = resample_whole(noise, 8_000, 16_000)
    return np.pad(np.clip(sound, -0.9, 0.9), (800, 8_000)).astype(np.float32)


def as_int16(sound: Float32Array) -> Int16Array:
    return (sound * 32767).astype(np.int16)


def likeness(recording: Int16Array, sound: Float32Array) -> float:
    """How exactly `sound` occurs in `recording`, 0 to 1 (normalised cross-correlation)."""
    hay, needle = recording.astype(np.float64), sound.astype(np.float64)
    size = 1 << (hay.size + needle.size).bit_length()
    spectrum = np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size))
    match = np.fft.irfft(spectrum, size)[: hay.size - needle.size + 1]
    squares = np.concatenate([[0.0], np.cumsum(hay**2)])
    norm = np.sqrt(squares[needle.size :] - squares[: -needle.size]) * np.linalg.norm(needle)
    return float(np.max(match / np.maximum(norm, 1.0)))


def hears(pulse: Pulse, program: SoundProgram, path: Path, seed: int) -> bool:
    """True when what is said into the microphone comes out as frames, exactly.

    Said up to three times: on a machine that is busy elsewhere the server itself may stutter.
    """
    for attempt in range(_ATTEMPTS):
        sound = babble(0.5, seed * 10 + attempt)
        pulse.play_samples(as_int16(sound))
        program.wait_for_frames(25)
        if likeness(program.sound(path)[0], sound) > 0.98:
            return True
    return False


def plays(pulse: Pulse, program: SoundProgram, path: Path, seed: int) -> bool:
    """True when what is pulled sounds from the speaker, and is reported in the frames as played.

    Up to three times, as in `hears`.
    """
    rate_hz = program.facts()["rate_hz"]
    for attempt in range(_ATTEMPTS):
        sound = babble(0.5, seed * 10 + attempt)
        with pulse.record() as heard:
            program.play(resample_whole(sound, 16_000, rate_hz), path.with_suffix(".npy"))
            program.wait_for_frames(50)
        reported = program.sound(path)[1]
        if min(likeness(heard.samples, sound), likeness(reported, sound)) > 0.95:
            return True
    return False


def test_it_hears_exactly_what_is_said_into_the_microphone(pulse: Pulse, tmp_path: Path) -> None:
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("hears")
        assert hears(pulse, program, tmp_path / "sound.npz", seed=1)
        assert not program.sound(tmp_path / "sound.npz")[1].any()
        assert program.facts()["indices_are_contiguous"]


def test_a_stall_of_the_machine_is_no_lost_device(pulse: Pulse, tmp_path: Path) -> None:
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("hears")
        program.wait_for_frames(25)
        for _ in range(3):
            program.stall(0.8)
            program.wait_for_frames(25)
        assert not [one for one in program.seen if one["event"].startswith("N-")]
        assert hears(pulse, program, tmp_path / "sound.npz", seed=4)


def test_the_first_halves_of_frames_arrive_before_them(pulse: Pulse) -> None:
    with SoundProgram(pulse.env) as program:
        program.wait_for("hears")
        program.wait_for_frames(100)
        assert program.facts()["halves_of_frames"] > 0  # how many depends on the machine
        assert program.facts()["indices_are_contiguous"]


def test_it_plays_what_is_pulled_and_reports_it_as_played(pulse: Pulse, tmp_path: Path) -> None:
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("hears")
        assert plays(pulse, program, tmp_path / "sound.npz", seed=2)


def test_an_echo_comes_after_what_was_reported_as_played(pulse: Pulse, tmp_path: Path) -> None:
    sound = babble(0.5, seed=3)[: 800 + 2_600]
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("hears")
        pulse.add_echo()
        program.wait_for_frames(50)
        rate_hz = program.facts()["rate_hz"]
        program.play(resample_whole(sound, 16_000, rate_hz), tmp_path / "play.npy")
        program.wait_for_frames(75)
        heard, played = program.sound(tmp_path / "sound.npz")
    size = 1 << (heard.size + played.size).bit_length()
    spectra = np.fft.rfft(heard.astype(float), size) * np.conj(np.fft.rfft(played, size))
    delay = int(np.argmax(np.fft.irfft(spectra, size)))
    assert 0 <= delay < 8_000


Unplug = Callable[[Pulse], None]


@pytest.mark.parametrize(
    ("unplug", "lost", "back"),
    [
        (Pulse.remove_microphone, "N-MICROPHONE-LOST", "N-MICROPHONE-BACK"),
        (Pulse.suspend_microphone, "N-MICROPHONE-LOST", "N-MICROPHONE-BACK"),
        (Pulse.remove_speaker, "N-SPEAKER-LOST", "N-SPEAKER-BACK"),
    ],
)
def test_it_survives_the_loss_of_a_device_and_takes_it_again(
    pulse: Pulse, tmp_path: Path, unplug: Unplug, lost: str, back: str
) -> None:
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("hears")
        program.wait_for_frames(25)
        unplug(pulse)
        notice = program.wait_for(lost)
        assert "Plug it in again" in notice["text"]
        program.wait_for_frames(50)
        pulse.restore()
        program.wait_for(back)
        assert hears(pulse, program, tmp_path / "sound.npz", seed=4)
        assert plays(pulse, program, tmp_path / "sound.npz", seed=5)
        assert program.facts()["indices_are_contiguous"]
        told = [event["event"] for event in program.seen]
        assert told.count(lost) == told.count(back) == 1
        other = "N-SPEAKER-LOST" if lost == "N-MICROPHONE-LOST" else "N-MICROPHONE-LOST"
        assert other not in told


def test_it_survives_a_crash_of_the_sound_server(pulse: Pulse, tmp_path: Path) -> None:
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("hears")
        pulse.stop_server()
        program.wait_for("N-SPEAKER-LOST")
        program.wait_for_frames(50)
        pulse.restore()
        program.wait_for("N-SPEAKER-BACK")
        program.wait_for_frames(50)
        assert hears(pulse, program, tmp_path / "sound.npz", seed=6)
        assert plays(pulse, program, tmp_path / "sound.npz", seed=7)
        told = [event["event"] for event in program.seen]
        for kind in ("MICROPHONE", "SPEAKER"):
            assert told.count(f"N-{kind}-LOST") == told.count(f"N-{kind}-BACK") == 1


def test_the_speaker_comes_back_each_time_and_the_microphone_goes_on(pulse: Pulse) -> None:
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("hears")
        for absent_frames in (10, 35, 60, 110):
            pulse.remove_speaker()
            program.wait_for("N-SPEAKER-LOST")
            program.wait_for_frames(absent_frames)
            pulse.restore()
            program.wait_for("N-SPEAKER-BACK")
        told = [event["event"] for event in program.seen]
        assert "N-MICROPHONE-LOST" not in told
        assert program.facts()["indices_are_contiguous"]


def test_it_starts_without_devices_and_takes_them_when_they_come(
    pulse: Pulse, tmp_path: Path
) -> None:
    pulse.stop_server()
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("N-MICROPHONE-LOST")
        program.wait_for("hears")  # the silence that stands for a microphone
        pulse.restore()
        program.wait_for("N-MICROPHONE-BACK")
        assert hears(pulse, program, tmp_path / "sound.npz", seed=8)


def test_another_microphone_can_be_chosen_while_it_runs(pulse: Pulse, tmp_path: Path) -> None:
    with SoundProgram(pulse.env, **_STEADY) as program:
        program.wait_for("hears")
        program.select("no such microphone")
        notice = program.wait_for("N-MICROPHONE-LOST")
        assert "no microphone called 'no such microphone'" in notice["text"]
        assert "default" in notice["text"]
        program.select("pulse")
        program.wait_for("N-MICROPHONE-BACK")
        assert hears(pulse, program, tmp_path / "sound.npz", seed=9)


def test_a_silent_microphone_is_pointed_out(pulse: Pulse) -> None:
    with SoundProgram(pulse.env, **_STEADY) as program:
        notice = program.wait_for("N-MICROPHONE-SILENT")
        assert "digital silence" in notice["text"]


CHECK = """
from assistant.audio.portaudio import check_devices
from assistant.config import AudioConfig
from assistant.errors import DeviceError
try:
    print(*(device.name for device in check_devices(AudioConfig({}))))
except DeviceError as error:
    print(error)
"""


def checked(pulse: Pulse, options: str = "") -> str:
    program = [sys.executable, "-c", CHECK.format(options)]
    return subprocess.run(program, env=pulse.env, capture_output=True, text=True).stdout


def test_the_check_names_the_devices_that_would_be_used(pulse: Pulse) -> None:
    assert checked(pulse) == "default default\n"


def test_the_check_tells_an_absent_microphone_from_an_absent_speaker(pulse: Pulse) -> None:
    no_microphone = checked(pulse, "input_device='absent'")
    assert "no microphone called 'absent'" in no_microphone
    assert "speaker" not in no_microphone
    no_speaker = checked(pulse, "output_device='absent'")
    assert "no speaker called 'absent'" in no_speaker
    assert "microphone" not in no_speaker


def test_the_check_says_that_nothing_opens_without_a_server(pulse: Pulse) -> None:
    pulse.stop_server()
    said = checked(pulse)
    assert "microphone" in said
    assert "speaker" in said
    assert "E-DEVICE" in said
