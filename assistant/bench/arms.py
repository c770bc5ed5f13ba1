"""The arms of the benchmark: the program and the baselines, from the same weights.

An arm is a configuration and a set of stages for the same engine. Loaded on the main thread; one
arm at a time uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.assemble.loading import load_language_model
from assistant.assemble.roles import model_path
from assistant.assemble.session import load_stages
from assistant.bench.baselines import (
    STOCK_PAUSE_MS,
    STOCK_STOP_MS,
    ModelOnly,
    StockPiper,
    StockWhisper,
    WholeSentences,
    stock_wait_ms,
)
from assistant.config import Config, ReplyPauseConfig, TurnConfig
from assistant.engine.engine import Stages
from assistant.engine.seams import Transcriber, TurnJudge
from assistant.errors import ConfigError
from assistant.messages import SAMPLE_RATE_HZ
from assistant.talk.model_answers import Model

OURS = "assistant"
ARMS = (OURS, "naive-300", "naive-1500", "stock")
REPLIES_FILE = Path(__file__).with_name("replies.toml")
"""Answers coffee orders, so that the precomputed path is measured on human voices."""

ABOUT = {
    OURS: "the program as it is configured, with the benchmark's replies file",
    "naive-300": "silence timer of 300 ms, full window, no replies and no tools: the model answers "
    "all, the whole answer before the voice",
    "naive-1500": "the same with a silence timer of 1.5 s",
    "stock": "SmartTurn asked once after 200 ms (> 0.5 ends the turn, else 3 s), full window, "
    "no replies and no tools, the model's answer sentence by sentence",
}
_NEVER_MS = 2000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One contestant: what the engine is built from."""

    name: str
    config: Config
    stages: Stages


def parse_names(only: str) -> tuple[str, ...]:
    """The arms named in a list with commas, in the order of `ARMS`; all of them for "".

    `ConfigError` for one that does not exist.
    """
    wanted = {name.strip() for name in only.split(",") if name.strip()}
    unknown = sorted(wanted - set(ARMS))
    if unknown:
        raise ConfigError(f"there is no arm '{unknown[0]}'", f"known: {', '.join(ARMS)}")
    return tuple(name for name in ARMS if not wanted or name in wanted)


def bench_config(config: Config) -> Config:
    """`config` with the benchmark's replies file."""
    return replace(config, text=replace(config.text, replies_file=str(REPLIES_FILE)))


def load_arms(config: Config, names: Sequence[str], say: Say) -> list[Arm]:
    """Load what the named arms need. `config` is that of the person, see `bench_config`."""
    own = bench_config(config)
    stages = load_stages(own, SAMPLE_RATE_HZ, say)
    arms = []
    if OURS in names:
        arms.append(Arm(name=OURS, config=own, stages=stages))
    if set(names) - {OURS}:
        say("loading the baselines …")
        whisper = StockWhisper(model_path(own, "transcriber"), own.transcriber.language)
        model = load_language_model(own)
        is_piper = own.voice.engine == "piper"
        voice = StockPiper(model_path(own, "voice")) if is_piper else stages.voice
        arms += make_baselines(own, replace(stages, voice=voice), whisper, model)
    return [arm for arm in arms if arm.name in names]


def make_baselines(config: Config, stages: Stages, whisper: Transcriber, model: Model) -> list[Arm]:
    """The three baselines around the senses and the voice of `stages`."""

    def arm(name: str, turn: TurnConfig, judge: TurnJudge | None, *, whole: bool) -> Arm:
        own = replace(
            config,
            turn=turn,
            transcriber=replace(config.transcriber, partials_ms=0),
            reply_pause_ms=ReplyPauseConfig(model=0),
        )
        senses = (
            replace(
                stages.senses,
                judge=judge,
                wait_rule=stock_wait_ms,
                judge_at_ms=(STOCK_PAUSE_MS,),
            )
            if judge
            else replace(stages.senses, judge=None)
        )
        return Arm(
            name=name,
            config=own,
            stages=replace(
                stages,
                senses=senses,
                transcriber=whisper,
                text=ModelOnly(own, model, whole=whole),
                voice=WholeSentences(stages.voice),
                prepared=lambda text, rate_hz: None,
            ),
        )

    return [
        arm("naive-300", _timer(config.turn, 300), None, whole=True),
        arm("naive-1500", _timer(config.turn, 1500), None, whole=True),
        arm("stock", _stock(config.turn), stages.senses.judge, whole=False),
    ]


def _timer(turn: TurnConfig, timer_ms: int) -> TurnConfig:
    """Nothing but a silence timer."""
    return replace(
        turn,
        endpointing="timer",
        timer_ms=timer_ms,
        speculation=False,
        speculate_ms=_NEVER_MS,
    )


def _stock(turn: TurnConfig) -> TurnConfig:
    """SmartTurn asked once; work begins when the turn is complete."""
    return replace(
        turn,
        endpointing="smart_turn",
        speculation=False,
        speculate_ms=STOCK_PAUSE_MS,
        longest_wait_ms=STOCK_STOP_MS,
    )
