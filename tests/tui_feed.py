"""A scripted session for the tests of the face: real updates in order, controls that take notes.

The controls record what the face asked for; nothing of the face itself is replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.log.savings import ModelCost, Savings
from assistant.messages import Notice, Source, State, Step, ToolCall, TurnRecord
from assistant.tui.session import Publish, Session, Start
from assistant.updates import (
    Counters,
    Heard,
    Level,
    PartialHeard,
    Saying,
    StateChanged,
    TurnEnded,
    Update,
)

MODELS = {
    "hears": "Whisper tiny.en",
    "turns": "SmartTurn v3.2",
    "thinks": "SmolLM2 135M",
    "speaks": "Piper joe",
}

FAST = {
    "pause": 100.0,
    "transcript": 44.0,
    "route": 1.0,
    "voice": 0.0,
    "decision": 95.0,
    "sound": 40.0,
}
TOOL = {
    "pause": 100.0,
    "transcript": 61.0,
    "route": 4.0,
    "voice": 52.0,
    "decision": 130.0,
    "sound": 41.0,
}
MODEL = {
    "pause": 100.0,
    "transcript": 78.0,
    "route": 6.0,
    "first token": 92.0,
    "first clause": 118.0,
    "voice": 64.0,
    "decision": 12.0,
    "sound": 42.0,
}


class Notebook:
    """Controls that write down every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def set_muted(self, muted: bool) -> None:
        self.calls.append(("set_muted", muted))

    def set_push_to_talk(self, enabled: bool) -> None:
        self.calls.append(("set_push_to_talk", enabled))

    def hold_to_talk(self, held: bool) -> None:
        self.calls.append(("hold_to_talk", held))

    def stop_talking(self) -> None:
        self.calls.append(("stop_talking",))

    def submit_text(self, text: str) -> None:
        self.calls.append(("submit_text", text))

    def set_mood(self, enabled: bool) -> None:
        self.calls.append(("set_mood", enabled))

    def clear(self) -> None:
        self.calls.append(("clear",))

    def close(self) -> None:
        self.calls.append(("close",))

    def devices(self) -> tuple[list[str], list[str]]:
        self.calls.append(("devices",))
        return ["Built-in microphone", "USB [red] headset"], ["Built-in speaker", "USB headset"]

    def select_devices(self, input_name: str, output_name: str) -> None:
        self.calls.append(("select_devices", input_name, output_name))


SAVED = Savings(answered=6, turns=4, cost=ModelCost(turns=3, ms=210.0, cpu_ms=450.0))


def session(notebook: Notebook, savings: Savings | None = None) -> Session:
    """A session whose controls are the notebook."""
    return Session(
        controls=notebook,
        models=MODELS,
        devices=notebook.devices,
        select_devices=notebook.select_devices,
        savings=lambda: savings or Savings(),
    )


def playing(updates: Sequence[Update], notebook: Notebook | None = None) -> Start:
    """A start that publishes `updates` and gives a session, which has saved something where a turn
    of it has ended."""
    savings = SAVED if any(isinstance(one, TurnEnded) for one in updates) else None

    def start(publish: Publish) -> Session:
        for update in updates:
            publish(update)
        return session(notebook or Notebook(), savings)

    return start


def record(
    turn: int,
    transcript: str,
    reply: str,
    source: Source = "precomputed",
    why: str = "",
    stages: dict[str, float] | None = None,
    interrupted: bool = False,
) -> TurnRecord:
    """A record whose latency is the sum of its stages; no stages means that nothing sounded."""
    stages = stages or {}
    end_s = turn * 10.0
    first_s = end_s + sum(stages.values()) / 1000 if stages else None
    return TurnRecord(
        turn=turn,
        speech_start_s=end_s - 2.0,
        speech_end_s=end_s,
        commit_s=end_s + 0.2,
        first_audio_s=first_s,
        reply_end_s=None if first_s is None else first_s + 2.0,
        transcript=transcript,
        reply=reply,
        source=source,
        why=why,
        takes=1,
        stages_ms=stages,
        interrupted=interrupted,
    )


PASSED = tuple(
    Step(part=part, verdict="passed", why=why)
    for part, why in (
        ("guard", "nothing caught"),
        ("ringing", "nothing rings"),
        ("stop", "not told to stop"),
        ("flow", "no question is open"),
        ("replies", "no known phrase"),
        ("correction", "nothing to correct"),
    )
)

FULL = replace(
    record(
        7,
        "Remind me to water the plants tomorrow at six, and put milk on the shopping list, please.",
        "Okay: tomorrow at six pm, water the plants. I've added milk to your shopping list.",
        "tool",
        "two requests: reminder.set and list.add",
        TOOL,
    ),
    name="both",
    score=0.94,
    slots={"first": "reminder.set", "second": "list.add"},
    steps=(
        *PASSED,
        Step(part="skills", verdict="passed", score=0.41, why="a part of reminder.set"),
        Step(part="both", verdict="took", score=0.94, why="reminder.set, then list.add"),
    ),
    calls=(
        ToolCall(
            name="calendar.look",
            slots={"day": "2026-03-05"},
            result="nothing then",
            ms=0.4,
            writes=False,
        ),
        ToolCall(
            name="reminder.set",
            slots={"what": "water the plants", "at": "2026-03-05 18:00"},
            result="12",
            ms=6.2,
        ),
        ToolCall(
            name="list.add",
            slots={"items": "milk"},
            outcome="failed",
            result="OSError: the disk is full",
            ms=13.0,
        ),
    ),
    takes=3,
    reopened=1,
    completeness=0.974,
    avg_logprob=-0.21,
    no_speech_prob=0.013,
)

CAUGHT = replace(
    record(
        8,
        "Unlock the \x1b[31mdoor [bold]now[/bold].",
        "I need your PIN for that.",
        "guardrail",
        "locks need a PIN",
        FAST,
    ),
    name="guard.pin",
    steps=(Step(part="guard", verdict="took", why="locks need a PIN"),),
    is_typed=True,
)

RECORDS = (
    record(
        1, "Hi there.", "Hello! How can I help?", "precomputed", "matched “hi there” at 1.00", FAST
    ),
    record(2, "What time is it?", "It is 17:42.", "tool", "clock", TOOL),
    record(
        3,
        "Why is the sky blue?",
        "Air scatters blue light more than red light, so blue reaches you from",
        "model",
        "SmolLM2 135M, no other answer within the margin",
        MODEL,
        interrupted=True,
    ),
    record(4, "Stop.", "Okay.", "stop", "the whole utterance is “stop”", FAST | {"decision": 20.0}),
    record(
        5,
        "I would like a large latte with oat milk, please.",
        "One large oat latte. Anything else?",
        "flow",
        "coffee order, step 2: drink, size and milk filled",
        TOOL | {"decision": 210.0},
    ),
    record(
        6,
        "Unlock the front door.",
        "I need your PIN for that.",
        "guardrail",
        "locks need a PIN",
        FAST,
    ),
)


def turn_updates(ended: TurnRecord) -> list[Update]:
    """All that the engine publishes for one answered turn."""
    words = ended.transcript.split()
    return [
        StateChanged(state=State.HEARING),
        PartialHeard(turn=ended.turn, text=" ".join(words[:2])),
        Heard(turn=ended.turn, text=ended.transcript),
        StateChanged(state=State.SPEAKING),
        Saying(turn=ended.turn, text=ended.reply, source=ended.source, why=ended.why),
        TurnEnded(record=ended),
        StateChanged(state=State.LISTENING),
    ]


QUIET = Level(rms_dbfs=-52.0, is_speech=False)
LOUD = Level(rms_dbfs=-21.5, is_speech=True)

EMPTY: list[Update] = [StateChanged(state=State.LISTENING), QUIET]
MIXED: list[Update] = [
    *EMPTY,
    *(update for ended in RECORDS for update in turn_updates(ended)),
    Counters(output_underruns=1),
    QUIET,
]
PARTIAL: list[Update] = [
    *EMPTY,
    *(update for ended in RECORDS[:3] for update in turn_updates(ended)),
    StateChanged(state=State.HEARING),
    LOUD,
    PartialHeard(turn=4, text="What is the capital of"),
]
OPENED: list[Update] = [
    *EMPTY,
    *(update for ended in (*RECORDS[:3], FULL, CAUGHT) for update in turn_updates(ended)),
]
NOTICE = Notice(
    severity="warning",
    code="W-DEVICE",
    text="The speaker [USB] was lost. Next step: plug it in again or press d.",
)
