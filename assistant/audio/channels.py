"""Several channels become one, and what is wrong with them is seen: one dead, one turned over.

A mean is right for a pair that hears the same. It is half as loud where one channel is dead, and
next to nothing where one of them is turned over (a cable with its poles crossed, a balanced line on
two channels). Knows samples and no device; each object belongs to the thread that calls it.
"""

from __future__ import annotations

import numpy as np

from assistant.messages import Float32Array

CANCELS = 0.01
"""The mean has less than this share of the power of its loudest channel: they cancel each other."""

DEAD = 0.01
"""A channel with less than this share of the power of the loudest (-20 dB) adds nothing."""

_MEMORY_S = 0.25
_LOUD_MEMORY_S = 30.0
_LOUD_SHARE = 0.03  # of the loudest of the last half minute: what is 15 dB below it decides nothing
_HYSTERESIS = 4.0
_QUIETEST = 1e-8  # -80 dBFS: below it nothing is decided


class Mixdown:
    """float32[n, channels], block after block, to float32[n]: the mean of all; the loudest alone
    once the last quarter second shows that the others are dead or turned over.

    Each channel's constant offset does not count. What was decided stays while it is quiet, as in
    the noise of their amplifiers a dead channel and a live one are alike.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._powers = np.zeros(0)
        self._mean_power = 0.0
        self._loudest_power = 0.0
        self._chosen: int | None = None

    @property
    def chosen(self) -> int | None:
        """The channel that is heard alone; None for the mean of all."""
        return self._chosen

    def push(self, block: Float32Array) -> Float32Array:
        """One block; never a view."""
        if block.shape[1] == 1:
            return np.ascontiguousarray(block[:, 0]).copy()
        if not block.shape[0]:
            return np.zeros(0, np.float32)
        with np.errstate(all="ignore"):  # what is no number is refused by others
            mean = np.asarray(block.mean(axis=1), dtype=np.float32)
            self._look(block, mean)
        if self._chosen is None:
            return mean
        return np.ascontiguousarray(block[:, self._chosen]).copy()

    def _look(self, block: Float32Array, mean: Float32Array) -> None:
        """Take the block into account and choose."""
        if self._powers.size != block.shape[1]:
            self._powers, self._mean_power = np.zeros(block.shape[1]), 0.0
        seconds = block.shape[0] / self._rate_hz
        kept = float(np.exp(-seconds / _MEMORY_S))
        self._powers = kept * self._powers + (1 - kept) * block.var(axis=0, dtype=np.float64)
        self._mean_power = kept * self._mean_power + (1 - kept) * float(mean.var(dtype=np.float64))
        loudest = int(self._powers.argmax())
        power = float(self._powers[loudest])
        faded = self._loudest_power * float(np.exp(-seconds / _LOUD_MEMORY_S))
        self._loudest_power = max(faded, power)
        if not power > max(_QUIETEST, _LOUD_SHARE * self._loudest_power):
            return
        if self._chosen is not None and self._powers[self._chosen] > power / 2:
            loudest = self._chosen  # of two that are about as loud it stays with one
        others = np.delete(self._powers, loudest)
        bar = power if self._chosen is None else _HYSTERESIS * power
        is_alone = self._mean_power < CANCELS * bar or others.max() < DEAD * bar
        self._chosen = loudest if is_alone else None
