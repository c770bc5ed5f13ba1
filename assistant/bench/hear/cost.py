"""What scoring known phrases costs a turn: the same cuts with and without it, in turns.

On a busy machine the milliseconds are too many; processor time and the ratio carry over.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from assistant.bench.hear.ear import Ear
from assistant.bench.hear.kit import Finding, Kit, thinned
from assistant.bench.hear.recordings import Cut, cuts
from assistant.bench.hear.table import COMMANDS, read_commands

SNR_DB = 12.0

_CUTS, _QUICK_CUTS = 40, 10


def cost(kit: Kit) -> Finding:
    """Milliseconds of a turn's transcript with and without scored phrases: orders, home commands
    (both at 12 dB) and questions, the words of which are plain."""
    figures: dict[str, Any] = {}
    lines = [
        "cost of a turn   free     with phrases  more (wall, processor)  turns without any phrase"
    ]
    for name, example, found in _sources(kit):
        kit.say(f"cost: {name}")
        figures[name] = measured = _measure(kit.ear(example), found)
        lines.append(
            f"  {name:14} {measured['free_ms']:5.1f} ms  {measured['fused_ms']:6.1f} ms  "
            f"{measured['more_wall_ms']:6.1f} ms, {measured['more_cpu_ms']:5.1f} ms      "
            f"{measured['plain']} of {measured['turns']}"
        )
    return Finding(lines, figures)


def _sources(kit: Kit) -> Iterator[tuple[str, str, list[Cut]]]:
    count = _QUICK_CUTS if kit.is_quick else _CUTS
    orders = thinned([cut for cut in cuts(kit.data, ("orders",)) if cut.speech], count)
    yield "orders", "barista.py", [_in_noise(kit, cut) for cut in orders]
    spoken = thinned(read_commands(COMMANDS), count)
    speaker = kit.speakers[0]
    yield "home commands", "home.py", [_in_noise(kit, speaker.say(one.text)) for one in spoken]
    yield "questions", "home.py", thinned(list(cuts(kit.data, ("questions",))), count)


def _in_noise(kit: Kit, cut: Cut) -> Cut:
    samples, _ = kit.pool.under(cut.name, cut.samples, cut.speech, SNR_DB)
    return Cut(
        name=cut.name, folder=cut.folder, label=cut.label, samples=samples, speech=cut.speech
    )


def _measure(ear: Ear, found: list[Cut]) -> dict[str, Any]:
    free, fused = [], []
    plain = 0
    for number, cut in enumerate(found):
        first_is_free = number % 2 == 0
        pair = [ear.hear(cut, fused=not first_is_free), ear.hear(cut, fused=first_is_free)]
        one, other = pair if first_is_free else reversed(pair)
        free.append(one)
        fused.append(other)
        plain += not other.phrases
    pairs = list(zip(fused, free, strict=True))
    return {
        "turns": len(found),
        "plain": plain,
        "free_ms": round(1000 * statistics.median(one.wall_s for one in free), 1),
        "fused_ms": round(1000 * statistics.median(one.wall_s for one in fused), 1),
        "more_wall_ms": round(1000 * statistics.median(a.wall_s - b.wall_s for a, b in pairs), 1),
        "more_cpu_ms": round(1000 * statistics.median(a.cpu_s - b.cpu_s for a, b in pairs), 1),
    }
