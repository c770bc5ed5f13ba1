"""A private PulseAudio server with a virtual microphone and speaker: sound without hardware.

    with Pulse() as pulse:
        process = subprocess.Popen([...], env=pulse.env)      # the program with the sound card
        with pulse.record() as heard:                         # what its speaker plays
            pulse.play(path)                                  # what its microphone hears
        samples = heard.samples                               # int16[n], mono, 16 kHz

PortAudio reads the environment once, when it is loaded: run what is under test as a process with
`pulse.env`. Real servers of the machine are never touched.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile

from assistant.messages import SAMPLE_RATE_HZ, Int16Array

_TOOLS = ("pulseaudio", "pactl", "paplay", "parec")
_SPEAKER = "module-null-sink sink_name=speaker rate=48000 channels=2 norewinds=1"
_FEED = "module-null-sink sink_name=micfeed rate=16000 channels=1 norewinds=1"
_MICROPHONE = "module-remap-source source_name=mic master=micfeed.monitor"
_PATIENCE_S = 10


def missing_tools() -> str:
    """The names of the programs that the harness needs and does not find; empty if none."""
    return ", ".join(tool for tool in _TOOLS if shutil.which(tool) is None)


class Heard:
    """What is being recorded; `samples` is whole after the recording ended."""

    def __init__(self) -> None:
        self.samples: Int16Array = np.zeros(0, np.int16)


class Pulse:
    """The server: started by `with`, stopped at its end, restartable in between."""

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="pulse-"))
        self._socket = self._directory / "native"
        self._server: subprocess.Popen[bytes] | None = None
        self.env = {
            **os.environ,
            "PULSE_RUNTIME_PATH": str(self._directory),
            "PULSE_STATE_PATH": str(self._directory),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_SOURCE": "mic",
            "PULSE_SINK": "speaker",
        }

    def __enter__(self) -> Pulse:
        # a shell has its background jobs ignore the interrupt, and children would inherit that
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.start_server()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop_server()
        shutil.rmtree(self._directory, ignore_errors=True)

    def start_server(self) -> None:
        """Start the server with both devices as its defaults; returns when it answers."""
        listen = f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"
        steer = f"module-cli-protocol-unix socket={self._directory / 'cli'}"
        # Without an always-sink: what is removed stays away until it is restored.
        wanted = (listen, steer, _SPEAKER, _FEED, _MICROPHONE)
        modules = [part for module in wanted for part in ("-L", module)]
        options = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        options += ["--realtime=no", "--high-priority=no"]
        self._server = subprocess.Popen(
            ["pulseaudio", *options, *modules],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_it_answers()
        self._make_defaults()

    def stop_server(self) -> None:
        """Kill the server, as a crash does: every client loses its streams."""
        if self._server is not None:
            self._server.kill()
            self._server.wait(_PATIENCE_S)
            self._server = None
            self._socket.unlink(missing_ok=True)

    def play(self, path: Path | str, patience_s: float | None = None) -> None:
        """Let the microphone hear a recording (16 kHz mono, other formats too); blocks until
        it was played to its end. `SubprocessError` when the server refuses it, or it takes longer
        than `patience_s`."""
        subprocess.run(
            ["paplay", "--device=micfeed", "--latency-msec=200", str(path)],
            env=self.env,
            check=True,
            capture_output=True,
            timeout=patience_s,
        )

    def play_samples(self, samples: Int16Array) -> None:
        """Let the microphone hear int16[n] at 16 kHz; blocks until it was played."""
        path = self._directory / "said.wav"
        soundfile.write(path, samples, SAMPLE_RATE_HZ, subtype="PCM_16")
        self.play(path)

    @contextmanager
    def record(self, device: str = "speaker.monitor") -> Iterator[Heard]:
        """Record what the speaker plays while the block runs (or another source)."""
        heard = Heard()
        form = [f"--rate={SAMPLE_RATE_HZ}", "--channels=1", "--format=s16le", "--latency-msec=100"]
        recorder = subprocess.Popen(
            ["parec", f"--device={device}", *form],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert recorder.stdout is not None
        pieces = [recorder.stdout.read(SAMPLE_RATE_HZ // 50)]  # it runs from here on
        reader = threading.Thread(target=lambda: pieces.extend(iter_pieces(recorder)), daemon=True)
        reader.start()
        try:
            yield heard
        finally:
            recorder.terminate()
            recorder.wait(_PATIENCE_S)
            reader.join(_PATIENCE_S)
            raw = b"".join(pieces)
            heard.samples = np.frombuffer(raw[: len(raw) // 2 * 2], np.int16)

    def add_echo(self, latency_ms: int = 40) -> None:
        """Let the microphone hear the speaker from now on, that much later."""
        self._load(
            f"module-loopback source=speaker.monitor sink=micfeed latency_msec={latency_ms} "
            "adjust_time=0"
        )

    def play_aloud(self, samples: Int16Array) -> None:
        """Let the speaker play int16[n] at 16 kHz, as another program does; blocks until it was
        played."""
        path = self._directory / "aloud.wav"
        soundfile.write(path, samples, SAMPLE_RATE_HZ, subtype="PCM_16")
        subprocess.run(
            ["paplay", "--device=speaker", "--latency-msec=200", str(path)],
            env=self.env,
            check=True,
            capture_output=True,
        )

    def move_microphone_to_monitor(self) -> None:
        """Unplug the microphone as a desktop's server sees it: who recorded from it records from
        the speaker's monitor now, without a word."""
        self._pactl("set-default-source", "speaker.monitor")
        self._move_recorders("speaker.monitor")
        self._unload("source_name=mic", "sink_name=micfeed")

    def move_monitor_to_microphone(self) -> None:
        """Plug the microphone in again; who records from the monitor is moved back to it."""
        self.restore()
        self._move_recorders("mic")

    def set_monitor_volume(self, db: float) -> None:
        """How loud the speaker's monitor is."""
        self._pactl("set-source-volume", "speaker.monitor", f"{db:g}dB")

    def remove_microphone(self) -> None:
        """Unplug the microphone: who recorded from it is cut off."""
        self._remove("source-output", "source_name=mic", "sink_name=micfeed")

    def remove_speaker(self) -> None:
        """Unplug the speaker: who played on it is cut off."""
        self._remove("sink-input", "sink_name=speaker")

    def suspend_microphone(self, suspended: bool = True) -> None:
        """Let the microphone fall silent without a word, as a sleeping driver does."""
        self._pactl("suspend-source", "mic", str(int(suspended)))
        self._pactl("suspend-sink", "micfeed", str(int(suspended)))

    def restore(self) -> None:
        """Plug in again what was removed, and wake what was suspended."""
        if self._server is None:
            self.start_server()
            return
        loaded = self._pactl("list", "short", "modules")
        for module, key in (
            (_SPEAKER, "sink_name=speaker"),
            (_FEED, "sink_name=micfeed"),
            (_MICROPHONE, "source_name=mic"),
        ):
            if key not in loaded:
                self._load(module)
        self.suspend_microphone(False)
        self._make_defaults()

    def clients(self) -> str:
        """What is connected to the devices now: a line for each stream, for tests that wait."""
        return self._pactl("list", "short", "source-outputs") + self._pactl(
            "list", "short", "sink-inputs"
        )

    def _make_defaults(self) -> None:
        self._pactl("set-default-sink", "speaker")
        self._pactl("set-default-source", "mic")

    def _wait_until_it_answers(self) -> None:
        """Ask until the server answers; each refused call comes back at once."""
        pause = threading.Event()
        for _ in range(200):
            asked = subprocess.run(["pactl", "info"], env=self.env, capture_output=True)
            if asked.returncode == 0:
                return
            pause.wait(0.05)
        raise RuntimeError("pulseaudio started and did not answer within 10 s")

    def _load(self, module: str) -> None:
        self._pactl("load-module", *module.split())

    def _move_recorders(self, source: str) -> None:
        """Let who records (not the server's own modules) record from another source."""
        for line in self._pactl("list", "short", "source-outputs").splitlines():
            number, _, client = line.split("\t")[:3]
            if client != "-":
                self._pactl("move-source-output", number, source)

    def _unload(self, *keys: str) -> None:
        for key in keys:  # one may take another with it
            for line in self._pactl("list", "short", "modules").splitlines():
                number, _, arguments = (line + "\t\t").split("\t")[:3]
                if key in arguments.split():
                    self._pactl("unload-module", number)

    def _remove(self, stream_kind: str, *keys: str) -> None:
        """Kill the streams and unload the modules in one breath.

        PulseAudio would move the streams to whatever else there is: a removal without a trace.
        """
        commands = []
        for line in self._pactl("list", "short", f"{stream_kind}s").splitlines():
            number, device = line.split("\t")[:2]
            if self._device_is_removed(stream_kind, device, keys):
                commands.append(f"kill-{stream_kind} {number}")
        for line in self._pactl("list", "short", "modules").splitlines():
            number, _, arguments = (line + "\t\t").split("\t")[:3]
            if any(key in arguments.split() for key in keys):
                commands.append(f"unload-module {number}")
        with socket.socket(socket.AF_UNIX) as server:
            server.settimeout(_PATIENCE_S)
            server.connect(str(self._directory / "cli"))
            server.sendall("".join(f"{command}\n" for command in commands).encode())
            server.shutdown(socket.SHUT_WR)
            while server.recv(4096):
                pass

    def _device_is_removed(self, stream_kind: str, device: str, keys: tuple[str, ...]) -> bool:
        kind = "sources" if stream_kind == "source-output" else "sinks"
        for line in self._pactl("list", "short", kind).splitlines():
            number, name = line.split("\t")[:2]
            if number == device:
                return any(name == key.split("=")[1] for key in keys)
        return False

    def _pactl(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pactl", *arguments],
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
        return done.stdout


def iter_pieces(recorder: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """The recorder's output, piece by piece, until it ends."""
    assert recorder.stdout is not None
    while piece := recorder.stdout.read(SAMPLE_RATE_HZ // 50):
        yield piece
