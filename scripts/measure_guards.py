"""Measures the guardrails: attempts to get round them, innocent sentences, and what they cost.

python scripts/measure_guards.py [--held-apart] [--verbose]
"""

from __future__ import annotations

import argparse

from tests.attempts import Trying, attacks, innocent


def main() -> None:
    """Print the figures of both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-apart", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    end = "_held_apart" if options.held_apart else ""
    for by_model in (False, True):
        tried = attacks(f"attacks{end}.toml")
        trying = Trying(by_model=by_model)
        through = [(one, got) for one in tried if (got := trying.gets_through(one))]
        sentences = innocent(f"innocent{end}.tsv")
        alarms = [(one, got) for one in sentences if (got := trying.false_alarm(one))]
        caught = len(tried) - len(through)
        print(
            f"{'by the model' if by_model else 'fast path'}: caught {caught} of {len(tried)} "
            f"({caught / len(tried):.1%}), false alarms {len(alarms)} of {len(sentences)} "
            f"({len(alarms) / len(sentences):.1%})"
        )
        if options.verbose:
            for one, got in through:
                what = (
                    one.get("turns") or one.get("answer") or one.get("result", one.get("document"))
                )
                print(f"  through ({one['how']}): {what} -> {got}")
            for sentence, got in alarms:
                print(f"  alarm: {sentence} -> {got}")


if __name__ == "__main__":
    main()
