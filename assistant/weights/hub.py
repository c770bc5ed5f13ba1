"""One file from the Hugging Face hub, over plain HTTP with resume.

Honours HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE. The hub's own download function retries for half
a minute without a network and starts a cut download anew, so only its addresses, its token and
its connection are used here. Knows nothing of other sources. Runs on the caller's thread, blocks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import httpx2
import huggingface_hub

from assistant.errors import DownloadError
from assistant.weights.catalogue import HubSource, ModelFile

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 20.0
_RANGE_REFUSED = 416
_PARTIAL_CONTENT = 206


class HubUnreachableError(DownloadError):
    """The hub as a whole does not answer, so that asking it for the next file is no use."""


def download_from_hub(
    source: HubSource, file: ModelFile, partial: Path, on_bytes: Callable[[int], None]
) -> None:
    """Complete `partial`, which may hold the beginning of the file already.

    `on_bytes` gets the number of bytes that are there so far. `HubUnreachableError` within seconds
    when nothing answers; `DownloadError` when the hub refuses or the connection breaks (what came
    is kept); `OSError` when the disk is full.
    """
    endpoint = os.environ.get("HF_ENDPOINT") or None
    url = huggingface_hub.hf_hub_url(
        source.repo, source.path_of(file), revision=source.revision, endpoint=endpoint
    )
    have = partial.stat().st_size if partial.exists() else 0
    if have == file.bytes:
        return
    headers = {"Accept-Encoding": "identity", "User-Agent": "assistant"}
    if token := huggingface_hub.get_token():
        headers["Authorization"] = f"Bearer {token}"
    if 0 < have < file.bytes:
        headers["Range"] = f"bytes={have}-"
    timeout = httpx2.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    try:
        with huggingface_hub.get_session().stream(
            "GET", url, headers=headers, timeout=timeout
        ) as response:
            if response.status_code == _RANGE_REFUSED:
                partial.unlink(missing_ok=True)
            if not response.is_success:
                raise DownloadError(f"the hub answered {response.status_code} for {url}")
            resumes = response.status_code == _PARTIAL_CONTENT
            _write(response, partial, have if resumes else 0, on_bytes)
    except (httpx2.ConnectError, httpx2.TimeoutException, httpx2.ProxyError) as error:
        raise HubUnreachableError(
            f"the hub cannot be reached ({error or type(error).__name__})"
        ) from error
    except huggingface_hub.errors.OfflineModeIsEnabled as error:
        raise HubUnreachableError("the hub is switched off by HF_HUB_OFFLINE") from error
    except httpx2.HTTPError as error:
        raise DownloadError(f"the hub broke off: {type(error).__name__} {error}") from error


def _write(
    response: httpx2.Response, partial: Path, have: int, on_bytes: Callable[[int], None]
) -> None:
    with partial.open("ab" if have else "wb") as out:
        for block in response.iter_raw():
            out.write(block)
            have += len(block)
            on_bytes(have)
