"""All that a conversation needs: every stage, the trace, the microphone and the speaker.

Called on the main thread, or on the face's loader thread; the threads on which models load are gone
when a function returns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.assemble.audit import open_log
from assistant.assemble.loading import (
    load_endings,
    load_language_model,
    load_meaning,
    load_turn_judge,
    load_voice,
    load_whisper,
    make_conversation,
    make_services_anyway,
    open_prepared,
    start_links,
)
from assistant.assemble.places import replies_directory, trace_directory
from assistant.assemble.roles import (
    llm_files,
    model_paths,
    remote_warning,
    server_label,
    weights_remarks,
)
from assistant.assemble.speaking import Speaking
from assistant.config import Config
from assistant.errors import DeviceError
from assistant.messages import Notice

if TYPE_CHECKING:  # the heavy libraries load when they are used, not when this is read
    from assistant.engine.engine import Stages
    from assistant.engine.seams import AudioDevice, TextLayer
    from assistant.talk.awaited import Awaited
    from assistant.trace import Trace
    from assistant.voice.prepared import LoadedVoice, PreparedReplies

Say = Callable[[str], None]

_SOUND_SYSTEM = "the sound system"


def load_stages(
    config: Config,
    output_rate_hz: int,
    say: Say = lambda text: None,
    state: Path | None = None,
    folder: Path | None = None,
    way: str = "",
    awaited: Awaited | None = None,
    makes_replies: bool = True,
) -> Stages:
    """Load, warm and join every stage, all at the same time; `say` hears what is being done.
    `state` is the folder of timers, lists and notes; None: they are forgotten. `folder` has the
    user's own flows and replies. `way` is the command whose turns are written to the log; empty:
    they are not.

    Replies that were not prepared are synthesised now, so that a new replies file just works; not
    so without `makes_replies`, because a set-up makes them meanwhile. Each is then synthesised when
    it is said. While the language model is `awaited`, none is loaded. When a stage cannot be
    loaded, the servers of tools that were started have ended.
    """
    with ExitStack() as opened:
        stages = _load(
            config,
            output_rate_hz,
            say,
            state,
            folder,
            way,
            awaited,
            opened,
            makes_replies=makes_replies,
        )
        opened.pop_all()
    return stages


Candidates = Callable[[Sequence[str]], Sequence[str]]


def _guarded(candidates: Candidates, notify: Callable[[Notice], None]) -> Candidates:
    """A fault in `candidates` is told once and costs no turn its words."""
    told: list[str] = []

    def guarded(heard: Sequence[str]) -> Sequence[str]:
        try:
            return candidates(heard)
        except Exception as error:  # the parser of a user's slot may be among them
            if not told:
                told.append(f"What could have been said is not known: {error}")
                notify(Notice(severity="warning", code="W-CANDIDATES", text=told[0]))
            return ()

    return guarded


def _load(
    config: Config,
    output_rate_hz: int,
    say: Say,
    state: Path | None,
    folder: Path | None,
    way: str,
    awaited: Awaited | None,
    opened: ExitStack,
    *,
    makes_replies: bool,
) -> Stages:
    """`load_stages`; what has to be closed when it fails goes to `opened`."""
    from assistant.audio.echo import make_canceller
    from assistant.audio.monitor import MonitorWatch
    from assistant.audio.resample import PlaybackResampler
    from assistant.audio.vad import make_detector
    from assistant.engine.ears import Senses
    from assistant.engine.engine import Stages
    from assistant.engine.hands import HandsThread
    from assistant.engine.memory import give_back_freed, keep_what_is_loaded
    from assistant.hearing.hallucination import is_noise
    from assistant.hearing.prosody import measure_prosody
    from assistant.log.writer import Session, TurnLog

    paths = model_paths(config, is_awaited=awaited is not None)
    for remark in weights_remarks(config):
        say(remark)
    say("loading the models …")
    services = make_services_anyway(config, state, say)
    with ThreadPoolExecutor(thread_name_prefix="load") as pool:
        whisper_to_be = pool.submit(load_whisper, config, paths.transcriber)
        voice_to_be = pool.submit(load_voice, config, paths.voice)
        if awaited is None:
            model_to_be = pool.submit(load_language_model, config, paths.llm_files)
            endings_to_be = pool.submit(load_endings, config)
        judge_to_be = pool.submit(load_turn_judge, config, paths.turn)
        meaning_to_be = pool.submit(load_meaning, config)
        pool.submit(services.calendar.warm, datetime.now().astimezone())
        model = endings = None
        if awaited is None:
            model, endings = model_to_be.result(), endings_to_be.result()
            for remark in model.remarks:
                say(remark)
        hands = HandsThread()
        conversation = make_conversation(
            config,
            model,
            meaning_to_be.result(),
            endings,
            services=services,
            hands=hands,
            folder=folder,
            awaited=awaited,
        )
        pool.submit(conversation.candidates, ("set a timer",))  # its first call takes longer
        links = start_links(config, services, services.notify)
        if links is not None:
            opened.callback(links.close)
        services.documents.start()
        if model is not None:
            model.prime(conversation.prefix())
        prepared, texts = open_prepared(config), conversation.all_fixed_texts()
        prepared.load(texts, output_rate_hz)
        whisper, judge = whisper_to_be.result(), judge_to_be.result()
        for remark in whisper.remarks:
            say(remark)
        voice = voice_to_be.result()
    whisper.count_expected = conversation.count_own_words
    whisper.candidates = _guarded(conversation.candidates, services.notify)
    if makes_replies and prepared.missing(texts):
        _make_replies(prepared, texts, voice, say)
        prepared.load(texts, output_rate_hz)
    speaking = Speaking(
        services=services,
        talk=conversation.talk,
        voice=voice,
        prepared=prepared,
        rate_hz=output_rate_hz,
    )
    keep_what_is_loaded()
    give_back_freed()
    senses = Senses(
        canceller=make_canceller(config.audio),
        detector=make_detector(config.vad),
        judge=judge,
        watch=MonitorWatch() if way == "run" else None,
    )
    return Stages(
        senses=senses,
        transcriber=whisper,
        noise_rule=is_noise,
        text=conversation,
        voice=voice,
        prepared=speaking.sound,
        resample=PlaybackResampler,
        hands=hands,
        log=open_log(config, conversation, services, way, say) if way else TurnLog(None, Session()),
        volume_to=speaking.volume_to,
        measure_voice=measure_prosody if config.mood.enabled and config.mood.voice else None,
        close=links.close if links is not None else lambda: None,
    )


def _make_replies(
    prepared: PreparedReplies, texts: list[str], voice: LoadedVoice, say: Say
) -> None:
    """Synthesise the replies that have no sound; where it cannot be kept, `say` is told."""
    say("synthesising replies …")
    try:
        prepared.prepare(texts, voice, lambda done, total: None)
    except OSError as error:
        say(
            f"The sounds of the fixed replies cannot be kept ({error.strerror or error}): they "
            "are made when they are said, which takes longer. Make room, or make "
            f"{replies_directory()} writable."
        )


def bring_model(config: Config, text: TextLayer) -> tuple[str, ...]:
    """Load the language model that is there by now and hand it to the conversation `text`, which
    goes on meanwhile; its name for people and the remarks on how it is used. `ModelError` when it
    is missing or does not load. On a thread of its own."""
    from assistant.engine.memory import give_back_freed
    from assistant.talk.conversation import Conversation

    assert isinstance(text, Conversation)
    files = llm_files(config)
    model = load_language_model(config, files)
    endings = None if text.has_judge else load_endings(config)
    model.prime(text.opening)
    text.use_model(model, endings)
    give_back_freed()
    return files[0].path.stem, *model.remarks


def open_trace(config: Config, warn: Callable[[Notice], None] = lambda notice: None) -> Trace:
    """The trace of a new session, as configured. Where its folder cannot be written, or the disk
    is full later, the session goes on without one, and `warn` is told once (on any thread)."""
    from assistant.talk.guards.personal import redacted
    from assistant.trace import Trace

    directory = trace_directory(config) if config.trace.enabled else None
    redact = redacted if config.guards.redact_log else None
    try:
        trace = Trace(directory, config.trace.keep_sessions, redact)
    except OSError as error:
        warn(_no_trace(directory, error))
        return Trace(None)
    trace.on_trouble = lambda error: warn(_no_trace(directory, error))
    if config.llm.server:
        trace.event(
            "model server", model=server_label(config), is_remote=bool(remote_warning(config))
        )
    return trace


def _no_trace(directory: Path | None, error: OSError) -> Notice:
    return Notice(
        severity="warning",
        code="W-TRACE",
        text=f"No trace is kept of this session, as {directory} cannot be written: "
        f"{error.strerror or error}. Make room, or set [trace] enabled = false.",
    )


def open_sound_device(
    config: Config, waits: Callable[[DeviceError], None] | None = None
) -> AudioDevice:
    """The configured microphone and speaker; `DeviceError` when there is none, or when the sound
    system does not answer. With `waits`, which is told why, the session waits for a device that is
    not there."""
    from assistant.audio.attempt import answered
    from assistant.audio.device import SoundDevice
    from assistant.audio.portaudio import check_devices, load_portaudio

    def opened() -> AudioDevice:
        load_portaudio()
        try:
            check_devices(config.audio)
        except DeviceError as error:
            if waits is None:
                raise
            waits(error)
        return SoundDevice(config.audio)

    return answered(_SOUND_SYSTEM, opened)


def list_device_names() -> tuple[list[str], list[str]]:
    """Names of the microphones and of the speakers; `DeviceError` without a sound system, or when
    it does not answer."""
    from assistant.audio.attempt import answered
    from assistant.audio.portaudio import list_devices

    found = answered(_SOUND_SYSTEM, list_devices)
    return (
        [device.name for device in found if device.input_channels],
        [device.name for device in found if device.output_channels],
    )
