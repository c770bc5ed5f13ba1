"""`assistant run` and `assistant demo`: a conversation, on the screen or as plain lines.

The same engine and the same face in both; only the device differs. Owns no thread.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, TypeGuard

import typer

from assistant.assemble.check import check_parts
from assistant.assemble.places import user_folder
from assistant.assemble.playing import wait_until_over
from assistant.assemble.roles import model_paths, remote_warning, weights_remarks
from assistant.assemble.session import (
    bring_model,
    list_device_names,
    load_stages,
    open_sound_device,
    open_trace,
)
from assistant.assemble.setup import (
    prepare_documents,
    prepare_meaning,
    prepare_model,
    prepare_replies,
)
from assistant.cli.behind import SetUpBehind
from assistant.cli.ending import Ending
from assistant.cli.hear import end_lines
from assistant.cli.larger import LargerModel
from assistant.cli.lines import Lines
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.cli.output import abandon
from assistant.config import Config
from assistant.engine.engine import Engine, Stages
from assistant.engine.seams import AudioDevice
from assistant.errors import AssistantError, DeviceError, InputError
from assistant.folders import state_directory, terminal_log
from assistant.messages import Notice
from assistant.talk.announcer import still_set
from assistant.talk.store import FILE_NAME, Store
from assistant.tui.session import Publish, Session
from assistant.tui.terminal import guarded_terminal
from assistant.updates import Level, TurnEnded, Update

if TYPE_CHECKING:  # the sound and the screen load when they are used, not for `--help`
    from assistant.audio.files import FileDevice

LinesOption = Annotated[
    bool, typer.Option("--lines", help="Plain lines instead of the screen (also without one).")
]

_QUIET_LEVELS = 12


def run(lines: LinesOption = False, config: ConfigOption = None) -> None:
    """Talk with the assistant on the default microphone and speaker.

    On the screen, a device that is not there is waited for, and e shows the demo meanwhile; with
    --lines or without a terminal that is exit code 5.
    """
    settings = read_config(config)
    rest = SetUpBehind(settings)
    check_parts(settings, is_awaited=rest.awaited is not None)
    in_lines = lines or not _has_screen()
    is_demo_wanted = False
    absent: list[DeviceError] = []
    with Ending() as ending:
        device = open_sound_device(settings, None if in_lines else absent.append)
        try:
            with LargerModel(settings) as larger, rest:
                behind = _Behind(rest, larger)
                if in_lines:
                    _in_lines(settings, device, ending, behind=behind)
                else:
                    is_demo_wanted = _on_screen(
                        settings, device, "assistant", ending, absent=absent, behind=behind
                    )
        finally:
            _tell_what_is_set(state_directory())
    if is_demo_wanted:
        _converse_demo(settings, [], lines)


def demo(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings to use instead of the made-up user.")
    ] = None,
    lines: LinesOption = False,
    json_to: Annotated[
        Path | None, typer.Option("--json", help="Also write one JSON line a turn to this file.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """A conversation with a recorded user, in real time, on a machine without sound devices."""
    settings = read_config(config)
    check_parts(settings)
    _converse_demo(settings, files or [], lines, json_to=json_to)


def prepare(
    within: Annotated[
        float, typer.Option("--within", help="Seconds for the spoken replies; the likeliest first.")
    ] = inf,
    only: Annotated[
        str, typer.Option("--only", help="speech: what a start needs; model: the language model.")
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Do once what every start would wait for: the sounds of the fixed replies and of the demo's
    user, the parts of the voice, what the language model knows before the first word, the index of
    your documents."""
    from assistant.cli.demo_script import prepare_demo

    if only not in ("", "speech", "model"):
        raise typer.BadParameter("use speech or model", param_hint="--only")
    settings = read_config(config)

    def progress(done: int, total: int) -> None:
        if done == total or done % 20 == 0:
            complain(f"  replies {done}/{total}")

    if only != "model":
        made = prepare_replies(settings, progress, user_folder(), within)
        complain(f"{made} replies synthesised" if made else "every reply has its sound")
        prepare_meaning(settings, complain)
    if only != "speech":
        prepare_model(settings, complain)
    if not only:
        prepare_demo(settings, complain)
        if settings.documents.folder:
            complain(f"{prepare_documents(settings, complain)} documents known")


@dataclass(frozen=True, slots=True)
class _Behind:
    """What goes on behind a conversation: what the set-up has left, then a larger model."""

    rest: SetUpBehind
    larger: LargerModel

    def start(self, settings: Config, stages: Stages, publish: Publish) -> None:
        def bring() -> Sequence[str]:
            return bring_model(settings, stages.text)

        self.rest.start(publish, bring, lambda: self.larger.start(publish, bring))


# -- shared ---------------------------------------------------------------------------------------


def _tell_what_is_set(directory: Path) -> None:
    """One line about timers that still run when the program ends; nothing without any."""
    try:
        has_file = (directory / FILE_NAME).exists()
        line = still_set(Store(directory), datetime.now().astimezone()) if has_file else ""
    except (AssistantError, OSError):  # it was said while the program ran
        return
    if line:
        complain(line)


def _has_screen() -> bool:
    is_open = sys.stdin is not None and sys.stdout is not None
    return is_open and sys.stdin.isatty() and sys.stdout.isatty()


def _converse_demo(
    settings: Config,
    files: list[Path],
    lines: bool,
    *,
    json_to: Path | None = None,
) -> None:
    from assistant.audio.files import FileDevice
    from assistant.cli.demo_script import demo_segments, file_segments

    out = _opened(json_to) if json_to else None
    try:
        with Ending() as ending:
            segments = file_segments(files) if files else demo_segments(settings)
            device = FileDevice(segments)
            if lines or not _has_screen():
                _in_lines(settings, device, ending, json_out=out)
            else:
                _on_screen(settings, device, "assistant · demo", ending, json_out=out)
    finally:
        if out is not None:
            with suppress(OSError):  # a disk that refused a line was told
                out.close()


def _opened(path: Path) -> TextIO:
    """A file for lines of JSON, readable by its owner; `InputError` when it cannot be made."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        return os.fdopen(handle, "w", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror}", "name another place with --json"
        ) from error


def _is_recorded(device: AudioDevice) -> TypeGuard[FileDevice]:
    from assistant.audio.files import FileDevice

    return isinstance(device, FileDevice)


def _tee(publish: Publish, json_out: TextIO | None) -> Publish:
    """`publish`, and each turn as a JSON line to `json_out`."""
    out = json_out

    def both(update: Update) -> None:
        nonlocal out
        if out is not None and isinstance(update, TurnEnded):
            try:
                print(json.dumps(update.record.as_json()), file=out, flush=True)
            except OSError as error:
                out = None
                text = f"No more turns are written to the file of --json: {error.strerror}."
                publish(Notice(severity="warning", code="W-JSON", text=text))
        publish(update)

    return both if json_out is not None else publish


def _start(
    settings: Config,
    device: AudioDevice,
    publish: Publish,
    say: Callable[[str], None],
    behind: _Behind | None = None,
) -> Engine:
    state = None if _is_recorded(device) else state_directory()
    way = "demo" if _is_recorded(device) else "run"
    stages = load_stages(
        settings,
        device.output_rate_hz,
        say,
        state,
        user_folder(),
        way,
        awaited=behind.rest.awaited if behind is not None else None,
        makes_replies=behind is None or not behind.rest.is_needed,
    )
    try:
        engine = Engine(settings, device, stages, publish, open_trace(settings, publish))
        engine.start()
    except BaseException:
        stages.close()
        raise
    warning = remote_warning(settings)
    if warning:
        publish(Notice(severity="warning", code="W-REMOTE", text=warning))
    if behind is not None:
        behind.start(settings, stages, publish)
    return engine


def _in_lines(
    settings: Config,
    device: AudioDevice,
    ending: Ending,
    *,
    json_out: TextIO | None = None,
    behind: _Behind | None = None,
) -> None:
    """Print the conversation until the recording is over, or for ever with a microphone."""
    lines = Lines(sys.stdout)
    engine = _start(settings, device, _tee(lines.show, json_out), complain, behind)
    ending.running()

    def should_stop() -> bool:
        return ending.is_wanted or lines.has_no_reader

    try:
        if _is_recorded(device):
            wait_until_over(engine, device, should_stop, complain)
        else:
            complain("listening; Ctrl+C ends")
            ending.wait(lambda: engine.is_stopped or should_stop())
        if ending.is_wanted:
            complain("goodbye")
    finally:
        engine.close()
        end_lines(lines)
    if engine.failure is not None:
        raise engine.failure


@dataclass(slots=True)
class _DemoWatch:
    """Notices, from the steady flow of levels, that the scripted user has nothing more to say."""

    device: FileDevice
    publish: Publish
    engine: Engine | None = None
    quiet_levels: int = 0
    is_over: bool = False

    def watch(self, update: Update) -> None:
        """Pass `update` on; once everything was quiet for a while, say that the demo is over."""
        self.publish(update)
        if self.is_over or not isinstance(update, Level) or self.engine is None:
            return
        is_quiet = self.device.exhausted and self.engine.is_settled
        self.quiet_levels = self.quiet_levels + 1 if is_quiet else 0
        if self.quiet_levels >= _QUIET_LEVELS:
            self.is_over = True
            text = "The demo has ended. Press q to leave; `make run` talks with you."
            self.publish(Notice(severity="information", code="I-DEMO-OVER", text=text))


def _on_screen(
    settings: Config,
    device: AudioDevice,
    title: str,
    ending: Ending,
    *,
    json_out: TextIO | None = None,
    absent: Sequence[DeviceError] = (),
    behind: _Behind | None = None,
) -> bool:
    """Run the terminal application until the person leaves it; True when it is left for the demo.
    `absent` says which device is waited for."""

    is_awaited = behind is not None and behind.rest.awaited is not None

    def start(publish: Publish) -> Session:
        sink = _tee(publish, json_out)
        watch = _DemoWatch(device, sink) if _is_recorded(device) else None
        shown = watch.watch if watch else sink
        engine = _start(settings, device, shown, lambda text: None, behind)
        for remark in weights_remarks(settings):
            publish(Notice(severity="information", code="I-MODEL", text=f"{remark}."))
        for error in absent:
            publish(_waiting_for(error))
        if watch is not None:
            watch.engine = engine
        return Session(
            controls=engine,
            models=model_paths(settings, is_awaited=is_awaited).names(),
            devices=list_device_names,
            select_devices=getattr(device, "select", _nothing_to_select),
            savings=lambda: engine.savings,
        )

    from assistant.tui.app import AssistantApp

    log_path = terminal_log()
    with guarded_terminal(log_path):
        app = AssistantApp(
            start=start, title=title, log_path=log_path, has_demo=not _is_recorded(device)
        )
        app.run()
        ending.arm()  # the application had the signals, and gave them back to nobody
    if app.is_loading:
        abandon("the models are still loading")
    if app.exit_status:
        raise typer.Exit(app.exit_status)
    return app.wants_demo


def _waiting_for(error: DeviceError) -> Notice:
    what = f"{error.what[:1].upper()}{error.what[1:]}"
    text = f"{what}: waiting for it. Type (t) meanwhile, or see the demo (e). {error.next_step}."
    return Notice(severity="warning", code=error.code, text=text)


def _nothing_to_select(input_device: str, output_device: str) -> None:
    raise DeviceError("the demo has no devices to choose", "start it with `assistant run`")
