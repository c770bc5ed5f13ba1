"""A device that was lost is tried by another process first: whatever happens there, this one goes
on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.audio import scout as scouts
from assistant.audio.portaudio import DeviceInfo
from assistant.audio.scout import Proof, Scout, own_command
from assistant.errors import DeviceError
from tests.sound_program import SoundProgram

TESTS = Path(__file__).parent
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="nothing is tried first here"
)

# -- the whole sound device, on a PortAudio that crashes ------------------------------------------


def with_crashing_sound(folder: Path) -> dict[str, str]:
    """The environment in which that PortAudio is found, steered by `folder`."""
    paths = f"{TESTS / 'crashing_sound'}{os.pathsep}{TESTS.parent}"
    return {**os.environ, "CRASHING_SOUND": str(folder), "PYTHONPATH": paths}


@pytest.fixture
def program(tmp_path: Path) -> Iterator[SoundProgram]:
    """Its microphone is there and works."""
    with SoundProgram(with_crashing_sound(tmp_path)) as started:
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
    with SoundProgram(with_crashing_sound(tmp_path)) as program:
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
def prove(kind, wanted, listed, rate_hz):
    if wanted == "crash": os.abort()
    if wanted == "hang": threading.Event().wait()
    if wanted == "refuse": raise DeviceError("'x' does not open: busy", "close it")
    return {"name": f"{kind} {wanted}", "channels": 2, "form": [1, rate_hz]}
scouting.serve(prove, lambda: None)
"""


@pytest.fixture
def scout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scout]:
    monkeypatch.setenv("PYTHONPATH", str(TESTS.parent))
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
    monkeypatch.setattr(scouts, "_ANSWER_S", 30.0)
    assert scout.prove("input", "mic") is not None
    assert scout.serves


@pytest.mark.parametrize("code", ["import sys; sys.exit(1)", "raise ImportError"])
def test_one_that_cannot_work_is_done_without(code: str) -> None:
    scout = Scout(22_050, [sys.executable, "-c", code])
    assert scout.prove("input", "") is None
    assert not scout.serves
    nowhere = Scout(22_050, ["/nowhere/python"])
    assert nowhere.prove("input", "") is None
    assert not nowhere.serves


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
