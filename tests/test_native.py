"""What shapes the build of llama.cpp, and what is said when a compiler is missing."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "native.py"


@pytest.fixture
def native(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, where commands come from `tmp_path` alone and CUDA is nowhere."""
    monkeypatch.syspath_prepend(SCRIPT.parent)
    spec = importlib.util.spec_from_file_location("native_under_test", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("CUDACXX", "CUDAFLAGS", "CUDAARCHS", "CUDA_HOME", "CUDA_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "_USUAL_CUDA", str(tmp_path / "cuda"))
    return module


def command(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_without_nvcc_it_says_so_before_anything_is_built(native, tmp_path):
    for name in ("cc", "c++"):
        command(tmp_path / name, "exit 0")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("llama-cpp-python==0")
    with pytest.raises(native.BuildError, match="no nvcc") as refused:
        native.wheel(["/no/such/pip"], requirements, "cuda")
    assert "nvidia-cuda-toolkit" in str(refused.value)
    assert "CUDA_HOME" in str(refused.value)
    assert not list(tmp_path.glob("cache/**/llama-*"))


def test_nvcc_outside_the_search_path_is_found_and_put_on_it(native, tmp_path, monkeypatch):
    home = tmp_path / "toolkit"
    nvcc = command(home / "bin" / "nvcc", "exit 0")
    monkeypatch.setenv("CUDA_HOME", str(home))
    for name in ("cc", "c++"):
        command(tmp_path / name, "exit 0")
    told = tmp_path / "told"
    pip = command(tmp_path / "pip", f'echo "$PATH" > {told}; echo "$CMAKE_ARGS" >> {told}; exit 1')
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("llama-cpp-python==0")
    with pytest.raises(native.BuildError, match="could not be had"):
        native.wheel([str(pip)], requirements, "cuda")
    path, arguments = told.read_text().splitlines()
    assert path.split(os.pathsep)[-1] == str(nvcc.parent)
    assert arguments.endswith(" -DGGML_CUDA=on")


def test_another_generation_of_card_gets_another_build(native, tmp_path):
    keys = []
    for capability in ("9.0", "12.0"):
        command(tmp_path / "nvidia-smi", f"echo {capability}; echo {capability}")
        keys.append(native.key("cuda"))
        assert keys[-1].split("\n")[-4] == capability
    assert keys[0] != keys[1]
    command(tmp_path / "nvidia-smi", "echo NVIDIA-SMI has failed; exit 9")
    assert native.key("cuda").split("\n")[-4] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell stands for nvidia-smi")
def test_the_card_does_not_shape_a_build_without_cuda(native, tmp_path):
    plain = native.key("cpu")
    command(tmp_path / "nvidia-smi", "echo 9.0")
    assert native.key("cpu") == plain


PACKAGE = """
set(LLAMA_BUILD_COMMON ON CACHE BOOL "Build llama.cpp common library" FORCE)
"""
PIP = """
here="$(dirname "$0")"
for one in "$@"; do case "$one" in
--dest=*) cp "$here/llama.tar.gz" "${one#--dest=}/"; exit 0;;
--wheel-dir=*) into="${one#--wheel-dir=}";;
esac; done
grep BUILD_COMMON "$one/CMakeLists.txt" >> "$here/told"
echo "build $SKBUILD_BUILD_DIR $CMAKE_ARGS" >> "$here/told"
mkdir -p "$SKBUILD_BUILD_DIR"
if [ -e "$here/kill" ]; then rm "$here/kill"; kill -9 $PPID; exit 9; fi
if [ -e "$SKBUILD_BUILD_DIR/spoilt" ]; then echo "a spoilt object"; exit 1; fi
echo "  [1/2] first"; echo "  [2/2] second"
touch "$into/llama_cpp_python-0-any.whl"
"""
"""Stands for pip: it hands over the source, and "builds" in two steps."""


@pytest.fixture
def source(native: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pip that has the source of the package; what it was told is in the file `told`."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    for name in ("cc", "c++"):
        command(tmp_path / name, "exit 0")
    unpacked = tmp_path / "make" / "llama_cpp_python-0"
    unpacked.mkdir(parents=True)
    (unpacked / "CMakeLists.txt").write_text(PACKAGE)
    with tarfile.open(tmp_path / "llama.tar.gz", "w:gz") as packed:
        packed.add(unpacked, unpacked.name)
    command(tmp_path / "pip", PIP)
    (tmp_path / "requirements.txt").write_text("llama-cpp-python==0")
    return tmp_path


def build(native: ModuleType, place: Path) -> tuple[Path, list[tuple[int, int]]]:
    steps: list[tuple[int, int]] = []
    made = native.wheel(
        [str(place / "pip")],
        place / "requirements.txt",
        "cpu",
        lambda done, total: steps.append((done, total)),
    )
    return made, steps


@pytest.mark.skipif(sys.platform == "win32", reason="a shell stands for pip")
def test_only_the_library_is_built_and_the_steps_are_told(native, source):
    made, steps = build(native, source)
    assert steps == [(1, 2), (2, 2)]
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    line, told = (source / "told").read_text().splitlines()
    assert line.startswith("set(LLAMA_BUILD_COMMON OFF ")
    assert "-DLLAVA_BUILD=OFF" in told
    assert build(native, source) == (made, [])  # out of the cache


@pytest.mark.skipif(sys.platform == "win32", reason="a shell stands for pip")
def test_a_build_that_was_killed_goes_on_in_the_same_folder(native, source):
    (source / "kill").touch()
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); import native;"
        "native.wheel([sys.argv[2]], Path(sys.argv[3]), 'cpu')"
    )
    arguments = [str(SCRIPT.parent), str(source / "pip"), str(source / "requirements.txt")]
    killed = subprocess.run([sys.executable, "-c", code, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    kept = next(source.glob("cache/**/source"))
    (kept / "build" / "object").touch()
    made, _ = build(native, source)
    folders = {line for line in (source / "told").read_text().splitlines() if line[:5] == "build"}
    assert len(folders) == 1
    assert [path.name for path in made.parent.iterdir()] == [made.name]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell stands for pip")
def test_what_a_crash_has_spoilt_is_built_anew_once(native, source, capfd):
    made, _ = build(native, source)
    made.unlink()
    spoilt = made.parent / "source" / "build"
    spoilt.mkdir(parents=True)
    (spoilt / "spoilt").touch()
    (spoilt.parent / "CMakeLists.txt").write_text(PACKAGE)
    assert build(native, source) == (made, [(1, 2), (2, 2)])
    assert "a spoilt object" in capfd.readouterr().out
    made.unlink()
    command(source / "pip", PIP.replace('echo "  [1', 'exit 1; echo "  [1'))
    with pytest.raises(native.BuildError, match="did not build"):
        build(native, source)
