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

from assistant.assemble.check import check_parts
from assistant.assemble.places import user_folder
from assistant.assemble.roles import remote_warning
from assistant.assemble.session import load_stages, open_trace
from assistant.audio.script import Segment
from assistant.cli.ending import Ending
from assistant.cli.lines import Lines
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.cli.output import abandon, unwritten
from assistant.config import Config
from assistant.engine.engine import Engine, Stages
from assistant.errors import EXIT_INTERRUPTED, InputError
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
        self,
        samples: Int16Array,
        publish: Callable[[Update], None],
        *,
        record: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> FileDevice:
        """Play int16[n] at 16 kHz until its last answer has ended, or `should_stop()`; the
        device."""
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
            wait_until_over(engine, device, should_stop)
        finally:
            engine.close()
        if engine.failure is not None:
            raise engine.failure
        return device


def wait_until_over(
    engine: Engine, device: FileDevice, should_stop: Callable[[], bool] = lambda: False
) -> None:
    """Block until the recording is at its end and nothing has been under way for a second, or until
    `should_stop()`."""
    unsettled_at = 0
    end: int | None = None
    while not (engine.is_stopped or should_stop()):
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
    files: Annotated[
        list[Path],
        typer.Argument(help="Recordings of any rate and common format; - is standard input."),
    ],
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
    check_parts(settings)
    from assistant.audio.recording import read_recording

    target = _recording_paths(record, files)
    recordings = [(path, read_recording(path)) for path in files]
    warning = remote_warning(settings)
    if warning:
        complain(warning)
    with Ending() as ending:
        _play_all(
            settings,
            recordings,
            target,
            ending,
            as_json=as_json,
            fast=fast,
            forgets=not conversation,
        )
    if ending.is_wanted:
        raise typer.Exit(EXIT_INTERRUPTED)


def _play_all(
    settings: Config,
    recordings: list[tuple[Path, Int16Array]],
    target: dict[Path, Path],
    ending: Ending,
    *,
    as_json: bool,
    fast: bool,
    forgets: bool,
) -> None:
    """One recording after the other, until somebody asks to end."""
    from assistant.audio.recording import write_stereo

    complain("loading …")
    stages = load_stages(settings, SAMPLE_RATE_HZ, folder=user_folder(), way="hear")
    trace = open_trace(settings, lambda notice: complain(f"warning: {notice.text}"))
    player = Player(config=settings, stages=stages, trace=trace, fast=fast)
    lines = Lines(sys.stderr if as_json else sys.stdout)
    ending.running()

    def should_stop() -> bool:
        return ending.is_wanted or lines.has_no_reader

    for path, samples in recordings:
        turns: list[TurnRecord] = []

        def publish(update: Update, path: Path = path, turns: list[TurnRecord] = turns) -> None:
            if isinstance(update, TurnEnded):
                turns.append(update.record)
                if as_json:
                    print(json.dumps(turn_line(str(path), update.record)), flush=True)
            lines.show(update)

        complain(f"— {path}")
        device = player.play(samples, publish, record=path in target, should_stop=should_stop)
        if should_stop():
            break
        if path in target:
            write_stereo(target[path], *device.recording())
        if not turns:
            complain(f"  no turn in {path}: nothing that sounds like speech with words")
        if forgets:
            stages.text.forget()
    stages.close()
    trace.close()
    end_lines(lines)


def end_lines(lines: Lines) -> None:
    """Print what waits to be printed. `AssistantError` when it could not be; a pipe that nobody
    reads is left alone."""
    lines.close()
    if lines.error is not None:
        raise unwritten(lines.error)
    if lines.is_stuck:
        abandon("nobody reads the lines")


def turn_line(file: str, record: TurnRecord) -> dict[str, Any]:
    """What `--json` prints for one turn of one file."""
    return {"file": file, **record.as_json()}


def _recording_paths(record: Path | None, files: list[Path]) -> dict[Path, Path]:
    """Where the recording of each file goes; `InputError` when two would be the same, or one cannot
    be written."""
    if record is None:
        return {}
    from assistant.audio.written import check_writable, unwritable

    try:
        if len(files) == 1 and not record.is_dir():
            record.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            paths = {files[0]: record}
        elif record.exists() and not record.is_dir():
            raise InputError(f"{record} is a file", "with several recordings, --record is a folder")
        else:
            record.mkdir(parents=True, exist_ok=True, mode=0o700)
            paths = {path: record / f"{_stem(path)}.wav" for path in files}
    except OSError as error:
        raise unwritable(record, error) from error
    if len(set(paths.values())) < len(set(files)):
        raise InputError("two recordings have the same name", "play them in two calls")
    for path in paths.values():
        check_writable(path)
    return paths


def _stem(path: Path) -> str:
    return "standard-input" if str(path) == "-" else path.stem
