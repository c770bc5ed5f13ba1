"""Which profile suits a machine: the cleverest language model that still answers in time.

Knowledge goes before speed: of the profiles whose first sound comes within a second and whose
words come twice as fast as speech, the largest wins. Pure: what the machine is and how fast it is
are handed in, and nothing is read or measured. Any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_FIRST_SOUND_MS = 1000.0
LONGEST_TOKEN_MS = 125.0
"""150 words a minute take about 4 tokens a second; the model must be twice as fast."""

_PROMPT_TOKENS = 8
"""Left to read when a question ends: what was said before was read while it was being spoken."""
_CLAUSE_TOKENS = 9
"""Tokens of the first clause, which the voice begins with."""
_VOICE_MS = 60.0
_SPARE_DISK_BYTES = 500_000_000
_SHARE_OF_MEMORY = 0.6
"""Of the machine's memory, what the assistant may take; the rest is the system's."""
_OTHER_MODELS_BYTES = 800_000_000
_BYTES_PER_WEIGHT_BYTE = 1.43
"""Resident memory: 1.3 GB with a language model of 0.5 GB, 2.4 GB with one of 1.1 GB."""
_BESIDE_CARD_BYTES = 1_500_000_000
"""Memory of the machine beside `_OTHER_MODELS_BYTES` when the weights are on the card: 1.0 GB
resident with a language model of 4.7 GB (docs/LLM.md), and room for Whisper's libraries."""
_CARD_BYTES_BESIDE = 2_300_000_000
"""Of the card, beside the language model's weights: 0.9 GB of CUDA, KV state and buffers, measured
with a model of 4.7 GB (docs/LLM.md), and 1.4 GB for Whisper, estimated from its 0.8 billion weights
of 8 bits."""
_SHARE_OF_CARD = 0.92
"""The rest shows the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Cores that may be used, memory in all, free disk where the models lie, and the memory of the
    graphics card when both llama.cpp and Whisper can use it, else 0."""

    cores: int
    memory_bytes: int
    free_disk_bytes: int
    card_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Milliseconds for a token that is read and for one that is written, with the language model
    of the first candidate."""

    prompt_ms_per_token: float
    token_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A profile: the size of its language model and what of the profile is not on the disk yet."""

    profile: str
    llm_bytes: int
    missing_bytes: int
    needs_gpu: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The profile and one line for a person that says why."""

    profile: str
    why: str


def choose(machine: Machine, speed: Speed, candidates: Sequence[Candidate]) -> Choice:
    """The largest candidate that fits and is fast enough; the first one in any case.

    `candidates` go from the smallest to the largest. The time of a larger model is that of the
    first one times the ratio of their sizes, as every weight is read for each token.
    """
    chosen, refused = candidates[0], ""
    for candidate in candidates[1:]:
        refusal = _refusal(machine, _scaled(speed, candidates[0], candidate), candidate)
        if refusal:
            refused = refused or f"; {candidate.profile} {refusal}"
        else:
            chosen, refused = candidate, ""
    sound_ms = first_sound_ms(_scaled(speed, candidates[0], chosen))
    about = f"{machine.cores} cores, {machine.memory_bytes / 1e9:.0f} GB"
    if chosen.needs_gpu:
        about += f", a graphics card of {machine.card_bytes / 1e9:.0f} GB"
    why = f"{chosen.profile}: {about}; a first sound after about {sound_ms / 1000:.1f} s{refused}"
    return Choice(profile=chosen.profile, why=why)


def first_sound_ms(speed: Speed) -> float:
    """From the end of a question that was read ahead to the first sound, without the pause."""
    read_ms = _PROMPT_TOKENS * speed.prompt_ms_per_token
    return read_ms + _CLAUSE_TOKENS * speed.token_ms + _VOICE_MS


def _scaled(speed: Speed, small: Candidate, large: Candidate) -> Speed:
    ratio = large.llm_bytes / small.llm_bytes
    return Speed(
        prompt_ms_per_token=speed.prompt_ms_per_token * ratio, token_ms=speed.token_ms * ratio
    )


def _refusal(machine: Machine, speed: Speed, candidate: Candidate) -> str:
    """Why the candidate does not serve here, after its name; "" when it does."""
    needed = _OTHER_MODELS_BYTES + _BYTES_PER_WEIGHT_BYTE * candidate.llm_bytes
    if candidate.needs_gpu:
        if not machine.card_bytes:
            return "needs a graphics card that llama.cpp and Whisper can use"
        needed_of_card = (candidate.llm_bytes + _CARD_BYTES_BESIDE) / _SHARE_OF_CARD
        if machine.card_bytes < needed_of_card:
            return f"needs {needed_of_card / 1e9:.0f} GB on the graphics card"
        needed = _OTHER_MODELS_BYTES + _BESIDE_CARD_BYTES
    if machine.memory_bytes * _SHARE_OF_MEMORY < needed:
        return f"needs {needed / _SHARE_OF_MEMORY / 1e9:.0f} GB of memory"
    room = 2 * candidate.missing_bytes + _SPARE_DISK_BYTES  # a wheel lies beside its files at first
    if candidate.missing_bytes and machine.free_disk_bytes < room:
        return f"needs {room / 1e9:.1f} GB of free disk"
    sound_ms = first_sound_ms(speed)
    if sound_ms >= LONGEST_FIRST_SOUND_MS or speed.token_ms > LONGEST_TOKEN_MS:
        return f"would take {sound_ms / 1000:.1f} s"
    return ""
