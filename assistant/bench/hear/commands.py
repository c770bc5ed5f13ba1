"""Commands in noise: coffee orders by many people, home commands by the program's own voices.

Each clean and mixed with noise at 6, 12 and 18 dB. A command is right when the text layer, with the
flow that a user would write, takes the intent and exactly the slots of the label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.bench.hear.ear import Ear
from assistant.bench.hear.kit import Finding, Kit, share, thinned
from assistant.bench.hear.recordings import Cut, cuts
from assistant.bench.hear.table import COMMANDS, HELD_APART, Command, is_understood, read_commands
from assistant.talk.decision import Decision

SNRS_DB = (6.0, 12.0, 18.0)
CLEAN = "clean"

_QUICK_ORDERS, _QUICK_COMMANDS = 16, 24
_LABELS = {
    "coffeeDrink": "drink", "size": "size", "roast": "roast", "numberOfShots": "shots",
    "milkAmount": "milk", "sugarAmount": "sweet",
}  # fmt: skip
"""The names in the labels of `orders` by those of the flow's slots."""

Judge = Callable[[Decision | None], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """Something said, and what tells whether it was understood."""

    cut: Cut
    is_right: Judge


def orders(kit: Kit) -> Finding:
    """Coffee orders, with examples/barista.py."""
    chosen = [
        cut
        for cut in cuts(kit.data, ("orders",))
        if cut.is_held_out is kit.is_held_out and cut.speech
    ]
    cases = [Case(cut, ordered(cut.label)) for cut in _few(kit, chosen, _QUICK_ORDERS)]
    return measured(kit, kit.ear("barista.py"), cases, "orders")


def home(kit: Kit) -> Finding:
    """Home commands, with examples/home.py; all voices in full, in turns when it is quick."""
    table = read_commands(HELD_APART if kit.is_held_out else COMMANDS)
    spoken = [
        (speaker, command)
        for number, command in enumerate(_few(kit, table, _QUICK_COMMANDS))
        for index, speaker in enumerate(kit.speakers)
        if not kit.is_quick or number % len(kit.speakers) == index
    ]
    cases = [Case(speaker.say(command.text), commanded(command)) for speaker, command in spoken]
    return measured(kit, kit.ear("home.py"), cases, "home commands")


def ordered_slots(label: str) -> dict[str, str]:
    """ "size=large; roast=dark roast" by the names of the flow's slots."""
    pairs = (one.split("=") for one in label.split("; "))
    return {_LABELS[name]: value for name, value in pairs}


def _few(kit: Kit, items: list, count: int) -> list:  # type: ignore[type-arg]
    return thinned(items, count) if kit.is_quick else items


def ordered(label: str) -> Judge:
    """Whether a decision is the flow of examples/barista.py with exactly the slots of a label."""
    slots = ordered_slots(label)
    return lambda decision: (
        decision is not None and decision.source == "tool" and dict(decision.slots) == slots
    )


def commanded(command: Command) -> Judge:
    """Whether a decision is what a command of the table must lead to."""
    return lambda decision: is_understood(decision, command)


def measured(kit: Kit, ear: Ear, cases: list[Case], what: str) -> Finding:
    """How many of the cases are right, clean and in each noise."""
    counts: Counter[str] = Counter()
    for number, case in enumerate(cases):
        if number % 20 == 0:
            kit.say(f"{what}: {number} of {len(cases)}")
        for condition, kind, cut in _conditions(kit, case.cut):
            heard = ear.hear(cut)
            is_right = case.is_right(ear.decide(heard.text))
            was_right = case.is_right(ear.decide(heard.free))
            for key in (condition, "all mixes" if kind else "", kind and f"in {kind}"):
                if key:
                    counts[f"{key}: cases"] += 1
                    counts[f"{key}: right"] += is_right
                    counts[f"{key}: right, free transcript"] += was_right
                    counts[f"{key}: dropped as noise"] += heard.drop is not None
            if not is_right:
                kit.show(
                    f"{what}, {condition} {kind}: {case.cut.name}: {case.cut.label!r} became "
                    f"{heard.text or heard.drop!r} (free {heard.free!r})"
                )
    return Finding(_lines(what, counts), _figures(counts))


def _conditions(kit: Kit, cut: Cut) -> Iterator[tuple[str, str, Cut]]:
    """The cut clean and mixed: name of the condition, kind of the noise ("" without), the cut."""
    yield CLEAN, "", cut
    for snr_db in SNRS_DB:
        samples, kind = kit.pool.under(cut.name, cut.samples, cut.speech, snr_db)
        yield f"{snr_db:g} dB", kind, replace(cut, samples=samples)


def _names(counts: Counter[str]) -> list[str]:
    usual = [CLEAN, *(f"{snr:g} dB" for snr in SNRS_DB), "all mixes"]
    return usual + sorted(key[:-7] for key in counts if key.startswith("in ") and "cases" in key)


def _lines(what: str, counts: Counter[str]) -> list[str]:
    lines = [f"{what:16} {'right':24} {'free transcript':24} dropped as noise"]
    for name in _names(counts):
        whole = counts[f"{name}: cases"]
        right, free = counts[f"{name}: right"], counts[f"{name}: right, free transcript"]
        lines.append(
            f"  {name:14} {share(right, whole):24} {share(free, whole):24} "
            f"{counts[f'{name}: dropped as noise']}"
        )
    return lines


def _figures(counts: Counter[str]) -> dict[str, dict[str, int]]:
    return {
        name: {
            "cases": counts[f"{name}: cases"],
            "right": counts[f"{name}: right"],
            "right_free": counts[f"{name}: right, free transcript"],
            "dropped": counts[f"{name}: dropped as noise"],
        }
        for name in _names(counts)
    }
