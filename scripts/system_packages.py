"""Installs Debian packages where that needs no password; elsewhere says so and goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

TEST_TOOLS = {
    "pulseaudio": "pulseaudio",
    "pactl": "pulseaudio-utils",
    "tmux": "tmux",
    "rsvg-convert": "librsvg2-bin",
    "strace": "strace",
}


def install(packages: Sequence[str]) -> bool:
    """True when apt installed them. False without apt, without the right to, or on a failure."""
    prefix = _prefix()
    if prefix is None:
        return False
    print(f"      installing {' '.join(packages)} …", flush=True)
    command = [*prefix, "apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if _quietly(command):
        return True
    return _quietly([*prefix, "apt-get", "update"]) and _quietly(command)


def test_tools() -> None:
    """What the tests with sound, a terminal or a tracer use; without it they are skipped and say
    why."""
    absent = [package for tool, package in TEST_TOOLS.items() if not shutil.which(tool)]
    if not absent:
        return
    if not install([*absent, "libasound2-plugins", "libportaudio2"]):
        print(f"      not installed: {' '.join(absent)}; the tests that need them are skipped")


def _prefix() -> list[str] | None:
    """What to write before apt-get to have the right to install; None when there is no way."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _quietly(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _quietly(command: Sequence[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return done.returncode == 0
