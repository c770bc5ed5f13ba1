"""Questions to the user's documents: the flow, the tool and the part of the order that ask them.

The flow takes requests that name the documents ("what does the handbook say about …"). The part
comes after the program's own skills and takes any other question that a document surely answers.
Pure but for the index, which is read; the mind thread.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable

from assistant.language.en.asking import asks, asks_in_general
from assistant.language.en.normalise import normalise
from assistant.language.en.search_words import search_words
from assistant.language.en.speakable import spoken_form
from assistant.messages import Reply
from assistant.talk.decision import Decision, Pass, short
from assistant.talk.flow import flow
from assistant.talk.request import Request
from assistant.talk.sources.documents import EXPLICIT, IMPLICIT, NAMED, NOTHING, Documents
from assistant.talk.talk import Done, Talk
from assistant.talk.tool import Here, Tool

NO_FOLDER = "You have given me no documents. Set documents dot folder in the configuration."
SOURCE = "documents"

_ALL = frozenset("document file paper documentation paperwork pdf".split())
"""Stems of what means all documents."""
_KINDS = frozenset(
    "policy handbook rul manual warranty contract guidelin agreement regulation instruction "
    "recip brochur lett".split()
)
"""Stems of kinds of document: whoever names one wants it looked up."""
_MAY = re.compile(
    r"(?:and |so |but )*(?:can|could|may|must|should|shall|am|are|is|do|does|how|what|when|where"
    r"|who|which|whose|until when|since when|by when|for how long|at what|in what|on which)\b"
)
NOT_A_QUESTION = 0.15
"""So much more is needed of words that do not ask."""

ONE_WORD = 0.9
"""From this score on, a question with one word that tells what it is about ("how long must a
password be"): too many sentences have one word."""


@flow(
    "(search|look through|look in|check|go through|ask) [through|in] (my|the|our|your) {source} "
    "(for|about|on|whether|if) {topic}",
    "(look up|look for|search for|search|find|find out) {topic} in (my|the|our|your) {source}",
    "(look|check) in (my|the|our|your) {source} [for|about|whether|if] {topic}",
    "what (do|does|did) (my|the|our|your) {source} (say|tell|state|write) [me|us] "
    "(about|on|regarding|concerning) {topic}",
    "what (is|are) (my|the|our|your) {source} (about|on|regarding|concerning|for) {topic}",
    "according to (my|the|our|your) {source} {topic}",
    "(do|does) (my|the|our|your) {source} (say|mention) [anything|something] (about|on) {topic}",
    "look up [my|the|our|your] {topic}",
    name="documents.look_up",
    fixed=[NOTHING, NO_FOLDER],
    from_outside=True,
)
def look_up(here: Here, topic: str | None = None, source: str | None = None) -> str | None:
    """Tell what your documents say about something."""
    documents = here.services.documents
    words = search_words(source or "")
    is_named = bool(_ALL.intersection(words)) and len(words) == 1
    if not documents.is_set_up:
        return NO_FOLDER if is_named else None
    asked = topic or ""
    if source is None:
        words = search_words(asked)
        found = documents.find(asked, EXPLICIT, is_topic=not is_question(normalise(asked)))
        if found is None and not _KINDS.intersection(words):
            return None
        return found.text if found else NOTHING
    if is_named:
        names: tuple[str, ...] = ()
    else:
        names = _named(words, documents.titles())
        is_kind = bool(_KINDS.intersection(words))
        if not names and not is_kind:
            return None  # "what does the bible say about love"
        if not names:
            asked = f"{source} {asked}"
    is_topic = not is_question(normalise(asked))
    best = documents.find(asked, NAMED if names else EXPLICIT, names, is_topic=is_topic)
    return best.text if best else NOTHING


def is_question(words: str) -> bool:
    """Whether canonical words ask something, and do not only name a topic."""
    return asks(words) or _MAY.match(words) is not None


def _named(words: Iterable[str], titles: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The files whose titles have all of `words`."""
    wanted = frozenset(words) - _ALL  # "the gate file"
    return tuple(
        name for name, title in titles if wanted and wanted <= frozenset(search_words(title))
    )


def documents_tool() -> Tool:
    """ "documents.search", for the language model and for other programs."""

    def search(here: Here, question: str = "") -> str:
        found = here.services.documents.find(str(question), EXPLICIT)
        return found.text if found else NOTHING

    return Tool(
        name="documents.search",
        function=search,
        about="Looks a question up in the user's own documents: policies, manuals, contracts, "
        "letters, recipes.",
        schema={
            "type": "object",
            "properties": {
                "question": {"type": "string", "description": "what is to be found, in words"}
            },
            "required": ["question"],
            "additionalProperties": False,
        },
        offered=True,
        origin=SOURCE,
    )


class InDocuments:
    """Takes a question that a document surely answers."""

    name = "documents"

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The answer names the file; `Pass` without a folder, or when nothing fits well enough."""
        documents = self._documents
        if not documents.is_set_up:
            return Pass(why="no documents")
        if not documents.implicit:
            return Pass(why="documents.implicit is off")
        asked = request.words if is_question(request.words) else request.canonical
        best = documents.find(asked, -1.0)
        if best is None:
            return Pass(why="no document has its words")
        least = IMPLICIT if is_question(asked) else IMPLICIT + NOT_A_QUESTION
        if len(set(search_words(asked))) == 1:
            least = math.inf if asks_in_general(asked) else ONE_WORD
        if best.score < least:
            return Pass(score=best.score, why="no document surely answers it")
        why = short(f"in {best.name}")
        reply = Reply(
            text=best.text,
            spoken=spoken_form(best.text),
            source="tool",
            why=why,
            name="documents.answer",
            from_outside=True,
        )
        last = Done(name="documents.answer", turn=request.turn, at=request.now, why=why)
        return Decision(
            name="documents.answer",
            source="tool",
            why=why,
            score=min(best.score, 1.0),
            slots={"file": best.name},
            replies=(reply,),
            after=dataclasses.replace(talk, last=last),
        )
