"""Unplugs the virtual microphone and speaker at random, and tells which questions that spared.

`Puller` is a thread beside a soak (scripts/measure_soak.py). A device is *away* from the moment at
which it is unplugged until it is plugged in again, and *unusable* until the program says that it
works. Knows the lines of `assistant run --lines` and nothing else of the program.
"""

from __future__ import annotations

import random
import re
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from told import Line

from tests.pulse import Pulse

_BETWEEN_S = (12.0, 60.0)
_AWAY_S = (1.0, 12.0)
_CHOICES = ("MICROPHONE", "SPEAKER", "MICROPHONE", "SPEAKER", "both", "server")
_BOTH = ("MICROPHONE", "SPEAKER")
_ANSWER_BEGINS_S = 3.0
"""A device that goes away sooner after a question takes its answer along."""


@dataclass(slots=True)
class Pull:
    """One removal of `kind`, from `away_s` to `there_s`; it is being plugged in again from
    `restoring_s` on. All are of `time.monotonic()`, infinite until then."""

    kind: str
    away_s: float
    restoring_s: float = float("inf")
    there_s: float = float("inf")

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices that are away."""
        return (self.kind,) if self.kind in _BOTH else _BOTH

    def unusable_until_s(self, lines: list[Line]) -> float:
        """When the program has said of all its devices that they work again; infinite if never."""
        return max(_back_s(device, self.restoring_s, lines) for device in self.devices)


class Puller:
    """Pulls and restores until `stop()`, always the same way for one `seed`; `pace` times as often
    as usual, which is once in 42 s."""

    def __init__(self, pulse: Pulse, seed: int, pace: float = 1.0) -> None:
        self.pulls: list[Pull] = []
        self.troubles: list[str] = []
        """What the sound server itself refused; such a removal may not have taken place."""
        self._pulse = pulse
        self._drawn = random.Random(seed)
        self._pace = pace
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="puller", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; everything is plugged in again."""
        self._is_over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._is_over.wait(self._drawn_s(_BETWEEN_S)):
            pull = Pull(self._drawn.choice(_CHOICES), time.monotonic())
            self.pulls.append(pull)
            self._do(lambda kind=pull.kind: self._remove(kind))
            self._is_over.wait(self._drawn_s(_AWAY_S))
            pull.restoring_s = time.monotonic()
            self._do(self._pulse.restore)
            pull.there_s = time.monotonic()

    def _drawn_s(self, span_s: tuple[float, float]) -> float:
        return self._drawn.uniform(*span_s) / self._pace

    def _remove(self, kind: str) -> None:
        if kind == "server":
            self._pulse.stop_server()
        if kind in ("MICROPHONE", "both"):
            self._pulse.remove_microphone()
        if kind in ("SPEAKER", "both"):
            self._pulse.remove_speaker()

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            self.troubles.append(f"{type(error).__name__}: {error}")


def _back_s(device: str, since_s: float, lines: list[Line]) -> float:
    """When the program said that `device` works, at `since_s` or later."""
    told = (line.at_s for line in lines if f"[N-{device}-BACK]" in line.text)
    return next((at_s for at_s in told if at_s >= since_s), float("inf"))


@dataclass(frozen=True, slots=True)
class Question:
    """One recording, played from `began_s` to `ended_s`; `was_played` is False when the server
    refused it. What was said until `closed_s` is its answer."""

    name: str
    began_s: float
    ended_s: float
    closed_s: float
    was_played: bool

    def answer(self, lines: list[Line]) -> str:
        """ "sounded", "no sound", "not answered: …" or "nothing"."""
        said = [line.text for line in lines if self.began_s <= line.at_s < self.closed_s]
        if any(re.match(r"assistant \[\w[^,\]]*, -?\d+ ms", text) for text in said):
            return "sounded"
        if any(text.startswith("assistant [") for text in said):
            return "no sound"
        dropped = (text.strip("()") for text in said if text.startswith("(not answered"))
        return next(dropped, "nothing")

    def is_spared(self, spans: list[tuple[float, float]], margin_s: float) -> bool:
        """No device was missing from its beginning until `margin_s` after its end."""
        until_s = self.ended_s + margin_s
        return self.was_played and not any(a <= until_s and b >= self.began_s for a, b in spans)


def judged(questions: list[Question], pulls: list[Pull], lines: list[Line]) -> dict[str, object]:
    """What became of the questions. `asked_there`: both devices were plugged in and taken by the
    program, from the question's beginning until three seconds after its end; `asked_plugged`: the
    same without regard to whether the program had taken them yet."""
    unusable = [(pull.away_s, pull.unusable_until_s(lines)) for pull in pulls]
    away = [(pull.away_s, pull.there_s) for pull in pulls]
    there = [one for one in questions if one.is_spared(unusable, _ANSWER_BEGINS_S)]
    plugged = [one for one in questions if one.is_spared(away, _ANSWER_BEGINS_S)]
    first_s = questions[0].began_s if questions else 0.0
    missed = [
        {"name": one.name, "at_s": round(one.began_s - first_s), "why": one.answer(lines)}
        for one in there
        if one.answer(lines) != "sounded"
    ]
    return {
        "asked": len(questions),
        "asked_there": len(there),
        "answered_there": len(there) - len(missed),
        "unanswered": missed,
        "asked_plugged": len(plugged),
        "answered_plugged": sum(one.answer(lines) == "sounded" for one in plugged),
        "pulls": {kind: sum(one.kind == kind for one in pulls) for kind in sorted({*_CHOICES})},
        **back_after_s(pulls, lines),
    }


def back_after_s(pulls: list[Pull], lines: list[Line]) -> dict[str, object]:
    """How long after a device was plugged in again the program had taken it, and how often it never
    did."""
    waits = (pull.unusable_until_s(lines) - pull.there_s for pull in pulls)
    taken = sorted(round(max(wait, 0.0), 1) for wait in waits if wait < float("inf"))
    return {
        "never_back": len(pulls) - len(taken),
        "back_after_s": {"p50": taken[len(taken) // 2], "max": taken[-1]} if taken else None,
    }
