"""Measure a flow that takes orders: how many recorded orders have every slot right.

    python scripts/measure_orders.py [--flow examples/barista.py] [--held-out] [--every 1] [--show]

Each recording of the folder `orders` is transcribed with the program's own recogniser, which
expects the words of the flow as it does in a conversation, and the transcript is given to the text
layer with that flow and without a language model. An order is right when the slots of the decision
are those of the label: all of them, the same values, no other. Beside it stands what the recogniser
alone allows (`oracle`: each word of each slot is in the transcript), and both for a recogniser that
expects nothing. Half of the recordings is for writing the flow; the other, by a digest of the
file's name, is measured with `--held-out`. A JSON line comes last.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from measure_whisper import clips, has_every_slot, normalised

from assistant.assemble.loading import load_whisper, make_conversation
from assistant.config import Config
from assistant.talk.conversation import Conversation

SLOTS = {
    "coffeeDrink": "drink", "size": "size", "roast": "roast", "numberOfShots": "shots",
    "milkAmount": "milk", "sugarAmount": "sweet",
}  # fmt: skip


def labelled(label: str) -> dict[str, str]:
    """ "size=large; roast=dark roast" by the names of the flow's slots."""
    pairs = (one.split("=") for one in label.split("; "))
    return {SLOTS[name]: value for name, value in pairs}


def understood(conversation: Conversation, text: str) -> dict[str, str]:
    """The slots of the decision on `text`; none when another flow or part takes it."""
    decision = conversation.decide(text)
    return dict(decision.slots) if decision is not None and decision.source == "tool" else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flow", type=Path, default=Path("examples/barista.py"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--every", type=int, default=1, help="only every n-th recording")
    parser.add_argument("--held-out", action="store_true", help="the half that was not looked at")
    parser.add_argument("--show", action="store_true", help="print the orders that are wrong")
    given = parser.parse_args()
    conversation = make_conversation(Config(), None, files=[given.flow])
    whisper = load_whisper(Config())
    counts: Counter[str] = Counter()
    for clip in clips(given.data, ("orders",), given.every):
        if clip.is_held_out is not given.held_out:
            continue
        counts["orders"] += 1
        for mode, count in (("plain", lambda text: 0), ("", conversation.count_own_words)):
            whisper.count_expected = count
            result = whisper.transcribe(clip.samples, lambda: False)
            text = result.text if result is not None else ""
            slots, label = understood(conversation, text), labelled(clip.label)
            counts[f"{mode} right".strip()] += slots == label
            counts[f"{mode} oracle".strip()] += has_every_slot(clip.label, normalised(text))
            if given.show and not mode and slots != label:
                print(f"{text}\n    heard {slots}\n    label {label}")
    for name in ("right", "oracle", "plain right", "plain oracle"):
        print(
            f"{name:14s} {counts[name]:4d} of {counts['orders']}  "
            f"{counts[name] / max(1, counts['orders']):.1%}"
        )
    print(json.dumps({"flow": given.flow.name, "held out": given.held_out, **counts}))


if __name__ == "__main__":
    main()
