"""Loads one model and does a little work with it, in a process of its own.

`assistant doctor` runs `python -m assistant.cli.probe ROLE [CONFIG]`, so that a crash in native
code ends this process and is reported, not suffered.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np

from assistant.assemble.loading import (
    load_language_model,
    load_voice,
    load_whisper,
    make_conversation,
    try_endings,
    try_meaning,
)
from assistant.assemble.roles import model_path
from assistant.cli.options import read_config
from assistant.config import Config
from assistant.errors import AssistantError, ModelError
from assistant.private import keep_private


def _never() -> bool:
    return False


def _transcriber(config: Config) -> str:
    whisper = load_whisper(config)
    noise = np.random.default_rng(7).integers(-300, 300, 16_000).astype(np.int16)
    whisper.transcribe(noise, _never)  # silence would not reach the model
    return "; ".join(["transcribed a second of noise", *whisper.remarks])


def _turn(config: Config) -> str:
    from assistant.turn.smart_turn import SmartTurn

    judge = SmartTurn(model_path(config, "turn"), threads=1)
    return f"judged a second of silence: {judge.completeness(np.zeros(16_000, np.int16)):.2f}"


def _llm(config: Config) -> str:
    from assistant.model.llm_server import ServerModel

    model = load_language_model(config)
    prefix = make_conversation(config, model).prefix()
    model.prime(prefix)
    answer = "".join(model.stream([*prefix, {"role": "user", "content": "Say hello."}], _never))
    if not answer.strip():
        raise ModelError(
            "the language model said nothing, or did not come to the end of a thought",
            "raise llm.max_thinking_tokens, or take another llm.model",
        )
    name = f"{model.label} " if isinstance(model, ServerModel) else ""
    return "; ".join([f"{name}answered: {answer[:40]!r}", *model.remarks])


def _endings(config: Config) -> str:
    from assistant.language.en.prompt import ENDINGS_OPENING

    judge = try_endings(config)
    if judge is None:
        return "not used: [turn] weigh_words and endpointing, or the profile, do without"
    asked = {"role": "user", "content": "What time is it"}
    weighed = judge.sentence_end([*ENDINGS_OPENING, asked], _never)
    if weighed is None:
        return "loaded, but too slow to weigh words before a turn ends"
    return f"'What time is it' ends a request with {weighed:.2f}"


def _meaning(config: Config) -> str:
    meaning = try_meaning(config)
    if meaning is None:
        return "not used: the profile does without"
    kind, beyond = meaning.kind("Turn off the light.")
    return f"'Turn off the light.' is out of reach with {beyond:.2f} ({kind})"


def _voice(config: Config) -> str:
    voice = load_voice(config)
    samples = sum(len(piece) for piece in voice.synthesise("Hello.", _never))
    return f"spoke {samples / voice.rate_hz:.1f} s at {voice.rate_hz} Hz"


def _vad(config: Config) -> str:
    from assistant.audio.vad import make_detector

    make_detector(config.vad).is_speech(np.zeros(320, np.int16))
    return f"detector '{config.vad.detector}' heard a frame"


def _echo(config: Config) -> str:
    from assistant.audio.echo import make_canceller

    silence = np.zeros(320, np.int16)
    make_canceller(config.audio).cancel(silence, silence)
    return f"canceller '{config.audio.echo_canceller}' cleaned a frame"


PROBES = {
    "transcriber": _transcriber,
    "turn": _turn,
    "llm": _llm,
    "endings": _endings,
    "meaning": _meaning,
    "voice": _voice,
    "vad": _vad,
    "echo": _echo,
}


def main() -> None:
    """Run one probe; what it found on standard output, what went wrong as an exit status."""
    keep_private()
    role, *rest = sys.argv[1:]
    config = read_config(Path(rest[0]) if rest else None)
    start = time.perf_counter()
    try:
        found = PROBES[role](config)
    except AssistantError as error:
        print(error)
        sys.exit(error.exit_status)
    print(f"{found} ({time.perf_counter() - start:.1f} s)", flush=True)
    os._exit(0)  # the question is whether it works, not how native threads take the farewell


if __name__ == "__main__":
    main()
