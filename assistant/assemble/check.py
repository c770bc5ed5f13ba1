"""Looks at what the configuration names before anything is loaded: replies, databases, interfaces,
weights, voice.

`config`, `run`, `demo` and `hear` ask here first, so that all of them say the same, at once. Reads
descriptions, and of weights only some places. Main thread.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.assemble.roles import model_paths
from assistant.config import Config
from assistant.messages import Notice


def check_parts(
    config: Config, *, is_awaited: bool = False, tell: Callable[[Notice], None] | None = None
) -> None:
    """Raise what is wrong with a file that the configuration names: `ConfigError` for replies, and
    for a database or interface that is declared wrongly (`tell` hears of a file that is missing),
    `ModelError` for weights that are missing or damaged, for a file that is no language model, and
    for a voice whose description is wrong. `is_awaited`: the language model will come later."""
    from assistant.model.gguf_check import check_chat_model
    from assistant.talk.reload import check_file

    if config.text.replies_file:
        check_file(Path(config.text.replies_file).expanduser())
    if config.databases or config.apis or config.documents.folder:
        from assistant.talk.sources.loading import check_sources
        from assistant.talk.tools import own_flows

        taken = [flow.name for flow in own_flows()]
        check_sources(config, tell or (lambda notice: None), taken)
    paths = model_paths(config, is_awaited=is_awaited)
    if config.llm.model and paths.llm is not None:  # the set-up has looked at the profile's
        check_chat_model(paths.llm, config.llm, None)
    if config.voice.engine == "piper":
        from assistant.voice.voice_settings import read_settings, speaker_number

        speaker_number(paths.voice, read_settings(paths.voice, config.voice), config.voice)
