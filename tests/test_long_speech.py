"""Long speech: what is settled is read once, nothing is lost, and a turn that is too long is told.

The words here are tones of a level of their own, with or without pauses between them, so that a
reader that leaves one out, says it twice or cuts it in two is seen.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.script import Segment
from assistant.config import Config
from assistant.engine.reading import Reader
from assistant.hearing.segments import has_more
from assistant.hearing.settled import (
    Piece,
    Settled,
    joined,
    next_cut,
    to_read_anew,
    with_lost_words,
)
from assistant.messages import (
    SAMPLE_RATE_HZ,
    Int16Array,
    Notice,
    Transcript,
    TurnRecord,
    Utterance,
    ms_to_samples,
)
from assistant.updates import Heard, PartialHeard
from tests.scripted import TIMER, Session, Words
from tests.talk_tools import talking

DATA = Path(__file__).parents[1] / "../shared/data"
_LOUD, _STEP = 2000, 20


def spoken(words: int, *, pause_ms: int = 240, every: int = 4, word_ms: int = 400) -> Int16Array:
    """`words` words of 400 ms; 80 ms behind each, or `pause_ms` behind every `every`-th."""
    pieces = []
    for number in range(1, words + 1):
        tone = np.full(ms_to_samples(word_ms), _LOUD + _STEP * number, np.int16)
        pieces += [tone, np.zeros(ms_to_samples(80 if number % every else pause_ms), np.int16)]
    return np.concatenate(pieces)


def numbered(first: int, last: int) -> str:
    return " ".join(map(str, range(first, last + 1)))


def words_in(samples: Int16Array) -> str:
    """The number of each word of which some sound is there, in order."""
    edges = np.flatnonzero(np.diff(samples)) + 1
    levels = samples[np.concatenate([[0], edges])] if samples.size else samples
    return " ".join(str((int(level) - _LOUD) // _STEP) for level in levels if level)


class Counting(Words):
    """Hears the numbers of the words and keeps how many samples each reading was given."""

    def __init__(self) -> None:
        super().__init__(lambda seconds: "")
        self.readings: list[tuple[str, int]] = []

    def transcribe(
        self,
        samples: Int16Array,
        should_stop: Callable[[], bool],
        *,
        is_partial: bool = False,
        is_part: bool = False,
    ) -> Transcript | None:
        kind = "so far" if is_partial else "part" if is_part else "whole"
        self.readings.append((kind, samples.size))
        return Transcript(text=words_in(samples), avg_logprob=-0.25)

    def read_s(self, *kinds: str) -> float:
        """Seconds that were read of these kinds, sound that was read twice counted twice."""
        return sum(size for kind, size in self.readings if kind in kinds) / SAMPLE_RATE_HZ


def never() -> bool:
    return False


def said(samples: Int16Array, start: int = 0) -> Utterance:
    return Utterance(
        turn=1,
        samples=samples,
        start_sample=start,
        speech_start_sample=start,
        speech_end_sample=start + samples.size,
    )


def grown(samples: Int16Array, every_s: float = 0.7) -> Iterator[Utterance]:
    """The utterance as it grows."""
    for end in range(ms_to_samples(every_s * 1000), samples.size, ms_to_samples(every_s * 1000)):
        yield said(samples[:end])


# -- where it is cut -------------------------------------------------------------------------------


def test_nothing_is_cut_of_a_short_utterance() -> None:
    samples = spoken(19)
    assert samples.size < 10 * SAMPLE_RATE_HZ
    assert next_cut(samples) is None


def noise(seconds: float, level: float = 3000.0) -> Int16Array:
    """A steady noise, the same each time."""
    random = np.random.default_rng(2)
    sound = random.standard_normal(int(seconds * SAMPLE_RATE_HZ)) * level
    return sound.clip(-32768, 32767).astype(np.int16)


def test_it_is_cut_in_the_middle_of_its_longest_pause() -> None:
    samples = noise(18)
    samples[ms_to_samples(8000) : ms_to_samples(8240)] = 0
    samples[ms_to_samples(10_000) : ms_to_samples(10_400)] = 0
    samples[ms_to_samples(11_000) : ms_to_samples(11_180)] = 0  # too short
    assert next_cut(samples) == ms_to_samples(10_200)
    assert next_cut(samples[: ms_to_samples(11_500)]) == ms_to_samples(8120), "2 s stay behind it"
    assert next_cut(samples[: ms_to_samples(10_180)]) is None


def test_without_a_pause_it_waits_and_is_cut_after_20_s_where_it_is_quietest() -> None:
    samples = noise(25)
    samples[ms_to_samples(11_000) : ms_to_samples(11_040)] = 0
    assert next_cut(samples[: ms_to_samples(19_900)]) is None
    assert next_cut(samples) == ms_to_samples(11_020), "in the gap of 40 ms"


def test_a_pause_is_found_in_noise() -> None:
    random = np.random.default_rng(3)
    samples = (random.standard_normal(12 * SAMPLE_RATE_HZ) * 1000).astype(np.int16)
    samples[ms_to_samples(8000) : ms_to_samples(8300)] //= 4  # 12 dB below the speech
    assert next_cut(samples) == pytest.approx(ms_to_samples(8150), abs=ms_to_samples(10))


def test_pieces_hold_only_in_a_row_and_within_the_utterance() -> None:
    settled = Settled()
    pieces = [
        Piece(start, end, Transcript(text=f"{start}")) for start, end in [(0, 5), (5, 9), (10, 12)]
    ]
    for piece in pieces:
        settled.keep(piece)
    assert settled.between(0, 20) == pieces[:2]
    assert settled.between(0, 8) == pieces[:1]
    assert settled.between(5, 9) == pieces[1:2]
    assert settled.between(1, 20) == []


def test_small_pieces_of_20_s_are_read_anew_as_one() -> None:
    def pieces(*ends_s: float) -> list[Piece]:
        ends = [int(end * SAMPLE_RATE_HZ) for end in ends_s]
        starts = [0, *ends[:-1]]
        return [
            Piece(start, end, Transcript(text="")) for start, end in zip(starts, ends, strict=True)
        ]

    assert to_read_anew([]) is None
    assert to_read_anew(pieces(8, 17, 19.9)) is None
    assert to_read_anew(pieces(8, 17, 25)) == (0, 25 * SAMPLE_RATE_HZ)
    assert to_read_anew(pieces(8, 16, 24, 32)) == (0, 24 * SAMPLE_RATE_HZ)
    whole = Piece(0, 16 * SAMPLE_RATE_HZ, Transcript(text=""), is_whole=True)
    small = pieces(8, 16, 24, 32, 38)[2:]
    assert to_read_anew([whole, *small]) == (16 * SAMPLE_RATE_HZ, 38 * SAMPLE_RATE_HZ)
    assert to_read_anew([whole, *small[:2]]) is None
    assert to_read_anew(pieces(11, 18, 29)) == (0, 18 * SAMPLE_RATE_HZ), "no more fit"
    assert to_read_anew(pieces(15, 30, 40, 41)) == (15 * SAMPLE_RATE_HZ, 41 * SAMPLE_RATE_HZ)


def test_what_was_read_anew_takes_the_place_of_its_pieces() -> None:
    settled = Settled()
    for start in (0, 5):
        settled.keep(Piece(start, start + 5, Transcript(text="small")))
    settled.keep(Piece(10, 12, Transcript(text="behind")))
    settled.keep(Piece(0, 10, Transcript(text="one"), is_whole=True))
    assert [piece.transcript.text for piece in settled.between(0, 20)] == ["one", "behind"]
    assert [piece.transcript.text for piece in settled.between(5, 20)] == ["small", "behind"]


@pytest.mark.parametrize(
    ("before", "anew", "whole"),
    [
        (
            "Sarah needs her post-partum check-up schedule for Friday",
            "Sarah needs her postpartum check-up.",
            "Sarah needs her postpartum check-up. schedule for Friday",
        ),
        (
            "I do this now, and then I want to go home. Thanks.",
            "I do this now I want to go home.",
            "I do this now I want to go home.",  # two words in mid-speech, one at the end
        ),
        (
            "One two three four five six seven.",
            "One, two, six, seven!",
            "One, two, three four five six, seven!",
        ),
        (
            "Add the some linked a calendar",
            "Add the zoom link to the calendar.",  # heard otherwise, nothing is missing
            "Add the zoom link to the calendar.",
        ),
        ("Um so well it begins.", "It begins.", "It begins."),
        ("", "All of it.", "All of it."),
        ("The same words.", "The same words.", "The same words."),
    ],
)
def test_words_that_are_left_out_when_read_anew_are_kept(
    before: str, anew: str, whole: str
) -> None:
    assert with_lost_words([Transcript(text=before)], anew) == whole


@pytest.mark.parametrize(
    "ending",
    ["Thank you.", "Thanks for watching.", "I'll see you next time.", "Thank you. Bye bye."],
)
def test_what_is_invented_at_the_end_of_a_piece_is_not_put_back(ending: str) -> None:
    before = [Transcript(text=f"He came home at ten and slept. {ending}")]
    assert with_lost_words(before, "He came home at ten and slept.") == (
        "He came home at ten and slept."
    )
    before.append(Transcript(text="Then he woke up."))
    assert with_lost_words(before, "He came home at ten and slept. Then he woke up.") == (
        "He came home at ten and slept. Then he woke up."
    )


def test_an_invention_behind_lost_words_goes_and_they_come_back() -> None:
    before = [Transcript(text="Her check-up is scheduled for Friday. Thank you.")]
    assert with_lost_words(before, "Her check-up is") == "Her check-up is scheduled for Friday."


@pytest.mark.parametrize(("sure", "back"), [(-1.0, " at the old mill"), (-1.01, "")])
def test_words_of_a_piece_that_was_read_unsurely_are_not_put_back(sure: float, back: str) -> None:
    before = [
        Transcript(text="We met her", avg_logprob=-0.3),
        Transcript(text="at the old mill", avg_logprob=sure),
    ]
    assert with_lost_words(before, "We met her") == f"We met her{back}"


@pytest.mark.parametrize(
    ("before", "anew", "whole"),
    [
        (
            "She came late at ten o'clock and we all went home.",
            "At ten o'clock she came late and we all went home.",
            "At ten o'clock she came late and we all went home.",
        ),
        (
            "Call me at two and tell Ann to be there at two.",
            "Call me at two and tell Ann to be there",
            "Call me at two and tell Ann to be there at two.",  # said twice, left out once
        ),
    ],
)
def test_words_that_stand_elsewhere_are_not_said_twice(before: str, anew: str, whole: str) -> None:
    assert with_lost_words([Transcript(text=before)], anew) == whole


def test_only_the_first_words_of_the_utterance_stay_out() -> None:
    before, anew = [Transcript(text="On Friday morning we go home.")], "We go home."
    assert with_lost_words(before, anew) == anew
    assert with_lost_words(before, anew, is_first=False) == "On Friday morning We go home."
    before = [Transcript(text="Um we go home.")]
    assert with_lost_words(before, anew, is_first=False) == anew, "one word"


def test_the_decoder_is_followed_by_what_it_left_out() -> None:
    sound = noise(10).astype(np.float32) / 32768
    sound[ms_to_samples(5000) : ms_to_samples(5600)] = 0
    assert has_more(sound, ms_to_samples(5000))
    assert not has_more(sound, ms_to_samples(8600)), "1.4 s are no sentence"
    sound[ms_to_samples(6000) :] *= 0.02
    assert not has_more(sound, ms_to_samples(5600)), "0.4 s of speech and then the background"


def test_what_is_joined_is_as_sure_as_its_parts_are_long() -> None:
    parts = [(Transcript(text="One.", avg_logprob=-0.2, no_speech_prob=0.4), 3.0)]
    parts += [(Transcript(text=""), 0.0), (Transcript(text="Two.", avg_logprob=-0.6), 1.0)]
    whole = joined(parts)
    assert (whole.text, whole.avg_logprob) == ("One. Two.", pytest.approx(-0.3))
    assert whole.no_speech_prob == pytest.approx(0.3)


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("pause_ms", [240, 80])
def test_speech_that_grows_is_read_twice_at_the_most(pause_ms: int) -> None:
    words = Counting()
    reader = Reader(words)
    samples = spoken(250, pause_ms=pause_ms)
    for utterance in grown(samples):
        reader.read(utterance, never, never, is_partial=True)
    assert words.readings[-1][0] == "so far"
    whole = reader.read(said(samples), never, never)
    assert whole is not None
    assert whole.text == numbered(1, 250)
    assert whole.avg_logprob == pytest.approx(-0.25)
    seconds = samples.size / SAMPLE_RATE_HZ
    assert 1.7 * seconds < words.read_s("part") < 2 * seconds
    assert max(size for _, size in words.readings) <= 28.5 * SAMPLE_RATE_HZ
    assert words.readings[-1][1] < (20.5 if pause_ms < 200 else 12.0) * SAMPLE_RATE_HZ


def test_words_so_far_are_of_the_whole_turn_and_read_only_its_end() -> None:
    words = Counting()
    reader = Reader(words)
    samples = spoken(120)
    shown = [
        (utterance.samples, reader.read(utterance, never, never, is_partial=True))
        for utterance in grown(samples)
    ]
    for heard, transcript in shown:
        assert transcript is not None
        assert transcript.text == words_in(heard)
    sizes_s = [size / SAMPLE_RATE_HZ for kind, size in words.readings if kind == "so far"]
    assert max(sizes_s) < 10.5
    assert max(sizes_s[20:]) < 8.5, "behind the first piece"


def test_a_take_settles_what_would_hold_up_the_next_one() -> None:
    words = Counting()
    reader = Reader(words)
    samples = spoken(200)
    for _ in range(2):
        whole = reader.read(said(samples), never, never)
        assert whole is not None
        assert whole.text == numbered(1, 200)
    seconds = samples.size / SAMPLE_RATE_HZ
    assert seconds < words.read_s("part", "whole") < seconds + 14.1
    assert words.readings[-1][1] < 14.1 * SAMPLE_RATE_HZ


def test_a_short_turn_is_read_as_a_whole() -> None:
    words = Counting()
    samples = spoken(19)
    reader = Reader(words)
    reader.read(said(samples, 4000), never, never, is_partial=True)
    reader.read(said(samples, 4000), never, never)
    assert words.readings == [("so far", samples.size), ("whole", samples.size)]


def test_a_piece_that_was_begun_is_kept_though_the_words_are_not_wanted_any_more() -> None:
    words = Counting()
    reader = Reader(words)
    samples = spoken(60)
    assert reader.read(said(samples), lambda: True, never) is None
    assert [kind for kind, _ in words.readings] == ["part"]
    whole = reader.read(said(samples), never, never)
    assert whole is not None
    assert whole.text == numbered(1, 60)
    assert words.read_s("part") == pytest.approx(samples.size / SAMPLE_RATE_HZ)


def test_of_a_take_that_was_thrown_away_nothing_is_read_anew() -> None:
    words = Counting()
    reader = Reader(words)
    samples = spoken(120)
    reader.settle(said(samples), never, never)
    assert len(words.readings) > 4
    assert {kind for kind, _ in words.readings} == {"part"}
    assert max(size for _, size in words.readings) < 18 * SAMPLE_RATE_HZ
    assert words.read_s("part") < samples.size / SAMPLE_RATE_HZ, "each second once"
    reader.read(said(samples), never, never, is_partial=True)
    assert max(size for _, size in words.readings) > 20 * SAMPLE_RATE_HZ, "the words so far do"


def test_the_first_words_of_a_later_part_of_the_turn_are_put_back() -> None:
    class SkipsTheFirst(Counting):
        """Leaves out the first three words of 20 s and more."""

        def transcribe(
            self, samples: Int16Array, should_stop: Callable[[], bool], **how: bool
        ) -> Transcript | None:
            heard = super().transcribe(samples, should_stop, **how)
            if heard is None or samples.size < 19 * SAMPLE_RATE_HZ:
                return heard
            return dataclasses.replace(heard, text=" ".join(heard.text.split()[3:]))

    reader = Reader(SkipsTheFirst())
    samples = spoken(140)
    for utterance in grown(samples):
        reader.read(utterance, never, never, is_partial=True)
    whole = reader.read(said(samples), never, never)
    assert whole is not None
    assert whole.text == numbered(4, 140)


def test_two_threads_read_a_piece_once() -> None:
    begun, may_end = threading.Event(), threading.Event()

    class Slow(Counting):
        def transcribe(
            self, samples: Int16Array, should_stop: Callable[[], bool], **how: bool
        ) -> Transcript | None:
            begun.set()
            assert may_end.wait(10)
            return super().transcribe(samples, should_stop, **how)

    words = Slow()
    reader = Reader(words)
    samples = spoken(45)
    found: list[Transcript | None] = []

    def take() -> None:
        found.append(reader.read(said(samples), never, never))

    threads = [threading.Thread(target=take) for _ in range(2)]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert [one.text for one in found if one] == [numbered(1, 45)] * 2
    first = next_cut(samples, 12.0)
    assert first is not None
    assert [size for _, size in words.readings].count(first) == 1


# -- a session -------------------------------------------------------------------------------------


def notices(session: Session) -> list[str]:
    return [update.code for update in session.updates if isinstance(update, Notice)]


def run(session: Session, samples: Int16Array) -> list[TurnRecord]:
    turns = session.run(Segment(samples=samples))
    assert session.text.log == [f"did {turn.transcript}" for turn in turns]
    return turns


def test_of_150_s_nothing_is_lost_and_its_length_is_told() -> None:
    words = Counting()
    session = Session(words=words)
    samples = spoken(288)
    assert 148 < samples.size / SAMPLE_RATE_HZ < 152
    (turn,) = run(session, samples)
    assert turn.transcript == numbered(1, 288)
    assert notices(session) == ["N-LONG-TURN"]
    (told,) = [row for row in session.lines.rows if row["event"] == "long turn"]
    assert told == {"event": "long turn", "turn": 1, "longest_turn_s": 120.0}
    (line,) = [line for line in session.lines.lines if "N-LONG-TURN" in line]
    assert line == "6000.5 notice N-LONG-TURN", "when it has lasted for 120 s and a pause has begun"
    shown = [update.text for update in session.updates if isinstance(update, PartialHeard)]
    assert any(text.endswith(" 280") for text in shown), "live words go on to the end"
    assert words.readings[-1][1] < 12 * SAMPLE_RATE_HZ, "the last take reads the end alone"


def test_first_sound_after_a_minute_comes_as_soon_as_after_three_seconds() -> None:
    """Words cost half a frame for each second of sound that is read."""

    class Costly(Counting):
        def transcribe(
            self, samples: Int16Array, should_stop: Callable[[], bool], **how: bool
        ) -> Transcript | None:
            if not how.get("is_partial"):
                self.clock.spend(round(samples.size / SAMPLE_RATE_HZ / 2))
            return super().transcribe(samples, should_stop, **how)

    def latency(count: int) -> float:
        session = Session(words=Costly())
        (turn,) = run(session, spoken(count, pause_ms=200))
        assert turn.transcript == numbered(1, count)
        assert turn.latency_ms is not None
        return turn.latency_ms

    assert latency(120) <= 1.5 * latency(6)


def test_what_is_due_is_settled_when_a_take_is_thrown_away() -> None:
    class Costly(Counting):
        def transcribe(
            self, samples: Int16Array, should_stop: Callable[[], bool], **how: bool
        ) -> Transcript | None:
            self.clock.spend(14)  # longer than the pauses: all takes but the last are thrown away
            return super().transcribe(samples, should_stop, **how)

    without = dataclasses.replace(TIMER.transcriber, partials_ms=0)
    words = Costly()
    session = Session(config=dataclasses.replace(TIMER, transcriber=without), words=words)
    samples = spoken(26)
    assert 13 < samples.size / SAMPLE_RATE_HZ < 14, "a take would settle from 15 s on"
    (turn,) = run(session, samples)
    assert turn.transcript == numbered(1, 26)
    kind, size = words.readings[-1]
    assert kind == "part"
    assert size < 8 * SAMPLE_RATE_HZ


def test_processor_time_grows_in_proportion() -> None:
    def read_s(count: int) -> float:
        words = Counting()
        run(Session(words=words), spoken(count))
        return words.read_s("part", "whole", "so far")

    assert read_s(240) < 2.5 * read_s(120)


def test_a_turn_that_is_cut_goes_on_as_the_next_one() -> None:
    limit = dataclasses.replace(TIMER.turn, longest_turn_s=15.0)
    words = Counting()
    session = Session(config=dataclasses.replace(TIMER, turn=limit), words=words)
    first, second = run(session, spoken(90, every=1000))
    last = int(first.transcript.split()[-1])
    assert first.transcript == numbered(1, last)
    assert second.transcript == numbered(last + 1, 90)
    assert 58 <= last <= 62
    assert first.commit_s == pytest.approx(30.0, abs=0.021)
    assert second.speech_start_s == first.speech_end_s
    assert (first.interrupted, first.reply, first.reopened) == (True, "", 0)
    assert (second.interrupted, second.reopened) == (False, 0)
    assert second.reply == f"you said {second.transcript} 0"
    assert notices(session) == ["N-LONG-TURN", "N-CUT-TURN", "N-LONG-TURN"]
    heard = [update for update in session.updates if isinstance(update, Heard)]
    assert [(one.turn, one.text) for one in heard] == [
        (1, first.transcript),
        (2, second.transcript),
    ]
    remembered = [text for text, _ in session.text.remembered]
    assert remembered == [first.transcript, second.transcript]


def test_words_of_a_cut_turn_that_come_late_are_not_lost() -> None:
    class Late(Counting):
        def transcribe(
            self, samples: Int16Array, should_stop: Callable[[], bool], **how: bool
        ) -> Transcript | None:
            if not how.get("is_partial"):
                self.clock.spend(60)
            return super().transcribe(samples, should_stop, **how)

    limit = dataclasses.replace(TIMER.turn, longest_turn_s=5.0)
    session = Session(config=dataclasses.replace(TIMER, turn=limit), words=Late())
    turns = session.run(Segment(samples=spoken(30, every=1000)))
    assert " ".join(turn.transcript for turn in turns) == numbered(1, 30)
    assert [turn.interrupted for turn in turns] == [True, False]


@pytest.mark.parametrize(("words", "is_looked_at"), [(58, True), (64, False)])
def test_who_tells_something_long_is_not_looked_through_for_two_requests(
    tmp_path: Path, words: int, is_looked_at: bool
) -> None:
    told = " and ".join(["we went to the lake"] * 20).split()[:words]
    with talking(tmp_path) as conversation:
        decision = conversation.decide(" ".join(told))
    assert decision is not None
    (why,) = [step.why for step in decision.steps if step.part == "both"]
    assert why == ("it is not two requests" if is_looked_at else "it is longer than two requests")


# -- the real recogniser ---------------------------------------------------------------------------


@pytest.mark.models
@pytest.mark.data
def test_long_speech_is_heard_as_well_as_by_stock() -> None:
    from assistant.assemble.loading import load_whisper
    from assistant.assemble.roles import model_path
    from assistant.bench.baselines import StockWhisper

    (path,) = DATA.glob("voicenotes/07_*.flac")
    samples, _ = soundfile.read(path, dtype="int16")
    rows = [line.split("\t") for line in (DATA / "labels.tsv").read_text().splitlines()]
    row = next(row for row in rows if row[0].endswith(path.name))
    assert len(samples) > 60 * SAMPLE_RATE_HZ, json.dumps(row[:1])
    stock = StockWhisper(model_path(Config(), "transcriber"), beam_size=5, threads=1)
    theirs = stock.transcribe(samples, never)
    whisper = load_whisper(Config())

    class WithoutPartials:
        """Settles what it is given, and shows nothing of the rest: that costs a minute."""

        def transcribe(
            self, samples: Int16Array, should_stop: Callable[[], bool], **how: bool
        ) -> Transcript | None:
            return None if how.get("is_partial") else whisper.transcribe(samples, never, **how)

    reader = Reader(WithoutPartials())
    for utterance in grown(samples, 2.0):
        reader.read(utterance, never, never, is_partial=True)
    ours = reader.read(said(samples), never, never)
    assert theirs is not None
    assert ours is not None
    assert errors(row[1], ours.text) <= errors(row[1], theirs.text) + 0.02


def errors(label: str, heard: str) -> float:
    """Word error rate without case and punctuation."""
    first, second = (
        "".join(c if c.isalnum() or c == "'" else " " for c in text.lower()).split()
        for text in (label, heard)
    )
    row = list(range(len(second) + 1))
    for i, word in enumerate(first, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1] / len(first)
