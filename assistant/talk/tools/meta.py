"""Questions about the conversation itself: what was said, why, and what can be said.

Pure; looks at the talk and at the flows that are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from assistant.language.en.items import join_items
from assistant.language.en.normalise import normalise
from assistant.talk.flow import Flow, Say, flow
from assistant.talk.tool import Here
from assistant.talk.tools.wording import capital, said

NOTHING_SAID = "You haven't said anything yet."
NOTHING_DONE = "I haven't done anything yet."
MOST_EXAMPLES = 3

# -- what was said -------------------------------------------------------------------------------


@flow(
    "what did i [just] (say|ask|tell you|ask you|say to you|request) [just now|last|to you|a "
    "moment ago]",
    "what have i [just] (said|asked|told you|asked you) [so far]",
    "what (was|is) my [last|previous|latest] (question|request|sentence|command)",
    "(repeat|say|read|tell me) [back] (what i [just] said|my words|my [last] (question|request)|"
    "what i [just] asked [you]) [back] [to me]",
    "what did you [just] (hear|understand) [me say|just now|from me]",
    "what do you think i [just] (said|asked)", "what did you think i [just] (said|asked)",
    "what was it i [just] (said|asked)", "what were my [last] words",
    "(did|have) you (get|understand|understood) what i said",
    "what was the last thing i (said|asked)",
    "what did i (say|ask|ask you|tell you) (before|a minute ago|earlier|a moment ago|just before) "
    "[that]",
    "what (was|were) my [last] (question|request|words)",
    "say back what i (told you|said|asked)",
    name="talk.what_i_said",
    examples=[
        "what did i say", "what did i just ask you", "what was my question", "repeat what i said",
        "what did you hear", "say back what i just said", "what was the last thing i said",
        "read my words back to me", "what did you understand", "what do you think i said",
    ],
    fixed=[NOTHING_SAID],
)  # fmt: skip
def what_i_said(here: Here) -> str | Say:
    """Say your last request again."""
    requests = [one for one in here.talk.requests if one.strip()]
    return said(f"You said: {capital(requests[-1].strip())}") if requests else NOTHING_SAID


# -- why -----------------------------------------------------------------------------------------

_Bare = Literal["why", "why not", "how come", "why is that", "why can not you", "why can you not"]


@flow(
    "why did you [just] (say|do|answer|tell me) (that|this|so|it)",
    "what did you [just] do [just now]", "what have you [just] done",
    "what was that [answer] (about|for)", "why (that|this) answer",
    "how did you (come to that|get that|come up with that|understand (that|me)|know that)",
    "explain (yourself|your [last] answer|what you [just] did|why you said that|that answer)",
    "what made you (say|do|think) that",
    "where did (you get that|that [answer] come) from",
    "(is|was) that (your|the) (language model|model|ai)", "who answered that",
    "why did you answer like that", "{bare}",
    name="talk.why",
    examples=[
        "why did you say that", "what did you just do", "explain your answer",
        "how did you come up with that",
        "what made you say that", "where did you get that from", "why did you do that",
        "explain yourself",
        "explain what you just did", "why that answer",
    ],
    fixed=[NOTHING_DONE],
)  # fmt: skip
def why(here: Here, bare: _Bare | None = None) -> str | Say | None:
    """Tell why I answered as I did. A mere "why not?" asks so after a decline."""
    last = here.talk.last
    if bare and not last.name.startswith("decline."):
        return None
    if not last.name:
        return NOTHING_DONE
    return said(_because(last.name, last.why, here.flows))


_REASONS = {
    "guard": "Your words touched one of my safety rules, and its answer is fixed.",
    "decline": "I took it for something that I can't do, see or know here, and said so.",
    "talk": "I took it as a word about our talk.",
    "model": "My language model made up that answer from what it has learned. It may be wrong.",
}
_TAUGHT = "You taught me that answer."
_KNOWN = "I know that phrase, and answered as it is written down for it."


def _because(name: str, why: str, flows: Iterable[Flow]) -> str:
    """The reason of a decision in plain words."""
    if name == "reply.taught":
        return _TAUGHT
    found = next((one for one in flows if one.name == name), None)
    if found is not None:
        about = found.about.rstrip(".").replace(" my ", " your ") or name
        how = "as the answer to my question" if why.startswith("answer to") else "like this"
        about = about[:1].lower() + about[1:]
        return f"I took it {how}: {about}."
    first = name.split(".")[0]
    return _REASONS.get(first, _KNOWN)


# -- what can be said ----------------------------------------------------------------------------

_TOPICS = (
    ("I keep", {"timer": "timers", "alarm": "alarms", "reminder": "reminders", "list": "lists",
    "note": "notes"}),
    ("I tell", {"time": "the time", "date": "dates", "calendar": "your appointments",
    "joke": "jokes"}),
    ("I do", {"sum": "sums", "unit": "conversions", "word": "spelling"}),
)  # fmt: skip
"""What the first part of a flow's name means to people; the verb before them."""
_TRIED_FIRST = ("timer", "list", "reminder", "calendar", "sum", "alarm", "note", "date")
_WITHOUT_MODEL = "And you can teach me answers."


@flow(
    "what [else|all|exactly|things|stuff|kind of things|kinds of things|sort of things|types of "
    "things|other things|tasks|commands|skills]"
    " (can|could|do) (you|it) [actually|really|all] (do|help [me|us] [with|out|do|out with]|"
    "handle|offer|know how to do|assist [me] with) [for me|for us|here]",
    "what [else|all|exactly|things|stuff|questions|commands|kind of things|kinds of things|kind "
    "of questions|kinds of questions|sort of things|types of questions|topics]"
    " (can|could|should|may|do) (i|we) [be able to] (ask [you|about|you about|you for|you to do]|"
    "say [to you]|use you for|tell you|talk [to you] about|have you do) [for me|here|about|for]",
    "what are (some|a few) [of the] (things|examples of what|tasks) [that] you can (do|help [me] "
    "with)",
    "(list|name) [for me] [some of] (what you can do|the things [that] you can do)",
    "(tell|show) me (some|a few) of your (skills|abilities|features|commands|functions)",
    "what are you (able to do|capable of [doing]|good at|good for|for|used for|here for|able to "
    "help [me] with)", "what is your purpose",
    "(what|which) (are|is) your (skills|abilities|capabilities|functions|features|commands|"
    "talents|skill|function|specialty|limits|limitations)",
    "(what|which) (skills|abilities|features|functions|commands|capabilities|tasks) (do|can) you "
    "(have|know|do|understand|offer|handle|perform)",
    "(which|what) (questions|requests|commands|kind of questions|kinds of questions|types of "
    "questions|sort of questions) (can|do) you (answer|understand|know|take|handle)",
    "(tell|show|explain) [me|to me] [a bit|more] [about] (what (you can|you could) (do|help [me] "
    "with)|what i can (ask|say|ask you|say to you|do with you)|your (skills|abilities|"
    "capabilities|functions|features|commands)|how you can help [me]|what you are (able to do|"
    "capable of))",
    "(list|name|give me|describe) [all] [of] your (skills|abilities|capabilities|functions|"
    "features|commands)",
    "how (can|could|do|will|would) you (help|assist|be of help|be useful|be helpful) [me|us|to me|"
    "out]",
    "help [me]", "(i need|i could use|give me) [some] help",
    "can you help [me] [out|with something]", "are you able to help [me]", "assist me",
    "how do you work", "how (do|can) i use you",
    "what can i (ask|say|do|use) (about|with|for|to) {topic}",
    "(give me|tell me|say|show me) [some|an|more|a few] (examples|example) of what (i can say|"
    "i can ask|you can do)",
    "what (can|do) you (do|know|understand) (about|with) {topic}",
    name="talk.what_can_i_say",
    examples=[
        "what can you do", "what can i ask you", "help", "what are your skills",
        "how can you help me",
        "what else can i say", "tell me what you can do", "which commands do you know",
        "what are you able to do",
        "what can i say about lists", "give me some examples of what i can say",
        "what kind of questions can i ask",
        "how do i use you",
    ],
    again=True,
)  # fmt: skip
def what_can_i_say(here: Here, topic: str | None = None) -> str | Say | None:
    """Tell what I can do, with examples."""
    chance = here.chance("examples")
    if topic is not None:
        meant = _prefix(topic)
        of_topic = [one for flow in here.flows if _first(flow) == meant for one in flow.examples]
        if not of_topic:
            return None
        return said(
            f"You can say, for example: {_quoted(chance.sample(of_topic, min(3, len(of_topic))))}."
        )
    present = {_first(one) for one in here.flows}
    told = []
    for verb, topics in _TOPICS:
        words = [name for prefix, name in topics.items() if prefix in present]
        if words:
            told.append(f"{verb} {join_items(words)}.")
    own = [one for one in here.flows if _first(one) not in _BUILT_IN and one.examples]
    names = [*(_first(one) for one in own), *(one for one in _TRIED_FIRST if one in present)]
    chosen = list(dict.fromkeys(names))
    chosen = chosen[:1] + chance.sample(chosen[1:], min(MOST_EXAMPLES - 1, len(chosen) - 1))
    examples = [_example(one, here) for one in chosen]
    return said(f"{' '.join(told)} Try: {_quoted([one for one in examples if one])}.")


_BUILT_IN = frozenset(
    (
        "timer alarm reminder stopwatch list note time date sun holiday calendar joke fact sum unit"
        " money decline coin dice number choice word voice user assistant talk teach day"
    ).split()
)


def _first(flow: Flow) -> str:
    return flow.name.split(".")[0]


def _prefix(topic: str) -> str:
    """The first part of a flow's name that `topic` means: "my lists" is "list"."""
    words = [one for one in normalise(topic).split() if one not in ("my", "the", "your", "a")]
    word = words[-1] if words else ""
    for _, topics in _TOPICS:
        for prefix, name in topics.items():
            if word in (prefix, *name.split()):
                return prefix
    return word.removesuffix("s")


def _example(prefix: str, here: Here) -> str:
    """A sentence that can be said to a flow of that name."""
    examples = [flow.examples[0] for flow in here.flows if _first(flow) == prefix and flow.examples]
    return here.chance(prefix).choice(examples) if examples else ""


def _quoted(examples: list[str]) -> str:
    return "; or: ".join(filter(None, ("; ".join(examples[:-1]), examples[-1])))
