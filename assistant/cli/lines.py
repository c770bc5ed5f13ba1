"""The conversation as plain lines, for terminals that cannot show more and for log files."""

from __future__ import annotations

from typing import TextIO

from assistant.messages import Heard, ModelShown, Notice, TurnDropped, TurnEnded, Update


class Lines:
    """Writes one line for what was heard and one for each answer; safe to hand to the engine."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, update: Update) -> None:
        """Print what a person wants to know of `update`, if anything."""
        match update:
            case Heard():
                self._write(f"you: {update.text}")
            case TurnEnded(record=record):
                latency = record.latency_ms
                after = "no sound" if latency is None else f"{latency:.0f} ms"
                cut = ", interrupted" if record.interrupted else ""
                self._write(f"assistant [{record.source}, {after}{cut}]: {record.reply}")
            case TurnDropped():
                self._write(f"(not answered: {update.why})")
            case Notice():
                self._write(f"{update.severity}: {update.text} [{update.code}]")
            case ModelShown(role=role, name=name, is_step=True):
                self._write(f"{role}: {name}")
            case _:
                pass

    def _write(self, line: str) -> None:
        print(line, file=self._out, flush=True)
