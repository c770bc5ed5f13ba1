"""A language model writes a SELECT for a question, which is checked before it is run.

The model sees the names of tables and columns and nothing of what is in them. What it writes is
parsed (`sql_check`); what is refused goes back to it once, with the reason. Its words are never
said: the answer is made of the rows. The mind thread, for as long as the model takes.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, ModelError, StageTimeout
from assistant.language.en.speakable import spoken_form
from assistant.messages import Messages, Reply
from assistant.talk.decision import Decision, Pass, Speaking, short
from assistant.talk.request import Request
from assistant.talk.sources.database import Database, DatabaseFault, Rows, Table
from assistant.talk.sources.database_answers import in_general
from assistant.talk.sources.sql_check import SqlFault, checked_select
from assistant.talk.talk import Done, Talk

if TYPE_CHECKING:
    from assistant.talk.model_answers import Model

LIMIT_S = 12.0
"""So long may the model take for its SELECT, with a second try."""
MOST_TABLES = 20
MOST_COLUMNS = 30
_LONGEST = 600
"""Characters: what is longer is no SELECT for a spoken question."""
_SYSTEM = """You write SQLite queries. The database has these tables:
{schema}
Answer each question with one SELECT and nothing else. Select only what is asked for. \
Use only conditions that the question names. Compare text with LIKE '%word%'."""
_TODAY = " Today is date('now')."
_NAMES_A_DAY = re.compile(
    r"\b(?:today|yesterday|tomorrow|now|ago|day|days|week|weeks|month|months|year|years|recent"
    r"|recently|latest|since)\b",
    re.IGNORECASE,
)
_REFERS = re.compile(r"REFERENCES ([^()\"]+)\(([^()\"]+)\)$")
_LABELS = ("name", "title", "label")
_FENCE = re.compile(r"```(?:sql|sqlite)?\s*(.*?)(?:```|$)", re.DOTALL | re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class SqlAnswer:
    """`text` is to be said, `sql` is what was run, or "" when nothing was."""

    text: str
    sql: str = ""


def schema_text(tables: Sequence[Table]) -> str:
    """Tables and columns as the model reads them: "CREATE TABLE products (id INTEGER, …);"."""
    lines = []
    for table in tables[:MOST_TABLES]:
        columns = ", ".join(f"{name} {kind}".strip() for name, kind in table.columns[:MOST_COLUMNS])
        lines.append(f"CREATE TABLE {table.name} ({columns});")
    return "\n".join(lines)


def sql_messages(tables: Sequence[Table], question: str) -> Messages:
    """What the model is asked. The question is the user's message, and nothing else."""
    system = _SYSTEM.format(schema=schema_text(tables))
    if _NAMES_A_DAY.search(question):  # a small model uses whatever it is told
        system += _TODAY
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": question},
    ]


def answer_sql(
    model: Model,
    database: Database,
    question: str,
    should_stop: Callable[[], bool] = lambda: False,
) -> SqlAnswer:
    """The answer to `question` by a SELECT of the model; a sentence that says so when the model
    finds none. Raises `DatabaseFault` when the file cannot be read or the query takes too long,
    `ModelError` and `StageTimeout` as the model does."""
    tables = database.tables()
    messages = sql_messages(tables, question)
    end = time.monotonic() + LIMIT_S
    for _ in range(2):
        written = _written(model.stream(messages, lambda: should_stop() or time.monotonic() > end))
        if should_stop() or time.monotonic() > end:
            break
        try:
            sql = checked_select(written, tables, database.most_rows)
            found = with_names(database, tables, database.query(sql))
            return SqlAnswer(in_general(found), sql)
        except SqlFault as fault:
            why = fault.what if not fault.next_step else f"{fault.what}; {fault.next_step}"
        except DatabaseFault as fault:
            if "took longer" in fault.what or not database.path.is_file():
                raise
            why = fault.what
        messages = [
            *messages,
            {"role": "assistant", "content": written},
            {"role": "user", "content": f"That cannot be run: {why}. Write another SELECT."},
        ]
    return SqlAnswer(cannot(database))


def with_names(database: Database, tables: Sequence[Table], found: Rows) -> Rows:
    """`found` with names in the place of numbers that refer to a row: a small model selects
    `product_id` where a product is asked for. Of a column that refers to a table with a name."""
    refers = {
        column.lower(): (reference[1], reference[2])
        for table in tables
        for column, kind in table.columns
        if (reference := _REFERS.search(kind))
    }
    rows = [list(row) for row in found.rows]
    for place, column in enumerate(found.columns):
        other, key = refers.get(column.lower(), ("", ""))
        known = [name for table in tables if table.name == other for name, _ in table.columns]
        label = next((name for name in _LABELS if name in known), None)
        numbers = list(dict.fromkeys(row[place] for row in rows))
        if label is None or not numbers:
            continue
        marks = ", ".join("?" * len(numbers))
        sql = f'select "{key}", "{label}" from "{other}" where "{key}" in ({marks})'
        names = dict(database.query(sql, numbers).rows)
        for row in rows:
            row[place] = names.get(row[place], row[place])
    return Rows(found.columns, tuple(map(tuple, rows)), found.has_more)


def cannot(database: Database) -> str:
    """What is said when no SELECT answers the question."""
    return f"I can't find that in the {database.title} database."


def _written(pieces: Iterator[str]) -> str:
    """The SELECT in what the model says."""
    text = ""
    for piece in pieces:
        text += piece
        done = ";" in text or text.count("```") >= 2
        if done or len(text) > _LONGEST:
            break
    fenced = _FENCE.search(text)
    sql = fenced[1] if fenced else text
    return sql.strip().removesuffix(";").strip()


class AskDatabase:
    """Takes requests that name a database which the model may ask: "ask the shop database …"."""

    name = "database"

    def __init__(self, databases: Sequence[Database], model: Model | None) -> None:
        self._databases = {one.title: one for one in databases}
        self._model = model
        names = "|".join(re.escape(title) for title in self._databases)
        self._rules = (
            re.compile(
                rf"(?:ask|check|query|search|look in|look into) (?:in )?(?:the |my |our )?(?P<name>"
                rf"{names})(?: database| db)?(?: for| about)? (?P<question>.+)"
            ),
            re.compile(
                rf"(?P<question>.+) (?:in|from|according to) (?:the |my |our )?(?P<name>{names})"
                r" (?:database|db)"
            ),
        )

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The SELECT is written while the answer is made."""
        model = self._model
        if not self._databases or model is None:
            return Pass(why="no database that a model may ask")
        found = next(filter(None, (rule.fullmatch(request.words) for rule in self._rules)), None)
        if found is None:
            return Pass(why="it names no database")
        database = self._databases[found["name"]]
        return asked(model, database, request.original(found["question"]), talk, request)


def asked(
    model: Model, database: Database, question: str, talk: Talk, request: Request
) -> Decision:
    """The decision that asks `database`: the model works while the answer is made, on the mind
    thread, and stops with it."""
    why = f"asks the {database.title} database"
    name = f"{database.name}.query"
    last = Done(name=name, slots={"question": question}, turn=request.turn, why=why)
    return Decision(
        name=name,
        source="tool",
        why=why,
        slots={"question": question},
        after=dataclasses.replace(talk, last=last),
        rest=lambda speaking: _answered(model, database, question, speaking),
    )


def _answered(
    model: Model, database: Database, question: str, speaking: Speaking
) -> Iterator[Reply]:
    try:
        answer = answer_sql(model, database, question, speaking.should_stop)
        why = answer.sql or "no SELECT that can be run"
    except (StageTimeout, ModelError) as error:
        answer, why = SqlAnswer("Sorry, that took me too long."), error.what
    except AssistantError as error:
        answer, why = SqlAnswer(f"Sorry, {error.what}."), error.what
    if not speaking.should_stop():
        yield Reply(
            text=answer.text,
            spoken=spoken_form(answer.text),
            source="tool",
            why=short(why),
            name=f"{database.name}.query",
            from_outside=True,
        )
