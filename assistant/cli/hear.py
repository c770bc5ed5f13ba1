"""`assistant hear`: recordings in, answers and measurements out, in real time.

Each file is played into the engine as if a microphone heard it, followed by silence until the
answer has ended. Standard output carries only JSON lines; everything else goes to standard error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.assemble.check import check_parts
from assistant.assemble.places import user_folder
from assistant.assemble.playing import Player
from assistant.assemble.roles import remote_warning
from assistant.assemble.session import load_stages, open_trace
from assistant.cli.ending import Ending
from assistant.cli.lines import Lines
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.cli.output import abandon, unwritten
from assistant.config import Config
from assistant.errors import EXIT_INTERRUPTED, InputError
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, TurnRecord
from assistant.updates import TurnEnded, Update


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
    player = Player(config=settings, stages=stages, trace=trace, fast=fast, say=complain)
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
