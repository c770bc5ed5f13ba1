"""Teaching: what the assistant shall answer to the user's own words.

Pure; a lesson is a row of the store, which the hands write and the voice then prepares. The part
that answers is `talk.taught`.
"""

from __future__ import annotations

import re

from assistant.language.en.items import count_things, join_items
from assistant.language.en.normalise import normalise
from assistant.language.en.speakable import speakable
from assistant.talk.flow import Ask, Call, Confirm, Steps, flow
from assistant.talk.taught import Lesson, Lessons, phrase_of
from assistant.talk.tool import Here, tool
from assistant.talk.tools.wording import capital, rest_of, said

WHEN_WHAT = "To which words?"
ANSWER_WHAT = "What shall I answer?"
LEARNED = "Good, I'll remember that."
NOT_LEARNED = "Okay, I learn nothing."
KEPT_WORDS = "Those words mean something to me already, so I can't take them."
TOO_SHORT = "I need some words for that."
NOTHING_TAUGHT = "You have taught me nothing yet."
ALL_FORGOTTEN = "I've forgotten all that you taught me."
KEPT = "Okay, I keep it."

_RESERVED = frozenset(
    (
        "stop|cancel|never mind|yes|no|okay|quiet|be quiet|help|repeat|repeat that|enough|go back"
        "|start over|forget it|hello computer"
    ).split("|")
)

_ASKS_WITHIN = re.compile(r"(?<=\S )(?:what|how|why|does|who|which|where) ")
"""A question that only begins like a lesson: "when I say hello, what do people answer?"."""


def _unlearn(here: Here, result: tuple[Lesson, Lesson | None]) -> None:
    new, before = result
    lessons = Lessons(here.services.store)
    if before is None:
        lessons.forget((new.phrase,))
    else:
        lessons.learn(before)


def _relearn(here: Here, result: tuple[Lesson, ...]) -> None:
    for lesson in result:
        Lessons(here.services.store).learn(lesson)


@tool
def whole_answer(here: Here, words: str, answer: str) -> str:
    """The answer as it stands in the transcript, to its end where it is the end. A tool, because
    the request is another one when the flow is replayed."""
    text = here.request.text
    is_last = text.find(words) < text.rfind(answer)
    return rest_of(here.request, answer) if is_last else answer


@tool
def lessons(here: Here) -> tuple[Lesson, ...]:
    """All that was taught."""
    return Lessons(here.services.store).all()


@tool(writes=True, sure=True, undo=_unlearn, limit_s=30.0)
def learn(here: Here, phrase: str, words: str, answer: str) -> tuple[Lesson, Lesson | None]:
    """Keep a reply, and have the voice prepare it."""
    new = Lesson(phrase, words, answer, here.now.isoformat())
    before = Lessons(here.services.store).learn(new)
    here.services.teach(speakable(answer))
    return new, before


@tool(writes=True, sure=True, undo=_relearn)
def unlearn(here: Here, phrases: tuple[str, ...]) -> tuple[Lesson, ...]:
    """Forget replies."""
    return Lessons(here.services.store).forget(phrases)


_ANSWERING = (
    "(answer|say|reply|respond|you say|you answer|you reply|you respond|tell me|you should say"
    "|you should answer|your answer is|i want you to say|i want you to answer|then say|then answer"
    "|answer me|please say|you will say|you tell me)"
)


@flow(
    f"(when|whenever|if|every time|each time|any time) (i|somebody|someone|anybody|we) (say|says|"
    f"ask|asks|tell you) {{words}} {_ANSWERING} [with|that|by saying] {{answer}}",
    f"{_ANSWERING} {{answer}} (when|whenever|if|every time|each time) i (say|ask) {{words}}",
    "(learn|remember) that (when|if) i say {words} you (say|answer|reply) {answer}",
    "teach you (a|an|another|1) [new] (reply|answer|response|phrase|thing|sentence)",
    "(learn|remember) (a|an) [new] (reply|answer|response)",
    "teach you [something|something new|to answer something|how to answer]",
    "let me teach you (something|an answer|a reply|a phrase|a new answer|a new phrase) [to say]",
    "learn a new (phrase|answer|reply|sentence)",
    "teach you (something|an answer) to say",
    name="teach.reply",
    examples=[
        "when i say good night answer sleep well", "if i ask who is the boss say you are",
        "whenever i say knock knock reply with who is there",
        "say welcome home when i say i'm back",
        "every time i say cheers answer bottoms up", "i want to teach you something",
        "let me teach you a new answer", "when i say banana you say split", "teach you a reply",
        "if i say marco answer polo",
    ],
    fixed=[WHEN_WHAT, ANSWER_WHAT, LEARNED, NOT_LEARNED, KEPT_WORDS, TOO_SHORT],
)  # fmt: skip
def teach(words: str | None = None, answer: str | None = None) -> Steps | None:
    """Teach an answer to words of yours."""
    if words is not None and _ASKS_WITHIN.search(normalise(words)):
        return None
    return _teaching(words, answer)


def _teaching(words: str | None, answer: str | None) -> Steps:
    if words is not None and answer is not None:
        answer = yield Call(whole_answer, words=words, answer=answer)
    words = words or (yield Ask(WHEN_WHAT))
    phrase = phrase_of(words)
    if not phrase:
        return TOO_SHORT
    if phrase in _RESERVED:
        return KEPT_WORDS
    answer = answer or (yield Ask(ANSWER_WHAT))
    answer = f"{capital(answer.strip(' .'))}{'' if answer.strip()[-1:] in '.!?' else '.'}"
    yield said(f"When you say {words}, I answer: {answer}")
    if not (yield Confirm("Shall I remember that?")):
        return NOT_LEARNED
    yield Call(learn, phrase=phrase, words=words, answer=answer)
    return LEARNED


@flow(
    "forget (what|everything|all|all that) [that] i [have|ever] (taught|told) you",
    "forget all [the] (answers|replies|lessons) i taught you",
    "forget (what|everything|all) i [have] taught you (about|for|on) {words}",
    "(unlearn|forget) [the] (answer|reply|response) (to|for) {words}",
    "unlearn {words}", "(stop|quit) (answering|saying) {answer} when i say {words}",
    "forget what (to|you should|i told you to) (say|answer) when i say {words}",
    "do not (answer|say) {answer} (when|if) i say {words} [any more|anymore]",
    "(forget|delete|remove|unlearn) [the] (answer|reply|response) (to|for|about|on|when i say) "
    "{words}",
    "(delete|remove|drop) what i [have] taught you (about|for|on) {words}",
    "(stop|quit|do not) (answering|saying|say|answer) {answer} when i {words}",
    name="teach.forget",
    examples=[
        "forget what i taught you about good night", "unlearn marco",
        "forget everything i taught you",
        "stop answering sleep well when i say good night", "forget the answer to knock knock",
        "forget what to say when i say banana",
    ],
    fixed=[NOTHING_TAUGHT, ALL_FORGOTTEN, KEPT],
)  # fmt: skip
def forget(words: str | None = None, answer: str | None = None) -> Steps:
    """Forget what was taught."""
    known = yield Call(lessons)
    if not known:
        return NOTHING_TAUGHT
    if words is None:
        if not (
            yield Confirm(f"That is {count_things(len(known), 'answer')}. Shall I forget all?")
        ):
            return KEPT
        yield Call(unlearn, phrases=tuple(one.phrase for one in known))
        return ALL_FORGOTTEN
    phrase = phrase_of(words)
    if phrase not in [one.phrase for one in known]:
        return said(f"You have taught me nothing about {words}.")
    yield Call(unlearn, phrases=(phrase,))
    return said(f"I've forgotten what to answer to {words}.")


@flow(
    "what (have i taught you|did i teach you|have you learned [from me]|did you learn [from me]|"
    "were you taught) [so far]",
    "(which|what) (answers|replies|responses|phrases|things) (have i taught you|did i teach you|"
    "have you learned) [so far]",
    "(tell|list|show|read) [me] (what|everything|all) [that] i [have] taught you",
    name="teach.list",
    examples=[
        "what have i taught you", "what did i teach you", "which answers have i taught you",
        "tell me everything i taught you", "what have you learned from me",
        "what have you learned so far",
    ],
    fixed=[NOTHING_TAUGHT],
)  # fmt: skip
def taught() -> Steps:
    """Tell what was taught."""
    known = yield Call(lessons)
    if not known:
        return NOTHING_TAUGHT
    told = join_items([one.said for one in known[-_MOST_TOLD:]])
    if len(known) > _MOST_TOLD:
        return said(
            f"You have taught me {count_things(len(known), 'answer')}, the last ones to: {told}."
        )
    return said(f"You have taught me {count_things(len(known), 'answer')}, to: {told}.")


_MOST_TOLD = 6
