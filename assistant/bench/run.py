"""The run: every recording through every arm, in turn, so that all share the machine's weather.

Knows arms and recordings; decides the order and tells how far it is. Runs on the main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.bench.arms import Arm
from assistant.bench.clips import Clip
from assistant.bench.session import Row, play_clip
from assistant.messages import SAMPLE_RATE_HZ

Say = Callable[[str], None]

_AFTER_ONSET_S = 3.0
"""What a clip takes beyond its speech, for a first guess at the time that is left."""


def run(
    arms: Sequence[Arm],
    clips: Sequence[Clip],
    *,
    whole: bool,
    say: Say,
    on_row: Callable[[Row], None] = lambda row: None,
) -> list[Row]:
    """All rows. Each arm answers one clip beforehand that is not counted."""
    if not arms or not clips:
        return []
    for arm in arms:
        say(f"warming up: {arm.name}")
        play_clip(arm, clips[0], whole=False)
        arm.stages.text.forget()
    rows: list[Row] = []
    for number, clip in enumerate(clips):
        left = sum(_guess_s(clip) for clip in clips[number:]) * len(arms) / 60
        say(f"{clip.kind}/{clip.name} ({number + 1} of {len(clips)}), {left:.0f} min left")
        for arm in rotated(arms, number):
            row = play_clip(arm, clip, whole=whole)
            rows.append(row)
            on_row(row)
            say(f"  {describe(row)}")
    return rows


def rotated(arms: Sequence[Arm], number: int) -> list[Arm]:
    """The arms with another one first for each `number`."""
    first = number % len(arms)
    return [*arms[first:], *arms[:first]]


def describe(row: Row) -> str:
    """One line about a row, for whoever watches."""
    latency = "no answer" if row.latency_ms is None else f"{row.latency_ms:5.0f} ms"
    false_start = ", false start" if row.is_false_start else ""
    return f"{row.arm:11} {latency}{false_start}  [{row.source}] {row.transcript}"


def _guess_s(clip: Clip) -> float:
    return clip.onset / SAMPLE_RATE_HZ + _AFTER_ONSET_S
