"""The fold from updates to what the screen shows, and the arithmetic of the bars."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.messages import Notice, State
from assistant.mood import Mood
from assistant.tui.bars import axis, cells, format_ms, round_scale
from assistant.tui.figures import REST, percentile, stage_medians, summarise
from assistant.tui.lines import entry_lines
from assistant.tui.session_view import (
    KEPT_ENTRIES,
    NoticeEntry,
    SessionView,
    Turn,
    cleared,
    fold,
)
from assistant.updates import (
    Heard,
    Level,
    PartialHeard,
    Saying,
    StateChanged,
    TurnDropped,
    TurnEnded,
    Update,
)
from tests import tui_feed


def folded(*updates: Update) -> SessionView:
    view = SessionView()
    for update in updates:
        view = fold(view, update)
    return view


def only_turn(view: SessionView) -> Turn:
    (entry,) = view.entries
    assert isinstance(entry, Turn)
    return entry


def test_a_later_partial_replaces_the_earlier_and_the_final_words_replace_both() -> None:
    partial = folded(PartialHeard(turn=1, text="what"), PartialHeard(turn=1, text="what time"))
    assert only_turn(partial) == Turn(number=1, heard="what time", is_partial=True)
    final = fold(partial, Heard(turn=1, text="What time is it?"))
    assert only_turn(final) == Turn(number=1, heard="What time is it?")


def test_a_reopened_turn_has_the_new_words_and_loses_its_answer() -> None:
    view = folded(
        Heard(turn=1, text="Set a timer."),
        Saying(turn=1, text="For how long?", source="tool", why="timer"),
        Heard(turn=1, text="Set a timer for five minutes."),
    )
    assert only_turn(view) == Turn(number=1, heard="Set a timer for five minutes.")


def test_the_record_replaces_what_was_said_to_be_planned() -> None:
    ended = tui_feed.RECORDS[2]
    view = folded(
        Heard(turn=3, text="why is sky blue"),
        Saying(turn=3, text="Air scatters and much more", source="flow", why="?"),
        TurnEnded(record=ended),
    )
    turn = only_turn(view)
    assert (turn.heard, turn.reply, turn.source) == (ended.transcript, ended.reply, "model")
    assert turn.is_interrupted
    assert turn.latency_ms == ended.latency_ms


def test_a_dropped_turn_disappears_and_an_answered_one_does_not() -> None:
    assert folded(PartialHeard(turn=1, text="uh"), TurnDropped(turn=1, why="noise")).entries == ()
    ended = TurnEnded(record=tui_feed.RECORDS[0])
    assert len(folded(ended, TurnDropped(turn=1, why="late")).entries) == 1


def test_words_said_unasked_are_shown_and_not_measured() -> None:
    told = tui_feed.record(9, "", "Your timer is done.", "tool", stages={"sound": 40.0})
    view = folded(TurnEnded(record=told))
    assert only_turn(view).reply == "Your timer is done."
    assert view.timings == ()


def test_the_same_turn_ended_twice_is_measured_once() -> None:
    first, again = tui_feed.record(1, "a", "b", stages={"pause": 100.0}), tui_feed.RECORDS[0]
    view = folded(TurnEnded(record=first), TurnEnded(record=again))
    assert [timing.latency_ms for timing in view.timings] == [again.latency_ms]


def test_the_conversation_keeps_the_newest_entries_and_the_timings_all() -> None:
    count = KEPT_ENTRIES + 5
    records = [tui_feed.record(n, "a", "b", stages={"pause": 1.0}) for n in range(count)]
    view = folded(*(TurnEnded(record=ended) for ended in records))
    assert [entry.number for entry in view.entries] == list(range(5, count))
    assert len(view.timings) == count


def test_clearing_keeps_what_was_measured() -> None:
    view = cleared(folded(*tui_feed.MIXED))
    assert view.entries == ()
    assert len(view.timings) == 6


def test_notices_are_numbered_and_kept() -> None:
    view = folded(tui_feed.NOTICE, tui_feed.NOTICE)
    assert view.entries == tuple(NoticeEntry(number=n, notice=tui_feed.NOTICE) for n in (1, 2))


def test_state_and_level_change_nothing_else() -> None:
    before = folded(*tui_feed.MIXED)
    level = Level(rms_dbfs=-3.0, is_speech=True)
    view = fold(fold(before, StateChanged(state=State.MUTED)), level)
    assert (view.state, view.level) == (State.MUTED, level)
    assert (view.entries, view.timings) == (before.entries, before.timings)


def test_the_summary_of_six_turns() -> None:
    summary = summarise(folded(*tui_feed.MIXED).timings)
    rounded = (round(summary.p50_ms or 0), round(summary.p95_ms or 0))
    assert rounded == (280, 512)
    assert (summary.answered, summary.without_model) == (6, 5)
    assert summarise(()).p50_ms is None


def test_a_turn_without_sound_counts_for_the_share_and_not_for_the_percentiles() -> None:
    silent = tui_feed.record(1, "a", "", "model", interrupted=True)
    summary = summarise(folded(TurnEnded(record=silent)).timings)
    assert (summary.p50_ms, summary.answered, summary.without_model) == (None, 1, 0)


def test_stages_that_do_not_sum_up_are_completed_by_a_rest() -> None:
    ended = tui_feed.RECORDS[0]
    del (short := dict(ended.stages_ms))["decision"]
    view = folded(TurnEnded(record=replace(ended, stages_ms=short)))
    name, ms = view.timings[0].stages[-1]
    assert (name, round(ms)) == (REST, 95)
    assert round(stage_medians(view.timings)["transcript"]) == 44


def test_nearest_rank() -> None:
    values = [15.0, 20.0, 35.0, 40.0, 50.0]
    assert [percentile(values, p) for p in (5, 30, 40, 50, 95, 100)] == [15, 20, 20, 35, 50, 50]


@given(st.lists(st.floats(0, 1e5), min_size=1), st.floats(0, 100))
def test_a_percentile_was_measured_and_enough_values_are_below_it(
    values: list[float], percent: float
) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= percent / 100 * len(values) - 1e-9


@given(
    st.lists(st.tuples(st.sampled_from(["pause", "voice", "new"]), st.floats(0, 3000)), max_size=9),
    st.integers(8, 90),
)
def test_a_bar_ends_where_its_sum_is(stages: list[tuple[str, float]], width: int) -> None:
    total = sum(ms for _, ms in stages)
    scale = round_scale(total)
    assert total <= scale + 1e-6
    filled = sum(count for _, count in cells(stages, scale, width))
    assert abs(filled - total / scale * width) <= 0.5 + 1e-6


def test_scales_are_round_and_ticks_stand_in_place() -> None:
    assert [round_scale(ms) for ms in (0, 99, 101, 512, 600, 601, 3521)] == [
        100, 100, 150, 600, 600, 800, 4000,
    ]  # fmt: skip
    assert axis(600, 24) == "0          300    600 ms"
    assert [format_ms(ms) for ms in (None, 0.4, 511.6, 12_345)] == ["–", "0 ms", "512 ms", "12.3 s"]


def test_markup_and_control_characters_are_shown_and_not_obeyed() -> None:
    turn = Turn(number=1, heard="[red]stop[/red] \x1b[31m", reply="[b]", source="model")
    text = entry_lines(turn, 80, is_detailed=False)
    assert [line.split("▎ ")[1].rstrip() for line in text.plain.splitlines()] == [
        "[red]stop[/red] ␛[31m",
        "[b]",
    ]


def test_an_answer_cut_before_its_first_word_says_so() -> None:
    turn = Turn(number=1, heard="a", source="model", is_interrupted=True, is_ended=True)
    assert "(interrupted before a word was heard)" in entry_lines(turn, 80, is_detailed=False).plain


def test_a_notice_carries_its_severity_and_code() -> None:
    notice = Notice(severity="error", code="E-DEVICE", text="Gone.")
    line = entry_lines(NoticeEntry(number=1, notice=notice), 80, is_detailed=False).plain
    assert line.split() == ["error", "▎", "Gone.", "[E-DEVICE]"]


def test_a_mood_stands_behind_what_was_said_and_a_neutral_one_does_not() -> None:
    ended = tui_feed.record(1, "Damn it.", "Sorry about that.")
    annoyed = only_turn(folded(TurnEnded(record=replace(ended, mood=Mood(label="annoyed")))))
    assert annoyed.mood == "annoyed"
    assert "Damn it.  (annoyed)" in entry_lines(annoyed, 80, is_detailed=False).plain
    for mood in (None, Mood()):
        turn = only_turn(folded(TurnEnded(record=replace(ended, mood=mood))))
        assert "(" not in entry_lines(turn, 80, is_detailed=False).plain
