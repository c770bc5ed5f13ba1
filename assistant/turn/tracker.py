"""Follows the user's turns through the frames: when each starts, pauses, goes on and ends.

A pure state machine. Its only clock is the index of the samples, it starts no thread and knows
neither detector nor model: whoever steps it says whether a frame is speech and, in a pause, how
long that pause may grow (`set_wait_ms`). It keeps the sound of the open turn with a pre-roll and,
for a while, the turn before, so that the two can be joined when the user goes on after all.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from assistant.config import TurnConfig
from assistant.messages import (
    FRAME_MS,
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    AudioFrame,
    Int16Array,
    TurnDecision,
    Utterance,
    ms_to_samples,
)
from assistant.turn.evidence import TALK_MS, SpeechLog
from assistant.turn.levels import EDGE_MS, LOW_FOR_MS, Sound
from assistant.turn.pauses import Pauses

ONSET_MS = 80
"""For so long before a detector calls it speech, the level may be that of speech."""

_SHORTEST_MS = 160  # a turn with less speech than this is noise
_RESUME_MS = 40  # speech that ends a pause: less is a click
_KEEP_S = 15.0  # how long a committed turn can still be reopened
_AFTER_MS = 60  # how far after the last speech frame
_LEAST_QUIET_MS = 40  # two frames: one alone says little
_LONG_TURN_MS = 10_000  # speech from which on a turn is long
_LONG_QUIET_MS = 80  # then work begins so late: half of its pauses are shorter
_CUT_MS = 2000  # how far back a turn that is too long is cut, where it is quietest

CUT_AFTER = 2
"""A turn is cut at so many times its longest: until then it goes on, and is said to be long."""


@dataclass(slots=True)
class _Turn:
    """One turn: where it lies on the clock and how much speech it has."""

    number: int
    start: int
    speech_start: int
    speech_end: int
    speech_frames: int
    end: int = 0
    is_long: bool = False
    is_cut: bool = False
    joined: int | None = None
    pauses: Pauses = field(default_factory=Pauses)


class TurnTracker:
    """Feed it every frame in order with `step`; the decisions are those of `TurnDecision`.

    `first_turn` is the number of the first turn. Not safe for use by several threads.
    """

    def __init__(self, config: TurnConfig, first_turn: int = 1) -> None:
        self._config = config
        self._number = first_turn - 1
        self._start_frames = max(1, config.start_ms // FRAME_MS)
        self._votes: deque[bool] = deque(maxlen=2 * self._start_frames)
        self._sound = Sound()
        self._log = SpeechLog()
        self._turn: _Turn | None = None
        self._last: _Turn | None = None
        self._rest: int | None = None
        self._begin_speech()

    @property
    def turn(self) -> int:
        """Number of the open turn; of the last one while none is open."""
        return self._number

    @property
    def is_open(self) -> bool:
        """True from STARTED until COMMIT or DISCARDED."""
        return self._turn is not None

    @property
    def speech_ms(self) -> int:
        """Speech so far in the open turn, without its pauses; 0 when none is open."""
        return self._turn.speech_frames * FRAME_MS if self._turn else 0

    @property
    def paused_ms(self) -> float:
        """The longest pause of late in the open turn that the user went on after, or 0."""
        return self._turn.pauses.longest_ms(self.speech_ms) if self._turn else 0.0

    @property
    def silence_ms(self) -> float:
        """How long the current pause of the open turn has lasted; 0 while the user speaks."""
        if self._turn is None or not self._in_pause:
            return 0.0
        return (self._sound.end - self._turn.speech_end) * 1000 / SAMPLE_RATE_HZ

    @property
    def quiet_ms(self) -> float:
        """How long the open turn has been quiet: its pause, or, from SPECULATE until the detector
        agrees that there is one, for how long the level has been low."""
        if self._turn is None or self._in_pause or not self._speculated:
            return self.silence_ms
        return float(self._sound.low_ms())

    @property
    def has_speculated(self) -> bool:
        """True from SPECULATE until speech goes on or the turn ends."""
        return self._speculated

    @property
    def wait_ms(self) -> float:
        """The silence that ends the turn in the current pause."""
        return self._wait_ms

    @property
    def is_cut(self) -> bool:
        """True when the turn that was committed last was cut while the user spoke; the next one
        begins where it was cut."""
        return self._turn is None and self._last is not None and self._last.is_cut

    @property
    def speech_end_sample(self) -> int:
        """Where the speech of the open (or last) turn ends, so far; 0 before the first turn."""
        turn = self._turn or self._last
        return turn.speech_end if turn else 0

    def step(self, frame: AudioFrame, is_speech: bool, score: float = 1.0) -> TurnDecision:
        """What to do after `frame`, of which the detector is sure with `score` (0 to 1) that it is
        speech. A gap in the frames' indices counts as silence."""
        self._sound.append(frame)
        is_over_voice = bool(frame.played.any())
        self._log.append(frame.index, self._sound.level_db, is_speech, score, is_over_voice)
        self._votes.append(is_speech)
        if self._turn is None:
            decision = self._listen()
        elif is_speech and not self._only_talk_behind(self._turn):
            decision = self._hear_speech(self._turn)
        else:
            decision = self._hear_silence(self._turn)
        if self._turn is not None:
            decision = self._limit(self._turn, decision)
        self._forget_old_sound()
        return decision

    def ends_within(self, samples: Int16Array) -> TurnDecision:
        """COMMIT when the wait ends within int16[n], the first part of the next frame, else WAIT:
        also when that part is as loud as speech, about which the whole frame decides."""
        turn = self._turn
        if turn is None or not self._in_pause or self._run or self.speech_ms < _SHORTEST_MS:
            return TurnDecision.WAIT
        silence_ms = self.silence_ms + samples.size * 1000 / SAMPLE_RATE_HZ
        if silence_ms < self._wait_ms or self._is_resuming() or self._sound.is_loud(samples):
            return TurnDecision.WAIT
        self._close(turn)
        return TurnDecision.COMMIT

    def is_loud(self, samples: Int16Array) -> bool:
        """Whether the next samples, int16[n], are about as loud as what was said in the last two
        seconds: by the level alone, some 60 ms before a detector is sure."""
        return self._sound.is_loud(samples)

    def set_wait_ms(self, wait_ms: float) -> None:
        """The silence that ends the turn in the current pause. Speech restores the default."""
        self._wait_ms = wait_ms

    def commit_now(self) -> TurnDecision:
        """End the open turn here whatever its pause: COMMIT, or WAIT when none is open."""
        if self._turn is None:
            return TurnDecision.WAIT
        self._close(self._turn)
        return TurnDecision.COMMIT

    def reopen(self, number: int) -> bool:
        """Let the turn `number`, committed last, go on: the open turn becomes its continuation.

        It keeps its number; its sound, the pause since and the open turn are joined. False, and
        nothing changes, when no turn is open, when that turn is no longer held, or when it was
        cut because it was too long.
        """
        if self._turn is None or self._last is None:
            return False
        if self._last.number != number or self._last.is_cut:
            return False
        earlier, later = self._last, self._turn
        earlier.joined = later.start
        between_ms = (later.speech_start - earlier.speech_end) * 1000 / SAMPLE_RATE_HZ
        earlier.pauses.join(later.pauses, earlier.speech_frames * FRAME_MS, between_ms)
        earlier.speech_end = later.speech_end
        earlier.speech_frames += later.speech_frames
        if math.isfinite(self._wait_ms):  # it was that of the later half alone
            self._wait_ms = self._first_wait_ms()
        self._turn, self._last = earlier, None
        self._number = earlier.number
        return True

    def take_number(self) -> int:
        """The number of a turn that is not spoken; none may be open. Speech goes on behind it."""
        self._number += 1
        return self._number

    def drop(self) -> None:
        """Forget the open turn; the one before it can still be reopened."""
        self._turn = None
        self._votes.clear()
        self._begin_speech()

    def reset(self) -> None:
        """Forget all sound and any open turn; the numbers go on."""
        self._turn = self._last = self._rest = None
        self._votes.clear()
        self._sound = Sound()
        self._log = SpeechLog()
        self._begin_speech()

    def utterance(self, is_partial: bool = False) -> Utterance:
        """The open turn up to the newest frame, or the committed one up to its commit.

        `LookupError` when there is neither.
        """
        turn = self._turn or self._last
        if turn is None:
            raise LookupError("no turn is open and none was committed lately")
        end = self._sound.end if self._turn else turn.end
        return Utterance(
            turn=turn.number,
            samples=self._sound.between(turn.start, end),
            start_sample=turn.start,
            speech_start_sample=turn.speech_start,
            speech_end_sample=turn.speech_end,
            is_partial=is_partial,
            joined_sample=turn.joined,
            evidence=self._log.evidence(turn.speech_start, turn.speech_end),
        )

    def _first_wait_ms(self) -> float:
        """The wait as long as nobody has set one."""
        config = self._config
        is_timer = config.endpointing == "timer"
        return float(config.timer_ms if is_timer else config.longest_wait_ms)

    def _begin_speech(self) -> None:
        self._wait_ms = self._first_wait_ms()
        self._in_pause = False
        self._speculated = False
        self._run = 0

    def _limit(self, turn: _Turn, decision: TurnDecision) -> TurnDecision:
        """LONG once, when a turn has lasted for its longest; COMMIT when it is cut."""
        longest = self._config.longest_turn_s * SAMPLE_RATE_HZ
        lasts = self._sound.end - turn.start
        if lasts < longest:
            return decision
        if lasts >= CUT_AFTER * longest:
            self._cut(turn)
            return TurnDecision.COMMIT
        if not turn.is_long and decision is TurnDecision.WAIT:
            turn.is_long = True
            return TurnDecision.LONG
        return decision

    def _cut(self, turn: _Turn) -> None:
        """End a turn that is too long; in mid-speech where it was quietest of late, and what was
        said since is the next turn's."""
        turn.is_cut = True
        in_speech = not self._in_pause
        self._close(turn)
        if in_speech:
            earliest = max(self._sound.end - ms_to_samples(_CUT_MS), turn.speech_start)
            turn.end = turn.speech_end = self._rest = self._sound.quietest(earliest)

    def _take_up(self, rest: int) -> TurnDecision:
        """Open the turn that begins with the sample `rest`, where the one before was cut."""
        self._rest = None
        heard = self._sound.end - (0 if self._votes[-1] else FRAME_SAMPLES)
        self._number += 1
        self._turn = _Turn(
            number=self._number,
            start=rest,
            speech_start=rest,
            speech_end=heard,
            speech_frames=(heard - rest) // FRAME_SAMPLES,
        )
        self._begin_speech()
        return TurnDecision.STARTED

    def _listen(self) -> TurnDecision:
        if self._rest is not None:
            return self._take_up(self._rest)
        if sum(self._votes) < self._start_frames:
            return TurnDecision.WAIT
        first = list(self._votes).index(True)
        heard = self._sound.end - (len(self._votes) - first) * FRAME_SAMPLES
        free_from = max(self._sound.start, self._last.speech_end if self._last else 0)
        speech_start = max(self._sound.onset(heard), free_from)
        self._number += 1
        self._log.begin_turn()
        self._turn = _Turn(
            number=self._number,
            start=max(speech_start - ms_to_samples(self._config.pre_roll_ms), free_from),
            speech_start=speech_start,
            speech_end=self._sound.end,
            speech_frames=sum(self._votes),
        )
        self._begin_speech()
        return TurnDecision.STARTED

    def _only_talk_behind(self, turn: _Turn) -> bool:
        """Whether the speech that is heard is not that of the turn, which then ended before it."""
        if not self._log.goes_on_behind(turn.speech_start):
            return False
        if not self._in_pause:
            turn.speech_end = max(
                self._sound.end - TALK_MS * SAMPLE_RATE_HZ // 1000, turn.speech_start
            )
        return True

    def _hear_speech(self, turn: _Turn) -> TurnDecision:
        self._run += 1
        turn.speech_frames += 1
        if not self._in_pause:
            turn.speech_end = self._sound.end
            return self._watch_level()
        if self._run * FRAME_MS < _RESUME_MS:
            return TurnDecision.WAIT
        turn.pauses.add(self.speech_ms, self.silence_ms - self._run * FRAME_MS)
        turn.speech_end = self._sound.end
        resumed = self._speculated
        self._begin_speech()
        return TurnDecision.RESUMED if resumed else TurnDecision.WAIT

    def _watch_level(self) -> TurnDecision:
        """Speech by the detector, which lags by some 60 ms: what the level says meanwhile.

        It is believed only as long as the detector's lag can explain it; what stays quiet longer is
        soft speech after something loud.
        """
        needed_ms = max(self._speculate_ms(), _LEAST_QUIET_MS)
        is_low = needed_ms <= self._sound.low_ms() < LOW_FOR_MS
        if is_low and not self._speculated:
            self._speculated = True
            return TurnDecision.SPECULATE
        if self._speculated and not is_low:
            self._speculated = False
            return TurnDecision.RESUMED
        return TurnDecision.WAIT

    def _hear_silence(self, turn: _Turn) -> TurnDecision:
        self._run = 0
        if not self._in_pause:
            self._in_pause = True
            self._detected_end = turn.speech_end
        if self._sound.end - self._detected_end <= ms_to_samples(_AFTER_MS):
            turn.speech_end = max(self._sound.offset(self._detected_end), turn.speech_start)
        if self.silence_ms >= self._wait_ms and not self._is_resuming():
            if self.speech_ms < _SHORTEST_MS:
                self._turn = None
                self._votes.clear()
                return TurnDecision.DISCARDED
            self._close(turn)
            return TurnDecision.COMMIT
        if not self._speculated and self.silence_ms >= self._speculate_ms():
            self._speculated = True
            return TurnDecision.SPECULATE
        return TurnDecision.WAIT

    def _speculate_ms(self) -> float:
        """How long a pause is when work begins. Closures in a long turn would keep all busy."""
        longer_ms = _LONG_QUIET_MS if self.speech_ms >= _LONG_TURN_MS else 0
        return max(self._config.speculate_ms, longer_ms)

    def _is_resuming(self) -> bool:
        """Whether somebody may just have gone on, by the level, which a detector follows some
        60 ms later. What has been loud for longer and is not called speech is noise."""
        most = ONSET_MS // FRAME_MS
        return 0 < self._sound.loud_frames(most + 1) <= most

    def _close(self, turn: _Turn) -> None:
        turn.end = self._sound.end
        self._log.end_turn(turn.speech_start, turn.speech_end)
        self._turn, self._last = None, turn
        self._votes.clear()
        self._begin_speech()

    def _forget_old_sound(self) -> None:
        if self._turn is None:
            if self._last and self._sound.end - self._last.end > _KEEP_S * SAMPLE_RATE_HZ:
                self._last = None
            reach_ms = self._config.pre_roll_ms + EDGE_MS + len(self._votes) * FRAME_MS
            needed = self._sound.end - ms_to_samples(reach_ms)
            self._sound.forget(min(needed, self._last.start) if self._last else needed)
