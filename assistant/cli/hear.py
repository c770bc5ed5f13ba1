"""`assistant hear`: recordings in, answers and measurements out, in real time.

Each file is played into the engine as if a microphone heard it, followed by silence until the
answer has ended. Standard output carries only JSON lines; everything else goes to standard error.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.assemble.places import user_folder
from assistant.assemble.roles import remote_warning
from assistant.assemble.session import load_stages, open_trace
from assistant.audio.script import Segment
from assistant.cli.lines import Lines
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.config import Config
from assistant.engine.engine import Engine, Stages
from assistant.errors import InputError
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, TurnEnded, TurnRecord, Update
from assistant.trace import Trace

if TYPE_CHECKING:  # the sound loads when it is used, not for `--help`
    from assistant.audio.files import FileDevice

_QUIET_SAMPLES = SAMPLE_RATE_HZ
"""A session from a file ends when nothing has been under way for this long."""

_LONGEST_TAIL_S = 120
_POLL_S = 0.02

OnTurn = Callable[[TurnRecord], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Plays recordings into the engine, one session each, with the same loaded stages, which stay
    open."""

    config: Config
    stages: Stages
    trace: Trace
    fast: bool = False

    def play(
        self, samples: Int16Array, publish: Callable[[Update], None], *, record: bool = False
    ) -> FileDevice:
        """Play int16[n] at 16 kHz until its last answer has ended; the device."""
        from assistant.audio.files import FileDevice

        device = FileDevice(
            [Segment(samples=samples)], record=record, pace="lockstep" if self.fast else "real"
        )
        stages = dataclasses.replace(self.stages, close=lambda: None)
        engine = Engine(self.config, device, stages, publish, self.trace)

        def work_off() -> None:
            engine.wait_worked_off(device.position)

        device.ready = work_off
        engine.start()
        try:
            wait_until_over(engine, device)
        finally:
            engine.close()
        if engine.failure is not None:
            raise engine.failure
        return device


def wait_until_over(engine: Engine, device: FileDevice) -> None:
    """Block until the recording is at its end and nothing has been under way for a second."""
    unsettled_at = 0
    end: int | None = None
    while not engine.is_stopped:
        position = engine.position
        if device.exhausted and end is None:
            end = position
        if end is None or not engine.is_settled:
            unsettled_at = max(unsettled_at, position)
        elif position - unsettled_at >= _QUIET_SAMPLES:
            return
        if end is not None and position - end > _LONGEST_TAIL_S * SAMPLE_RATE_HZ:
            complain("assistant: the answer did not end within two minutes; it was cut")
            return
        time.sleep(_POLL_S)


def hear(
    files: Annotated[list[Path], typer.Argument(help="Recordings of any rate and common format.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line a turn on standard output.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(
            help="Write a stereo WAV a file (left: heard, right: played); a folder when there "
            "are several files."
        ),
    ] = None,
    conversation: Annotated[
        bool, typer.Option("--conversation", help="Keep the history from file to file.")
    ] = False,
    fast: Annotated[
        bool,
        typer.Option("--fast", help="As fast as the machine can; latencies then mean nothing."),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Play recordings into the assistant and report each turn."""
    settings = read_config(config)
    from assistant.audio.recording import read_recording, write_stereo

    recordings = [(path, read_recording(path)) for path in files]
    target = _recording_paths(record, files)
    warning = remote_warning(settings)
    if warning:
        complain(warning)
    complain("loading …")
    stages = load_stages(settings, SAMPLE_RATE_HZ, folder=user_folder(), way="hear")
    trace = open_trace(settings)
    player = Player(config=settings, stages=stages, trace=trace, fast=fast)
    lines = Lines(sys.stderr if as_json else sys.stdout)
    for path, samples in recordings:
        turns: list[TurnRecord] = []

        def publish(update: Update, path: Path = path, turns: list[TurnRecord] = turns) -> None:
            if isinstance(update, TurnEnded):
                turns.append(update.record)
                if as_json:
                    print(json.dumps(turn_line(str(path), update.record)), flush=True)
            lines.show(update)

        complain(f"— {path}")
        device = player.play(samples, publish, record=record is not None)
        if path in target:
            write_stereo(target[path], *device.recording())
        if not turns:
            complain(f"  no turn in {path}: nothing that sounds like speech with words")
        if not conversation:
            stages.text.forget()
    stages.close()
    trace.close()


def turn_line(file: str, record: TurnRecord) -> dict[str, Any]:
    """What `--json` prints for one turn of one file."""
    return {"file": file, **record.as_json()}


def _recording_paths(record: Path | None, files: list[Path]) -> dict[Path, Path]:
    """Where the recording of each file goes; `InputError` when two would be the same."""
    if record is None:
        return {}
    if len(files) == 1 and not record.is_dir():
        record.parent.mkdir(parents=True, exist_ok=True)
        return {files[0]: record}
    if record.exists() and not record.is_dir():
        raise InputError(f"{record} is a file", "with several recordings, --record is a folder")
    record.mkdir(parents=True, exist_ok=True)
    paths = {path: record / f"{path.stem}.wav" for path in files}
    if len(set(paths.values())) < len(set(files)):
        raise InputError("two recordings have the same name", "play them in two calls")
    return paths
