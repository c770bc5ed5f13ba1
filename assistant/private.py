"""What the program sees to before it loads anything: no other machine, no file for others.

Native code is not held by this: `tests/test_privacy.py` watches it from outside. Knows the folders
that are the program's own and nothing of what lies in them. Runs once, on the main thread; the
refusal of connections is then asked on every thread that tries one.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from assistant.errors import AssistantError
from assistant.folders import cache_directory, state_directory

OFFLINE_SWITCH = "HF_HUB_OFFLINE"

_FETCHING = "models"
"""The command that may ask the hub. What it brings is public, and may lie where others read it."""

_FOR_OTHERS = 0o077

# Python's audit events of a name that is looked up and of an address that is spoken to, with the
# place of that name or address among their arguments.
_LOOKED_UP = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}
_SPOKEN_TO = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
_SPOKEN_TO["socket.getnameinfo"] = 0  # asks the network for the name of an address

_allowed: set[str] = set()
_given_umask: list[int] = []
_given: dict[str, str | None] = {}
"""The offline switch as the person had it, before this process set it."""

_MEANS_YES = {"1", "ON", "YES", "TRUE"}


class PrivacyError(AssistantError):
    """Something in this process tried to reach another machine; it was stopped before that."""

    code = "E-NETWORK"


def keep_private(command: str = "") -> None:
    """From here on Python code reaches no other machine, the hub's library does not even try, and
    whatever the process makes is readable by its owner only. The `models` command is left alone.

    Call it once, before `huggingface_hub` is imported, which reads its switch only then.
    """
    if command == _FETCHING:
        return
    _given.setdefault(OFFLINE_SWITCH, os.environ.get(OFFLINE_SWITCH))
    os.environ[OFFLINE_SWITCH] = "1"
    sys.addaudithook(_refuse_others)
    _given_umask.append(os.umask(_FOR_OTHERS))
    for directory in (state_directory(), cache_directory()):
        _close_to_others(directory)


def allow_host(host: str) -> None:
    """Let this process reach `host`, a name or an address: for what a person has configured.

    Which addresses a name leads to is not known here: once a name is allowed, addresses are, too,
    and only the look-up of other names is refused.
    """
    _allowed.add(host)


def given_umask() -> int:
    """The umask as the person set it, or -1 for the present one: weights are for everybody."""
    return _given_umask[0] if _given_umask else -1


def given_environment() -> dict[str, str]:
    """The environment as the person gave it: for a `models` command that this process starts."""
    given = {name: _given.get(name, value) for name, value in os.environ.items()}
    return {name: value for name, value in given.items() if value is not None}


def is_offline_wanted() -> bool:
    """Whether the person set the switch that keeps the hub's library from the network."""
    return given_environment().get(OFFLINE_SWITCH, "").upper() in _MEANS_YES


def refuses_others() -> bool:
    """Whether this process refuses its Python code other machines: asks the hook, not the net."""
    try:
        sys.audit("socket.getaddrinfo", "assistant.invalid", 0, 0, 0, 0)
    except PrivacyError:
        return True
    return False


def _refuse_others(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook: raises `PrivacyError` instead of the call. Most events are none of ours."""
    if event in _LOOKED_UP:
        host = arguments[_LOOKED_UP[event]]
    elif event in _SPOKEN_TO:
        address = arguments[_SPOKEN_TO[event]]
        if not isinstance(address, tuple):  # a Unix socket's path, or what connect() was told
            return
        host = address[0]
    else:
        return
    name = host.decode(errors="replace") if isinstance(host, bytes) else host
    if event in _SPOKEN_TO and any(not _is_address(allowed) for allowed in _allowed):
        return
    if name and name not in _allowed and not _is_this_machine(str(name)):
        raise PrivacyError(
            f"{_callers()} tried to reach {name}, and was stopped",
            "nothing was sent; change the setting that asks for it, or report it: docs/PRIVACY.md",
        )


def _callers() -> str:
    """The packages on the stack, from the one that wanted the connection to where it began."""
    names: list[str] = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", "?")).partition(".")[0]
        if name not in names:
            names.append(name)
        frame = frame.f_back
    return ", called by ".join(names)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _close_to_others(directory: Path) -> None:
    """Mend a folder that an earlier version, or the set-up, has left open. A folder of somebody
    else, or on a disk without rights, stays as it is; `assistant doctor --privacy` shows it."""
    with suppress(OSError):
        mode = directory.stat().st_mode & 0o777
        if mode & _FOR_OTHERS:
            directory.chmod(mode & ~_FOR_OTHERS)
