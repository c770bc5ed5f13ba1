"""Decides what of a language model's answer may be spoken, clause by clause.

A clause is spoken when it is in the language of the question, repeats neither the answer nor the
user, claims nothing that nobody did or saw, and plays no other role. What is wrong ends the answer.
Knows no dialogue and no model. Pure, one object an answer; runs on the mind thread.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.language.en.claims import Claims, is_opener
from assistant.language.en.foreign import ENGLISH, asks_for_foreign_words, language
from assistant.language.en.normalise import core, normalise
from assistant.talk.reach import ABILITIES
from assistant.talk.replies import Entry

_ANSWERS = {
    "act": (
        f"I can't do that from here. {ABILITIES}",
        f"Sorry, that is not something I can do. {ABILITIES}",
    ),
    "seen": (
        f"I have no way to see or check that. {ABILITIES}",
        f"I can't know that from here. {ABILITIES}",
    ),
}
HONEST = {
    claim: Entry(id=f"claim {claim}", phrases=(), answers=answers)
    for claim, answers in _ANSWERS.items()
}
"""What is said instead of a claim to have acted ("act") or observed ("seen")."""

SAID_BEFORE = 0.8
"""From which share of its runs of four words on a clause was already said."""
LIKE_THE_REQUEST = 0.85
_RUN = 4
_SHORTEST_ECHO = 4
_MOST_OF_A_CLAUSE = 60

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LAUGHS = frozenset("ha haha ho hee he la na blah knock".split())
_TAG = re.compile(r"<\|[a-z_]+\|>|</?s>|\[/?INST\]|<<?/?SYS>?>", re.I)
_OWN_ROLE = re.compile(
    r"^\W*(?:(?:voice )?assistant|ai|bot|chatbot|answer|response|reply|a)\s*:\s*", re.I
)
_OTHER_ROLE = re.compile(r"(?:^|(?<=[.!?\n\"]))\W*(?:user|human|system|question|q)\s*:", re.I)
_OTHER_TAG = re.compile(r"<\|im_start\|>\s*(?:user|system)\b", re.I)
_OWN_TAG = re.compile(r"<\|im_start\|>\s*assistant\b:?", re.I)
_AS_A_MODEL = re.compile(
    r"\bas an? (?:\w+ )?(?:ai|a\.i\.|artificial intelligence|language model|chatbot|virtual"
    r" assistant|voice assistant)(?: (?:language )?(?:model|assistant|chatbot))?(?: (?:developed"
    r"|created|made|trained) by [\w ]+)?,\s*",
    re.I,
)
_PROMPT = re.compile(
    r"^\W*(?:you are (?:a|an|the) (?:\w+ )?(?:voice |ai |virtual |personal )?assistant"
    r"|you are having a friendly|keep every (?:reply|answer)|keep your (?:replies|answers) (?:short"
    r"|to))\b",
    re.I,
)
_GREETING = re.compile(
    r"^\W*(?:hello|hi|hey|greetings|good (?:morning|afternoon|evening|day))(?: there| again)?\s*"
    r"[!.,]+\s*",
    re.I,
)
_GREETS = re.compile(r"\b(?:hello|hi|hey|greet\w*|good (?:morning|evening|day)|meet|welcome)\b")
_ASKS = re.compile(r"(?:what|who|whose|where|when|why|which|how) ")
_AT_YOUR_SERVICE = re.compile(
    r"^\W*(?:how (?:can|may|could) i (?:help|assist)|what can i (?:do|help)|is there anything else"
    r"|let me know if (?:you need|there is|you have any))\b",
    re.I,
)
_ASKS_TO_SAY = re.compile(
    r"(?:repeat|say|spell|read|translate|sing|recite|quote|write|rephrase|correct|finish|pronounce)\b"
)
_VERSE = re.compile(r"\b(?:sing|song|lyrics|poem|rhyme|verse|repeat|chorus|count|chant|times)\b")
_YES_OR_NO = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|am|may|must) "
)
_FUNCTION = frozenset(
    "i you he she it we they me my your his her our the a an is are was were am do does did have "
    "has had so that this to of in on at and or not".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What of a clause is spoken (maybe nothing); `fault` says why the answer ends with it.

    `honest`, if there is one, is to be said instead.
    """

    text: str = ""
    fault: str = ""
    honest: Entry | None = None


class AnswerChecks:
    """Judges one answer to `request`; `before` is the request before that, if there is one.
    `told` is what the user said before and what tools gave in this turn; `has_acted` says that a
    tool that writes has run in it."""

    def __init__(
        self, request: str, before: str = "", told: str = "", *, has_acted: bool = False
    ) -> None:
        self._has_acted = has_acted
        self._request = normalise(request)
        self._request_words = self._request.split()
        self._own_language = language(request)
        self._may_be_foreign = asks_for_foreign_words(request) or (
            len(self._request_words) < 6 and asks_for_foreign_words(before)
        )
        words = core(self._request)
        self._may_echo = bool(_ASKS_TO_SAY.match(words))
        self._is_verse = self._may_echo or bool(_VERSE.search(self._request))
        self._is_yes_or_no = bool(_YES_OR_NO.match(self._request))
        is_short = len(self._request_words) <= 4 and not _ASKS.match(self._request)
        self._may_greet = is_short or bool(_GREETS.search(self._request))
        self._claims = Claims(request, before, told)
        self._said: list[str] = []
        self._runs: set[tuple[str, ...]] = set()

    def judge(self, clause: str) -> Verdict:
        """What of the next clause may be spoken; clauses must be given in order."""
        text, other_role = self._in_role(clause)
        if not text:
            return Verdict(fault=other_role)
        fault = self._foreign(text) or self._repeated(text)
        if fault:
            return Verdict(fault=fault)
        claim, words = self._claims.find(text)
        if claim == "act" and self._has_acted:
            claim = ""
        if claim:
            what = "an action" if claim == "act" else "an observation"
            fault = f"claims {what} ('{words[:_MOST_OF_A_CLAUSE]}')"
            return Verdict(fault=fault, honest=HONEST[claim])
        return Verdict(text=text, fault=other_role)

    # -- one check each: empty, or what is wrong ------------------------------------------------

    def _in_role(self, clause: str) -> tuple[str, str]:
        """`clause` without marks of a role, and what ends the answer after it, or ""."""
        fault = ""
        other = _OTHER_TAG.search(clause) or _OTHER_ROLE.search(clause)
        if other is not None:
            clause, fault = clause[: other.start()], "speaks for somebody else"
        if "<" in clause or "[" in clause:
            clause = _TAG.sub(" ", _OWN_TAG.sub(" ", clause))
        clause = _AS_A_MODEL.sub("", _OWN_ROLE.sub("", clause.strip()))
        if _PROMPT.match(clause):
            return "", "recites its instructions"
        if not self._may_greet and not self._said:
            clause = _GREETING.sub("", clause)
        if self._said and _AT_YOUR_SERVICE.match(clause):
            return "", "offers its service"
        return clause.strip(), fault

    def _foreign(self, text: str) -> str:
        if self._may_be_foreign:
            return ""
        found = language(text)
        return "" if found in (ENGLISH, self._own_language) else f"is in another language ({found})"

    def _repeated(self, text: str) -> str:
        words = _WORD.findall(text.lower().replace("’", "'"))
        if not self._is_verse and _loops(words):
            return "loops"
        canonical = normalise(text)
        runs = set(_runs(canonical.split()))
        if not self._is_verse and canonical:
            known = len(runs & self._runs)
            if canonical in self._said or (len(runs) > 1 and known > SAID_BEFORE * len(runs)):
                return "was already said"
        if self._is_echo(canonical):
            return "repeats the user"
        self._said.append(canonical)
        self._runs |= runs
        return ""

    def _is_echo(self, canonical: str) -> bool:
        """True when the clause is the user's sentence, or that with hardly a word of its own."""
        words = canonical.split()
        if self._may_echo or len(words) < _SHORTEST_ECHO:
            return False
        if canonical == self._request:
            return True
        if self._is_yes_or_no or not _FUNCTION.issuperset(set(words) - set(self._request_words)):
            return False
        matcher = SequenceMatcher(None, words, self._request_words, autojunk=False)
        return matcher.ratio() >= LIKE_THE_REQUEST


def openers_joined(clauses: Iterator[str]) -> Iterator[str]:
    """`clauses`, with an opener of at most two words ("Sure!") kept for the clause behind it."""
    held = ""
    for clause in clauses:
        if not held and is_opener(clause):
            held = clause
            continue
        yield f"{held} {clause}".strip()
        held = ""
    if held:
        yield held


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(_RUN)), strict=False)


def _loops(words: list[str]) -> bool:
    """True for one word four times in a row, or three words thrice and half of all."""
    for at in range(len(words) - 3):
        word = words[at]
        if words[at : at + 4] == [word] * 4 and not word.isdigit() and word not in _LAUGHS:
            return True
    if len(words) < 9:
        return False
    threes = Counter(zip(words, words[1:], words[2:], strict=False))
    _, most = threes.most_common(1)[0]
    return most >= 3 and most * 6 >= len(words)
