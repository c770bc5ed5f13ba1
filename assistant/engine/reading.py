"""Reads utterances that grow: what is settled once, and each time only the rest.

Called by the words threads, by both at a time. Knows the transcriber through its seam; decides
nothing.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

from assistant.engine.seams import Transcriber
from assistant.hearing.settled import (
    FROM_S,
    LATER_S,
    NEXT_S,
    Piece,
    Settled,
    joined,
    next_cut,
    to_read_anew,
    with_lost_words,
)
from assistant.messages import Transcript, Utterance

_LEAST_KEPT = 0.8
"""A second reading with a smaller share of the words has lost something. Own choice."""


class Reader:
    """Keeps the words of what is settled."""

    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber
        self._settled = Settled()
        self._settling = threading.Lock()
        self._reading_anew = threading.Lock()

    def read(
        self,
        utterance: Utterance,
        should_stop: Callable[[], bool],
        is_closing: Callable[[], bool],
        *,
        is_partial: bool = False,
    ) -> Transcript | None:
        """The words of all of `utterance`; None when `should_stop()` said so, or when the session
        `is_closing()`.

        A piece that was begun is read to its end all the same: whoever comes next needs it. Words
        so far settle what they can, and read anew what is better read as one; the words of a take
        settle only what would hold them up later.
        """
        start, samples = utterance.start_sample, utterance.samples
        if is_partial and not should_stop():
            self._read_anew(utterance, is_closing)
        later_s = 0.0 if is_partial else LATER_S
        pieces = self._settle_due(utterance, later_s, should_stop, is_closing)
        if pieces is None:
            return None
        rest = samples[(pieces[-1].end if pieces else start) - start :]
        if not pieces:
            return self._transcriber.transcribe(rest, should_stop, is_partial=is_partial)
        last = self._transcriber.transcribe(rest, should_stop, is_partial=is_partial, is_part=True)
        if last is None:
            return None
        read = [(piece.transcript, float(piece.end - piece.start)) for piece in pieces]
        return joined([*read, (last, float(rest.size))])

    def settle(
        self,
        utterance: Utterance,
        should_stop: Callable[[], bool],
        is_closing: Callable[[], bool],
    ) -> None:
        """Settle what is due of `utterance`, of which nobody wants the words now: those of the next
        take come sooner for it. Ends between two pieces when `should_stop()`. Reads nothing anew:
        20 s and more that were begun would hold up a take that comes then."""
        if not should_stop():
            self._settle_due(utterance, 0.0, should_stop, is_closing)

    def _settle_due(
        self,
        utterance: Utterance,
        later_s: float,
        should_stop: Callable[[], bool],
        is_closing: Callable[[], bool],
    ) -> list[Piece] | None:
        """The pieces of `utterance`, read now where they are due by `later_s` or more; None when
        stopped."""
        start, samples = utterance.start_sample, utterance.samples
        pieces = self._settled.between(start, start + samples.size)
        at = pieces[-1].end if pieces else start
        while (
            length := next_cut(samples[at - start :], later_s + (NEXT_S if pieces else FROM_S))
        ) is not None:
            piece = self._settle(utterance, at, at + length, is_closing)
            if piece is None or should_stop():
                return None
            if piece.end > start + samples.size:  # another thread knew more of the sound
                break
            pieces.append(piece)
            at = piece.end
        return pieces

    def _settle(
        self, utterance: Utterance, start: int, end: int, is_closing: Callable[[], bool]
    ) -> Piece | None:
        """The piece that begins at `start`, read now up to `end` unless it is known."""
        with self._settling:
            known = self._settled.at(start)
            if known is not None:
                return known
            first = utterance.start_sample
            transcript = self._transcriber.transcribe(
                utterance.samples[start - first : end - first], is_closing, is_part=True
            )
            if transcript is None:
                return None
            piece = Piece(start, end, transcript)
            self._settled.keep(piece)
            return piece

    def _read_anew(self, utterance: Utterance, is_closing: Callable[[], bool]) -> None:
        """Read small pieces in a row as one, when there are enough and no other thread does."""
        first, size = utterance.start_sample, utterance.samples.size
        place = to_read_anew(self._settled.between(first, first + size))
        if place is None or not self._reading_anew.acquire(blocking=False):
            return
        try:
            start, end = place
            samples = utterance.samples[start - first : end - first]
            transcript = self._transcriber.transcribe(samples, is_closing, is_part=True)
            if transcript is None:
                return
            pieces = self._settled.between(start, end)
            before = joined([(one.transcript, float(one.end - one.start)) for one in pieces])
            if len(transcript.text.split()) < _LEAST_KEPT * len(before.text.split()):
                transcript = before
            text = with_lost_words(
                [one.transcript for one in pieces], transcript.text, is_first=start == first
            )
            transcript = dataclasses.replace(transcript, text=text)
            self._settled.keep(Piece(start, end, transcript, is_whole=True))
        finally:
            self._reading_anew.release()
