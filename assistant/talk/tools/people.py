"""Names: what the user is called, and what the assistant is called.

Both are facts of the talk, kept in the store. Pure; the tool that writes runs on the hands.
"""

from __future__ import annotations

import re

from assistant.language.en.normalise import normalise
from assistant.talk.facts import keep_fact
from assistant.talk.flow import Ask, Call, Change, Say, Steps, flow
from assistant.talk.tool import Here, tool
from assistant.talk.tools.wording import said

USER, ASSISTANT = "name", "assistant"

CALL_YOU_WHAT = "What shall I call you?"
CALL_ME_WHAT = "What shall I be called?"
UNKNOWN_NAME = "I don't know your name yet. Say: call me, and your name."
FORGOTTEN = "Okay, I've forgotten your name."
OWN_NAME = (
    "I'm the assistant on this laptop. Just call me Assistant.",
    "You can call me Assistant.",
)
OLD_NAME = "Okay, I'm just Assistant again."

_NO_NAME = frozenset(
    (
        "a an at on in back later tomorrow when if the every not up before after tonight today to "
        "as"
        " for by out over from what who how why is it my your spelled this that and or but crazy"
        " text message email mail call letter question him her them me us maybe with because "
        "about now soon anything something names whatever"
    ).split()
)
_JUDGEMENTS = frozenset(
    (
        "stupid silly ugly funny weird nice beautiful cool great boring strange lovely pretty dumb"
        " wrong awesome good bad interesting awful terrible cute fine perfect"
    ).split()
)
"""What is said of a name rather than given as one."""
_BEFORE = re.compile(
    r"^(?:it'?s|it is|i'?m|i am|my name(?: is|'s)|you can call me|call me|just|call yourself"
    r"|the name is|how about|that'?s)\s+",
    re.IGNORECASE,
)
_MOST_WORDS = 3


def _restore(here: Here, result: tuple[str, str | None]) -> None:
    keep_fact(here.services.store, *result)


@tool(writes=True, sure=True, undo=_restore)
def keep_name(here: Here, fact: str, name: str | None) -> tuple[str, str | None]:
    """Keep a name, or forget it."""
    return fact, keep_fact(here.services.store, fact, name)


def _name(words: str | None) -> str | None:
    """`words` as a name, with capitals; None when they are none."""
    if words is None:
        return None
    parts = _BEFORE.sub("", words.strip(" .,!?")).split()
    spelled = normalise(" ".join(parts)).split()
    if not parts or len(parts) > _MOST_WORDS or (_NO_NAME | _JUDGEMENTS).intersection(spelled):
        return None
    return " ".join(part if part != part.lower() else part[:1].upper() + part[1:] for part in parts)


def _known(fact: str, name: str) -> Change:
    return Change(lambda talk: talk.with_fact(fact, name))


def _forgotten(fact: str) -> Change:
    return Change(lambda talk: talk.with_fact(fact, None))


# -- the user ------------------------------------------------------------------------------------

_NAMED = "(name|nickname|user name|username|first name|full name|last name|handle)"
_ON = "[from now on|instead|from here on|in future|in the future|going forward]"


@flow(
    "(my name is not|it is not|do not call me) {old} (it is|but|call me|my name is|i am) {name}",
    f"[i would rather|i prefer] [that] [you] (call|start calling) me [by [the name [of]|my name]|"
    f"as] {{name}} {_ON}",
    f"[you] [should|can|may] (refer to|address|greet|know) me (as|by|with) [the name] {{name}} "
    f"{_ON}",
    "(from now on|from here on|in future|in the future) (call|address|refer to) me [as|by] {name}",
    "my [first|full|real|new|actual] (name|nickname|user name|username) is [now|actually|really|"
    "in fact] {name}",
    "(change|set|update|switch|save|correct|make|edit) my [user] name (to|as|into) {name}",
    "the name is {name}",
    "(remember|learn|save|note|know) [that] my name (is|as) {name}", "i am (called|named) {name}",
    "(people|everybody|everyone|my friends|they|folks) (call|calls) me {name}",
    "i (go by|prefer) [the name] {name}",
    "(would like|want|prefer) to be (called|known as|addressed as) {name}",
    "be called {name} [by you]",
    "my name has changed to {name}", "you (can|may|should|must|ought to) call me {name}",
    "(change|set|update|switch|edit|correct) (my [user] name|what you call me|the name you call "
    "me [by])",
    "(remember|learn|save) my name",
    "[please] (use|switch to) {name} (when you talk to me|for me|as my name|to address me)",
    f"(make|store|set|update|save|change|switch) my {_NAMED} (to|as|be|into) {{name}}",
    "(from now on|starting now|starting today) i am {name}",
    "start (addressing|referring to|calling) me [as] {name}",
    "[no] (you have|that is) (the|a) wrong name [it is {name}]",
    "[no] that is not my name [it is {name}]",
    f"(set|fix|change|update|make|edit) [up] my {_NAMED} [to|as]",
    "change the name you have for me",
    "(make|update|set) my (nickname|username|user name) {name}",
    name="user.set_name",
    examples=[
        "call me sam", "my name is priya", "please call me captain", "you can call me joe",
        "change my name to lena", "i go by max", "everyone calls me bee", "my name's actually karl",
        "from now on call me doctor", "refer to me as chief", "remember my name is nora",
        "i'd like to be called ed", "change my name",
    ],
    fixed=[CALL_YOU_WHAT],
)  # fmt: skip
def set_name(here: Here, name: str | None = None, old: str | None = None) -> Steps | None:
    """Learn the user's name."""
    if here.request.canonical.startswith(
        ("can you remember", "do you remember", "could you remember")
    ):
        return None
    if name is not None and _name(name) is None:
        return None
    return _naming_user(name)


def _naming_user(words: str | None) -> Steps:
    name = _name(words if words is not None else (yield Ask(CALL_YOU_WHAT)))
    if name is None:
        return UNKNOWN_NAME
    yield _known(USER, name)
    yield Call(keep_name, fact=USER, name=name)
    return said(f"Okay, I'll call you {name}.")


@flow(
    "what is my [first|full|real|own] name [again|to you]",
    "(say|tell me|repeat|give me|state|recall) my name [again]", "who am i [to you]",
    "(know|remember|recall|tell me|have|got|say|guess|remember what) (my name|who i am|"
    "what my name is|what i am called|what you call me|what to call me)",
    "do you [still|even] (know|remember|recall|have|think you know) (my name|who i am|what my "
    "name is|what i am called|what to call me|me)",
    "what (do|should|would|will|did|can) you [usually] (call|refer to) me [as|by]",
    "what have you been calling me", "what is the name you have [saved|stored|on file] for me",
    "what (am i called|name do you have for me|name do you know me by|name do you use for me|do i "
    "go by|name do i go by|do they call me|name are you calling me)",
    "(did you forget|have you forgotten|do you forget) (my name|who i am)",
    "what did i (say|tell you) my name (is|was)", "what name (did i give you|do you call me [by])",
    "by what name do you (know|call) me", "how do you (call|address) me", "is my name {guess}",
    "(is it|am i) {guess} to you", "what is the name you (call|know) me [by]", "my name",
    f"(what|which) {_NAMED} (did i give you|have i set|is mine|do you know me by|do you have me "
    f"under|do you have me down as)",
    f"what is (my|the) {_NAMED} (on file|you have me down as|you have me under|you know me as|of "
    f"mine|you have for me)",
    f"what is my {_NAMED}",
    "who do you think i am",
    "(do|can) you [still] remember my name",
    "what (do|are) you (going to call|calling) me",
    name="user.name",
    examples=[
        "what's my name", "do you know my name", "who am i", "what do you call me",
        "tell me my name",
        "do you remember who i am", "have you forgotten my name", "say my name",
        "what did i tell you my name was",
        "is my name sam", "what am i called",
    ],
    fixed=[UNKNOWN_NAME],
)  # fmt: skip
def user_name(here: Here, guess: str | None = None) -> str | Say | None:
    """Say the user's name."""
    if guess is not None and _name(guess) is None:
        return None
    return _naming(here.talk.facts.get(USER), guess)


def _naming(name: str | None, guess: str | None) -> str | Say:
    if not name:
        return UNKNOWN_NAME
    if guess is not None:
        is_right = normalise(guess) == normalise(name)
        return said(
            f"Yes, your name is {name}." if is_right else f"No, you told me that it is {name}."
        )
    return said(f"Your name is {name}.")


@flow(
    "(forget|delete|remove|erase|drop|clear|unlearn) my name", "(stop|quit) calling me {name}",
    "do not call me {name} [any more|anymore|again]",
    "do not (call me by my name|use my name) [any more|anymore|again]",
    "(stop|quit) using my name",
    name="user.forget_name",
    examples=[
        "forget my name", "stop calling me sam", "delete my name", "don't use my name any more",
        "don't call me boss anymore", "please forget my name",
    ],
    fixed=[FORGOTTEN, UNKNOWN_NAME],
)  # fmt: skip
def forget_name(here: Here, name: str | None = None) -> Steps | None:
    """Forget the user's name."""
    if name is not None and _name(name) is None:
        return None
    return _forgetting(here.talk.facts.get(USER))


def _forgetting(known: str | None) -> Steps:
    if known is None:
        return UNKNOWN_NAME
    yield _forgotten(USER)
    yield Call(keep_name, fact=USER, name=None)
    return FORGOTTEN


# -- the assistant -------------------------------------------------------------------------------


_ANY_OTHER = frozenset(
    "something else|something nicer|something different|another name|a different name".split("|")
)


@flow(
    "[from now on] you are (now|going to be) (called|named|known as) {name}",
    "refer to yourself as {name} [from now on|now]",
    f"(call|rename|name|start calling) (yourself|you) [to|as] {{name}} {_ON}",
    f"(change|switch|make|set|update|turn) your name (to|into|as|be) {{name}} {_ON}",
    "change your name from {old} to {name}",
    f"your [new] name (is|will be|should be|shall be|is going to be|is now|will now be|has to be|"
    f"can be) [now] {{name}} {_ON}",
    "i (will|am going to|shall|prefer to|think i will|like to) (call|name|rename) you {name} "
    "[from now on|instead|now]",
    "[you] [should|must|will|have to|can] (respond|answer|listen|react|reply) (to|when i say|if i "
    "call you) [the name] {name} [from "
    "now on|instead|now]",
    "(from now on|from here on) (your name is|you are|you are called|i will call you|i am calling "
    "you|call yourself) {name}",
    "(i want|i would like|want|i prefer) your name (to be|to become|as) {name} [from now on]",
    "(make|let) your name [be] {name} [from now on]",
    f"(i will|i am going to|i) now call you {{name}} {_ON}",
    "(call|name|start calling|i will now call|i will call|can i call|may i call) you {name} "
    "instead of (your|the) (old|current|present|usual|real|own) name",
    "you are now [called|named] {name}", "go by [the name] {name} [from now on|instead|now]",
    "i am [going to start] calling you {name} [from now on|now]",
    "have your name (be|changed to) {name}", "(be called|be named|be) {name} from now on",
    "your name to be {name}",
    "(change|set|update|switch) your name",
    "(give|have|get|need) [you|yourself] a (new|different|another) name",
    "(give you|give yourself|you need) the name {name}", "what if i (call|called|named) you {name}",
    "[let me|i|let us] (call|rename|name) you {name} [from now on|now]",
    "use the name {name} [for yourself]",
    "from now on (answer|respond|listen) to {name}",
    "you (need|should have|deserve) a (different|new|another|better) name",
    "i do not like your name [call you {name}|let us call you {name}]",
    "(set|change|switch|make) your name {name}",
    name="assistant.set_name",
    examples=[
        "call yourself jarvis", "change your name to robin", "your new name is pixel",
        "i will call you max",
        "from now on your name is ada", "can i call you buddy", "rename yourself to echo",
        "you are now called hal",
        "i want to change your name", "go by sunny from now on", "answer to the name bob",
        "make your name zoe",
    ],
    fixed=[CALL_ME_WHAT, OLD_NAME],
)  # fmt: skip
def rename(here: Here, name: str | None = None, old: str | None = None) -> Steps | None:
    """Take another name for the assistant."""
    if name is not None and normalise(name) in _ANY_OTHER:
        name = None
    if name is not None and _name(name) is None:
        return None
    return _renaming(name)


def _renaming(words: str | None) -> Steps:
    name = _name(words if words is not None else (yield Ask(CALL_ME_WHAT)))
    if name is None or name.lower() in ("assistant", "default", "normal"):
        yield _forgotten(ASSISTANT)
        yield Call(keep_name, fact=ASSISTANT, name=None)
        return OLD_NAME
    yield _known(ASSISTANT, name)
    yield Call(keep_name, fact=ASSISTANT, name=name)
    return said(f"Okay, my name is {name} now.")


@flow(
    "what is your [full|real|actual|first|given|proper|new|current] name [again|by the way|called|"
    "now]", "what (are|do they|do people|do your friends) [you] (called|call you)",
    "(what|how) (should|can|may|do|shall|must) (i|we) (call|address) you [by]",
    "tell me your name [again]", "do you have a name", "(your name is|your name)",
    "who am i (talking|speaking|chatting) (to|with)",
    "(know|have|get|learn|ask|hear|tell me|give me|say|state|remember) [what] your name [is|again]",
    "tell me what (your name is|you are called|to call you|i should call you)",
    "what name (do you (go by|have|use)|were you given|should i call you)",
    "what was your name [again]", "(i [did not|have not]) (catch|get|hear|know) your name",
    "by what name (are you known|do you go|should i call you)",
    "what is the name of (the|this) (ai|assistant|bot|program|computer)", "introduce yourself",
    "do you (have|remember|know) your [own] name",
    "are you (called|named) {guess}",
    "are you (alexa|siri|cortana|google|bixby|jarvis)",
    "what name (did they give you|do you respond to|do you answer to)",
    "i (forgot|have forgotten|do not know|do not remember) your name",
    "what are you named",
    "have you [got] a name",
    name="assistant.name",
    source="precomputed",
    examples=[
        "what's your name", "what are you called", "what should i call you", "do you have a name",
        "tell me your name", "who am i talking to", "i didn't catch your name",
        "what do people call you",
    ],
    fixed=[*OWN_NAME],
)  # fmt: skip
def own_name(here: Here, guess: str | None = None) -> str | Say:
    """Say what the assistant is called."""
    name = here.talk.facts.get(ASSISTANT)
    if name:
        return said(f"You call me {name}.")
    return OWN_NAME[here.talk.number % len(OWN_NAME)]
