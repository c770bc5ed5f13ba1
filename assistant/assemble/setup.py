"""What can be made before a conversation: a faster copy of the model, its state, spoken replies.

All of it lies in the cache or beside the weights, and is made again when it is missing. Runs on the
caller's thread, for seconds to minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from pathlib import Path
from time import monotonic

from assistant.assemble.loading import (
    load_endings,
    load_language_model,
    load_meaning,
    load_voice,
    make_conversation,
    make_services,
    open_prepared,
)
from assistant.assemble.places import parts_directory, states_directory
from assistant.assemble.roles import model_path
from assistant.config import Config
from assistant.errors import ModelError

Say = Callable[[str], None]


def fixed_texts(config: Config, folder: Path | None = None) -> list[str]:
    """Every text that can be spoken and is known beforehand; `folder` has the user's own."""
    return make_conversation(config, None, folder=folder).all_fixed_texts()


def prepare_replies(
    config: Config,
    progress: Callable[[int, int], None],
    folder: Path | None = None,
    limit_s: float = inf,
) -> int:
    """Cut the voice for streaming and synthesise every fixed reply that has no sound yet, the
    likeliest first, for `limit_s` seconds; how many were made. Loads no voice when that was done
    before."""
    prepared, texts = open_prepared(config), fixed_texts(config, folder)
    if _is_cut(config) and not prepared.missing(texts):
        return 0
    voice, end_s = load_voice(config), monotonic() + limit_s
    return prepared.prepare(texts, voice, progress, lambda: monotonic() >= end_s)


def _is_cut(config: Config) -> bool:
    """True when the voice needs no cutting, or has been cut."""
    if config.voice.engine != "piper":
        return True
    from assistant.voice.piper_voice import is_cut

    return is_cut(model_path(config, "voice"), config.voice, parts_directory())


def prepare_meaning(config: Config, say: Say = lambda text: None) -> None:
    """Rewrite the graph of the sentence encoder so that it needs less memory and time, unless that
    was done or the profile has none."""
    from assistant.model.meaning_graph import make_lean_copy
    from assistant.weights.resolve import find, profile_models

    if "meaning" not in profile_models(config):
        return
    try:
        _, directory = find(config, "meaning")
        make_lean_copy(directory / "model.onnx")
    except ModelError as error:  # without the copy it needs more of both, and works
        say(str(error))


def prepare_documents(config: Config, say: Say = lambda text: None) -> int:
    """Read the user's documents into their index, as far as they are new or have changed; how many
    are known then. `say` is told what cannot be read."""
    services = make_services(config)
    documents = services.documents
    if not documents.is_set_up:
        return 0
    documents.on_notice = lambda notice: say(notice.text)
    documents.use(load_meaning(config))
    documents.refresh()
    count = len(documents.titles())
    documents.close()
    return count


def prepare_model(config: Config, say: Say = lambda text: None) -> None:
    """Rewrite the profile's language model for speed, where that pays, and have it read the
    beginning of every conversation, unless that was done or a server has the model. `ModelError`
    when it is missing or fails."""
    if config.llm.server:
        return
    from assistant.model.llm import state_file
    from assistant.model.requantise import make_fast_copy

    if not config.llm.model:
        try:
            make_fast_copy(model_path(config, "llm"))
        except ModelError as error:  # it is slower as it came, and works
            say(str(error))

    prefix = make_conversation(config, None).prefix()
    if state_file(states_directory(), model_path(config, "llm"), config.llm, prefix).is_file():
        return
    endings = load_endings(config)
    if endings is not None:
        endings.close()
    model = load_language_model(config)
    try:
        model.prime(prefix)
    finally:
        model.close()
