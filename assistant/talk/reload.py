"""The user's own flows, guards and replies: files of a folder that are read again when they change.

`flows/*.py` holds flows and tools, `guards/*.py` guards, `replies/*.toml` replies. A file that does
not load is told of with its line, and what it held before stays. Files that begin with `test_`, `_`
or a dot are left alone. Knows nothing of the conversation. No thread: whoever wants news calls
`refresh`.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import re
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from assistant.errors import AssistantError, ConfigError, StageTimeout
from assistant.talk.flow import Flow
from assistant.talk.guards.verdict import CodeGuard
from assistant.talk.limited import within
from assistant.talk.replay import FlowError, FlowTooSlow
from assistant.talk.replies import Replies, join_replies, read_replies
from assistant.talk.tool import Tool
from assistant.text_files import SAVE_AS_UTF8, EncodingFault, decoded

GUARDS = "guards"
ALLOWED = ("assistant.flows", "assistant.testing")
IMPORT_LIMIT_S = 5.0
LONGEST = 500_000
"""So many characters a file may have: to compile it takes a second then, and nothing else runs."""
_BESIDE = ("a flow imports no file beside it", "put what it needs into it")
_INSTALL = "install it where the assistant is (its .venv/bin/pip)"
_PREFIX = "assistant_user_flows."

Stamp = tuple[int, int]
"""When a file was changed (ns) and how long it is (bytes)."""


class FlowFileError(ConfigError):
    """A file of flows cannot be used; `line` is where, if that is known."""

    code = "E-FLOW"

    def __init__(self, what: str, next_step: str = "", line: int | None = None) -> None:
        super().__init__(what, next_step)
        self.line = line


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a file of the user."""

    file: Path
    text: str
    line: int | None = None

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line else ""
        return f"{self.file}{place}: {self.text}"


@dataclass(slots=True)
class _Loaded:
    """What a file holds: of the newest version that loaded."""

    stamp: Stamp
    flows: tuple[Flow, ...] = ()
    guards: tuple[CodeGuard, ...] = ()
    tools: tuple[Tool, ...] = ()
    replies: Replies | None = None
    fault: Fault | None = None


class UserFiles:
    """The flows and replies below `folder`, and those of `extra` files, which come first."""

    def __init__(
        self,
        folder: Path | None,
        *,
        own: Iterable[Flow] = (),
        extra: Iterable[Path] = (),
        declared: Iterable[Flow] = (),
    ) -> None:
        """`own` are the program's flows, whose names are taken; `declared` those of the
        configuration, which are the user's as well and stay."""
        self._declared = tuple(declared)
        self._folder = folder
        self._taken = {flow.name: "the program" for flow in own}
        self._taken |= {flow.name: "the configuration" for flow in self._declared}
        self._extra = list(extra)
        self._loaded: dict[Path, _Loaded] = {}
        self._clashes: list[Fault] = []
        self.flows: tuple[Flow, ...] = self._declared
        self.tools: tuple[Tool, ...] = ()
        self.refresh()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong now, in the order of the files."""
        broken = [one.fault for one in self._loaded.values() if one.fault is not None]
        return (*broken, *self._clashes)

    @property
    def guards(self) -> tuple[CodeGuard, ...]:
        """The user's guards, in the order of the files."""
        return tuple(rule for one in self._loaded.values() for rule in one.guards)

    @property
    def replies(self) -> Replies:
        """The user's replies over the program's own."""
        return join_replies([one.replies for one in self._loaded.values() if one.replies])

    def refresh(self) -> bool:
        """Read what is new or has changed; True when anything had."""
        found = {path: stamp for path in self._files() if (stamp := _stamp(path)) is not None}
        seen = {path: one.stamp for path, one in self._loaded.items()}
        if found == seen:
            return False
        self._loaded = {
            path: self._loaded[path] if seen.get(path) == stamp else self._load(path, stamp)
            for path, stamp in found.items()
        }
        self._gather()
        return True

    def _files(self) -> list[Path]:
        found: list[Path] = []
        if self._folder is not None:
            for name, pattern in (("flows", "*.py"), ("guards", "*.py"), ("replies", "*.toml")):
                found += sorted((self._folder / name).glob(pattern))
        skipped = ("test_", "_", ".")
        return [*self._extra, *(path for path in found if not path.name.startswith(skipped))]

    def _load(self, path: Path, stamp: Stamp) -> _Loaded:
        old = self._loaded.get(path, _Loaded(stamp))
        try:
            if path.suffix == ".py" and path.parent.name == GUARDS:
                return _Loaded(stamp, guards=load_guards(path))
            if path.suffix == ".py":
                flows, tools = load_code(path)
                return _Loaded(stamp, flows=flows, tools=tools)
            return _Loaded(stamp, replies=read_replies(path))
        except Exception as error:  # anybody's code
            return dataclasses.replace(old, stamp=stamp, fault=_fault(path, error))

    def _gather(self) -> None:
        """The flows of all files; of two with one name the first."""
        names = dict(self._taken)
        ids: dict[str, str] = {}
        self._clashes = []
        flows: list[Flow] = []
        tools: dict[str, Tool] = {}
        for path, loaded in self._loaded.items():
            for tool in loaded.tools:
                if tools.setdefault(tool.name, tool) is not tool:
                    text = f"another file has a tool '{tool.name}'; write @tool(name=\"…\")"
                    self._clashes.append(Fault(path, text))
            for flow in loaded.flows:
                owner = names.setdefault(flow.name, path.name)
                if owner == path.name:
                    flows.append(flow)
                else:
                    text = f"{owner} has a flow '{flow.name}', too; write @flow(…, name=\"…\")"
                    self._clashes.append(Fault(path, text, _line(flow)))
            for entry in loaded.replies.entries if loaded.replies else ():
                owner = ids.setdefault(entry.id, path.name)
                if owner != path.name:
                    text = f"{owner} has the id '{entry.id}', too; rename one of the two"
                    self._clashes.append(Fault(path, text))
        self.flows = (*flows, *self._declared)
        self.tools = tuple(tools.values())


def check_file(path: Path) -> None:
    """Load a file of flows, guards or replies; a `ConfigError` says what is wrong with it, and
    where."""
    if path.suffix != ".py":
        read_replies(path)
        return
    try:
        load_guards(path) if path.parent.name == GUARDS else load_code(path)
    except Exception as error:  # anybody's code
        fault = _fault(path, error)
        raise FlowFileError(str(fault), "mend that file", fault.line) from error


def load_flows(path: Path) -> tuple[Flow, ...]:
    """The flows of a Python file; see `load_code`."""
    return load_code(path)[0]


def load_code(path: Path) -> tuple[tuple[Flow, ...], tuple[Tool, ...]]:
    """The flows and the tools of a Python file. `FlowFileError` when it holds neither a flow nor a
    tool that is offered, or imports what it must not; else whatever it raises itself, or
    `StageTimeout`."""
    module, text = _executed(path)
    _refuse(module, CodeGuard, "guard", GUARDS)
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    found = [one for one in vars(module).values() if isinstance(one, Flow)]
    names = [flow.name for flow in found]
    for flow in found:
        if names.count(flow.name) > 1:
            raise FlowFileError(
                f"it has two flows '{flow.name}'", 'write @flow(…, name="…") at one', _line(flow)
            )
    tools = {one.name: one for one in vars(module).values() if isinstance(one, Tool)}
    if not found and not any(tool.offered for tool in tools.values()):
        raise FlowFileError(
            "it has no flow", "write a function with @flow(…) or @tool(offered=True) in it"
        )
    for flow in found:
        if not (flow.templates or flow.reads or flow.parts or flow.examples):
            raise FlowFileError(
                f"nobody can say '{flow.name}'", '@flow("what people say")', _line(flow)
            )
    flows = tuple(dataclasses.replace(flow, version=version, is_users=True) for flow in found)
    return flows, tuple(tools.values())


def load_guards(path: Path) -> tuple[CodeGuard, ...]:
    """The guards of a Python file, under the same conditions as `load_flows`."""
    module, _ = _executed(path)
    _refuse(module, Flow, "flow", "flows")
    found = [one for one in vars(module).values() if isinstance(one, CodeGuard)]
    if not found:
        raise FlowFileError("it has no guard", "write a function with @guard(on=…) in it")
    return tuple(dataclasses.replace(one, name=f"{path.stem}.{one.name}") for one in found)


def _refuse(module: ModuleType, kind: type, what: str, folder: str) -> None:
    """`FlowFileError` for what is looked for in another folder, and would do nothing here."""
    for one in vars(module).values():
        if isinstance(one, kind):
            raise FlowFileError(
                f"it has a {what}, '{one.name}'",  # type: ignore[attr-defined]
                f"a {what} is written in a file of the folder {folder}",
                _first_line(one.function),  # type: ignore[attr-defined]
            )


def _executed(path: Path) -> tuple[ModuleType, str]:
    """The module of a file, and its text."""
    try:
        text = decoded(path.read_bytes())
    except EncodingFault as fault:
        raise FlowFileError(str(fault), SAVE_AS_UTF8) from fault
    if len(text) > LONGEST:
        raise FlowFileError(
            f"it is longer than {LONGEST // 1000} kB",
            "keep data in a file of its own, and have a tool read it",
        )
    _check_imports(ast.parse(text, str(path)))
    module = ModuleType(_PREFIX + path.stem)
    module.__file__ = str(path)
    vars(module)["print"] = _print
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module  # dataclasses and type hints look there
    try:
        code = compile(text, str(path), "exec")
        within(IMPORT_LIMIT_S, lambda: exec(code, vars(module)), f"loading {path.name}")
    except BaseException:
        if before is not None:
            sys.modules[module.__name__] = before
        else:
            del sys.modules[module.__name__]
        raise
    return module, text


def _print(*values: Any, **how: Any) -> None:
    """`print` in a file of the user: standard output belongs to the program, whose answers, JSON or
    protocol stand there."""
    print(*values, **{"file": sys.stderr, **how})


def _check_imports(tree: ast.Module) -> None:
    """`FlowFileError` where the program's inner parts are imported: they change without notice."""
    for node in ast.walk(tree):
        names: list[str] = []
        line = getattr(node, "lineno", None)
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            names = [f"assistant.{a.name}" for a in node.names] if base == "assistant" else [base]
        for name in names:
            if name.startswith("."):
                raise FlowFileError(*_BESIDE, line)
            if name.split(".")[0] == "assistant" and name not in ALLOWED:
                raise FlowFileError(f"it imports {name}", "import from assistant.flows only", line)


def _line(flow: Flow) -> int | None:
    return _first_line(flow.function)


def _first_line(function: object) -> int | None:
    """None for a callable object, which has no code of its own."""
    code = getattr(function, "__code__", None)
    return None if code is None else int(code.co_firstlineno)


def _fault(path: Path, error: Exception) -> Fault:
    """What is shown of an error while a file loads."""
    if isinstance(error, SyntaxError):
        return Fault(path, f"{error.msg}", error.lineno)
    if isinstance(error, StageTimeout):
        text = f"{error.what}; a flow's file only defines things"
        return Fault(path, text, line_in(path, error))
    if isinstance(error, AssistantError):
        step = f"; {error.next_step}" if error.next_step else ""
        what = error.what.removeprefix(f"{path} is ").removeprefix(f"{path} ")
        line = getattr(error, "line", None) or line_in(path, error) or _toml_line(error)
        return Fault(path, f"{what}{step}", line)
    if isinstance(error, OSError):
        return Fault(path, f"it cannot be read: {error.strerror}")
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError):
        is_beside = (path.parent / f"{error.name}.py").exists()
        text = f"{_BESIDE[0]}; {_BESIDE[1]}" if is_beside else f"{text}; {_INSTALL}"
    return Fault(path, text, line_in(path, error))


def _toml_line(error: Exception) -> int | None:
    """The line that the TOML reader gives, which it has in its words alone."""
    found = re.search(r"\(at line (\d+)", str(error.__cause__))
    return int(found[1]) if found else None


def line_in(file: Path | str, error: BaseException) -> int | None:
    """The line of `file` that the error came from; None when it has none."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file)]
    lines = lines or [line for name, line in getattr(error, "places", ()) if name == str(file)]
    return lines[-1] if lines else None


def line_of(flow: Flow, error: BaseException) -> int | None:
    """The line of a flow that did what it must not: of the step, else where it begins. None for
    other errors, and where nothing is known of its code."""
    if not isinstance(error, FlowError) or isinstance(error, FlowTooSlow):
        return None
    return error.line or _line(flow)


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
