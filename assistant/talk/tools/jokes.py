"""Jokes and facts by voice, none twice before all were told.

The texts are the project's own, in `language/en/data/`. A wish for a joke about something that none
is about is told so; such a wish for a fact is left to others. Pure after loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.language.en.normalise import normalise
from assistant.talk.flow import Change, Say, Steps, flow
from assistant.talk.tool import Here
from assistant.talk.untold import Telling, next_untold, read_tellings

_DATA = Path(__file__).parents[2] / "language" / "en" / "data"
JOKES = read_tellings(_DATA / "jokes.txt", "joke")
FACTS = read_tellings(_DATA / "facts.txt", "fact")
NONE_ABOUT_THAT = "I have none about that. Here is another one."

_TELL = (
    "(tell|give|read|say|know|do|have|share|hear|make|crack|throw|got|show|need|want|use) "
    "[me|us|to me|with me|you|at me]"
)
_GOOD_JOKE = (
    "[really|very] [dad|good|funny|best|short|new|funniest|silly|corny|clean|random|stupid|bad"
    "|great|hilarious|little|quick|nice|decent|different|fresh]"
)
_JOKE = "(joke|jokes|1 liner|pun|puns)"
_GOOD_FACT = (
    "[really|very] [random] [fun|interesting|cool|good|new|strange|weird|neat|amazing|odd"
    "|little known|surprising|trivia|useless|nice|great|unusual|crazy|obscure|fascinating|another]"
)
_FACT = "(fact|facts|trivia|bit of trivia|piece of trivia|factoid|tidbit)"


@flow(
    f"{_TELL} [a|any|another|some|your|1|the|of|1 of your] {_GOOD_JOKE} {_JOKE} "
    "[or 2|you know|that you know|to laugh about|to cheer me up]",
    "(do you know|do you have|have you got|you got|are there|what are) [any|a|some] "
    f"{_GOOD_JOKE} [more|other] {_JOKE}",
    f"{_TELL} [a|any|another|some|1] {_GOOD_JOKE} {_JOKE} "
    "(about|on|with|involving|regarding) {topic}",
    "(do you know|do you have|have you got) [any|a|some] "
    f"{_GOOD_JOKE} {_JOKE} (about|on|with|involving) {{topic}}",
    f"[a|another|any|some] {_GOOD_JOKE} {_JOKE} (about|on) {{topic}}",
    "(tell|give) me (a|another) {topic} joke",
    "[tell me] [a|another] joke",
    "[tell|give] [me] another joke",
    "(tell|say|show|give|do) [me|us] (something|anything) [really|that is|very] "
    "(funny|hilarious|amusing|humorous) [about {topic}]",
    "(tell|say) [me|us] (something|anything) (to|that will|that makes|that would) "
    "(make me|makes me|make us) (laugh|smile)",
    "make (me|us) (laugh|smile|giggle)",
    "i (need|want|could use) (a|some|to hear a|to hear some) [good] (laugh|joke|jokes|humor)",
    "(cheer me up|entertain me|amuse me|be funny|say something funny)",
    "what is (the (funniest|best)|your (funniest|best|favorite)) joke "
    "[you (have|know|have got|got|can tell me)|that you know]",
    name="joke.tell",
    again=True,
    source="precomputed",
    examples=[
        "tell me a joke", "got any jokes", "do you know a joke about cats", "make us laugh",
        "another joke", "tell me a pun", "have you got a good joke", "i need a laugh",
        "give me a short joke", "tell us something funny", "a joke about computers",
        "what is your favorite joke", "share a joke with us", "crack a joke",
    ],
    fixed=[NONE_ABOUT_THAT, *(one.text for one in JOKES)],
)  # fmt: skip
def joke(here: Here, topic: str | None = None) -> Steps:
    """Tell a joke, one that it has not told yet."""
    fitting = _about(JOKES, topic)
    if topic and not fitting:
        yield Say(NONE_ABOUT_THAT)
    yield from _tell(here, fitting or JOKES)
    return None


@flow(
    f"{_TELL} [a|an|any|some|another|the|your|1] {_GOOD_FACT} {_FACT} "
    "[i do not know|i might not know|i may not know|or 2|that you know|you know]",
    f"{_TELL} [a|an|any|some|another|1] {_GOOD_FACT} {_FACT} (about|on|regarding) {{topic}}",
    "(tell|teach|say|show) [me|us] (something|anything) [really|that is|very|new and] "
    "(interesting|cool|new|fascinating|random|i do not [already] know|i did not know|neat"
    "|surprising|unusual|amazing|fun)",
    f"(do you know|have you got|what are|you know) [any|some|a] {_GOOD_FACT} {_FACT}",
    "[a|an|any|some|another|1] (fun|random|interesting|cool|good) (fact|facts)",
    "(another fact|teach me something|surprise me with a fact)",
    "(what is|what is a|what is your favorite) [a|an|some] (fun|interesting|random|cool) "
    "(fact|trivia)",
    "(surprise me|say something|tell me something|i am bored|talk to me)",
    name="fact.tell",
    again=True,
    source="precomputed",
    examples=[
        "tell me a fact", "give me a fun fact", "do you know an interesting fact",
        "teach me something", "another fact", "tell me something i do not know", "a random fact",
        "share some trivia", "tell me a fact about space", "give me a fact about animals",
        "surprise me with a fact", "say something interesting", "what is a cool fact",
    ],
    fixed=[one.text for one in FACTS],
)  # fmt: skip
def fact(here: Here, topic: str | None = None) -> Steps | None:
    """Tell a true and short fact, one that it has not told yet."""
    fitting = _about(FACTS, topic)
    if topic and not fitting:
        return None
    return _tell(here, fitting or FACTS)


def _about(tellings: Sequence[Telling], topic: str | None) -> tuple[Telling, ...]:
    wanted = normalise(topic) if topic else ""
    return tuple(one for one in tellings if wanted and one.is_about(wanted))


def _tell(here: Here, tellings: Sequence[Telling]) -> Steps:
    chosen = next_untold(tellings, here.talk.uses, here.chance("telling"))
    yield Change(lambda talk: talk.used(chosen.key))
    yield Say(chosen.text)
    return None
