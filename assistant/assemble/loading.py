"""Loads the parts, each by itself: the language models, the text layer, the ear and the voice.

Knows which class stands behind each role, and no other part of it. Called on the main thread, on
the face's loader thread, or on those of `session`; blocks until the part is ready.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from assistant.addresses import parse_address
from assistant.assemble.places import (
    documents_directory,
    parts_directory,
    replies_directory,
    states_directory,
)
from assistant.assemble.roles import LlmFile, llm_files, model_path, remote_warning
from assistant.config import Config, LlmConfig, thread_count
from assistant.errors import ModelError
from assistant.messages import SAMPLE_RATE_HZ, Notice
from assistant.private import allow_host

if TYPE_CHECKING:  # the heavy libraries load when they are used, not when this is read
    from assistant.hearing.transcribe import Whisper
    from assistant.mcp.links import Links
    from assistant.model.llm import LanguageModel
    from assistant.model.llm_server import ServerModel
    from assistant.model.meaning import MeaningModel
    from assistant.talk.awaited import Awaited
    from assistant.talk.conversation import Conversation
    from assistant.talk.hands import Hands
    from assistant.talk.services import Services
    from assistant.turn.smart_turn import SmartTurn
    from assistant.voice.prepared import LoadedVoice, PreparedReplies

_ENDINGS = LlmConfig(device="cpu", context_tokens=1024, max_tokens=8)
"""How the judge of endings is loaded, whatever the answering model is set to."""


# -- the text layer -----------------------------------------------------------------------------


def load_language_model(
    config: Config, files: Sequence[LlmFile] = ()
) -> LanguageModel | ServerModel:
    """The model of the configuration: behind `llm.server`, else the GGUF file in this process.

    `files`, by default those of `llm_files`, are tried in their order; the model's remarks say what
    did not load. `ModelError` of the last one when none does.
    """
    if config.llm.server:
        from assistant.model.llm_server import ServerModel

        if remote_warning(config):
            allow_host(urlsplit(parse_address(config.llm.server).url).hostname or "")
        return ServerModel(config.llm)
    from assistant.model.llm import LanguageModel

    files = files or llm_files(config)
    remark = ""
    for file, instead in pairwise(files):
        try:
            return LanguageModel(file.path, config.llm, states_directory(), remark)
        except ModelError as error:
            remark = f"{error.what}; {_stand_in(file, instead)}"
    return LanguageModel(files[-1].path, config.llm, states_directory(), remark)


def _stand_in(failed: LlmFile, instead: LlmFile) -> str:
    if failed.model != instead.model:
        return f"the smaller model {instead.model} takes its place"
    return (
        "the same model as it came takes its place, which is slower; delete "
        f"{failed.path}, and `assistant prepare` makes it again"
    )


def load_meaning(config: Config) -> MeaningModel | None:
    """The judge of what requests mean, warm; None when the profile has none or it does not load:
    rules alone then tell what is out of reach."""
    try:
        return try_meaning(config)
    except ModelError:
        return None


def try_meaning(config: Config) -> MeaningModel | None:
    """As `load_meaning`, but `ModelError` says why a model of the profile does not load."""
    from assistant.model.meaning import load_meaning_model
    from assistant.weights.resolve import find, profile_models

    if "meaning" not in profile_models(config):
        return None
    _, directory = find(config, "meaning")
    meaning = load_meaning_model(directory / "model.onnx", directory / "tokenizer.json")
    meaning.kind("What is it?")
    return meaning


def load_endings(config: Config) -> LanguageModel | None:
    """The small model that judges by the words whether a sentence has ended; None when turns end
    otherwise, or it does not load: the language model then judges that, too."""
    try:
        return try_endings(config)
    except ModelError:
        return None


def try_endings(config: Config) -> LanguageModel | None:
    """As `load_endings`, but `ModelError` says why a model of the profile does not load."""
    from assistant.language.en.prompt import ENDINGS_OPENING
    from assistant.model.llm import LanguageModel
    from assistant.weights.resolve import find, profile_models

    if not config.turn.weigh_words or config.turn.endpointing == "timer":
        return None
    if "endings" not in profile_models(config):
        return None
    model, directory = find(config, "endings")
    judge = LanguageModel(directory / model.files[0].name, _ENDINGS, states_directory())
    judge.prime(ENDINGS_OPENING)
    return judge


def endings_state(config: Config) -> Path | None:
    """The file of the state of the judge of endings; None when there is no such judge. Loads
    nothing."""
    from assistant.language.en.prompt import ENDINGS_OPENING
    from assistant.model.llm import state_file
    from assistant.weights.resolve import find, profile_models

    if "endings" not in profile_models(config):
        return None
    model, directory = find(config, "endings")
    weights = directory / model.files[0].name
    return state_file(states_directory(), weights, _ENDINGS, ENDINGS_OPENING)


def make_services(
    config: Config,
    state: Path | None = None,
    *,
    is_dry_run: bool = False,
    indices: Path | None = None,
) -> Services:
    """What tools work with. `state` is the folder of timers, lists and notes; None: in memory. In a
    dry run it is read and never written. `indices` is where the index of documents is kept, by
    default in the cache. `StoreError` when the folder or its file cannot be used.
    """
    from assistant.talk.calendar_file import CalendarFiles
    from assistant.talk.schema import make_tables
    from assistant.talk.services import Services
    from assistant.talk.sources.documents import Documents
    from assistant.talk.store import Store

    store = Store.copied(state) if state is not None and is_dry_run else Store(state)
    make_tables(store)
    folder = documents_folder(config)
    documents = Documents(
        folder, indices or documents_directory(), implicit=config.documents.implicit
    )
    return Services(
        config=config,
        store=store,
        calendar=CalendarFiles(config.calendar.path),
        documents=documents,
    )


def documents_folder(config: Config) -> Path | None:
    """The folder of the user's documents, beside the configuration where it is relative."""
    if not config.documents.folder:
        return None
    beside = config.path.parent if config.path is not None else Path()
    return beside / Path(config.documents.folder).expanduser()


def start_links(config: Config, services: Services, tell: Callable[[Notice], None]) -> Links | None:
    """The configured servers of tools, which are being connected from now on; None without any.
    `tell` gets notices of them, on a thread of theirs."""
    if not any(one.enabled for one in config.mcp.servers.values()):
        return None
    from assistant.mcp.links import Links

    links = Links(config, services.toolbox, tell)
    links.start()
    return links


def make_services_anyway(
    config: Config, state: Path | None, say: Callable[[str], None]
) -> Services:
    """As `make_services`, but in memory where the folder or its file cannot be used; `say` is told.
    Who wants to talk is not turned away for what could not be kept."""
    from assistant.talk.store import StoreError

    try:
        return make_services(config, state)
    except StoreError as error:
        say(
            f"{error.what}. Timers, lists and notes of before are not known, and new ones are "
            f"forgotten at the end; {error.next_step}."
        )
        return make_services(config)


def make_conversation(
    config: Config,
    model: LanguageModel | ServerModel | None,
    meaning: MeaningModel | None = None,
    endings: LanguageModel | None = None,
    *,
    services: Services | None = None,
    hands: Hands | None = None,
    now: Callable[[], datetime] | None = None,
    seed: int | None = None,
    folder: Path | None = None,
    files: Sequence[Path] = (),
    awaited: Awaited | None = None,
) -> Conversation:
    """The text layer with its replies, flows and tools; `model` answers what is left over,
    `meaning` helps to tell what nothing can answer, `endings` when a turn has ended. Without
    `services` nothing outlives it, without `hands` nothing is done, without `now` it is now.
    `seed` is that of coins, dice and jokes; None: another one each time. `folder` has the user's
    own flows and replies; `files` are more of them, and must load. `awaited` is a model that will
    be brought later."""
    from assistant.talk.announcer import Announcer
    from assistant.talk.conversation import Conversation
    from assistant.talk.facts import load_talk
    from assistant.talk.reach import load_reach
    from assistant.talk.reload import UserFiles, check_file
    from assistant.talk.running import Flows
    from assistant.talk.sources.loading import load_sources
    from assistant.talk.tools import own_flows

    named = [*files]
    if config.text.replies_file:
        named.append(Path(config.text.replies_file).expanduser())
    for path in named:
        check_file(path)
    own = own_flows()
    services = services or make_services(config)
    sources = load_sources(config, services, model, meaning, [flow.name for flow in own])
    for host in sources.hosts:
        allow_host(host)
    users = UserFiles(folder, own=own, extra=named, declared=sources.flows)
    services.toolbox.exchange("", users.tools)
    drawn = random.SystemRandom().getrandbits(32) if seed is None else seed
    flows = Flows((*users.flows, *own), services, drawn)
    return Conversation(
        config,
        users.replies,
        model,
        flows,
        hands=hands,
        reach=load_reach(meaning),
        endings=endings,
        now=now,
        due=Announcer(services.store).announcements,
        talk=load_talk(services.store),
        files=users,
        databases=sources.databases,
        awaited=awaited,
    )


# -- the ear --------------------------------------------------------------------------------------


def load_whisper(config: Config, path: Path | None = None) -> Whisper:
    """The Whisper of the configuration, or of `path`, warm; `ModelError` says why it does not
    serve."""
    from assistant.hearing.transcribe import Whisper

    whisper = Whisper(path or model_path(config, "transcriber"), config.transcriber)
    whisper.warm_up()
    return whisper


def load_turn_judge(config: Config, path: Path | None = None) -> SmartTurn | None:
    """SmartTurn, warm, when the turns are to end by it."""
    from assistant.turn.smart_turn import SmartTurn

    if config.turn.endpointing != "smart_turn":
        return None
    judge = SmartTurn(path or model_path(config, "turn"), threads=1)
    judge.completeness(np.zeros(SAMPLE_RATE_HZ, np.int16))
    return judge


# -- the voice ----------------------------------------------------------------------------------


def load_voice(config: Config, path: Path | None = None) -> LoadedVoice:
    """The voice of the configuration, or the Piper voice in `path`, warm; `ModelError` says why it
    does not speak.

    A Piper voice's parts are cut and kept when they are not.
    """
    from assistant.language.en.speakable import warm_up

    voice: LoadedVoice
    if config.voice.engine == "hibari":
        from assistant.voice.hibari_voice import HibariVoice

        voice = HibariVoice(config.voice, config.voice.threads)
    else:
        from assistant.voice.piper_voice import PiperVoice

        threads = thread_count(config.voice.threads)
        weights = path or model_path(config, "voice")
        voice = PiperVoice(weights, config.voice, threads, parts_directory())
    voice.warm_up()
    warm_up()
    return voice


def voice_identity(config: Config) -> tuple[str, int]:
    """What the sounds of the configured voice are kept under, and their rate in Hz; the voice is
    not loaded."""
    if config.voice.engine == "hibari":
        from assistant.voice import hibari_voice

        return hibari_voice.voice_identity(config.voice)
    from assistant.voice import piper_voice as voice

    return voice.voice_identity(model_path(config, "voice"), config.voice)


def open_prepared(config: Config) -> PreparedReplies:
    """The replies that were synthesised for the configured voice, which is not loaded."""
    from assistant.audio.resample import resample_whole
    from assistant.voice.prepared import PreparedReplies
    from assistant.voice.pronounce import Pronunciation

    identity, rate_hz = voice_identity(config)
    said = Pronunciation(config.voice.pronounce).said
    return PreparedReplies(replies_directory(), identity, rate_hz, resample_whole, said)
