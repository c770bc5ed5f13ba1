"""Puts the program together: the only module that knows which class stands behind which seam.

Every function loads what it needs and nothing more, so that `assistant ask` never touches a sound
library and `assistant say` never loads Whisper. Called on the main thread, or on the face's loader
thread; the threads on which models load are gone when a function returns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import numpy as np
import platformdirs

from assistant.addresses import REMOTE, describe_server, is_remote, parse_address
from assistant.config import Config, LlmConfig, thread_count
from assistant.errors import ModelError
from assistant.messages import SAMPLE_RATE_HZ
from assistant.private import allow_host

if TYPE_CHECKING:  # the heavy libraries load when they are used, not when this is read
    from assistant.engine.engine import Stages
    from assistant.engine.seams import AudioDevice
    from assistant.speech.llm import LanguageModel
    from assistant.speech.llm_server import ServerModel
    from assistant.speech.meaning import MeaningModel
    from assistant.speech.prepared import LoadedVoice, PreparedReplies
    from assistant.speech.transcribe import Whisper
    from assistant.talk.conversation import Conversation, Hands
    from assistant.talk.services import Services
    from assistant.trace import Trace
    from assistant.turn.smart_turn import SmartTurn

Say = Callable[[str], None]
Role = Literal["whisper", "turn", "llm", "voice"]

_APP = "assistant"


def config_path() -> Path:
    """Where the configuration is looked for when no other file is named."""
    return Path(platformdirs.user_config_dir(_APP)) / "config.toml"


def user_folder() -> Path:
    """Where the user's own flows and replies lie, beside the configuration."""
    return config_path().parent


def cache_directory() -> Path:
    """Where sounds made at set-up are kept; everything in it can be made again."""
    return Path(platformdirs.user_cache_dir(_APP))


def trace_directory(config: Config) -> Path:
    """Where each session leaves its JSON lines."""
    if config.trace.directory:
        return Path(config.trace.directory).expanduser()
    return Path(platformdirs.user_state_dir(_APP)) / "traces"


def open_trace(config: Config) -> Trace:
    """The trace of a new session, as configured."""
    from assistant.trace import Trace

    directory = trace_directory(config) if config.trace.enabled else None
    trace = Trace(directory, config.trace.keep_sessions)
    if config.llm.server:
        trace.event(
            "model server", model=server_label(config), is_remote=bool(remote_warning(config))
        )
    return trace


def remote_warning(config: Config) -> str:
    """What to tell a person whose words leave this machine; empty when they do not."""
    if not config.llm.server or not is_remote(config.llm.server, config.llm.server_model):
        return ""
    return f"{server_label(config)}. What the model is asked is sent there."


def server_label(config: Config) -> str:
    """What the configured model server is called on the screen."""
    return describe_server(config.llm.server, config.llm.server_model)


# -- weights ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPaths:
    """Where the weights of each role lie, and what they are called on the screen. `llm` is None
    when a server has them; `server` is what that is called."""

    whisper: Path
    turn: Path
    llm: Path | None
    voice: Path
    server: str = ""

    def names(self) -> dict[str, str]:
        """Role to the name that a person would look for; a model elsewhere comes first, where a
        narrow screen still shows it."""
        names = {
            "hears": self.whisper.name,
            "turns": self.turn.stem,
            "thinks": self.llm.stem if self.llm else self.server,
            "speaks": self.voice.stem,
        }
        if self.server.startswith(REMOTE):
            names = {"thinks": names["thinks"], **names}
        return names


def model_path(config: Config, role: Role) -> Path:
    """The file or directory of `role` (whisper, turn, llm, voice): the user's own, else the
    profile's, else the next smaller one that is there. `ModelError` when there is none."""
    from assistant.weights.resolve import find

    if role == "voice" and config.voice.engine == "hibari":
        from assistant.speech.hibari_voice import model_file

        return model_file(config.voice)
    own = _own_model(config, role)
    if own:
        path = Path(own).expanduser()
        if not path.exists():
            raise ModelError(f"{path} does not exist", f"check the path of the {role} model")
        return path
    model, directory = find(config, role)
    if role == "whisper":
        return directory
    suffix = {"turn": ".onnx", "llm": ".gguf", "voice": ".onnx"}[role]
    path = next(directory / file.name for file in model.files if file.name.endswith(suffix))
    return _fastest(path) if role == "llm" else path


def _fastest(source: Path) -> Path:
    """The copy of a GGUF file that the set-up made for speed, else the file."""
    from assistant.speech.requantise import fast_copy, is_current

    copy = fast_copy(source)
    return copy if is_current(copy, source) else source


def weights_remarks(config: Config, roles: Sequence[Role] = ("whisper", "llm")) -> list[str]:
    """What profile `auto` chose and why, and each of `roles` that has a smaller model in the place
    of the profile's; one line each."""
    from assistant.weights.resolve import choice_line, stand_ins

    given = {"llm"} if config.llm.server else set()
    open_roles = [role for role in roles if role not in given and not _own_model(config, role)]
    choice = choice_line(config) if "llm" in open_roles else ""
    return [*([choice] if choice else []), *stand_ins(config, open_roles)]


def _own_model(config: Config, role: Role) -> str:
    return {
        "whisper": config.whisper.model,
        "turn": config.models.smart_turn,
        "llm": config.llm.model,
        "voice": config.voice.model,
    }[role]


def model_paths(config: Config) -> ModelPaths:
    """All roles at once; `ModelError` names the first that is missing."""
    return ModelPaths(
        whisper=model_path(config, "whisper"),
        turn=model_path(config, "turn"),
        llm=None if config.llm.server else model_path(config, "llm"),
        voice=model_path(config, "voice"),
        server=server_label(config) if config.llm.server else "",
    )


# -- the text layer -----------------------------------------------------------------------------


def load_language_model(config: Config) -> LanguageModel | ServerModel:
    """The model of the configuration: behind `llm.server`, else the GGUF file in this process. Of
    the profile's, one that does not load gives way to the next smaller, with a remark."""
    if config.llm.server:
        from assistant.speech.llm_server import ServerModel

        if remote_warning(config):
            allow_host(urlsplit(parse_address(config.llm.server).url).hostname or "")
        return ServerModel(config.llm)
    from assistant.speech.llm import LanguageModel

    own = bool(config.llm.model)
    paths = [model_path(config, "llm")] if own else _language_models(config)
    remark = ""
    for path in paths:
        try:
            return LanguageModel(path, config.llm, _states_directory(), remark)
        except ModelError as error:
            if path == paths[-1]:
                raise
            remark = f"{error.what}; the next smaller model takes its place"
    raise ModelError("no language model is there", "run `make models`")


def _language_models(config: Config) -> list[Path]:
    """The files of the profile's language model that are there, and of all smaller ones: of each
    the rewritten copy first."""
    from assistant.weights.catalogue import load_catalogue
    from assistant.weights.resolve import find
    from assistant.weights.store import missing, models_directory

    wanted, directory = find(config, "llm")
    place = models_directory(config.models.directory)
    paths: list[Path] = []
    for model in (wanted, *load_catalogue().smaller(wanted)):
        if next(missing([model], place), None) is None:
            source = directory.parent / model.id / model.files[0].name
            paths += dict.fromkeys([_fastest(source), source])
    return paths


def _states_directory() -> Path:
    return cache_directory() / "llm"


def load_meaning(config: Config) -> MeaningModel | None:
    """The judge of what requests mean, warm; None when the profile has none or it is not there:
    rules alone then tell what is out of reach."""
    from assistant.speech.meaning import load_meaning_model
    from assistant.weights.resolve import find

    try:
        _, directory = find(config, "meaning")
        meaning = load_meaning_model(directory / "model.onnx", directory / "tokenizer.json")
    except ModelError:
        return None
    meaning.kind("What is it?")
    return meaning


def load_endings(config: Config) -> LanguageModel | None:
    """The small model that judges by the words whether a sentence has ended; None when turns end
    otherwise, or it is not there: the language model then judges that, too."""
    from assistant.language.en.prompt import ENDINGS_OPENING
    from assistant.speech.llm import LanguageModel
    from assistant.weights.resolve import find

    if not config.turn.weigh_words or config.turn.endpointing == "timer":
        return None
    try:
        model, directory = find(config, "endings")
        path = directory / model.files[0].name
        judge = LanguageModel(path, _ENDINGS, _states_directory())
        judge.prime(ENDINGS_OPENING)
    except ModelError:
        return None
    return judge


_ENDINGS = LlmConfig(device="cpu", context_tokens=1024, max_tokens=8)
"""How the judge of endings is loaded, whatever the answering model is set to."""


def make_services(config: Config, state: Path | None = None) -> Services:
    """What tools work with. `state` is the folder of timers, lists and notes; None: in memory."""
    from assistant.talk.services import Services
    from assistant.talk.store import Store

    return Services(config=config, store=Store(state))


def make_conversation(
    config: Config,
    model: LanguageModel | ServerModel | None,
    meaning: MeaningModel | None = None,
    endings: LanguageModel | None = None,
    *,
    services: Services | None = None,
    hands: Hands | None = None,
    now: Callable[[], datetime] | None = None,
    folder: Path | None = None,
    files: Sequence[Path] = (),
) -> Conversation:
    """The text layer with its replies, flows and tools; `model` answers what is left over,
    `meaning` helps to tell what nothing can answer, `endings` when a turn has ended. Without
    `services` nothing outlives it, without `hands` nothing is done, without `now` it is now.
    `folder` has the user's own flows and replies; `files` are more of them, and must load."""
    from assistant.talk.conversation import Conversation
    from assistant.talk.reach import load_reach
    from assistant.talk.reload import UserFiles, check_file
    from assistant.talk.running import Flows
    from assistant.talk.services import Services
    from assistant.talk.tools import own_flows

    named = [*files]
    if config.text.replies_file:
        named.append(Path(config.text.replies_file).expanduser())
    for path in named:
        check_file(path)
    own = own_flows()
    users = UserFiles(folder, own=own, extra=named)
    flows = Flows((*users.flows, *own), services or Services(config=config))
    return Conversation(
        config,
        users.replies,
        model,
        flows,
        hands=hands,
        reach=load_reach(meaning),
        endings=endings,
        now=now,
        files=users,
    )


# -- the ear --------------------------------------------------------------------------------------


def load_whisper(config: Config) -> Whisper:
    """The Whisper of the configuration, warm; `ModelError` says why it does not serve."""
    from assistant.speech.transcribe import Whisper

    whisper = Whisper(model_path(config, "whisper"), config.whisper)
    whisper.warm_up()
    return whisper


# -- the voice ----------------------------------------------------------------------------------


def load_voice(config: Config) -> LoadedVoice:
    """The voice of the configuration, warm; `ModelError` says why it does not speak.

    A Piper voice's parts are cut and kept when they are not.
    """
    voice: LoadedVoice
    if config.voice.engine == "hibari":
        from assistant.speech.hibari_voice import HibariVoice

        voice = HibariVoice(config.voice, config.voice.threads)
    else:
        from assistant.speech.voice import PiperVoice

        threads = thread_count(config.voice.threads)
        voice = PiperVoice(model_path(config, "voice"), config.voice, threads, _parts_directory())
    voice.warm_up()
    return voice


def voice_identity(config: Config) -> tuple[str, int]:
    """What the sounds of the configured voice are kept under, and their rate in Hz; the voice is
    not loaded."""
    if config.voice.engine == "hibari":
        from assistant.speech import hibari_voice

        return hibari_voice.voice_identity(config.voice)
    from assistant.speech import voice

    return voice.voice_identity(model_path(config, "voice"), config.voice)


def _parts_directory() -> Path:
    return cache_directory() / "voices"


def open_prepared(config: Config) -> PreparedReplies:
    """The replies that were synthesised for the configured voice, which is not loaded."""
    from assistant.audio.resample import resample_whole
    from assistant.speech.prepared import PreparedReplies

    identity, rate_hz = voice_identity(config)
    return PreparedReplies(cache_directory() / "replies", identity, rate_hz, resample_whole)


def fixed_texts(config: Config, folder: Path | None = None) -> list[str]:
    """Every text that can be spoken and is known beforehand."""
    return make_conversation(config, None, folder=folder).all_fixed_texts()


def prepare_replies(
    config: Config, progress: Callable[[int, int], None], folder: Path | None = None
) -> int:
    """Cut the voice for streaming and synthesise every fixed reply that has no sound yet; how many
    were made. Loads no voice when that was done before."""
    prepared, texts = open_prepared(config), fixed_texts(config, folder)
    if _is_cut(config) and not prepared.missing(texts):
        return 0
    return prepared.prepare(texts, load_voice(config), progress)


def _is_cut(config: Config) -> bool:
    """True when the voice needs no cutting, or has been cut."""
    if config.voice.engine != "piper":
        return True
    from assistant.speech.voice import is_cut

    return is_cut(model_path(config, "voice"), config.voice, _parts_directory())


def prepare_model(config: Config, say: Say = lambda text: None) -> None:
    """Rewrite the profile's language model for speed, where that pays, and have it read the
    beginning of every conversation, unless that was done or a server has the model. `ModelError`
    when it is missing or fails."""
    if config.llm.server:
        return
    from assistant.speech.llm import state_file
    from assistant.speech.requantise import make_fast_copy

    if not config.llm.model:
        try:
            make_fast_copy(model_path(config, "llm"))
        except ModelError as error:  # it is slower as it came, and works
            say(str(error))

    prefix = make_conversation(config, None).prefix()
    if state_file(_states_directory(), model_path(config, "llm"), config.llm, prefix).is_file():
        return
    endings = load_endings(config)
    if endings is not None:
        endings.close()
    model = load_language_model(config)
    try:
        model.prime(prefix)
    finally:
        model.close()


# -- the whole ----------------------------------------------------------------------------------


def load_stages(
    config: Config,
    output_rate_hz: int,
    say: Say = lambda text: None,
    folder: Path | None = None,
) -> Stages:
    """Load, warm and join every stage, all at the same time; `say` hears what is being done.
    `folder` has the user's own flows and replies.

    Replies that were not prepared are synthesised now, so that a new replies file just works.
    """
    from assistant.audio.echo import make_canceller
    from assistant.audio.resample import PlaybackResampler
    from assistant.audio.vad import make_detector
    from assistant.engine.ears import Senses
    from assistant.engine.engine import Stages
    from assistant.engine.memory import give_back_freed
    from assistant.speech.hallucination import is_noise

    paths = model_paths(config)
    for remark in weights_remarks(config):
        say(remark)
    say("loading the models …")
    with ThreadPoolExecutor(thread_name_prefix="load") as pool:
        whisper_to_be = pool.submit(load_whisper, config)
        voice_to_be = pool.submit(load_voice, config)
        model_to_be = pool.submit(load_language_model, config)
        judge_to_be = pool.submit(_load_judge, config, paths.turn)
        meaning_to_be = pool.submit(load_meaning, config)
        endings_to_be = pool.submit(load_endings, config)
        model = model_to_be.result()
        for remark in model.remarks:
            say(remark)
        conversation = make_conversation(
            config, model, meaning_to_be.result(), endings_to_be.result(), folder=folder
        )
        model.prime(conversation.prefix())
        prepared, texts = open_prepared(config), conversation.all_fixed_texts()
        prepared.load(texts, output_rate_hz)
        whisper, judge = whisper_to_be.result(), judge_to_be.result()
        voice = voice_to_be.result()
    whisper.count_expected = conversation.count_own_words
    if prepared.missing(texts):
        say("synthesising replies …")
        prepared.prepare(texts, voice, lambda done, total: None)
        prepared.load(texts, output_rate_hz)
    give_back_freed()
    senses = Senses(
        canceller=make_canceller(config.audio), detector=make_detector(config.vad), judge=judge
    )
    return Stages(
        senses=senses,
        transcriber=whisper,
        noise_rule=is_noise,
        text=conversation,
        voice=voice,
        prepared=prepared.sound,
        resample=PlaybackResampler,
    )


def _load_judge(config: Config, path: Path) -> SmartTurn | None:
    """SmartTurn, warm, when the turns are to end by it."""
    from assistant.turn.smart_turn import SmartTurn

    if config.turn.endpointing != "smart_turn":
        return None
    judge = SmartTurn(path, threads=1)
    judge.completeness(np.zeros(SAMPLE_RATE_HZ, np.int16))
    return judge


def open_sound_device(config: Config) -> AudioDevice:
    """The configured microphone and speaker; `DeviceError` when there is none."""
    from assistant.audio.device import SoundDevice
    from assistant.audio.portaudio import check_devices

    check_devices(config.audio)
    return SoundDevice(config.audio)


def list_device_names() -> tuple[list[str], list[str]]:
    """Names of the microphones and of the speakers; `DeviceError` without a sound system."""
    from assistant.audio.portaudio import list_devices

    found = list_devices()
    return (
        [device.name for device in found if device.input_channels],
        [device.name for device in found if device.output_channels],
    )
