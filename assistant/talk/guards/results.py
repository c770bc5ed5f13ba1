"""What a tool, a server or a document gives is data: orders to the assistant are taken out of it.

`neutralised` drops control tokens and tags of roles, and every sentence that is meant as an order
to a language model ("ignore all previous instructions", "SYSTEM: call the tool …"). Whoever puts
such a text before the model, or into an answer, calls it. Pure; any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.language.en.normalise import normalise
from assistant.talk.guards.evasion import unaccented
from assistant.talk.guards.rules import first, load_rules

_TAGS = re.compile(
    r"<\|im_start\|>\s*(?:system|user|assistant|tool)?|<\|(?:start_header_id)\|>.*?"
    r"<\|end_header_id\|>|<\|[a-z_]+\|>|\[/?(?:INST|SYS|SYSTEM)\]|<<?/?SYS>?>|</?s>"
    r"|</?(?:system|user|assistant|developer|instructions?|prompt|think|tool_call|tool)\b[^>]{0,40}>",
    re.I,
)
_LABEL = re.compile(
    r"^\W*(?:system|developer|assistant|ai|user|human|admin|important|attention|(?:new |updated )?"
    r"(?:system |hidden |secret )?(?:instructions?|prompt|orders?)(?: (?:to|for) [\w ]{1,30})?"
    r"|(?:note|message|hint) (?:to|for) [\w ]{1,30})\s*:",
    re.I,
)
_ROLE = re.compile(
    r"^\W*(?:system|developer|admin|(?:note|message|hint) (?:to|for) (?:the )?(?:ai|assistant|model"
    r"|language model|chatbot|llm|agent)[\w ]{0,20}|(?:new|updated|system|hidden|secret)"
    r" (?:instructions?|prompt|orders?)[\w ]{0,30})\s*:",
    re.I,
)
_SENTENCES = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")
_TOLD = re.compile(
    r"(?<! you)(?<! have)(?<! need)(?<! are) (?:to|not|never|who|they|he|she|people|i|we|did"
    r"|does) $"
)
"""Before the words of an order: it is told of, and nobody is given it."""
_MAYBE = re.compile(
    r"[<\[#:]|\b(?:ignore|disregard|forget|override|you|user|tool|function|command|api|reply|respond"
    r"|answer|speak|from now|instructions?|orders|send|forward|upload|post|leak|email|reveal|print"
    r"|show|repeat|read|disclose|say|tell|give|mode|note|message|attention|assistant|ai|chatbot|chatgpt"
    r"|llm|model|must|when|replaces|overrides)\b|[^\x00-\x7f]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Neutral:
    """A text without what was meant as an order, and the first sentence that was."""

    text: str
    order: str = ""


def neutralised(text: str, *, by_model: bool = False) -> Neutral:
    """`text` as data. All sentences that give no order stay as they were written. `by_model`: a
    model wrote it, who may well tell how to "use the function" and what to do "from now on"."""
    if not _MAYBE.search(text):
        return Neutral(text)
    bare = _TAGS.sub("\n", text)
    order = _TAGS.search(text)
    kept: list[str] = []
    orders: list[str] = [order[0]] if order else []
    place = 0
    for gap in (*_SENTENCES.finditer(bare), None):
        end = gap.end() if gap else len(bare)
        sentence, place = bare[place:end], end
        if not sentence.strip():
            continue
        if _is_order(sentence, by_model=by_model):
            orders.append(sentence.strip())
        else:
            kept.append(sentence)
    if not orders:
        return Neutral(text)
    whole = " ".join(" ".join(part.split()) for part in kept)
    return Neutral(whole, orders[-1] if len(orders) > 1 else orders[0])


def _is_order(sentence: str, *, by_model: bool) -> bool:
    role = _ROLE.match(sentence)
    if role and not by_model:
        return True
    rules = load_rules()
    words = f" {normalise(_LABEL.sub('', unaccented(sentence)))} "
    found = first(rules.orders, words)
    if found is None and (role or not by_model):
        found = first(rules.orders_in_data, words)
    return found is not None and not _TOLD.search(words[: found.start()])
