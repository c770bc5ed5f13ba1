"""Dates, holidays, time until, time zones and the sun, by conversation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config, PlaceConfig, config_from_dict
from assistant.engine.hands import HandsThread
from assistant.errors import ConfigError
from assistant.language.en.places import find_place, table
from assistant.talk.conversation import Conversation
from assistant.talk.flow import Flow
from assistant.talk.home import home_of
from assistant.talk.request import read_request
from assistant.talk.sun import Polar, sun_at
from assistant.talk.tools import dates, flows_of, sun, until, years, zones
from tests.talking import Talking

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=ZoneInfo("Europe/Berlin"))  # a Wednesday
OURS = [flow for module in (dates, until, zones, sun, years) for flow in flows_of(module)]
Ask = Callable[..., tuple[str, str]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """`ask(text, city, now)`: the name of the decision and the answer."""
    moment = [NOW]
    hands = HandsThread()

    @cache
    def in_city(city: str) -> Conversation:
        config = Config(place=PlaceConfig(city=city, country="" if city else "US"))
        services = make_services(config, tmp_path_factory.mktemp("state"))
        return make_conversation(
            config, None, services=services, hands=hands, now=lambda: moment[0]
        )

    def once(text: str, city: str = "Berlin", now: datetime = NOW) -> tuple[str, str]:
        moment[0] = now
        conversation = in_city(city)
        conversation.forget()
        turn = conversation.converse(text)
        assert turn.decision is not None
        return turn.decision.name, turn.answer

    yield once
    hands.close()


@pytest.mark.parametrize(
    ("text", "name", "answer"),
    [
        ("What's the date next Friday?", "date.of", "That will be Friday, March thirteenth."),
        ("What day is the 24th of December?", "date.of", "December twenty-fourth is a Thursday."),
        (
            "what weekday was July 4th, 1976",
            "date.of",
            "July fourth, nineteen seventy-six was a Sunday.",
        ),
        (
            "what's the date in three weeks",
            "date.of",
            "That will be Wednesday, March twenty-fifth.",
        ),
        (
            "what will the date be 90 days from today",
            "date.of",
            "That will be Tuesday, June second.",
        ),
        ("what date was it two weeks ago", "date.of", "That was Wednesday, February eighteenth."),
        ("What's Friday's date?", "date.of", "That will be Friday, March sixth."),
        ("what was the date last monday", "date.of", "That was Monday, March second."),
        ("on what day does june third fall", "date.of", "June third is a Wednesday."),
        ("Is Christmas a Friday this year?", "date.is", "Yes, it's Friday, December twenty-fifth."),
        (
            "is the 24th of december a sunday",
            "date.is",
            "No, it's Thursday, December twenty-fourth.",
        ),
        ("What day is it today?", "date.near", "Today is Wednesday, March fourth."),
        ("What time is it?", "time.now", "It's three twenty PM."),
    ],
)
def test_dates(ask: Ask, text: str, name: str, answer: str) -> None:
    assert ask(text) == (name, answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What day is Christmas?", "Christmas is on Friday, December twenty-fifth."),
        ("When is Easter?", "Easter is on Sunday, April fifth."),
        (
            "When is Easter next year?",
            "Easter is on Sunday, March twenty-eighth, twenty twenty-seven.",
        ),
        ("when was Easter", "Easter was on Sunday, April twentieth, twenty twenty-five."),
        ("What date is Thanksgiving?", "Thanksgiving is on Thursday, November twenty-sixth."),
        ("which day does Halloween fall on", "Halloween is on Saturday, October thirty-first."),
        ("When is Mother's Day?", "Mother's Day is on Sunday, May tenth."),
        ("When is St. Patrick's Day?", "Saint Patrick's Day is on Tuesday, March seventeenth."),
        (
            "what day is christmas eve 2030",
            "Christmas Eve is on Tuesday, December twenty-fourth, twenty thirty.",
        ),
    ],
)
def test_holidays(ask: Ask, text: str, answer: str) -> None:
    assert ask(text) == ("holiday.when", answer)


def test_a_holiday_that_is_today_or_tomorrow(ask: Ask) -> None:
    eve = NOW.replace(month=12, day=24)
    assert ask("When is Christmas Eve?", now=eve)[1] == "Christmas Eve is today."
    assert ask("When is Christmas?", now=eve)[1] == (
        "Christmas is tomorrow, Friday, December twenty-fifth."
    )


def test_holidays_are_those_of_the_place(ask: Ask) -> None:
    assert (
        ask("When is Mother's Day?", "London")[1] == "Mother's Day is on Sunday, March fifteenth."
    )
    assert ask("When is Labor Day?", "Chicago")[1] == "Labor Day is on Monday, September seventh."
    assert ask("When is Labor Day?", "")[1] == "Labor Day is on Monday, September seventh."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("How many days until Christmas?", "It's two hundred ninety-six days until Christmas."),
        ("How long until 5 pm?", "It's one hour and forty minutes until five PM."),
        ("how many weeks until easter", "It's four weeks and four days until Easter."),
        (
            "how many months until christmas",
            "It's nine months and twenty-one days until Christmas.",
        ),
        ("how long is it until friday", "It's two days until Friday."),
        ("how many hours until midnight", "It's eight hours and forty minutes until midnight."),
        ("how many minutes until four o'clock", "It's forty minutes until four PM."),
        ("how many sleeps till christmas", "It's two hundred ninety-six sleeps until Christmas."),
        ("how many days since new year's", "It's been sixty-two days since New Year's Day."),
        ("how long ago was easter", "It's been three hundred eighteen days since Easter."),
        ("how many days are left in this year", "Three hundred two days left in this year."),
        (
            "how many days are there between march first and june third",
            "Ninety-four days.",
        ),
        ("how far away is halloween", "It's two hundred forty-one days until Halloween."),
        (
            "how long until tomorrow at 9 am",
            "It's seventeen hours and forty minutes until tomorrow at nine AM.",
        ),
    ],
)
def test_until_and_since(ask: Ask, text: str, answer: str) -> None:
    assert ask(text) == ("date.until", answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What time is it in Tokyo?", "It's eleven twenty PM in Tokyo."),
        ("What time is it in New York right now?", "It's nine twenty AM in New York."),
        ("tell me the local time in São Paulo", "It's eleven twenty AM in São Paulo."),
        ("how late is it in Sydney", "It's one twenty AM on Thursday in Sydney."),
        ("what's the current time in California", "It's six twenty AM in California."),
        ("time in Mumbai", "It's seven fifty PM in Mumbai."),
        ("what's pacific time right now", "It's six twenty AM Pacific Time."),
        ("what time is it in Paris, Texas?", "It's eight twenty AM in Paris, Texas."),
        ("what day is it in Auckland", "It's Thursday, March fifth in Auckland."),
        (
            "what's the time in the US",
            "It's nine twenty AM in Washington. Other parts of the United States have other times.",
        ),
        ("what time is it in Smalltown", "I don't know a place called Smalltown."),
    ],
)
def test_time_elsewhere(ask: Ask, text: str, answer: str) -> None:
    assert ask(text) == ("time.zone", answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "What time will it be in New York when it's nine here?",
            "When it's nine AM here, it's three AM in New York.",
        ),
        (
            "When it's 3 pm in Berlin, what time is it in Los Angeles?",
            "When it's three PM in Berlin, it's six AM in Los Angeles.",
        ),
        (
            "if it is 11 pm here what time is it in tokyo",
            "When it's eleven PM here, it's seven AM on the next day in Tokyo.",
        ),
        (
            "What is 5 pm Pacific in Eastern time?",
            "When it's five PM Pacific Time, it's eight PM Eastern Time.",
        ),
        (
            "if it's half past seven in the morning here what time is it in Delhi",
            "When it's seven thirty AM here, it's noon in Delhi.",
        ),
        (
            "what's the time difference between London and Tokyo",
            "London is nine hours behind Tokyo.",
        ),
        ("how many hours ahead is Sydney", "Sydney is ten hours ahead of here."),
        ("time difference to India", "India is four hours and thirty minutes ahead of here."),
        ("is London ahead of New York", "London is five hours ahead of New York."),
        ("do you know London's timezone", "London and UTC have the same time."),
        ("what time zone is Paris in", "Paris is one hour ahead of UTC."),
        ("what's the time difference between Paris and Rome", "Paris and Rome have the same time."),
    ],
)
def test_time_differences(ask: Ask, text: str, answer: str) -> None:
    assert ask(text) == ("time.difference", answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("When does the sun set?", "The sun sets at five fifty-one PM."),
        ("what time is sunrise tomorrow", "Tomorrow the sun rises at six forty-four AM."),
        ("when did the sun come up", "The sun rose at six forty-six AM."),
        ("when is sunset in Paris", "In Paris the sun sets at six thirty-nine PM."),
        ("how long until sunset", "It's two hours and thirty-one minutes until sunset."),
        ("when does it get dark", "It gets dark at six twenty-five PM."),
    ],
)
def test_the_sun(ask: Ask, text: str, answer: str) -> None:
    assert ask(text) == ("sun.times", answer)


def test_the_sun_without_a_place(ask: Ask) -> None:
    assert ask("When does the sun set?", "") == ("sun.times", sun.NO_PLACE)
    assert ask("When does the sun set?", "Smalltown")[1] == (
        "I don't know where Smalltown is. Write its latitude and longitude too."
    )


@pytest.mark.parametrize(
    "text",
    [
        "who wrote the song friday",
        "what is thanksgiving",
        "why do we celebrate easter",
        "what happened on july 4 1776",
        "who was born on christmas day",
        "what should i do on friday",
        "when is the meeting on friday",
        "when was the war",
        "what do people eat on christmas",
        "how long until dinner is ready",
        "how many days are in a week",
        "how many days until he comes back",
        "how many days until my birthday",
        "what day did napoleon die",
        "when is the best time to plant tomatoes",
        "how long is the great wall",
        "what is the date of the battle of hastings",
        "what day of the week is my birthday",
        "what time is it best to sleep",
        "what time is it there",
        "what comes after death",
        "how many days are in the bible",
        "is 2028 a good year",
        "which leap year was the hottest",
        "what is lunch time",
        "What is the time in seconds?",
        "what time is it in military time",
        "what is the time of death",
        "what is prime time",
        "what time is it in the movie",
        "what time does the movie start in paris",
        "tell me about tokyo",
        "what is the weather in tokyo",
        "how far is tokyo from london",
        "is tokyo bigger than london",
        "how many hours are between london and paris by train",
        "is paris in france",
        "why does the sun set in the west",
        "what is dusk",
        "how far is the sun",
        "where does the sun rise",
        "set a timer for 5 minutes",
        "what is the time in which a ball falls",
        "is sunday a good day to fly",
        "convert 5 miles to kilometers",
        "what is 5 in binary",
        "what is 10 percent in tax",
        "what is half of 9",
        "who is the mother of easter island",
        "when is it time to say good bye",
        "do you know the date of birth of mozart",
        "how many people live in tokyo",
        "what is the capital of japan",
        "what is new york time magazine about",
        "how long ago was the big bang",
        "how many weeks are there in a year",
        "when does the store in paris open",
        "what is the longest day of the year",
    ],
)
def test_open_questions_are_left_alone(text: str) -> None:
    request = read_request(text, NOW)
    assert [flow.name for flow in OURS if flow.read(request) is not None] == []


@pytest.mark.parametrize("flow", OURS, ids=lambda flow: flow.name)
def test_every_example_is_read_by_its_own_flow(flow: Flow) -> None:
    for example in flow.examples:
        request = read_request(example, NOW)
        readers = [one.name for one in OURS if one.read(request) is not None]
        assert flow.name in readers, example


@pytest.mark.parametrize(
    ("text", "name", "answer"),
    [
        ("What week is it?", "date.week", "It's week ten."),
        ("what week of the year is it", "date.week", "It's week ten."),
        ("is it a leap year", "date.leap", "No, twenty twenty-six is not a leap year."),
        ("Was 1900 a leap year?", "date.leap", "No, nineteen hundred was not a leap year."),
        ("is 2028 a leap year", "date.leap", "Yes, twenty twenty-eight is a leap year."),
        ("when is the next leap year", "date.leap", "The next leap year is twenty twenty-eight."),
        ("how many days does June have", "date.month", "June has thirty days."),
        (
            "how many days are in February",
            "date.month",
            "February has twenty-eight days this year.",
        ),
        ("what day comes after friday", "date.neighbour", "Saturday comes after Friday."),
        ("which month is before january", "date.neighbour", "December comes before January."),
        (
            "what's the date and time",
            "time.and_date",
            "It's three twenty PM on Wednesday, March fourth.",
        ),
        (
            "When do the clocks change?",
            "time.change",
            "The clocks go forward on Sunday, March twenty-ninth.",
        ),
        (
            "when does summer time end",
            "time.change",
            "The clocks go back on Sunday, October twenty-fifth.",
        ),
        (
            "what time is it on the east coast",
            "time.zone",
            "It's nine twenty AM on the East Coast.",
        ),
        (
            "how many days are left this month",
            "date.until",
            "Twenty-seven days left in this month.",
        ),
        ("what is the third sunday in june", "date.of", "That will be Sunday, June twenty-first."),
        ("when will the sun set tonight", "sun.times", "The sun sets at five fifty-one PM."),
    ],
)
def test_weeks_months_and_years(ask: Ask, text: str, name: str, answer: str) -> None:
    assert ask(text) == (name, answer)


# -- places --------------------------------------------------------------------------------------


def test_every_place_has_a_zone_that_this_system_knows() -> None:
    lacking = {place.zone for place in table().values() if place.tzinfo() is None}
    assert lacking == set()
    assert len(table()) > 2000


@pytest.mark.parametrize(
    ("words", "name", "zone"),
    [
        ("the us", "United States", "America/New_York"),
        ("paris france", "Paris", "Europe/Paris"),
        ("portland maine", "Portland, Maine", "America/New_York"),
        ("atlanta georgia", "Atlanta", "America/New_York"),
        ("georgia", "Georgia", "Asia/Tbilisi"),
        ("washington dc", "Washington", "America/New_York"),
        ("washington state", "Washington State", "America/Los_Angeles"),
        ("bombay", "Mumbai", "Asia/Kolkata"),
        ("eastern time", "Eastern Time", "America/New_York"),
        ("gmt", "GMT", "Etc/GMT"),
        ("the hague", "The Hague", "Europe/Amsterdam"),
        ("st petersburg", "Saint Petersburg", "Europe/Moscow"),
    ],
)
def test_places_by_name(words: str, name: str, zone: str) -> None:
    place = find_place(words)
    assert place is not None
    assert (place.name, place.zone) == (name, zone)


@pytest.mark.parametrize("words", ["", "nowhere", "the movie", "my house", "it", "of", "time"])
def test_no_places(words: str) -> None:
    assert find_place(words) is None


# -- the sun and the configuration ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude", "rise", "sets"),
    [
        # NOAA's equations in another hand: astral 3.2, March 4, 2026, in UTC
        (52.52, 13.40, "05:46", "16:51"),
        (40.71, -74.00, "11:25", "22:51"),
        (0.0, 0.0, "12:00", "00:00"),
    ],
)
def test_sunrise_and_sunset(latitude: float, longitude: float, rise: str, sets: str) -> None:
    if latitude == 0.0:
        noon = sun_at("noon", date(2026, 3, 4), latitude, longitude)
        assert isinstance(noon, datetime)
        assert f"{noon:%H:%M}" == "12:11"
        return
    for event, expected in (("sunrise", rise), ("sunset", sets)):
        at = sun_at(event, date(2026, 3, 4), latitude, longitude)  # type: ignore[arg-type]
        assert isinstance(at, datetime)
        minutes = at.hour * 60 + at.minute
        wanted = int(expected[:2]) * 60 + int(expected[3:])
        assert abs(minutes - wanted) <= 1


def test_the_sun_beyond_the_polar_circle() -> None:
    assert sun_at("sunset", date(2026, 6, 21), 78.2, 15.6) == Polar(is_day=True)
    assert sun_at("sunrise", date(2026, 12, 21), 78.2, 15.6) == Polar(is_day=False)


def test_where_the_computer_is() -> None:
    assert home_of(PlaceConfig(city="Berlin")).country == "DE"
    assert home_of(PlaceConfig(city="Berlin", country="us")).country == "US"
    exact = home_of(PlaceConfig(city="Smalltown", latitude=10.0, longitude=20.0))
    assert (exact.position, exact.unknown) == ((10.0, 20.0), "Smalltown")
    assert home_of(PlaceConfig()).position is None


def test_the_place_is_configured() -> None:
    config = config_from_dict({"place": {"city": "Paris", "latitude": 48}})
    assert dataclasses.astuple(config.place) == ("Paris", 48.0, 0.0, "")
    with pytest.raises(ConfigError, match=r"place\.latitude"):
        config_from_dict({"place": {"latitude": 91}})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What time will it be in ninety minutes?", "It will be four fifty PM."),
        ("What time is it in an hour?", "It will be four twenty PM."),
        ("What time was it three hours ago?", "It was twelve twenty PM."),
        (
            "What time will it be in ten hours?",
            "It will be one twenty AM on Thursday, March fifth.",
        ),
    ],
)
def test_the_time_after_and_before_a_while(tmp_path: Path, text: str, answer: str) -> None:
    talking = Talking(tmp_path)
    assert talking.say(text).answer == answer
    talking.close()
