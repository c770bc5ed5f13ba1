"""A model's chat template: messages in, the prompt out, in pieces that tell who wrote what.

Templates are Jinja programs by strangers: they run in a sandbox, for a limited time, and are tried
on a small conversation when the model is loaded, so that one that does not work is refused there
with the reason. Every content is rendered as a marker and put in afterwards. A template without a
system role gets the system text in front of the user's first words. Knows no tokens; used by the
mind thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from assistant.errors import ModelError
from assistant.messages import Messages
from assistant.model.jinja_sandbox import TemplateFault, compile_template
from assistant.model.thinking import opens_thought
from assistant.model.vocabulary import Piece

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""For a model that knows the tokens of this format and says nothing of its template."""

_NEXT_STEP = "set llm.chat_template to a Jinja file that fits the model, or take another llm.model"
_OFF = {"enable_thinking": False, "thinking": False, "reasoning_effort": "low"}
"""Arguments by which templates let a model think, and what is handed in unless it is configured."""

_MARKER = re.compile("\u2063(\\d+)\u2063")  # invisible separators, which nobody says
_PROBES = tuple(
    f' \t{word} is "a < b & c\'s" {{d}}.\nSo.\t ' for word in ("Ada", "Bob", "Cyd", "Dan")
)
_TRIMS: tuple[Callable[[str], str], ...] = (str, str.lstrip, str.rstrip, str.strip)
_ANSWER_END = re.compile(r"\s*(<[^<>\s]{1,40}>|\[/?[A-Z_]{1,40}\])")


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """`text` of a template, and `name` by which errors call it."""

    text: str
    name: str


@dataclass(frozen=True, slots=True)
class _Turn:
    role: str
    parts: tuple[Piece, ...]


class ChatTemplate:
    """A template that was tried and works; `ModelError` when it does not, with the reason.

    `tokens` are the texts that it may ask for (`bos_token`, `eos_token`), `arguments` what the
    configuration hands in, `broken_up` takes control tokens out of a text. `answer_end` is the mark
    that it sets behind an answer ("" when it sets none), `opens_thought` tells whether its prompt
    already begins one, `remarks` what a person should know.
    """

    def __init__(
        self,
        source: TemplateSource,
        tokens: Mapping[str, str],
        arguments: Mapping[str, Any],
        broken_up: Callable[[str], str],
    ) -> None:
        self._name = source.name
        self._broken_up = broken_up
        try:
            self._render, takes = compile_template(source.text)
        except TemplateFault as fault:
            raise self._refused(fault) from fault
        off = {name: value for name, value in _OFF.items() if name in takes}
        self._values = {**off, **arguments, **tokens}
        self.remarks = tuple(
            f"{source.name} takes no argument '{name}' (llm.template_arguments)"
            for name in arguments
            if name not in takes
        )
        self._is_typed = False
        self._has_system = True
        self._trims: dict[str, Callable[[str], str]] = {}
        self._is_direct = False
        self.answer_end = ""
        self._try_out()
        header = self._text([_turn("user", _PROBES[1])]).rpartition(_PROBES[1].split()[-1])[2]
        self.opens_thought = opens_thought(header)

    def pieces(self, messages: Messages) -> list[Piece]:
        """The prompt of `messages` and of the header of the answer. `ModelError` when refused."""
        turns = self._turns(messages)
        if self._is_direct:
            return [(self._text(turns), True)]
        return self._marked(turns)

    def open_pieces(self, messages: Messages) -> list[Piece]:
        """The prompt up to the end of the last message, which is still being spoken: nothing
        closes it."""
        *earlier, last = messages
        said = last["content"].strip()
        if not self._is_direct:
            turns = self._turns([*earlier, {**last, "content": "\u2063"}])
            before = self._marked(turns, cut_at="\u2063")
        else:
            one, other = (
                self._text(self._turns([*earlier, {**last, "content": word}])) for word in "ab"
            )
            same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
            before = [("".join(letter for letter, _ in same), True)]
        return [*before, (said, False)]

    # -- the parts of a prompt -------------------------------------------------------------------

    def _turns(self, messages: Messages) -> list[_Turn]:
        """The messages as the template takes them: no two of a role in a row, and without a system
        role the system text belongs to the first words of the user."""
        turns: list[_Turn] = []
        for message in messages:
            role = message["role"]
            if role == "system" and not self._has_system:
                role = "user"
            parts: tuple[Piece, ...] = ((message["content"], False),)
            if turns and turns[-1].role == role:
                parts = (*turns.pop().parts, ("\n\n", True), *parts)
            turns.append(_Turn(role, parts))
        return turns

    def _marked(self, turns: list[_Turn], cut_at: str | None = None) -> list[Piece]:
        """The rendered turns with markers for contents, and these put in again; up to the content
        `cut_at`, if there is one."""
        said: list[tuple[str, str]] = []
        marked = []
        for turn in turns:
            content = ""
            for text, is_template in turn.parts:
                if is_template or not text:
                    content += text
                    continue
                content += f"\u2063{len(said)}\u2063"
                said.append((turn.role, text))
            marked.append((turn.role, content))
        pieces: list[Piece] = []
        for number, text in enumerate(_MARKER.split(self._rendered(marked))):
            if number % 2 == 0:
                pieces.append((text, True))
                continue
            role, content = said[int(text)]
            if content == cut_at:
                break
            pieces.append((self._trims.get(role, str)(content), False))
        return [piece for piece in pieces if piece[0]]

    def _text(self, turns: list[_Turn]) -> str:
        """The prompt with the contents in it, rid of control tokens."""
        return self._rendered(
            [
                (
                    turn.role,
                    "".join(text if own else self._broken_up(text) for text, own in turn.parts),
                )
                for turn in turns
            ]
        )

    def _rendered(self, messages: list[tuple[str, str]]) -> str:
        made = [
            {"role": role, "content": [{"type": "text", "text": text}] if self._is_typed else text}
            for role, text in messages
        ]
        try:
            return self._render({**self._values, "messages": made, "add_generation_prompt": True})
        except TemplateFault as fault:
            raise self._refused(fault) from fault

    # -- trying it -------------------------------------------------------------------------------

    def _try_out(self) -> None:
        """Find out on a small conversation what the template takes and what it does to it."""
        if not self._shows_user():
            self._is_typed = True
            if not self._shows_user():
                raise ModelError(f"{self._name} leaves out what the user says", _NEXT_STEP)
        self._has_system = self._takes_system()
        roles = ("system", "user", "assistant", "user")
        turns = self._turns(
            [{"role": r, "content": p} for r, p in zip(roles, _PROBES, strict=True)]
        )
        text = self._text(turns)
        for role, probe in zip(roles, _PROBES, strict=True):
            self._trims[role] = next((t for t in _TRIMS if t(probe) in text), str)
        marked = "".join(piece for piece, _ in self._marked(turns))
        self._is_direct = marked != text and not self._has_same_words(marked, text)
        behind = text.partition(_PROBES[2].strip())[2].partition(_PROBES[3].strip())[0]
        ended = _ANSWER_END.match(behind)
        self.answer_end = ended[1] if ended else ""

    def _shows_user(self) -> bool:
        return "bob" in self._text([_turn("user", _PROBES[1])]).lower()

    @staticmethod
    def _has_same_words(marked: str, text: str) -> bool:
        """True when only white space differs, as in a system text trimmed before it was joined."""
        return marked.split() == text.split()

    def _takes_system(self) -> bool:
        """False when a system message is refused, left out, or put behind the first words of the
        user, where it would have to be read anew in every turn."""
        roles = ("system", "user", "assistant", "user")
        made = [_turn(role, probe) for role, probe in zip(roles, _PROBES, strict=True)]
        try:
            text = self._text(made).lower()
        except ModelError:
            return False
        return -1 < text.find("ada") < text.find("bob")

    def _refused(self, fault: TemplateFault) -> ModelError:
        return ModelError(f"{self._name} does not work: {fault}", _NEXT_STEP)


def _turn(role: str, content: str) -> _Turn:
    return _Turn(role, ((content, False),))
