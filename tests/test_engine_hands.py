"""What committed turns do in the world: on a thread of its own, which stops nobody from hearing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from assistant.audio.script import AfterAnswer, AtOnce, Segment
from assistant.engine.hands import HandsThread
from assistant.errors import InputError, StageTimeout
from assistant.messages import Notice, Reply, ToolCall, Weighing
from assistant.talk.decision import Decision, Effect, Speaking
from assistant.talk.talk import Talk
from tests.scripted import Echoing, Humming, Session, drawn

ONE = Segment(samples=drawn("#" * 20))
ANOTHER = Segment(samples=drawn("#" * 30), starts=AfterAnswer(quiet_ms=300))
LONG_S = 3600.0
"""An effect's limit is real time, and a session in lockstep takes any time on a busy machine."""


@dataclass
class Doing(Echoing):
    """Has effects: `does` is run for each committed turn."""

    hands: HandsThread = field(default_factory=HandsThread)
    effect: Effect = field(default_factory=lambda: Effect(name="nothing", run=lambda: None))

    def commit(self, decision: Decision) -> None:
        super().commit(decision)
        self.hands.submit((self.effect,))

    def withdraw(self, decision: Decision) -> None:
        super().withdraw(decision)
        self.hands.undo((self.effect,))


def session_with(text: Doing, voice: Humming | None = None) -> Session:
    return Session(text=text, hands=text.hands, voice=voice or Humming())


def raising(error: Exception) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


# -- in a session -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("a bug"), "Sorry, I could not write that down."),
        (
            InputError("the list is full", "remove something"),
            "Sorry, that did not work: the list is full.",
        ),
    ],
)
def test_an_effect_that_raises_is_said_after_the_answer(error: Exception, said: str) -> None:
    apology = "Sorry, I could not write that down."
    text = Doing(effect=Effect(name="list.add", run=raising(error), apology=apology))
    session = session_with(text)
    turns = session.run(ONE, ANOTHER)
    assert [turn.reply for turn in turns] == [
        "you said 0.40 0",
        said,
        "you said 0.60 0",
        said,
    ]
    failed = [row for row in session.lines.rows if row["event"] == "effect failed"]
    assert [row["name"] for row in failed] == ["list.add", "list.add"]
    assert failed[0]["error"] == repr(error)
    assert failed[0]["said"] == said
    assert turns[1].why == "list.add failed"


def test_an_effect_that_hangs_is_left_behind_and_said() -> None:
    release = threading.Event()
    text = Doing(effect=Effect(name="slow.tool", run=release.wait, limit_s=0.2))
    session = session_with(text)
    turns = session.run(ONE, ANOTHER)
    release.set()
    assert [turn.transcript for turn in turns if turn.transcript] == ["0.40", "0.60"]
    assert [turn.reply for turn in turns if not turn.transcript] == [
        "Sorry, that takes longer than it should."
    ] * 2


def test_the_next_turn_is_heard_and_answered_while_an_effect_is_slow() -> None:
    voice = Humming()
    done: list[str] = []

    def work() -> None:
        voice.clock.spend(200)
        done.append("done")

    text = Doing(effect=Effect(name="slow.tool", run=work, limit_s=LONG_S))
    session = session_with(text, voice)
    session.run(ONE, ANOTHER, tail_s=8.0)
    first, second = [row for row in session.lines.rows if row["event"] == "turn"]
    assert first["commit_s"] == pytest.approx(0.8)
    assert second["reply"] == "you said 0.60 0"
    assert second["reply_end_s"] < 0.8 + 200 * 0.02, "answered before the first effect is done"
    assert done == ["done", "done"]


def test_a_session_ends_though_an_effect_hangs() -> None:
    release = threading.Event()
    voice = Humming()

    def hang() -> None:
        voice.clock.spend(10**9, release.is_set)

    text = Doing(effect=Effect(name="slow.tool", run=hang, limit_s=LONG_S))
    session = session_with(text, voice)
    turns = session.run(ONE)
    release.set()
    voice.clock.tick(10**10)
    assert [turn.reply for turn in turns] == ["you said 0.40 0"]
    assert {"event": "stuck", "thread": "hands"} in session.lines.rows


def test_going_on_undoes_what_was_done() -> None:
    did: list[str] = []
    text = Doing(
        effect=Effect(
            name="list.add",
            run=lambda: did.append("added") or 7,  # type: ignore[func-returns-value]
            undo=lambda row: did.append(f"removed {row}"),
        )
    )
    (turn,) = session_with(text).run(Segment(samples=drawn("#" * 20 + "." * 22 + "#" * 40)))
    assert turn.reopened == 1
    assert did == ["added", "removed 7", "added"]


def test_a_text_layer_that_fails_at_the_commit_is_said_and_survived() -> None:
    @dataclass
    class Failing(Echoing):
        fails: bool = True

        def commit(self, decision: Decision) -> None:
            if self.fails:
                self.fails = False
                raise RuntimeError("a bug in commit")
            super().commit(decision)

    session = Session(text=Failing())
    turns = session.run(ONE, Segment(samples=drawn("#" * 30), starts=AtOnce(after_ms=2000)))
    assert [turn.reply for turn in turns][-1] == "you said 0.60 0"
    notices = [update.text for update in session.updates if isinstance(update, Notice)]
    assert len(notices) == 1
    assert "text layer" in notices[0]
    assert "a bug in commit" in notices[0]


@dataclass
class Writing(Echoing):
    """Answers with what a write gave, which waits for the commit."""

    hands: HandsThread = field(default_factory=HandsThread)
    written: list[str] = field(default_factory=list)

    def replies(
        self, decision: Decision, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        if not speaking.wait():
            self.log.append(f"gave up {text}")
            return
        row = speaking.run(Effect(name="write", run=lambda: self.write(text)))
        yield Reply(text=f"row {row}", source="tool", why="written")

    def write(self, text: str) -> int:
        self.written.append(text)
        return len(self.written)

    def run(self, effect: Effect, should_stop: Callable[[], bool]) -> object:
        return self.hands.run(effect, should_stop)


def test_a_write_waits_for_the_commit_and_its_result_is_said() -> None:
    text = Writing()
    (turn,) = Session(text=text, hands=text.hands).run(
        Segment(samples=drawn("#" * 20 + "." * 12 + "#" * 20))
    )
    assert turn.takes == 2
    assert turn.reply == "row 1"
    assert text.written == ["0.80"], "nothing is written for the take that was cancelled"
    assert text.log == ["gave up 0.40", "did 0.80"]
    assert turn.first_audio_s == pytest.approx(turn.commit_s, abs=0.021)


def test_a_turn_that_is_stopped_while_its_write_waits_writes_nothing() -> None:
    text = Writing()
    turns = Session(text=text, hands=text.hands).run(
        Segment(samples=drawn("#" * 20 + "." * 60)), commands={30: lambda e: e.stop_talking()}
    )
    assert turns == []
    assert text.written == []


# -- by themselves ----------------------------------------------------------------------------


def noted(hands: HandsThread) -> list[str]:
    said: list[str] = []
    hands.on_failure = lambda effect, error, sentence: said.append(f"{effect.name}: {sentence}")
    return said


def test_effects_run_in_order_and_are_undone_last_first() -> None:
    hands, did = HandsThread(), []

    def effect(name: str) -> Effect:
        return Effect(
            name=name,
            run=lambda: did.append(name) or name.upper(),  # type: ignore[func-returns-value]
            undo=lambda result: did.append(f"-{result}"),
        )

    both = (effect("a"), effect("b"))
    hands.submit(both)
    hands.undo(both)
    hands.undo(both)
    assert hands.flush(5.0)
    assert did == ["a", "b", "-B", "-A"]
    assert hands.close()


def test_an_effect_that_failed_is_not_undone() -> None:
    hands, undone = HandsThread(), []
    said = noted(hands)
    failing = Effect(name="add", run=raising(ValueError("no")), undo=undone.append)
    hands.submit((failing,))
    hands.undo((failing,))
    assert hands.flush(5.0)
    assert undone == []
    assert said == ["add: Sorry, that did not work."]
    hands.close()


def test_only_what_was_undone_is_done_again() -> None:
    hands, did = HandsThread(), []
    fails = [ValueError("no")]

    def run() -> str:
        if fails:
            raise fails.pop()
        did.append("did")
        return "row"

    failing = Effect(name="add", run=run, undo=lambda row: did.append("undid"))
    hands.submit((failing,))
    hands.undo((failing,))
    hands.redo((failing,))
    assert hands.flush(5.0)
    assert did == [], "it was never done, and is not done now"
    hands.submit((failing,))
    hands.undo((failing,))
    hands.redo((failing,))
    hands.redo((failing,))
    assert hands.flush(5.0)
    assert did == ["did", "undid", "did"]
    hands.close()


def test_an_undo_that_fails_is_said() -> None:
    hands = HandsThread()
    said = noted(hands)
    effect = Effect(name="add", run=lambda: 1, undo=lambda row: raising(ValueError("no"))())
    hands.submit((effect,))
    hands.undo((effect,))
    assert hands.flush(5.0)
    assert said == ["add: Sorry, I could not take that back."]
    hands.close()


@pytest.mark.parametrize("error", [TimeoutError("the disk"), ValueError("no")])
def test_who_waits_gets_the_error_itself(error: Exception) -> None:
    hands = HandsThread()
    with pytest.raises(type(error), match=str(error)):
        hands.run(Effect(name="read", run=raising(error)))
    assert hands.run(Effect(name="read", run=lambda: 3)) == 3
    hands.close()


def test_who_waits_is_not_kept_longer_than_the_limit_or_than_wanted() -> None:
    hands, release = HandsThread(), threading.Event()
    with pytest.raises(StageTimeout, match=r"slow took longer than 0\.05 s"):
        hands.run(Effect(name="slow", run=release.wait, limit_s=0.05))
    with pytest.raises(StageTimeout, match="slow was not waited for"):
        hands.run(Effect(name="slow", run=release.wait), should_stop=lambda: True)
    release.set()
    assert hands.close()


def test_a_write_that_is_not_wanted_any_more_is_never_begun() -> None:
    hands, release, did = HandsThread(), threading.Event(), []
    hands.submit((Effect(name="slow", run=release.wait),))
    write = Effect(name="write", run=lambda: did.append("written"))
    with pytest.raises(StageTimeout):
        hands.run(write, should_stop=lambda: True)
    hands.undo((write,))
    release.set()
    assert hands.flush(5.0)
    assert did == []
    hands.close()


def test_one_that_hangs_is_waited_for_once() -> None:
    hands, release = HandsThread(), threading.Event()
    hands.submit((Effect(name="hangs", run=release.wait),))
    waited = []
    for _ in range(20):
        start_s = time.monotonic()
        assert not hands.flush(0.2)
        waited.append(time.monotonic() - start_s)
    assert waited[0] > 0.15
    assert sum(waited[1:]) < 0.2, "and not by everybody who comes after"
    release.set()
    assert hands.flush(5.0)
    assert hands.close()


def test_each_one_has_its_own_time() -> None:
    """Those that begin after a slow one are waited for like the first."""
    hands, release = HandsThread(), threading.Event()
    hands.submit((Effect(name="slow", run=release.wait),))
    assert not hands.flush(0.05)
    done: list[bool] = []
    hands.submit((Effect(name="quick", run=lambda: done.append(hands.flush(0.0))),))
    release.set()
    assert hands.flush(5.0)
    assert done == [False]
    assert hands.flush(0.0)
    hands.close()


def test_an_effect_that_wants_to_end_the_program_ends_itself() -> None:
    hands = HandsThread()
    said = noted(hands)

    def leave() -> None:
        raise SystemExit(3)

    hands.submit((Effect(name="exit", run=leave),))
    assert hands.run(Effect(name="read", run=lambda: 3)) == 3
    assert said == ["exit: Sorry, that did not work."]
    hands.close()


def test_whoever_is_told_of_a_failure_may_fail_too() -> None:
    hands = HandsThread(on_failure=lambda effect, error, sentence: raising(OSError("full"))())
    hands.submit((Effect(name="add", run=raising(ValueError("no"))),))
    assert hands.run(Effect(name="read", run=lambda: 3)) == 3
    hands.close()


def test_after_a_close_they_work_for_the_next_session() -> None:
    hands, release, did = HandsThread(), threading.Event(), []
    changes: list[int] = []
    hands.on_work = changes.append
    hands.submit(
        (Effect(name="slow", run=release.wait), Effect(name="a", run=lambda: did.append("a")))
    )
    assert not hands.close(0.05), "it hangs, and is left behind"
    hands.submit((Effect(name="b", run=lambda: did.append("b")),))
    assert hands.close(5.0)
    assert did == ["b"]
    release.set()
    assert hands.flush(5.0)
    assert did == ["b", "a"], "what was handed over before is done all the same"
    assert sum(changes) == 0
    assert len(changes) == 6


# -- what the record of a turn says of it -------------------------------------------------------


@dataclass
class Deciding(Doing):
    """As `Doing`, and its decisions say so: what was read, what is done, what is taken back."""

    read: ToolCall = field(default_factory=lambda: ToolCall(name="look", writes=False))
    undoes: tuple[Effect, ...] = ()

    def decide(
        self, text: str, turn: int, played: tuple[int, str, str] | None, *_: object
    ) -> Decision | None:
        return Decision(
            name=text,
            source="tool",
            why="scripted",
            after=Talk(),
            calls=(self.read,),
            effects=(self.effect,),
            undoes=self.undoes,
        )


def calls_of(text: Deciding) -> list[ToolCall]:
    """What the record of one spoken turn says, without the milliseconds of what was done."""
    (turn, *_) = session_with(text).run(ONE)
    assert [call.as_json() for call in turn.calls] == turn.as_json()["calls"]
    return [replace(call, ms=None) for call in turn.calls]


def test_the_record_names_what_was_read_and_done() -> None:
    effect = Effect(name="list.add", run=lambda: 7, slots={"items": ("milk", "eggs"), "to": None})
    text = Deciding(effect=effect)
    assert calls_of(text) == [
        text.read,
        ToolCall(name="list.add", slots={"items": "milk, eggs"}, result="7"),
    ]


def test_the_record_says_what_failed_and_what_took_too_long() -> None:
    failing = Effect(name="list.add", run=raising(OSError("full")))
    (_, failed) = calls_of(Deciding(effect=failing))
    assert (failed.outcome, failed.result) == ("failed", "OSError: full")
    release = threading.Event()
    hanging = Effect(name="slow.tool", run=release.wait, limit_s=0.2)
    (_, slow) = calls_of(Deciding(effect=hanging))
    release.set()
    assert (slow.outcome, slow.result) == ("too slow", "slow.tool took longer than 0.2 s")


def test_the_record_says_what_was_taken_back_and_how_long_that_took() -> None:
    earlier = Effect(name="timer.set", run=lambda: 3, undo=lambda row: None)
    text = Deciding(undoes=(earlier,))
    text.hands.submit((earlier,))
    assert text.hands.flush(5.0)
    text.hands.undo((earlier,))
    session = session_with(text)
    (turn, *_) = session.run(ONE)
    (_, back, done) = turn.calls
    assert (back.name, back.outcome, done.outcome) == ("timer.set", "taken back", "done")
    assert back.ms is not None
    assert 0.0 <= back.ms < 1000.0


def test_what_has_not_begun_is_waiting_and_what_has_not_ended_is_running() -> None:
    hands, release, begun = HandsThread(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        release.wait()

    first, second = Effect(name="a", run=work), Effect(name="b", run=lambda: None)
    hands.submit((first, second))
    assert begun.wait(5.0)
    assert [hands.call_of(one).outcome for one in (first, second)] == ["running", "waiting"]
    release.set()
    assert hands.flush(5.0)
    assert [hands.call_of(one).outcome for one in (first, second)] == ["done", "done"]
    assert hands.close()
