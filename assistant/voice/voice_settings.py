"""The description of a Piper voice, its .onnx.json: read once, every value checked.

`PiperVoice` and what finds its prepared sounds read it here, so that both say the same of a
description that is wrong. Knows no graph and no words; runs on the thread that loads the voice.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.config_voice import VoiceConfig
from assistant.errors import ModelError
from assistant.json_files import read_json

_LOWEST_HZ, _HIGHEST_HZ = 8_000, 48_000
_BEGIN, _END, _PAD = "^", "$", "_"
_TYPES = {"espeak": "espeak", "PhonemeType.ESPEAK": "espeak", "text": "text"}
"""How a voice may get from letters to phonemes here; the second is what some training scripts
write. The others of Piper (pinyin, hebrew, japanese, thai) need packages and downloads of their own
and know no English."""

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSettings:
    """What a Piper voice's description says, checked.

    `phoneme_ids` are the numbers of each phoneme; `phoneme_type` is espeak or text. `speakers` is
    at least 1, `names` their numbers by name (possibly none), `first` the one who speaks when
    nobody is named.
    """

    rate_hz: int
    phoneme_ids: dict[str, list[int]]
    phoneme_type: str
    espeak_voice: str
    vowel_clusters: list[list[str]]
    speakers: int
    names: dict[str, int]
    first: int

    def numbers(self, phonemes: list[str]) -> list[int]:
        """One sentence as the graph counts it; phonemes that the voice does not have are left
        out. Empty when none is left."""
        known = [self.phoneme_ids[one] for one in phonemes if one in self.phoneme_ids]
        if not known:
            return []
        pad = self.phoneme_ids[_PAD]
        inner = [number for ids in known for number in (*ids, *pad)]
        return [*self.phoneme_ids[_BEGIN], *pad, *inner, *self.phoneme_ids[_END]]


def voice_step(config: VoiceConfig) -> str:
    """The next step when the files of the voice are damaged."""
    if config.model:
        return (
            "fetch both files of voice.model (.onnx and .onnx.json) again from where they came, or "
            "leave it empty"
        )
    return "run: make models (what is damaged is fetched again)"


def read_settings(path: Path, config: VoiceConfig) -> VoiceSettings:
    """The description beside the voice `path`; `ModelError` names the first thing wrong in it."""
    step = voice_step(config)
    if path.is_dir():
        raise ModelError(
            f"{path} is a directory, needed the .onnx file of a Piper voice",
            "name the .onnx file in voice.model",
        )
    described = path.with_name(path.name + ".json")
    for needed in (path, described):
        if not needed.is_file():
            raise ModelError(f"no Piper voice file {needed}", step)
    try:
        found: dict[str, Any] = read_json(described, dict, step)
    except OSError as error:
        raise ModelError(f"cannot read {described}: {error.strerror}", step) from error
    return _Reader(described, found, step).settings()


def speaker_number(path: Path, settings: VoiceSettings, config: VoiceConfig) -> int | None:
    """The number of `voice.speaker`, a name or a number; None for a voice of one speaker.

    A name goes before a number, because some voices have numbers for names. `ModelError` names
    those who are nearest.
    """
    wanted = config.speaker.strip()
    if settings.speakers == 1:
        if wanted not in ("", "0") and wanted not in settings.names:
            raise ModelError(
                f"voice.speaker is '{wanted}', and {path.name} has one speaker",
                "leave voice.speaker empty, or set voice.model to a voice with several",
            )
        return None
    if not wanted:
        return settings.first
    by_name = {name.casefold(): number for name, number in settings.names.items()}
    if wanted in settings.names:
        return settings.names[wanted]
    if wanted.casefold() in by_name:
        return by_name[wanted.casefold()]
    if wanted.isascii() and wanted.isdigit() and int(wanted) < settings.speakers:
        return int(wanted)
    raise ModelError(
        f"{path.name} has no speaker '{wanted}' among its {settings.speakers}",
        f"set voice.speaker to {_who_there_is(wanted, settings)}",
    )


def _who_there_is(wanted: str, settings: VoiceSettings) -> str:
    numbers = f"a number from 0 to {settings.speakers - 1}"
    names = list(settings.names)
    near = difflib.get_close_matches(wanted, names, n=_SHOWN, cutoff=0.5) or names[:_SHOWN]
    return f"a name such as {', '.join(near)}, or {numbers}" if near else numbers


class _Reader:
    """Takes one value after the other out of the description, or says what is wrong with it."""

    def __init__(self, path: Path, found: dict[str, Any], step: str) -> None:
        self._path = path
        self._found = found
        self._step = step

    def settings(self) -> VoiceSettings:
        """All of them."""
        speakers = self._speakers()
        return VoiceSettings(
            rate_hz=self._rate_hz(),
            phoneme_type=self._phoneme_type(),
            phoneme_ids=self._phoneme_ids(),
            espeak_voice=self._espeak_voice(),
            vowel_clusters=self._vowel_clusters(),
            speakers=speakers,
            names=self._names(speakers),
            first=self._first(speakers),
        )

    def _wrong(self, what: str) -> ModelError:
        return ModelError(f"{self._path.name} does not describe a Piper voice: {what}", self._step)

    def _table(self, name: str) -> dict[str, Any]:
        found = self._found.get(name)
        if not isinstance(found, dict):
            raise self._wrong(f"it has no {name}")
        return found

    def _rate_hz(self) -> int:
        rate: Any = self._table("audio").get("sample_rate")
        if not _is_number(rate) or not _LOWEST_HZ <= rate <= _HIGHEST_HZ:
            needed = f"{_LOWEST_HZ} to {_HIGHEST_HZ} Hz"
            raise self._wrong(f"audio.sample_rate is {rate!r}, needed {needed}")
        return int(rate)

    def _phoneme_type(self) -> str:
        given = self._found.get("phoneme_type", "espeak")
        known = _TYPES.get(given) if isinstance(given, str) else None
        if known is None:
            raise ModelError(
                f"{self._path.name} is of a voice whose phoneme_type is {given!r}; this program "
                "speaks with espeak and text voices",
                "set voice.model to a voice whose phoneme_type is espeak",
            )
        return known

    def _phoneme_ids(self) -> dict[str, list[int]]:
        found = self._table("phoneme_id_map")
        absent = [mark for mark in (_BEGIN, _END, _PAD) if mark not in found]
        if absent:
            raise self._wrong(f"phoneme_id_map has no {' '.join(absent)}")
        for phoneme, ids in found.items():
            if not isinstance(ids, list) or not ids or not all(map(_is_number, ids)):
                raise self._wrong(f"phoneme_id_map has no numbers for {phoneme!r}")
        return found

    def _espeak_voice(self) -> str:
        if self._phoneme_type() != "espeak":
            return ""
        name = self._table("espeak").get("voice")
        if not isinstance(name, str) or not name:
            raise self._wrong(f"espeak.voice is {name!r}")
        return name

    def _vowel_clusters(self) -> list[list[str]]:
        found = self._found.get("vowel_clusters") or []
        is_one = isinstance(found, list) and all(
            isinstance(one, list) and one and all(isinstance(part, str) for part in one)
            for one in found
        )
        if not is_one:
            raise self._wrong("vowel_clusters is no list of lists")
        return list(found)

    def _speakers(self) -> int:
        count = self._found.get("num_speakers", 1)
        if not _is_number(count) or count < 0:
            raise self._wrong(f"num_speakers is {count!r}")
        return max(1, int(count))

    def _names(self, speakers: int) -> dict[str, int]:
        found = self._found.get("speaker_id_map") or {}
        if not isinstance(found, dict):
            raise self._wrong("speaker_id_map is no table")
        for name, number in found.items():
            if not _is_number(number) or not 0 <= number < speakers:
                raise self._wrong(f"speaker_id_map gives {name!r} the number {number!r}")
        return found

    def _first(self, speakers: int) -> int:
        number = self._found.get("default_speaker_id") or 0
        if not _is_number(number) or not 0 <= number < speakers:
            raise self._wrong(f"default_speaker_id is {number!r}")
        return int(number)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
