"""A device that was lost is tried by another process first: whatever happens there, this one goes
on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.audio import door as doors
from assistant.audio import scout as scouts
from assistant.audio import side as sides
from assistant.audio.door import SoundDoor
from assistant.audio.portaudio import DeviceInfo
from assistant.audio.scout import Proof, Scout, own_command
from assistant.audio.side import Side
from assistant.audio.streams import MicrophoneStream, SpeakerStream
from assistant.errors import DeviceError
from tests.sound_program import SoundProgram

TESTS = Path(__file__).parent
LONG_S = 120.0
"""Longer than anything takes that comes to an end."""
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="nothing is tried first here"
)

# -- the whole sound device, on a PortAudio that crashes ------------------------------------------


def with_crashing_sound(folder: Path) -> dict[str, str]:
    """The environment in which that PortAudio is found, steered by `folder`."""
    paths = f"{TESTS / 'crashing_sound'}{os.pathsep}{TESTS.parent}"
    return {**os.environ, "CRASHING_SOUND": str(folder), "PYTHONPATH": paths}


def with_limits(folder: Path) -> SoundProgram:
    """The sound device, with all the time that a busy machine may need."""
    limits = {
        "scout._START_S": LONG_S,
        "scout._ANSWER_S": LONG_S,
        "scout._FRESH_S": LONG_S,
        "door._LIMIT_S": LONG_S,
        "door._SCOUTING_LIMIT_S": 3 * LONG_S,
        "side._FIRST_CALLBACK_MS": 1000 * LONG_S,
    }
    return SoundProgram(with_crashing_sound(folder), limits, watchdog_ms=10_000)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[SoundProgram]:
    """Its microphone is there and works."""
    with with_limits(tmp_path) as started:
        started.wait_for("hears")
        yield started


def processes(told: Path) -> set[int]:
    """Those that have left a line in a file."""
    return {int(line) for line in told.read_text().splitlines()} if told.exists() else set()


def lose_microphone(program: SoundProgram, folder: Path) -> None:
    """It goes away, and an attempt to open it has crashed."""
    (folder / "away").touch()
    program.wait_for("N-MICROPHONE-LOST")
    for _ in range(600):
        if processes(folder / "crashed"):
            return
        program.wait_for_frames(5)  # silence stands in; without the guard nobody counts any more
    pytest.fail("nobody has tried to open it")


def test_a_crash_while_a_lost_device_is_opened_ends_another_process(
    program: SoundProgram, tmp_path: Path
) -> None:
    lose_microphone(program, tmp_path)
    (tmp_path / "away").unlink()
    program.wait_for("N-MICROPHONE-BACK")
    program.wait_for_frames(5)
    assert program.number not in processes(tmp_path / "crashed")
    assert program.number not in processes(tmp_path / "renewed"), "its list was right"
    assert program.facts()["indices_are_contiguous"]
    assert [one["event"] for one in program.seen if one["event"].startswith("N-")] == [
        "N-MICROPHONE-LOST",
        "N-MICROPHONE-BACK",
    ]


def test_a_device_that_the_list_lacks_is_taken_by_a_new_list(tmp_path: Path) -> None:
    (tmp_path / "unlisted").touch()
    with with_limits(tmp_path) as program:
        program.wait_for("N-MICROPHONE-LOST")
        assert program.number not in processes(tmp_path / "renewed")
        (tmp_path / "unlisted").unlink()
        program.wait_for("N-MICROPHONE-BACK")
        assert program.number in processes(tmp_path / "renewed")


def test_a_device_that_another_process_sees_otherwise_is_taken_after_one_new_list(
    program: SoundProgram, tmp_path: Path
) -> None:
    (tmp_path / "other").touch()
    lose_microphone(program, tmp_path)
    (tmp_path / "away").unlink()
    program.wait_for("N-MICROPHONE-BACK")
    renewed = (tmp_path / "renewed").read_text().split()
    assert renewed.count(str(program.number)) == 1


# -- the scout alone -------------------------------------------------------------------------------

SAYS = """
import os, sys, threading, time
from assistant.audio import scouting
from assistant.errors import DeviceError
def load():
    os.write(1, b"a native library\\n")
    raise RuntimeError("Error initializing PortAudio")
def prove(kind, wanted, listed, rate_hz):
    if wanted == "crash": os.abort()
    if wanted.startswith("hang"):
        for busy in wanted.split()[1:]: open(busy, "w").close()
        threading.Event().wait()
    if wanted == "refuse": raise DeviceError("'x' does not open: busy", "close it")
    if wanted == "print": os.write(1, b"a native library\\n")
    if wanted == "raise": raise RuntimeError("PortAudio not initialized")
    return {"name": f"{kind} {wanted}", "channels": 2, "form": [1, rate_hz]}
scouting.serve(prove, lambda: None, load)
"""


@pytest.fixture
def scout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scout]:
    monkeypatch.setenv("PYTHONPATH", str(TESTS.parent))
    for limit in ("_START_S", "_ANSWER_S", "_FRESH_S"):
        monkeypatch.setattr(scouts, limit, LONG_S)
    made = Scout(22_050, [sys.executable, "-c", SAYS])
    yield made
    made.rest()


def test_what_it_found_is_told(scout: Scout) -> None:
    proof = scout.prove("output", "box")
    assert proof is not None
    assert (proof.name, proof.channels) == ("output box", 2)
    assert proof.form == (1, 22_050)
    assert proof.is_fresh
    with pytest.raises(DeviceError, match="'x' does not open: busy") as caught:
        scout.prove("output", "refuse")
    assert caught.value.next_step == "close it"


def test_a_crash_and_a_hang_are_refusals_and_the_next_attempt_is_made(
    scout: Scout, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DeviceError, match="failed or hung"):
        scout.prove("input", "crash")
    assert not scout.is_out
    assert scout.prove("input", "mic") is not None
    monkeypatch.setattr(scouts, "_ANSWER_S", 0.1)
    with pytest.raises(DeviceError, match="failed or hung"):
        scout.prove("input", "hang")
    monkeypatch.setattr(scouts, "_ANSWER_S", LONG_S)
    assert scout.prove("input", "mic") is not None
    assert scout.serves


CANNOT_START = [
    [sys.executable, "-c", "import sys; sys.exit(1)"],
    [sys.executable, "-c", "raise ImportError"],
    ["/nowhere/python"],
]


@pytest.mark.parametrize("command", CANNOT_START)
def test_one_that_did_not_start_three_times_is_done_without(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("_START_S", "_END_S"):
        monkeypatch.setattr(scouts, limit, LONG_S)
    scout = Scout(22_050, command)
    for _ in range(2):
        with pytest.raises(DeviceError, match="does not start"):
            scout.prove("input", "")
        assert scout.serves
        assert not scout.may_start, "the next question starts it, in its own time"
    assert scout.prove("input", "") is None
    assert not scout.serves


STARTS_EACH_THIRD_TIME = """
import os, pathlib, sys
count = pathlib.Path(sys.argv[1])
with count.open("a") as starts: starts.write(".")
if count.stat().st_size % 3: sys.exit(1)
"""


def test_a_start_that_succeeds_makes_up_for_those_before(
    scout: Scout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scouts, "_END_S", LONG_S)
    code = STARTS_EACH_THIRD_TIME + SAYS
    scout = Scout(22_050, [sys.executable, "-c", code, str(tmp_path / "starts")])
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(DeviceError, match="does not start"):
                scout.prove("input", "mic")
        assert scout.prove("input", "mic") is not None
        scout.rest()
    assert scout.serves
    assert (tmp_path / "starts").stat().st_size == 6


def test_starts_that_crash_leave_it_in_service(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("_START_S", "_END_S"):
        monkeypatch.setattr(scouts, limit, LONG_S)
    scout = Scout(22_050, [sys.executable, "-c", "import os; os.abort()"])
    for _ in range(4):
        with pytest.raises(DeviceError, match="failed or hung"):
            scout.prove("input", "")
    assert scout.serves


def test_what_portaudio_raises_is_a_refusal_and_what_it_prints_no_answer(scout: Scout) -> None:
    with pytest.raises(DeviceError, match="the sound system failed: PortAudio not initialized"):
        scout.prove("input", "raise")
    proof = scout.prove("input", "print")
    assert proof is not None
    assert proof.name == "input print"


def test_what_lies_in_the_working_folder_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "queue.py").write_text("import os; os._exit(1)")
    monkeypatch.chdir(tmp_path)
    for name, value in with_crashing_sound(tmp_path).items():
        monkeypatch.setenv(name, value)
    for limit in ("_START_S", "_ANSWER_S"):
        monkeypatch.setattr(scouts, limit, LONG_S)
    scout = Scout(22_050)
    try:
        proof = scout.prove("output", "")
    finally:
        scout.rest()
    assert proof is not None
    assert proof.name == "box"


def test_one_that_is_busy_is_ended_without_waiting(
    scout: Scout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[threading.Thread] = []
    wait = subprocess.Popen.wait

    def seen_to_wait(process: subprocess.Popen[str], timeout: float | None = None) -> int:
        waiting.append(threading.current_thread())
        return wait(process, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", seen_to_wait)
    refusals: list[str] = []

    def ask() -> None:
        try:
            scout.prove("input", f"hang {tmp_path / 'busy'}")
        except DeviceError as error:
            refusals.append(error.what)

    os.mkfifo(tmp_path / "busy")
    asking = threading.Thread(target=ask)
    asking.start()
    (tmp_path / "busy").read_text()  # it opens this when it was asked
    scout.rest()
    asking.join(LONG_S)
    assert refusals == ["the sound system failed or hung while a device was tried"]
    assert scout.serves
    assert threading.current_thread() not in waiting


# -- another device is chosen ----------------------------------------------------------------------


def test_what_is_wanted_no_longer_ends_the_scout_and_charges_nobody(
    scout: Scout, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = DeviceInfo(number=0, name="mic", rate_hz=48_000, input_channels=1, output_channels=0)
    monkeypatch.setattr(doors, "find_device", lambda kind, wanted: listed)
    monkeypatch.setattr(doors, "_LIMIT_S", LONG_S)
    is_chosen = threading.Event()

    def open_late(device: DeviceInfo) -> Any:
        is_chosen.wait(LONG_S)
        raise DeviceError("'mic' does not open: busy", "")

    microphone: Side[MicrophoneStream] = Side("input", "one")
    speaker: Side[SpeakerStream] = Side("output", "")
    speaker.failed()
    door = SoundDoor(microphone, speaker, open_late, open_late, scout)
    scout.start()
    assert door.tend(is_quiet=True) is None
    attempt = door._attempt
    assert attempt is not None
    door.change_over("another", "")
    assert not scout.is_out
    is_chosen.set()
    attempt.wait(LONG_S)
    assert door.tend(is_quiet=True) is None
    assert not microphone.has_failed
    attempt = door._attempt
    assert attempt is not None, "the other one is opened at once"
    attempt.wait(LONG_S)
    refusal = door.tend(is_quiet=True)
    assert refusal is not None
    assert refusal[0] is microphone
    assert microphone.has_failed
    door.shut()


# -- the pauses between the tries ------------------------------------------------------------------


def test_a_device_that_is_away_for_long_is_tried_more_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 1000.0
    monkeypatch.setattr(sides, "time", SimpleNamespace(monotonic=lambda: now_s))

    def pauses_until(end_s: float) -> list[float]:
        """Those after each try until then, every one of which fails at once."""
        nonlocal now_s
        pauses = []
        while now_s < 1000.0 + end_s:
            began_s = now_s
            side.failed()
            while not side.is_due():
                now_s += 0.01
            pauses.append(now_s - began_s)
        return pauses

    side: Side[Any] = Side("input", "")
    assert pauses_until(60) == pytest.approx([0.4, 0.6, 1.0] + 29 * [2.0], abs=0.02)
    growing = pauses_until(300)
    assert growing == sorted(growing)
    assert growing[-1] == pytest.approx(9.7, abs=0.3)
    assert pauses_until(3600)[-1] == pytest.approx(10.0, abs=0.02)
    side.failed(is_there=True)
    now_s += 2.0
    assert side.is_due()
    side.works()
    side.failed()
    now_s += 0.41
    assert side.is_due(), "another loss begins anew"


def test_there_is_none_where_portaudio_does_without_alsa(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_command()
    for platform in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        assert not Scout(22_050).serves


def test_a_proof_is_of_one_device_and_for_a_second() -> None:
    proof = Proof("mic", 1, (1, 48_000), at_s=0.0)
    listed = DeviceInfo(number=3, name="mic", rate_hz=48_000, input_channels=1, output_channels=0)
    assert proof.is_of(listed, "input")
    assert not proof.is_of(listed, "output")
    assert not proof.is_fresh


def test_a_sound_system_that_did_not_start_is_a_refusal_until_the_list_is_renewed() -> None:
    program = (
        "import sounddevice\n"
        "from assistant.audio.portaudio import find_device, list_devices, refresh_devices\n"
        "from assistant.errors import DeviceError\n"
        "while sounddevice._initialized:\n"
        "    sounddevice._terminate()\n"
        "try:\n"
        "    find_device('input', '')\n"
        "except DeviceError as error:\n"
        "    assert 'does not start' in error.what, error.what\n"
        "else:\n"
        "    raise AssertionError('found')\n"
        "refresh_devices()\n"
        "list_devices()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
