"""The assistant's own voice: its volume and speed, silence, and back to normal.

Pure; the tools that set something run on the hands and reach the sound through the services.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Literal

from assistant.language.en.numbers import cardinal
from assistant.language.en.voice_words import Wish, read_speed, read_volume
from assistant.talk.facts import keep_setting
from assistant.talk.flow import Ask, Call, Change, Steps, Yielded, flow
from assistant.talk.loudness import (
    FASTEST,
    LOUDEST,
    MUTED,
    NORMAL,
    SLOWEST,
    SPEED,
    VOLUME,
    volume_factor,
)
from assistant.talk.tool import Here, tool
from assistant.talk.tools.people import ASSISTANT, keep_name

LOUDEST_ALREADY = "That is as loud as I get."
QUIETEST_ALREADY = "I can't get any quieter than that. To silence me, say: mute yourself."
LOUDER_OR_QUIETER = "Louder or quieter?"
FASTER_OR_SLOWER = "Faster or slower?"
SLOWER = "Okay, I'll speak slower."
FASTER = "Okay, I'll speak faster."
NORMAL_SPEED = "Okay, back to my normal speed."
SLOWEST_ALREADY = "I can't speak any slower."
FASTEST_ALREADY = "I can't speak any faster."
MUTING = "Okay, I'm silent now. Say: you can talk again."
TALKING_AGAIN = "I'm back."
WHISPERING = "I can't whisper, but I'll keep my voice low."
NOT_WHISPERING = "Okay, back to my normal volume."
RESET = "My volume, speed and name are back to normal. Lists, notes and your name stay."

OKAY = "Okay."

LOW = 3
_STEP = 0.15
"""The speed of one "faster"."""

_Kind = Literal["by", "to", "ask", "tell"]
_Off = Literal["stop", "end", "leave", "exit", "turn off", "switch off", "off", "quit", "disable",
    "deactivate", "get out of", "come out of", "out of", "out", "put off", "no more",
    "cancel"]  # fmt: skip


def _volume(level: int) -> str:
    return f"Okay, volume {cardinal(level)}."


def _is_set(level: int) -> str:
    return f"My volume is {cardinal(level)} of ten." if level else "I'm muted."


# -- tools ---------------------------------------------------------------------------------------


def _reset_volume(here: Here, result: float | None) -> None:
    keep_setting(here.services.store, VOLUME, result)
    here.services.set_volume(volume_factor(NORMAL if result is None else result))


def _reset_speed(here: Here, result: float | None) -> None:
    keep_setting(here.services.store, SPEED, result)
    here.services.set_speed(1.0 if result is None else result)


def _unmute(here: Here, result: float) -> None:
    here.services.set_volume(result)


@tool(writes=True, sure=True, undo=_reset_volume)
def set_volume(here: Here, level: float | None) -> float | None:
    """Set the volume, None to normal; keep it."""
    here.services.set_volume(volume_factor(NORMAL if level is None else level))
    return keep_setting(here.services.store, VOLUME, level)


@tool(writes=True, sure=True, undo=_reset_speed)
def set_speed(here: Here, factor: float | None) -> float | None:
    """Set the speed, None to normal; keep it."""
    here.services.set_speed(1.0 if factor is None else factor)
    return keep_setting(here.services.store, SPEED, factor)


@tool(writes=True, sure=True, undo=_unmute)
def mute(here: Here, level: float) -> float:
    """Silence the voice, for this session; `level` is the volume that it has otherwise."""
    here.services.set_volume(0.0)
    return volume_factor(level)


def _with(name: str, value: object) -> Change:
    return Change(lambda talk: talk.with_setting(name, value))


@tool
def present(here: Here) -> tuple[int, float]:
    """The level of the volume and the factor of the speed. A tool, because the talk is another one
    when the flow is replayed."""
    settings = here.talk.settings
    level = 0 if settings.get(MUTED) else round(float(settings.get(VOLUME, NORMAL)))
    return level, float(settings.get(SPEED, 1.0))


# -- volume --------------------------------------------------------------------------------------


def _wish(wish: Wish | None) -> Mapping[str, Any] | None:
    return None if wish is None else {"kind": wish.kind, "amount": wish.amount}


@flow(
    name="voice.volume",
    reads=lambda request: _wish(read_volume(request.words)),
    examples=[
        "louder", "speak a bit louder", "turn the volume down", "set your volume to max",
        "volume to fifty percent", "you're too quiet", "turn it up", "volume five",
        "lower your voice a little", "make yourself much quieter", "raise the volume by two",
        "i can barely hear you", "put the volume at minimum", "speak up", "how loud are you",
        "change the volume", "talk more softly",
    ],
    fixed=[
        LOUDEST_ALREADY, QUIETEST_ALREADY, LOUDER_OR_QUIETER,
        *(_volume(one) for one in range(1, LOUDEST + 1)),
        *(_is_set(one) for one in range(LOUDEST + 1)),
    ],
)  # fmt: skip
def volume(kind: _Kind | None = None, amount: float | None = None) -> Steps:
    """Set the volume of my voice."""
    now, _ = yield Call(present)
    if kind == "tell":
        return _is_set(now)
    wanted = amount or 0.0
    if kind in ("ask", None):
        wanted = yield Ask(LOUDER_OR_QUIETER, _LOUDER)
    if kind != "to":
        wanted += now
    level = min(max(round(wanted), 1), LOUDEST)
    if kind == "to" and wanted <= 0:
        return (yield from _silence(now))
    yield _with(VOLUME, float(level))
    yield _with(MUTED, False)
    yield Call(set_volume, level=float(level))
    if now == level and wanted > LOUDEST:
        return LOUDEST_ALREADY
    if now == level and wanted < 1:
        return QUIETEST_ALREADY
    return _volume(level)


_LOUDER = {"louder": 2.0, "up": 2.0, "higher": 2.0, "quieter": -2.0, "down": -2.0, "lower": -2.0}


# -- silence -------------------------------------------------------------------------------------


def _silence(level: int) -> Generator[Yielded, Any, str]:
    yield _with(MUTED, True)
    yield Call(mute, level=float(level or NORMAL))
    return MUTING


@flow(
    "mute [yourself|your voice|the volume|your volume|the sound|it|everything|your sound|please]",
    "(be|stay|keep|go|remain) (quiet|silent|mute|muted) (for now|for a while|for a bit|until i "
    "say so"
    "|until i tell you [otherwise]|until further notice|from now on)",
    "(turn|switch) off (your voice|the sound|your sound|the volume|your volume)",
    "(turn|switch|shut) (your voice|the sound|your sound|the volume|your volume) off",
    "(go|switch|turn|put yourself) [in|into|to|on] (silent|mute|quiet) [mode]",
    "(silent|mute|quiet) mode [on]",
    "do not (speak|talk|say anything) (for now|for a while|until i say so|any more|anymore|from "
    "now on)",
    "(stop|quit) (talking|speaking) (for now|for a while|until i say so)",
    "(silence|quiet) (yourself|your voice)",
    "no [more] (talking|speaking) (for now|for a while|for a bit|until i say so)",
    name="voice.mute",
    examples=[
        "mute yourself", "be quiet for now", "turn off your voice", "silent mode", "go silent",
        "mute",
        "don't talk for a while", "stay quiet until i tell you", "stop talking for now",
    ],
    fixed=[MUTING],
)  # fmt: skip
def be_silent() -> Steps:
    """Silence my voice for now."""
    now, _ = yield Call(present)
    return (yield from _silence(now))


@flow(
    "(unmute|un mute) [yourself|your voice|the volume|the sound|it]", "(talk|speak) [to me] again",
    "you (can|may) (talk|speak) [again|now]",
    "(turn|switch) (your voice|the sound|your sound) [back] on [again]",
    "(turn|switch) [back] on (your voice|the sound|your sound) [again]",
    "(silent|mute|quiet) mode off",
    "(end|leave|stop|exit|turn off|switch off|get out of) (silent|mute|quiet) mode",
    "hear you again",
    "(start|begin) (talking|speaking) again",
    "(do not be|stop being) (silent|mute|muted|quiet) [any more|anymore]",
    name="voice.unmute",
    examples=[
        "unmute", "you can talk again", "speak to me again", "turn your voice back on",
        "leave silent mode", "i want to hear you again", "start talking again",
    ],
    fixed=[TALKING_AGAIN],
)  # fmt: skip
def speak_again(here: Here) -> Steps:
    """Let my voice be heard again."""
    level = float(here.talk.settings.get(VOLUME, NORMAL))
    yield _with(MUTED, False)
    yield Call(set_volume, level=level)
    return TALKING_AGAIN


@flow(
    "whisper [to me|please|mode|from now on]",
    "(speak|talk|answer) [to me] (in|with) a (low|soft|quiet|lower|softer|quieter) voice",
    "(speak|talk|answer|say it|say that|respond) [to me] in a whisper",
    "(go|turn|switch|put|set|get|enter|activate|start|enable|use|engage|begin) [it|yourself|to|"
    "into|in|on|your|the|a] [on|to|into|in] [your|the|a]"
    " (whisper|whispering) [mode|voice] [on]", "(start|begin) whispering [to me]",
    "{off} [using|with] [your|the] (whisper|whispering) [mode|voice] [off]",
    "{off} (whispering|whisper)",
    "(turn|switch) [the] whisper mode {off}",
    "[i] (need|want) [you to] whisper [mode|to me] [from now on]",
    "(change|switch|go|turn) [in|into|to|over to] [a] whisper [mode]",
    "whisper mode {off}",
    "whisper mode on",
    "(talk|speak|answer) [to me] in whispers",
    "(change|go|come|get|switch) {off} [of] whisper [mode]",
    name="voice.whisper",
    examples=[
        "whisper", "whisper mode", "talk in a whisper", "start whispering",
        "switch to whisper mode",
        "stop whispering", "turn off whisper mode", "leave whisper mode", "use your whisper voice",
    ],
    fixed=[WHISPERING, NOT_WHISPERING],
)  # fmt: skip
def whisper(off: _Off | None = None) -> Steps:
    """Keep my voice low."""
    level = float(LOW if off is None else NORMAL)
    yield _with(VOLUME, level)
    yield _with(MUTED, False)
    yield Call(set_volume, level=level)
    return WHISPERING if off is None else NOT_WHISPERING


# -- speed ---------------------------------------------------------------------------------------


@flow(
    name="voice.speed",
    reads=lambda request: _wish(read_speed(request.words) or read_speed(request.canonical)),
    examples=[
        "speak slower", "talk faster", "slow down a bit", "you're speaking too fast",
        "normal speed",
        "could you speak more slowly", "speed up", "faster", "not so fast", "talk at a normal pace",
        "reduce your talking speed", "increase your speech rate", "change your speed",
        "slower please",
        "read that more quickly", "speak at half speed",
    ],
    fixed=[
        SLOWER, FASTER, NORMAL_SPEED, SLOWEST_ALREADY, FASTEST_ALREADY, FASTER_OR_SLOWER,
    ],
)  # fmt: skip
def speed(kind: _Kind | None = None, amount: float | None = None) -> Steps:
    """Set the speed of my voice."""
    _, now = yield Call(present)
    steps = amount or 0.0
    if kind in ("ask", None):
        steps = yield Ask(FASTER_OR_SLOWER, {"faster": 1.0, "slower": -1.0})
    wanted = steps if kind == "to" else now * (1 + _STEP) ** steps
    factor = round(min(max(wanted, SLOWEST), FASTEST), 3)
    if abs(factor - 1) < _STEP / 3:
        factor = 1.0
    yield _with(SPEED, factor)
    yield Call(set_speed, factor=factor)
    if factor == 1.0:
        return NORMAL_SPEED
    if factor == now:
        return SLOWEST_ALREADY if wanted < now else FASTEST_ALREADY if wanted > now else OKAY
    return SLOWER if factor < now else FASTER


@flow(
    "(reset|restore|revert|return|go back|change back|set|put back|switch back) [yourself|you|"
    "back|all|everything] [to|of]"
    " [your|the|all|all of your|all the] [original|default|initial|factory|normal|standard] "
    "(settings|setting|defaults|default)"
    " [back] [to] [your|the|their|its] [original|default|defaults|initial|factory|normal|factory "
    "default|factory defaults] [settings|state|values]",
    "(reset|restore) (yourself|you|everything|all of your settings|your configuration|your "
    "preferences)", "[do a|perform a] factory (reset|restore)",
    "(default|factory|original) settings",
    "(reset|restore) [yourself|you|everything|it] to (default|defaults|factory settings|factory "
    "defaults|normal)",
    "(undo|clear|forget|erase|wipe|delete) (all your settings|all settings|all the settings|the "
    "settings|your settings)",
    "(change|set|switch|turn) (everything|all settings|your settings|all your settings) back to "
    "(normal|default|defaults)",
    "[i] (want|would like|need|give me|bring back|restore|have) [the|your|back to] (default|"
    "original|factory|initial) settings [back|restored|again] [back|restored]",
    "(hard|full|complete) reset [of your settings]",
    "(run|do|perform|make) a [full|hard|factory|complete] reset [of your settings|of yourself|of "
    "everything]",
    "(put|set|change) (everything|yourself|it all) back [to] (the way (it was|you came|you were)|"
    "how (it was|you were)|normal|the beginning)",
    "undo all [of] [my|the] (settings|changes)",
    "remove all [the|my] changes",
    "(begin|start) fresh with [the|your] (factory|default|original) settings",
    "(change|go|switch) back to (your original|how you were|your old self|your original settings|"
    "the original)",
    name="voice.reset",
    examples=[
        "reset your settings", "go back to your default settings", "factory reset",
        "restore the original settings",
        "reset yourself", "return to factory settings", "put all settings back to default",
        "default settings",
        "set everything back to normal",
    ],
    fixed=[RESET],
)  # fmt: skip
def reset() -> Steps:
    """Put my volume, speed and name back to normal."""
    for name, value in ((VOLUME, float(NORMAL)), (SPEED, 1.0), (MUTED, False)):
        yield _with(name, value)
    yield Change(lambda talk: talk.with_fact(ASSISTANT, None))
    yield Call(set_volume, level=None)
    yield Call(set_speed, factor=None)
    yield Call(keep_name, fact=ASSISTANT, name=None)
    return RESET
