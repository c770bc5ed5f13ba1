"""Places that cannot be written: the conversation goes on, what is lost is said once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from assistant.assemble.session import open_trace
from assistant.cli.converse import _opened, _tee, _tell_what_is_set
from assistant.config import Config, config_from_dict
from assistant.errors import InputError
from assistant.messages import Notice
from assistant.talk.store import Store, StoreError
from assistant.tui.terminal import guarded_terminal
from assistant.updates import TurnEnded, Update
from assistant.voice.prepared import PreparedReplies
from tests import tui_feed
from tests.full_disk import full_beyond

NO_FOLDERS = ("file/below", "file", "/proc/nowhere/x", "/dev/null/x")


def traced(folder: Path) -> Config:
    return config_from_dict({"trace": {"directory": str(folder)}})


@pytest.mark.parametrize("place", NO_FOLDERS)
def test_without_a_place_for_the_trace_the_session_goes_on(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")
    told: list[Notice] = []
    trace = open_trace(traced(tmp_path / place), told.append)
    trace.event("floor", holding="user")
    trace.close()
    assert [one.code for one in told] == ["W-TRACE"]
    assert str(tmp_path / place) in told[0].text
    assert (tmp_path / "file").read_text() == "mine"


def test_a_disk_that_fills_up_is_told_once(tmp_path: Path) -> None:
    told: list[Notice] = []
    with full_beyond():
        trace = open_trace(traced(tmp_path), told.append)
        for _ in range(200):
            trace.event("floor", words="x" * 100)
        trace.close()
    assert [one.code for one in told] == ["W-TRACE"]
    assert "File too large" in told[0].text
    assert trace.path is not None
    *whole, _ = trace.path.read_text().splitlines()
    assert all(json.loads(line)["event"] == "floor" for line in whole)


def test_the_screen_is_drawn_without_a_log_of_the_terminal(tmp_path: Path) -> None:
    script = (
        "import os; from pathlib import Path\n"
        "from assistant.tui.terminal import guarded_terminal\n"
        "with guarded_terminal(Path('/dev/null/x/log')):\n"
        "    os.write(1, b'noise from C\\n'); print('drawn')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "drawn\n", "")
    assert guarded_terminal is not None


def test_what_is_set_is_not_looked_for_in_vain(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (*NO_FOLDERS, "x" * 300):
        _tell_what_is_set(tmp_path / place)


# -- the cache -------------------------------------------------------------------------------------


class Voice:
    """A second of a tone for whatever is said."""

    rate_hz = 16_000
    speed = 1.0

    def warm_up(self) -> None: ...

    def synthesise(self, text: str, should_stop: object) -> Iterator[np.ndarray]:
        yield np.full(16_000, 0.1, np.float32)


def replies(folder: Path) -> PreparedReplies:
    return PreparedReplies(folder, "voice", 16_000, lambda samples, from_hz, to_hz: samples)


def test_prepared_sounds_are_for_their_owner(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        replies(tmp_path / "made").prepare(["a"], Voice(), lambda done, total: None)
    finally:
        os.umask(before)
    (sound,) = (tmp_path / "made").rglob("*.wav")
    assert stat.S_IMODE(sound.stat().st_mode) == 0o600
    assert stat.S_IMODE(sound.parent.stat().st_mode) == 0o700


def test_a_full_cache_leaves_no_half_sound(tmp_path: Path) -> None:
    with full_beyond(), pytest.raises(OSError, match="File too large"):
        replies(tmp_path).prepare(["a", "b"], Voice(), lambda done, total: None)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert replies(tmp_path).missing(["a"]) == ["a"]


def test_a_store_that_cannot_grow_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.has("create table if not exists t (words text)")
    store.write("insert into t values (?)", ("first",))

    def fill() -> None:
        for _ in range(200):
            store.write("insert into t values (?)", ("x" * 10_000,))

    with full_beyond(300_000), pytest.raises(StoreError) as caught:
        fill()
    assert "make room" in caught.value.next_step
    assert store.rows("select words from t limit 1")[0][0] == "first"


# -- files that a person names ---------------------------------------------------------------------


def test_turns_that_cannot_be_written_are_told_once_and_shown_all_the_same() -> None:
    shown: list[Update] = []
    full = _opened(Path("/dev/full"))
    publish = _tee(shown.append, full)
    for record in tui_feed.RECORDS:
        publish(TurnEnded(record=record))
    with suppress(OSError):
        full.close()
    notices = [one for one in shown if isinstance(one, Notice)]
    assert [one.code for one in notices] == ["W-JSON"]
    assert len(shown) == len(tui_feed.RECORDS) + 1
    with pytest.raises(InputError, match="cannot write"):
        _opened(Path("/dev/null/x"))


def assistant(
    *arguments: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
        env={**os.environ, **(env or {})},
    )


def test_a_place_that_is_no_place_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    import soundfile

    sound = tmp_path / "a.wav"
    soundfile.write(sound, np.zeros(8000, np.int16), 16_000)
    for command in (
        ("hear", str(sound), "--record", "/dev/null/x/a.wav"),
        ("hear", str(sound), "--record", str(sound / "x.wav")),
        ("demo", "--lines", "--json", str(tmp_path)),
        ("demo", "--lines", "--json", "/dev/null/x"),
        ("say", "hello", "-o", "/dev/null/x.wav"),
    ):
        done = assistant(*command)
        assert done.returncode == 6, (command, done.stderr)
        assert done.stderr.startswith("assistant: cannot write ") or "is a directory" in done.stderr
        assert "[E-INPUT]\n  next step: " in done.stderr
        assert "loading" not in done.stderr
    assert soundfile.info(sound).frames == 8000


@pytest.mark.models
def test_it_hears_and_answers_where_nothing_can_be_kept(tmp_path: Path, say: object) -> None:
    import soundfile

    sound, nowhere = tmp_path / "a.wav", tmp_path / "file"
    nowhere.write_text("")
    soundfile.write(sound, say("What time is it?"), 16_000)  # type: ignore[operator]
    env = {f"XDG_{kind}_HOME": str(nowhere) for kind in ("STATE", "CACHE")}
    done = assistant("hear", "--fast", "--json", str(sound), "--record", "/dev/null", env=env)
    assert done.returncode == 0, done.stderr
    (turn,) = map(json.loads, done.stdout.splitlines())
    assert turn["name"] == "time.now"
    assert done.stderr.count("No trace is kept of this session") == 1
    assert "Traceback" not in done.stderr
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
