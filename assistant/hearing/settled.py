"""Which part of a long utterance is settled: read once, its words kept.

An utterance that grows is cut in its pauses into pieces. A piece that lies behind the newest sound
is read once, and later readings begin behind it; while nobody waits, pieces in a row are read once
more as one, for the sake of their words. Finds the places and keeps what was read; reads nothing
itself and knows no model, no turn and no clock. Safe from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from assistant.hearing.hallucination import is_invented
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, Transcript

FROM_S = 10.0
"""Shorter utterances are read as a whole (docs/WHISPER.md, "Long speech")."""

NEXT_S = 7.0
"""The same behind the first piece: what is left to read at the end is no longer than in a short
turn."""

LATER_S = 5.0
"""Who waits for words settles so much later: one reading of all is quicker than two."""

_SHORTEST_S = 4.0
_LONGEST_S = 18.0
"""A piece without a pause is cut by then where it is quietest; Whisper's window has 30 s."""

_BEHIND_S = 2.0
"""So much sound behind a cut stays unsettled."""

_ANEW_LEAST_S, _ANEW_MOST_S = 20.0, 28.5
"""So much is read anew as one; what is longer, Whisper's window would not hold."""

_PAUSE_FRAMES = 20
_GAP_FRAMES = 4  # where no pause is: between two words
_FRAME = SAMPLE_RATE_HZ // 100
_PAUSE_DB = 25.0
"""Below the loud parts (90 % of the frames are quieter): a pause."""
_FLOOR_SHARE = 0.3
"""A pause is at least so near to the background, as a share of the way up to the loud parts."""
_LOST, _LOST_AT_THE_END = 3, 2
_LEAST_SURE = -1.0
"""Below this mean log-probability of a token Whisper holds its own reading for failed (Radford et
al. 2022, section 4.5)."""
_MOST_KEPT = 400
"""Pieces; the oldest are forgotten. Half an hour of speech and more."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The words of the sound from sample `start` to `end` of the session's clock. `is_whole`: it
    was read anew with what is about it, and is not read again."""

    start: int
    end: int
    transcript: Transcript
    is_whole: bool = False


class Settled:
    """The pieces that were read, by where they begin. The sound of a session never changes, so
    that a piece holds for every utterance that begins with it or reaches it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces: dict[int, Piece] = {}

    def keep(self, piece: Piece) -> None:
        """One more piece is read; it takes the place of the one that begins with it. Those within
        it stay, for an utterance that begins with one of them; `between` passes over them."""
        with self._lock:
            self._pieces[piece.start] = piece
            while len(self._pieces) > _MOST_KEPT:
                del self._pieces[next(iter(self._pieces))]

    def at(self, start: int) -> Piece | None:
        """The piece that begins at the sample `start`."""
        with self._lock:
            return self._pieces.get(start)

    def between(self, start: int, end: int) -> list[Piece]:
        """Pieces in a row from the sample `start` on that end by `end`; there may be none."""
        found: list[Piece] = []
        at = start
        while (piece := self.at(at)) is not None and piece.end <= end:
            found.append(piece)
            at = piece.end
        return found


def to_read_anew(pieces: Sequence[Piece]) -> tuple[int, int] | None:
    """From which sample to which pieces in a row are to be read as one, so that each has the
    context of the others: 20 to 28 s, or less where the next one would be too much. None while
    there are too few.

    Pieces of 8 to 11 s have 12 % of the words wrong where those of 23 s have 10 (docs/WHISPER.md,
    "Long speech").
    """
    small = [piece for piece in pieces if not piece.is_whole]
    while small:
        start, most = small[0].start, _ANEW_MOST_S * SAMPLE_RATE_HZ
        taken = [piece for piece in small if piece.end - start <= most]
        is_enough = taken[-1].end - start >= _ANEW_LEAST_S * SAMPLE_RATE_HZ
        if len(taken) > 1 and (is_enough or len(taken) < len(small)):
            return start, taken[-1].end
        small = small[1:] if len(taken) < len(small) else []
    return None


def next_cut(samples: Int16Array, from_s: float = FROM_S) -> int | None:
    """Where the first piece of int16[n] ends, all of which is unsettled; None while it is shorter
    than `from_s`, or has no pause at a fit place yet.

    It ends in the middle of the longest pause of 200 ms and more between 4 and 18 s, at least 2 s
    before the end; in sound of 20 s without one, in the quietest place of the quietest 200 ms.
    """
    if samples.size < from_s * SAMPLE_RATE_HZ:
        return None
    last_s = min(samples.size / SAMPLE_RATE_HZ - _BEHIND_S, _LONGEST_S)
    first, last = int(_SHORTEST_S * 100), int(last_s * 100)
    if last - first < _PAUSE_FRAMES:
        return None
    levels = _levels_db(samples[: int((_LONGEST_S + _BEHIND_S) * SAMPLE_RATE_HZ)])
    floor, loud = np.percentile(levels, (5, 90))
    bar = max(loud - _PAUSE_DB, floor + _FLOOR_SHARE * (loud - floor))
    begin, end = _longest_run(levels[first:last] <= bar)
    if end - begin >= _PAUSE_FRAMES:
        return (first + (begin + end) // 2) * _FRAME
    if last < int(_LONGEST_S * 100):
        return None
    begin = first + _quietest(levels[first:last], _PAUSE_FRAMES)
    begin += _quietest(levels[begin : begin + _PAUSE_FRAMES], _GAP_FRAMES)
    return begin * _FRAME + _GAP_FRAMES * _FRAME // 2


def _levels_db(samples: Int16Array) -> npt.NDArray[np.float64]:
    """The level of each 10 ms of int16[n] in dB below full scale."""
    frames = samples[: samples.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.square(frames.astype(np.float32) / 32768.0).mean(axis=1)
    levels: npt.NDArray[np.float64] = 10 * np.log10(power.astype(np.float64) + 1e-9)
    return levels


def _quietest(levels: npt.NDArray[np.float64], frames: int) -> int:
    """Where the `frames` frames in a row begin that have the least power."""
    return int(np.argmin(np.convolve(10 ** (levels / 10), np.ones(frames), mode="valid")))


def _longest_run(is_quiet: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Where the longest row of True begins and ends; (0, 0) where there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_quiet, [False]]).astype(np.int8)))
    if not edges.size:
        return 0, 0
    begins, ends = edges[::2], edges[1::2]
    at = int(np.argmax(ends - begins))
    return int(begins[at]), int(ends[at])


def with_lost_words(before: Sequence[Transcript], anew: str, *, is_first: bool = True) -> str:
    """`anew`, and in their places the words of the pieces `before` that it leaves out: three and
    more in a row, or two at the end. A decoder that skips words says nothing in their place; one
    that hears them otherwise does, and is left alone.

    Not put back are: what Whisper invents in a pause ("Thank you."), words of a piece that was read
    unsurely, words that `anew` has elsewhere, and the first words of the utterance, which are
    mostly "um" and "so" (`is_first`: `before` begins with them).
    """
    old = " ".join(one.text for one in before if one.avg_logprob >= _LEAST_SURE).split()
    new = anew.split()
    plain_old, plain_new = _plain(old), _plain(new)
    words: list[str] = []
    for kind, begin, end, at, until in SequenceMatcher(
        None, plain_old, plain_new, autojunk=False
    ).get_opcodes():
        words += new[at:until]
        if kind != "delete" or (is_first and begin == 0):
            continue
        lost = _without_inventions(old[begin:end])
        run = _plain(lost)
        is_there = _count(run, plain_new) >= max(1, _count(run, plain_old))
        if len(lost) >= (_LOST_AT_THE_END if end == len(old) else _LOST) and not is_there:
            words += lost
    return " ".join(words)


def _without_inventions(words: Sequence[str]) -> list[str]:
    """Without the sentences that Whisper invents."""
    kept: list[str] = []
    sentence: list[str] = []
    for at, word in enumerate(words, 1):
        sentence.append(word)
        if at == len(words) or word.endswith((".", "!", "?")):
            kept += [] if is_invented(" ".join(sentence)) else sentence
            sentence = []
    return kept


def _count(run: Sequence[str], words: Sequence[str]) -> int:
    """How many times `run` stands in `words`."""
    return sum(words[at : at + len(run)] == run for at in range(len(words) - len(run) + 1))


def _plain(words: Sequence[str]) -> list[str]:
    """Without case and marks."""
    return ["".join(filter(str.isalnum, word)).lower() for word in words]


def joined(parts: Sequence[tuple[Transcript, float]]) -> Transcript:
    """Texts in order; scores weighted by the length of the sound."""
    if len(parts) == 1:
        return parts[0][0]
    total = sum(length for _, length in parts) or 1.0
    return Transcript(
        text=" ".join(part.text for part, _ in parts if part.text),
        avg_logprob=sum(part.avg_logprob * length for part, length in parts) / total,
        no_speech_prob=sum(part.no_speech_prob * length for part, length in parts) / total,
    )
