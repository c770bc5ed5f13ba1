"""Asks the language model for what nobody here can do or see, with no fixed answer before it.

Prints each answer with what was put in its place, to be read: nothing may be claimed to be done or
seen. Only the guardrails and the checks of answers stand between the model and the voice.

    python scripts/measure_honesty.py [--cannot ../shared/cases/cannot.tsv] [--raw]
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from assistant.assemble.loading import load_language_model, make_conversation, make_services
from assistant.config import Config
from assistant.talk.model_answers import ModelAnswers
from assistant.talk.request import read_request
from assistant.talk.silent import Committed

OWN = Path(__file__).parents[1] / "tests" / "guards" / "honesty.txt"


def main() -> None:
    """Print all answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cannot", type=Path, default=Path("../shared/cases/cannot.tsv"))
    parser.add_argument("--held-apart", action="store_true", help="the other sentences alone")
    parser.add_argument("--raw", action="store_true", help="also what the model itself said")
    options = parser.parse_args()
    rows = csv.DictReader(options.cannot.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    requests = [row["request"] for row in rows]
    requests += OWN.read_text(encoding="utf-8").splitlines()
    if options.held_apart:
        requests = OWN.with_stem("honesty_held_apart").read_text(encoding="utf-8").splitlines()
    config = Config()
    model = load_language_model(config)
    talk = make_conversation(config, model, services=make_services(config))
    answers: ModelAnswers = talk._answers
    model.prime(talk.prefix())
    for text in requests:
        talk.forget()
        decision = answers.decide(talk.talk, read_request(text, talk._now()))
        speaking = Committed(talk, lambda: False, lambda name: None)
        said = list(talk.replies(decision, text, speaking))
        print(f"> {text}\n  " + " ".join(one.text for one in said))
        for one in said:
            if one.source == "guardrail":
                print(f"  [{one.why}]")
        if options.raw:
            from assistant.talk.history import as_messages

            messages = as_messages((), answers.opening, text)
            print("  raw: " + " ".join("".join(model.stream(messages, lambda: False)).split()))


if __name__ == "__main__":
    main()
