"""Single words, and noise by itself, through the whole ears: detector, turns, recogniser, rules.

The engine hears the recording as fast as the machine can; a short tone stands for every answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assistant.audio.recording import read_recording
from assistant.bench.clips import faint_noise
from assistant.bench.hear.kit import Finding, Kit, share, thinned
from assistant.bench.hear.mixing import loud_stretches, read_noises
from assistant.bench.hear.recordings import rows
from assistant.bench.hear.words import normalised
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, ms_to_samples
from assistant.updates import TurnDropped, TurnEnded, Update

SNR_DB = 10.0
WAKE_WORDS = 50

_QUICK_WORDS, _QUICK_NOISES = 12, 24
_BEFORE_MS, _BEHIND_MS = 1000, 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the engine made of one recording: the words of each answered turn, and why others were
    dropped."""

    answered: tuple[str, ...]
    dropped: tuple[str, ...]


def played(kit: Kit, samples: Int16Array) -> Session:
    """Play int16[n] at 16 kHz to the engine, as the first of a conversation."""
    updates: list[Update] = []
    kit.stages.text.forget()
    kit.player.play(samples, updates.append)
    return Session(
        answered=tuple(u.record.transcript for u in updates if isinstance(u, TurnEnded)),
        dropped=tuple(update.why for update in updates if isinstance(update, TurnDropped)),
    )


def words(kit: Kit) -> Finding:
    """The single words and 50 wake words, clean and at 10 dB."""
    counts: Counter[str] = Counter()
    kit.hear_as_engine()
    for folder, most in (("words", 1000), ("wakewords", WAKE_WORDS)):
        chosen = thinned(rows(kit.data, (folder,)), _QUICK_WORDS if kit.is_quick else most)
        for row in chosen:
            kit.say(row["file"])
            for condition, sound in _conditions(kit, row):
                session = played(kit, sound)
                said, heard = normalised(row["label"]), normalised(" ".join(session.answered))
                is_right = bool(heard) and set(heard) == set(said)
                counts[f"{folder}, {condition}: cases"] += 1
                counts[f"{folder}, {condition}: right"] += is_right
                counts[f"{folder}, {condition}: answered"] += bool(heard)
                if not is_right:
                    kit.show(
                        f"{row['file']}, {condition}: {row['label']!r} became "
                        f"{' / '.join(session.answered)!r}, dropped {session.dropped}"
                    )
    return _words_finding(counts)


def _conditions(kit: Kit, row: dict[str, str]) -> Iterator[tuple[str, Int16Array]]:
    """The recording between a second and a second and a half of room, clean and in noise."""
    spoken = read_recording(kit.data / row["file"])
    before, behind = ms_to_samples(_BEFORE_MS), ms_to_samples(_BEHIND_MS)
    sound = np.pad(spoken, (before, behind))
    where = tuple((start + before, end + before) for start, end in loud_stretches(spoken))
    yield "clean", faint_noise(sound)
    yield f"{SNR_DB:g} dB", kit.pool.under(row["file"], sound, where, SNR_DB)[0]


def _words_finding(counts: Counter[str]) -> Finding:
    names = [key.removesuffix(": cases") for key in counts if key.endswith(": cases")]
    lines = [f"{'single words':20} {'word right':22} answered"]
    figures = {}
    for name in names:
        cases, right, answered = (
            counts[f"{name}: {what}"] for what in ("cases", "right", "answered")
        )
        lines.append(f"  {name:18} {share(right, cases):22} {share(answered, cases)}")
        figures[name] = {"cases": cases, "right": right, "answered": answered}
    return Finding(lines, figures)


def noise(kit: Kit) -> Finding:
    """The recordings of noise, each followed by a second of silence; answers to those in which
    people read or sing are counted apart."""
    noises = read_noises(kit.data, with_people=True)
    chosen = thinned(noises, _QUICK_NOISES) if kit.is_quick else list(noises)
    quiet = {one.name for one in read_noises(kit.data)}
    counts: Counter[str] = Counter()
    answers: list[str] = []
    seconds = 0.0
    kit.hear_as_engine()
    for number, one in enumerate(chosen):
        if number % 20 == 0:
            kit.say(f"noise: {number} of {len(chosen)}")
        session = played(kit, np.pad(one.samples, (0, SAMPLE_RATE_HZ)))
        counts["dropped"] += len(session.dropped)
        if one.name not in quiet:
            counts["to people"] += len(session.answered)
            continue
        seconds += one.samples.size / SAMPLE_RATE_HZ
        answers += [f"{one.name}: {text!r}" for text in session.answered]
        for text in (*session.answered, *session.dropped):
            kit.show(f"noise {one.name}: {text}")
    lines = [
        f"noise            {len(answers)} answers in {seconds / 60:.1f} minutes of "
        f"{len(chosen)} recordings, {counts['dropped']} turns dropped; "
        f"{counts['to people']} answers to people who read or sing",
        *(f"  {answer}" for answer in answers),
    ]
    figures = {
        "minutes": round(seconds / 60, 1),
        "answers": len(answers),
        "answered": answers,
        "dropped": counts["dropped"],
        "answers_to_people": counts["to people"],
    }
    return Finding(lines, figures)
