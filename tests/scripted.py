"""Small stages with declared behaviour, and a session that runs them in lockstep.

They stand at the core's seams so that the core can be tested to the exact frame without models;
the real stages are tested with the real engine elsewhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.audio.files import FileDevice
from assistant.audio.resample import PlaybackResampler
from assistant.audio.script import Segment
from assistant.config import BargeInConfig, Config, TurnConfig
from assistant.engine.ears import Senses
from assistant.engine.engine import Engine, Stages
from assistant.engine.hands import HandsThread
from assistant.log.writer import Session as LogSession
from assistant.log.writer import TurnLog
from assistant.messages import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    Evidence,
    Float32Array,
    Int16Array,
    Notice,
    Reply,
    Transcript,
    TurnRecord,
    Utterance,
    Weighing,
)
from assistant.mood import Prosody
from assistant.talk.decision import Decision, Effect, Speaking
from assistant.talk.talk import Talk
from assistant.updates import TurnEnded, Update
from tests import golden

FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
_LIMIT_SAMPLES = 60 * SAMPLE_RATE_HZ


SAID = Utterance(
    turn=1,
    samples=np.zeros(160, np.int16),
    start_sample=0,
    speech_start_sample=0,
    speech_end_sample=160,
)
"""Ten milliseconds of silence, for tests in which nobody hears what was said."""


def drawn(picture: str) -> Int16Array:
    """Sound from a drawing, one character a frame: '#' a loud tone, anything else silence."""
    tone = (8000 * np.sin(2 * np.pi * 400 * np.arange(FRAME_SAMPLES) / SAMPLE_RATE_HZ)).astype(
        np.int16
    )
    quiet = np.zeros(FRAME_SAMPLES, np.int16)
    return np.concatenate([tone if mark == "#" else quiet for mark in picture])


@dataclass
class LoudnessDetector:
    """Speech is what is loud, and `lag_frames` behind it."""

    lag_frames: int = 0
    score: float = 1.0
    _quiet_frames: int = field(default=1_000_000, init=False)

    def is_speech(self, samples: Int16Array) -> bool:
        is_loud = int(np.abs(samples.astype(np.int32)).max()) > 1000
        self._quiet_frames = 0 if is_loud else self._quiet_frames + 1
        return self._quiet_frames <= self.lag_frames

    def reset(self) -> None:
        pass


class PassThrough:
    """A canceller for a room without echo."""

    def cancel(self, heard: Int16Array, played: Int16Array) -> Int16Array:
        return heard

    def reset(self) -> None:
        pass


@dataclass
class Words:
    """Transcribes by the seconds of loud sound in the utterance, `words(seconds)`, which costs
    `cost_frames`."""

    words: Callable[[float], str]
    calls: list[float] = field(default_factory=list)
    error: Exception | None = None
    cost_frames: int = 0
    clock: SampleClock = field(default_factory=lambda: SampleClock())

    def transcribe(
        self, samples: Int16Array, should_stop: Callable[[], bool], *, is_partial: bool = False
    ) -> Transcript | None:
        if is_partial:
            return None
        if self.error is not None:
            raise self.error
        frames = np.abs(samples[: samples.size // 160 * 160].reshape(-1, 160).astype(np.int32))
        seconds = float((frames.max(axis=1) > 1000).sum()) * 0.01
        self.calls.append(round(seconds, 2))
        self.clock.spend(self.cost_frames)
        return Transcript(text=self.words(seconds))


@dataclass
class Echoing:
    """Answers "you said …" in `clauses` clauses; remembers what it is told."""

    clauses: int = 1
    sentence_end: Callable[[str], float] | None = None
    remembered: list[tuple[str, str]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    announcements: list[str] = field(default_factory=list)
    rings: bool = False
    awaits_answer: bool = False
    on_notice: Callable[[Notice], None] | None = None

    def decide(
        self, text: str, turn: int, played: tuple[int, str, str] | None, *_: object
    ) -> Decision | None:
        return Decision(name=text, source="tool", why="scripted", after=Talk())

    def set_mood(self, enabled: bool) -> None:
        self.log.append(f"mood {enabled}")

    def replies(
        self, decision: Decision, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        if self.sentence_end is not None and weighing is not None:
            weighing.tell(self.sentence_end(text))
        for number in range(self.clauses):
            yield Reply(text=f"you said {text} {number}", source="tool", why="scripted")

    def commit(self, decision: Decision) -> None:
        self.log.append(f"did {decision.name}")

    def withdraw(self, decision: Decision) -> None:
        self.log.append(f"undid {decision.name}")

    def change(self, change: Callable[[Talk], Talk]) -> None:
        pass

    def run(self, effect: Effect, should_stop: Callable[[], bool]) -> object:
        return effect.run()

    def anticipate(self, text: str, should_stop: Callable[[], bool]) -> None:
        pass

    def remember(self, turn: int, text: str, answer: str) -> None:
        if text:  # else it was said without being asked
            self.remembered.append((text, answer))

    def shown(self, text: str, decision: object = None) -> str:
        return text

    def forget(self) -> None:
        self.remembered.clear()

    def settle(self, should_stop: Callable[[], bool]) -> None:
        pass

    def due_announcements(self) -> list[Reply]:
        due, self.announcements = self.announcements, []
        return [Reply(text=text, source="tool", why="due", rings=self.rings) for text in due]


class SampleClock:
    """The frame that a lockstep session has reached; work that costs frames waits for it."""

    def __init__(self) -> None:
        self._ticked = threading.Condition()
        self._frame = 0
        self._due: set[int] = set()

    def tick(self, frame: int) -> None:
        """The session reached `frame`."""
        with self._ticked:
            self._frame = frame
            self._ticked.notify_all()

    def spend(self, frames: int, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Block for so many frames of the session."""
        with self._ticked:
            due = self._frame + frames
            self._due.add(due)
            while self._frame < due and not should_stop():
                self._ticked.wait(1.0)
            self._due.discard(due)

    @property
    def has_work(self) -> bool:
        """True while some work will end with a later frame."""
        with self._ticked:
            return any(due > self._frame for due in self._due)


@dataclass
class Humming:
    """Speaks a clause as a loud tone of `seconds`, whatever its words; that costs `cost_frames`."""

    seconds: float = 0.4
    rate_hz: int = SAMPLE_RATE_HZ
    cost_frames: int = 0
    error: Exception | None = None
    clock: SampleClock = field(default_factory=SampleClock)

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        if self.error is not None:
            raise self.error
        self.clock.spend(self.cost_frames, should_stop)
        times = np.arange(int(self.seconds * self.rate_hz)) / self.rate_hz
        yield (0.5 * np.cos(2 * np.pi * 300 * times)).astype(np.float32)


@dataclass
class Judge:
    """Finds every pause equally complete, after `cost_frames`; keeps the seconds of its calls.

    From its second call on `later` holds if it is given: what it finds, and after how many frames.
    """

    completeness_is: float
    later: tuple[float, int] | None = None
    cost_frames: int = 0
    error: Exception | None = None
    calls: list[float] = field(default_factory=list)
    clock: SampleClock = field(default_factory=SampleClock)

    def completeness(self, samples: Int16Array) -> float:
        self.calls.append(round(samples.size / SAMPLE_RATE_HZ, 2))
        found, cost_frames = self.completeness_is, self.cost_frames
        if self.later is not None and len(self.calls) > 1:
            found, cost_frames = self.later
        self.clock.spend(cost_frames)
        if self.error is not None:
            raise self.error
        return found


def others_sleep() -> bool:
    """False while another thread of this process runs or could run; True where the system does not
    tell."""
    own = str(threading.get_native_id())
    try:
        for task in Path("/proc/self/task").iterdir():
            state = (task / "stat").read_text().rpartition(") ")[2][:1]
            if task.name != own and state in "RD":
                return False
    except OSError:  # not Linux, or one has just ended
        return not Path("/proc/self/task").is_dir()
    return True


TIMER = Config(
    turn=TurnConfig(endpointing="timer", timer_ms=400, pre_roll_ms=100),
    barge_in=BargeInConfig(stop_ms=320),
)


@dataclass
class Session:
    """Runs recordings through the engine with scripted stages, in lockstep."""

    config: Config = TIMER
    words: Words = field(default_factory=lambda: Words(lambda seconds: f"{seconds:.2f}"))
    text: Echoing = field(default_factory=Echoing)
    voice: Humming = field(default_factory=Humming)
    judge: Judge | None = None
    detector: LoudnessDetector = field(default_factory=LoudnessDetector)
    updates: list[Update] = field(default_factory=list)
    drop: Callable[[Transcript, Evidence], str | None] = lambda transcript, evidence: None
    fails_on: type | None = None
    hands: HandsThread = field(default_factory=HandsThread)
    log: TurnLog = field(default_factory=lambda: TurnLog(None, LogSession()))
    measure_voice: Callable[[Int16Array], Prosody | None] | None = None

    def stages(self) -> Stages:
        """The scripted stages."""
        return Stages(
            senses=Senses(canceller=PassThrough(), detector=self.detector, judge=self.judge),
            transcriber=self.words,
            noise_rule=self.drop,
            text=self.text,
            voice=self.voice,
            prepared=lambda text, rate_hz: None,
            resample=PlaybackResampler,
            hands=self.hands,
            log=self.log,
            measure_voice=self.measure_voice,
        )

    def run(
        self,
        *segments: Segment,
        tail_s: float = 3.0,
        commands: dict[int, Callable[[Engine], None]] | None = None,
    ) -> list[TurnRecord]:
        """Play `segments`, then wait until everything was quiet for `tail_s` of sample time.

        `commands` are given to the engine before the frame of their number.
        """
        device = FileDevice(list(segments), pace="lockstep", record=True)
        lines = golden.Lines()
        engine = Engine(self.config, device, self.stages(), self._show, lines)
        lines.position = lambda: engine.position
        self.lines = lines
        clocks = [self.voice.clock, self.words.clock, *([self.judge.clock] if self.judge else [])]
        quiet_since = [0]
        too_late = [False]

        def rest() -> None:
            """Until all that was set off is done, or waits for a later frame: then every other
            thread sleeps, which on a busy machine takes its time."""
            looks = 0
            while looks < 2 and not engine.wait_worked_off(device.position, timeout_s=0.0015):
                waits = engine.position >= device.position and any(c.has_work for c in clocks)
                looks = looks + 1 if waits and others_sleep() else 0

        def after_frame() -> None:
            frame = device.position // FRAME_SAMPLES
            rest()
            if device.position % FRAME_SAMPLES:  # half of one
                return
            for clock in clocks:
                clock.tick(frame)
            rest()
            if not (device.exhausted and engine.is_settled):
                quiet_since[0] = device.position
            if device.position - quiet_since[0] >= tail_s * SAMPLE_RATE_HZ:
                engine.request_stop()
            if device.position > sum(s.samples.size for s in segments) + _LIMIT_SAMPLES:
                too_late[0] = True
                engine.request_stop()
            if commands and frame in commands:
                commands[frame](engine)

        device.ready = after_frame
        engine.start()
        engine.wait_stopped()
        engine.close()
        if engine.failure is not None:
            raise engine.failure
        assert not too_late[0], "the session did not come to rest"
        self.heard, self.played = device.recording()
        lines.end("heard", self.heard)
        lines.end("played", self.played)
        lines.end("effects", self.text.log)
        lines.end("remembered", self.text.remembered)
        lines.end("transcribed", self.words.calls)
        golden.RUNS.append(lines.lines)
        return [update.record for update in self.updates if isinstance(update, TurnEnded)]

    def _show(self, update: Update) -> None:
        self.updates.append(update)
        self.lines.update(update)
        if self.fails_on is not None and isinstance(update, self.fails_on):
            raise BrokenPipeError("nobody reads")
