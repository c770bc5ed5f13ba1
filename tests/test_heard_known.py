"""What was heard freely and the known phrase that won: the rule, its way to log and screen, then
the real model on synthesised speech."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from assistant.audio.script import Segment
from assistant.log.entry import body
from assistant.messages import Transcript
from assistant.tui.detail import detail_lines
from tests import tui_feed
from tests.scripted import Session, Words, drawn
from tests.test_log_turns import Deciding, logging, turn, turns

FREE = "Senate timer for 30 seconds."
WON = "Set a timer for 30 seconds."


class Fused(Words):
    """Hears `FREE`, which becomes `WON`."""

    def transcribe(self, *given: object, **options: object) -> Transcript | None:
        found = super().transcribe(*given, **options)  # type: ignore[arg-type]
        return found and replace(found, text=WON, free=FREE, margin=2.25)


# -- where it stands -----------------------------------------------------------------------------


def test_what_was_heard_freely_stands_in_record_log_and_trace(tmp_path: Path) -> None:
    text = Deciding()
    session = Session(
        words=Fused(lambda seconds: WON), text=text, hands=text.hands, log=logging(tmp_path)
    )
    (record,) = session.run(Segment(samples=drawn("#" * 20)))
    assert session.log.close(10.0)
    assert (record.transcript, record.free, record.margin) == (WON, FREE, 2.25)
    shown = record.as_json()
    assert (shown["transcript"], shown["free"], shown["margin"]) == (WON, FREE, 2.25)
    (row,) = turns(tmp_path)
    assert (row["request"], row["free"], row["heard"]["margin"]) == (WON, FREE, 2.25)


def test_a_turn_that_was_heard_freely_says_nothing_of_it(tmp_path: Path) -> None:
    made = body(turn(), lambda text: text)
    assert "free" not in made
    assert "instead of" not in detail_lines(tui_feed.FULL, 90).plain


def test_what_was_heard_freely_is_redacted_and_kept_secret_like_the_request() -> None:
    entry = turn(request="Pay now.", free="Pay 4111.")
    assert body(entry, lambda text: text.replace("4111", "[card]"))["free"] == "Pay [card]."
    secret = turn(request="Seven three one nine.", free="Seven 3 1 9.", is_secret=True)
    assert "9" not in json.dumps(body(secret, lambda text: text)["request"])
    assert "free" not in body(secret, lambda text: text)


def test_the_window_of_a_turn_shows_both() -> None:
    record = replace(tui_feed.FULL, transcript=WON, free=FREE, margin=2.25)
    lines = detail_lines(record, 90).plain.splitlines()
    assert lines[0].split() == ["heard", *WON.split()]
    assert lines[1].strip() == f"instead of {FREE}  won on the sound by 2.2"
