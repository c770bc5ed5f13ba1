"""`assistant doctor --tune`: threads chosen by measurement, and written into the configuration.

Each candidate is measured in a process of its own (`python -m assistant.cli.tune STAGE THREADS`) on
the stage's own job, in turn with the others, so that a load from elsewhere falls on all of them.
Knows how to measure and how to choose; the stages know nothing of it. Runs on the main thread.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tomlkit
from tomlkit.exceptions import TOMLKitError

from assistant.assemble.loading import (
    load_language_model,
    load_voice,
    load_whisper,
    make_conversation,
)
from assistant.assemble.places import config_path
from assistant.cli.options import read_config
from assistant.config import SHARED_BY, Config, config_from_dict, thread_count
from assistant.errors import AssistantError, ConfigError, ModelError
from assistant.private import keep_private
from assistant.text_files import SAVE_AS_UTF8, EncodingFault, decoded

WORTH_IT = 0.95
"""More threads must take less than this share of the time; the other stages want cores as well."""
REPEATS = 5
CANDIDATES = (1, 2, 3, 4, 6, 8)

_SENTENCE = "The quick answer is that you can walk there in ten minutes."
_QUESTION = "Can you tell me something about the history of Lisbon?"
_TOKENS = 20
_TIMEOUT_S = 120


class Job(NamedTuple):
    """What is measured, `run`, and what must come before it each time, `ready`."""

    ready: Callable[[], object]
    run: Callable[[], object]


def tune(settings: Config, path: Path | None, *, is_dry: bool) -> None:
    """Measure every stage, print a table, and write the choices into `path` (None: the user's own
    file) unless `is_dry`. `ModelError` when a stage fails, `ConfigError` when the file refuses."""
    target = path or settings.path or config_path()
    cores = os.cpu_count() or 1
    chosen: dict[tuple[str, str], int] = {}
    print(f"{'stage':<9}{'job':<34}median of each number of threads")
    for stage, (job, _) in STAGES.items():
        if stage == "llm" and settings.llm.server:
            print(f"{stage:<9}a server has it, which chooses its threads itself")
            continue
        most = max(1, cores // SHARED_BY[stage])
        candidates = [count for count in CANDIDATES if count <= most]
        medians = measure(stage, candidates, settings.path, REPEATS)
        best = choose(medians)
        chosen[(stage, "threads")] = best
        times = ", ".join(f"{count}: {ms:.0f} ms" for count, ms in medians.items())
        now = thread_count(getattr(settings, stage).threads, SHARED_BY[stage])
        print(f"{stage:<9}{job:<34}{times} -> {best} (now {now})", flush=True)
    if is_dry:
        print(f"nothing was written; without --dry-run these go into {target}")
        return
    write_values(target, chosen)
    print(f"written to {target}; the rest of it is as it was")


def choose(medians: dict[int, float]) -> int:
    """The number of threads to take, from the milliseconds of each: more only if worth it."""
    best, *others = sorted(medians)
    for count in others:
        if medians[count] < medians[best] * WORTH_IT:
            best = count
    return best


def measure(
    stage: str, candidates: list[int], config: Path | None, repeats: int
) -> dict[int, float]:
    """Median milliseconds of the job of `stage` for each number of threads, measured in turn."""
    taken: dict[int, list[float]] = {count: [] for count in candidates}
    with _workers(stage, candidates, config) as workers:
        for _ in range(repeats):
            for count, worker in workers.items():
                taken[count].append(_next_ms(stage, worker))
    return {count: statistics.median(times) for count, times in taken.items()}


@contextmanager
def _workers(
    stage: str, candidates: list[int], config: Path | None
) -> Iterator[dict[int, subprocess.Popen[str]]]:
    """One waiting process for each number of threads; all of them end with the block."""
    workers: dict[int, subprocess.Popen[str]] = {}
    try:
        for count in candidates:
            command = [sys.executable, "-m", "assistant.cli.tune", stage, str(count)]
            workers[count] = subprocess.Popen(
                [*command, *([str(config)] if config else [])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            _next_ms(stage, workers[count])  # loads, and pays for what only a first run pays
        yield workers
    finally:
        for worker in workers.values():
            worker.kill()
            worker.communicate()


def _next_ms(stage: str, worker: subprocess.Popen[str]) -> float:
    """Have the job done once; `ModelError` when the process failed instead."""
    failed = f"{stage} could not be measured"
    if worker.stdin is None or worker.stdout is None:
        raise ModelError(failed, "run `assistant doctor`")
    with suppress(BrokenPipeError):  # when it has ended, its last line says why
        worker.stdin.write("\n")
        worker.stdin.flush()
    if not select.select([worker.stdout], [], [], _TIMEOUT_S)[0]:
        raise ModelError(f"{failed}: no answer within {_TIMEOUT_S} s", "run `assistant doctor`")
    line = worker.stdout.readline()
    answer: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
    if "ms" in answer:
        return float(answer["ms"])
    status = worker.wait()
    ended = (
        f"crashed in native code with {signal.Signals(-status).name}"
        if status < 0
        else f"ended with status {status}"
    )
    raise ModelError(f"{failed}: {answer.get('error', ended)}", "run `assistant doctor`")


# -- the configuration file ------------------------------------------------------------------------


def write_values(path: Path, values: dict[tuple[str, str], int]) -> None:
    """Set `section.key` in the TOML file `path`, which is made when absent; everything else in it,
    comments and blank lines too, stays as it is. `ConfigError` when it cannot be read or written,
    or would not be valid afterwards."""
    try:
        text = decoded(path.read_bytes()) if path.exists() else ""
        document = tomlkit.parse(text)
        for (section, key), value in values.items():
            if section not in document:
                if document.as_string().strip():
                    document.add(tomlkit.nl())
                document.add(section, tomlkit.table())
            document[section][key] = value
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", "check --config") from error
    except EncodingFault as fault:
        raise ConfigError(f"cannot read {path}: {fault}", SAVE_AS_UTF8) from fault
    except TOMLKitError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", "mend that line") from error
    config_from_dict(document.unwrap())
    _replace(path, document.as_string())


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, with the rights that the file had; a link stays a link."""
    target = path.resolve()
    temporary = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        temporary.write_text(text, encoding="utf-8")
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {error.strerror}",
            "make it writable, or name another file with --config",
        ) from error


# -- one candidate, in its own process -------------------------------------------------------------


def _never() -> bool:
    return False


def _nothing() -> None:
    pass


def _transcriber(config: Config) -> Job:
    from assistant.audio.resample import resample_whole, to_int16
    from assistant.messages import SAMPLE_RATE_HZ

    voice = load_voice(config)
    sound = np.concatenate(list(voice.synthesise(_QUESTION, _never)))
    heard = to_int16(resample_whole(sound, voice.rate_hz, SAMPLE_RATE_HZ))
    whisper = load_whisper(config)
    return Job(_nothing, lambda: whisper.transcribe(heard, _never))


def _llm(config: Config) -> Job:
    model = load_language_model(config)
    prefix = make_conversation(config, model).prefix()

    def forget_the_question() -> None:
        model.anticipate([*prefix, {"role": "user", "content": "So"}], _never)

    def answer() -> None:
        pieces = model.stream([*prefix, {"role": "user", "content": _QUESTION}], _never)
        for _ in itertools.islice(pieces, _TOKENS):
            pass

    return Job(forget_the_question, answer)


def _voice(config: Config) -> Job:
    voice = load_voice(config)
    return Job(_nothing, lambda: next(voice.synthesise(_SENTENCE, _never), None))


STAGES: dict[str, tuple[str, Callable[[Config], Job]]] = {
    "transcriber": ("a question of 3 s to words", _transcriber),
    "llm": ("a question to 20 tokens", _llm),
    "voice": ("12 words to the first sound", _voice),
}
"""Section of the configuration to what its measured job is called, and what makes it."""


def main() -> None:
    """Do the job of a stage once for each line on standard input; each time its milliseconds."""
    keep_private()
    stage, threads, *rest = sys.argv[1:]
    config = read_config(Path(rest[0]) if rest else None)
    section = replace(getattr(config, stage), threads=int(threads))
    try:
        job = STAGES[stage][1](replace(config, **{stage: section}))
        for _ in sys.stdin:
            job.ready()
            start = time.perf_counter()
            job.run()
            print(json.dumps({"ms": (time.perf_counter() - start) * 1000}), flush=True)
    except AssistantError as error:
        print(json.dumps({"error": error.what}), flush=True)
        sys.exit(error.exit_status)


if __name__ == "__main__":
    main()
