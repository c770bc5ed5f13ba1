"""The scout's own process: opens a device, moves a little silence on it, and says whether it went.

`python -m assistant.audio.scouting` answers each line of JSON on its standard input ({"kind",
"wanted", "listed", "rate_hz"}) with one on its standard output: {"name", "channels", "form"}, or
{"what", "next_step"} for a refusal. PortAudio looks for devices anew after every refusal, and after
another device than the listed one was found. A crash ends this process alone; the end of its input
ends it at once, be PortAudio stuck or not. The main thread reads, another one calls PortAudio.
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
from typing import Any

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
) -> None:
    """Answer until the input ends; does not return."""
    _leave_no_core()
    questions: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_answer, args=(questions, proving, renew), daemon=True).start()
    for line in sys.stdin:
        questions.put(line)
    os._exit(0)  # the other thread may be stuck


def main() -> None:
    """Load PortAudio and serve; the exit status is 1 when there is none."""
    keep_private()
    load_portaudio()
    serve()


def _answer(
    questions: queue.SimpleQueue[str],
    proving: Proving,
    renew: Callable[[], None],
) -> None:
    is_old = False
    _say(READY)
    while True:
        asked = json.loads(questions.get())
        try:
            if is_old:
                renew()
            found = proving(asked["kind"], asked["wanted"], asked["listed"], asked["rate_hz"])
        except AssistantError as error:
            found = {"what": error.what, "next_step": error.next_step}
        is_old = found.get("name") != asked["listed"]
        _say(found)


def _say(fact: dict[str, Any]) -> None:
    print(json.dumps(fact), flush=True)


def _leave_no_core() -> None:
    """A crash is expected here, and tells nobody anything."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
