"""The latency panel: one bar per turn, the session's percentiles and a legend with medians.

Draws as much as its size allows: all of it beside the conversation, a few lines below it. Knows
timings of the view and what the log says was saved, nothing of the engine. Main thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from assistant.log.savings import Savings
from assistant.tui.bars import axis, cells, format_ms, round_scale
from assistant.tui.figures import REST, Summary, Timing, stage_medians, summarise
from assistant.tui.lines import plain, spread
from assistant.tui.palette import DIM, FAINT, SOURCES, STAGES, stage_look

_TALL = 18
"""From so many lines on there is room for the legend as a table."""
_NAME = 17
_NUMBER = 9


class LatencyPanel(Widget):
    """Bars from the end of the user's speech to the first sound of the answer."""

    BORDER_TITLE = "Response time: end of your speech → first sound"

    def __init__(self) -> None:
        super().__init__(id="latency")
        self._timings: tuple[Timing, ...] = ()
        self._mood = ""
        self._savings = Savings()

    def show(
        self, timings: tuple[Timing, ...], mood: str = "", savings: Savings | None = None
    ) -> None:
        """Draw these turns, the newest last, the user's mood in it, and what was saved by not
        asking the model."""
        savings = savings or Savings()
        if timings is not self._timings or (mood, savings) != (self._mood, self._savings):
            self._timings, self._mood, self._savings = timings, mood, savings
            self.refresh()

    def render(self) -> RenderResult:
        """The panel at the present size."""
        width, height = self.content_size
        return latency_lines(self._timings, width, height, self._mood, self._savings)


def latency_lines(
    timings: Sequence[Timing],
    width: int,
    height: int,
    mood: str = "",
    savings: Savings | None = None,
) -> Content:
    """The whole panel in `width` by `height` cells; the newest bars are kept when it is tight."""
    is_tall = height >= _TALL
    summary, saved = summarise(timings), savings or Savings()
    head = _tiles(summary, saved, mood, width) if is_tall else [_stats(summary, saved, mood, width)]
    legend = _table(timings, width) if is_tall else _legend(timings, width)
    room = height - len(head) - len(legend) - 1 - is_tall
    if not timings:
        body = [plain("Each answer becomes a bar here, stage by stage.", DIM)]
    else:
        body = _bars(timings[-max(room, 1) :], width)
    body += [Content("")] * (height - len(head) - len(legend) - len(body))
    return Content("\n").join([*head, *body, *legend][:height])


def _share(summary: Summary) -> str:
    if not summary.answered:
        return "–"
    percent = 100 * summary.without_model / summary.answered
    return f"{summary.without_model} of {summary.answered} ({percent:.0f} %)"


def _cpu(saved: Savings) -> str:
    """Processor time in seconds; empty where it is not known or nothing to speak of."""
    return f"{saved.cpu_s:.1f} s" if saved.cpu_s and saved.cpu_s >= 0.05 else ""


def _stats(summary: Summary, saved: Savings, mood: str, width: int) -> Content:
    """The session in one line; the processor time yields first when it is tight, then the mood."""
    gap = plain("   ")
    left = plain("p50 ", DIM) + plain(format_ms(summary.p50_ms), "bold") + gap
    left += plain("p95 ", DIM) + plain(format_ms(summary.p95_ms), "bold")
    right = plain("no LLM ", DIM) + plain(_share(summary), "bold")
    if saved.ms:
        right += plain(" saved ", DIM) + plain(format_ms(saved.ms), "bold")
    if mood:
        left += gap + plain("mood ", DIM) + plain(mood, "bold")
    cpu = plain(" CPU ", DIM) + plain(_cpu(saved), "bold")
    if _cpu(saved) and left.cell_length + right.cell_length + cpu.cell_length < width:
        right += cpu
    return spread(left, right, width)


def _tiles(summary: Summary, saved: Savings, mood: str, width: int) -> list[Content]:
    """The session as captioned numbers; the processor time that was saved where there is room."""
    columns = [
        ("p50", format_ms(summary.p50_ms)),
        ("p95", format_ms(summary.p95_ms)),
        ("no LLM needed", _share(summary)),
        ("time saved", format_ms(saved.ms)),
        *([("mood", mood)] if mood else []),
    ]
    with_cpu = [*columns[:4], ("CPU saved", _cpu(saved)), *columns[4:]]
    if _cpu(saved) and sum(max(map(len, one)) + 1 for one in with_cpu) <= width + 1:
        columns = with_cpu
    tiles = [max(len(name), len(text)) for name, text in columns]
    gap = max(1, min(4, (width - sum(tiles)) // max(1, len(tiles) - 1)))
    space = " " * gap
    captions = space.join(name.ljust(tile) for tile, (name, _) in zip(tiles, columns, strict=True))
    numbers = space.join(text.ljust(tile) for tile, (_, text) in zip(tiles, columns, strict=True))
    return [plain(captions, DIM), plain(numbers, "bold"), Content("")]


def _bars(timings: Sequence[Timing], width: int) -> list[Content]:
    """An axis and one line per turn: number, source, stages, milliseconds."""
    room = max(8, width - _NAME - _NUMBER)
    scale = round_scale(max(timing.latency_ms or 0.0 for timing in timings))
    lines = [plain(" " * _NAME + axis(scale, room), FAINT)]
    for timing in timings:
        label, colour = SOURCES[timing.source]
        line = plain(f"{timing.turn:>3} ", DIM) + plain(label.ljust(_NAME - 4), colour)
        bar = Content("")
        if timing.latency_ms is not None:
            for name, count in cells(timing.stages, scale, room):
                look = stage_look(name)
                bar += plain(look.fill * count, look.style)
        else:
            bar = plain("no sound: interrupted" if timing.is_interrupted else "no sound", DIM)
        number = format_ms(timing.latency_ms).rjust(_NUMBER)
        lines.append(line + bar.pad_right(max(0, room - bar.cell_length)) + plain(number, "bold"))
    return lines


def _medians(timings: Sequence[Timing]) -> dict[str, float | None]:
    """Medians of the stages that occurred, known ones in the usual order; before the first turn
    all known stages without a median, so that the legend explains what will come."""
    if not timings:
        return {name: None for name in STAGES if name != REST}
    medians = stage_medians(timings)
    return {name: medians[name] for name in [*STAGES, *medians] if name in medians}


def _legend(timings: Sequence[Timing], width: int) -> list[Content]:
    """The fill characters and names of the stages that occurred, in as few lines as fit."""
    lines: list[Content] = []
    for name in _medians(timings):
        look = stage_look(name)
        item = plain(look.fill * 2, look.style) + plain(f" {name}", DIM)
        if lines and lines[-1].cell_length + 2 + item.cell_length <= width:
            lines[-1] += plain("  ") + item
        else:
            lines.append(item)
    return lines


def _table(timings: Sequence[Timing], width: int) -> list[Content]:
    """One line per stage: fill, name, meaning, median."""
    lines = [spread(plain("stage", FAINT), plain("median", FAINT), width)]
    for name, median in _medians(timings).items():
        look = stage_look(name)
        left = plain(look.fill * 2, look.style) + plain(f" {name:<13} ") + plain(look.meaning, DIM)
        lines.append(spread(left, plain(format_ms(median)), width))
    return lines
