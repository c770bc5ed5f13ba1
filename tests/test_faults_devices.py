"""No device, a wrong one, a sound system that hangs, a machine that stalls: told apart and told."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.audio import attempt
from assistant.audio.attempt import answered
from assistant.audio.hints import monitor_notice
from assistant.audio.patience import Patience, cpu_stalled_s
from assistant.audio.portaudio import DeviceInfo
from assistant.audio.side import Side
from assistant.errors import DeviceError

ROUND_S = 0.02


class Machine:
    """A clock and a count of stalls, both by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.stalled_s: float | None = 0.0
        self.patience = Patience(ROUND_S, lambda: self.now_s, lambda: self.stalled_s)

    def rounds_until_lost(self, round_s: float = ROUND_S, share: float = 0.0) -> float:
        """Seconds until a stream without callbacks is called lost, at most 100 rounds."""
        side: Side[Any] = Side("input", "")
        stream = SimpleNamespace(
            device=SimpleNamespace(name="mic"),
            callbacks=1,
            has_begun=True,
            has_ended=lambda: False,
        )
        side.opened(stream)
        side.is_lost(500, self.patience.passed_ms())
        began_s = self.now_s
        for _ in range(1000):
            self.now_s += round_s
            if self.stalled_s is not None:
                self.stalled_s += round_s * share
            if side.is_lost(500, self.patience.passed_ms()):
                break
        return self.now_s - began_s


def test_a_device_that_is_gone_is_lost_after_the_watchdogs_time() -> None:
    assert Machine().rounds_until_lost() == pytest.approx(0.52, abs=0.021)


def test_a_watchdog_that_was_woken_late_counts_two_rounds_for_it() -> None:
    assert Machine().rounds_until_lost(round_s=0.6) == pytest.approx(13 * 0.6)


def test_a_busy_machine_is_given_five_times_the_time_and_no_more() -> None:
    assert Machine().rounds_until_lost(share=1.0) == pytest.approx(2.52, abs=0.05)
    assert Machine().rounds_until_lost(share=9.0) == pytest.approx(2.52, abs=0.05)
    machine = Machine()
    machine.stalled_s = None
    assert machine.rounds_until_lost() == pytest.approx(0.52, abs=0.021)


def test_a_callback_begins_the_count_anew() -> None:
    side: Side[Any] = Side("output", "")
    stream = SimpleNamespace(
        device=SimpleNamespace(name="s"), callbacks=1, has_begun=True, has_ended=lambda: False
    )
    side.opened(stream)
    assert not side.is_lost(500, 400)
    assert not side.is_lost(500, 400)
    stream.callbacks += 1
    assert not side.is_lost(500, 400)
    assert not side.is_lost(500, 400)
    assert side.is_lost(500, 400)


@pytest.mark.skipif(cpu_stalled_s() is None, reason="the kernel does not tell")
def test_the_kernels_count_of_stalls_only_grows() -> None:
    first, second = cpu_stalled_s(), cpu_stalled_s()
    assert first is not None
    assert second is not None
    assert 0 < first <= second


# -- a sound system that does not answer ----------------------------------------------------------


def test_a_sound_system_that_hangs_is_given_up_with_a_next_step() -> None:
    stuck = threading.Event()
    try:
        with pytest.raises(DeviceError, match="the sound system did not answer in time") as caught:
            answered("the sound system", stuck.wait, limit_s=0.05)
        assert "restart the sound server" in caught.value.next_step
    finally:
        stuck.set()
    assert answered("the sound system", lambda: 7) == 7
    assert attempt.ANSWER_S <= 15


_HANGS = """
import sys, threading
from assistant.audio import attempt
attempt.ANSWER_S = 1.0
sys.argv = ["assistant", *sys.argv[1:]]
from assistant.__main__ import main
main()
"""


@pytest.mark.parametrize("command", [("run", "--lines"), ("devices",)])
def test_a_library_that_never_comes_back_ends_in_exit_code_five(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "sounddevice.py").write_text("import threading\nthreading.Event().wait()\n")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{_HANGS}",
            *command,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert done.stderr.startswith("assistant: the sound system did not answer in time [E-DEVICE]")


# -- no device, or a wrong one ---------------------------------------------------------------------

_NO_DEVICES = """
class PortAudioError(Exception): pass
DEVICES = [{"name": "mic", "hostapi": 0, "default_samplerate": 48000.0, "max_input_channels": 1,
            "max_output_channels": 0, "index": 0},
           {"name": "box", "hostapi": 0, "default_samplerate": 48000.0, "max_input_channels": 0,
            "max_output_channels": 2, "index": 1}]
def query_devices(kind=None):
    if kind is None: return DEVICES
    raise PortAudioError("no default")
def query_hostapis(): return [{"name": "fake"}]
def check_input_settings(**settings): pass
def check_output_settings(**settings): pass
def _exit_handler(): pass
"""


@pytest.mark.parametrize("is_there", [False, True])
def test_without_the_wanted_device_a_script_gets_exit_code_five_and_no_demo(
    tmp_path: Path, is_there: bool
) -> None:
    fake = _NO_DEVICES if is_there else _NO_DEVICES + "DEVICES = []\n"
    (tmp_path / "sounddevice.py").write_text(fake)
    config = tmp_path / "config.toml"
    config.write_text('[audio]\noutput_device = "kitchen"\n')
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{_HANGS}",
            *("run", "--lines", "--config", str(config)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert done.stdout == ""
    assert ("called 'kitchen'" in done.stderr) is is_there
    assert ("there is no microphone; there is no speaker" in done.stderr) is not is_there


@pytest.mark.parametrize(
    ("name", "is_monitor"),
    [
        ("Monitor of Built-in Audio Analog Stereo", True),
        ("alsa_output.pci-0000.analog-stereo.monitor", True),
        ("default", False),
        ("HDMI monitor microphone", False),
        ("USB PnP Sound Device: Audio (hw:1,0)", False),
    ],
)
def test_the_speakers_own_monitor_is_told_from_a_microphone(name: str, is_monitor: bool) -> None:
    device = DeviceInfo(number=1, name=name, rate_hz=48_000, input_channels=2, output_channels=0)
    notice = monitor_notice(device)
    assert (notice is not None and notice.code == "N-MONITOR") is is_monitor
