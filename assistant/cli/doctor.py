"""`assistant doctor`, `assistant devices` and `assistant config`: what is there, and does it work.

Every model is tried in a process of its own. Knows how to ask; mends nothing.
"""

from __future__ import annotations

import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from assistant import __version__
from assistant.assemble.check import check_parts
from assistant.assemble.loading import open_prepared
from assistant.assemble.places import config_path, trace_directory, user_folder
from assistant.assemble.roles import weights_remarks
from assistant.assemble.setup import fixed_texts
from assistant.cli import tune as tuning
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.cli.privacy import report_privacy
from assistant.cli.probe import PROBES
from assistant.config import Config, describe_config
from assistant.errors import EXIT_CONFIG, EXIT_FAILED, AssistantError
from assistant.folders import cache_directory
from assistant.messages import Notice

_PROBE_TIMEOUT_S = 180


def devices(config: ConfigOption = None) -> None:
    """List the microphones and speakers by the names that the configuration takes."""
    from assistant.audio.attempt import answered
    from assistant.audio.portaudio import list_devices

    settings = read_config(config).audio
    wanted = {"input": settings.input_device, "output": settings.output_device}
    found = answered("the sound system", list_devices)
    for kind, title in (("input", "microphones"), ("output", "speakers")):
        print(f"{title}:")
        usable = [d for d in found if (d.input_channels if kind == "input" else d.output_channels)]
        for device in usable:
            is_default = device.is_default_input if kind == "input" else device.is_default_output
            star = "*" if is_default else " "
            print(f" {star} {device.number:3d}  {device.name}  ({device.rate_hz} Hz)")
        if not usable:
            print("   none")
        if wanted[kind]:
            print(f"   configured: {wanted[kind]}")
    print("* default; set audio.input_device and audio.output_device to a number or a name")


def config(config: ConfigOption = None) -> None:
    """Check the configuration and the files that it names; print every key with its default, as a
    TOML file."""
    settings = read_config(config)
    path = settings.path or config_path()
    told: list[Notice] = []
    wrong: AssistantError | None = None
    try:
        check_parts(settings, tell=told.append)
    except AssistantError as error:
        wrong = error
    state = "what it names is wrong" if wrong or told else "valid"
    print(f"# {path}: {state if settings.path else 'not there; these defaults are in use'}\n")
    print(describe_config(), flush=True)
    for notice in told:
        complain(f"assistant: {notice.text} [{notice.code}]")
    if wrong is not None:
        raise wrong
    if told:
        raise typer.Exit(EXIT_CONFIG)


def doctor(
    config: ConfigOption = None,
    tone: Annotated[
        bool, typer.Option("--tone/--no-tone", help="Play and record a test tone.")
    ] = True,
    tune: Annotated[
        bool, typer.Option("--tune", help="Choose threads by measurement; write them down.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --tune: measure and print, write nothing.")
    ] = False,
    privacy: Annotated[
        bool, typer.Option("--privacy", help="Show what is stored here and what may leave.")
    ] = False,
) -> None:
    """Check every part: configuration, weights, each model, sound devices."""
    settings = read_config(config)
    if dry_run and not tune:
        raise typer.BadParameter("--dry-run belongs to --tune")
    if tune:
        tuning.tune(settings, config, is_dry=dry_run)
        return
    if privacy:
        if not report_privacy(settings):
            raise typer.Exit(EXIT_FAILED)
        return
    print(f"assistant {__version__}, Python {platform.python_version()}, {platform.platform()}")
    path = settings.path or config_path()
    state = "in use" if settings.path else "not there, the defaults are in use"
    print(f"configuration: {path} ({state})")
    for remark in weights_remarks(settings):
        print(f"models: {remark}")
    print(f"traces: {trace_directory(settings)}")
    print(f"prepared sounds: {cache_directory()}")
    failures = sum(not _probe(role, config) for role in PROBES)
    failures += not _check("replies", lambda: _replies(settings))
    has_sound = _check("sound devices", lambda: _devices(settings))
    if has_sound and tone:
        _check("test tone", lambda: _tone(settings))
    if not has_sound:
        print("   without sound devices, `assistant demo` and `assistant hear` still work")
    if failures:
        raise typer.Exit(EXIT_FAILED)


def _probe(role: str, config: Path | None) -> bool:
    command = [
        sys.executable,
        "-m",
        "assistant.cli.probe",
        role,
        *([str(config)] if config else []),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return _line(role, False, f"did not finish within {_PROBE_TIMEOUT_S} s; it was ended")
    if done.returncode == 0:
        return _line(role, True, done.stdout.strip())
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        is_llama = role in ("llm", "endings")
        step = "build it again for this machine with `make rebuild`" if is_llama else ""
        return _line(role, False, f"crashed in native code with {name}; {step}".rstrip("; "))
    message = done.stdout.strip() or (done.stderr.strip().splitlines() or ["no message"])[-1]
    return _line(role, False, message)


def _check(name: str, look: Callable[[], str]) -> bool:
    try:
        return _line(name, True, look())
    except AssistantError as error:
        return _line(name, False, str(error))


def _line(name: str, is_well: bool, text: str) -> bool:
    print(f"{'ok  ' if is_well else 'FAIL'} {name}: {text}", flush=True)
    return is_well


def _replies(settings: Config) -> str:
    texts = fixed_texts(settings, user_folder())
    missing = len(open_prepared(settings).missing(texts))
    return f"{len(texts)} fixed texts, {missing} without a sound yet"


def _devices(settings: Config) -> str:
    from assistant.audio.attempt import answered
    from assistant.audio.portaudio import check_devices

    microphone, speaker = answered("the sound system", lambda: check_devices(settings.audio))
    return (
        f"microphone '{microphone.name}' ({microphone.rate_hz} Hz), "
        f"speaker '{speaker.name}' ({speaker.rate_hz} Hz)"
    )


def _tone(settings: Config) -> str:
    from assistant.audio.attempt import answered
    from assistant.audio.tone import play_test_tone

    result = answered("the sound system", lambda: play_test_tone(settings.audio))
    heard = "heard" if result.was_heard else "not heard (headphones, or a muted microphone?)"
    return f"{heard}: {result.quiet_dbfs:.0f} dBFS before, {result.tone_dbfs:.0f} dBFS during it"
