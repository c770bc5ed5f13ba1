"""Reads what strace wrote, and says what in it leaves the machine or the program's own folders.

Pure: lines in, findings out. The lines come from `strace -f -y -o FILE -e trace=` + `TRACED`; a
finding is one sentence for a person, with the line that shows it. An empty list is a clean run.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

_WRITING = (
    "open openat openat2 creat mkdir mkdirat mknod mknodat rename renameat renameat2 link linkat "
    "symlink symlinkat unlink unlinkat rmdir truncate"
).split()
TRACED = ",".join(
    ["%network", "?io_uring_setup", "?chdir", "?fchdir"] + [f"?{n}" for n in _WRITING]
)
"""What to trace; a call that this machine's kernel lacks is left out by its question mark."""

_WHOLE = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<args>.*)\) += (?P<result>.*)")
_UNFINISHED = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<(?P<at>[^"]*?)>, )?"(?P<path>(?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "f": "\f"}
_INTO = re.compile(r"\d+<(?P<path>/.*)>$")
_FAMILY = re.compile(r"sa_family=(AF_\w+)")
_INTERNET = re.compile(
    r'sin6?_port=htons\((?P<port>\d+)\).*?inet_(?:addr|pton)\(.*?"(?P<host>[^"]+)"'
)
_NAME_SERVICE = re.compile(r"/etc/(resolv\.conf|hosts|gai\.conf)|/run/(systemd/resolve|nscd)/.*")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: its arguments and its result as strace writes them."""

    pid: int
    name: str
    args: str
    result: str

    def __str__(self) -> str:
        return f"{self.name}({self.args}) = {self.result}"

    @property
    def failed_with(self) -> str:
        """The name of the error, as ENOENT; empty when the call succeeded."""
        found = re.match(r"-1 (E\w+)", self.result)
        return found.group(1) if found else ""

    def paths(self, start: str) -> list[str]:
        """The absolute paths that it names; `start` is the folder that the program began in."""
        found = []
        for match in _PATH.finditer(self.args):
            path = _unescaped(match["path"])
            found.append(os.path.normpath(os.path.join(start, match["at"] or "", path)))
        return found


def read_calls(lines: Iterable[str]) -> Iterator[Call]:
    """The calls in the order of their ends; one cut in two by another process is joined again. A
    call that never came back is given with the result `?`."""
    open_calls: dict[str, tuple[str, str]] = {}
    for line in lines:
        if begun := _UNFINISHED.match(line):
            pid, name, args = begun.groups()
            open_calls[pid] = (name, args)
            continue
        if ended := _RESUMED.match(line):
            pid, name, rest = ended.groups()
            begun_name, args = open_calls.pop(pid, (name, ""))
            line = f"{pid} {begun_name}({args}{rest}"
        if whole := _WHOLE.match(line.rstrip("\n")):
            yield Call(int(whole["pid"]), whole["name"], whole["args"], whole["result"].strip())
    for pid, (name, args) in open_calls.items():
        yield Call(int(pid), name, args, "?")


def network_findings(
    calls: Iterable[Call],
    is_local_service: Callable[[str], bool],
    start: str = "/",
    servers: Collection[tuple[str, int]] = (),
) -> list[str]:
    """Sockets of any other family than Unix, names looked up, and Unix sockets that are connected
    to and that `is_local_service(path)` does not know. An attempt counts as much as a success.

    `servers` are the addresses with their ports that the configuration names: TCP to them, and to
    nothing else, is no finding."""
    findings = []
    for call in calls:
        if call.name in ("socket", "socketpair"):
            if servers and call.args.startswith(("AF_INET, SOCK_STREAM", "AF_INET6, SOCK_STREAM")):
                continue
            if not call.args.startswith(("AF_UNIX", "AF_LOCAL")):
                findings.append(f"a socket that is not of this machine: {call}")
        elif call.name == "io_uring_setup":
            findings.append(f"calls that strace cannot see: {call}")
        elif family := _FAMILY.search(call.args):
            if call.name.startswith("recv") or call.name in _NAMING:
                continue
            if call.name == "connect" and _server(call) in servers:
                continue
            if family.group(1) not in ("AF_UNIX", "AF_UNSPEC"):
                findings.append(f"an address that is not of this machine: {call}")
            elif (path := _unix_path(call)) and not is_local_service(path):
                findings.append(f"an unknown service of this machine: {call}")
        elif call.name.startswith("open") and any(map(_is_name_service, call.paths(start))):
            findings.append(f"a name is looked up: {call}")
    return findings


_NAMING = ("getsockname", "getpeername", "accept", "accept4")


def file_findings(
    calls: Iterable[Call], is_own: Callable[[str], bool], start: str = "/"
) -> list[str]:
    """Files and folders that are made, written, moved or removed where `is_own(path)` says no.

    `start` is the folder that the program began in; leaving it is a finding, as relative paths
    could not be followed. A folder that was there already, and so was not made, is none.
    """
    findings = []
    for call in calls:
        if call.name in ("chdir", "fchdir") and not call.failed_with:
            findings.append(f"relative paths cannot be followed any more: {call}")
        if call.name not in _WRITING or (call.name.startswith("open") and not _can_write(call)):
            continue
        if call.name in ("mkdir", "mkdirat") and call.failed_with == "EEXIST":
            continue
        touched = call.paths(start)
        if call.name in ("symlink", "symlinkat", "link", "linkat"):
            touched = touched[-1:]  # what it points to is not touched
        opened = _INTO.match(call.result)
        if opened:
            touched.append(opened["path"])
        if any(not is_own(path) for path in touched):
            findings.append(f"not in the program's own folders: {call}")
    return findings


def _can_write(call: Call) -> bool:
    return bool(re.search(r"\bO_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b", _PATH.sub("", call.args)))


def _is_name_service(path: str) -> bool:
    return bool(_NAME_SERVICE.fullmatch(path))


def _server(call: Call) -> tuple[str, int] | None:
    """The address and the port that are connected to; None where it is no Internet address."""
    found = _INTERNET.search(call.args)
    return (found["host"], int(found["port"])) if found else None


def _unix_path(call: Call) -> str:
    """Where a Unix socket lies; an abstract one begins with @, one without a name is empty."""
    found = re.search(r'sun_path=(@?)"((?:[^"\\]|\\.)*)"', call.args)
    return found.group(1) + _unescaped(found.group(2)) if found else ""


def _unescaped(text: str) -> str:
    """A C string as strace writes it: octal and letter escapes of UTF-8 bytes."""

    def byte(match: re.Match[str]) -> str:
        code = match.group(1)
        return chr(int(code, 8)) if code[0] in "01234567" else _LETTERS.get(code, code)

    return _ESCAPE.sub(byte, text).encode("latin-1", "replace").decode("utf-8", "replace")
