"""What shapes the build of llama.cpp, and what is said when a compiler is missing."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "native.py"


@pytest.fixture
def native(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, where commands come from `tmp_path` alone and CUDA is nowhere."""
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
    with pytest.raises(native.BuildError, match="did not build"):
        native.wheel([str(pip)], requirements, "cuda")
    path, arguments = told.read_text().splitlines()
    assert path.split(os.pathsep)[-1] == str(nvcc.parent)
    assert arguments == "-DGGML_CUDA=on"


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
