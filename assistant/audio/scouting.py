"""The scout's own process: opens a device, moves a little silence on it, and says whether it went.

`python -m assistant.audio.scouting` answers each line of JSON on its standard input ({"kind",
"wanted", "rate_hz"}) with one on its standard output: {"name", "channels", "form"}, or
{"what", "next_step"} for a refusal. PortAudio looks for devices anew after every refusal. A crash
ends this process alone; the end of its input ends it at once, be PortAudio stuck or not. The main
thread reads, another one calls PortAudio. Knows no session.
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
from assistant.audio.portaudio import Kind, find_device, load_portaudio, refresh_devices
from assistant.errors import AssistantError

READY = {"ready": True}
_LATENCY_S = 0.08

Found = dict[str, Any]


def prove(kind: Kind, wanted: str, rate_hz: int) -> Found:
    """The device that is meant by `wanted`, and the form in which sound was moved on it;
    `DeviceError` when there is none or it does not open. `rate_hz` is what the program plays."""
    device = find_device(kind, wanted)
    form = prove_stream(device, kind, forms_of(device, kind, rate_hz), _LATENCY_S)
    return {"name": device.name, "channels": device.channels(kind), "form": form}


def serve(
    proving: Callable[[Kind, str, int], Found] = prove,
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
    load_portaudio()
    serve()


def _answer(
    questions: queue.SimpleQueue[str],
    proving: Callable[[Kind, str, int], Found],
    renew: Callable[[], None],
) -> None:
    was_refused = False
    _say(READY)
    while True:
        asked = json.loads(questions.get())
        try:
            if was_refused:
                renew()
            found = proving(asked["kind"], asked["wanted"], asked["rate_hz"])
        except AssistantError as error:
            found = {"what": error.what, "next_step": error.next_step}
        was_refused = "what" in found
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
