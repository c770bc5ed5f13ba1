"""Lists by voice: what is put on, read, taken off, ticked off and cleared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.language.en.items import find_item, join_items, split_items
from assistant.language.en.list_words import names_things
from assistant.talk.list_store import Lists
from tests.talking import Talking


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


def on(talk: Talking, name: str = "shopping") -> list[str]:
    """The open items of a list."""
    return [one.text for one in Lists(talk.services.store).items(name)]


def names(talk: Talking) -> tuple[str, ...]:
    return Lists(talk.services.store).names()


# -- the words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("milk, eggs and butter", ["milk", "eggs", "butter"]),
        ("milk and eggs", ["milk", "eggs"]),
        ("mac and cheese", ["mac and cheese"]),
        ("salt and pepper and a loaf of bread", ["salt and pepper", "a loaf of bread"]),
        ("bread, mac and cheese, and half and half", ["bread", "mac and cheese", "half and half"]),
        ("Ben & Jerry's and M&Ms", ["Ben & Jerry's", "M&Ms"]),
        ("some more coffee, please", ["coffee"]),
        ("eggs and eggs", ["eggs"]),
        ("milk eggs and bread", ["milk", "eggs", "bread"]),
        ("Milk eggs bread", ["Milk", "eggs", "bread"]),
        ("milk bread butter", ["milk", "bread", "butter"]),
        ("peanut butter bananas and orange juice", ["peanut butter", "bananas", "orange juice"]),
        ("milk eggs", ["milk", "eggs"]),
        ("milk bread", ["milk bread"]),
        ("chocolate milk and eggs", ["chocolate milk", "eggs"]),
        ("egg noodles and apple pie", ["egg noodles", "apple pie"]),
        ("birthday cake candles", ["birthday cake candles"]),
        ("milk eggs and light bulbs", ["milk", "eggs", "light bulbs"]),
        ("salt and pepper", ["salt and pepper"]),
    ],
)
def test_items_are_told_apart(text: str, items: list[str]) -> None:
    """Commas and "and" part them, but not within what is one thing; their spelling is kept."""
    assert split_items(text) == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("call the bank and pick up the shirts", ["call the bank", "pick up the shirts"]),
        ("buy milk and eggs", ["buy milk and eggs"]),
        ("call Anna, pay the rent", ["call Anna", "pay the rent"]),
    ],
)
def test_tasks_are_told_apart_by_their_verbs(text: str, items: list[str]) -> None:
    """In a list of things to do an "and" parts two tasks, not two objects."""
    assert split_items(text, tasks=True) == items


def test_items_are_joined_as_people_do() -> None:
    """With a comma before the last "and" only where an item has an "and" itself."""
    assert join_items(["milk"]) == "milk"
    assert join_items(["milk", "eggs", "butter"]) == "milk, eggs and butter"
    assert join_items(["milk", "mac and cheese"]) == "milk, and mac and cheese"


@pytest.mark.parametrize(
    ("wanted", "keys", "place"),
    [
        ("egg", ["milk", "eggs"], 1),
        ("the tomatoes", ["tomato"], 0),
        ("milk", ["oat milk"], 0),
        ("milk", ["oat milk", "cow milk"], None),
        ("milk", ["oat milk", "milk"], 1),
        ("bread", ["milk"], None),
    ],
)
def test_an_item_is_found_by_what_people_call_it(
    wanted: str, keys: list[str], place: int | None
) -> None:
    """By its words, in singular or plural, or by a part of them that only one has."""
    assert find_item(wanted, keys) == place


# -- put on and read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "items"),
    [
        ("Add milk and eggs to my shopping list.", "shopping", ["milk", "eggs"]),
        ("Put call the bank on my to-do list.", "to-do", ["call the bank"]),
        ("could you add oat milk to the grocery list please", "shopping", ["oat milk"]),
        ("I need batteries on my list", "shopping", ["batteries"]),
        ("My shopping list needs onions.", "shopping", ["onions"]),
        ("add a task to water the plants", "to-do", ["water the plants"]),
        ("Add mow the lawn to my list of things to do", "to-do", ["mow the lawn"]),
        ("to my shopping list add rice", "shopping", ["rice"]),
        ("put Ben & Jerry's on the shopping list", "shopping", ["Ben & Jerry's"]),
        ("add twenty-five candles to my shopping list", "shopping", ["twenty-five candles"]),
        ("stick bananas on the groceries", "shopping", ["bananas"]),
        ("make sure coffee is on the list", "shopping", ["coffee"]),
        ("I need to add vacuuming to my tasks for today", "to-do", ["vacuuming"]),
        ("put that I need flour on my shopping list", "shopping", ["flour"]),
        ("we're out of rice, add it to the list", "shopping", ["rice"]),
        ("I need to buy batteries, put them on my list", "shopping", ["batteries"]),
    ],
)
def test_things_are_put_on_a_list(talk: Talking, text: str, name: str, items: list[str]) -> None:
    """The list that is named, in the user's own spelling."""
    turn = talk.say(text)
    assert turn.decision is not None
    assert turn.decision.name == "list.add"
    assert on(talk, name) == items
    assert turn.answer == f"I've added {join_items(items)} to your {name} list."


def test_a_list_is_read_as_people_do(talk: Talking) -> None:
    """How many, and which."""
    assert talk.says(
        "What's on my shopping list?",
        "Add milk, eggs and butter to my shopping list.",
        "What's on my grocery list?",
        "Take butter off.",
        "I bought the eggs.",
        "read me my shopping list",
    ) == [
        "Your shopping list is empty.",
        "I've added milk, eggs and butter to your shopping list.",
        "You have three things on your shopping list: milk, eggs and butter.",
        "I took butter off your shopping list.",
        "Ticked off: eggs.",
        "You have one thing on your shopping list: milk.",
    ]


def test_a_long_list_is_read_in_portions(talk: Talking) -> None:
    """After six it asks; "no" ends it, "yes" goes on."""
    talk.say("add one, two, three, four, five, six, seven, eight and nine to my shopping list")
    first = talk.say("what's on my shopping list").answer
    assert first == (
        "You have nine things on your shopping list, the first: one, two, three, four, five and "
        "six. Shall I go on?"
    )
    assert talk.say("yes").answer == "Seven, eight and nine."
    talk.say("what's on my shopping list")
    assert talk.say("no").answer == "Okay."


def test_what_is_there_already_is_not_added_twice(talk: Talking) -> None:
    """Neither by the same words nor with an article."""
    talk.say("add milk to my shopping list")
    again = talk.say("add the milk to my shopping list").answer
    assert again == "Milk is on your shopping list already."
    talk.say("add milk and eggs to my shopping list")
    assert on(talk) == ["milk", "eggs"]


def test_without_an_item_it_asks(talk: Talking) -> None:
    """The answer is the item, without the capital of a sentence; "nothing" ends it."""
    assert talk.say("add it to my list").answer == "What shall I add?"
    assert talk.say("Bananas and two lemons.").answer == (
        "I've added bananas and two lemons to your shopping list."
    )
    talk.say("add something to my shopping list")
    assert talk.say("nothing").answer == "Okay, let's leave it."
    assert on(talk) == ["bananas", "two lemons"]


def test_more_is_added_in_the_next_breath(talk: Talking) -> None:
    """ "And butter" belongs to the list that was just used, and to nothing later."""
    talk.say("add milk to my shopping list")
    assert talk.say("and butter").answer == "I've added butter to your shopping list."
    assert talk.say("add jam to it").answer == "I've added jam to your shopping list."
    assert talk.name("and one for five minutes") != "list.add_more"
    talk.say("what time is it")
    assert talk.name("and butter") != "list.add_more"


def test_a_list_to_be_made_is_told_from_a_list_to_be_cleared(talk: Talking) -> None:
    """Words that look alike."""
    for text, name in (
        ("start a new to-do list", "list.make"),
        ("give me my to-do list", "list.read"),
        ("delete everything on my to-do list", "list.clear"),
        ("clear all tasks from my to-do list", "list.clear"),
        ("wipe the whole shopping list", "list.clear"),
    ):
        assert talk.name(text) == name


def test_which_list_is_asked_where_several_are(talk: Talking) -> None:
    """By its name, or by its place."""
    talk.says("add milk to my shopping list", "make a list called camping", "what time is it")
    assert talk.say("add rope to my list").answer == "To which list?"
    assert talk.say("the camping one").answer == "I've added rope to your camping list."
    talk.say("what time is it")
    assert talk.say("add soap to my list").answer == "To which list?"
    talk.say("the first one")
    assert on(talk) == ["milk", "soap"]


def test_the_list_that_was_just_used_is_meant(talk: Talking) -> None:
    """As long as the talk is about lists."""
    talk.says("add milk to my shopping list", "add call Anna to my to-do list")
    assert talk.says("what's on my shopping list", "add jam to the list")[1] == (
        "I've added jam to your shopping list."
    )
    assert talk.says("read me my to-do list", "add pay the rent to the list")[1] == (
        "I've added pay the rent to your to-do list."
    )


@pytest.mark.parametrize(
    "text",
    [
        "What's on it?",
        "read it back",
        "what's on there now",
        "Tell me what's on it",
        "What have I got so far?",
    ],
)
def test_it_is_the_list_right_after_it_was_talked_of(talk: Talking, text: str) -> None:
    assert not talk.name(text).startswith("list.")
    talk.says("add milk to my shopping list", "and eggs", "take the milk off")
    assert talk.say(text).answer == "You have one thing on your shopping list: eggs."
    assert on(talk) == ["eggs"]
    talk.say("what time is it")
    assert not talk.name(text).startswith("list.")


def test_an_unknown_list_is_made_on_request(talk: Talking) -> None:
    """Only after a yes."""
    assert talk.say("add socks to my packing list").answer == (
        "You have no packing list. Shall I make one?"
    )
    assert talk.say("no").answer == "Okay, I've added nothing."
    assert names(talk) == ()
    talk.says("add socks to my packing list", "yes")
    assert (names(talk), on(talk, "packing")) == (("packing",), ["socks"])


# -- ask -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("is milk on my list", "Yes, milk is on your shopping list."),
        ("are eggs on my shopping list", "No, eggs are not on your shopping list."),
        ("did I put milk on the list", "Yes, milk is on your shopping list."),
        ("do I need to buy bread", "No, bread is not on your shopping list."),
        ("is milk and jam on my shopping list", "Milk is on your shopping list, jam not."),
        (
            "is there anything on my shopping list",
            "You have one thing on your shopping list: milk.",
        ),
        ("what do I need to buy", "You have one thing on your shopping list: milk."),
        ("what do I have to do today", "Your to-do list is empty."),
        ("what's on my to-do list for today", "Your to-do list is empty."),
        ("has milk been added to my shopping list", "Yes, milk is on your shopping list."),
        ("which lists do I have", "You have one list: shopping with one thing."),
    ],
)
def test_lists_are_asked(talk: Talking, text: str, answer: str) -> None:
    """Yes, no, and what else there is."""
    talk.say("add milk to my shopping list")
    assert talk.say(text).answer == answer


# -- take off ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("take milk off my shopping list", "list.remove", ["eggs"]),
        ("remove the milk", "list.remove", ["eggs"]),
        ("we don't need milk any more", "list.remove", ["eggs"]),
        ("tick off eggs", "list.tick", ["milk"]),
        ("I've already got the egg", "list.tick", ["milk"]),
        ("mark milk and eggs as done", "list.tick", []),
        ("cross eggs off the list", "list.tick", ["milk"]),
        ("get rid of the milk on my shopping list", "list.remove", ["eggs"]),
        ("I no longer need eggs", "list.remove", ["milk"]),
    ],
)
def test_things_are_taken_off(talk: Talking, text: str, name: str, left: list[str]) -> None:
    """Without a list named, where they are."""
    talk.say("add milk and eggs to my shopping list")
    turn = talk.say(text)
    assert turn.decision is not None
    assert (turn.decision.name, on(talk)) == (name, left)


def test_a_list_is_cleared_after_a_yes(talk: Talking) -> None:
    """And stays as it is after a no."""
    talk.say("add milk and eggs to my shopping list")
    asked = talk.say("clear my shopping list").answer
    assert asked == "Your shopping list has two things on it. Shall I clear it?"
    assert talk.say("no").answer == "Okay, I leave it as it is."
    assert on(talk) == ["milk", "eggs"]
    talk.says("empty the shopping list", "yes")
    assert on(talk) == []
    assert names(talk) == ("shopping",)


@pytest.mark.parametrize("text", ["Clear it.", "delete everything on it", "empty that list"])
def test_it_is_cleared_after_a_yes_only(talk: Talking, text: str) -> None:
    talk.say("add milk to my shopping list")
    assert talk.say(text).answer == "Your shopping list has one thing on it. Shall I clear it?"
    talk.say("no")
    assert on(talk) == ["milk"]
    talk.says(text, "yes")
    assert on(talk) == []


def test_an_own_list_is_deleted_as_a_whole(talk: Talking) -> None:
    """Its name goes with it."""
    talk.says("make a list called camping", "add a tent to it")
    assert talk.say("delete my camping list").answer == (
        "Your camping list has one thing on it. Shall I delete the whole list?"
    )
    assert talk.say("yes").answer == "Your camping list is gone."
    assert names(talk) == ()


def test_a_new_list_of_an_old_name_begins_empty(talk: Talking) -> None:
    """After a question, as it takes something away."""
    talk.say("add milk to my shopping list")
    assert talk.say("start a new grocery list").answer == (
        "Your shopping list has one thing. Shall I clear it?"
    )
    talk.say("yes")
    assert on(talk) == []


# -- what others answer --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "who made the list of Schindler",
        "what is on the wine list",
        "put my name on the waiting list",
        "add my name to the guest list",
        "make a list of countries in Europe",
        "write me a top ten list",
        "what is on the market",
        "what do I have to do to become a doctor",
        "is milk good for you",
        "take my advice",
        "I bought a house",
        "I'm done with the course",
        "remove the brackets",
        "add sugar to my coffee",
        "add five and seven",
        "take two minutes off the timer",
        "who invented the shopping list",
        "why do people make lists",
        "how do I make a linked list in Python",
        "do I need to buy a visa to go to China",
        "what is a to-do list good for",
        "is there life on Mars",
        "put me on your list",
        "take me off the list",
        "clear it",
        "delete everything on it",
    ],
)
def test_other_requests_are_left_alone(talk: Talking, text: str) -> None:
    """Open questions, other lists, and what is on none of them."""
    talk.say("add butter to my shopping list")
    talk.say("what time is it")
    assert not talk.name(text).startswith("list.")


# -- what it leaves behind -----------------------------------------------------------------------

TRIED = (
    "add milk to my shopping list", "take butter off my shopping list", "tick off butter",
    "make a list called camping", "clear my shopping list", "and jam", "add it to my list",
)  # fmt: skip


def test_fifty_previews_leave_no_row(talk: Talking) -> None:
    """Of each request, and of an answer to a question."""
    talk.say("add butter to my shopping list")
    before = (talk.conversation.talk, names(talk), on(talk))
    for _ in range(50):
        for text in TRIED:
            talk.conversation.preview(text)
    assert (talk.conversation.talk, names(talk), on(talk)) == before
    talk.say("clear my shopping list")
    for _ in range(50):
        talk.conversation.preview("yes")
    assert on(talk) == ["butter"]


@pytest.mark.parametrize(
    "text",
    ["add milk to my shopping list", "take butter off", "tick off butter", "make a list called x"],
)
def test_a_withdrawn_turn_is_undone(talk: Talking, text: str) -> None:
    """As if it had never been committed."""
    talk.say("add butter to my shopping list")
    decision = talk.conversation.decide(text)
    assert decision is not None
    talk.conversation.commit(decision)
    assert talk.hands.flush(5.0)
    assert (names(talk), on(talk)) != (("shopping",), ["butter"])
    talk.conversation.withdraw(decision)
    assert talk.hands.flush(5.0)
    assert (names(talk), on(talk)) == (("shopping",), ["butter"])


def test_lists_outlive_the_program(tmp_path: Path) -> None:
    """They are there at the next start."""
    first = Talking(tmp_path)
    first.says("add milk to my shopping list", "make a list called camping")
    first.close()
    second = Talking(tmp_path)
    assert second.say("what's on my shopping list").answer.endswith(": milk.")
    assert names(second) == ("shopping", "camping")
    second.close()


def test_two_copies_add_an_item_once(tmp_path: Path) -> None:
    """Also when both had decided before either wrote."""
    one, other = Talking(tmp_path), Talking(tmp_path)
    decision = other.conversation.decide("add milk and eggs to my shopping list")
    assert decision is not None
    one.say("add milk to my shopping list")
    other.conversation.commit(decision)
    assert other.hands.flush(5.0)
    assert on(one) == ["milk", "eggs"]
    one.close()
    other.close()


# -- what the recogniser made of "add" -----------------------------------------------------------


@pytest.mark.parametrize(
    "heard",
    [
        "and milk and eggs to my shopping list.",
        "had milk and eggs to my shopping list.",
        "Ad milk and eggs to my shopping list.",
        "but milk and eggs on my shopping list.",
    ],
)
def test_add_that_was_misheard_adds(talk: Talking, heard: str) -> None:
    assert talk.say(heard).answer == "I've added milk and eggs to your shopping list."
    assert on(talk) == ["milk", "eggs"]


@pytest.mark.parametrize(
    ("words", "does"),
    [
        ("milk and eggs to my shopping list", True),
        ("egg milk onto the list", True),
        ("let me listen to my shopping list", False),
        ("tell me what i have added to my list", False),
        ("take me to my to do list", False),
        ("is there milk to my list", False),
        ("read my shopping list", False),
        ("read to me my shopping list", False),
        ("what is next to my list", False),
    ],
)
def test_what_names_things_for_a_list_does_not_read_it(words: str, does: bool) -> None:
    assert names_things(words) is does


@pytest.mark.parametrize(
    ("text", "items", "name"),
    [
        ("Remind me to feed the fish, put it on my to-do list.", ["feed the fish"], "to-do"),
        ("Remind me to buy milk and add it to my shopping list.", ["milk"], "shopping"),
        ("Remind me to oil the gate, put it on list of things to do.", ["oil the gate"], "to-do"),
        ("I have a visit at the vet, put it on my to-do list.", ["a visit at the vet"], "to-do"),
    ],
)
def test_what_is_to_go_on_a_list_is_no_reminder(
    talk: Talking, text: str, items: list[str], name: str
) -> None:
    assert talk.say(text).decision.name == "list.add"
    assert on(talk, name) == items
    assert talk.items() == ()


def test_a_reminder_to_add_something_is_a_reminder(talk: Talking) -> None:
    talk.say("Remind me at five PM to add milk to my list.")
    assert [one.name for one in talk.items()] == ["add milk to my list"]


@pytest.mark.parametrize(
    "text",
    [
        "Did I make a note on my to-do list to sweep the yard?",
        "Have I already added an entry to my to-do list about sweep the yard?",
        "Is there a task on my to-do list to sweep the yard?",
        "Is there anything on my to-do list about sweep the yard?",
        "Have I written on my to-do list to sweep the yard?",
    ],
)
def test_whether_it_was_noted_on_a_list(talk: Talking, text: str) -> None:
    assert talk.say(text).answer == "No, sweep the yard is not on your to-do list."
    talk.say("Put sweep the yard on my to-do list.")
    assert talk.say(text).answer == "Yes, sweep the yard is on your to-do list."
