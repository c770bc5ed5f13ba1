"""What people say to flows that read their words without templates, and what is nothing said.

Notation as in `language.phrases`; the slots are of the kinds in `SLOTS`. `assistant flows` shows
none of it: the flows themselves take much more. Data; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.language.en.slots import CLOCK, DATE, DURATION, MOMENT, NUMBER, TEXT
from assistant.language.slots import SlotKind

SLOTS: Mapping[str, SlotKind] = {
    "length": DURATION, "clock": CLOCK, "day": DATE, "when": MOMENT, "number": NUMBER,
    "other": NUMBER, "text": TEXT, "thing": TEXT,
}  # fmt: skip

_TIMER = "(the|my) [pasta|egg|tea|kitchen|pizza|laundry|oven] (timer|timers)"
_TIMERS = f"({_TIMER}|all [my|the] timers|both timers)"
_LIST = "(my|the) (shopping|grocery|to do) list"
_NAMED = "(my|the) {thing} list"
_UNITS = (
    "(miles|kilometers|meters|feet|inches|centimeters|yards|pounds|kilograms|grams|ounces|liters"
    "|gallons|cups|pints|quarts|tablespoons|teaspoons|milliliters|degrees|hours|minutes|seconds)"
)
_ONE_UNIT = (
    "(mile|kilometer|meter|foot|inch|yard|pound|kilogram|gallon|liter|cup|pint|quart|tablespoon"
    "|minute|hour|day|week|month|year|century)"
)

SAYINGS: Mapping[str, tuple[str, ...]] = {
    "timer.set": (
        "(set|start|create|make) (a|another|me a) timer [for {length}]",
        "(set|start) (a|another|my) {text} timer for {length}", "[set|start] [a] {length} timer",
        "timer for {length}", "(set|start) a timer for {length} (called|named) {text}",
        "(set|start) a timer", "count down from {length}", "start a {length} countdown",
        "wake me [up] in {length}",
    ),
    "timer.change": (
        "(change|set) the timer to {length}", "make it {length}", "make the timer {length}",
        "change [my|the] timer to {length}",
    ),
    "timer.left": (
        "how (much time|long|much longer) [is left|is there] on the timer",
        "how (much time|long) is left on (the|my) timer",
        "(which|what) timers (are running|do i have)",
        "when does (the|my) timer go off", "(list|show) [me] (my|all|the) timers",
        "check (the|my) timer", "how is (the|my) timer doing",
    ),
    "timer.cancel": (f"(cancel|stop|delete|clear|remove|end) {_TIMERS}", f"turn off {_TIMERS}",
        "cancel the {length} timer", "cancel the {text} timer"),
    "timer.add": (
        "add {length} [more] to (the|my) timer", "add {length}", "add {length} to the {text} timer",
        "extend (the|my) timer by {length}", "{length} more",
    ),
    "timer.take_off": (
        "take {length} off [the|my] timer", "(remove|subtract) {length} from (the|my) timer",
        "(shorten|reduce) (the|my) timer by {length}",
    ),
    "timer.pause": (f"(pause|hold) {_TIMERS}", "pause it", "pause the {text} timer"),
    "timer.resume": (f"(resume|continue|unpause) {_TIMERS}", "resume it"),
    "timer.restart": (f"(restart|reset) {_TIMERS}", "start the timer again"),
    "alarm.set": (
        "(set|add|make) (an|another) alarm [for {when}]",
        "wake me [up] at {when}", "wake me [up] {when}",
        "set (my|the) alarm for {when}", "alarm for {when}", "set an alarm",
    ),
    "alarm.list": (
        "what alarms (are set|do i have)", "when is my [next] alarm", "(list|show) [me] my alarms",
        "what time is my alarm [set for]", "do i have [any|an] (alarm|alarms) [set]",
    ),
    "alarm.cancel": (
        "(cancel|delete|remove|stop|clear) (my|the|all my|all|all the|my next) (alarm|alarms)",
        "turn off (my|the|all) (alarm|alarms)", "turn (my|the) alarm off",
        "cancel (my|the) alarm (for|at) {when}", "cancel (my|the) {when} alarm",
    ),
    "alarm.change": ("(change|move|set) (my|the) alarm to {when}", "make it {when}"),
    "reminder.set": (
        "remind me to {text}", "remind me to {text} (at|on|in) {when}",
        "remind me {when} to {text}", "remind me (at|in|on) {when} to {text}",
        "(set|make|add|create) a reminder [(to|for) {text}]", "remind me about {text}",
    ),
    "reminder.cancel": (
        "(cancel|delete|remove|clear) (my|the|all my|all|my last) (reminder|reminders)",
        "(cancel|delete) the reminder (to|about|for) {text}", "(cancel|delete) the {text} reminder",
    ),
    "reminder.change": (
        "(move|change) (my|the) {text} reminder to {when}", "(move|change) it to {when}",
        "(postpone|delay) (my|the) reminder by {length}",
    ),
    "time.now": ("what time is it", "what is the time", "tell me the time", "what time is it now"),
    "date.near": (
        "what day is it [today|tomorrow]", "what is the date [today|tomorrow]",
        "what is todays date", "what date is it [today]", "what day is (today|tomorrow)",
    ),
    "holiday.when": ("when is {text}", "when is {text} this year"),
    "date.of": ("what (date|day) is {day}", "what is the date (on|of) {day}"),
    "date.until": (
        "how many (days|weeks|months) [are there] [left] until {text}", "how long until {text}",
        "how many days to {text}",
    ),
    "time.zone": ("what time is it in {text}", "what is the time in {text}"),
    "time.difference": ("what is the time difference between {text} and {thing}",),
    "sun.times": (
        "when does the sun (rise|set) [today|tomorrow]",
        "when is (sunrise|sunset) [today|tomorrow]",
        "what time is (sunrise|sunset) [today|tomorrow]",
    ),
    "voice.volume": (
        "(louder|quieter|softer)", "(speak|talk|be) (louder|quieter)", "speak up",
        "turn (up|down) the volume", "turn the volume (up|down)", "volume (up|down)",
        "turn it (up|down)", "(set|change) the volume to {number} [percent]", "(mute|unmute)",
        "mute yourself",
    ),
    "voice.speed": (
        "(speak|talk) (faster|slower|more slowly)", "(slow down|speed up)", "(faster|slower)",
        "talk at normal speed",
    ),
    "sum.calculate": (
        "what is {number} (plus|minus|times|divided by) {other}",
        "how much is {number} (plus|minus|times|divided by) {other}",
        "{number} (plus|minus|times|divided by) {other}", "what is {number} percent of {other}",
        "(multiply|divide) {number} by {other}", "what is the square root of {number}",
        "what is half of {number}", "what is {number} squared", "add {number} and {other}",
        "subtract {number} from {other}", "what is {number} percent off {other}",
    ),
    "unit.convert": (
        f"convert {{number}} {_UNITS} (to|into) {_UNITS}",
        f"how many {_UNITS} (are in|are there in|in|is) {{number}} {_UNITS}",
        f"how many {_UNITS} (are in|are there in|in) (a|an) {_ONE_UNIT}",
        f"what is {{number}} {_UNITS} (in|into) {_UNITS}",
        "what is {number} degrees (fahrenheit|celsius) in (celsius|fahrenheit)",
    ),
    "money.convert": (
        "(what is|how much is|convert) {number} (dollars|euros|pounds) (in|to) "
        "(euros|dollars|pounds)",
    ),
    "list.add": (
        f"(add|put) {{text}} (to|on) {_LIST}", f"(add|put) {{text}} (to|on) {_NAMED}",
        "(add|put) {text} (to|on) (my|the) list",
    ),
    "list.read": (
        f"what is on {_LIST}", f"what is on {_NAMED}", f"read [me] {_LIST}", f"read [me] {_NAMED}",
        "what is on (my|the) list", "what lists do i have",
    ),
    "list.remove": (
        f"(remove|delete|take) {{text}} (from|off) {_LIST}",
        f"(remove|delete|take) {{text}} (from|off) {_NAMED}",
    ),
    "list.clear": (f"(clear|empty) {_LIST}", f"(clear|empty) {_NAMED}"),
    "list.has": (f"is {{text}} on {_LIST}", f"is {{text}} on {_NAMED}"),
    "list.make": ("(make|create|start) a [new] {thing} list", "make a new list"),
    "user.set_name": ("my name is {text}", "call me {text}"),
    "note.add": ("(make|take) a note [that] {text}", "note that {text}"),
    "joke.tell": ("tell [me] (a|another) joke",), "coin.flip": ("flip a coin",),
    "cannot weather": (
        "what is the weather [like] [today|tomorrow|outside]", "how is the weather [today]",
        "will it rain [today|tomorrow]", "what is the temperature [outside|today]",
        "what is the weather forecast [for (today|tomorrow)]",
    ),
    "cannot play": (
        "play [some|the] music", "play {text}", "(stop|pause) the music", "next song",
        "play the radio",
    ),
    "choice.pick": ("(choose|pick|decide) between {text} and {thing}",),
}  # fmt: skip

FIRST = (
    "stop", "yes", "no", "cancel", "pause", "next", "repeat", "repeat that", "never mind",
    "continue", "resume", "louder", "quieter", "snooze", "mute", "okay", "help", "back", "go back",
    "again", "say that again", "start over", "off", "on", "play", "undo", "undo that", "faster",
    "slower", "volume up", "volume down", "what time is it", "hello", "good morning", "good night",
    "good bye", "thanks", "thank you",
)  # fmt: skip
"""The short phrases that are likeliest, the likeliest first: where nothing tells more."""
WHILE_ASKED = ("cancel", "never mind", "go back", "start over", "repeat that", "stop")
"""What can be said to any question."""

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "yes or no": ("yes", "no", "yes please", "no thanks"),
    "half of the day": ("AM", "PM", "in the morning", "in the evening"),
    "which": ("all of them", "the first one", "the second one", "none of them"),
}
"""What is mostly answered to a question of a kind."""

INVENTED = frozenset(
    (
        "thank you|thanks for watching|thank you for watching|thanks|thank you very much|you|bye"
        "|bye bye|thank you so much|thanks for listening|please subscribe|subscribe|the end|so|i"
        "|oh|okay|um|uh|hmm|mm|ah|see you next time|see you in the next video|i will see you"
        "|i will see you next time|i will see you in the next video|music|applause|silence|laughs"
        "|blank audio|foreign|good bye|we will be right back|i am sorry|thank you bye"
    ).split("|")
)
"""What Whisper writes where it hears hardly any words, in canonical words (docs/WHISPER.md)."""

_TWO_LENGTHS = re.compile(
    r"\d+ (?:hours?|minutes?) (?:in|an|on|end|than|at) (?:a )?\d+ (?:minutes?|seconds?)\b"
)


def is_doubtful(canonical: str) -> bool:
    """True for words that a template takes and that nobody says: "3 hours in 10 minutes"."""
    return _TWO_LENGTHS.search(canonical) is not None
