"""`assistant ask` (the text layer alone) and `assistant say` (the voice alone)."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from assistant.assemble.loading import load_language_model, load_meaning, load_voice, make_dialogue
from assistant.assemble.roles import remote_warning, weights_remarks
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.config import Config
from assistant.errors import DeviceError, InputError


def _never() -> bool:
    return False


def ask(
    texts: Annotated[list[str] | None, typer.Argument(help="What the user says.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line an answer.")] = False,
    file: Annotated[
        Path | None, typer.Option(help="Ask every line of this file; - is standard input.")
    ] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Do not load the language model.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Ask the text layer, without sound. Several texts are one conversation."""
    settings = read_config(config)
    asked = [*(texts or []), *(_lines_of(file) if file else [])]
    if not asked:
        raise InputError("nothing was asked", "give a text, or --file")
    warning = remote_warning(settings)
    if warning and not no_model:
        complain(warning)
    model = None if no_model else load_language_model(settings)
    dialogue = make_dialogue(settings, model, load_meaning(settings))
    if model is not None:
        for remark in (*weights_remarks(settings, ["llm"]), *model.remarks):
            complain(remark)
        model.prime(dialogue.prefix())
    for text in asked:
        marks: dict[str, float] = {}
        start = time.perf_counter()

        def mark(name: str, marks: dict[str, float] = marks, start: float = start) -> None:
            marks.setdefault(name, round((time.perf_counter() - start) * 1000, 1))

        replies = []
        for reply in dialogue.respond(text, _never, mark):
            mark("first clause")
            if reply.effect is not None:
                reply.effect()
            replies.append(reply)
        mark("end")
        answer = " ".join(reply.text for reply in replies)
        dialogue.remember(text, answer)
        source = replies[0].source if replies else None
        why = replies[0].why if replies else "no answer"
        if as_json:
            line = {"text": text, "reply": answer, "source": source, "why": why, "ms": marks}
            print(json.dumps(line, ensure_ascii=False), flush=True)
        else:
            print(f"you: {text}\nassistant [{source}]: {answer}", flush=True)


def _lines_of(file: Path) -> list[str]:
    try:
        content = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {file}: {error}", "check --file") from error
    return [line.strip() for line in content.splitlines() if line.strip()]


def say(
    text: Annotated[str, typer.Argument(help="What to say.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a WAV file instead.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Speak a text on the speaker, or into a WAV file."""
    from assistant.text.speakable import speakable

    settings = read_config(config)
    voice = load_voice(settings)
    pieces = list(voice.synthesise(speakable(text), _never))
    if not pieces:
        raise InputError("there is nothing to speak in that text", "give some words")
    samples = np.concatenate(pieces)
    if output is None:
        _play(settings, samples, voice.rate_hz)
        return
    import soundfile

    try:
        soundfile.write(output, samples, voice.rate_hz, subtype="PCM_16", format="WAV")
    except (OSError, soundfile.SoundFileError) as error:
        raise InputError(f"cannot write {output}: {error}", "choose another place") from error
    complain(f"{output}: {len(samples) / voice.rate_hz:.2f} s")


def _play(settings: Config, samples: np.ndarray, rate_hz: int) -> None:
    from assistant.audio.tone import play_once

    try:
        play_once(settings.audio, samples, rate_hz)
    except DeviceError as error:
        error.next_step = error.next_step or "write a file with --output"
        raise
