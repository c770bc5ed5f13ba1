"""The names, in each folder of the cache, of what the present configuration uses.

Reads descriptions and the ends of weights, and loads no model. Each raises `AssistantError` where
that cannot be told, because a model is missing. Main thread.
"""

from __future__ import annotations

from assistant.assemble.loading import (
    documents_folder,
    endings_state,
    make_conversation,
    voice_identity,
)
from assistant.assemble.places import documents_directory, states_directory, user_folder
from assistant.assemble.roles import llm_files, model_path
from assistant.config import Config


def sounds_in_use(config: Config) -> set[str]:
    """The folders of sounds that the configured voice made: the replies, and the demo's user."""
    from assistant.cli.demo_script import demo_folder

    return {voice_identity(config)[0], demo_folder(config).name}


def parts_in_use(config: Config) -> set[str]:
    """The folder of the parts into which the configured voice was cut."""
    if config.voice.engine != "piper":
        return set()
    from assistant.voice.piper_voice import cut_name

    return {cut_name(model_path(config, "voice"), config.voice)}


def states_in_use(config: Config) -> set[str]:
    """The states of the models that answer and that judge endings, after their first messages."""
    from assistant.model.llm import state_file

    used = {path.stem for path in [endings_state(config)] if path is not None}
    if config.llm.server:
        return used
    prefix = make_conversation(config, None, folder=user_folder()).prefix()
    bare = make_conversation(config, None).prefix()
    for file in llm_files(config):
        for messages in (prefix, bare):
            used.add(state_file(states_directory(), file.path, config.llm, messages).stem)
    return used


def index_in_use(config: Config) -> set[str]:
    """The index of the configured folder of documents."""
    from assistant.talk.sources.documents import index_file

    folder = documents_folder(config)
    path = None if folder is None else index_file(documents_directory(), folder)
    return set() if path is None else {path.stem}
