"""The databases of the configuration: a flow and a tool for each described query.

A query reads, so it runs in the take. What is wrong with a file is told once and said when it is
asked; what is wrong with the configuration is a `ConfigError` with its place. The mind thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.config_sources import DatabaseConfig, QueryConfig
from assistant.errors import AssistantError, ConfigError
from assistant.messages import Notice
from assistant.talk.decision import Decision
from assistant.talk.flow import Call, Flow, Say, Steps
from assistant.talk.request import Request
from assistant.talk.sources.database import Database, DatabaseFault, Rows
from assistant.talk.sources.database_answers import Wording, in_general, read_wording, worded
from assistant.talk.sources.database_model import asked, cannot
from assistant.talk.sources.declared import (
    Slot,
    SlotFault,
    as_plain,
    declared_flow,
    filled_in,
    read_slots,
    read_templates,
    schema_of,
)
from assistant.talk.sources.filling import Lacking
from assistant.talk.sources.sql_check import SqlFault, checked_select
from assistant.talk.talk import Talk
from assistant.talk.tool import Here, Tool

if TYPE_CHECKING:
    from assistant.talk.model_answers import Model

Tell = Callable[[Notice], None]
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_SLOT = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")


@dataclass(slots=True)
class Configured:
    """What a section of the configuration gives. `databases` are those that a model may ask."""

    flows: list[Flow] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    databases: list[Database] = field(default_factory=list)


def read_databases(
    sections: Mapping[str, DatabaseConfig],
    folder: Path,
    tell: Tell,
    model: Model | None = None,
    taken: Collection[str] = (),
) -> Configured:
    """The flows and tools of all databases; a relative path is below `folder`, `taken` are names of
    flows that are used already. `ConfigError` says what is wrong, and where."""
    made = Configured()
    for name, section in sections.items():
        path = folder / Path(section.path).expanduser()
        database = Database(name, path, section.limit_s, section.most_rows)
        for number, query in enumerate(section.queries):
            place = f"databases.{name}.queries[{number}]"
            used = {*taken, *(flow.name for flow in made.flows), f"{name}.query"}
            one = _Query(database, query, place, tell)
            if one.name in used:
                raise ConfigError(
                    f"{place}.name gives {one.name}, which is taken", "choose another", place
                )
            made.flows.append(one.flow())
            made.tools.append(one.tool)
            one.try_out()
        if section.allow_model_sql:
            made.databases.append(database)
            made.tools.append(_model_tool(database, section, tell, model))
    return made


class _Query:
    """One described query: its flow, its tool and the function that both share."""

    def __init__(self, database: Database, query: QueryConfig, place: str, tell: Tell) -> None:
        self.name = f"{database.name}.{query.name}"
        self._database = database
        self._query = query
        self._place = place
        self._tell = _once(tell)
        self._slots: dict[str, Slot] = read_slots(query.slots, f"{place}.slots")
        self._templates = read_templates(query.phrases, self._slots, f"{place}.phrases")
        self._wording: Wording = read_wording(query, place)
        self._check()
        about = query.about or query.name.replace("_", " ")
        self.tool = Tool(
            name=self.name,
            function=self._run,
            about=about,
            schema=schema_of(self._slots),
            offered=True,
            origin=f"database {database.name}",
        )

    def _check(self) -> None:
        """What can be known without the file."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self._query.name):
            raise ConfigError(
                f"{self._place}.name is {self._query.name!r}",
                "use small letters, digits and _",
                f"{self._place}.name",
            )
        bare = _QUOTED.sub(" ", self._query.sql).strip().rstrip(";").strip()
        if not re.match(r"(?:select|with)\b", bare, re.IGNORECASE) or ";" in bare:
            raise ConfigError(
                f"{self._place}.sql is not one SELECT",
                "write select … from …",
                f"{self._place}.sql",
            )
        for name in _SLOT.findall(bare):
            if name not in self._slots:
                raise ConfigError(
                    f"{self._place}.sql has :{name}, which is no slot",
                    f"add it to {self._place}.slots",
                    f"{self._place}.sql",
                )

    def flow(self) -> Flow:
        """The flow that its phrases begin."""
        return declared_flow(
            self.name,
            self._templates,
            self._slots,
            self._follow,
            about=self.tool.about,
            origin=self.tool.origin,
            declared=asdict(self._query),
        )

    def _follow(self, here: Here, values: Mapping[str, Any]) -> Steps:
        told = yield Call(self.tool, **values)
        return Say(told)

    def try_out(self) -> None:
        """Run it on nothing, so that a wrong column is told now and not in a conversation."""
        try:
            sql = f"select * from ({self._query.sql.strip().rstrip(';')}) limit 0"
            found = self._database.query(sql, dict.fromkeys(self._slots))
        except DatabaseFault as fault:
            self._told(self._mine(fault))
            return
        known = {*found.columns, *self._slots, "count", "rows"}
        for name in self._wording.names:
            if name not in known:
                what = f"{self.name}: its answer names {name}, which the query does not give"
                self._told(DatabaseFault(what, f"known: {', '.join(sorted(known))}"))

    def _run(self, **given: Any) -> str:
        """The answer, or a sentence that says why there is none."""
        try:
            values = filled_in(self._slots, given)
            plain = {name: as_plain(value) for name, value in values.items()}
            found: Rows = self._database.query(self._query.sql, plain)
            return worded(self._wording, found, values)
        except DatabaseFault as fault:
            self._told(self._mine(fault))
            return f"Sorry, I could not look that up in the {self._database.title} database."
        except SlotFault as fault:
            return f"Sorry, {fault.what}."
        except Lacking as lacking:
            self._told(DatabaseFault(f"{self.name}: there is nothing to say for {lacking}"))
            return self._query.none if "{" not in self._query.none else "I found nothing."

    def _mine(self, fault: DatabaseFault) -> DatabaseFault:
        """With the name of the query, which a person then finds in the configuration."""
        return DatabaseFault(f"{self.name}: {fault.what}", fault.next_step)

    def _told(self, fault: DatabaseFault) -> None:
        self._tell(_notice(fault))


def _model_tool(
    database: Database, section: DatabaseConfig, tell: Tell, model: Model | None
) -> Tool:
    """ "NAME.query": a question in words, or a SELECT that somebody has written already."""
    tell = _once(tell)

    def query(question: str = "", sql: str = "") -> str:
        """Another program writes its own SELECT; the model is not asked on its thread."""
        try:
            if not sql:
                return cannot(database)
            select = checked_select(str(sql), database.tables(), database.most_rows)
            return in_general(database.query(select))
        except SqlFault:
            return cannot(database)
        except AssistantError as error:
            tell(_notice(error))
            return f"Sorry, I could not look that up in the {database.title} database."

    def answers(talk: Talk, request: Request, given: Mapping[str, Any]) -> Decision:
        assert model is not None
        question = str(given.get("question") or request.text)
        return asked(model, database, question, talk, request)

    about = section.about or f"what is in the {database.title} database"
    return Tool(
        name=f"{database.name}.query",
        function=query,
        about=f"Answers a question from a database: {about}.",
        schema={
            "type": "object",
            "properties": {
                "question": {"type": "string", "description": "the whole question, in words"}
            },
            "required": ["question"],
            "additionalProperties": False,
        },
        offered=model is not None,
        origin=f"database {database.name}",
        answers=answers if model is not None else None,
    )


def _notice(error: AssistantError) -> Notice:
    text = f"{error.what}; {error.next_step}" if error.next_step else error.what
    return Notice(severity="warning", code=error.code, text=text)


def _once(tell: Tell) -> Tell:
    """`tell`, but each text once."""
    told: set[str] = set()

    def tell_once(notice: Notice) -> None:
        if notice.text not in told:
            told.add(notice.text)
            tell(notice)

    return tell_once
