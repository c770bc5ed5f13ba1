"""A clause that is resampled while it is being made equals the clause resampled as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.resample import PlaybackResampler, resample_whole


@pytest.mark.parametrize("to_hz", [48_000, 44_100, 16_000, 22_050])
def test_pieces_of_a_clause_join_without_a_seam_at_the_rate_of_the_device(to_hz: int) -> None:
    times = np.arange(22_050) / 22_050
    sound = (0.4 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
    resampler = PlaybackResampler(22_050, to_hz)
    pieces = [resampler.push(piece) for piece in np.split(sound, [3000, 3001, 9000, 20_000])]
    joined = np.concatenate([*pieces, resampler.finish()])
    np.testing.assert_array_equal(joined, resample_whole(sound, 22_050, to_hz))


@pytest.mark.parametrize("to_hz", [48_000, 44_100, 16_000])
def test_less_is_held_back_than_the_voice_has_ready_before_it_begins(to_hz: int) -> None:
    resampler = PlaybackResampler(22_050, to_hz)
    ready = resampler.push(np.zeros(8 * 256, np.float32))
    assert len(ready) / to_hz > 0.05
