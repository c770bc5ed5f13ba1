"""The engine: starts the threads, joins them by queues and stops them. It decides nothing.

    sound thread   device.run: moves samples between the device, the frames and the playout
    ears thread    frames → turns → takes; the only place where decisions are made
    turns thread   pauses → how complete the turn sounds
    words threads  takes → words
    mind thread    words → replies
    voice thread   replies → sound behind the gate
    hands thread   the effects of committed turns; it starts with the first one
    log thread     a row for every turn that is over; it starts with the first one

Updates are published from the ears and the sound thread, from the mind (a file of the user is
broken), from the log's thread (it cannot write; once) and from whoever closes the engine; whoever
receives them must not block.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.config import Config, ReplyPauseConfig
from assistant.engine import hearing
from assistant.engine.announcements import Announcements
from assistant.engine.conductor import Conductor
from assistant.engine.ears import Ears, Senses
from assistant.engine.hands import HandsThread
from assistant.engine.hearing import Hearing, NoiseRule
from assistant.engine.judging import Judging
from assistant.engine.mailbox import Busy, Mailbox
from assistant.engine.meant import Meant
from assistant.engine.mind import Mind
from assistant.engine.mouth import Mouth, Prepared, Resample
from assistant.engine.news import Announcement
from assistant.engine.playout import Playout
from assistant.engine.reporter import Reporter
from assistant.engine.seams import AudioDevice, MeasureVoice, TextLayer, Transcriber, Voice
from assistant.engine.sounded import Sounded
from assistant.engine.takes import Takes
from assistant.engine.turns import Turns
from assistant.engine.typed import Typed, cleaned
from assistant.engine.wires import Wires
from assistant.errors import AssistantError
from assistant.log.savings import Savings
from assistant.log.writer import Session, TurnLog
from assistant.messages import Notice, Reply, Source, State, ms_to_samples
from assistant.talk.decision import Effect
from assistant.trace import Trace
from assistant.turn.pause import Pause
from assistant.turn.tracker import TurnTracker
from assistant.updates import Counters, StateChanged, Update

SetVolume = Callable[[float], None]

_LOCKSTEP_TIMEOUT_S = 120.0
_ROUND_S = 0.5
_JOIN_TIMEOUT_S = 5.0
_HANDS_TIMEOUT_S = 2.0
_LOG_TIMEOUT_S = 2.0
_ANNOUNCE_SAMPLES = ms_to_samples(500)
"""Due announcements are looked for twice a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Every stage of the cascade, loaded and warm. One engine at a time may use them."""

    senses: Senses
    transcriber: Transcriber
    noise_rule: NoiseRule
    text: TextLayer
    voice: Voice
    prepared: Prepared
    resample: Resample
    hands: HandsThread = field(default_factory=HandsThread)
    """Where the effects of `text` run."""
    log: TurnLog = field(default_factory=lambda: TurnLog(None, Session()))
    """Where every turn is written down; by default nowhere."""
    measure_voice: MeasureVoice | None = None
    """Measures how an utterance sounds, for the user's mood; None: words alone."""
    volume_to: Callable[[SetVolume], None] = lambda set_volume: None
    """Is given what sets the loudness of the voice, as a multiple of the configured volume."""
    close: Callable[[], None] = lambda: None
    """Ends what runs beside the stages, such as the servers of tools."""


def reply_pauses(config: ReplyPauseConfig) -> dict[Source, int]:
    """Samples of the input's clock that a reply of each source waits after the user's speech."""
    fixed, tool = ms_to_samples(config.precomputed), ms_to_samples(config.tool)
    return {
        "guardrail": fixed,
        "stop": fixed,
        "precomputed": fixed,
        "tool": tool,
        "flow": tool,
        "model": ms_to_samples(config.model),
    }


class Engine:
    """One session on one device; `Controls` for a face. Start once, stop once."""

    def __init__(
        self,
        config: Config,
        device: AudioDevice,
        stages: Stages,
        publish: Callable[[Update], None],
        trace: Trace,
    ) -> None:
        self._device = device
        self._stages = stages
        self._show = publish
        self.failure: Exception | None = None
        """What ended the session by itself, if anything did."""
        self._stopped = threading.Event()
        self._is_closed = False
        self._announced_at = 0
        busy = Busy()
        self._wires = wires = Wires(
            playout=Playout(
                device.output_rate_hz, config.audio.volume, reply_pauses(config.reply_pause_ms)
            ),
            publish=self._publish,
            trace=trace,
            busy=busy,
            to_hear=Mailbox(busy),
            to_answer=Mailbox(busy),
            shown=stages.text.shown,
        )
        stages.volume_to(wires.playout.set_volume)
        self._mouth = Mouth(stages.voice, stages.prepared, stages.resample, wires)
        sounded = Sounded(wires.shown)
        self._mind = Mind(
            stages.text,
            self._mouth,
            sounded,
            wires,
            weighs=config.turn.endpointing == "smart_turn" and config.turn.weigh_words,
            measure_voice=stages.measure_voice,
        )
        self._hands, self._log = stages.hands, stages.log
        judging = Judging(stages.senses.judge, wires)
        self._turns = self._make_turns(config, device, stages, sounded, judging)
        self._ears = Ears(device, stages.senses, self._turns, wires)
        stages.senses.detector.reset()
        stages.senses.canceller.reset()
        if stages.senses.watch is not None:
            stages.senses.watch.reset()
        self._be_told(device, stages, busy)
        listen = self._mind.listen if stages.measure_voice is not None else None
        words = Hearing(stages.transcriber, stages.noise_rule, wires, listen)
        self._threads = [
            threading.Thread(target=self._run, args=(name, work), name=name, daemon=True)
            for name, work in (
                ("sound", lambda stop: device.run(self._wires.playout.pull, stop)),
                ("ears", self._ears.run),
                ("turns", judging.run),
                *((f"words {number}", words.run) for number in range(1, hearing.THREADS + 1)),
                ("mind", self._mind.run),
                ("voice", self._mouth.run),
            )
        ]

    def _make_turns(
        self,
        config: Config,
        device: AudioDevice,
        stages: Stages,
        sounded: Sounded,
        judging: Judging,
    ) -> Turns:
        """What decides on turns, on the ears thread."""
        wires = self._wires
        tracker = TurnTracker(config.turn)
        pause = Pause(config.turn, stages.senses.wait_rule, stages.senses.judge_at_ms)
        takes = Takes(config.turn, tracker, pause, sounded, wires)
        reporter = Reporter(
            sounded, self._mind.remember, device.index_at, stages.hands.call_of, wires, stages.log
        )
        conductor = Conductor(
            config,
            tracker,
            takes,
            Announcements(self._mouth, wires.playout),
            Typed(tracker, sounded, wires),
            reporter,
            Meant(reporter, lambda: stages.text.awaits_answer),
            wires,
        )
        return Turns(config, tracker, pause, judging, takes, conductor, wires)

    def _be_told(self, device: AudioDevice, stages: Stages, busy: Busy) -> None:
        """Have the parts tell this engine what becomes of their work."""
        self._hands.on_failure = self._on_effect_failed
        self._hands.on_work = busy.add
        self._log.on_trouble = self._on_log_trouble
        self._ears.after_look = self._after_look
        self._ears.on_notice = self._on_notice
        device.on_notice = self._on_notice
        stages.text.on_notice = self._on_notice

    # -- life -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the threads; the microphone is heard from now on."""
        self._wires.trace.event("started")
        for thread in reversed(self._threads):
            thread.start()

    def close(self) -> None:
        """Stop the threads and wait for them. A thread that is stuck in native code is left
        behind as a daemon, and said so in the trace."""
        if self._is_closed:
            return
        self._is_closed = True
        self.request_stop()
        sound, ears, *workers = self._threads
        self._join([sound, ears])
        self._turns.close()
        self._join(workers)
        if not self._hands.close(_HANDS_TIMEOUT_S):
            self._wires.trace.event("stuck", thread="hands")
        if not self._log.flush(_LOG_TIMEOUT_S):
            self._wires.trace.event("stuck", thread="log")
        self._stages.close()
        self._wires.publish(StateChanged(state=State.STOPPED))
        self._wires.trace.event("stopped", **dataclasses.asdict(self._device.counters()))

    def request_stop(self) -> None:
        """Have the threads end, without waiting for them; any of them may call it."""
        self._stopped.set()
        self._wires.to_hear.close()
        self._wires.to_answer.close()
        self._wires.busy.wake()

    def wait_stopped(self) -> None:
        """Block until the engine was closed, or a thread died.

        It wakes by itself now and then: the system may hand a signal to any thread, and Python's
        handler runs only when the main thread, which waits here, comes round.
        """
        while not self._stopped.wait(_ROUND_S):
            pass

    def _join(self, threads: list[threading.Thread]) -> None:
        for thread in threads:
            if thread.is_alive():
                thread.join(_JOIN_TIMEOUT_S)
            if thread.is_alive():
                self._wires.trace.event("stuck", thread=thread.name)

    def _after_look(self) -> None:
        """On the ears thread, after each frame and half of one."""
        if self._ears.position - self._announced_at >= _ANNOUNCE_SAMPLES:
            self._announced_at = self._ears.position
            self._wires.to_answer.put_chore(self._mind.announce)
        self._wires.busy.wake()

    def _run(self, name: str, work: Callable[[Callable[[], bool]], None]) -> None:
        """One thread: an error that it does not survive ends the session, with a notice."""
        try:
            work(self._stopped.is_set)
        except Exception as error:
            self._die(name, error)

    def _die(self, thread: str, error: Exception) -> None:
        self.failure = self.failure or error
        self.request_stop()
        self._wires.trace.event("died", thread=thread, error=repr(error))
        self._publish(
            Notice(
                severity="error",
                code="E-THREAD",
                text=f"The {thread} thread stopped: {error!r}. Start the program again.",
            )
        )

    def _publish(self, update: Update) -> None:
        """To the face. One that fails (a closed pipe) ends the session, not a thread."""
        try:
            self._show(update)
        except Exception as error:
            self.failure = self.failure or error
            self.request_stop()

    def _on_effect_failed(self, effect: Effect, error: Exception, sentence: str) -> None:
        """On the hands thread: what the user was told would be done was not."""
        self._wires.trace.event("effect failed", name=effect.name, error=repr(error), said=sentence)
        reply = Reply(text=sentence, source="tool", why=f"{effect.name} failed", name=effect.name)
        self._wires.inbox.put(Announcement(reply))

    def _on_log_trouble(self, error: AssistantError) -> None:
        """On the log's thread, once a session."""
        text = f"{error.what}. The conversation goes on, and is not written down; {error.next_step}"
        self._on_notice(Notice(severity="warning", code=error.code, text=text.rstrip("; ")))

    def _on_notice(self, notice: Notice) -> None:
        self._wires.trace.event("notice", code=notice.code, text=notice.text)
        self._wires.publish(notice)

    # -- what a run from a recording asks -------------------------------------------------------

    @property
    def is_stopped(self) -> bool:
        """True after `close`, or when a thread died."""
        return self._stopped.is_set()

    @property
    def is_settled(self) -> bool:
        """True when nobody speaks, nothing is prepared and everything was reported."""
        return self._ears.is_settled

    @property
    def position(self) -> int:
        """Samples of the input that have been worked off."""
        return self._ears.position

    def wait_worked_off(self, position: int, timeout_s: float = _LOCKSTEP_TIMEOUT_S) -> bool:
        """Block until what was heard before `position` and all that it set off is done; False
        after `timeout_s`."""
        return self._wires.busy.wait_idle(
            lambda: self._stopped.is_set() or self._ears.position >= position,
            timeout_s,
        )

    @property
    def savings(self) -> Savings:
        """What this session saved by not asking the model."""
        return self._log.savings

    def counters(self) -> Counters:
        """What should stay zero in a healthy session."""
        return self._device.counters()

    # -- Controls -------------------------------------------------------------------------------

    def set_muted(self, muted: bool) -> None:
        """Hear nothing while muted."""
        self._wires.inbox.put(lambda: self._turns.mute(muted))

    def set_push_to_talk(self, enabled: bool) -> None:
        """Hear only while the talk key is held."""
        self._wires.inbox.put(lambda: self._turns.push(enabled))

    def hold_to_talk(self, held: bool) -> None:
        """The talk key goes down, or up: then the turn is complete."""
        self._wires.inbox.put(lambda: self._turns.hold(held))

    def stop_talking(self) -> None:
        """Stop the voice, or forget the open turn."""
        self._wires.inbox.put(self._turns.silence)

    def submit_text(self, text: str) -> None:
        """Answer a typed request as if it had been said; it interrupts what sounds. A line without
        a visible character is none. `InputError` when it is too long."""
        line = cleaned(text)
        if line:
            self._wires.inbox.put(lambda: self._turns.submit(line))

    def clear(self) -> None:
        """Forget the conversation so far."""
        self._wires.to_answer.put_chore(self._mind.forget)

    def set_mood(self, enabled: bool) -> None:
        """Take the user's mood into account, or do not."""
        self._wires.to_answer.put_chore(lambda: self._mind.set_mood(enabled))
