"""A call that does not come back is left behind."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import DeviceError

try:
    from assistant.audio.portaudio import load_portaudio

    load_portaudio()
except DeviceError as missing:
    pytest.skip(str(missing), allow_module_level=True)

from assistant.audio import opening
from assistant.audio.attempt import Attempt
from assistant.audio.opening import open_stream
from assistant.audio.portaudio import DeviceInfo

_PATIENCE_S = 10


def test_what_comes_back_in_time_is_the_result() -> None:
    attempt = Attempt("the speaker", lambda: 7, lambda _: None)
    attempt.wait(_PATIENCE_S)
    assert attempt.is_over(_PATIENCE_S)
    assert attempt.result() == 7


def test_what_is_raised_is_raised_again() -> None:
    def refuse() -> int:
        raise DeviceError("the speaker is not there")

    attempt = Attempt("the speaker", refuse, lambda _: None)
    attempt.wait(_PATIENCE_S)
    with pytest.raises(DeviceError, match="is not there"):
        attempt.result()


def test_a_call_that_is_stuck_is_given_up_and_its_late_result_is_discarded() -> None:
    stuck, discarded = threading.Event(), []

    def open_late() -> str:
        stuck.wait(_PATIENCE_S)
        return "stream"

    attempt = Attempt("the speaker 'default'", open_late, discarded.append)
    assert not attempt.is_over(_PATIENCE_S)
    assert attempt.is_over(0.0)
    with pytest.raises(DeviceError, match="the speaker 'default' did not answer in time"):
        attempt.result()
    assert attempt.is_running
    stuck.set()
    attempt.wait(_PATIENCE_S)
    assert discarded == ["stream"]


def only_with(channels: int) -> SimpleNamespace:
    """Stands for PortAudio with a card that takes one number of channels; none here does."""

    class Refused(Exception):
        pass

    def make(**settings: Any) -> int:
        if settings["channels"] != channels:
            raise Refused("Invalid number of channels")
        return channels

    return SimpleNamespace(InputStream=make, OutputStream=make, PortAudioError=Refused)


CARD = DeviceInfo(number=0, name="card", rate_hz=48_000, input_channels=2, output_channels=2)


@pytest.mark.parametrize("taken", [1, 2])
def test_the_number_of_channels_that_the_card_takes_is_used(
    monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    monkeypatch.setattr(opening, "load_portaudio", lambda: only_with(taken))
    forms = [(1, 48_000), (2, 48_000)]
    assert open_stream(CARD, "input", forms, 0.04, print) == (taken, 48_000)


def test_a_card_that_takes_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "load_portaudio", lambda: only_with(8))
    with pytest.raises(DeviceError, match="'card' does not open: Invalid number of channels"):
        open_stream(CARD, "input", [(1, 48_000), (2, 48_000)], 0.04, print)
