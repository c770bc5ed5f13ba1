"""Which impossible requests are caught before the language model, and which open ones are lost?

Reads `../shared/data/requests.tsv` (text, intent, domain, kind), `../shared/cases/cannot.tsv`,
`../shared/cases/facts.tsv` and the questions of `../shared/data/labels.tsv`, or those under
`--shared`. Sentences are for measuring only. Half of the intents (and of the open sentences) are
held apart: rules and training sentences were made without a look at them (`--part held`).

What should happen is decided by the name of the intent, below. "caught": something other than the
language model answers. "taken": the rules of reach take what language alone can answer.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from assistant.assemble.loading import make_conversation
from assistant.config import Config
from assistant.model.meaning import load_meaning_model
from assistant.talk.conversation import Conversation

SHARED = Path(__file__).parent.parent.parent / "shared"

# A request for an action, or for the state of a thing, a person or the world: to be caught.
IMPOSSIBLE = frozenset(
    """
    account_blocked balance bill_balance bill_due freeze_account interest_rate min_payment
    order_checks pay_bill pin_change report_fraud routing spending_history transactions transfer
    application_status apr card_declined credit_limit credit_limit_change credit_score damaged_card
    expiration_date redeem_rewards report_lost_card rewards_balance current_location directions gas
    last_maintenance schedule_maintenance tire_pressure traffic uber order order_status smart_home
    update_playlist accept_reservations cancel_reservation confirm_reservation how_busy
    restaurant_reservation restaurant_reviews book_flight book_hotel car_rental exchange_rate
    flight_status lost_luggage travel_alert travel_notification income insurance_change
    meeting_schedule payday pto_balance pto_request pto_request_status pto_used schedule_meeting w2
    alarm calendar calendar_update reminder reminder_update shopping_list shopping_list_update
    todo_list todo_list_update next_song play_music what_song find_phone make_call text
    share_location sync_device weather change_volume reset_settings whisper_mode
    """.split()
)
# Knowledge, advice, words and chat: never to be taken by the rules of reach.
LANGUAGE = frozenset(
    """
    jump_start oil_change_how improve_credit_score calories cook_time food_last
    ingredient_substitution ingredients_list meal_suggestion nutrition_info recipe carry_on
    international_visa plug_type translate travel_suggestion vaccines definition
    measurement_conversion calculator fun_fact tell_joke spelling are_you_a_bot do_you_have_pets
    goodbye greeting how_old_are_you meaning_of_life thank_you what_are_your_hobbies
    what_can_i_ask_you what_is_your_name where_are_you_from who_do_you_work_for who_made_you cancel
    maybe no yes repeat user_name time date flip_coin roll_dice
    """.split()
)
# Among the impossible, who asks how it is done asks for words ("how do I pay a bill?").
HOW_TO = re.compile(r"\bhow (?:do|can|could|should|would) (?:i|you|we|one)\b|\bhow to\b|\bsteps\b")
# The rest asks for both ("tire_change": how is it done, and do it): counted, not judged.


def is_held(name: str) -> bool:
    """True for the half that nobody looked at while the rules were made."""
    return zlib.crc32(name.encode()) % 2 == 1


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table with tabs between its columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def wanted(row: dict[str, str]) -> str:
    """ "impossible", "how-to", "language", "open" or "mixed" for a row of requests.tsv."""
    if row["kind"] == "open":
        return "open"
    if row["intent"] in IMPOSSIBLE:
        asks_how = HOW_TO.search(row["text"]) and row["intent"] != "directions"
        return "how-to" if asks_how else "impossible"
    return "language" if row["intent"] in LANGUAGE else "mixed"


def cases(shared: Path) -> Iterable[tuple[str, str, str, bool]]:
    """(group, subgroup, text, held) of everything that is measured."""
    for row in read_rows(shared / "cases" / "cannot.tsv"):
        yield "cannot.tsv", "cannot.tsv", row["request"], False
    for row in read_rows(shared / "cases" / "facts.tsv"):
        yield "facts.tsv", "facts.tsv", row["question"], False
    for row in read_rows(shared / "data" / "labels.tsv"):
        if row["file"].startswith("questions/"):
            yield "questions", "questions", row["label"], False
    for row in read_rows(shared / "data" / "requests.tsv"):
        name = row["text"] if row["kind"] == "open" else row["intent"]
        yield wanted(row), row["intent"], row["text"], is_held(name)


def new_conversation(meaning: Path | None) -> Conversation:
    """A conversation without a model and without any past; `meaning` is the encoder's folder."""
    judge = None
    if meaning is not None:
        judge = load_meaning_model(meaning / "model.onnx", meaning / "tokenizer.json")
    moment = datetime(2026, 3, 4, 15, 20).astimezone()
    return make_conversation(Config(), None, judge, now=lambda: moment)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--part", choices=("tune", "held", "all"), default="all")
    parser.add_argument(
        "--meaning", type=Path, help="folder of the sentence encoder (else rules alone)"
    )
    parser.add_argument("--show", choices=("lost", "missed", "both", "none"), default="none")
    options = parser.parse_args()
    conversation = new_conversation(options.meaning)
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    intents: dict[str, Counter[str]] = defaultdict(Counter)
    slowest: list[float] = []
    for group, intent, text, held in cases(options.shared):
        part = "held" if held else "tune"
        if options.part not in (part, "all"):
            continue
        started = time.perf_counter()
        reply = next(iter(conversation.preview(text)), None)
        slowest.append(time.perf_counter() - started)
        by_reach = reply is not None and reply.why.startswith("out of reach")
        by_model = reply is None or reply.source == "model"
        verdict = "reach" if by_reach else "model" if by_model else "else"
        counts[group, part][verdict] += 1
        intents[f"{group} {intent}"][verdict] += 1
        is_missed = group in ("impossible", "cannot.tsv") and by_model
        is_lost = group in ("language", "how-to", "open", "facts.tsv", "questions") and by_reach
        if (is_missed and options.show in ("missed", "both")) or (
            is_lost and options.show in ("lost", "both")
        ):
            print(f"{'MISS' if is_missed else 'LOST'} {intent:22} {text}  | {reply and reply.why}")
    for name, found in sorted(intents.items()):
        print(f"{name:36} " + "  ".join(f"{k} {v}" for k, v in sorted(found.items())))
    card: dict[str, dict[str, float]] = {}
    for (group, part), found in sorted(counts.items()):
        total = sum(found.values())
        print(
            f"{group:12} {part:5} {total:5} sentences  caught {1 - found['model'] / total:6.1%}"
            f"  by reach {found['reach'] / total:6.1%}"
        )
        card[f"{group} {part}"] = {
            "caught": 1 - found["model"] / total,
            "reach": found["reach"] / total,
        }
    slowest.sort()
    ms = {"mean": sum(slowest) / len(slowest), "p99": slowest[int(0.99 * len(slowest))]}
    print(json.dumps({**card, **{f"{k}_ms": round(1000 * v, 2) for k, v in ms.items()}}))


if __name__ == "__main__":
    main()
