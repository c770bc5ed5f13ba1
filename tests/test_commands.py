"""The command line: help, exit codes, errors that say the next step, the text layer as JSON."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from assistant.cli.app import COMMANDS as TABLE
from assistant.cli.app import GROUPS, load, make_app

HEAVY = set(
    "av ctranslate2 faster_whisper hibari huggingface_hub livekit llama_cpp onnx onnxruntime piper "
    "samplerate scipy sounddevice soundfile soxr textual tokenizers torch webrtcvad".split()
)
COMMANDS = ("run", "demo", "hear", "ask", "say", "devices", "doctor", "config", "prepare", "models")


def assistant(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        **options,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = assistant(command, "--help")
    assert done.returncode == 0
    assert "Usage: assistant" in done.stdout or "Usage: python -m assistant" in done.stdout
    assert command in done.stdout


def test_help_loads_no_library_but_that_of_the_command_line() -> None:
    code = (
        "import sys; sys.argv = ['assistant', '--help']\n"
        "from assistant.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "Usage:" in done.stdout
    loaded = set(ast.literal_eval(done.stderr))
    assert "typer" in loaded, "what is listed is what was loaded"
    assert loaded & (HEAVY | {"numpy", "pydantic", "rapidfuzz"}) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="processor time is read the POSIX way")
def test_help_takes_less_than_three_tenths_of_a_second() -> None:
    """Of the processor, which other work on the machine does not change."""
    import resource

    def used_s() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before_s = used_s()
    assert assistant("--help").returncode == 0
    assert used_s() - before_s < 0.3


def test_the_list_of_commands_is_what_each_of_them_says_of_itself() -> None:
    app = make_app([])
    whole = typer.Typer(help=app.info.help, rich_markup_mode=None, add_completion=False)
    for name, entry in TABLE.items():
        if name in GROUPS:
            whole.add_typer(load(entry), name=name)
        elif name == "log":
            whole.command(name, help=entry.help)(lambda: None)
        else:
            whole.command(name)(load(entry))

    def listed(made: typer.Typer) -> list[str]:
        shown = CliRunner().invoke(made, ["--help"], env={"COLUMNS": "100"}).output
        return shown[shown.index("Commands:") :].splitlines()

    assert listed(app) == listed(whole)


def test_help_does_not_load_the_text_layer() -> None:
    code = "import sys, assistant.cli.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "assistant.cli.app" in loaded, "what is listed is what was loaded"
    assert not [name for name in loaded if name.startswith("assistant.talk")]


def test_the_exit_codes_are_documented() -> None:
    text = assistant("--help").stdout
    for code in ("0 done", "3 wrong configuration", "130 interrupted"):
        assert code in " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "status", "found", "step"),
    [
        ("[turn]\ntimer_m = 1\n", 3, "turn.timer_m", "timer_ms"),
        ("[llm]\nmodel = '/nowhere.gguf'\n", 4, "/nowhere.gguf", "path"),
        ("not toml", 3, "not valid TOML", "line"),
    ],
)
def test_a_wrong_configuration_is_an_exit_code_and_a_next_step(
    tmp_path: Path, text: str, status: int, found: str, step: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    done = assistant("ask", "hello", "--config", str(path))
    assert done.returncode == status
    assert found in done.stderr
    assert step in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_text_layer_answers_as_json_without_a_model() -> None:
    done = assistant("ask", "--no-model", "--json", "Hello there!", "What time is it?")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["source"] for line in lines] == ["precomputed", "tool"]
    assert all(line["why"] and line["reply"] for line in lines)


def test_a_conversation_is_read_from_standard_input() -> None:
    done = assistant(
        "ask", "--no-model", "--json", "--file", "-", input="set a timer\nfive minutes\n"
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["source"] for line in lines] == ["tool", "flow"]
    assert "five minute" in lines[1]["reply"]


@pytest.mark.models
def test_a_text_is_spoken_into_a_file(tmp_path: Path) -> None:
    out = tmp_path / "hello.wav"
    assert assistant("say", "Hello, it is 20 °C.", "--output", str(out)).returncode == 0
    with wave.open(str(out)) as file:
        assert file.getframerate() == 22_050
        assert 0.8 < file.getnframes() / 22_050 < 6


@pytest.mark.models
def test_the_doctor_survives_a_broken_model(tmp_path: Path) -> None:
    """A damaged GGUF and a Whisper directory without weights are named; the rest is checked."""
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 400)
    config = tmp_path / "config.toml"
    config.write_text(f'[llm]\nmodel = "{broken}"\n[transcriber]\nmodel = "{tmp_path}"\n')
    done = assistant("doctor", "--no-tone", "--config", str(config))
    assert done.returncode == 1
    assert "FAIL llm" in done.stdout
    assert "FAIL transcriber" in done.stdout
    assert "ok   voice" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
