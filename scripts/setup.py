"""Makes a checkout ready to run: virtual environment, packages, llama.cpp, sound library, models.

Started by the Makefile with any Python 3.11 to 3.13; standard library only. Each step leaves a
stamp in `.venv/stamps` and is skipped while what it depends on has not changed. With `--run` only
what a conversation needs is waited for; the rest is done behind it (`later`). The time of each step
goes to `.cache/setup.log`.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import later
import native
import system_packages
from stages import ROOT, STAMPS, VENV, SetupError, Step, perform, write_whole

PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq")
ASSISTANT = (str(PYTHON), "-m", "assistant")
LLAMA = ROOT / "requirements-llama.txt"

FIRST_ROLES = ("voice", "transcriber", "turn", "meaning")
"""The models without which nobody can be heard or answered; the language models may come later."""
FIRST_REPLIES_S = 20
"""So long the spoken replies are made before the first word, the likeliest first."""
FETCHING = (
    "anyio certifi click filelock fsspec h11 hf-xet httpcore2 httpx2 huggingface-hub idna "
    "packaging platformdirs pyyaml sniffio tqdm truststore typing-extensions"
).split()
"""What the downloads of models need, of the pinned packages."""
BUILD_S, DOWNLOAD_S = 230.0, 60.0
"""Until they are measured: processor time of the build, and the download of the starter's."""
_RECORDED = " sampled"
"""What is recorded of a file beside its hash; where that grows, all are looked at again."""
_CUT_OFF = STAMPS / "packages.begun"
"""There while packages are being installed: a venv in which that was cut off is made anew, since
pip takes a package that is half there for a whole one."""


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


def install_packages(requirements: str, profile: str = "") -> None:
    """The tools that build, the pinned packages and the checkout itself (editable). With `profile`
    the first of its models are fetched meanwhile."""
    write_whole(_CUT_OFF, requirements)
    install("requirements-build.txt")
    with fetching_beside(requirements, profile):
        install(requirements)
        run([*PIP, "install", "--no-deps", "--no-build-isolation", "--no-index", "-e", "."])
    _CUT_OFF.unlink()


@contextmanager
def fetching_beside(requirements: str, profile: str) -> Iterator[None]:
    """Fetch models while packages are installed. Where that fails, the step for the models says
    why."""
    if not profile:
        yield
        return
    early = STAMPS / "early.txt"
    blocks = re.split(r"\n(?=[a-z])", (ROOT / requirements).read_text("utf-8"))
    write_whole(early, "\n".join(one for one in blocks if one.split("==")[0] in FETCHING))
    try:
        run([*PIP, "install", "--no-deps", "--require-hashes", "-r", str(early)])
    except SetupError:
        yield
        return
    command = [str(PYTHON), "-m", "assistant.cli.bring", profile, *FIRST_ROLES]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as fetching:
        try:
            yield
        except BaseException:
            fetching.terminate()
            raise


def install_llama(
    gpu: str, rebuild: bool = False, progress: native.Progress = lambda done, total: None
) -> None:
    """Build llama-cpp-python for this machine, or take it from the cache, and install it."""
    try:
        if rebuild:
            native.forget(LLAMA, gpu)
        wheel = native.wheel(PIP, LLAMA, gpu, progress)
    except native.BuildError as error:
        raise SetupError(str(error)) from error
    with native.alone_in(STAMPS):
        (STAMPS / "llama").unlink(missing_ok=True)
        for left in llama_folders():  # pip refuses to replace what was installed by halves
            shutil.rmtree(left, ignore_errors=True)
        run([*PIP, "install", "--no-deps", "--no-index", "--ignore-installed", str(wheel)])


def llama_folders() -> list[Path]:
    """What is installed of llama-cpp-python."""
    places = [*VENV.glob("lib/python*/site-packages"), *VENV.glob("Lib/site-packages")]
    return [path for place in places for path in place.glob("*lama_cpp*")]


def show_percent(done: int, total: int) -> None:
    """How far a build is, in one line of a terminal."""
    if sys.stdout.isatty():
        end = "\n" if done == total else ""
        print(f"\r      llama.cpp {done * 100 // total} %", end=end, flush=True)


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


def basics(options: argparse.Namespace, first_models: str = "") -> list[Step]:
    """The steps before everything else. `first_models` is the profile whose models are fetched
    beside the packages."""
    version = platform.python_version()
    requirements = "requirements-dev.txt" if options.dev else "requirements.txt"
    packages = "requirements-dev.txt" if (STAMPS / "dev").exists() else requirements
    return [
        Step(
            "venv",
            f"creating .venv with Python {version}",
            lambda: f"{version} {VENV}" if not _CUT_OFF.exists() else "",
            make_venv,
        ),
        Step(
            "packages",
            "installing the pinned packages (about 200 MB)",
            lambda: key_of("requirements-build.txt", packages, "pyproject.toml", extra=packages),
            lambda: install_packages(packages, first_models),
        ),
        Step("sound", "looking for the sound library", sound_library, check_sound),
    ]


def llama_step(gpu: str, rebuild: bool = False, progress: native.Progress = show_percent) -> Step:
    """llama.cpp, for this machine."""
    return Step(
        "llama",
        f"building llama.cpp for this machine, {gpu} ({native.DURATIONS[gpu == 'cuda']})",
        lambda: None if rebuild else key_of(LLAMA.name, extra=native.key(gpu)),
        lambda: install_llama(gpu, rebuild, progress),
    )


def models_step(profile: str, work: Callable[[], None] | None = None) -> Step:
    """All models of a profile."""
    return Step(
        "models",
        f"fetching the models of the profile {profile}",
        lambda: key_of("models/catalog.toml", extra=profile + weights() + _RECORDED),
        work or (lambda: run([*ASSISTANT, "models", "fetch", "--profile", profile])),
    )


def first_models_step(profile: str) -> Step:
    """The models that a conversation cannot do without."""
    roles = [part for role in FIRST_ROLES for part in ("--role", role)]
    fetch = [*ASSISTANT, "models", "fetch", "--profile", profile, *roles]
    return Step(
        "first models",
        "fetching the models that hear and speak",
        lambda: key_of("models/catalog.toml", extra=profile + weights() + _RECORDED),
        lambda: run(fetch),
    )


def first_replies_step(profile: str) -> Step:
    """The likeliest of the spoken replies."""
    options = ("--only", "speech", "--within", str(FIRST_REPLIES_S))
    return Step(
        "first replies",
        "preparing the first of the spoken replies",
        lambda: key_of("models/catalog.toml", extra=profile),
        lambda: run([*ASSISTANT, "prepare", *options]),
    )


def prepare_step() -> Step:
    """What can be made beforehand."""
    work = [*ASSISTANT, "prepare"]
    return Step("prepare", "preparing the spoken replies", never, lambda: run(work))


def steps(options: argparse.Namespace) -> list[Step]:
    """The steps that were asked for, in order; with `--run` those that a conversation waits for;
    `options.leaves_rest` says whether there are more."""
    gpu, profile = chosen_gpu(options), chosen_profile(options)
    llama, models = llama_step(gpu, options.rebuild), models_step(profile)
    options.leaves_rest = options.run and not (is_llama_near(llama, gpu) and models.is_done)
    if options.leaves_rest:
        first = [first_models_step(profile), first_replies_step(profile)]
        return [*basics(options, profile), *first]
    chosen = basics(options)
    if not options.without_llama:
        chosen.insert(2, llama)
    if options.test_tools:
        tools = system_packages.test_tools
        chosen.append(Step("test tools", "looking for the test tools", never, tools))
    if options.models or options.run:
        chosen.append(models)
    if options.prepare or options.run:
        chosen.append(prepare_step())
    return chosen


def is_llama_near(llama: Step, gpu: str) -> bool:
    """llama.cpp is installed, if perhaps an older one, or was built and need only be installed."""
    is_there = llama.is_done or (STAMPS / llama.name).exists()
    return is_there or native.cached_wheel(LLAMA, gpu) is not None


def chosen_gpu(options: argparse.Namespace) -> str:
    """The kind of build."""
    gpu: str = native.default_gpu() if options.gpu == "auto" else options.gpu
    return gpu


def chosen_profile(options: argparse.Namespace) -> str:
    """The profile whose models are fetched; `auto` begins with the smallest."""
    profile: str = "starter" if options.profile == "auto" else options.profile
    return profile


def do_rest(options: argparse.Namespace) -> None:
    """What `--run` has left, with the options that it had."""
    wanted = later.wanted()
    if wanted is None:
        return
    options.gpu, options.profile = wanted["gpu"], wanted["profile"]
    gpu, profile = chosen_gpu(options), chosen_profile(options)
    fetch = [*ASSISTANT, "models", "fetch", "--profile", profile]

    def build(at: Callable[[float], None]) -> None:
        later.do(llama_step(gpu, progress=lambda done, total: at(done / total)))
        at(1.0)

    def bring(at: Callable[[float], None]) -> None:
        later.do(models_step(profile, lambda: later.follow(fetch, at)))
        at(1.0)

    later.finish(
        build,
        bring,
        [*ASSISTANT, "prepare", "--only", "model"],
        [*ASSISTANT, "prepare"],
        {"llama.cpp": BUILD_S / (os.cpu_count() or 2), "the download": DOWNLOAD_S},
    )
    models_step(profile).leave_stamp()
    later.forget()


def main() -> int:
    """Parse the command line and do the steps; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", action="store_true", help="what a conversation needs; more later")
    parser.add_argument("--rest", action="store_true", help="do what --run has left")
    parser.add_argument("--without-llama", action="store_true", help="no llama.cpp")
    parser.add_argument("--dev", action="store_true", help="also the tools of `make check`")
    parser.add_argument("--test-tools", action="store_true", help="also PulseAudio for the tests")
    parser.add_argument("--models", action="store_true", help="also fetch the models")
    parser.add_argument("--prepare", action="store_true", help="also synthesise the replies")
    parser.add_argument("--rebuild", action="store_true", help="build llama.cpp anew")
    parser.add_argument("--profile", default="auto", help="auto, starter, laptop or gpu")
    parser.add_argument("--gpu", default="auto", choices=("auto", *native.GPU_FLAGS))
    options = parser.parse_args()
    try:
        if options.rest:
            do_rest(options)
            return 0
        chosen = steps(options)
        perform(chosen)
        for step in chosen:
            if "models" in step.name:  # a faster copy may lie beside them now
                step.leave_stamp()
        if options.leaves_rest:
            later.remember(gpu=options.gpu, profile=options.profile)
        elif options.run or (options.models and options.prepare):
            later.MARKER.unlink(missing_ok=True)
        if options.dev:
            write_whole(STAMPS / "dev", "")
    except SetupError as error:
        print(f"\nset-up stopped: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
