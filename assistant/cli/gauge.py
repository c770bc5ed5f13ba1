"""Measures the small language model on this machine, in a process of its own.

`python -m assistant.cli.gauge [CONFIG]` loads the starter's model, reads and writes a few words
with it and prints one line of JSON: `prompt_ms_per_token`, `token_ms` and `card_bytes`. The best of
several rounds counts, as the conversation beside it may take the processor away. Some seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from assistant.assemble.loading import load_language_model
from assistant.cli.options import read_config
from assistant.config import Config
from assistant.errors import AssistantError
from assistant.model.llm import LanguageModel
from assistant.private import keep_private
from assistant.weights.choice import Speed
from assistant.weights.resolve import SMALLEST, find

_ANSWER_TOKENS = 16
_SYSTEM = {"role": "system", "content": "You are a voice assistant. Answer in whole sentences."}
_QUESTIONS = (
    "How does a seed grow into a tall tree?",
    "Why is the sky blue on a clear day?",
    "What do bees do in the cold of winter?",
    "Where does the salt in the sea come from?",
)


def measure(config: Config) -> Speed:
    """The speed of the starter's model. `ModelError` when it is missing or does not load."""
    models = replace(config.models, profile=SMALLEST)
    llm = replace(config.llm, model="", server="", max_tokens=_ANSWER_TOKENS)
    model = load_language_model(replace(config, models=models, llm=llm))
    assert isinstance(model, LanguageModel)
    try:
        rounds = [_round(model, question) for question in _QUESTIONS]
    finally:
        model.close()
    return Speed(
        prompt_ms_per_token=min(speed.prompt_ms_per_token for speed in rounds),
        token_ms=min(speed.token_ms for speed in rounds),
    )


def _round(model: LanguageModel, question: str) -> Speed:
    """Read a question when what stands before it was read, then write an answer to it."""
    messages = [_SYSTEM, {"role": "user", "content": question}]
    model.warm_up([_SYSTEM], lambda: False)
    tokens, start = model.evaluated_tokens, time.perf_counter()
    model.anticipate(messages, lambda: False)
    reading_ms = (time.perf_counter() - start) * 1000 / max(1, model.evaluated_tokens - tokens)
    stream = model.stream(messages, lambda: False)
    next(stream, "")
    tokens, start = model.evaluated_tokens, time.perf_counter()
    for _piece in stream:
        pass
    writing_ms = (time.perf_counter() - start) * 1000 / max(1, model.evaluated_tokens - tokens)
    return Speed(prompt_ms_per_token=reading_ms, token_ms=writing_ms)


def card_bytes(config: Config) -> int:
    """The memory of the graphics card when llama.cpp has one and the starter's Whisper ran on it;
    else 0, and the reason on standard error, which goes into the log."""
    from assistant.hearing.whisper_load import open_whisper
    from assistant.model.graphics import card_memory

    total = card_memory().total
    if not total:
        return 0
    models = replace(config.models, profile=SMALLEST)
    on_card = replace(config.transcriber, model="", language="en", device="cuda")
    try:
        _, directory = find(replace(config, models=models), "transcriber")
        open_whisper(directory, on_card, workers=1)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 0
    return total


def main() -> None:
    """Print the figures; what went wrong on standard error, and as an exit status."""
    keep_private()
    try:
        config = read_config(Path(sys.argv[1]) if sys.argv[1:] else None)
        speed = measure(config)
    except AssistantError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
    figures = {
        "prompt_ms_per_token": round(speed.prompt_ms_per_token, 2),
        "token_ms": round(speed.token_ms, 2),
        "card_bytes": card_bytes(config),
    }
    print(json.dumps(figures), flush=True)
    os._exit(0)  # native threads are not waited for


if __name__ == "__main__":
    main()
