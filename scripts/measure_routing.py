"""How often is a request answered without the language model, and is that right?

Reads `../shared/data/requests.tsv` (text, intent, domain, kind) or the file given; prints one line
per everyday intent, every wrongly taken request when `--show` is given, and one JSON line last.
An `everyday` request counts as right when the reply's entry or tool belongs to its intent. `other`
and `open` requests should all be left over, to reach (scripts/measure_reach.py) or to the model.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

from assistant.talk.dialogue import Dialogue

from assistant.config import Config
from assistant.talk.replies import load_replies
from assistant.talk.timers import TimerStore
from assistant.talk.tools import Tools

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
# what may answer an intent: ids of entries, or names of tools
RIGHT = {
    "alarm": {"cannot set alarms"},
    "are_you_a_bot": {"bot", "who are you", "love"},
    "calculator": {"sum", "cannot calculate"},
    "calendar": {"cannot calendar"},
    "calendar_update": {"cannot calendar"},
    "cancel": {"cancel", "stop"},
    "change_accent": {"cannot change voice"},
    "change_ai_name": {"cannot be renamed"},
    "change_language": {"cannot change language", "language"},
    "change_speed": {"cannot change voice"},
    "change_user_name": {"cannot remember names"},
    "change_volume": {"cannot change volume"},
    "date": {"date"},
    "do_you_have_pets": {"pets"},
    "find_phone": {"cannot find phone"},
    "flip_coin": {"coin"},
    "fun_fact": {"fact"},
    "goodbye": {"goodbye", "good night"},
    "greeting": {"greeting", "how are you", "good morning", "good evening", "good afternoon"},
    "how_old_are_you": {"age"},
    "make_call": {"cannot call"},
    "maybe": {"maybe"},
    "meaning_of_life": {"meaning of life"},
    "next_song": {"cannot play"},
    "no": {"no", "no thanks", "complaint"},
    "play_music": {"cannot play"},
    "reminder": {"cannot remind"},
    "reminder_update": {"cannot remind", "timer"},
    "repeat": {"repeat"},
    "reset_settings": {"cannot reset"},
    "roll_dice": {"dice"},
    "share_location": {"cannot share location"},
    "shopping_list": {"cannot keep lists"},
    "shopping_list_update": {"cannot keep lists"},
    "spelling": {"spelling"},
    "sync_device": {"cannot sync"},
    "tell_joke": {"joke"},
    "text": {"cannot text"},
    "thank_you": {"thanks"},
    "time": {"time", "cannot time elsewhere"},
    "timer": {"timer"},
    "timezone": {"cannot time elsewhere"},
    "todo_list": {"cannot keep lists"},
    "todo_list_update": {"cannot keep lists"},
    "user_name": {"cannot remember names"},
    "weather": {"cannot weather"},
    "what_are_your_hobbies": {"hobbies"},
    "what_can_i_ask_you": {"abilities"},
    "what_is_your_name": {"name"},
    "what_song": {"cannot recognise songs"},
    "where_are_you_from": {"home"},
    "whisper_mode": {"cannot whisper"},
    "who_do_you_work_for": {"employer"},
    "who_made_you": {"maker"},
    "yes": {"yes", "okay"},
}


def answered_by(dialogue: Dialogue, text: str) -> tuple[str, str]:
    """The entry or tool that answers and the reason logged; ("", "") for reach and the model."""
    reply = next(dialogue.respond(text, lambda: False), None)
    if reply is None or reply.source == "model" or reply.why.startswith("out of reach"):
        return "", ""
    name = reply.why.split(": ", 1)[-1].split(" '")[0]
    return name.removeprefix("tool "), f"{reply.why} -> {reply.text}"


def new_dialogue() -> Dialogue:
    """A dialogue without a model and without any past."""
    timers = TimerStore(lambda: 0.0)
    tools = Tools(timers, lambda: datetime(2026, 3, 4, 15, 20))
    return Dialogue(Config(), load_replies(), None, tools, timers)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=DATA / "requests.tsv")
    parser.add_argument("--show", choices=("wrong", "missed", "none"), default="none")
    options = parser.parse_args()
    started = time.perf_counter()
    dialogue = new_dialogue()
    load_s = time.perf_counter() - started
    with options.file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    started = time.perf_counter()
    for row in rows:
        name, why = answered_by(dialogue, row["text"])
        is_right = name in RIGHT.get(row["intent"], ())
        if row["kind"] == "everyday":
            verdict = "missed" if not name else "right" if is_right else "wrong"
        else:
            verdict = "wrong" if name else "left"
        group = row["intent"] if row["kind"] == "everyday" else row["kind"]
        counts[group][verdict] += 1
        counts[f"all {row['kind']}"][verdict] += 1
        if verdict == options.show:
            print(f"{verdict:7} {row['intent']:20} {row['text']}  | {why}")
    each_us = (time.perf_counter() - started) / max(1, len(rows)) * 1e6
    for group, found in sorted(counts.items()):
        print(f"{group:24} " + "  ".join(f"{k} {v}" for k, v in sorted(found.items())))
    card = {kind: dict(counts[f"all {kind}"]) for kind in ("everyday", "other", "open")}
    print(json.dumps({**card, "load_s": round(load_s, 2), "microseconds_each": round(each_us)}))


if __name__ == "__main__":
    main()
