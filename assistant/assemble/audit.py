"""Opens the log of a conversation: where it lies, what it says of this program and its models.

Knows the configuration, the conversation and the store; reads no weights. Main thread, or the
face's loader thread.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import platform
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant import __version__
from assistant.config import Config
from assistant.errors import AssistantError
from assistant.log.book import Book
from assistant.log.entry import Entry, Redact, verdicts_of
from assistant.log.place import head_file, log_path
from assistant.log.writer import Export, Session, TurnLog, session_name
from assistant.messages import ToolCall
from assistant.talk.decision import Effect, slots_as_text

if TYPE_CHECKING:
    from assistant.assemble.roles import Role
    from assistant.talk.conversation import Conversation
    from assistant.talk.services import Services
    from assistant.talk.silent import Turn


def open_log(
    config: Config,
    conversation: Conversation,
    services: Services,
    way: str,
    say: Callable[[str], None] = lambda text: None,
) -> TurnLog:
    """The log of a new conversation in the command `way` ("run"); it makes its file when the first
    turn ends. Where [log] is switched off, nothing is written. `say` is told what does not work.

    What the store holds now is kept with it, so that the conversation can be replayed.
    """
    settings = config.log
    now = datetime.now().astimezone()
    state, has_pin = "", services.pins.is_set
    if settings.enabled and settings.state:
        try:
            state = services.store.dumped()
        except AssistantError as error:
            say(f"{error.what}. This conversation cannot be replayed as it was.")
    session = Session(
        name=session_name(now, os.getpid()),
        about=lambda: _about(config, conversation, way, state) | {"has_pin": has_pin},
        state=state,
        rules=lambda: conversation.knowledge.rules,
    )
    log = TurnLog(
        (lambda: _open_book(config)) if settings.enabled else None,
        session,
        redact=redact_by(config),
        keep_days=settings.keep_days,
        keeps_sound=settings.enabled and settings.sound,
        export=_export(config, say),
    )
    atexit.register(_close, log)
    conversation.on_forget = lambda: log.add(
        Entry(kind="cleared", at=datetime.now().astimezone(), way="typed")
    )
    return log


def _close(log: TurnLog) -> None:
    """At the end of the process; who presses Ctrl+C once more does not wait for the disk."""
    with suppress(KeyboardInterrupt):
        log.close()


def typed_entry(
    turn: Turn, number: int, call_of: Callable[[Effect], ToolCall], marks: Mapping[str, float]
) -> Entry:
    """What the log is told of a turn without sound; `marks` are milliseconds from its start."""
    decision, first = turn.decision, turn.replies[0] if turn.replies else None
    called: list[Effect | ToolCall] = [*turn.called]
    if decision is not None:
        called = [*decision.calls, *decision.undoes, *decision.effects, *called]

    def calls() -> list[ToolCall]:
        return [one if isinstance(one, ToolCall) else call_of(one) for one in called]

    return Entry(
        at=datetime.now().astimezone(),
        turn=number,
        way="typed",
        request=turn.text,
        now=decision.request.now if decision and decision.request else None,
        name=decision.name if decision else "",
        source=first.source if first else "",
        why=decision.why if decision else "no words",
        score=decision.score if decision else None,
        slots=slots_as_text(decision.slots) if decision else {},
        steps=decision.steps if decision else (),
        planned=tuple((reply.text, reply.spoken) for reply in turn.replies),
        sounded=turn.answer,
        is_secret=turn.is_secret,
        calls=calls,
        asked=turn.asked,
        model_ms=marks["first clause"] - marks["route"] if "first clause" in marks else None,
        verdicts=verdicts_of(turn.replies, decision.source if decision else ""),
        mood=decision.mood if decision else None,
        stages_ms=marks,
    )


def _open_book(config: Config) -> Book:
    path = log_path(config.log.directory)
    return Book(path, head_file(path, config.log.head_directory), make=True)


def redact_by(config: Config) -> Redact:
    """What is done with every text before it is written down."""
    if not config.log.redact:
        return lambda text: text
    from assistant.talk.guards.personal import redacted

    return redacted


def _export(config: Config, say: Callable[[str], None]) -> Export | None:
    if not config.log.otlp_endpoint:
        return None
    from assistant.log.spans import open_spans
    from assistant.private import allow_host

    try:
        spans = open_spans(config.log.otlp_endpoint, allow_remote=config.log.allow_remote)
    except AssistantError as error:
        say(str(error))
        return None
    if config.log.allow_remote:
        allow_host(urlsplit(config.log.otlp_endpoint).hostname or "")
    return spans


def _about(config: Config, conversation: Conversation, way: str, state: str) -> dict[str, Any]:
    """What is the same for all turns: versions, models, the instructions of the model, the seed."""
    return {
        "way": way,
        "program": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "profile": config.models.profile,
        "models": models_of(config),
        "config": hashlib.sha256(repr(config).encode()).hexdigest()[:12],
        "rules": conversation.knowledge.rules,
        "seed": conversation.flows.seed,
        "opening": [dict(one) for one in conversation.opening],
        "state": hashlib.sha256(state.encode()).hexdigest() if state else "",
        "utc_offset": f"{datetime.now().astimezone():%z}",
    }


def models_of(config: Config) -> dict[str, Any]:
    """Each role's weights: their name, and the SHA-256 that the catalogue has of them. Of other
    files, their size; of a model behind a server, what it is called. No weights are read."""
    from assistant.assemble.roles import llm_files, model_path, server_label

    found: dict[str, Any] = {}
    if config.llm.server:
        found["llm"] = {"server": server_label(config)}
    roles: tuple[Role, ...] = ("transcriber", "turn", "voice")
    for role in roles:
        try:
            found[role] = _weights(model_path(config, role), config, role)
        except AssistantError:  # this command works without it
            continue
    if not config.llm.server:
        try:
            found["llm"] = _weights(llm_files(config)[0].path, config, "llm")
        except AssistantError:
            pass
    return found


def _weights(path: Path, config: Config, role: Role) -> dict[str, Any]:
    from assistant.weights.resolve import find

    size = path.stat().st_size if path.is_file() else None
    made: dict[str, Any] = {"file": path.name, "bytes": size}
    is_hibari = role == "voice" and config.voice.engine == "hibari"
    if getattr(config, role).model or is_hibari:  # not the profile's
        return made
    model, _ = find(config, role)
    known = {one.name: one.sha256 for one in model.files if one.sha256}
    if path.is_file() and path.name not in known:  # a copy that was made for speed
        return {**made, "made_from": known}
    wanted = known if path.is_dir() else {path.name: known[path.name]}
    return {**made, "model": model.id, "sha256": wanted}
