"""Makes a checkout ready to run: virtual environment, packages, llama.cpp, sound library, models.

Started by the Makefile with any Python 3.11 to 3.13; standard library only. Each step leaves a
stamp in `.venv/stamps` and is skipped while what it depends on has not changed. The time of each
step goes to `.cache/setup.log`.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import native
import system_packages

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
LOG = ROOT / ".cache" / "setup.log"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq")


Key = Callable[[], str | None]


class SetupError(Exception):
    """A step cannot go on; the text says what to do."""


class Step:
    """One step: `key()` is what it depends on (None: do it every time), `work()` does it."""

    def __init__(self, name: str, doing: str, key: Key, work: Callable[[], None]) -> None:
        self.name = name
        self.doing = doing
        self.key = key
        self.work = work

    @property
    def is_done(self) -> bool:
        """True when the stamp of this very key is there."""
        stamp = STAMPS / self.name
        return stamp.exists() and stamp.read_text() == self.key()

    def leave_stamp(self) -> None:
        """Remember that the step was done."""
        key = self.key()
        if key is not None:
            STAMPS.mkdir(parents=True, exist_ok=True)
            (STAMPS / self.name).write_text(key)


def run(command: Sequence[str], **environment: str) -> None:
    """Run a command in the checkout; `SetupError` when it fails."""
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False)
    if done.returncode != 0:
        raise SetupError(f"failed with status {done.returncode}: {' '.join(command)}")


def key_of(*files: str, extra: str = "") -> str:
    """A digest of the files' contents and of `extra`."""
    digest = hashlib.sha256(extra.encode())
    for name in files:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_venv() -> None:
    """Create `.venv` with the Python that runs this script."""
    try:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    except SetupError as error:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"{error}\n  Debian and Ubuntu keep venv in a package: "
            f"sudo apt-get install {version}-venv"
        ) from error


def install(requirements: str) -> None:
    """Install a pinned file, every download checked against its hashes."""
    run([*PIP, "install", "--require-hashes", "-r", requirements])


def install_packages(requirements: str) -> None:
    """The tools that build, the pinned packages and the checkout itself (editable)."""
    install("requirements-build.txt")
    install(requirements)
    run([*PIP, "install", "--no-deps", "--no-build-isolation", "--no-index", "-e", "."])


def install_llama(gpu: str, rebuild: bool) -> None:
    """Build llama-cpp-python for this machine, or take it from the cache, and install it."""
    try:
        if rebuild:
            native.forget(ROOT / "requirements-llama.txt", gpu)
        wheel = native.wheel(PIP, ROOT / "requirements-llama.txt", gpu)
    except native.BuildError as error:
        raise SetupError(str(error)) from error
    run([*PIP, "install", "--no-deps", "--no-index", "--force-reinstall", str(wheel)])


def never() -> None:
    """The key of a step that is done every time."""


def sound_library() -> str | None:
    """The name of PortAudio, which on Linux comes from the distribution; None when absent."""
    return ctypes.util.find_library("portaudio") if sys.platform == "linux" else "in the package"


def weights() -> str:
    """Name, size and time of change of every file of the models."""
    found = []
    for path in sorted((ROOT / "models").glob("*/*")):
        status = path.stat()
        found.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(found)


def check_sound() -> None:
    """Install PortAudio where that needs no password. Without it only the demo works."""
    if sound_library() or (system_packages.install(["libportaudio2"]) and sound_library()):
        return
    print(
        "      PortAudio is not installed: `make run` needs it, `make demo` does not.\n"
        "      Debian, Ubuntu: sudo apt-get install libportaudio2\n"
        "      Fedora: sudo dnf install portaudio    Arch: sudo pacman -S portaudio"
    )


def steps(options: argparse.Namespace) -> list[Step]:
    """The steps that were asked for, in order."""
    version = platform.python_version()
    requirements = "requirements-dev.txt" if options.dev else "requirements.txt"
    packages = "requirements-dev.txt" if (STAMPS / "dev").exists() else requirements
    gpu = native.default_gpu() if options.gpu == "auto" else options.gpu
    chosen = [
        Step(
            "venv", f"creating .venv with Python {version}", lambda: f"{version} {VENV}", make_venv
        ),
        Step(
            "packages",
            "installing the pinned packages (about 200 MB)",
            lambda: key_of("requirements-build.txt", packages, "pyproject.toml", extra=packages),
            lambda: install_packages(packages),
        ),
        Step(
            "llama",
            f"building llama.cpp for this machine, {gpu} ({native.DURATIONS[gpu == 'cuda']})",
            lambda: (
                None if options.rebuild else key_of("requirements-llama.txt", extra=native.key(gpu))
            ),
            lambda: install_llama(gpu, options.rebuild),
        ),
        Step("sound", "looking for the sound library", sound_library, check_sound),
    ]
    if options.test_tools:
        chosen.append(
            Step("test tools", "looking for the test tools", never, system_packages.test_tools)
        )
    assistant = [str(PYTHON), "-m", "assistant"]
    if options.models:
        profile = "starter" if options.profile == "auto" else options.profile
        fetch = [*assistant, "models", "fetch", "--profile", profile]
        chosen.append(
            Step(
                "models",
                f"fetching the models of the profile {profile}",
                lambda: key_of("models/catalog.toml", extra=profile + weights()),
                lambda: run(fetch),
            )
        )
    if options.prepare:
        prepare = [*assistant, "prepare"]
        chosen.append(Step("prepare", "preparing the spoken replies", never, lambda: run(prepare)))
    return chosen


def perform(chosen: list[Step]) -> None:
    """Do every step that is not done; print and log how long each one took."""
    took: list[str] = []
    for number, step in enumerate(chosen, start=1):
        if step.is_done:
            continue
        print(f"[{number}/{len(chosen)}] {step.doing} …", flush=True)
        begin = time.monotonic()
        step.work()
        step.leave_stamp()
        took.append(f"{step.name} {time.monotonic() - begin:.1f} s")
        write_log(took[-1])
    if took:
        print(f"ready: {', '.join(took)}", flush=True)


def write_log(line: str) -> None:
    """Add a line with the time of day to the log of the set-up."""
    LOG.parent.mkdir(exist_ok=True)
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"{now} {line}\n")


def main() -> int:
    """Parse the command line and do the steps; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also the tools of `make check`")
    parser.add_argument("--test-tools", action="store_true", help="also PulseAudio for the tests")
    parser.add_argument("--models", action="store_true", help="also fetch the models")
    parser.add_argument("--prepare", action="store_true", help="also synthesise the replies")
    parser.add_argument("--rebuild", action="store_true", help="build llama.cpp anew")
    parser.add_argument("--profile", default="auto", help="auto, starter, laptop or gpu")
    parser.add_argument("--gpu", default="auto", choices=("auto", *native.GPU_FLAGS))
    options = parser.parse_args()
    try:
        perform(steps(options))
        if options.dev:
            (STAMPS / "dev").write_text("")
    except SetupError as error:
        print(f"\nset-up stopped: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
