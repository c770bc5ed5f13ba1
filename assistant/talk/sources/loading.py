"""Makes what the configuration declares: documents, databases, interfaces.

Gives their flows for the conversation and puts their tools into the toolbox. Runs once, on the
thread that loads; nothing here reads a document or asks a server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.config import Config, with_line
from assistant.errors import ConfigError
from assistant.messages import Notice
from assistant.talk.flow import Flow
from assistant.talk.services import Services
from assistant.talk.sources.apis import ConfiguredApis, read_apis
from assistant.talk.sources.asking_documents import documents_tool
from assistant.talk.sources.database import Database
from assistant.talk.sources.databases import Configured, read_databases
from assistant.talk.sources.index import Encoder

if TYPE_CHECKING:
    from assistant.talk.model_answers import Model


Tell = Callable[[Notice], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """`flows` go with the user's own; a model may ask `databases`; `hosts` are other machines that
    may be reached."""

    flows: tuple[Flow, ...] = ()
    databases: tuple[Database, ...] = ()
    hosts: tuple[str, ...] = ()


def load_sources(
    config: Config,
    services: Services,
    model: Model | None = None,
    encoder: Encoder | None = None,
    taken: Collection[str] = (),
) -> Sources:
    """All sources of `config`; `taken` are names of flows that are used already. `ConfigError` with
    the line of the file when one of them is declared wrongly."""

    def tell(notice: Notice) -> None:
        services.notify(notice)

    bases, apis = _read(config, tell, model, taken)
    services.toolbox.exchange("databases", bases.tools)
    services.toolbox.exchange("apis", apis.tools)
    if services.documents.is_set_up:
        services.documents.on_notice = tell
        services.documents.use(encoder)
        services.toolbox.exchange("documents", (documents_tool(),))
    return Sources(
        flows=(*bases.flows, *apis.flows),
        databases=tuple(bases.databases),
        hosts=tuple(dict.fromkeys(apis.hosts)),
    )


def check_sources(config: Config, tell: Tell, taken: Collection[str] = ()) -> None:
    """Read what `config` declares, and forget it: `ConfigError` as `load_sources`; `tell` hears of
    what is wrong and does not keep the program from its start, such as a missing file."""
    _read(config, tell, None, taken)
    beside = config.path.parent if config.path is not None else Path()
    folder = beside / Path(config.documents.folder).expanduser()
    if config.documents.folder and not folder.is_dir():
        text = f"{folder}: there is no such folder; check documents.folder"
        tell(Notice(severity="warning", code="E-DOCUMENTS", text=text))


def _read(
    config: Config, tell: Tell, model: Model | None, taken: Collection[str]
) -> tuple[Configured, ConfiguredApis]:
    folder = config.path.parent if config.path is not None else Path()
    try:
        bases = read_databases(config.databases, folder, tell, model, taken)
        return bases, read_apis(config.apis, tell, taken)
    except ConfigError as error:
        raise with_line(error, config.path) from error.__cause__
