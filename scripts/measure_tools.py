"""How well and how fast a language model calls tools: tests/tool_requests.tsv, one by one.

`python scripts/measure_tools.py [--model FILE] [--sets main,none,asks,held] [--all | --hidden]`, by
default with the model of the profile. Each request is a conversation of its own, through the whole
text layer.
A request is right when the right tool is called with the right arguments (`main`, `held`), when no
tool is (`none`), or when the right tool asks for an argument (`asks`). Nothing is spoken and
nothing is read ahead, so that the time is that from the last word in text to the first sentence.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.assemble.loading import (
    load_language_model,
    load_meaning,
    make_conversation,
    make_services,
)
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.language.en.normalise import normalise
from assistant.talk.conversation import Conversation
from assistant.talk.decision import Decision
from assistant.talk.talk import Talk

ROOT = Path(__file__).resolve().parents[1]
REQUESTS = ROOT / "tests" / "tool_requests.tsv"
TOOLS = ROOT / "tests" / "tools_twelve.py"
NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
_DROPPED = frozenset("a an the some my".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the file. `tool` is "" for none, `asks` the argument that is missing."""

    set: str
    text: str
    tool: str
    arguments: Mapping[str, Any]
    asks: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it; milliseconds to the first sentence, by the clock and of this thread's
    processor time (the same on a quiet machine, where the model has one thread)."""

    asked: Asked
    tool: str
    arguments: Mapping[str, Any]
    is_asking: str
    ms: float
    cpu_ms: float
    is_json: bool

    @property
    def is_tool_right(self) -> bool:
        return self.tool == self.asked.tool

    @property
    def is_right(self) -> bool:
        if self.asked.set == "asks":
            return self.is_tool_right and bool(self.is_asking)
        is_same = same(self.asked.arguments, self.arguments)
        return self.is_tool_right and (not self.tool or (is_same and not self.is_asking))


def read_requests(path: Path = REQUESTS) -> list[Asked]:
    """All lines of the file."""
    rows = [
        line.split("\t")
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return [Asked(s, text, tool, json.loads(args), asks) for s, text, tool, args, asks in rows[1:]]


def same(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether the arguments are those that were wanted; case and articles do not count."""
    kept = {name: value for name, value in given.items() if value is not None}
    for name, value in wanted.items():
        options = str(value).split("|") if isinstance(value, str) else [value]
        got = kept.pop(name, "")
        if not any(_plain(got) == _plain(option) for option in options):
            return False
    return not kept


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    return " ".join(word for word in normalise(value).split() if word not in _DROPPED)


def measure(conversation: Conversation, asked: Asked) -> Measured:
    """Decide the request anew in an empty conversation."""
    marks: dict[str, tuple[float, float]] = {}
    conversation.change(lambda talk: Talk())
    start, cpu = time.perf_counter(), time.thread_time()

    def mark(name: str) -> None:
        took = time.perf_counter() - start, time.thread_time() - cpu
        marks.setdefault(name, (took[0] * 1000, took[1] * 1000))

    decision = conversation.converse(asked.text, mark=mark).decision
    assert decision is not None
    ms, cpu_ms = marks.get("first clause", (0.0, 0.0))
    tool = decision.name.rsplit(".", 1)[-1] if decision.source == "tool" else ""
    return Measured(
        asked,
        tool,
        decision.slots,
        _asks(decision),
        ms,
        cpu_ms,
        _is_json(decision),
    )


def _asks(decision: Decision) -> str:
    waiting = decision.after.waiting
    return waiting[-1].question if waiting else ""


def _is_json(decision: Decision) -> bool:
    """The arguments of a call are what JSON can hold; what is no call has none."""
    if not any(step.part == "tool arguments" for step in decision.steps):
        return True
    arguments = dict(decision.slots)
    arguments = arguments.get("arguments", arguments)
    return bool(json.loads(json.dumps(arguments)) == arguments)


def main() -> None:
    """Print a line for each request that went wrong, and one for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="", help="a GGUF file")
    parser.add_argument("--sets", default="main,none,asks")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--all", action="store_true", help="show every request")
    parser.add_argument("--hidden", action="store_true", help="show no request, only the sums")
    given = parser.parse_args()
    config = Config()
    llm = dataclasses.replace(config.llm, model=given.model, threads=given.threads)
    config = dataclasses.replace(config, llm=llm)
    model = load_language_model(config)
    hands = HandsThread()
    conversation = make_conversation(
        config,
        model,
        load_meaning(config),
        services=make_services(config, Path(tempfile.mkdtemp())),
        hands=hands,
        now=lambda: NOW,
        files=[TOOLS],
    )
    conversation.settle(lambda: False)
    requests = [one for one in read_requests() if one.set in given.sets.split(",")]
    measured = []
    for asked in requests:
        conversation.settle(lambda: False)
        one = measure(conversation, asked)
        measured.append(one)
        if (given.all or not one.is_right) and not given.hidden:
            print(
                f"{'right' if one.is_right else 'WRONG'} {one.ms:5.0f} ms "
                f"({one.cpu_ms:.0f})  {asked.text}\n"
                f"      {one.tool}({dict(one.arguments)}) {one.is_asking}"
            )
    for name in dict.fromkeys(one.asked.set for one in measured):
        _print_set(name, [one for one in measured if one.asked.set == name])
    hands.close()
    model.close()
    if any(not one.is_json for one in measured):
        sys.exit("broken JSON")


def _print_set(name: str, found: list[Measured]) -> None:
    times = sorted(one.ms for one in found)
    cpu = sorted(one.cpu_ms for one in found)
    right = sum(one.is_right for one in found)
    tools = sum(one.is_tool_right for one in found)
    p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
    asked = sum(one.asked.asks != "" and one.is_asking != "" for one in found)
    print(
        f"{name}: right {right} of {len(found)}, the tool {tools}, asked back {asked}; "
        f"first sentence p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms; "
        f"of processor time {statistics.median(cpu):.0f} and {cpu[int(0.95 * len(cpu)) - 1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
