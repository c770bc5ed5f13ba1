"""Lengths, times, days and moments: from words to values, back, and what is none of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.en.clock import find_clock, read_clock, say_clock
from assistant.language.en.dates import Anchor, find_date, read_date, say_date
from assistant.language.en.durations import LONGEST_S, find_duration, say_duration
from assistant.language.en.holidays import easter, holiday_named, orthodox_easter
from assistant.language.en.moments import (
    every,
    find_moment,
    find_recurrence,
    read_moment,
    read_recurrence,
    say_moment,
)
from assistant.language.en.normalise import normalise
from assistant.language.en.slots import kind_of
from assistant.language.phrases import read_phrase
from assistant.language.slots import Clock, Moment, Recurrence

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=ZoneInfo("Europe/Berlin"))  # a Wednesday
TODAY = Anchor(today=NOW.date())


def at(text: str) -> str:
    """The moment of `text` as the calendar writes it; empty for none."""
    moment = read_moment(normalise(text), NOW)
    found = None if moment is None else moment.resolve(NOW)
    return "" if found is None else f"{found:%Y-%m-%d %H:%M}"


# -- lengths -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("two days", 172_800),
        ("a week", 604_800),
        ("a day and a half", 129_600),
        ("one week and two days", 777_600),
        ("a fortnight", 1_209_600),
        ("half a day", 43_200),
        ("two and a half days", 216_000),
        ("two days and three hours", 183_600),
        ("an hour and fifteen", 4500),
    ],
)
def test_lengths_of_days_and_weeks(text: str, seconds: int) -> None:
    assert find_duration(normalise(text)) == (seconds, "#")


@pytest.mark.parametrize(
    "text", ["a few minutes", "a few days", "several weeks", "400 days", "days"]
)
def test_lengths_that_are_none(text: str) -> None:
    assert find_duration(normalise(text)) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (86_400, "one day"),
        (129_600, "thirty-six hours"),
        (604_800, "one week"),
        (777_600, "nine days"),
        (183_600, "two days and three hours"),
    ],
)
def test_spoken_lengths_of_days(seconds: int, said: str) -> None:
    assert say_duration(seconds) == said


@given(st.integers(min_value=1, max_value=LONGEST_S))
def test_every_length_survives_words_and_back(seconds: int) -> None:
    words = normalise(say_duration(seconds))
    assert find_duration(words) == (seconds, "#")


# -- times of day --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("at noon", Clock(12)),
        ("midnight", Clock(0)),
        ("seven", Clock(7, 0, False)),
        ("at seven thirty", Clock(7, 30, False)),
        ("half past seven", Clock(7, 30, False)),
        ("half seven", Clock(7, 30, False)),
        ("quarter to nine", Clock(8, 45, False)),
        ("a quarter past twelve", Clock(12, 15, False)),
        ("quarter to one", Clock(12, 45, False)),
        ("7:30 am", Clock(7, 30)),
        ("7:30 a.m.", Clock(7, 30)),
        ("7:30", Clock(7, 30, False)),
        ("07:30", Clock(7, 30)),
        ("19:45", Clock(19, 45)),
        ("730", Clock(7, 30, False)),
        ("five to six in the evening", Clock(17, 55)),
        ("twenty minutes past eight", Clock(8, 20, False)),
        ("eight in the morning", Clock(8)),
        ("twelve at night", Clock(0)),
        ("one at night", Clock(1)),
        ("12 am", Clock(0)),
        ("12 pm", Clock(12)),
        ("five o'clock", Clock(5, 0, False)),
        ("seven oh five", Clock(7, 5, False)),
        ("6 p.m. sharp", Clock(18)),
        ("at 17", Clock(17)),
    ],
)
def test_times_of_day(text: str, clock: Clock) -> None:
    assert read_clock(normalise(text)) == clock


@pytest.mark.parametrize(
    "text", ["25", "seven sixty", "thirteen pm", "noonish", "at", "", "7 times"]
)
def test_no_time_of_day(text: str) -> None:
    assert read_clock(normalise(text)) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("set an alarm for 7", "for 7"),
        ("wake me at half past 6 tomorrow", "at half past 6"),
        ("remind me to take 2 pills at 8", "at 8"),
        ("remind me at 5 to call anna", "at 5"),
        ("call anna at 7 30 pm", "at 7 30 pm"),
    ],
)
def test_a_time_within_a_sentence(text: str, part: str) -> None:
    found = find_clock(text)
    assert found is not None
    assert text[found[1] : found[2]] == part


@pytest.mark.parametrize(
    "text",
    [
        "book a table for 2 people",
        "sell it at 5 dollars",
        "boil it for 5 minutes",
        "buy 7 up",
        "i am 7",
    ],
)
def test_numbers_that_count_are_no_times(text: str) -> None:
    assert find_clock(text) is None


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_time_survives_words_and_back(hour: int, minute: int) -> None:
    clock = Clock(hour, minute)
    assert read_clock(normalise(say_clock(clock))) == clock


@given(st.integers(1, 12), st.integers(0, 59))
def test_every_ambiguous_time_survives_words_and_back(hour: int, minute: int) -> None:
    clock = Clock(hour, minute, is_exact=False)
    assert read_clock(normalise(say_clock(clock))) == clock


# -- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tomorrow", "2026-03-05"),
        ("the day after tomorrow", "2026-03-06"),
        ("on friday", "2026-03-06"),
        ("wednesday", "2026-03-11"),
        ("this wednesday", "2026-03-04"),
        ("next friday", "2026-03-13"),
        ("next monday", "2026-03-09"),
        ("last friday", "2026-02-27"),
        ("friday next week", "2026-03-13"),
        ("a week from friday", "2026-03-13"),
        ("friday week", "2026-03-13"),
        ("the friday after next", "2026-03-13"),
        ("the twenty-fourth of december", "2026-12-24"),
        ("December 24th", "2026-12-24"),
        ("may twenty-second", "2026-05-22"),
        ("on the 15th", "2026-03-15"),
        ("the first", "2026-04-01"),
        ("the 31st", "2026-03-31"),
        ("july 4 1976", "1976-07-04"),
        ("July fourth, nineteen seventy-six", "1976-07-04"),
        ("february 29", "2028-02-29"),
        ("the first of may next year", "2027-05-01"),
        ("christmas", "2026-12-25"),
        ("last christmas", "2025-12-25"),
        ("christmas 2030", "2030-12-25"),
        ("the day after christmas", "2026-12-26"),
        ("three days before new year's eve", "2026-12-28"),
        ("in three days", "2026-03-07"),
        ("two weeks from now", "2026-03-18"),
        ("a month ago", "2026-02-04"),
        ("the weekend", "2026-03-07"),
        ("the first monday in september", "2026-09-07"),
        ("the last friday of the month", "2026-03-27"),
        ("the end of the month", "2026-03-31"),
        ("2026-12-01", "2026-12-01"),
        ("Friday the 13th", "2026-03-13"),
        ("Monday the 13th", "2026-04-13"),
        ("Thursday, March twelfth", "2026-03-12"),
    ],
)
def test_days(text: str, day: str) -> None:
    assert read_date(normalise(text), TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "february 30",
        "the 32nd",
        "someday",
        "friday evening",
        "march",
        "in a few days",
        "the fifth monday of may x",
    ],
)
def test_no_day(text: str) -> None:
    assert read_date(normalise(text), TODAY) is None


@pytest.mark.parametrize(
    "text", ["the sunday roast", "the second one", "may i go", "the first timer"]
)
def test_words_that_only_look_like_a_day(text: str) -> None:
    assert find_date(normalise(text), TODAY) is None


@given(st.dates(date(1000, 1, 1), date(2100, 12, 31)))
def test_every_day_survives_words_and_back(day: date) -> None:
    said = say_date(day, with_year=True, with_weekday=False)
    assert read_date(normalise(said), TODAY) == day


@given(st.dates(date(2026, 3, 4), date(2027, 3, 3)))
def test_a_day_without_its_year_is_the_next(day: date) -> None:
    assert read_date(normalise(say_date(day, with_weekday=False)), TODAY) == day


@pytest.mark.parametrize(
    ("year", "western", "eastern"),
    [
        (2024, "03-31", "05-05"),
        (2025, "04-20", "04-20"),
        (2026, "04-05", "04-12"),
        (2038, "04-25", "04-25"),
    ],
)
def test_easter(year: int, western: str, eastern: str) -> None:
    assert easter(year) == date.fromisoformat(f"{year}-{western}")
    assert orthodox_easter(year) == date.fromisoformat(f"{year}-{eastern}")


@pytest.mark.parametrize(
    ("name", "country", "day"),
    [
        ("thanksgiving", "", "2026-11-26"),
        ("thanksgiving", "CA", "2026-10-12"),
        ("mothers day", "", "2026-05-10"),
        ("mothers day", "GB", "2026-03-15"),
        ("labor day", "US", "2026-09-07"),
        ("memorial day", "US", "2026-05-25"),
        ("advent", "", "2026-11-29"),
        ("hanukkah", "", "2026-12-05"),
        ("passover", "", "2026-04-02"),
    ],
)
def test_holidays_by_rule_and_country(name: str, country: str, day: str) -> None:
    holiday = holiday_named(name, country)
    assert holiday is not None
    assert holiday.on(2026) == date.fromisoformat(day)


def test_a_holiday_without_a_rule_is_unknown() -> None:
    assert holiday_named("ramadan") is None
    chinese = holiday_named("chinese new year")
    assert chinese is not None
    assert chinese.on(1900) is None


# -- moments -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("tomorrow at five", "2026-03-05 17:00"),
        ("tomorrow at nine", "2026-03-05 09:00"),
        ("in twenty minutes", "2026-03-04 15:40"),
        ("on friday at 6 pm", "2026-03-06 18:00"),
        ("next monday morning", "2026-03-09 09:00"),
        ("tonight at 8", "2026-03-04 20:00"),
        ("tonight at one", "2026-03-05 01:00"),
        ("tonight at midnight", "2026-03-05 00:00"),
        ("tomorrow at midnight", "2026-03-06 00:00"),
        ("at noon", "2026-03-05 12:00"),
        ("half past seven", "2026-03-04 19:30"),
        ("at quarter past three", "2026-03-05 15:15"),
        ("seven thirty", "2026-03-04 19:30"),
        ("7:30 am", "2026-03-05 07:30"),
        ("in an hour and a half", "2026-03-04 16:50"),
        ("two hours from now", "2026-03-04 17:20"),
        ("in three days at 9 am", "2026-03-07 09:00"),
        ("in 3 days", "2026-03-07 15:20"),
        ("at five in the afternoon on friday", "2026-03-06 17:00"),
        ("5 pm tomorrow", "2026-03-05 17:00"),
        ("on the 24th of december at 6 pm", "2026-12-24 18:00"),
        ("every weekday at half past six in the morning", "2026-03-05 06:30"),
        ("every monday and friday at noon", "2026-03-06 12:00"),
        ("weekday mornings at 7", "2026-03-05 07:00"),
        ("on saturday night at nine", "2026-03-07 21:00"),
        ("today at nine", "2026-03-04 21:00"),
        ("this morning at nine", "2026-03-04 09:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert at(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "in a few minutes",
        "every other day at 8",
        "morning",
        "twenty minutes",
        "five minutes ago",
        "tomorrow friday",
        "at five at six",
        "in 20 minutes at six",
        "when i am home",
    ],
)
def test_no_moment(text: str) -> None:
    assert read_moment(normalise(text), NOW) is None


def test_what_a_moment_lacks_is_known() -> None:
    moment = read_moment("tomorrow", NOW)
    assert moment == Moment(date=date(2026, 3, 5))
    assert (moment.has_time, moment.is_exact, moment.resolve(NOW)) == (False, False, None)
    seven = moment.at(Clock(7, 0, is_exact=False))
    assert (seven.has_time, seven.is_exact) == (True, False)
    exact = seven.at(Clock(7))
    assert exact.is_exact
    assert exact.resolve(NOW) == datetime(2026, 3, 5, 7, tzinfo=NOW.tzinfo)
    loose = read_moment("tomorrow morning", NOW)
    assert loose == Moment(date=date(2026, 3, 5), part="morning")
    assert not loose.is_exact


@pytest.mark.parametrize(
    ("text", "rest", "moment"),
    [
        ("remind me to call anna at five tomorrow", "remind me to call anna", "2026-03-05 17:00"),
        (
            "remind me in 20 minutes to check the oven",
            "remind me to check the oven",
            "2026-03-04 15:40",
        ),
        ("wake me up at half past six every weekday", "wake me up", "2026-03-04 18:30"),
        (
            "remind me to take 2 pills at 8 every morning",
            "remind me to take 2 pills",
            "2026-03-05 08:00",
        ),
        (
            "remind me to go to the sunday roast at 5",
            "remind me to go to the sunday roast",
            "2026-03-04 17:00",
        ),
        ("set an alarm for 7 tomorrow morning", "set an alarm", "2026-03-05 07:00"),
        ("remind me to check in at noon", "remind me to check in", "2026-03-05 12:00"),
        (
            "remind me to watch the morning news at 9",
            "remind me to watch the morning news",
            "2026-03-04 21:00",
        ),
        (
            "remind me next friday at 3 pm to call the dentist",
            "remind me to call the dentist",
            "2026-03-13 15:00",
        ),
    ],
)
def test_a_moment_within_a_sentence(text: str, rest: str, moment: str) -> None:
    found = find_moment(normalise(text), NOW)
    assert found is not None
    resolved = found[0].resolve(NOW)
    assert resolved is not None
    assert (found[1], f"{resolved:%Y-%m-%d %H:%M}") == (rest, moment)


@pytest.mark.parametrize(
    "text",
    [
        "remind me to buy milk",
        "remind me every other day at 8 to drink",
        "add 2 eggs to the list",
        "remind me every hour to stretch",
        "the second bin goes out first",
    ],
)
def test_no_moment_within_a_sentence(text: str) -> None:
    assert find_moment(normalise(text), NOW) is None


def test_an_ambiguous_time_is_of_the_day_unless_it_is_night_now() -> None:
    three = Moment(clock=Clock(3, 0, is_exact=False))
    assert three.resolve(NOW) == datetime(2026, 3, 5, 15, tzinfo=NOW.tzinfo)
    awake = NOW.replace(hour=1)
    assert three.resolve(awake) == datetime(2026, 3, 4, 3, tzinfo=NOW.tzinfo)


def test_the_change_to_summer_time_does_not_move_an_alarm() -> None:
    before = datetime(2026, 3, 28, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    moment = Moment(clock=Clock(7)).resolve(before)
    assert moment is not None
    assert moment.astimezone(UTC) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)


def test_a_fixed_offset_of_the_system_knows_summer_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        before = datetime(2026, 3, 28, 22, 0).astimezone()
        moment = Moment(clock=Clock(7)).resolve(before)
        assert moment is not None
        assert moment.astimezone(UTC) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


# -- days that come again ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days", "label"),
    [
        ("every day", {0, 1, 2, 3, 4, 5, 6}, "every day"),
        ("daily", {0, 1, 2, 3, 4, 5, 6}, "every day"),
        ("every weekday", {0, 1, 2, 3, 4}, "every weekday"),
        ("on weekdays", {0, 1, 2, 3, 4}, "every weekday"),
        ("Monday to Friday", {0, 1, 2, 3, 4}, "every weekday"),
        ("on weekends", {5, 6}, "every weekend day"),
        ("every Monday", {0}, "every Monday"),
        ("on Mondays", {0}, "every Monday"),
        ("every Monday, Wednesday and Friday", {0, 2, 4}, "every Monday, Wednesday and Friday"),
        ("every week on Tuesday", {1}, "every Tuesday"),
    ],
)
def test_recurrences(text: str, days: set[int], label: str) -> None:
    assert read_recurrence(normalise(text)) == Recurrence(frozenset(days), label)


@pytest.mark.parametrize(
    "text", ["every other day", "every hour", "every month", "on monday", "each"]
)
def test_no_recurrence(text: str) -> None:
    assert read_recurrence(normalise(text)) is None


def test_a_recurrence_within_a_sentence() -> None:
    found = find_recurrence("wake me every monday at 7")
    assert found == (Recurrence(frozenset({0}), "every Monday"), "wake me at 7")


# -- words and back ------------------------------------------------------------------------------

_CLOCKS = st.builds(Clock, st.integers(0, 23), st.integers(0, 59)) | st.builds(
    Clock, st.integers(1, 12), st.integers(0, 59), st.just(False)
)
_DAYS = st.integers(0, 360).map(lambda ahead: NOW.date() + timedelta(days=ahead))
_PARTS = st.sampled_from(("morning", "afternoon", "evening", "night"))
_AGAIN = st.frozensets(st.integers(0, 6), min_size=1).map(every)


def _is_sayable(moment: Moment) -> bool:
    """Midnight is said of the day that it ends, and today's is none of a day before."""
    return not (moment.clock == Clock(0) and moment.date == NOW.date())


_MOMENTS = st.one_of(
    st.builds(Moment, after=st.integers(1, LONGEST_S).map(lambda s: timedelta(seconds=s))),
    st.builds(Moment, date=_DAYS, clock=_CLOCKS),
    st.builds(Moment, date=_DAYS),
    st.builds(Moment, clock=_CLOCKS),
    st.builds(Moment, date=_DAYS, part=_PARTS),
    st.builds(Moment, recurrence=_AGAIN, clock=_CLOCKS),
    st.builds(Moment, recurrence=_AGAIN, part=_PARTS),
).filter(_is_sayable)


@given(_MOMENTS)
def test_every_moment_survives_words_and_back(moment: Moment) -> None:
    assert read_moment(normalise(say_moment(moment, NOW)), NOW) == moment


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    words = normalise(text)
    for kind in map(kind_of, (date, Clock, Moment, Recurrence, datetime, timedelta)):
        kind.parse(words, NOW)
        kind.find(words, NOW)


# -- slots of templates --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "hint", "text", "words"),
    [
        (
            "wake me {slot}",
            Moment,
            "wake me tomorrow at half past seven",
            "tomorrow at half past 7",
        ),
        (
            "remind me {slot} to sleep",
            datetime,
            "remind me in twenty minutes to sleep",
            "in 20 minutes",
        ),
        ("what is on {slot}", date, "what is on the 24th of december", "the 24th of december"),
        ("set an alarm for {slot}", Clock, "set an alarm for quarter to nine", "quarter to 9"),
        (
            "wake me {slot}",
            Recurrence,
            "wake me every monday and friday",
            "every monday and friday",
        ),
    ],
)
def test_slots_in_templates(template: str, hint: type, text: str, words: str) -> None:
    kind = kind_of(hint)
    found = read_phrase(template, {"slot": kind.pattern}).match(normalise(text))
    assert found == {"slot": words}
    assert kind.parse(words, NOW) is not None


def test_a_slot_leaves_the_words_before_it_alone() -> None:
    patterns = {"what": kind_of(str).pattern, "when": kind_of(Moment).pattern}
    found = read_phrase("remind me to {what} {when}", patterns).match(
        "remind me to check in at noon"
    )
    assert found == {"what": "check in", "when": "at noon"}


@pytest.mark.parametrize(
    ("heard", "canonical"),
    [
        ("What is 100,000 times 3?", "what is 100000 times 3"),
        ("what's 15% of 80", "what is 15 percent of 80"),
        ("2 + 2", "2 plus 2"),
        ("the twenty-fourth", "the 24th"),
        ("the thirtieth", "the 30th"),
        ("a twenty-second timer", "a 20 second timer"),
        ("thirty first", "31st"),
        ("the twelfth", "the twelfth"),
    ],
)
def test_numbers_in_canonical_words(heard: str, canonical: str) -> None:
    assert normalise(heard) == canonical
