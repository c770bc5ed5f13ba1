"""Looks at what the configuration names before anything is loaded: replies, weights, voice.

`config`, `run`, `demo` and `hear` ask here first, so that all of them say the same, at once. Reads
descriptions and no weights. Main thread.
"""

from __future__ import annotations

from pathlib import Path

from assistant.assemble.roles import model_paths
from assistant.config import Config


def check_parts(config: Config, *, is_awaited: bool = False) -> None:
    """Raise what is wrong with a file that the configuration names: `ConfigError` for replies,
    `ModelError` for weights that are missing and for a voice whose description is wrong.
    `is_awaited`: the language model will come later."""
    from assistant.talk.reload import check_file

    if config.text.replies_file:
        check_file(Path(config.text.replies_file).expanduser())
    paths = model_paths(config, is_awaited=is_awaited)
    if config.voice.engine == "piper":
        from assistant.voice.voice_settings import read_settings, speaker_number

        speaker_number(paths.voice, read_settings(paths.voice, config.voice), config.voice)
