"""Nothing is claimed to be done or seen that no tool did or saw; the log says why."""

from __future__ import annotations

import pytest

from assistant.language.en.live import asks_about_here_and_now
from assistant.language.en.normalise import normalise
from assistant.talk.answer_checks import HONEST, AnswerChecks
from assistant.talk.request import Request, read_request
from assistant.talk.silent import Previewed
from tests.attempts import NOW, Obeying, conversation


def honest(request: str, clause: str, **given: object) -> str:
    """The kind of claim in a clause, or "" where it may be said."""
    verdict = AnswerChecks(request, **given).judge(clause)  # type: ignore[arg-type]
    if verdict.honest is None:
        assert verdict.text, verdict.fault
        return ""
    return verdict.honest.id.removeprefix("claim ")


@pytest.mark.parametrize(
    ("request_text", "clause", "kind"),
    [
        ("Good night.", "I'll lock the front door.", "act"),
        ("Lock the front door.", "I'll lock the front door.", "act"),
        ("What's the temperature in here?", "The temperature is 25 degrees.", "seen"),
        ("I have to call Anna at five.", "I've set a reminder.", "act"),
        ("Make me a cup of coffee.", "Sure, here's a cup of coffee for you.", "act"),
        ("Who just called me?", "I just called you.", "seen"),
        ("What's the traffic like on the way to work?", "The traffic is very busy.", "seen"),
        ("What's the score of the game?", "The score of the game is twelve.", "seen"),
        ("How warm is the water in the pool?", "The water in the pool is warm.", "seen"),
        ("Will I need an umbrella this afternoon?", "No, you don't need one.", "seen"),
        ("Is the oven still on?", "Yes.", "seen"),
        ("How did the election go yesterday?", "It went well.", "seen"),
        ("What am I wearing today?", "You wear black and white sneakers.", "seen"),
    ],
)
def test_claims_are_replaced(request_text: str, clause: str, kind: str) -> None:
    assert honest(request_text, clause) == kind


@pytest.mark.parametrize(
    ("request_text", "clause"),
    [
        ("Is the oven still on?", "I don't know that."),
        ("Is the oven still on?", "I'm sorry, but I can't see that from here."),
        ("What's the traffic like on the way to work?", "You can check a map for that."),
        ("Will I need an umbrella this afternoon?", "That depends on the weather where you are."),
        ("Is the oven still on?", "Do you want me to remind you to look?"),
        ("How hot is the sun?", "The surface of the sun is about 5,500 degrees."),
        ("What is the temperature of boiling water?", "Water boils at 100 degrees."),
        ("Who won the World Cup in 2010?", "Spain won the World Cup in 2010."),
        ("What is a good score in bowling?", "A good score is 200."),
        ("What is traffic engineering?", "It is the planning of roads."),
        ("How do I clean my oven?", "Use baking soda and water."),
        ("What should I wear today?", "A light jacket is a good choice."),
        ("What is the price of fame?", "Fame costs privacy."),
    ],
)
def test_knowing_nothing_advice_and_knowledge_are_said(request_text: str, clause: str) -> None:
    assert honest(request_text, clause) == ""


def test_what_was_told_or_done_may_be_said() -> None:
    request, clause = "Where is my phone?", "Your phone is in the kitchen."
    assert honest(request, clause) == "seen"
    assert honest(request, clause, told="I left my phone in the kitchen.") == ""
    assert honest("Lock it.", "I've locked the door.") == "act"
    assert honest("Lock it.", "I've locked the door.", has_acted=True) == ""


def test_a_claim_is_replaced_and_says_why() -> None:
    talk = conversation(Obeying("The traffic is light today. ", "Drive safely."))
    decision = talk.knowledge.answers.decide(
        talk.talk, _request("What's the traffic like on the way?")
    )
    said = list(talk.replies(decision, "", Previewed(lambda: False)))
    assert [one.source for one in said] == ["guardrail"]
    assert said[0].text in HONEST["seen"].answers
    assert said[0].why.startswith("model: it claims an observation ('the traffic")


@pytest.mark.parametrize(
    "text",
    ["Why is the sky blue?", "Who was Ada Lovelace?", "Is the earth round?", "Tell me a story."],
)
def test_knowledge_is_not_about_here_and_now(text: str) -> None:
    assert not asks_about_here_and_now(normalise(text))


def _request(text: str) -> Request:
    return read_request(text, NOW)


@pytest.mark.parametrize(
    ("request_text", "clause", "kind"),
    [
        ("How fast am I driving?", "You drive at 14 miles per hour.", "seen"),
        ("What song is playing on the radio?", "It is a song by the Beatles.", "seen"),
        ("How full is the gas tank?", "The gas tank is full.", "seen"),
        ("What color is my shirt?", "Your shirt is blue.", "seen"),
        ("When does the next bus come?", "The next bus comes at ten thirty.", "seen"),
        ("Transfer fifty dollars to Tom.", "Tom received fifty dollars.", "act"),
        ("How big is the moon?", "It is a quarter as wide as the earth.", ""),
        ("How old is the universe?", "It is about 14 billion years old.", ""),
        ("What color is the sky?", "The sky is blue.", ""),
        ("How many eggs do I need for pancakes?", "You need two eggs.", ""),
    ],
)
def test_more_of_the_world_here_and_now(request_text: str, clause: str, kind: str) -> None:
    """Found with the sentences that were held apart, after they had been looked at."""
    assert honest(request_text, clause) == kind
