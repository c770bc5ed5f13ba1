"""The turn tracker on drawn speech: one character is one frame of 20 ms.

`#` is speech, `.` is silence. A second drawing gives the sound where it differs from what the
detector says; in it `+` is soft and `X` a bang. Decisions are drawn under the frames: S started,
? speculate, ! resumed, C commit, x discarded, L long.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import TurnConfig
from assistant.messages import FRAME_SAMPLES, HALF_SAMPLES, AudioFrame, TurnDecision
from assistant.turn.pauses import Pauses
from assistant.turn.tracker import TurnTracker

CONFIG = TurnConfig(
    start_ms=120, speculate_ms=100, shortest_wait_ms=200, longest_wait_ms=300, pre_roll_ms=100
)
LETTERS = {
    TurnDecision.WAIT: ".",
    TurnDecision.STARTED: "S",
    TurnDecision.SPECULATE: "?",
    TurnDecision.RESUMED: "!",
    TurnDecision.COMMIT: "C",
    TurnDecision.DISCARDED: "x",
    TurnDecision.LONG: "L",
}


LEVELS = {".": 4, "+": 300, "#": 4000, "X": 30_000}


def frame(position: int, mark: str) -> AudioFrame:
    """A frame of that level; its first sample is its position, to be found again."""
    samples = np.full(FRAME_SAMPLES, LEVELS[mark], np.int16)
    samples[0] = position
    return AudioFrame(samples=samples, index=position * FRAME_SAMPLES, played=samples)


class Drawn:
    """A tracker that is fed drawings and remembers at which frame it is."""

    def __init__(self, config: TurnConfig = CONFIG, first_turn: int = 1) -> None:
        self.tracker = TurnTracker(config, first_turn)
        self.position = 0

    def hear(self, speech: str, sound: str | None = None) -> str:
        decisions = ""
        for mark, loud in zip(speech, sound or speech, strict=True):
            step = self.tracker.step(frame(self.position, loud), mark == "#")
            decisions += LETTERS[step]
            self.position += 1
        return decisions

    def hear_half(self, mark: str) -> str:
        """The first half of the next frame."""
        half = frame(self.position, mark).samples[:HALF_SAMPLES]
        return LETTERS[self.tracker.ends_within(half)]

    def span(self) -> tuple[int, int, int, int]:
        """Start, speech start, speech end and end of the utterance in frames."""
        said = self.tracker.utterance()
        ends = (
            said.start_sample,
            said.speech_start_sample,
            said.speech_end_sample,
            said.start_sample + len(said.samples),
        )
        assert all(end % FRAME_SAMPLES == 0 for end in ends)
        return tuple(end // FRAME_SAMPLES for end in ends)  # type: ignore[return-value]


def positions(drawn: Drawn) -> list[int]:
    """Which frames the utterance is made of, in order."""
    return [int(n) for n in drawn.tracker.utterance().samples[::FRAME_SAMPLES]]


def test_sound_as_loud_as_speech_puts_a_due_end_off_until_the_detector_can_tell() -> None:
    drawn = Drawn()
    drawn.hear("#" * 20)
    drawn.tracker.set_wait_ms(200)
    assert drawn.hear("." * 13, "." * 9 + "####").count("C") == 0
    assert drawn.hear("##", "##") == ".!", "it was speech"

    noisy = Drawn()
    noisy.hear("#" * 20)
    noisy.tracker.set_wait_ms(200)
    assert noisy.hear("." * 14, "." * 9 + "#####") == "....?........C", "it was none"

    soft = Drawn()
    soft.hear("#" * 20)
    soft.tracker.set_wait_ms(200)
    assert soft.hear("." * 10, "." * 9 + "+")[-1] == "C", "a rustle is no speech"


def test_a_frame_that_may_be_speech_keeps_the_half_after_it_from_ending_the_turn() -> None:
    drawn = Drawn()
    drawn.hear("#" * 20)
    drawn.tracker.set_wait_ms(210)
    assert drawn.hear("." * 10, "." * 9 + "#")[-1] == "."
    assert drawn.hear_half(".") == "."
    drawn.hear(".")
    assert not drawn.tracker.is_open, "the frame after it was quiet again"


@pytest.mark.parametrize(("speculate_ms", "frames"), [(20, 2), (40, 2), (60, 3)])
def test_the_level_begins_work_after_two_quiet_frames_at_the_least(
    speculate_ms: int, frames: int
) -> None:
    config = dataclasses.replace(CONFIG, speculate_ms=speculate_ms)
    drawn = Drawn(config)
    drawn.hear("........" + "#" * 20)
    heard = drawn.hear("####", "....")
    assert heard.index("?") == frames - 1


def test_in_a_long_turn_work_begins_after_80_ms() -> None:
    drawn = Drawn(dataclasses.replace(CONFIG, speculate_ms=40))
    drawn.hear("........" + "#" * 490)
    assert drawn.hear("##..####").count("?") == 1, "9.9 s are no long turn"
    drawn.hear("#" * 10)
    assert drawn.tracker.speech_ms >= 10_000
    assert drawn.hear("...####" + "....####") == "......." + "...?.!.."
    assert drawn.hear("####", "....") == "...?", "also by the level"


def test_the_longest_pause_that_the_user_went_on_after_is_known() -> None:
    drawn = Drawn()
    drawn.hear("....########" + "." * 12)
    assert drawn.tracker.paused_ms == 0, "it may be the last"
    drawn.hear("####" + "." * 6 + "####")
    assert drawn.tracker.paused_ms == 240
    drawn.hear("." * 16 + "######")
    assert drawn.tracker.paused_ms == 0, "of another turn"
    assert drawn.tracker.reopen(1)
    assert drawn.tracker.paused_ms == 320, "the pause between the two counts"
    drawn.hear("##" + "." * 16 + "######")
    assert drawn.tracker.reopen(1)
    assert drawn.tracker.paused_ms == math.inf, "the second that was taken for the end"


def test_a_pause_counts_for_30_s_of_speech_also_when_two_turns_are_joined() -> None:
    first, later = Pauses(), Pauses()
    assert first.longest_ms(5000) == 0
    first.add(1000, 900)
    first.add(20_000, 240)
    assert first.longest_ms(30_980) == 900
    assert first.longest_ms(31_000) == 240
    later.add(2000, 600)
    first.join(later, 40_000, 320)
    assert first.longest_ms(71_999) == 600, "2 s into the second half"
    assert first.longest_ms(72_000) == 0
    first.join(Pauses(), 80_000, 240)
    assert first.longest_ms(81_000) == 240, "40 s after the other that was taken for the end"
    first.join(Pauses(), 90_000, 240)
    assert first.longest_ms(109_999) == math.inf
    assert first.longest_ms(110_000) == 240


def test_a_joined_turn_does_not_keep_the_wait_of_its_second_half() -> None:
    drawn = Drawn()
    first = drawn.hear("#" * 20 + "." * 15)
    assert first[-1] == "C"
    drawn.hear("#" * 10 + "." * 5)
    drawn.tracker.set_wait_ms(110)
    assert drawn.tracker.reopen(1)
    assert drawn.tracker.wait_ms == 300
    assert drawn.hear_half(".") == "."
    held = Drawn()
    held.hear("#" * 20 + "." * 15 + "#" * 10 + "." * 5)
    held.tracker.set_wait_ms(float("inf"))
    assert held.tracker.reopen(1)
    assert held.tracker.wait_ms == float("inf"), "the talk key is held"


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(".+#X")), max_size=300))
def test_a_due_end_is_put_off_for_four_frames_at_the_most(
    drawing: list[tuple[bool, str]],
) -> None:
    drawn = Drawn()
    drawn.hear("#" * 20)
    late_frames = 0
    for is_speech, loud in drawing:
        was_due = drawn.tracker.is_open and drawn.tracker.silence_ms + 20 >= 300
        drawn.hear("#" if is_speech else ".", loud)
        is_due = was_due and not is_speech and drawn.tracker.is_open
        late_frames = late_frames + 1 if is_due else 0
        assert late_frames <= 4


MARKS = st.sampled_from(["." * 3, "." * 12, "#" * 2, "#" * 9, "."])


@given(st.lists(MARKS, min_size=1, max_size=30).map("".join))
def test_looks_at_halves_end_turns_at_most_a_frame_earlier(speech: str) -> None:
    config = dataclasses.replace(CONFIG, longest_wait_ms=290)
    whole, halved = Drawn(config), Drawn(config)
    ends: list[list[float]] = [[], []]
    for position, mark in enumerate(speech):
        if halved.hear_half(mark) == "C":
            ends[1].append(position + 0.5)
        for drawn, found in zip((whole, halved), ends, strict=True):
            if drawn.hear(mark) == "C":
                found.append(position + 1)
    assert len(ends[0]) == len(ends[1])
    assert all(0 <= late - early <= 0.5 for late, early in zip(*ends, strict=True))
    assert whole.tracker.turn == halved.tracker.turn
    assert whole.tracker.speech_end_sample == halved.tracker.speech_end_sample


def test_the_wait_may_end_within_the_first_half_of_a_frame() -> None:
    drawn = Drawn()
    assert drawn.hear("#" * 20 + "." * 14).count("C") == 0
    drawn.tracker.set_wait_ms(291)
    assert drawn.hear_half(".") == "."
    drawn.tracker.set_wait_ms(290)
    assert drawn.hear_half("#") == ".", "what is loud is left to the frame"
    assert drawn.hear_half(".") == "C"
    assert not drawn.tracker.is_open
    assert drawn.span()[3] == 34, "the sound ends with the last whole frame"
    assert drawn.hear_half(".") == "."


def test_no_half_ends_a_turn_that_is_none_yet_goes_on_or_was_too_short() -> None:
    drawn = Drawn()
    assert drawn.hear_half(".") == "."
    drawn.hear("#" * 20)
    drawn.tracker.set_wait_ms(0)
    assert drawn.hear_half(".") == ".", "the detector knows of no pause"
    drawn.tracker.set_wait_ms(300)
    drawn.hear("." * 5 + "#", "." * 6)
    drawn.tracker.set_wait_ms(100)
    assert drawn.hear_half(".") == ".", "the detector has heard a frame of speech again"
    short = Drawn()
    short.hear("#" * 7 + "." * 5)
    assert short.tracker.is_open
    short.tracker.set_wait_ms(100)
    assert short.hear_half(".") == "."
    assert short.hear(".") == "x"


def test_a_turn_starts_speculates_and_resumes() -> None:
    drawn = Drawn()
    assert drawn.hear("........######........##") == ".............S....?....!"
    assert drawn.tracker.is_open


def test_the_level_tells_a_pause_before_the_detector_does() -> None:
    drawn = Drawn()
    drawn.hear("........")
    heard = drawn.hear("########" + "######" + "....", "########" + "......" + "....")
    assert heard == ".....S.." + "....?." + "....", "the detector's silence begins no second take"
    assert drawn.tracker.has_speculated


def test_quiet_counts_from_the_level_until_the_detector_agrees() -> None:
    drawn = Drawn()
    drawn.hear("........")
    drawn.hear("########" + "####", "########" + "....")
    assert drawn.tracker.quiet_ms == 0, "a closure within a word, for all that is known"
    drawn.hear("##", "..")
    assert (drawn.tracker.quiet_ms, drawn.tracker.silence_ms) == (120, 0)
    drawn.hear("..")
    assert drawn.tracker.quiet_ms == drawn.tracker.silence_ms == 160


def test_a_pause_that_only_the_level_saw_ends_with_the_level() -> None:
    drawn = Drawn()
    drawn.hear("........")
    heard = drawn.hear("################", "########" + "......##")
    assert heard == ".....S.." + "....?.!."
    assert not drawn.tracker.has_speculated


def test_a_frame_as_loud_as_the_speech_before_is_told_from_the_background_by_its_level() -> None:
    drawn = Drawn()
    loud, soft = (frame(0, mark).samples for mark in "#+")
    assert not drawn.tracker.is_loud(loud), "there is nothing to compare it with"
    drawn.hear("#" * 20 + "." * 10)
    assert drawn.tracker.is_loud(loud)
    assert not drawn.tracker.is_loud(soft), "22 dB below what was said"
    drawn.hear("." * 100)
    assert drawn.tracker.is_loud(soft), "what was said is long past, and this is no background"
    assert not drawn.tracker.is_loud(frame(0, ".").samples)


def test_soft_speech_after_a_bang_is_not_taken_for_a_pause_for_long() -> None:
    drawn = Drawn()
    drawn.hear("........")
    drawn.hear("########", "++++++++")
    heard = drawn.hear("#" * 22, "XX" + "+" * 20)
    assert heard[:14] == "......?......!", "believed for less than a quarter of a second"
    assert "?" not in heard[14:]
    assert drawn.hear("......").count("?") == 1, "the detector's own pause begins a take again"


def test_the_pause_reaches_the_wait_and_the_turn_is_committed() -> None:
    drawn = Drawn()
    heard = drawn.hear("........" + "########" + "." * 16)
    assert heard == "........" + ".....S.." + "....?.........C."
    assert not drawn.tracker.is_open
    assert drawn.span() == (3, 8, 16, 31)
    assert positions(drawn) == list(range(3, 31))


def test_speech_is_dated_back_to_its_first_frame_with_the_pre_roll_before_it() -> None:
    drawn = Drawn()
    drawn.hear("..........######")
    assert drawn.span() == (5, 10, 16, 16)
    assert drawn.tracker.speech_ms == 120


def test_a_click_of_100_ms_starts_nothing() -> None:
    assert Drawn().hear("....#####.........#####....") == "." * 27


def test_a_word_with_a_closure_in_it_starts_a_turn() -> None:
    assert Drawn().hear("....###..###....") == "...........S...."


def test_one_short_word_is_a_whole_turn() -> None:
    drawn = Drawn()
    assert drawn.hear("....########" + "." * 16) == ".........S.." + "....?.........C."


def test_less_speech_than_any_word_has_is_discarded_in_the_end() -> None:
    drawn = Drawn()
    assert drawn.hear("....#######" + "." * 16) == ".........S." + "....?.........x."
    assert not drawn.tracker.is_open
    with pytest.raises(LookupError):
        drawn.tracker.utterance()
    drawn.hear("########")
    assert drawn.tracker.turn == 2


def test_a_turn_discarded_does_not_stand_in_the_way_of_reopening() -> None:
    drawn = Drawn()
    drawn.hear("########" + "." * 15 + "######" + "." * 15)
    assert not drawn.tracker.is_open
    drawn.hear("......######")
    assert drawn.tracker.reopen(1)
    assert drawn.tracker.turn == 1
    assert positions(drawn) == list(range(drawn.position))


def test_speech_after_a_speculation_resumes_and_the_next_pause_speculates_again() -> None:
    drawn = Drawn()
    heard = drawn.hear("########" + "......" + "####" + "......")
    assert heard == ".....S.." + "....?." + ".!.." + "....?."


def test_a_pause_too_short_for_a_speculation_is_not_a_resumption() -> None:
    assert Drawn().hear("########" + "...." + "####") == ".....S.." + "...." + "...."


def test_a_click_in_a_pause_neither_resumes_nor_stretches_it() -> None:
    drawn = Drawn()
    heard = drawn.hear("########" + "......#.........")
    assert heard == ".....S.." + "....?.........C."
    assert drawn.tracker.utterance().speech_end_sample == 8 * FRAME_SAMPLES


def test_no_commit_on_a_frame_that_is_speech() -> None:
    drawn = Drawn()
    heard = drawn.hear("########" + "." * 14 + "##")
    assert heard == ".....S.." + "....?........." + ".!"


def test_the_wait_that_was_set_holds_for_this_pause_only() -> None:
    drawn = Drawn()
    assert drawn.hear("########" + ".....") == ".....S.." + "....?"
    drawn.tracker.set_wait_ms(200)
    assert drawn.hear("...") == "..."
    drawn.hear("##")
    assert drawn.hear("." * 15) == "....?.........C"


def test_a_shorter_wait_than_the_pause_already_is_commits_with_the_next_frame() -> None:
    drawn = Drawn()
    drawn.hear("########" + "......")
    drawn.tracker.set_wait_ms(40)
    assert drawn.hear(".") == "C"


def test_a_timer_waits_its_own_time() -> None:
    config = dataclasses.replace(CONFIG, endpointing="timer", timer_ms=140)
    assert Drawn(config).hear("########" + "." * 8) == ".....S.." + "....?.C."


def test_a_hangover_of_the_detector_is_taken_back() -> None:
    drawn = Drawn()
    drawn.hear("..............##############......", "..............##########..........")
    assert drawn.span()[1:3] == (14, 24)
    assert drawn.tracker.silence_ms == 200


def test_an_end_that_the_detector_called_early_is_moved_out() -> None:
    drawn = Drawn()
    drawn.hear("..............##########......", "..............############....")
    assert drawn.span()[1:3] == (14, 26)


def test_a_late_start_of_the_detector_is_taken_back() -> None:
    drawn = Drawn()
    drawn.hear("..............########", ".........#############")
    assert drawn.span()[1] == 9


def test_a_steady_background_leaves_the_detectors_edges_alone() -> None:
    drawn = Drawn()
    drawn.hear("..............##########......", "#" * 30)
    assert drawn.span()[1:3] == (14, 24)


SHORT_LIMIT = dataclasses.replace(CONFIG, longest_turn_s=0.4)


def test_a_turn_that_never_pauses_is_long_at_its_longest_and_cut_at_twice_that() -> None:
    drawn = Drawn(SHORT_LIMIT)
    assert drawn.hear("#" * 40) == ".....S" + "." * 13 + "L" + "." * 19 + "C"
    assert drawn.tracker.is_cut
    assert drawn.span() == (0, 0, 38, 38)
    assert drawn.hear("#" * 5) == "S...."
    assert not drawn.tracker.is_cut
    assert drawn.span() == (38, 38, 45, 45)
    assert (drawn.tracker.turn, drawn.tracker.speech_ms) == (2, 140)


def test_a_turn_that_is_too_long_is_cut_where_it_was_quietest() -> None:
    drawn = Drawn(dataclasses.replace(CONFIG, longest_turn_s=1.0))
    assert drawn.hear("#" * 100, "#" * 80 + "+" * 5 + "#" * 15)[-1] == "C"
    assert drawn.span() == (0, 0, 83, 83)
    assert drawn.hear("." * 16) == "S...?.........C.", "what was said since is answered"
    assert drawn.span() == (83, 83, 100, 115)
    assert positions(drawn) == list(range(83, 115))


def test_a_turn_that_is_too_long_ends_in_its_pause() -> None:
    drawn = Drawn(SHORT_LIMIT)
    assert drawn.hear("#" * 35 + "." * 5)[-1] == "C"
    assert drawn.span() == (0, 0, 35, 40)
    assert drawn.hear("." * 20) == "." * 20
    assert drawn.tracker.is_cut
    drawn.hear("#" * 8)
    assert not drawn.tracker.reopen(1)
    assert drawn.span()[:2] == (55, 60)


def test_a_long_turn_is_said_to_be_long_when_nothing_else_is_to_be_said() -> None:
    drawn = Drawn(SHORT_LIMIT)
    assert drawn.hear("#" * 14 + "." * 5 + "#" * 6) == ".....S............?L!...."


def test_turns_are_numbered_from_the_first() -> None:
    drawn = Drawn(first_turn=7)
    assert drawn.tracker.turn == 6
    drawn.hear("########" + "." * 16)
    assert drawn.tracker.turn == drawn.tracker.utterance().turn == 7
    drawn.hear("########")
    assert drawn.tracker.turn == 8


def test_the_pre_roll_of_a_turn_holds_no_speech_of_the_one_before() -> None:
    drawn = Drawn(dataclasses.replace(CONFIG, pre_roll_ms=1000))
    drawn.hear("########" + "." * 15 + "########")
    assert drawn.tracker.turn == 2
    assert drawn.span()[:2] == (8, 23)


def test_reopening_joins_both_halves_and_all_between() -> None:
    drawn = Drawn(first_turn=3)
    drawn.hear("....########" + "." * 20 + "######")
    assert drawn.tracker.turn == 4
    assert drawn.tracker.reopen(3)
    assert drawn.tracker.turn == 3
    assert drawn.tracker.speech_ms == 280
    assert drawn.hear("##" + "." * 16) == ".." + "....?.........C."
    assert drawn.span() == (0, 4, 40, 55)
    assert positions(drawn) == list(range(55))
    drawn.hear("########")
    assert drawn.tracker.turn == 4


def test_a_turn_can_be_reopened_twice() -> None:
    drawn = Drawn()
    for _ in range(2):
        drawn.hear("########" + "." * 16)
        drawn.hear("######")
        assert drawn.tracker.reopen(1)
    assert drawn.tracker.turn == 1
    assert positions(drawn) == list(range(drawn.position))


def test_there_is_nothing_to_reopen_before_the_first_commit_or_with_no_turn_open() -> None:
    drawn = Drawn()
    assert not drawn.tracker.reopen(1)
    drawn.hear("########")
    assert not drawn.tracker.reopen(1)
    drawn.hear("." * 16)
    assert not drawn.tracker.reopen(1)


def test_a_turn_of_long_ago_is_not_reopened_and_its_sound_is_let_go() -> None:
    drawn = Drawn()
    drawn.hear("########" + "." * 800 + "########")
    assert not drawn.tracker.reopen(1)
    assert drawn.span()[:2] == (803, 808)


def test_commit_now_ends_the_turn_in_the_middle_of_a_word() -> None:
    drawn = Drawn()
    assert drawn.tracker.commit_now() is TurnDecision.WAIT
    drawn.hear("########")
    assert drawn.tracker.commit_now() is TurnDecision.COMMIT
    assert drawn.span() == (0, 0, 8, 8)


def test_reset_forgets_everything_but_the_number() -> None:
    drawn = Drawn()
    drawn.hear("########")
    drawn.tracker.reset()
    assert not drawn.tracker.is_open
    with pytest.raises(LookupError):
        drawn.tracker.utterance()
    drawn.hear("######")
    assert drawn.tracker.turn == 2
    assert drawn.span()[0] == 8


def test_lost_frames_count_as_silence_and_keep_the_clock_right() -> None:
    drawn = Drawn()
    drawn.hear("########..")
    drawn.position += 4
    assert drawn.hear(".") == "?"
    assert drawn.tracker.silence_ms == 140
    assert drawn.span() == (0, 0, 8, 15)


def test_a_partial_utterance_says_so() -> None:
    drawn = Drawn()
    drawn.hear("########")
    assert drawn.tracker.utterance(is_partial=True).is_partial
    assert not drawn.tracker.utterance().is_partial


@given(st.text(alphabet="#.", max_size=300))
def test_every_turn_that_starts_ends_and_the_decisions_alternate(speech: str) -> None:
    decisions = Drawn().hear(speech + "." * 16).replace(".", "")
    is_open = speculated = False
    for letter in decisions:
        if letter == "S":
            assert not is_open
            is_open, speculated = True, False
        elif letter == "?":
            assert is_open
            assert not speculated
            speculated = True
        elif letter == "!":
            assert speculated
            speculated = False
        else:
            assert letter in "Cx"
            assert is_open
            is_open = False
    assert not is_open


@given(st.text(alphabet="#.", max_size=300))
def test_utterances_are_whole_and_never_overlap_in_speech(speech: str) -> None:
    drawn = Drawn()
    heard_until = 0
    for mark in speech + "." * 16:
        if drawn.hear(mark) == "C":
            start, speech_start, speech_end, end = drawn.span()
            assert heard_until <= start <= speech_start < speech_end <= end
            assert positions(drawn) == list(range(start, end))
            heard_until = speech_end
