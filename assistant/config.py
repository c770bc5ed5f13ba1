"""The configuration: defaults in code, one TOML file over them, every key and value checked.

Each section is a frozen dataclass; a field's metadata holds its help text, its range or its
choices. Unknown keys are refused with the nearest known one. Knows the file and nothing else;
loading is done once, on the main thread.
"""

from __future__ import annotations

import dataclasses
import operator
import os
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.addresses import permitted_address, permitted_collector
from assistant.config_fields import DEVICES
from assistant.config_fields import key as _key
from assistant.config_mcp import McpConfig, check_server
from assistant.config_paths import PATHS, check_paths
from assistant.config_sources import ApiConfig, DatabaseConfig, DocumentsConfig
from assistant.config_voice import VoiceConfig, check_pronounce
from assistant.config_watching import GuardsConfig, LogConfig, MoodConfig, TraceConfig
from assistant.errors import ConfigError
from assistant.text_files import EncodingFault, decoded, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioConfig:
    """[audio] microphone, speaker and echo cancellation."""

    input_device: str = _key("", "microphone: a name, a part of one or a number; empty = default")
    output_device: str = _key("", "speaker: a name, a part of one or a number; empty = default")
    latency_ms: int = _key(
        40,
        "latency asked of the microphone; the speaker is asked for twice as much, as it underran "
        "on a busy machine",
        low=5,
        high=500,
    )
    watchdog_ms: int = _key(500, "a device silent for so long is reopened", low=100, high=10_000)
    echo_canceller: str = _key("aec3", "aec3 (WebRTC) or off (headphones)", choices=("aec3", "off"))
    volume: float = _key(1.0, "loudness of the assistant's voice", low=0.05, high=2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class VadConfig:
    """[vad] which frames are speech."""

    detector: str = _key(
        "paired",
        "webrtc, silero, or paired (webrtc opens, silero confirms)",
        choices=("paired", "webrtc", "silero"),
    )
    webrtc_mode: int = _key(1, "0 lets most through, 3 the least", low=0, high=3)
    silero_threshold: float = _key(0.5, "speech at and above this score", low=0.05, high=0.95)
    silero_release: float = _key(0.35, "speech ends below this score", low=0.05, high=0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnConfig:
    """[turn] when a turn starts, when an answer is prepared and when the turn is complete."""

    endpointing: str = _key(
        "smart_turn", "smart_turn or timer (a plain silence timer)", choices=("smart_turn", "timer")
    )
    timer_ms: int = _key(
        1000, "silence that ends a turn with endpointing = timer", low=100, high=10_000
    )
    start_ms: int = _key(120, "speech that starts a turn", low=20, high=1000)
    speculate_ms: int = _key(40, "silence after which an answer is prepared", low=20, high=2000)
    shortest_wait_ms: int = _key(
        200, "silence that ends a turn which surely is complete", low=40, high=5000
    )
    longest_wait_ms: int = _key(
        2000, "silence that ends a turn which surely is incomplete", low=200, high=10_000
    )
    pre_roll_ms: int = _key(400, "sound kept from before the first speech", low=0, high=2000)
    longest_turn_s: float = _key(
        120.0, "after this a turn is said to be long; after twice this it is cut", low=5, high=600
    )
    rejoin_ms: int = _key(
        1200, "speech this soon after an answer began continues the turn", low=0, high=5000
    )
    model: str = _key("", "a SmartTurn v3 ONNX file; empty = the profile's")
    weigh_words: bool = _key(
        True, "the language model judges whether a sentence may end there; false: the sound alone"
    )
    speculation: bool = _key(True, "prepare the answer in a short pause; false: only at the end")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPauseConfig:
    """[reply_pause_ms] least silence between the user's last word and a reply, by its source."""

    precomputed: int = _key(
        0,
        "fixed replies; people leave about 200 ms, which the turn's end takes by itself",
        low=0,
        high=3000,
    )
    tool: int = _key(
        0, "times, timers, sums and the questions that belong to them", low=0, high=3000
    )
    model: int = _key(
        300,
        "what the language model says; it is seldom ready earlier, and who goes on is not cut off",
        low=0,
        high=3000,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BargeInConfig:
    """[barge_in] speaking while the assistant speaks."""

    enabled: bool = _key(True, "false: the assistant always finishes")
    stop_ms: int = _key(320, "speech after which the voice stops", low=40, high=5000)
    duck_db: float = _key(-12.0, "how far the voice is turned down", low=-60, high=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriberConfig:
    """[transcriber] speech to text."""

    model: str = _key("", "a directory with a CTranslate2 Whisper; empty = the profile's")
    device: str = _key("auto", "auto, cpu, cuda or metal", choices=DEVICES)
    threads: int = _key(
        0, "0 = half of the cores, 2 at the most (SmartTurn works beside it)", low=0, high=64
    )
    language: str = _key("en", "language code, for multilingual models")
    window: str = _key(
        "short",
        "short (encoder on the utterance and a tail) or full (30 s, stock)",
        choices=("short", "full"),
    )
    partials_ms: int = _key(700, "a live transcript every so often; 0 = none", low=0, high=5000)


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmConfig:
    """[llm] the local language model, asked only when nothing else answers."""

    model: str = _key("", "a GGUF file; empty = the profile's")
    server: str = _key(
        "",
        "a model server (OpenAI-compatible: Ollama, LM Studio, llama-server) instead of that file, "
        "as http://127.0.0.1:11434/v1",
    )
    server_model: str = _key("", "its model; empty = the first that the server names")
    api_key_env: str = _key("", "the environment variable that holds the server's key, if any")
    allow_remote: bool = _key(
        False, "true: the server may be another machine, which gets what the model is asked"
    )
    device: str = _key("auto", "auto, cpu, cuda or metal", choices=DEVICES)
    threads: int = _key(
        0,
        "0 = half of the cores, 2 at the most; a busy core makes two slower than one",
        low=0,
        high=64,
    )
    context_tokens: int = _key(
        2048,
        "size of the context; at most what the model was trained with",
        low=512,
        high=131_072,
    )
    max_tokens: int = _key(60, "longest answer", low=8, high=4096)
    max_thinking_tokens: int = _key(
        512, "longest thought before an answer; nobody hears thoughts", low=0, high=32_768
    )
    max_sentences: int = _key(2, "a spoken answer ends after so many", low=1, high=100)
    temperature: float = _key(0.0, "0 = always the likeliest word", low=0.0, high=2.0)
    seed: int = _key(7, "seed of the sampler", low=0, high=2**31)
    first_token_timeout_s: float = _key(20.0, "then an apology is said instead", low=1, high=600)
    timeout_s: float = _key(60.0, "then the answer is cut at its last sentence", low=1, high=3600)
    chat_template: str = _key("", "a Jinja file; empty = the template in the model's file")
    template_arguments: dict[str, Any] = _key(
        {}, "what the chat template is told, such as { enable_thinking = true }"
    )
    system_prompt: str = _key("", "empty = the one in the program")
    history_turns: int = _key(4, "turns of the conversation that the model sees", low=0, high=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConfig:
    """[text] the layer between hearing and speaking."""

    replies_file: str = _key("", "a TOML file of precomputed replies; empty = the program's own")
    match_threshold: float = _key(92.0, "similarity that a near miss needs", low=50, high=100)
    match_margin: float = _key(4.0, "lead over the second best", low=0, high=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarConfig:
    """[calendar] what is asked about with "what's on tomorrow"; it is only ever read."""

    path: str = _key("", "an .ics file, or a folder with such files; empty = no calendar")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceConfig:
    """[place] where this computer is, for the sun, and whose holidays are meant."""

    city: str = _key("", "a larger city, as Berlin or Portland, Maine; empty = not known")
    latitude: float = _key(0.0, "degrees north; 0 for both = those of the city", low=-90, high=90)
    longitude: float = _key(0.0, "degrees east", low=-180, high=180)
    country: str = _key("", "two letters, as US; empty = the city's, else that of the locale")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyConfig:
    """[money] exchange rates, which only you can give: nothing is fetched."""

    rates: str = _key(
        "", "a TOML or CSV file with a date and rates (docs/TEXT_UNITS.md); empty = none"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsConfig:
    """[models] which weights, and where they are kept."""

    profile: str = _key(
        "auto",
        "auto (the cleverest that answers in time on this machine), starter, laptop or gpu",
        choices=("auto", "starter", "laptop", "gpu"),
    )
    fetch_larger: bool = _key(
        True, "with profile auto, `run` may fetch a larger model once, behind the conversation"
    )
    directory: str = _key("", "where weights are kept; empty = models/ of the checkout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All sections; `path` is the file that was read, if there was one."""

    audio: AudioConfig = field(default_factory=AudioConfig)
    vad: VadConfig = field(default_factory=VadConfig)
    turn: TurnConfig = field(default_factory=TurnConfig)
    reply_pause_ms: ReplyPauseConfig = field(default_factory=ReplyPauseConfig)
    barge_in: BargeInConfig = field(default_factory=BargeInConfig)
    transcriber: TranscriberConfig = field(default_factory=TranscriberConfig)
    llm: LlmConfig = field(default_factory=LlmConfig)
    voice: VoiceConfig = field(default_factory=VoiceConfig)
    text: TextConfig = field(default_factory=TextConfig)
    guards: GuardsConfig = field(default_factory=GuardsConfig)
    mood: MoodConfig = field(default_factory=MoodConfig)
    calendar: CalendarConfig = field(default_factory=CalendarConfig)
    place: PlaceConfig = field(default_factory=PlaceConfig)
    money: MoneyConfig = field(default_factory=MoneyConfig)
    mcp: McpConfig = field(default_factory=McpConfig)
    documents: DocumentsConfig = field(default_factory=DocumentsConfig)
    databases: dict[str, DatabaseConfig] = field(default_factory=dict)
    apis: dict[str, ApiConfig] = field(default_factory=dict)
    models: ModelsConfig = field(default_factory=ModelsConfig)
    trace: TraceConfig = field(default_factory=TraceConfig)
    log: LogConfig = field(default_factory=LogConfig)
    path: Path | None = None


def _sections() -> dict[str, Any]:
    hints = typing.get_type_hints(Config)
    return {name: hints[name] for name in hints if name != "path"}


def config_from_dict(data: dict[str, Any], path: Path | None = None) -> Config:
    """A checked configuration from nested tables; `ConfigError` on the first thing wrong."""
    from assistant.config_check import checked

    config = Config(**checked(data, _sections()), path=path)
    if config.turn.shortest_wait_ms > config.turn.longest_wait_ms:
        raise ConfigError(
            "turn.shortest_wait_ms is above turn.longest_wait_ms", "swap the two or drop one"
        )
    if config.vad.silero_release > config.vad.silero_threshold:
        raise ConfigError(
            "vad.silero_release is above vad.silero_threshold", "the release must be the lower one"
        )
    if config.llm.context_tokens <= config.llm.max_tokens:
        raise ConfigError(
            f"llm.context_tokens ({config.llm.context_tokens}) has no room beside llm.max_tokens "
            f"({config.llm.max_tokens}), the longest answer",
            "raise llm.context_tokens or lower llm.max_tokens",
        )
    least = len(config.llm.system_prompt.split())  # no word is less than a token
    room = config.llm.context_tokens - config.llm.max_tokens
    if least > room:
        raise ConfigError(
            f"llm.system_prompt has {least} words, and at most {room} tokens fit beside the answer",
            "shorten llm.system_prompt, raise llm.context_tokens or lower llm.max_tokens",
        )
    check_paths(_paths(config))
    check_pronounce(config.voice)
    if config.llm.server:
        llm = config.llm
        permitted_address(llm.server, llm.server_model, allow_remote=llm.allow_remote)
    if config.log.otlp_endpoint:
        permitted_collector(config.log.otlp_endpoint, allow_remote=config.log.allow_remote)
    for name, server in config.mcp.servers.items():
        check_server(name, server)
    return config


def _paths(config: Config) -> dict[str, str]:
    """Each key that is a path, with what stands there."""
    found = {place: operator.attrgetter(place)(config) for place in PATHS}
    return found | {f"databases.{name}.path": one.path for name, one in config.databases.items()}


def load_config(path: Path | None, *, must_exist: bool) -> Config:
    """The configuration in `path`; the defaults when it is None, or absent and `must_exist` is
    False. `ConfigError` says what is wrong in it."""
    if path is None or (not must_exist and not path.exists()):
        return Config(path=None)
    data = read_toml(path, ConfigError, "check --config")
    try:
        return config_from_dict(data, path)
    except ConfigError as error:
        raise with_line(error, path) from error.__cause__


def with_line(error: ConfigError, path: Path | None) -> ConfigError:
    """`error`, which names the file and the line of its `place`, where that is known."""
    from assistant.config_lines import line_of

    if path is None or not error.place:
        return error
    try:
        line = line_of(decoded(path.read_bytes()), error.place)
    except (OSError, EncodingFault):
        return error
    where = f"{path}, line {line}" if line is not None else str(path)
    error.what = f"{where}: {error.what}"
    error.place = ""
    return error


def thread_count(configured: int, shared_by: int = 1) -> int:
    """Threads for one native stage: the configured number; for 0 the cores, 4 at the most, divided
    by the number of stages that work at the same moment."""
    return configured or max(1, min(os.cpu_count() or 1, 4) // shared_by)


SHARED_BY = {"transcriber": 2, "llm": 2, "voice": 1}
"""How many stages share the cores while each of these works, unless its threads are set: SmartTurn
runs beside Whisper, and whatever the machine does beside the language model, which suffers most."""


def describe_config() -> str:
    """All sections and keys with their defaults as a TOML file, each with its help and range."""
    lines: list[str] = []
    for section, kind in _sections().items():
        if typing.get_origin(kind) is dict:  # tables under names that the user chooses
            lines += [f"# {typing.get_args(kind)[1].__doc__} Keys: docs/SOURCES.md", ""]
            continue
        lines.append(f"# {kind.__doc__}\n[{section}]" if kind.__doc__ else f"[{section}]")
        for spec in dataclasses.fields(kind):
            limits = ""
            if spec.metadata["low"] is not None:
                limits = f" ({spec.metadata['low']} to {spec.metadata['high']})"
            lines.append(f"# {spec.metadata['help']}{limits}\n{spec.name} = {_shown(spec)}")
        lines.append("")
    return "\n".join(lines)


def _shown(spec: dataclasses.Field[Any]) -> str:
    """A default as TOML."""
    if spec.default is dataclasses.MISSING:  # a table or a list
        return "{}" if typing.get_origin(spec.type) is dict or "dict" in str(spec.type) else "[]"
    if spec.default == ():
        return "[]"
    if isinstance(spec.default, bool):
        return str(spec.default).lower()
    return f'"{spec.default}"' if isinstance(spec.default, str) else str(spec.default)
