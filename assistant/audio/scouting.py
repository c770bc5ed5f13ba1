"""The scout's own process: opens a device, moves a little silence on it, and says whether it went.

`python -m assistant.audio.scouting` answers each line of JSON on its standard input ({"kind",
"wanted", "listed", "rate_hz"}) with one on its standard output: {"name", "channels", "form"}, or
{"what", "next_step"} for a refusal, whatever was raised. PortAudio looks for devices anew after
every refusal, and after another device than the listed one was found. A crash ends this process
alone; the end of its input ends it at once, be PortAudio stuck or not. What native libraries print
goes nowhere. The main thread reads, another one calls PortAudio.
Knows no session.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

from assistant.audio.opening import forms_of, prove_stream
from assistant.audio.portaudio import DeviceInfo, Kind, find_device, load_portaudio, refresh_devices
from assistant.errors import AssistantError, DeviceError
from assistant.private import keep_private

READY = {"ready": True}
_LATENCY_S = 0.08

Found = dict[str, Any]
Proving = Callable[[Kind, str, str, int], Found]


def prove(kind: Kind, wanted: str, listed: str, rate_hz: int) -> Found:
    """The device named `listed`, or else what is meant by `wanted`, and the form in which sound was
    moved on it; `DeviceError` when neither is there or opens. `rate_hz` is what the program
    plays."""
    refusal: DeviceError | None = None
    if listed:
        try:
            return _proved(find_device(kind, listed), kind, rate_hz)
        except DeviceError as error:
            refusal = error
    device = find_device(kind, wanted)
    if refusal is not None and device.name == listed:
        raise refusal
    return _proved(device, kind, rate_hz)


def _proved(device: DeviceInfo, kind: Kind, rate_hz: int) -> Found:
    form = prove_stream(device, kind, forms_of(device, kind, rate_hz), _LATENCY_S)
    return {"name": device.name, "channels": device.channels(kind), "form": form}


def serve(
    proving: Proving = prove,
    renew: Callable[[], None] = refresh_devices,
    load: Callable[[], Any] = load_portaudio,
) -> None:
    """Answer until the input ends; does not return. `DeviceError` when there is no PortAudio."""
    _leave_no_core()
    answers = _own_output()
    try:
        load()
    except DeviceError:
        raise
    except Exception:
        pass  # it is there but does not start (`PortAudioError`): each question tries it again
    questions: queue.SimpleQueue[str] = queue.SimpleQueue()
    rest = (questions, answers, proving, renew)
    threading.Thread(target=_answer, args=rest, daemon=True).start()
    for line in sys.stdin:
        questions.put(line)
    os._exit(0)  # the other thread may be stuck


def main() -> None:
    """Load PortAudio and serve; the exit status is 1 when there is none."""
    keep_private()
    serve()


def _answer(
    questions: queue.SimpleQueue[str],
    answers: TextIO,
    proving: Proving,
    renew: Callable[[], None],
) -> None:
    is_old = False
    print(json.dumps(READY), file=answers, flush=True)
    while True:
        asked = json.loads(questions.get())
        try:
            if is_old:
                renew()
            found = proving(asked["kind"], asked["wanted"], asked["listed"], asked["rate_hz"])
        except AssistantError as error:
            found = {"what": error.what, "next_step": error.next_step}
        except Exception as error:  # PortAudio's own: it may not even be loaded
            found = {"what": f"the sound system failed: {error}", "next_step": "it is tried again"}
        is_old = found.get("name") != asked["listed"]
        print(json.dumps(found), file=answers, flush=True)


def _own_output() -> TextIO:
    """The standard output for the answers alone: what anybody else writes to it goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _leave_no_core() -> None:
    """A crash is expected here, and tells nobody anything."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
