"""What runs on a graphics card and what does not, as far as a machine without one can tell."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import ctranslate2
import pytest

from assistant.assemble import roles
from assistant.cli import gauge
from assistant.config import Config, LlmConfig, ModelsConfig, TranscriberConfig
from assistant.errors import ModelError
from assistant.hearing.transcribe import Whisper
from assistant.model import graphics, llm_load
from assistant.model.gguf_check import check_chat_model
from assistant.model.graphics import CardMemory
from assistant.weights import remembered
from tests.tiny_whisper import write_tiny_whisper

llama_cpp = pytest.importorskip("llama_cpp")
needs_no_card = pytest.mark.skipif(
    llama_cpp.llama_supports_gpu_offload() or ctranslate2.get_cuda_device_count() > 0,
    reason="a graphics card is there",
)
_PROCESSOR = 0


@pytest.fixture
def gguf() -> Path:
    try:
        return roles.model_path(Config(), "llm")
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")


# -- llama.cpp -------------------------------------------------------------------------------------


@needs_no_card
def test_without_a_card_there_is_no_memory_of_one_and_the_processor_has_some() -> None:
    from llama_cpp._ggml import libggml

    assert graphics.card_memory() == CardMemory(0, 0)
    ((free, total),) = graphics._devices(libggml, _PROCESSOR)
    assert 0 < free <= total


@needs_no_card
@pytest.mark.models
@pytest.mark.parametrize("device", ["cuda", "metal"])
def test_a_card_that_is_asked_for_and_not_there_is_told(gguf: Path, device: str) -> None:
    with pytest.raises(ModelError, match=f"llm.device is {device}") as refused:
        llm_load.load_model(gguf, LlmConfig(device=device))
    assert f"GPU={device} make setup" in refused.value.next_step


@pytest.mark.models
def test_a_model_that_the_card_cannot_hold_is_refused_by_name(gguf: Path) -> None:
    with pytest.raises(ModelError, match="does not fit into the graphics card's memory") as refused:
        check_chat_model(gguf, LlmConfig(), 400_000_000, on_card=True)
    assert "0.5 GB for its weights" in refused.value.what
    assert "400 MB are free" in refused.value.what or "0.4 GB are free" in refused.value.what
    assert "set llm.device to cpu" in refused.value.next_step


@pytest.mark.models
def test_what_finds_the_cards_writes_nothing_on_the_screen(
    gguf: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """CUDA's part of llama.cpp writes two lines when it is first asked; so does this one."""
    log = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
    kept: list[object] = []

    def found() -> bool:
        (write,) = kept[-1:] or [log(lambda level, text, data: print("found 1 device"))]
        write(2, b"found 1 device", None)  # type: ignore[operator]
        return False

    monkeypatch.setattr(llama_cpp, "llama_log_set", lambda callback, data: kept.append(callback))
    monkeypatch.setattr(llama_cpp, "llama_supports_gpu_offload", found)
    llm_load.load_model(gguf, LlmConfig(device="auto", threads=1, context_tokens=512)).llama.close()
    out, err = capfd.readouterr()
    assert "found" not in out + err


@pytest.mark.models
@pytest.mark.parametrize(
    ("device", "layers", "split", "main", "batch"),
    [("cpu", 0, 0, -1, 64), ("auto", -1, None, None, 512), ("cuda", -1, None, None, 512)],
)
def test_a_card_gets_all_layers_or_nothing_at_all(
    gguf: Path, monkeypatch: pytest.MonkeyPatch, device, layers, split, main, batch
) -> None:
    given: dict[str, object] = {}

    class Recorded(llama_cpp.Llama):  # type: ignore[misc,name-defined]
        def __init__(self, path: str, **options: object) -> None:
            given.update(options)
            super().__init__(path, **options)

    monkeypatch.setattr(llama_cpp, "Llama", Recorded)
    monkeypatch.setattr(llama_cpp, "llama_supports_gpu_offload", lambda: True)
    monkeypatch.setattr(llm_load, "card_memory", lambda: CardMemory(8 * 10**9, 8 * 10**9))
    llm_load.load_model(gguf, LlmConfig(device=device, threads=1, context_tokens=512)).llama.close()
    assert given["n_gpu_layers"] == layers
    assert (given.get("split_mode"), given.get("main_gpu")) == (split, main)
    assert given["n_batch"] == batch


@pytest.mark.models
def test_a_full_card_is_told_before_the_weights_are_read(gguf: Path, monkeypatch) -> None:
    monkeypatch.setattr(llama_cpp, "llama_supports_gpu_offload", lambda: True)
    monkeypatch.setattr(llm_load, "card_memory", lambda: CardMemory(10**8, 8 * 10**9))
    with pytest.raises(ModelError, match="graphics card's memory"):
        llm_load.load_model(gguf, LlmConfig())


# -- Whisper ---------------------------------------------------------------------------------------


@pytest.fixture
def whisper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny Whisper on a machine that seems to have a card on which nothing runs."""
    write_tiny_whisper(tmp_path / "tiny")
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    return tmp_path / "tiny"


@needs_no_card
def test_whisper_goes_to_the_processor_when_cuda_does_not_work_and_says_so(whisper: Path) -> None:
    loaded = Whisper(whisper, TranscriberConfig(model=str(whisper), device="auto", threads=1))
    loaded.warm_up()
    (remark,) = loaded.remarks
    assert remark.startswith("Whisper runs on the processor, with CUDA it does not: ")
    plain = Whisper(whisper, TranscriberConfig(model=str(whisper), device="cpu", threads=1))
    assert plain.remarks == ()


@needs_no_card
def test_whisper_is_refused_when_cuda_was_asked_for_and_does_not_work(whisper: Path) -> None:
    with pytest.raises(ModelError, match="Whisper does not run with CUDA: ") as refused:
        Whisper(whisper, TranscriberConfig(model=str(whisper), device="cuda"))
    assert "cuBLAS" in refused.value.next_step


# -- the choice ------------------------------------------------------------------------------------


@needs_no_card
def test_a_card_that_whisper_cannot_use_counts_as_none_and_the_log_says_why(
    whisper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(graphics, "card_memory", lambda: CardMemory(7 * 10**9, 8 * 10**9))
    monkeypatch.setattr(gauge, "find", lambda config, role: (None, whisper))
    config = Config(models=ModelsConfig(directory=str(tmp_path)))
    assert gauge.card_bytes(config) == 0
    assert "Whisper does not run with CUDA" in capsys.readouterr().err
    monkeypatch.setattr("assistant.hearing.whisper_load.open_whisper", lambda *given, **more: None)
    assert gauge.card_bytes(config) == 8 * 10**9


@needs_no_card
def test_without_a_card_whisper_is_not_even_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.hearing.whisper_load.open_whisper", lambda *given: 1 / 0)
    assert gauge.card_bytes(replace(Config())) == 0


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("libggml-base.so", "libggml-cpu.so"), ""),
        (("libggml-cuda.so.0", "libggml-cpu.so"), " for cuda"),
        (("libggml-metal.dylib", "libggml-vulkan.dylib"), " for metal and vulkan"),
        (("ggml-cuda.dll",), " for cuda"),
    ],
)
def test_the_choice_is_made_anew_when_llama_cpp_is_built_for_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], words: str
) -> None:
    (tmp_path / "lib").mkdir()
    for name in names:
        (tmp_path / "lib" / name).touch()
    place = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(remembered, "find_spec", lambda name: place)
    assert remembered._built_for() == words
    monkeypatch.setattr(remembered, "find_spec", lambda name: None)
    assert remembered._built_for() == ""


@pytest.mark.skipif(sys.platform == "darwin", reason="built for Metal")
def test_the_key_of_a_build_without_a_card_is_as_before() -> None:
    if not llama_cpp.llama_supports_gpu_offload():
        assert remembered._built_for() == ""
