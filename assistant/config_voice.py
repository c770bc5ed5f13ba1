"""The section of the voice, and how a word of the user's is said.

Knows what a key is called and what it may be. Pure values.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from assistant.config_fields import DEVICES, key
from assistant.errors import ConfigError

_LONGEST_WORDS = 60
_LONGEST_SOUND = 120
_PHONEMES = re.compile(r"/(?P<slashed>[^/\[\]]+)/|\[\[(?P<braced>[^\[\]]+)\]\]")
_RESPELLING = re.compile(r"[^\W\d_](?:(?:[^\W\d_]|[\s'’.-])*[^\W\d_.])?\.?")
_WORDS = re.compile(r"[^\s\[\]/](?:[^\n\[\]]*[^\s\[\]])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceConfig:
    """[voice] text to speech."""

    engine: str = key(
        "piper",
        "piper, or hibari (smaller and faster, English only; needs the package hibari-tts)",
        choices=("piper", "hibari"),
    )
    model: str = key("", "a voice of that engine (Piper: .onnx and .onnx.json); empty = its own")
    speaker: str = key(
        "", 'who speaks, where a voice has several: a name, or a number as "3"; empty = the first'
    )
    device: str = key("auto", "auto, cpu, cuda or metal", choices=DEVICES)
    threads: int = key(0, "0 = all cores, 4 at the most", low=0, high=64)
    length_scale: float = key(1.0, "above 1 is slower", low=0.3, high=3.0)
    noise_scale: float = key(0.667, "liveliness of the voice (piper)", low=0.0, high=2.0)
    noise_w_scale: float = key(0.8, "liveliness of the rhythm (piper)", low=0.0, high=2.0)
    pronounce: dict[str, str] = key(
        {}, 'words that it gets wrong, as { Nguyen = "win", gif = "/dʒɪf/" } (docs/VOICE.md)'
    )


def phonemes_of(sound: str) -> str:
    """The phonemes of "/dʒɪf/" or "[[dʒɪf]]"; empty for a respelling such as "jiff"."""
    found = _PHONEMES.fullmatch(sound.strip())
    return (found["slashed"] or found["braced"]).strip() if found else ""


def check_pronounce(voice: VoiceConfig) -> None:
    """`ConfigError` for the first entry of `[voice.pronounce]` that cannot be said."""
    seen: dict[str, str] = {}
    for words, sound in voice.pronounce.items():
        place = f"voice.pronounce.{words}"
        if len(words) > _LONGEST_WORDS or not _WORDS.fullmatch(words) or not _has_letter(words):
            raise ConfigError(
                f"[voice.pronounce] has {words!r}, which is no word",
                f"write a word or a few, at most {_LONGEST_WORDS} letters",
                place,
            )
        if words.casefold() in seen:
            raise ConfigError(
                f"[voice.pronounce] has {seen[words.casefold()]!r} and {words!r}",
                "capitals make no difference: take one of the two out",
                place,
            )
        seen[words.casefold()] = words
        _check_sound(voice, words, sound, place)


def _check_sound(voice: VoiceConfig, words: str, sound: str, place: str) -> None:
    phonemes = phonemes_of(sound)
    if len(sound) > _LONGEST_SOUND:
        raise ConfigError(
            f"{place} is {len(sound)} letters long", f"use at most {_LONGEST_SOUND}", place
        )
    if phonemes and voice.engine != "piper":
        raise ConfigError(
            f"{place} is {sound!r}, and phonemes are for piper",
            f'respell it, as {words} = "win", or set voice.engine to piper',
            place,
        )
    if phonemes and _has_letter(phonemes) and all(map(_is_of_phonemes, phonemes)):
        return
    if not _RESPELLING.fullmatch(sound.strip()):
        raise ConfigError(
            f"{place} is {sound!r}, which is neither letters nor phonemes",
            'respell it, as "win", or write phonemes, as "/wɪn/"',
            place,
        )


def _is_of_phonemes(char: str) -> bool:
    """Letters, what stands above or behind them, and the marks of stress, length and syllables."""
    return unicodedata.category(char)[0] in "LM" or char in " .'|‖‿-:~˞"


def _has_letter(text: str) -> bool:
    return any(unicodedata.category(char)[0] == "L" for char in text)
