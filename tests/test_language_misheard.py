"""What a recogniser wrote for everyday requests, and requests that must stay as they are."""

from __future__ import annotations

import pytest

from assistant.language.en.corrections import NEVER_MIND, corrected, with_stop_word
from assistant.language.en.misheard import mended
from assistant.language.en.normalise import normalise
from assistant.talk.tools import own_flows


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Set a ten minute time or", "set a 10 minute timer"),
        ("Set to timers for five and ten minutes.", "set 2 timers for 5 and 10 minutes"),
        ("Cancel all times.", "cancel all timers"),
        ("boss my timer", "pause my timer"),
        ("paws the pizza timer", "pause the pizza timer"),
        ("We start the timer.", "restart the timer"),
        ("cancelled the first timer.", "cancel the first timer"),
        ("resume the egg time", "resume the egg timer"),
        ("How long on the time?", "how long on the timer"),
        ("It started a 20-minute timer called Brett.", "start a 20 minute timer called brett"),
        ("at one minute.", "add 1 minute"),
        ("Set in along for 6.45 am.", "set an alarm for 6:45 am"),
        ("Said in a long for eight.", "set an alarm for 8"),
        ("Set an alarm for new.", "set an alarm for noon"),
        ("It's news for 10 minutes.", "snooze for 10 minutes"),
        ("but milk and two lemons on the list.", "put milk and 2 lemons on the list"),
        ("At bread to my shopping list.", "add bread to my shopping list"),
        ("and milk and eggs to my shopping list.", "add milk and eggs to my shopping list"),
        ("And paper towels to the list.", "add paper towels to the list"),
        ("and milk and eggs for my shopping list.", "add milk and eggs to my shopping list"),
        ("and call the bank to my to do list", "add call the bank to my to do list"),
        ("had tomatoes to my shopping list.", "add tomatoes to my shopping list"),
        ("had tomatoes for my shopping list.", "add tomatoes to my shopping list"),
        ("Ad milk to our grocery list.", "add milk to our grocery list"),
        ("At paper towels to the shopping list.", "add paper towels to the shopping list"),
        ("I call the bank to my to do list.", "add call the bank to my to do list"),
        ("but water the plants on my to do list", "put water the plants on my to do list"),
        ("Hook bananas on the grocery list.", "put bananas on the grocery list"),
        ("Change your account to British.", "change your accent to british"),
        ("Use an Australian account, please.", "use an australian accent"),
        ("Can you talk in another account?", "can you talk in another accent"),
        ("divided 90 by 7.", "divide 90 by 7"),
        ("with 72 Fahrenheit in Celsius.", "what is 72 fahrenheit in celsius"),
        ("What's due to the power of 10?", "what is 2 to the power of 10"),
        ("How many grams and an ounce?", "how many grams in an ounce"),
        ("Slipper coin", "flip a coin"),
        ("Start the T for 10 minutes.", "start the tea for 10 minutes"),
        ("A cup of T, please.", "a cup of tea"),
    ],
)
def test_what_was_misheard_is_read_as_it_was_meant(heard: str, meant: str) -> None:
    assert normalise(heard) == meant


@pytest.mark.parametrize(
    "words",
    [
        "what is on my shopping list",
        "what is my account balance",
        "change my account",
        "can i talk to the bank about an account",
        "open a german account number 7",
        "give me your account of the war",
        "what is the time or the date",
        "what time are we leaving",
        "but i will avoid milk on my list",
        "and what did you add to my list",
        "and go back to my shopping list",
        "and then switch to my to do list",
        "and move the eggs to my shopping list",
        "and welcome to my list",
        "and thanks for the shopping list",
        "and is milk added to my list",
        "and read the list",
        "and could you listen to my list",
        "and next on my list",
        "and milk",
        "had i put milk to my list",
        "i called the bank to my surprise",
        "i bought everything on the list",
        "i call my mother to talk about the list",
        "at work add milk to my list",
        "the news",
        "it is news to me",
        "cancel the first",
        "he started the timer",
        "they paused the timer and left",
        "divided we fall",
        "with 2 friends in paris",
        "how many cats and dogs",
        "set in stone",
        "set a long timer",
        "all times are local",
        "what is 10 to the power of 3",
        "remind me to buy something new",
        "at one",
        "i like this coin",
        "wash the t shirt",
        "how do you spell t",
    ],
)
def test_what_means_something_as_it_stands_is_left(words: str) -> None:
    assert mended(words) == words


def test_no_phrasing_of_the_programs_own_is_mended() -> None:
    own = {text.lower() for flow in own_flows() for text in flow.examples}
    assert len(own) > 500
    assert {text: mended(text) for text in own if mended(text) != text} == {}


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Set an alarm for 3.21pm.", "set an alarm for 3:21 pm"),
        ("Set an alarm for 6.45 a.m.", "set an alarm for 6:45 am"),
        ("Alarm at 5.30", "alarm at 5:30"),
        ("Move my alarm to 8.30.", "move my alarm to 8:30"),
        ("Set an alarm for 9.15 tomorrow.", "set an alarm for 9:15 tomorrow"),
        ("Remind me at 4.30 to pick up the kids.", "remind me at 4:30 to pick up the kids"),
        ("How long until 17.05?", "how long until 17:05"),
        ("What time is it in Rome when it's 9.30 here?",
         "what time is it in rome when it is 9:30 here"),
        ("What is 4.30 plus 2.15?", "what is 4.30 plus 2.15"),
        ("What is 12 times 2.50?", "what is 12 times 2.50"),
        ("Convert 5.30 miles to meters", "convert 5.30 miles to meters"),
        ("Set a timer for 2.30 hours", "set a timer for 2.30 hours"),
        ("Interest at 3.25 percent", "interest at 3.25 percent"),
        ("Round it to 3.14", "round it to 3.14"),
        ("version 1.10.12", "version 1.10.12"),
    ],
)  # fmt: skip
def test_a_dot_in_a_time_of_day_is_a_colon(heard: str, meant: str) -> None:
    assert normalise(heard) == meant


@pytest.mark.parametrize(
    ("text", "word", "joined"),
    [
        ("What can I say?", "Stop.", "What can I say? Stop."),
        ("Tell me a joke", "No.", "Tell me a joke. No."),
        ("Set a timer.", "Please stop.", "Set a timer. Please stop."),
        ("Tell me a joke. Stop", "Stop.", "Tell me a joke. Stop"),
        ("Tell me a joke.", "Stop at the bakery.", "Tell me a joke."),
        ("Tell me a joke.", "Yes.", "Tell me a joke."),
    ],
)  # fmt: skip
def test_a_stop_word_is_put_behind_the_request(text: str, word: str, joined: str) -> None:
    assert with_stop_word(text, word) == joined


@pytest.mark.parametrize(
    "text",
    ["What can I say? Stop.", "How do you spell Mississippi? No", "Tell me a joke. That's enough.",
     "Set a timer for 10 minutes. Okay, stop."],
)  # fmt: skip
def test_a_stop_word_behind_a_request_takes_it_back(text: str) -> None:
    assert corrected(text) == NEVER_MIND


@pytest.mark.parametrize(
    "text",
    ["Stop.", "No. Stop.", "Where is the next stop", "Add milk to the list. No sugar.",
     "Say yes or no.", "What is the quiet"],
)  # fmt: skip
def test_stop_words_within_a_request_take_nothing_back(text: str) -> None:
    assert corrected(text) == text
