"""Builds llama-cpp-python for the processor at hand and keeps the wheel outside the checkout.

The package index has only its source. A build for this very processor is fastest, but it must not
be carried to another one, and must not use AMX: virtual machines advertise these instructions
without granting them, and the first matrix product then ends the process. So the wheel is cached
under a key of everything that shapes it, and pip's own cache is not used. Of llama.cpp only the
library itself is compiled: the package would also build its helpers for tools and for pictures
(libllama-common, libmtmd), half of the work, which nothing here loads. The unpacked source and its
objects stay until the wheel is there, so that an interrupted build goes on. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stages import run_lines

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

GPU_FLAGS = {
    "cpu": "-DGGML_METAL=off" if sys.platform == "darwin" else "",
    "cuda": "-DGGML_CUDA=on",
    "metal": "-DGGML_METAL=on",
    "vulkan": "-DGGML_VULKAN=on",
}
DURATIONS = ("about 2 minutes on 2 cores", "about 4 minutes on 16 cores")
"""How long a build takes, without CUDA and with it."""
_LEAN = "-DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF"
_LEAN += " -DLLAMA_BUILD_EXAMPLES=OFF"
_COMMON = 'set(LLAMA_BUILD_COMMON ON CACHE BOOL "Build llama.cpp common library" FORCE)'
"""The line of the package's build that insists on the helpers for tools."""
_STEP = re.compile(r"^\s*\[(\d+)/(\d+)\] ")
"""What ninja writes for each step."""
_LAST_LINES = 60
_USUAL_CUDA = "/usr/local/cuda"
_CUDA_FLAGS = ("CUDACXX", "CUDAFLAGS", "CUDAARCHS")
_NO_AMX = ("-mno-amx-tile", "-mno-amx-int8", "-mno-amx-bf16")


_Env = dict[str, str]


class BuildError(Exception):
    """The build cannot go on; the text says what is missing."""


def default_gpu() -> str:
    """Metal on Apple silicon, else the processor alone."""
    return "metal" if (sys.platform, platform.machine()) == ("darwin", "arm64") else "cpu"


Progress = Callable[[int, int], None]
"""`progress(done, total)`: steps of the build that are done, of those that were left to do."""


def cached_wheel(requirements: Path, gpu: str) -> Path | None:
    """The wheel for this machine, when it was built before."""
    return next(_folder(requirements, gpu).glob("llama_cpp_python-*.whl"), None)


def wheel(
    pip: Sequence[str],
    requirements: Path,
    gpu: str,
    progress: Progress = lambda done, total: None,
) -> Path:
    """The wheel for this machine, out of the cache or built now from the hash-pinned source.

    What an interrupted build has compiled is used, and thrown away when it does not build.
    `BuildError` says what is missing.
    """
    folder = _folder(requirements, gpu)
    built = cached_wheel(requirements, gpu)
    if built is not None:
        print(f"      using the earlier build in {folder}", flush=True)
        return built
    compilers = _compilers()
    cuda = [str(_cuda_compiler().parent)] if gpu == "cuda" else []
    flags = " ".join(_amx_flags(compilers[0]))
    source = folder / "source"
    environment = {
        **os.environ,
        "CMAKE_ARGS": f"{_LEAN} {GPU_FLAGS[gpu]} {os.environ.get('CMAKE_ARGS', '')}".strip(),
        "CFLAGS": f"{os.environ.get('CFLAGS', '')} {flags}".strip(),
        "CXXFLAGS": f"{os.environ.get('CXXFLAGS', '')} {flags}".strip(),
        "CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 2),
        "SKBUILD_BUILD_DIR": str(source / "build"),
        "PATH": os.pathsep.join([str(Path(pip[0]).parent), os.environ.get("PATH", ""), *cuda]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        made = cached_wheel(requirements, gpu)
        if made is not None:  # by another set-up, meanwhile
            return made
        for left in folder.glob("tmp*"):  # of a set-up that was ended
            shutil.rmtree(left, ignore_errors=True)
        was_begun = source.is_dir()
        if not was_begun:
            _unpack(pip, requirements, folder, environment)
        try:
            made = _build(pip, source, folder, environment, progress)
        except BuildError:
            if not was_begun:
                raise
            shutil.rmtree(source)  # a crash may leave half of an object behind
            _unpack(pip, requirements, folder, environment)
            made = _build(pip, source, folder, environment, progress)
        shutil.rmtree(source, ignore_errors=True)
        return made


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other set-up works in `folder`, and keep others out. The lock goes with the
    process that holds it."""
    if fcntl is None:
        yield
        return
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("      another set-up is at work; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _unpack(pip: Sequence[str], requirements: Path, folder: Path, environment: _Env) -> None:
    """Put the source into `folder`/source, whole or not at all."""
    with tempfile.TemporaryDirectory(dir=folder) as work:
        command = [*pip, "download", "--no-cache-dir", "--no-deps", "--no-build-isolation"]
        command += ["--no-binary=llama-cpp-python", "--require-hashes", f"--dest={work}"]
        command += ["-r", str(requirements)]
        if subprocess.run(command, env=environment, check=False).returncode != 0:
            raise BuildError("the source of llama.cpp could not be had; the lines above say why")
        archive = next(Path(work).glob("*.tar.gz"))
        with tarfile.open(archive) as packed:
            packed.extractall(work, filter="data")
        unpacked = next(path for path in Path(work).iterdir() if path.is_dir())
        build = unpacked / "CMakeLists.txt"
        text = build.read_text("utf-8")
        if text.count(_COMMON) == 1:  # in another version, which has no such line, all is built
            build.write_text(text.replace(_COMMON, _COMMON.replace(" ON ", " OFF ")), "utf-8")
        unpacked.rename(folder / "source")


def _build(
    pip: Sequence[str], source: Path, folder: Path, environment: _Env, progress: Progress
) -> Path:
    """Compile what is not compiled yet and pack the wheel into `folder`."""
    with tempfile.TemporaryDirectory(dir=folder) as work:
        command = [*pip, "-vvv", "wheel", "--no-cache-dir", "--no-deps", "--no-build-isolation"]
        command += [f"--wheel-dir={work}", str(source)]
        last: deque[str] = deque(maxlen=_LAST_LINES)

        def note(line: str) -> None:
            last.append(line)
            if step := _STEP.match(line):
                progress(int(step[1]), int(step[2]))

        if run_lines(command, note, environment) != 0:
            print("".join(last), end="", flush=True)
            raise BuildError("llama.cpp did not build; its last lines are above")
        made = next(Path(work).glob("*.whl"))
        return made.replace(folder / made.name)


def forget(requirements: Path, gpu: str) -> None:
    """Take the wheel for this machine out of the cache, so that it is built anew."""
    shutil.rmtree(_folder(requirements, gpu), ignore_errors=True)


def _folder(requirements: Path, gpu: str) -> Path:
    return _cache() / f"llama-{_digest(key(gpu), requirements.read_text())}"


def key(gpu: str) -> str:
    """Everything that shapes the build: Python, system, processor, graphics card and flags."""
    flags = [os.environ.get(name, "") for name in ("CMAKE_ARGS", "CFLAGS", "CXXFLAGS", "CC", "CXX")]
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    card = [_cuda_cards(), *(os.environ.get(name, "") for name in _CUDA_FLAGS)]
    parts = [python, sys.platform, platform.machine(), _processor(), gpu, *flags]
    return "\n".join([*parts, *(card if gpu == "cuda" else [])])


def _cuda_cards() -> str:
    """The generations of the graphics cards, for which alone llama.cpp is compiled; empty when
    NVIDIA's driver does not say."""
    command = ["nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return " ".join(sorted(set(done.stdout.split()))) if done.returncode == 0 else ""


def _processor() -> str:
    """The instruction sets of the processor, or its name where the system does not list them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return " ".join(sorted(set(value.split())))
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor()


def _compilers() -> tuple[str, str]:
    """The C and the C++ compiler."""
    c = _first(os.environ.get("CC"), "cc", "gcc", "clang", "cl")
    cxx = _first(os.environ.get("CXX"), "c++", "g++", "clang++", "cl")
    if c and cxx:
        return c, cxx
    raise BuildError(
        "llama.cpp must be compiled here and there is no C++ compiler.\n"
        "  Debian, Ubuntu:  sudo apt-get install build-essential\n"
        "  Fedora:          sudo dnf install gcc-c++\n"
        "  Arch:            sudo pacman -S base-devel\n"
        "  macOS:           xcode-select --install\n"
        "Then run the same command again: it goes on where it stopped."
    )


def _cuda_compiler() -> Path:
    """NVIDIA's compiler, which its packages leave outside the search path."""
    named = [os.environ.get("CUDACXX"), "nvcc"]
    homes = [os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH"), _USUAL_CUDA]
    named += [str(Path(home) / "bin" / "nvcc") for home in homes if home]
    found = _first(*named)
    if found:
        return Path(str(shutil.which(found.split()[0])))
    raise BuildError(
        "llama.cpp must be compiled for CUDA and there is no nvcc.\n"
        "  Debian, Ubuntu:  sudo apt-get install nvidia-cuda-toolkit\n"
        "  others:          the CUDA Toolkit from NVIDIA, then CUDA_HOME=/where/it/is\n"
        "Then run the same command again: it goes on where it stopped."
    )


def _first(*names: str | None) -> str | None:
    """The first of the commands that is there; one with arguments counts by its first word."""
    return next((name for name in names if name and shutil.which(name.split()[0])), None)


def _amx_flags(compiler: str) -> Sequence[str]:
    """The flags that keep AMX out, on x86-64 and when the compiler knows them."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return ()
    command = [*compiler.split(), *_NO_AMX, "-Werror", "-x", "c", "-c", "-o", os.devnull, "-"]
    done = subprocess.run(
        command, input="int main(void) { return 0; }\n", text=True, capture_output=True, check=False
    )
    return _NO_AMX if done.returncode == 0 else ()


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "assistant" / "wheels"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
