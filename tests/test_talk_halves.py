"""Halves of requests, as they are heard while the user still speaks: no skill breaks on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.language.slots import Clock, Moment, Recurrence
from assistant.talk.decision import slots_as_text
from assistant.talk.request import read_request
from tests.talking import Talking

_ROWS = (
    "set a timer for five minutes",
    "set a pasta timer for ten minutes",
    "set an alarm for 8 am tomorrow",
    "remind me to call Anna at 6 pm",
    "add milk and eggs to my shopping list",
    "make a note that the car is red",
    "start the stopwatch",
)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


def _halves(talking: Talking) -> Iterator[tuple[str, str]]:
    for flow in talking.conversation.flows:
        for example in flow.examples:
            words = example.split()
            yield from ((flow.name, " ".join(words[: end + 1])) for end in range(len(words)))


@pytest.mark.parametrize("rows", [(), _ROWS], ids=["with nothing set", "with much set"])
def test_no_skill_fails_on_half_of_a_request_that_means_it(
    talk: Talking, rows: tuple[str, ...]
) -> None:
    for text in rows:
        talk.say(text)
    flows, failed = talk.conversation.flows, {}
    for name, text in _halves(talk):
        flow, request = flows.get(name), read_request(text, talk.now)
        if flow is None or request.is_empty:
            continue
        found = flows.run(
            flow, talk.conversation.talk, request, flow.understand(request), why="meaning"
        )
        if " failed: " in found.why:
            failed[text] = found.why
    assert failed == {}


def test_slots_are_told_as_text_without_those_that_nothing_was_said_of() -> None:
    slots = {
        "length": timedelta(minutes=5),
        "lengths": (timedelta(minutes=5), timedelta(minutes=10)),
        "clock": Clock(7, 5, is_exact=False),
        "half": None,
        "exact": Clock(19),
        "days": Recurrence(frozenset({5, 6}), "every weekend"),
        "when": Moment(after=timedelta(minutes=2)),
        "then": Moment(date=date(2026, 3, 5), clock=Clock(7, is_exact=False)),
    }
    assert slots_as_text(slots) == {
        "length": "0:05:00",
        "lengths": "0:05:00, 0:10:00",
        "clock": "7:05 am or pm",
        "exact": "19:00",
        "days": "every weekend",
        "when": "in 0:02:00",
        "then": "2026-03-05 7:00 am or pm",
    }
