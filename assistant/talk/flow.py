"""How a skill is written: a function with templates, which answers at once or asks back.

A flow that asks is a generator. It is replayed, never resumed: to go on with it, it is run from its
beginning and gets the answers that it got before. So it must do the same each time, and leave every
effect to a `Call`. Knows no order and no conversation. Pure values; any thread.
"""

from __future__ import annotations

import hashlib
import inspect
import linecache
import re
import typing
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from assistant.language.en.normalise import with_repeats
from assistant.language.en.refused import without_refused
from assistant.language.en.slots import kind_of
from assistant.language.phrases import Phrase, read_phrase, words_of
from assistant.language.slots import SlotKind
from assistant.messages import Source
from assistant.talk.request import Request
from assistant.talk.talk import Talk
from assistant.talk.tool import Here, Tool, call, check_function, name_of


def _check_texts(what: str, **texts: Any) -> None:
    """`TypeError` for one that is no text, where it is made and not where it is said. None stands
    for an optional one that is not given."""
    for name, text in texts.items():
        if not isinstance(text, str) and (text is not None or name == "text"):
            raise TypeError(f'{what}({name}={text!r}): that is no text; write f"{{…}}"')


# -- what a flow yields --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence of the answer. `spoken` is what the voice says, where that differs; `plain` is
    said instead to somebody who is annoyed or in a hurry."""

    text: str
    spoken: str = ""
    plain: str = ""

    def __post_init__(self) -> None:
        _check_texts("Say", text=self.text, spoken=self.spoken, plain=self.plain)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question; the flow gets the answer as a value of `kind`.

    `kind` is a type (see `assistant.language.slots`), a sequence of texts or a mapping of texts to
    values (see `kind_of`). `retry` is asked when an answer is not understood, `tries` times at
    most; the question is forgotten after `expires_s`.
    """

    text: str
    kind: Any = str
    retry: str = ""
    tries: int = 2
    expires_s: float = 60.0

    def __post_init__(self) -> None:
        _check_texts("Ask", text=self.text, retry=self.retry)

    def slot(self) -> SlotKind:
        """The kind of value that is asked for."""
        return kind_of(self.kind)

    @property
    def is_secret(self) -> bool:
        """Whether nobody may see or keep the answer."""
        return False

    @property
    def wants_pin(self) -> bool:
        """Whether it is for a call that needs the PIN, now or next."""
        return False

    @property
    def asked_for(self) -> str:
        """The one call that it is asked for, if it is for one."""
        return ""


class Confirm(Ask):
    """A question that yes or no answers; the flow gets a bool."""

    def __init__(self, text: str, retry: str = "", expires_s: float = 60.0) -> None:
        super().__init__(text, bool, retry, 2, expires_s)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that is called with `slots`; the flow gets what it returns.

    A tool that only reads runs at once, and what it gave is kept for as long as the flow runs. One
    that writes waits for the commit and runs once; one that writes and is `sure` is handed over at
    the commit, and the flow gets None at once. A guarded one is asked for first, and waits for the
    commit in any case; without the yes, or the PIN, the flow ends there.
    """

    tool: Tool
    slots: Mapping[str, Any]

    def __init__(self, tool: Tool, **slots: Any) -> None:
        if not isinstance(tool, Tool):
            given = getattr(tool, "__name__", None) or repr(tool)[:40]
            raise TypeError(f"Call({given}, …): that is no tool; write @tool above a function")
        object.__setattr__(self, "tool", tool)
        object.__setattr__(self, "slots", slots)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the conversation itself, such as a fact about the user; made at the commit."""

    change: Callable[[Talk], Talk]


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What the last turn did is undone at the commit."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The flow ends, and another one answers `text`, or the request as it is. It must not have
    said or done anything since it was last answered."""

    text: str = ""

    def __post_init__(self) -> None:
        _check_texts("HandOver", text=self.text or "")


Yielded = Say | Ask | Call | Change | TakeBack | HandOver
Steps = Generator[Yielded, Any, str | Say | None]


# -- flows ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A skill. `templates` cover a whole request, `parts` some words of one whose meaning is known
    already. `anywhere` are slots that are looked for, in this order, among all words of a request
    that a template covers, but for those that tell what is not wanted ("without milk"); words that
    one has taken are not looked at again.
    `reads(request)` gives the slots of a request that no template has to cover, or None.
    `slots` are the kinds of the function's parameters, `version` is that of its code.

    `examples` are further ways to say it, from which the meaning is learned and which
    `assistant flows` shows. `again` says that "another one" runs it once more. `is_users` says that
    it is not the program's own: the user's go first. `origin` is as in `Tool`. `from_outside`: it
    says what others wrote without calling a tool for it (a document, a calendar).
    """

    name: str
    function: Callable[..., Any]
    templates: tuple[Phrase, ...]
    parts: tuple[Phrase, ...] = ()
    reads: Callable[[Request], Mapping[str, Any] | None] | None = None
    anywhere: tuple[str, ...] = ()
    slots: Mapping[str, SlotKind] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    about: str = ""
    source: Source = "tool"
    again: bool = False
    fixed: tuple[str, ...] = ()
    version: str = ""
    is_users: bool = False
    origin: str = ""
    from_outside: bool = False
    _needed: frozenset[str] | None = field(init=False, compare=False, repr=False)
    """Words of which a request has one that a template covers; None: it need not have any."""

    def __post_init__(self) -> None:
        needed = [template.needed[0] for template in self.templates if template.needed]
        is_whole = len(needed) == len(self.templates)
        object.__setattr__(self, "_needed", frozenset().union(*needed) if is_whole else None)

    def read(self, request: Request) -> dict[str, Any] | None:
        """The slots, when a template covers the request and the words of each slot can be read."""
        forms = tuple(dict.fromkeys((request.words, request.canonical)))
        for template in self.templates if self._may_be_covered(forms) else ():
            for words in forms:
                found = template.match(words)
                values = None if found is None else self._values(found, request)
                if values is not None:
                    return {**values, **self._anywhere(words, request)}
        read = self.reads(request) if self.reads is not None else None
        return None if read is None else dict(read)

    def _may_be_covered(self, forms: Sequence[str]) -> bool:
        """False when no template has its words in any of `forms`."""
        needed = self._needed
        return needed is None or any(not needed.isdisjoint(words_of(words)) for words in forms)

    def understand(self, request: Request) -> dict[str, Any]:
        """The slots that are somewhere in a request whose meaning is known; may be empty."""
        values: dict[str, Any] = {}
        for part in self.parts:
            found = part.search(request.words)
            if found is not None:
                values = {**(self._values(found, request) or {}), **values}
        for name, kind in self.slots.items():
            if name not in values and kind.name != "text":
                seen = kind.find(request.words, request.now)
                if seen is not None:
                    values[name] = seen[0]
        return values

    def _anywhere(self, words: str, request: Request) -> dict[str, Any]:
        values: dict[str, Any] = {}
        words = without_refused(with_repeats(words, request.text)) if self.anywhere else words
        for name in self.anywhere:
            kind = self.slots[name]
            seen = (kind.near or kind.find)(words, request.now)
            if seen is not None:
                values[name], words = seen
        return values

    def _values(self, found: Mapping[str, str], request: Request) -> dict[str, Any] | None:
        values: dict[str, Any] = {}
        for name, words in found.items():
            kind = self.slots[name]
            value = kind.parse(words, request.now)
            if value is None:
                return None
            values[name] = request.original(words) if kind.name == "text" else value
        return values

    @property
    def words(self) -> frozenset[str]:
        """The canonical words of its templates and of the choices of its slots."""
        choices = (kind.pattern for kind in self.slots.values() if kind.name == "choice")
        said = frozenset(re.findall(r"[a-z0-9]+", " ".join(choices)))
        return said.union(*(phrase.words for phrase in (*self.templates, *self.parts)))

    @property
    def file(self) -> str:
        """The file of its code; "" when the configuration declares it."""
        if self.origin:
            return ""
        return self.function.__code__.co_filename if hasattr(self.function, "__code__") else ""

    def start(self, here: Here, slots: Mapping[str, Any]) -> Any:
        """Call the function: a generator, the text of the answer, or None (it declines)."""
        return call(self.function, here, slots)


def flow(
    *templates: str,
    name: str = "",
    parts: Sequence[str] = (),
    anywhere: Sequence[str] = (),
    reads: Callable[[Request], Mapping[str, Any] | None] | None = None,
    examples: Sequence[str] = (),
    source: Source = "tool",
    again: bool = False,
    fixed: Sequence[str] = (),
    from_outside: bool = False,
) -> Callable[[Callable[..., Any]], Flow]:
    """Make a `Flow` of a function. Its parameters are the slots `{…}` of the templates; their type
    hints say what they hold. All need a default, because a request may leave them out.

    `name` is dotted ("timer.set"); by default it is made of the module and the function.
    `anywhere` names slots that may stand in any order, where the template has a `*`. `fixed` are
    texts that it may say and that the voice can prepare. `from_outside` is as in `Flow`.
    """

    if any(callable(one) for one in templates):
        raise TypeError('write what people say behind it: @flow("what people say")')
    templates = _texts("phrases", templates)
    parts, anywhere = _texts("parts", parts), _texts("anywhere", anywhere)
    examples, fixed = _texts("examples", examples), _texts("fixed", fixed)

    def make(function: Callable[..., Any]) -> Flow:
        check_function(function, "flow")
        slots = _slots(function)
        patterns = {name: kind.pattern for name, kind in slots.items()}
        return Flow(
            name=name or name_of(function),
            function=function,
            templates=tuple(read_phrase(one, patterns) for one in templates),
            parts=tuple(read_phrase(one, patterns) for one in parts),
            reads=reads,
            anywhere=_known_slots(function, anywhere, slots),
            slots=slots,
            examples=tuple(examples),
            about=(inspect.getdoc(function) or "").split("\n")[0],
            source=source,
            again=again,
            fixed=tuple(fixed),
            from_outside=from_outside,
            version=_version(function),
        )

    return make


def _slots(function: Callable[..., Any]) -> dict[str, SlotKind]:
    hints = typing.get_type_hints(function, include_extras=True)
    slots: dict[str, SlotKind] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "here":
            continue
        if parameter.default is inspect.Parameter.empty:
            raise TypeError(
                f"{function.__name__}: the slot {parameter.name} has no default; write "
                f"'{parameter.name}: … | None = None'"
            )
        slots[parameter.name] = kind_of(hints.get(parameter.name, str))
    return slots


def _known_slots(
    function: Callable[..., Any], names: Sequence[str], slots: Mapping[str, SlotKind]
) -> tuple[str, ...]:
    for name in names:
        if name not in slots or slots[name].name == "text":
            raise TypeError(f"{function.__name__}: anywhere='{name}' is no slot that can be found")
    return tuple(names)


def _texts(name: str, given: Any) -> tuple[str, ...]:
    """`given` as texts; `TypeError` for one text alone, whose letters it would be, and others."""
    is_row = isinstance(given, Iterable) and not isinstance(given, str)
    texts = tuple(given) if is_row else (given,)
    if not is_row or not all(isinstance(one, str) for one in texts):
        how = '"one", "two"' if name == "phrases" else f'…, {name}=["one", "two"]'
        raise TypeError(f"{name} {texts!r} are no texts; write @flow({how})")
    return texts


def _version(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    source = _source(code) if isinstance(code, CodeType) else ""
    return hashlib.sha256((source or repr(function)).encode()).hexdigest()[:12]


def _source(code: CodeType) -> str:
    """The lines of a function with its decorators; empty where they are not to be had. The parser
    of `inspect.getsource` takes a millisecond for each."""
    lines = linecache.getlines(code.co_filename)
    return "".join(lines[code.co_firstlineno - 1 : _last_line(code)])


def _last_line(code: CodeType) -> int:
    ends = [end or start or 0 for start, end, _, _ in code.co_positions()]
    inner = [_last_line(one) for one in code.co_consts if isinstance(one, CodeType)]
    return max((code.co_firstlineno, *ends, *inner))
