"""The user's calendar: what is on, when something is, what comes next. It is only read.

Pure but for reading the calendar's files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from assistant.language.en.clock import say_time
from assistant.language.en.items import count_things, find_item, item_key, join_items
from assistant.language.en.moments import say_day
from assistant.language.slots import Clock, on_clock
from assistant.talk.calendar_file import CalendarError, Event
from assistant.talk.flow import Say, flow
from assistant.talk.request import Request
from assistant.talk.tool import Here
from assistant.talk.tools.wording import capital, said

NO_CALENDAR = "No calendar is set up. You can name one in the configuration, as calendar path."
READ_ONLY = "I can only read the calendar, not change it."
NOTHING_NEXT = "There is nothing in your calendar for the next four weeks."
MOST_TOLD = 6
AHEAD_DAYS = 366
"""So far ahead an event is looked for by its name."""
NEXT_DAYS = 28

_Period = Literal[
    "this week", "the week", "my week", "next week", "this weekend", "the weekend", "weekend",
    "next weekend", "on the weekend",
    "this month", "next month", "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december", "the rest of the week",
    "the next few days", "the coming days", "the next days",
    "the coming week",
]  # fmt: skip
_DAY = "[for|on] {day}"
_PERIOD = "[for|on|over|in|during|at] {period}"
_WHEN = f"({_PERIOD}|{_DAY})"
_THING = (
    "(my|the|our) [work|family|personal|whole|full|google]"
    " (calendar|agenda|schedule|diary|day planner)"
)
_EVENTS = "(events|appointments|meetings|plans|engagements|things)"
_BUSY = "(on|planned|scheduled|going on|coming up|lined up|booked)"
_Vague = Literal["going on", "happening", "up"]


@flow(
    f"what is [{_BUSY}|up|happening|up next] [on|in] {_THING} [look like|looking like|like] "
    f"[{_WHEN}]",
    f"what is [{_BUSY}] {_WHEN} [(on|in) {_THING}]", f"what is up {_WHEN} (on|in) {_THING}",
    f"what is {{vague}} [with me] {_WHEN}", f"what is {{vague}} (on|in) {_THING} {_WHEN}",
    f"what [else] (do i|have i|do we|have we) (have|got|have got) [{_BUSY}] [on|in] [{_THING}] "
    f"{_WHEN}",
    f"(do i|have i|do we|have we) (have|got) (anything|something|any plans|any {_EVENTS}|"
    f"{_EVENTS}|much) [{_BUSY}] [on|in] [{_THING}] {_WHEN}",
    f"[is there|do i have|are there] (anything|something|any {_EVENTS}) [{_BUSY}] (on|in) "
    f"{_THING} [{_WHEN}]",
    f"am i [free|busy|available|booked|doing anything|doing something] {_WHEN}",
    f"what am i doing {_WHEN}", f"(do i need|do i have) to be anywhere {_WHEN}",
    f"is {_THING} [all] (clear|free|open|busy|full|empty|packed) [{_WHEN}]",
    f"(what|which|how many) {_EVENTS} (do i have|are there|have i got|are) [scheduled|planned|"
    f"coming up] [(on|in) {_THING}] [{_WHEN}]", f"are there any {_EVENTS} {_WHEN}",
    f"(show|read|tell|give|check|open|pull up|see|hear|look at|look up|go over|go through|view|"
    f"list) [me] [out] [what is] [all] [of] [my|the] [{_EVENTS}] [that are] [on|in|from] {_THING} "
    f"[{_WHEN}]",
    f"(show|read|tell|give|check|see|hear|go over|list) [me] [all] [of] my {_EVENTS} [{_WHEN}]",
    f"(show|read|tell|give|check|see) [me] what i have [{_BUSY}] {_WHEN}",
    f"tell me about my (day|week|plans|schedule) [{_WHEN}]", "what does {day} look like [for me]",
    "what does {period} look like [for me]",
    f"(what|how) (does|will|is) (my day|my week|{_THING}) (look|look like|looking) [like] "
    f"[{_WHEN}]", f"how (busy|full) (am i|is {_THING}) [{_WHEN}]",
    f"what are my {_EVENTS} [{_WHEN}]", f"{_THING} [{_WHEN}]",
    "(todays|tomorrows) (schedule|agenda|events|appointments|plans)",
    f"(is there|do i have|have i got) (a|an) (appointment|event|meeting) [{_BUSY}] [(on|in) "
    f"{_THING}] {_WHEN}",
    f"(is there|do i have|have i got) (a|an) (appointment|event|meeting) {_BUSY} [(on|in) "
    f"{_THING}]",
    f"(is there|do i have|have i got|are there) (anything|something|any plans|any {_EVENTS}) "
    f"{_BUSY} [{_WHEN}]",
    name="calendar.read",
    from_outside=True,
    examples=[
        "what's on tomorrow", "what is on my calendar today", "do i have anything on monday",
        "am i free on friday",
        "what do i have planned this weekend", "read me my schedule for tomorrow",
        "what appointments do i have",
        "is there anything on my calendar next week", "show me my agenda",
        "what does my day look like on tuesday",
        "check my calendar for friday", "what are my plans for tomorrow", "am i busy tomorrow",
    ],
    fixed=[NO_CALENDAR],
)  # fmt: skip
def read(
    here: Here,
    day: date | None = None,
    period: _Period | None = None,
    vague: _Vague | None = None,
) -> str | Say | None:
    """Tell what is in your calendar on a day or in a week."""
    words = here.request.canonical
    is_named = bool(_NAMED.search(words))
    if vague is not None and day in (None, here.now.date()) and period is None and not is_named:
        return None  # "what's going on today" asks for the news
    if day is None and period is None:
        day = here.now.date() + timedelta(days=1 if words.startswith("tomorrows") else 0)
    if not here.services.calendar.is_set_up:
        return NO_CALENDAR
    first, last = (day, day) if day is not None else _span(period or "", here.now.date())
    begin = on_clock(first, Clock(0), here.now)
    end = on_clock(last + timedelta(days=1), Clock(0), here.now)
    try:
        events = here.services.calendar.events(begin, end)
    except CalendarError as error:
        return _sorry(error)
    if first <= here.now.date() <= last:
        events = tuple(one for one in events if one.end > here.now)
    return _told(events, here.now, first, period)


_NAMED = re.compile(r"\b(?:calendar|agenda|schedule|diary|planner)\b")


def _span(period: str, today: date) -> tuple[date, date]:
    """The first and the last day; a week ends on Sunday, and this one begins today."""
    sunday = today + timedelta(days=6 - today.weekday())
    if period in ("this week", "the week", "my week", "the rest of the week"):
        return today, sunday
    if period.endswith("month") or period in _MONTHS:
        return _month(period, today)
    if period == "next week":
        return sunday + timedelta(days=1), sunday + timedelta(days=7)
    if "weekend" in period:
        later = timedelta(days=7 if period.startswith("next") else 0)
        return max(today, sunday - timedelta(days=1)) + later, sunday + later
    return today, today + timedelta(days=6)


_MONTHS = (
    "january february march april may june july august september october november december".split()
)


def _month(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of a month, of this one from today on."""
    month = _MONTHS.index(period) + 1 if period in _MONTHS else today.month
    month = month % 12 + 1 if period == "next month" else month
    first = date(today.year + (month < today.month), month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return max(first, today), last


def _told(events: Sequence[Event], now: datetime, first: date, period: str | None) -> Say:
    when = say_day(first, now.date()) if period is None else period.removeprefix("on ")
    if not events:
        more = " more" if period is None and first == now.date() else ""
        return said(f"You have nothing{more} in your calendar {when}.")
    told = [_named(one, now, with_day=period is not None) for one in events[:MOST_TOLD]]
    rest = f" And {count_things(len(events) - MOST_TOLD)} more." if len(events) > MOST_TOLD else ""
    return said(f"You have {count_things(len(events))} {when}: {join_items(told)}.{rest}")


def _named(event: Event, now: datetime, *, with_day: bool) -> str:
    """ "the dentist at nine AM", "a holiday, all day", with the day where several are told."""
    day = f" {say_day(event.start.date(), now.date())}" if with_day else ""
    if event.is_all_day:
        days = (event.end.date() - event.start.date()).days
        until = f" until {(event.end - timedelta(days=1)):%A}" if days > 1 else " all day"
        return f"{event.title}{day}{until}"
    return f"{event.title}{day} at {say_time(event.start)}"


def _sorry(error: CalendarError) -> Say:
    step = f" {capital(error.next_step)}." if error.next_step else ""
    return said(f"Sorry, {error.what}.{step}")


# -- when something is ---------------------------------------------------------------------------

_OWN = re.compile(r"(?:my|our) |.* (?:appointment|meeting|in my calendar|on my calendar)$")
_KIND = re.compile(
    r"(?:^| )(?:appointment|meeting|date|visit|session|in my calendar|on my calendar)$"
)


@flow(
    "(what time|when) is [my|the|our] {title} {day}",
    "when (is|are|do i have) [my|the|our] [next] {title}",
    "(what time|which day|what day|at what time|on what day) (is|are|do i have) [my|the|our] "
    "[next] {title}",
    "do i have [a|an|the|my|any] {title} (on|in) my calendar",
    "when do i (go to|have to go to|have to be at|need to be at|see|meet) [my|the|our] {title}",
    "(is|are) [my|the|our] {title} {day}",
    "do i (have|see|meet) [a|an|the|my|any] {title} {day}",
    "where is [my|the|our] [next] {title} appointment",
    "at what time is [my|the|our] {title}",
    "(what time|when|at what time) does [my|the|our] {title} (start|begin)",
    name="calendar.when",
    from_outside=True,
    examples=[
        "when is my dentist appointment", "when is the dentist", "what time is the team meeting",
        "when do i see the doctor",
        "what day is my haircut", "is the recital on friday", "when is yoga",
        "do i have a physio appointment on monday",
        "when are the parent teacher meetings", "which day is book club",
    ],
)  # fmt: skip
def when(here: Here, title: str | None = None, day: date | None = None) -> str | Say | None:
    """Tell when something in your calendar is."""
    if title is None:
        return None
    if item_key(title) in _ANY_EVENT or _NO_TITLE.search(title.lower()):
        return None
    is_own = bool(_OWN.match(_after_verb(here.request.words))) or bool(_KIND.search(title.lower()))
    if not here.services.calendar.is_set_up:
        is_visit = item_key(title) in _VISITS
        return NO_CALENDAR if is_visit or (is_own and _KIND.search(title.lower())) else None
    wanted = _KIND.sub("", title.lower()) or title
    try:
        events = here.services.calendar.events(here.now, here.now + timedelta(days=AHEAD_DAYS))
    except CalendarError as error:
        return _sorry(error) if is_own else None
    titles = list(dict.fromkeys(item_key(one.title) for one in events))
    at = find_item(wanted, titles)
    found = [one for one in events if at is not None and item_key(one.title) == titles[at]]
    if not found:
        return said(f"I find no {wanted} in your calendar.") if is_own else None
    all_found = found
    if day is not None:
        found = [
            one
            for one in found
            if one.start.date() <= day < one.end.date() or one.start.date() == day
        ]
        if not found:
            return said(f"No. {_dated(all_found[0], here.now)}.")
        return said(f"Yes. {_dated(found[0], here.now)}.")
    return said(f"{_dated(found[0], here.now)}{_at(found[0])}.")


def _dated(event: Event, now: datetime) -> str:
    """ "Dentist is tomorrow at nine AM"."""
    rest = _named(event, now, with_day=True).removeprefix(event.title)
    verb = "began" if event.start.date() < now.date() else "is"
    return f"{capital(event.title)} {verb}{rest}"


_VISITS = frozenset("dentist doctor haircut hairdresser physio therapist vet".split())
"""Where people go by appointment."""
_NO_TITLE = re.compile(r"^(?:it|this|that|he|she|they|there)\b| and (?:what|how|when|where) ")
_ANY_EVENT = frozenset("event appointment meeting thing entry next".split())


def _after_verb(words: str) -> str:
    found = re.search(r"(?:\b(?:is|are|have|see|meet|to|at) )(.*)", words)
    return found[1] if found else words


def _at(event: Event) -> str:
    return f", {event.place}" if event.place else ""


@flow(
    f"(what|when|which|where) is (my|the) next (appointment|meeting|event|thing|entry) [on "
    f"{_THING}|in "
    f"{_THING}]", "what is my next appointment",
    f"what [event|appointment|meeting|thing] (is|comes) [up] next [(on|in) {_THING}]",
    f"what is (coming up|next) (on|in) {_THING}", "what is coming up [for me]",
    "(tell|read|show) me my next (appointment|meeting|event)",
    "my next (appointment|meeting|event)", "what do i have [coming up] next",
    "do i have [any|an] (upcoming|coming) (appointments|appointment|events|event|meetings|meeting)",
    "what are my (upcoming|next|coming) (appointments|events|meetings)",
    f"what do i have [coming up] next (on|in) {_THING}",
    f"what is coming up next [(on|in) {_THING}]",
    name="calendar.next",
    from_outside=True,
    examples=[
        "what's my next appointment", "what is next on my calendar", "when is my next meeting",
        "what's coming up",
        "what do i have next", "do i have any upcoming appointments", "tell me my next event",
        "which event comes next",
    ],
    fixed=[NO_CALENDAR, NOTHING_NEXT],
)  # fmt: skip
def upcoming(here: Here) -> str | Say:
    """Tell what comes next in your calendar."""
    if not here.services.calendar.is_set_up:
        return NO_CALENDAR
    try:
        events = here.services.calendar.events(here.now, here.now + timedelta(days=NEXT_DAYS))
    except CalendarError as error:
        return _sorry(error)
    timed = [one for one in events if one.start >= here.now]
    if not timed:
        return NOTHING_NEXT
    return said(f"Next is {_named(timed[0], here.now, with_day=True)}{_at(timed[0])}.")


# -- what it does not do -------------------------------------------------------------------------

_WRITING = re.compile(
    r"(?:add|put|remove|delete|cancel|create|clear|mark|erase|enter|insert|place|take|wipe|move|"
    "change|write|make"
    r"|set|schedule|book|reschedule|save|update|edit|drop|get rid of|block|include|pencil|note|"
    "postpone|empty) "
    r".*?\b(?:calendar|agenda|diary|my schedule)\b.*"
)
_TOLD_AND_PUT = re.compile(
    r"(?:i|we) (?:have|got|have got|made|am having|are having) (?:an?|my|the|our) (?:\S+ )*?"
    r"(?:appointment|meeting|dinner|lunch|interview|session|exam|class|visit|call|party|game|match)"
    r" .*?\b(?:put|add|enter|mark|schedule|book|save|pencil|write|note) (?:it|that|this)"
    r" (?:in|on|for|to|into|as)\b(?! (?:my|the|our|a) (?:\S+ ){0,3}(?:list|notes?)\b).*"
)
""" "I have an appointment on the fifth, put it on for five PM"."""
_NO_CALENDAR_OF_MINE = re.compile(
    r"\b(?:year|moon|chinese|lunar|gregorian|mayan|advent|why|how|who)\b"
)


def _writes(request: Request) -> Mapping[str, Any] | None:
    words = request.words
    writes = _WRITING.fullmatch(words) or _TOLD_AND_PUT.fullmatch(words)
    return {} if writes and not _NO_CALENDAR_OF_MINE.search(words) else None


@flow(
    name="decline.calendar",
    reads=_writes,
    examples=[
        "add the dentist to my calendar", "put dinner with tom on my calendar for friday",
        "delete the meeting from my calendar",
        "clear my calendar for tomorrow", "move lunch to one on my calendar",
        "create a calendar event",
        "mark my birthday in the calendar", "remove yoga from my agenda",
    ],
    fixed=[READ_ONLY],
)  # fmt: skip
def write() -> str:
    """Say that I can't change your calendar."""
    return READ_ONLY
