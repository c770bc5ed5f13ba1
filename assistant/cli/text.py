"""`assistant ask` (the text layer alone) and `assistant say` (the voice alone)."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from assistant.assemble.audit import open_log, typed_entry
from assistant.assemble.loading import (
    load_language_model,
    load_meaning,
    load_voice,
    make_conversation,
    make_services,
    start_links,
)
from assistant.assemble.places import user_folder
from assistant.assemble.roles import remote_warning, weights_remarks
from assistant.cli.ending import Ending
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.errors import DeviceError, InputError
from assistant.harmless import one_line
from assistant.talk.decision import Effect, slots_as_text
from assistant.text_files import SAVE_AS_UTF8, EncodingFault, decoded

if TYPE_CHECKING:  # the text layer loads when it is asked, not for `--help`
    from assistant.log.writer import TurnLog
    from assistant.talk.conversation import Conversation
    from assistant.talk.services import Services
    from assistant.talk.silent import Turn

_LINKS_S = 15.0
"""So long servers of tools are waited for: most answer within one second, within six where others
use the machine (docs/MCP.md). Own choice."""


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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Decide and answer, but write nothing.")
    ] = False,
    now: Annotated[
        str, typer.Option(metavar="ISO", help="The time of the conversation: 2026-03-04T15:20.")
    ] = "",
    state: Annotated[
        Path | None,
        typer.Option(help="Keep timers, lists and notes in this folder; else they are forgotten."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Ask the text layer, without sound. Several texts are one conversation."""
    settings = read_config(config)
    asked = [*(texts or []), *(_lines_of(file) if file else [])]
    if not asked:
        raise InputError("nothing was asked", "give a text, or --file")
    clock = _clock(now)
    warning = remote_warning(settings)
    if warning and not no_model:
        complain(warning)
    with Ending():  # an exception within a native library is lost, and there is nothing to close
        model = None if no_model else load_language_model(settings)
        hands = None if dry_run else HandsThread(_complain_of_effect)
        services = make_services(settings, state, is_dry_run=dry_run)
        conversation = make_conversation(
            settings,
            model,
            load_meaning(settings),
            services=services,
            hands=hands,
            now=clock,
            folder=user_folder(),
        )
    conversation.on_notice = lambda notice: complain(notice.text)
    conversation.reload()
    with ExitStack() as opened:
        if model is not None or not dry_run:  # else nobody would call a tool of a server
            _connect(settings, services, opened)
        services.documents.refresh()
        if model is not None:
            for remark in (*weights_remarks(settings, ["llm"]), *model.remarks):
                complain(remark)
            model.prime(conversation.prefix())
        log = None if hands is None else open_log(settings, conversation, services, "ask", complain)
        if log is not None:
            log.on_trouble = lambda error: complain(f"assistant: {error}")
            opened.callback(_close, log)
        for number, text in enumerate(asked, start=1):
            turn, marks = _ask(conversation, text, number, as_json=as_json)
            if log is not None and hands is not None:
                log.add(typed_entry(turn, number, hands.call_of, marks))


def _connect(settings: Config, services: Services, opened: ExitStack) -> None:
    """Start the servers of tools, to be ended with `opened`, and wait a little for them."""
    links = start_links(settings, services, services.notify)
    if links is None:
        return
    opened.callback(links.close)
    if not links.wait_ready(_LINKS_S):
        complain(
            f"{', '.join(links.untried)} did not answer within {_LINKS_S:g} s: what only such a "
            "server can do is not done. Look at [mcp.servers] in the configuration."
        )


def _close(log: TurnLog) -> None:
    if not log.close():
        complain("assistant: the last turns are not in the log, as its disk does not answer")


def _complain_of_effect(effect: Effect, error: Exception, sentence: str) -> None:
    complain(f"{sentence} ({effect.name}: {type(error).__name__}: {error})")


def _ask(
    conversation: Conversation, text: str, number: int, *, as_json: bool
) -> tuple[Turn, dict[str, float]]:
    """One turn, printed; with the milliseconds at which its stages were reached."""
    marks: dict[str, float] = {}
    start = time.perf_counter()

    def mark(name: str) -> None:
        marks.setdefault(name, round((time.perf_counter() - start) * 1000, 1))

    turn = conversation.converse(text, _never, mark, number)
    mark("end")
    first = turn.replies[0] if turn.replies else None
    source = first.source if first else None
    if not as_json:
        print(f"you: {one_line(turn.text)}", flush=True)
        print(f"assistant [{source}]: {one_line(turn.answer)}", flush=True)
        return turn, marks
    decision = turn.decision
    line = {
        "text": turn.text,
        "reply": turn.answer,
        "spoken": turn.spoken,
        "source": source,
        "name": decision.name if decision else None,
        "score": decision.score if decision else None,
        "slots": slots_as_text(decision.slots) if decision else {},
        "steps": [step.as_json() for step in decision.steps] if decision else [],
        "mood": decision.mood.as_json() if decision else None,
        "why": first.why if first else "no answer",
        "ms": marks,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return turn, marks


def _clock(now: str) -> Callable[[], datetime] | None:
    """A clock that begins at `now` and goes on from there; None for the laptop's own."""
    if not now:
        return None
    try:
        begin = datetime.fromisoformat(now)
    except ValueError as error:
        raise InputError(f"--now {now} is no time: {error}", "write 2026-03-04T15:20") from error
    begin = begin if begin.tzinfo else begin.astimezone()
    start_s = time.monotonic()
    return lambda: begin + timedelta(seconds=time.monotonic() - start_s)


def _input() -> str:
    """All of standard input."""
    try:
        return decoded(sys.stdin.buffer.read())
    except EncodingFault as fault:
        raise InputError(f"cannot read standard input: {fault}", SAVE_AS_UTF8) from fault


def _lines_of(file: Path) -> list[str]:
    try:
        is_input = str(file) == "-"
        content = decoded(sys.stdin.buffer.read() if is_input else file.read_bytes())
    except EncodingFault as fault:
        raise InputError(f"cannot read {file}: {fault}", SAVE_AS_UTF8) from fault
    except OSError as error:
        raise InputError(f"cannot read {file}: {error}", "check --file") from error
    return [line.strip() for line in content.splitlines() if line.strip()]


def say(
    text: Annotated[str, typer.Argument(help="What to say; - is standard input.")],
    words: Annotated[
        bool,
        typer.Option("--words", help="Print the words that the voice is given, a clause a line."),
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a WAV file instead.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Speak a text on the speaker, or into a WAV file.

    With --words, print what the voice would be given.
    """
    from assistant.audio.written import check_writable, write_whole

    settings = read_config(config)
    clauses = _clauses(_input() if text == "-" else text)
    if not clauses:
        raise InputError("there is nothing to speak in that text", "give some words")
    if words:
        _print_words(settings, clauses)
        return
    if output is not None:
        check_writable(output)
    voice = load_voice(settings)
    pieces = [piece for clause in clauses for piece in voice.synthesise(clause, _never)]
    if not pieces:
        raise InputError("there is nothing to speak in that text", "give some words")
    samples = np.concatenate(pieces)
    if output is None:
        _play(settings, samples, voice.rate_hz)
        return
    import soundfile

    made = io.BytesIO()
    soundfile.write(made, samples, voice.rate_hz, subtype="PCM_16", format="WAV")
    write_whole(output, made.getvalue())
    complain(f"{output}: {len(samples) / voice.rate_hz:.2f} s")


def _clauses(text: str) -> list[str]:
    """What the voice is given for `text`, clause by clause."""
    from assistant.language.en.clauses import clauses
    from assistant.language.en.speakable import speakable

    return [spoken for clause in clauses(iter([text])) if (spoken := speakable(clause))]


def _print_words(settings: Config, clauses: list[str]) -> None:
    from assistant.voice.pronounce import Pronunciation

    said = Pronunciation(settings.voice.pronounce).said
    for clause in clauses:
        print(one_line(said(clause)), flush=True)


def _play(settings: Config, samples: np.ndarray, rate_hz: int) -> None:
    from assistant.audio.tone import play_once

    try:
        play_once(settings.audio, samples, rate_hz)
    except DeviceError as error:
        error.next_step = error.next_step or "write a file with --output"
        raise
