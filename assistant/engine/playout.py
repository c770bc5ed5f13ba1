"""The gate between the voice and the speaker: what may sound, what sounds and what has sounded.

The voice thread adds pieces, the device's callback pulls samples, the ears read how far it got.
`pull` takes no lock and never waits: it reads the take's own flags and one deque. A piece of a
cancelled take, or of a clause that is taken back, ends in a short fade instead of a click. Knows no
models and no devices.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from assistant.messages import AUDIBLE, SAMPLE_RATE_HZ, Float32Array, Reply, Source
from assistant.take import Take

_FADE_S = 0.008
_MUTED_AFTER_S = 1.5
_WORDS_A_SECOND = 3.0
"""Of a clause whose length is not known, no more words have sounded. Piper's joe says 2.9 to 3.7 a
second (seven sentences)."""


@dataclass(slots=True)
class Clause:
    """One reply of a take: how many samples it has so far, at `rate_hz`, and how many of them have
    sounded. `is_whole`: all of it was made. `is_retracted`: what has not sounded of it is not to be
    heard."""

    reply: Reply
    rate_hz: int
    samples: int = 0
    played: int = 0
    is_whole: bool = False
    is_retracted: bool = False

    @property
    def is_over(self) -> bool:
        """True when no more of it will sound."""
        return self.is_retracted or (self.is_whole and self.played >= self.samples)

    @property
    def is_unheard(self) -> bool:
        """True when it was taken back before anything of it had sounded."""
        return self.is_retracted and not self.played

    @property
    def played_text(self) -> str:
        """The words that sounded: all of them, or as many as the played share of the sound; while
        that is not known as a whole, no more than can be said in the time."""
        if not self.played:
            return ""
        if self.is_whole and self.played >= self.samples:
            return self.reply.text
        words = self.reply.text.split()
        count = round(len(words) * self.played / self.samples)
        if not self.is_whole:
            count = min(count, round(self.played / self.rate_hz * _WORDS_A_SECOND))
        return " ".join(words[:count])


@dataclass(slots=True)
class Played:
    """What sounded of one take; indices are on the input's sample clock.

    `asked_index` is where the user's speech ended, from which the pause before the reply counts.
    Of a take that `is_mute` nothing begins to sound; one that `is_unheard` began while there was no
    speaker.
    """

    clauses: list[Clause] = field(default_factory=list)
    asked_index: float = 0.0
    first_audible_index: float | None = None
    end_index: float | None = None
    is_complete: bool = False
    is_mute: bool = False
    is_unheard: bool = False

    @property
    def text(self) -> str:
        """The words that really sounded."""
        return " ".join(text for clause in self.clauses if (text := clause.played_text))

    @property
    def is_over(self) -> bool:
        """True when every clause has come and has sounded."""
        return self.is_complete and all(clause.is_over for clause in self.clauses)


@dataclass(slots=True)
class _Piece:
    take: Take
    clause: Clause
    played: Played
    samples: Float32Array
    position: int = 0


class Loudness:
    """What the volume is multiplied with. 0 is silence, which waits for the end of the words that
    tell of it: until a block without sound after them, `_MUTED_AFTER_S` at the latest where none
    come."""

    def __init__(self, rate_hz: int, factor: float = 1.0, audible: float = 1.0) -> None:
        self.audible = factor if factor > 0 else audible
        self._is_muted = False
        self._left = 0 if factor > 0 else int(_MUTED_AFTER_S * rate_hz)
        self._has_sounded = False

    def factor(self, *, rings: bool) -> float:
        """The factor now, for words or for what rings."""
        return 0.0 if self._is_muted and not rings else self.audible

    def passed(self, count: int, *, is_sound: bool) -> None:
        """`count` samples were played, with sound in them or without."""
        if not self._left:
            return
        if is_sound:
            self._has_sounded = True
            return
        self._left = 0 if self._has_sounded else max(0, self._left - count)
        self._is_muted = not self._left


class Playout:
    """Plays what committed takes have to say, at `rate_hz` of the device.

    `pauses` are the samples of the input's clock that a reply of each source keeps from the end
    of the user's speech. While `is_held`, no answer begins; one that has begun goes on.
    Without `has_speaker` all goes its way and nothing is heard.
    """

    def __init__(
        self, rate_hz: int, volume: float = 1.0, pauses: Mapping[Source, int] | None = None
    ) -> None:
        self.rate_hz = rate_hz
        self.is_held = False
        self.has_speaker = True
        self._pauses = pauses or {}
        self._volume = volume
        self._duck = 1.0
        self._loudness = Loudness(rate_hz)
        self._gain = volume
        self._pieces: deque[_Piece] = deque()
        self._played: dict[Take, Played] = {}
        self._retracted: dict[Take, list[Reply]] = {}

    def open(self, take: Take) -> Played:
        """The log of what sounds of `take`; made on the first call."""
        return self._played.setdefault(take, Played())

    def forget(self, take: Take) -> None:
        """Drop the log of a take that has been reported."""
        self._played.pop(take, None)
        self._retracted.pop(take, None)

    def begin_clause(self, take: Take, reply: Reply) -> Clause:
        """Announce a clause whose sound will follow by `add`; it may be retracted already."""
        clause = Clause(reply, self.rate_hz)
        self.open(take).clauses.append(clause)
        if any(one is reply for one in self._retracted.get(take, ())):
            clause.is_retracted = True
        return clause

    def retract(self, take: Take, reply: Reply) -> None:
        """Take back a clause: what has not sounded of it is never heard, also when its sound is
        still to come. The mind thread; takes no lock, as `begin_clause` looks after it has put the
        clause where this one looks."""
        if take.is_cancelled and take not in self._played:  # it was reported and forgotten
            return
        self._retracted.setdefault(take, []).append(reply)
        for clause in tuple(self.open(take).clauses):
            if clause.reply is reply:
                clause.is_retracted = True

    def add(self, take: Take, clause: Clause, samples: Float32Array) -> None:
        """Append float32[n] at `rate_hz` to a clause; heard only when the take is committed."""
        if take.is_cancelled or clause.is_retracted or not len(samples):
            return
        clause.samples += len(samples)
        self._pieces.append(_Piece(take, clause, self.open(take), samples))

    def complete(self, take: Take) -> None:
        """No further clause of `take` will come."""
        self.open(take).is_complete = True

    def duck(self, gain_db: float) -> None:
        """Turn the voice down by `gain_db` (negative) until `unduck`; a ramp of one block."""
        self._duck = 10 ** (gain_db / 20)

    def unduck(self) -> None:
        """Back to the full volume."""
        self._duck = 1.0

    def set_volume(self, factor: float) -> None:
        """How loud the voice is, as a multiple of the configured volume. With 0 it is silent after
        what it is saying now; what rings is heard all the same. Any thread."""
        self._loudness = Loudness(self.rate_hz, factor, self._loudness.audible)

    def pull(self, count: int, index: float) -> Float32Array:
        """The next float32[count]; the first of them sounds at `index` of the input's clock."""
        out = np.zeros(count, dtype=np.float32)
        filled = 0
        loudness = self._loudness
        rings = bool(self._pieces) and self._pieces[0].clause.reply.rings
        target = self._volume * self._duck * loudness.factor(rings=rings)
        while filled < count and self._pieces:
            piece = self._pieces[0]
            if piece.take.is_cancelled:
                filled += self._fade_out(piece, out[filled:])
                self._drop(piece.take)
                continue
            if piece.clause.is_retracted:
                filled += self._fade_out(piece, out[filled:])
                self._pieces.popleft()
                continue
            if not piece.take.is_committed or not self._may_sound(piece, index):
                break
            taken = piece.samples[piece.position : piece.position + count - filled]
            out[filled : filled + len(taken)] = taken
            self._log(piece, taken, index + filled * SAMPLE_RATE_HZ / self.rate_hz)
            filled += len(taken)
            if piece.position >= len(piece.samples):
                self._pieces.popleft()
        if filled or self._gain != target:
            out *= np.linspace(self._gain, target, count, dtype=np.float32)
            self._gain = target
        loudness.passed(count, is_sound=filled > 0)
        return out

    def _may_sound(self, piece: _Piece, index: float) -> bool:
        if piece.played.end_index is not None:
            return True
        if piece.played.is_mute:
            return False
        pause = self._pauses.get(piece.clause.reply.source, 0)
        return not self.is_held and index >= piece.played.asked_index + pause

    def _log(self, piece: _Piece, taken: Float32Array, index: float) -> None:
        piece.position += len(taken)
        piece.clause.played += len(taken)
        loud = np.flatnonzero(np.abs(taken) * self._volume * self._duck >= AUDIBLE)
        ratio = SAMPLE_RATE_HZ / self.rate_hz
        if len(loud) and piece.played.first_audible_index is None:
            piece.played.first_audible_index = float(index + loud[0] * ratio)
            piece.played.is_unheard = not self.has_speaker
        piece.played.end_index = index + len(taken) * ratio

    def _fade_out(self, piece: _Piece, out: Float32Array) -> int:
        """Ramp a playing piece down to nothing; how many samples that took."""
        if piece.position == 0:
            return 0
        length = min(len(out), int(_FADE_S * self.rate_hz), len(piece.samples) - piece.position)
        ramp = np.linspace(1.0, 0.0, length, dtype=np.float32)
        out[:length] = piece.samples[piece.position : piece.position + length] * ramp
        return length

    def _drop(self, take: Take) -> None:
        while self._pieces and self._pieces[0].take is take:
            self._pieces.popleft()
