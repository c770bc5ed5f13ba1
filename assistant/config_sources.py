"""The sections of what the assistant may look into: documents, databases, web interfaces.

Knows what a key is called and what it may be; what it means is in `talk/sources/`. Pure values.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from typing import Any

from assistant.config_fields import key

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsConfig:
    """[documents] a folder of yours that questions are answered from; it is only ever read."""

    folder: str = key("", "Markdown, text and PDF files, also in folders below; empty = none")
    implicit: bool = key(
        True, "false: only questions that name the documents, as in 'search my documents for …'"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryConfig:
    """[[databases.NAME.queries]] one question to a database, in words and in SQL."""

    name: str = key(MISSING, "small letters, digits and _; it is shown as DATABASE.NAME")
    phrases: tuple[str, ...] = key((), 'what the user says, as "how many {item} are left"')
    about: str = key("", "what it tells, in a few words; the language model chooses by it")
    sql: str = key(MISSING, "one SELECT, with :slot for each slot")
    answer: str = key(MISSING, 'said of one row, as "There are {stock} {name} left."')
    each: str = key("", 'one of several rows, as "{name} at {price}"; empty = its columns')
    many: str = key("{count} found: {rows}.", "said of several rows")
    none: str = key("I found nothing.", "said when there is no row")
    slots: dict[str, Any] = key(
        {}, 'what each slot is: "text", "number", "date", …; ["small", "large"]; a table'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseConfig:
    """[databases.NAME] an SQLite file of yours; it is only ever read."""

    path: str = key(MISSING, "the file")
    about: str = key("", "what is in it, in a few words; the language model chooses by it")
    queries: tuple[QueryConfig, ...] = key((), "the questions that it answers")
    allow_model_sql: bool = key(
        False, "true: the language model may write a SELECT for other questions; it is checked"
    )
    limit_s: float = key(1.0, "a query that takes longer is stopped", low=0.05, high=1.5)
    most_rows: int = key(50, "more rows are not read", low=1, high=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiConfig:
    """[apis.NAME] a web interface that is asked when you say one of its phrases."""

    url: str = key(MISSING, "the address, as https://api.example.org/v1/{city}")
    method: str = key("GET", "the method of the request", choices=METHODS)
    headers: dict[str, str] = key({}, "headers; ${NAME} is an environment variable")
    query: dict[str, Any] = key({}, "what stands behind the ?, with {slots} and ${NAME}")
    body: dict[str, Any] = key({}, "what is sent as JSON, with {slots} and ${NAME}")
    answer: str = key(
        "", 'a path into the reply ("current.temperature"), or "It is {current.temperature}."'
    )
    none: str = key("I found nothing.", "said when the reply lacks what the answer names")
    phrases: tuple[str, ...] = key((), 'what the user says, as "what is the weather in {city}"')
    about: str = key("", "what it tells or does; the language model chooses by it")
    slots: dict[str, Any] = key(
        {}, 'what each slot is: "text", "number", "date", …; ["small", "large"]; a table'
    )
    limit_s: float = key(5.0, "a reply that takes longer is given up", low=0.1, high=60)
    confirm: str = key("", "a question that must be answered with yes before")
    needs_pin: bool = key(False, "true: the PIN must be said before")
    writes: bool = key(
        False,
        "true: it changes something there, and cannot be taken back; so do PUT, PATCH, DELETE",
    )
    allow_insecure: bool = key(False, "true: plain http to another machine, which others can read")
