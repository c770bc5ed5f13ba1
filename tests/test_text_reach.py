"""Which requests are out of reach by rules, and how the meaning of a sentence adds to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.language.wordrules import RuleError, RuleSet, read_rule
from assistant.talk.reach import ABILITIES, TALK, Reach, load_reach, shortened

RULES = load_reach()


class Judge:
    """A meaning that is always the same; counts how often it was asked."""

    def __init__(self, kind: str, sure: float) -> None:
        self.answer = (kind, sure)
        self.asked = 0

    def kind(self, text: str) -> tuple[str, float]:
        self.asked += 1
        return self.answer

    def ranked(self, text: str) -> tuple[tuple[str, float], ...]:
        kind, sure = self.answer
        return ("language", 1.0 - sure), (f"decline.{kind}", sure)


def kind_of(text: str, reach: Reach = RULES) -> str:
    beyond = reach.judge(text)
    return beyond.kind if beyond else "language"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Lock the back door.", "actuator"),
        ("Could you please turn the heating in the hall off?", "actuator"),
        ("It's dark in here. Turn on the lamp.", "actuator"),
        ("Tell me if the garage is open", "sensor"),
        ("Is the oven still on?", "sensor"),
        ("What's the temperature in the nursery?", "sensor"),
        ("Did my brother call?", "messages"),
        ("Text my sister that I'm late", "messages"),
        ("How much do I owe the bank?", "account"),
        ("Why was my card declined?", "account"),
        ("Has my parcel been shipped?", "parcel"),
        ("What meetings do I have tomorrow?", "personal"),
        ("How many weeks until our wedding?", "personal"),
        ("How old am I?", "personal"),
        ("Where do I live?", "personal"),
        ("What's my sister's birthday?", "personal"),
        ("Who is ringing the doorbell?", "sensor"),
        ("What's on my screen?", "sensor"),
        ("What's in my fridge?", "sensor"),
        ("Did someone just knock? Who's knocking?", "sensor"),
        ("How is the traffic on the bridge?", "live"),
        ("Look up the boat times to the island", "live"),
        ("look up a recipe for soup", "live"),
        ("Is it snowing in Oslo?", "live"),
        ("Where is the nearest pharmacy?", "live"),
        ("Put on some jazz", "media"),
        ("Take a photo of us", "apps"),
        ("Reserve a table for four tonight", "booking"),
        ("Order more dog food", "booking"),
        ("Make me a sandwich", "physical"),
        ("Actually make it ten", TALK),
        ("No, I said fifty", TALK),
        ("Change it to eight o'clock", TALK),
    ],
)
def test_rules_find_what_nobody_can_do_or_see(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "How do I turn off the lights on an old car?",
        "Why was the first credit card made?",
        "Tell me about door locks",
        "How does a door lock work?",
        "What is the temperature of the sun?",
        "Which planet is closest to the sun?",
        "Translate turn off the light into French",
        "How do you say lock the door in Spanish?",
        "What's the difference between a debit card and a credit card?",
        "Write a poem about the weather",
        "Put this sentence in order",
        "Play a word game with me",
        "Make up a story about a parcel",
        "I locked the door and went to bed",
        "What should I cook tonight?",
        "Should I lease a car?",
        "If I lock a shed, does it get hot?",
        "Who wrote Hamlet?",
        "Who invented the doorbell?",
        "How old was Mozart when he died?",
        "Who sang Knocking on Heaven's Door?",
        "What happens if you leave the oven on?",
        "Give me ideas for dinner",
        "Do you like music?",
        "",
        "word " * 60,
    ],
)
def test_rules_leave_to_the_model_what_language_can_answer(text: str) -> None:
    assert kind_of(text) == "language"


def test_every_answer_is_honest_and_says_what_works() -> None:
    texts = RULES.all_texts()
    assert len(texts) == len(set(texts)) >= 20
    for text in texts:
        assert "can't" in text or "don't have" in text
    told = [text for text in texts if ABILITIES in text]
    assert all(shortened(text) in texts for text in told)
    alone = set(texts) - set(told) - {shortened(text) for text in told}
    assert len(alone) == 2
    assert all("say" in text for text in alone)


def test_the_reason_names_the_kind() -> None:
    beyond = RULES.judge("Unlock the car")
    assert beyond is not None
    assert beyond.why == "out of reach: actuator (by rule)"


@pytest.mark.parametrize(
    ("text", "sure", "kind"),
    [
        ("Sing the tune of the kettle to the cat", 0.9, "media"),  # no rule: the meaning decides
        ("Sing the tune of the kettle to the cat", 0.3, "language"),
        ("Unlock the car", 0.3, "actuator"),  # a rule needs little more
        ("Unlock the car", 0.01, "language"),
        ("How do I unlock a car?", 0.99, "language"),  # a sure rule needs nothing
        ("Kettle, sing", 0.99, "language"),  # two words mean too little
    ],
)
def test_meaning_is_weighed_with_the_rules(text: str, sure: float, kind: str) -> None:
    assert kind_of(text, load_reach(Judge("media", sure))) == kind


def test_what_only_the_conversation_makes_clear_is_for_rules_alone() -> None:
    judge = Judge("media", 0.99)
    assert kind_of("Make it ten", load_reach(judge)) == TALK
    assert judge.asked == 0
    assert kind_of("the thing over there again", load_reach(Judge(TALK, 0.99))) == "language"


def test_what_was_told_is_no_secret() -> None:
    beyond = RULES.judge("Where is my dog?")
    assert beyond is not None
    assert beyond.is_told("Where is my dog?", ["My dog sleeps in the shed"])
    assert not beyond.is_told("Where is my dog?", ["Where is my dog?", "My cat is here"])


def test_a_rule_covers_all_words_in_their_order() -> None:
    classes = {"device": frozenset(["lamp", "fan"])}
    rule = read_rule("turn ?the {device} on|off *", "x", classes, frozenset(["never"]))
    assert rule.covers("turn the lamp on please".split())
    assert rule.covers("turn fan off".split())
    assert not rule.covers("turn the lamp".split())
    assert not rule.covers("please turn the lamp on".split())
    assert not rule.covers("turn the lamp on never".split())
    assert read_rule("# more", "x", {}, frozenset()).covers(["20", "more"])


def test_the_first_rule_wins_wherever_it_begins() -> None:
    rules = [
        read_rule(line, line, {}, frozenset()) for line in ("* lamp *", "turn *", "turn on lamp")
    ]
    found = RuleSet(rules).find("turn on lamp".split())
    assert found is not None
    assert found.label == "* lamp *"
    assert RuleSet(rules).find([]) is None


@pytest.mark.parametrize("notation", ["turn {gadget}", "*", "?please *", "turn a||b"])
def test_a_wrong_rule_is_refused(notation: str) -> None:
    with pytest.raises(RuleError):
        read_rule(notation, "x", {}, frozenset())


def test_a_rule_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "reach.toml"
    file.write_text(
        '[words]\na = "b"\n[[language]]\nrules = ["a *"]\n[[kind]]\nid = "k"\n'
        'answers = ["I can\'t."]\n[[rule]]\nkind = "other"\nrules = ["c *"]\n',
        encoding="utf-8",
    )
    with pytest.raises(RuleError, match="unknown kind 'other'"):
        load_reach(path=file)
