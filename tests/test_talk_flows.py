"""Flows in a conversation: questions, answers of every type, interruptions, corrections, tools.

The whole text layer runs, with its hands, and no model; the clock is moved by hand.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.errors import AssistantError
from assistant.flows import (
    Ask,
    Call,
    Change,
    Clock,
    Confirm,
    Flow,
    HandOver,
    Here,
    Say,
    TakeBack,
    choice,
    flow,
    tool,
)
from assistant.messages import ToolCall
from assistant.talk.conversation import Conversation
from assistant.talk.questions import LEFT, NOT_UNDERSTOOD, NOTHING_BEFORE
from assistant.talk.running import CANNOT_UNDO, FAILED, TOO_LONG
from assistant.talk.silent import Committed
from assistant.talk.talk import Talk
from assistant.talk.tools import own_flows

NOW = datetime(2026, 3, 4, 15, 20).astimezone()  # a Wednesday

world: list[Any] = []
"""What tools have done."""
reads: list[str] = []
"""What tools have looked at."""
never = threading.Event()


class Bench:
    """A conversation with a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW
        self.errors: list[str] = []
        self.faults: list[str] = []
        self.hands = HandsThread(lambda effect, error, sentence: self.errors.append(sentence))
        self.conversation: Conversation = make_conversation(
            Config(),
            None,
            services=make_services(Config()),
            hands=self.hands,
            now=lambda: self.now,
        )
        self.conversation.flows.on_fault = lambda flow, error: self.faults.append(str(error))

    def begin(self) -> None:
        """As if it were new."""
        self.now = NOW
        self.errors.clear()
        self.faults.clear()
        ours = (one for one in globals().values() if isinstance(one, Flow))
        self.conversation.flows.exchange(
            tuple(dataclasses.replace(one, is_users=True) for one in ours)
        )
        self.conversation.change(lambda talk: Talk())
        for done in (world, reads):
            done.clear()

    def say(self, text: str) -> str:
        """One turn; what is answered."""
        self.turn = self.conversation.converse(text)
        return self.turn.answer

    @property
    def name(self) -> str:
        assert self.turn.decision is not None
        return self.turn.decision.name

    @property
    def waiting(self) -> list[str]:
        """The flows with an open question, the newest last."""
        return [run.flow for run in self.conversation.talk.waiting]


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    made = Bench()
    yield made
    never.set()
    made.hands.close()


@pytest.fixture
def bench(shared: Bench) -> Bench:
    shared.begin()
    return shared


# -- the flows under test ------------------------------------------------------------------------


@tool(writes=True, undo=lambda here, row: world.remove(row))
def book(day: date, clock: Clock) -> tuple[date, Clock]:
    world.append((day, clock))
    return day, clock


@flow("book (a|the) visit [on {day}] [at {clock}]", name="t.visit")
def visit(day: date | None = None, clock: Clock | None = None) -> Iterator[Any]:
    day = day or (yield Ask("For which day?", date, retry="Which day of the week shall it be?"))
    clock = clock or (yield Ask("At what time?", Clock))
    if not (yield Confirm(f"{day:%A} at {clock.hour}, shall I book it?")):
        yield Say("Then not.")
        return
    yield Call(book, day=day, clock=clock)
    yield Say(f"Booked for {day:%A}.")


def _asking(kind: Any) -> Callable[[], Iterator[Any]]:
    def ask() -> Iterator[Any]:
        value = yield Ask("What is it?", kind)
        yield Say(f"It is {value!r}.")

    return ask


ask_date = flow("ask for a date", name="t.date")(_asking(date))
ask_clock = flow("ask for a clock", name="t.clock")(_asking(Clock))
ask_length = flow("ask for a length", name="t.length")(_asking(timedelta))
ask_int = flow("ask for a whole number", name="t.int")(_asking(int))
ask_float = flow("ask for any number", name="t.float")(_asking(float))
ask_choice = flow("ask for a choice", name="t.choice")(_asking(["small", "very large"]))
ask_literal = flow("ask for a literal", name="t.literal")(_asking(Literal["red", "blue"]))
ask_mapping = flow("ask for a mapping", name="t.mapping")(_asking({"one way": 1, "return": 2}))
ask_milk = flow("ask for a milk", name="t.milk")(_asking(["milk", "skim milk", "soy milk"]))
ask_text = flow("ask for a text", name="t.text")(_asking(str))
ask_yes = flow("ask for a yes", name="t.yes")(_asking(bool))


ask_syrup = flow("ask for a syrup", name="t.syrup")(_asking(["none", "vanilla"]))


@flow("two (numbers|figures)", name="t.two")
def two_numbers() -> Iterator[Any]:
    first = yield Ask("The first?", int)
    second = yield Ask("The second?", int)
    yield Say(f"{first} and {second}.")


@tool
def look_up(what: str) -> str:
    reads.append(what)
    return f"{what} {len(reads)}"


@tool(writes=True, sure=True, undo=lambda here, row: world.remove(row))
def put(what: str) -> str:
    world.append(what)
    return what


@tool(writes=True, sure=True)
def put_for_good(what: str) -> None:
    world.append(what)


@flow("put {what} away [{minutes} minutes]", name="t.put")
def put_away(what: str = "", minutes: int | None = None) -> Iterator[Any]:
    yield Call(put, what=f"{what} {minutes}")
    yield Say("Done.")


@flow("pack the bag", name="t.pack")
def pack() -> Iterator[Any]:
    yield Call(put, what="bag")
    city = yield Ask("For which city?", ["Paris", "Rome"])
    found = yield Call(look_up, what=city)
    yield Call(put, what=f"map of {found}")
    nights = yield Ask(f"How many nights in {found}?", int)
    yield Call(put, what=f"{nights} shirts")
    yield Say(f"Packed for {found}, {nights} nights.")


@flow("burn the letter", name="t.burn")
def burn() -> Iterator[Any]:
    number = yield Ask("How many?", int)
    yield Call(put_for_good, what=f"{number} burnt")
    again = yield Ask("And of the others?", int)
    yield Say(f"{number} and {again}.")


@tool(writes=True)
def breaks() -> None:
    raise ValueError("broken")


@tool(writes=True)
def refuses() -> None:
    raise AssistantError("the printer is off")


@tool(writes=True, limit_s=0.05)
def hangs() -> None:
    never.wait(20)


@tool(writes=True, apology="The kettle did not listen.")
def apologises() -> None:
    raise OSError


@tool
def cannot_read() -> None:
    raise ValueError("no reading")


@flow("break [the] {which}", name="t.break")
def break_it(
    which: Literal["tool", "printer", "wheel", "kettle", "reading"] = "tool",
) -> Iterator[Any]:
    tools = {"tool": breaks, "printer": refuses, "wheel": hangs, "kettle": apologises}
    yield Call(tools.get(which, cannot_read))
    yield Say("It worked.")


@flow("raise an error", name="t.raise")
def raises() -> str:
    raise RuntimeError("my own fault")


@flow("raise it later", name="t.later")
def raises_later() -> Iterator[Any]:
    yield Ask("Shall I?", bool)
    raise RuntimeError("my own fault")


@flow("yield (nonsense|rubbish)", name="t.nonsense")
def nonsense() -> Iterator[Any]:
    yield 42


@flow("return (nonsense|rubbish)", name="t.number")
def returns_nonsense() -> Any:
    return 42


@flow("talk without end", name="t.endless")
def endless() -> Iterator[Any]:
    while True:
        yield Say("and")


@flow("turn in circles", name="t.circles")
def circles() -> str:
    while True:
        pass


@flow("leave the program", name="t.exit")
def leaves() -> str:
    raise SystemExit(3)


@flow("tell me the hour please", name="t.hand")
def hands_over() -> Iterator[Any]:
    yield HandOver("what time is it")


@flow("ask whom to greet", name="t.hand_later")
def hands_over_later() -> Iterator[Any]:
    who = yield Ask("Whom?", str)
    yield HandOver(f"ask for a {who}")


@flow("pass it on", name="t.pass_1")
def passes_on() -> Iterator[Any]:
    yield HandOver("pass it back")


@flow("pass it back", name="t.pass_2")
def passes_back() -> Iterator[Any]:
    yield HandOver("pass it on")


@flow("say and hand over", name="t.hand_said")
def says_and_hands_over() -> Iterator[Any]:
    yield Say("First this.")
    yield HandOver("what time is it")


@flow("what did i ask for", name="t.declines")
def declines() -> None:
    return None


@flow("call me {who}", name="t.name")
def call_me(who: str = "") -> Iterator[Any]:
    yield Change(lambda talk: talk.with_fact("name", who))
    yield Say(f"Hello {who}.")


@flow("undo that visit", name="t.undo")
def undo() -> Iterator[Any]:
    yield TakeBack()
    yield Say("Taken back.")


@flow("guess a number", name="t.guess")
def guess(here: Here) -> Iterator[Any]:
    secret = here.chance().randint(1, 1000)
    yield Ask(f"{secret}?", bool)
    yield Say(f"{secret}, {here.request.text}")


# -- typed answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said", "value"),
    [
        ("ask for a date", "On Friday.", date(2026, 3, 6)),
        ("ask for a date", "tomorrow", date(2026, 3, 5)),
        ("ask for a date", "I think on Friday would be best", date(2026, 3, 6)),
        ("ask for a clock", "at half past six in the evening", Clock(18, 30)),
        ("ask for a clock", "six", Clock(6, 0, is_exact=False)),
        ("ask for a length", "Ten minutes, please.", timedelta(minutes=10)),
        ("ask for a length", "make it an hour and a half", timedelta(minutes=90)),
        ("ask for a whole number", "Twenty-three.", 23),
        ("ask for a whole number", "I would say twelve of them", 12),
        ("ask for any number", "It is 2.5.", 2.5),
        ("ask for a choice", "Very large.", "very large"),
        ("ask for a choice", "the first one", "small"),
        ("ask for a choice", "the large one", "very large"),
        ("ask for a literal", "blue", "blue"),
        ("ask for a mapping", "a return please", 2),
        ("ask for a milk", "some soy milk in it", "soy milk"),
        ("ask for a milk", "a bit of skin milk", "skim milk"),
        ("ask for a text", "Aunt Mary-Lou's recipe", "Aunt Mary-Lou's recipe"),
        ("ask for a yes", "Sure.", True),
        ("ask for a yes", "No, thanks.", False),
    ],
)
def test_an_answer_comes_as_a_value_of_its_type(
    bench: Bench, asked: str, said: str, value: object
) -> None:
    assert bench.say(asked) == "What is it?"
    assert bench.say(said) == f"It is {value!r}."
    assert bench.waiting == []


def test_all_slots_at_once_leave_no_question(bench: Bench) -> None:
    assert bench.say("Book a visit on Friday at 6 pm.") == "Friday at 18, shall I book it?"
    assert world == []
    assert bench.say("Yes.") == "Booked for Friday."
    assert world == [(date(2026, 3, 6), Clock(18))]


def test_one_question_after_the_other(bench: Bench) -> None:
    assert bench.say("Book a visit.") == "For which day?"
    assert bench.say("Tomorrow.") == "At what time?"
    assert bench.say("At six pm.") == "Thursday at 18, shall I book it?"
    assert bench.say("Better not.") == "Then not."
    assert (world, bench.waiting) == ([], [])


# -- not understood, left, expired ---------------------------------------------------------------


def test_a_retry_has_another_wording_and_ends_politely(bench: Bench) -> None:
    bench.say("Book a visit.")
    retry = "Which day of the week shall it be?"
    answers = [bench.say(text) for text in ("Purple.", "Bananas.", "Bicycles.")]
    assert answers == [retry, retry, LEFT]
    assert bench.waiting == []


def test_without_another_wording_the_question_is_repeated(bench: Bench) -> None:
    bench.say("ask for a length")
    assert bench.say("Purple.") == f"{NOT_UNDERSTOOD} What is it?"
    assert bench.say("Ten minutes.") == f"It is {timedelta(minutes=10)!r}."


def test_each_question_has_its_own_tries(bench: Bench) -> None:
    bench.say("Book a visit.")
    bench.say("Purple.")
    bench.say("Purple.")
    bench.say("Tomorrow.")
    assert bench.say("Purple.").startswith(NOT_UNDERSTOOD)


def test_an_open_question_expires(bench: Bench) -> None:
    bench.say("ask for a text")
    bench.now += timedelta(seconds=61)
    assert "It is" not in bench.say("Purple bananas.")
    assert bench.waiting == []


def test_a_question_is_open_until_then_and_anew_when_repeated(bench: Bench) -> None:
    bench.say("ask for a length")
    bench.now += timedelta(seconds=59)
    bench.say("What time is it?")
    bench.now += timedelta(seconds=59)
    assert bench.say("Ten minutes.").startswith("It is")


@pytest.mark.parametrize("words", ["Never mind.", "Cancel.", "Forget it.", "Stop."])
def test_a_word_ends_it_anywhere(bench: Bench, words: str) -> None:
    bench.say("Book a visit.")
    bench.say("Tomorrow.")
    bench.say(words)
    assert bench.name in ("talk.cancel", "talk.stop")
    assert bench.waiting == []
    assert "18" not in bench.say("Six pm.")


@pytest.mark.parametrize("kind", ["length", "choice", "text", "date"])
@pytest.mark.parametrize("words", ["Nothing, thanks.", "No, thank you.", "None of them."])
def test_whoever_wants_nothing_is_left(bench: Bench, kind: str, words: str) -> None:
    bench.say(f"ask for a {kind}")
    assert bench.say(words) == LEFT
    assert bench.waiting == []


def test_two_of_the_choices_are_none(bench: Bench) -> None:
    bench.say("ask for a mapping")
    assert bench.say("One way and return.").startswith(NOT_UNDERSTOOD)


def test_a_choice_within_another_question_is_no_answer(bench: Bench) -> None:
    bench.say("ask for a literal")
    assert bench.say("Who wrote the book about the red planet?").endswith(" What is it?")
    assert bench.say("I think the red one is better.") == "It is 'red'."


def test_none_may_be_a_choice(bench: Bench) -> None:
    bench.say("ask for a syrup")
    assert bench.say("None.") == "It is 'none'."


def test_a_text_that_a_flow_reads_and_declines_is_an_answer(bench: Bench) -> None:
    bench.say("ask for a text")
    assert bench.say("What did I ask for?") == "It is 'What did I ask for'."


# -- interrupted ---------------------------------------------------------------------------------


def test_another_request_is_answered_and_the_question_asked_again(bench: Bench) -> None:
    bench.say("Book a visit.")
    assert bench.say("What time is it?") == "It's three twenty PM. For which day?"
    assert bench.name == "time.now"
    assert bench.say("Tomorrow.") == "At what time?"


def test_a_request_that_has_a_value_in_it_is_no_answer(bench: Bench) -> None:
    bench.say("ask for a date")
    assert bench.say("What day is it tomorrow?") == "Tomorrow is Thursday, March fifth. What is it?"


def test_a_question_with_a_number_in_it_is_no_number(bench: Bench) -> None:
    bench.say("ask for a whole number")
    assert bench.say("Who won the cup in 1966?").endswith(" What is it?")
    assert bench.say("Can we say 1966?") == "It is 1966."


def test_an_open_question_for_the_model_is_no_answer(bench: Bench) -> None:
    bench.say("Book a visit.")
    answer = bench.say("Who wrote the first book on gardening?")
    assert bench.name == "model"
    assert answer.endswith(" For which day?")
    assert bench.say("Tomorrow.") == "At what time?"


def test_a_flow_within_a_flow_comes_back_to_the_first(bench: Bench) -> None:
    bench.say("Book a visit.")
    assert bench.say("ask for a length") == "What is it?"
    assert bench.waiting == ["t.visit", "t.length"]
    assert bench.say("Ten minutes.") == f"It is {timedelta(minutes=10)!r}. For which day?"
    assert bench.say("Tomorrow.") == "At what time?"


def test_a_question_is_repeated_twice_and_then_dropped(bench: Bench) -> None:
    bench.say("Book a visit.")
    answers = [bench.say("What time is it?") for _ in range(3)]
    assert answers == [*["It's three twenty PM. For which day?"] * 2, "It's three twenty PM."]
    assert bench.waiting == []


def test_the_same_request_again_begins_anew(bench: Bench) -> None:
    bench.say("Book a visit.")
    bench.say("Tomorrow.")
    assert bench.say("Book a visit on Friday.") == "At what time?"
    assert bench.waiting == ["t.visit"]
    assert bench.say("Six pm.") == "Friday at 18, shall I book it?"


def test_repeat_that_asks_once(bench: Bench) -> None:
    bench.say("Book a visit.")
    assert bench.say("Repeat that.") == "For which day?"
    assert bench.say("Tomorrow.") == "At what time?"


# -- back, over, corrected ------------------------------------------------------------------------


def test_go_back_asks_the_question_before(bench: Bench) -> None:
    bench.say("Book a visit.")
    bench.say("Tomorrow.")
    assert bench.say("Go back.") == "For which day?"
    assert bench.say("On Friday.") == "At what time?"
    bench.say("Go back.")
    assert bench.say("Go back.") == f"{NOTHING_BEFORE} For which day?"


def test_start_over_keeps_what_the_first_request_said(bench: Bench) -> None:
    bench.say("Book a visit on Friday.")
    bench.say("Six pm.")
    assert bench.say("Start over.") == "At what time?"
    assert bench.say("Seven pm.") == "Friday at 19, shall I book it?"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("No, at eight pm.", "Thursday at 20, shall I book it?"),
        ("Wait, make it nine pm.", "Thursday at 21, shall I book it?"),
        ("Actually on Friday.", "Friday at 18, shall I book it?"),
        ("Sorry, I meant Friday.", "Friday at 18, shall I book it?"),
        ("Make it Friday.", "Friday at 18, shall I book it?"),
    ],
)
def test_a_correction_within_a_flow_changes_an_earlier_answer(
    bench: Bench, said: str, asked: str
) -> None:
    bench.say("Book a visit.")
    bench.say("Tomorrow.")
    bench.say("Six pm.")
    assert bench.say(said) == asked
    bench.say("Yes.")
    assert len(world) == 1


def test_a_correction_within_a_flow_changes_a_slot_of_the_request(bench: Bench) -> None:
    bench.say("Book a visit on Friday.")
    assert bench.say("No, on Thursday.") == "At what time?"
    assert bench.say("Six pm.") == "Thursday at 18, shall I book it?"


def test_of_two_numbers_no_means_the_earlier_and_make_it_the_open_one(bench: Bench) -> None:
    bench.say("Two numbers.")
    bench.say("Three.")
    assert bench.say("No, four.") == "The second?"
    assert bench.say("Make it five.") == "4 and 5."


def test_a_correction_right_after_takes_back_and_does_it_anew(bench: Bench) -> None:
    bench.say("Book a visit on Friday at 6 pm.")
    bench.say("Yes.")
    assert bench.say("No, at seven pm.") == "Booked for Friday."
    assert world == [(date(2026, 3, 6), Clock(19))]
    assert bench.say("No, on Thursday.") == "Booked for Thursday."
    assert world == [(date(2026, 3, 5), Clock(19))]


def test_a_correction_of_an_answer_right_after(bench: Bench) -> None:
    for text in ("Book a visit.", "Tomorrow.", "Six pm.", "Yes."):
        bench.say(text)
    assert world == [(date(2026, 3, 5), Clock(18))]
    assert bench.say("No, at seven pm.") == "Booked for Thursday."
    assert world == [(date(2026, 3, 5), Clock(19))]


def test_a_correction_of_a_sure_write(bench: Bench) -> None:
    bench.say("Put tea away five minutes.")
    bench.say("No, six.")
    assert world == ["tea 6"]


def test_a_no_that_corrects_nothing_undoes_nothing(bench: Bench) -> None:
    bench.say("Put tea away five minutes.")
    bench.say("No, that is a shame.")
    assert world == ["tea 5"]


def test_what_has_no_undo_is_not_done_twice(bench: Bench) -> None:
    bench.say("Burn the letter.")
    bench.say("Three.")
    assert bench.say("Start over.") == f"{CANNOT_UNDO} And of the others?"
    assert bench.say("Go back.") == f"{CANNOT_UNDO} And of the others?"
    assert bench.say("Four.") == "3 and 4."
    assert world == ["3 burnt"]


# -- tools ---------------------------------------------------------------------------------------


def test_a_read_is_recorded_and_a_write_runs_once(bench: Bench) -> None:
    bench.say("Pack the bag.")
    assert (world, reads) == (["bag"], [])
    bench.say("Paris.")
    assert world == ["bag", "map of Paris 1"]
    bench.say("What time is it?")
    assert bench.say("Three.") == "Packed for Paris 1, 3 nights."
    assert world == ["bag", "map of Paris 1", "3 shirts"]
    assert set(reads) == {"Paris"}


def test_a_correction_reads_anew_and_does_only_what_depends_on_it(bench: Bench) -> None:
    bench.say("Pack the bag.")
    bench.say("Paris.")
    bench.say("Three.")
    answer = bench.say("No, Rome.")
    assert answer.startswith("Packed for Rome ")
    assert [one.split()[0] for one in world] == ["bag", "map", "3"]
    assert world[1].startswith("map of Rome")


@tool
def count_bags() -> int:
    return len(world)


@flow("count a bag [for {minutes} minutes]", name="t.count")
def count(minutes: int | None = None) -> Iterator[Any]:
    number = yield Call(count_bags)
    yield Call(put, what=f"bag {number} {minutes}")
    yield Say(f"Bag {number} for {minutes}.")


def test_a_correction_does_not_see_what_it_takes_back(bench: Bench) -> None:
    assert bench.say("Count a bag for five minutes.") == "Bag 0 for 5."
    assert bench.say("No, six.") == "Bag 0 for 6."
    assert world == ["bag 0 6"]


def test_a_decision_says_what_was_read_for_it_and_with_what_it_does_something(
    bench: Bench,
) -> None:
    bench.say("Count a bag for five minutes.")
    assert bench.turn.decision is not None
    (read,) = bench.turn.decision.calls
    assert read.ms is not None
    assert dataclasses.replace(read, ms=None) == ToolCall(
        name="test_talk_flows.count_bags", result="0", writes=False
    )
    (effect,) = bench.turn.decision.effects
    done = dataclasses.replace(bench.hands.call_of(effect), ms=None)
    assert done == ToolCall(name="test_talk_flows.put", slots={"what": "bag 0 5"}, result="bag 0 5")


def test_only_what_was_read_for_this_turn_is_named(bench: Bench) -> None:
    named = []
    for text in ("Pack the bag.", "Paris.", "Three."):
        bench.say(text)
        assert bench.turn.decision is not None
        named.append([(call.name, call.slots) for call in bench.turn.decision.calls])
    assert named == [[], [("test_talk_flows.look_up", {"what": "Paris"})], []]


@tool(writes=True)
def fetch(what: str) -> str:
    return what


@flow("fetch and look [at] {what}", name="t.fetch")
def fetch_and_look(what: str = "") -> Iterator[Any]:
    fetched = yield Call(fetch, what=what)
    seen = yield Call(look_up, what=fetched)
    yield Say(seen)


@dataclasses.dataclass(frozen=True)
class Noting(Committed):
    """Keeps what it is told of."""

    noted: list[ToolCall] = dataclasses.field(default_factory=list)

    def note(self, call: ToolCall) -> None:
        self.noted.append(call)


def test_what_is_read_after_a_write_is_noted(bench: Bench) -> None:
    decision = bench.conversation.decide("Fetch and look at maps.")
    assert decision is not None
    speaking = Noting(bench.conversation, lambda: False, lambda mark: None)
    bench.conversation.commit(decision)
    (reply,) = bench.conversation.replies(decision, "", speaking)
    assert reply.text == "maps 1"
    assert [(call.name, call.result) for call in speaking.noted] == [
        ("test_talk_flows.look_up", "maps 1")
    ]


def test_going_back_undoes_only_what_came_after(bench: Bench) -> None:
    bench.say("Pack the bag.")
    bench.say("Paris.")
    assert bench.say("Go back.") == "For which city?"
    assert world == ["bag"]
    bench.say("Rome.")
    assert [one.split()[0] for one in world] == ["bag", "map"]


def test_a_write_waits_for_the_commit(bench: Bench) -> None:
    bench.say("Book a visit on Friday at 6 pm.")
    decision = bench.conversation.decide("Yes.")
    assert decision is not None
    assert decision.waits is not None
    bench.hands.flush(1)
    assert world == []


def test_a_turn_that_goes_on_takes_its_write_back(bench: Bench) -> None:
    bench.say("Book a visit on Friday at 6 pm.")
    before = bench.conversation.talk
    bench.say("Yes.")
    assert len(world) == 1
    assert bench.turn.decision is not None
    bench.conversation.withdraw(bench.turn.decision)
    bench.hands.flush(1)
    assert world == []
    assert bench.conversation.talk.waiting == before.waiting
    assert bench.conversation.talk.last == before.last


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Break the tool.", "Sorry, that did not work."),
        ("Break the printer.", "Sorry, the printer is off."),
        ("Break the wheel.", TOO_LONG),
        ("Break the kettle.", "The kettle did not listen."),
        ("Break the reading.", FAILED),
    ],
)
def test_a_tool_that_fails_is_a_sentence_and_the_talk_goes_on(
    bench: Bench, said: str, answer: str
) -> None:
    assert bench.say(said) == answer
    assert bench.say("What time is it?") == "It's three twenty PM."


@tool(writes=True, undo=lambda here, name: world.remove(name))
def lay(name: str) -> str:
    """Lay a thing on the table; the second one is looked at while it is being laid."""
    world.append(name)
    if name == "fork":
        known.append(talking[0].talk.last.effects)
    return name


seen: list[Any] = []
known: list[tuple[Any, ...]] = []
talking: list[Conversation] = []


def look(talk: Talk) -> Talk:
    """A change that another thread looks on at."""
    other = threading.Thread(target=lambda: seen.append(talking[0].talk.facts))
    other.start()
    other.join(5)
    return talk.with_fact("table", "laid")


@flow("lay the table", name="table.lay")
def lay_table() -> Iterator[Any]:
    """Two writes that are waited for, and changes around them."""
    yield Change(lambda talk: talk.with_fact("guest", "Anna"))
    yield Call(lay, name="knife")
    yield Change(look)
    yield Call(lay, name="fork")
    yield Say("It is laid.")


@pytest.fixture
def at_table(bench: Bench) -> Bench:
    seen.clear()
    known.clear()
    talking[:] = [bench.conversation]
    return bench


def test_nobody_waits_for_the_talk_while_the_code_of_a_flow_runs(at_table: Bench) -> None:
    assert at_table.say("Lay the table.") == "It is laid."
    assert dict(seen[0]) == {"guest": "Anna"}, "another thread has looked meanwhile"
    assert dict(at_table.conversation.talk.facts) == {"guest": "Anna", "table": "laid"}


def test_a_turn_that_goes_on_takes_every_write_back(at_table: Bench) -> None:
    at_table.say("Lay the table.")
    assert world == ["knife", "fork"]
    assert [len(effects) for effects in known] == [2], "the second is known as it begins"
    assert at_table.turn.decision is not None
    at_table.conversation.withdraw(at_table.turn.decision)
    at_table.hands.flush(1)
    assert world == []
    assert dict(at_table.conversation.talk.facts) == {}


# -- flows that do wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("Raise an error.", "my own fault"),
        ("Yield nonsense.", "it yielded 42; yield Say, Ask, Confirm, Call or HandOver"),
        ("Return nonsense.", "it returned 42; return a text or nothing"),
        ("Talk without end.", "it made 500 steps without an end"),
        ("Leave the program.", "it raised SystemExit(3)"),
        ("Say and hand over.", "it said or did something before it handed over"),
    ],
)
def test_a_flow_that_does_wrong_is_a_sentence_and_reported_once(
    bench: Bench, said: str, fault: str
) -> None:
    assert [bench.say(said), bench.say(said)] == [FAILED, FAILED]
    assert bench.faults == [fault]
    assert bench.say("What time is it?") == "It's three twenty PM."


def test_a_flow_that_never_comes_back_is_left_behind(bench: Bench) -> None:
    assert bench.say("Turn in circles.") == FAILED
    assert bench.faults == ["it took longer than 2 s; what takes longer is a tool with writes=True"]
    left = [one for one in threading.enumerate() if one.name == "limited: t.circles"]
    for thread in left:
        thread.join(5)
    assert not any(thread.is_alive() for thread in left)


def test_a_flow_that_fails_after_its_question_keeps_what_waited_before(bench: Bench) -> None:
    bench.say("Book a visit.")
    bench.say("Raise it later.")
    assert bench.say("Yes.") == f"{FAILED} For which day?"
    assert bench.waiting == ["t.visit"]


# -- handing over, declining, changing -----------------------------------------------------------


def test_what_is_handed_over_is_answered_by_another(bench: Bench) -> None:
    assert bench.say("Tell me the hour please.") == "It's three twenty PM."
    assert bench.name == "time.now"


def test_an_answer_may_be_handed_over(bench: Bench) -> None:
    bench.say("Ask whom to greet.")
    assert bench.say("length") == "What is it?"
    assert bench.waiting == ["t.length"]


def test_two_that_hand_over_to_each_other_come_to_an_end(bench: Bench) -> None:
    bench.say("Pass it on.")
    assert bench.name == "model"


def test_a_flow_that_declines_leaves_the_request_to_others(bench: Bench) -> None:
    bench.say("What did I ask for?")
    assert bench.name != "t.declines"


def test_a_change_of_the_talk(bench: Bench) -> None:
    assert bench.say("Call me Sam-Lee.") == "Hello Sam-Lee."
    assert bench.conversation.talk.facts == {"name": "Sam-Lee"}


def test_a_turn_is_taken_back(bench: Bench) -> None:
    bench.say("Put tea away five minutes.")
    assert bench.say("Undo that visit.") == "Taken back."
    bench.hands.flush(1)
    assert world == []


def test_chance_and_request_are_those_of_the_beginning(bench: Bench) -> None:
    secret = bench.say("Guess a number.").rstrip("?")
    assert bench.say("What time is it?") == f"It's three twenty PM. {secret}?"
    assert bench.say("Yes.") == f"{secret}, Guess a number."
    assert bench.say("Guess a number.") != f"{secret}?"


# -- slots anywhere --------------------------------------------------------------------------------

Size = Annotated[str, choice(["small", "medium", "12 ounce", "20 ounce"])]
Roast = Annotated[str, choice(["medium roast", "light roast"])]
Tea = Annotated[str, choice({"tea": "T", "iced tea": "IT", "green tea": "GT"})]


@flow("brew me *", name="t.brew", anywhere=["roast", "size", "tea"])
def brew(size: Size | None = None, roast: Roast | None = None, tea: Tea | None = None) -> Any:
    if tea is None:
        return
    yield Say(f"{size} {roast} {tea}")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Brew me a medium roast iced tea.", "None medium roast IT"),
        ("Brew me a green tea, light roast, twelve ounces.", "12 ounce light roast GT"),
        ("Brew me a small medium rose tea.", "small medium roast T"),
        ("Brew me a 20-ounce ice tea.", "20 ounce None IT"),
        ("Brew me a 25 ounce tea.", "None None T"),
        ("Brew me sum green and tea.", "None None T"),
    ],
)
def test_slots_anywhere_longest_and_nearly_right(bench: Bench, said: str, answer: str) -> None:
    assert bench.say(said) == answer


def test_a_generator_that_ends_at_once_declines(bench: Bench) -> None:
    bench.say("Brew me a song.")
    assert bench.name == "model"


# -- fifty decides of one turn -------------------------------------------------------------------

_BEFORE = st.lists(
    st.sampled_from(
        [
            "Book a visit.", "Tomorrow.", "Six pm.", "Yes.", "No, on Friday.", "Go back.",
            "Pack the bag.", "Paris.", "Three.", "What time is it?", "Start over.", "Never mind.",
            "Put tea away five minutes.", "No, six.", "Raise an error.", "Call me Sam.",
        ]
    ),
    max_size=5,
)  # fmt: skip
_SAID = st.sampled_from(
    [
        "Book a visit on Friday at 6 pm.", "Yes.", "No, Rome.", "No, at seven.", "Go back.",
        "Three.",
        "Start over.", "Put tea away two minutes.", "No, six.", "Call me Ann.", "Undo that visit.",
        "Never mind.", "Break the kettle.", "Raise an error.", "Guess a number.", "Pass it on.",
        "What day is it?", "Paris.", "Six pm.", "Purple.", "Another one.", "Pack the bag.",
    ]
)  # fmt: skip


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=_BEFORE, said=_SAID)
def test_fifty_decides_of_one_turn_leave_no_trace(
    bench: Bench, before: list[str], said: str
) -> None:
    bench.begin()
    for text in before:
        bench.say(text)
    assert _decided_fifty_times(bench, said) == 1


def _rows(bench: Bench) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that the store holds; a table is made when it is first looked at."""
    store = bench.conversation.flows.services.store
    tables = [row[0] for row in store.rows("select name from sqlite_master where type = 'table'")]
    found = {table: store.rows(f"select * from {table}") for table in tables}
    return {table: [tuple(row) for row in rows] for table, rows in found.items() if rows}


def _decided_fifty_times(bench: Bench, said: str) -> int:
    """How many different decisions there were; nothing else may differ."""
    bench.hands.flush(1)
    talk, done, rows = bench.conversation.talk, list(world), _rows(bench)
    decisions = [bench.conversation.decide(said) for _ in range(50)]
    shown = {
        (one.name, one.why, tuple(run.flow for run in one.after.waiting))
        for one in decisions
        if one is not None
    }
    bench.hands.flush(1)
    assert bench.conversation.talk is talk
    assert world == done
    assert _rows(bench) == rows
    return len(shown)


def _sayings() -> list[str]:
    return [text for one in own_flows() for text in one.examples]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.lists(st.sampled_from(_sayings()), max_size=2), said=st.sampled_from(_sayings()))
def test_fifty_decides_over_the_programs_own_flows_leave_no_trace(
    bench: Bench, before: list[str], said: str
) -> None:
    bench.begin()
    bench.conversation.flows.exchange(())
    for text in before:
        bench.say(text)
    assert _decided_fifty_times(bench, said) == 1


def reads_forever(request: Any) -> None:
    if request.canonical.startswith("read forever"):
        never.wait(20)


@flow(reads=reads_forever, name="wrong.reads")
def wrong_reads() -> str:
    """Never reached."""
    return "No."


def test_words_that_a_flow_never_ends_to_read_are_left_behind(bench: Bench) -> None:
    start_s = time.monotonic()
    bench.say("Read forever.")
    assert time.monotonic() - start_s < 15
    assert bench.faults == ["its reads took longer than 2 s"]


@flow("wait for (ever|rain)", name="wrong.waits")
def wrong_waits() -> str:
    """Too slow."""
    reads.append("began")
    never.wait(20)
    return "It rains."


def test_the_takes_of_one_turn_wait_once_for_a_flow_that_hangs(bench: Bench) -> None:
    decided = [bench.conversation.decide("Wait for rain.", turn=7) for _ in range(4)]
    assert [one.replies[0].text for one in decided if one] == [FAILED] * 4
    assert reads == ["began"]
    never.set()
    try:
        (later,) = [bench.conversation.decide("Wait for rain.", turn=8)]
    finally:
        never.clear()
    assert later is not None
    assert later.replies[0].text == "It rains.", "and the next turn tries again"
