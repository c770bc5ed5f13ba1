"""`assistant replay`: asks today's text layer what was asked before; a test from own history."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.assemble.loading import load_meaning
from assistant.assemble.places import user_folder
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.config import Config
from assistant.errors import EXIT_FAILED, InputError
from assistant.folders import state_directory
from assistant.harmless import one_line
from assistant.log.book import Book
from assistant.log.choice import Choice, moment
from assistant.log.place import head_file, log_path
from assistant.log.rows import Row
from assistant.talk.store import Store

if TYPE_CHECKING:  # the text layer loads when it is asked, not for `--help`
    from assistant.assemble.rerun import Replayed


def replay(
    turn: Annotated[
        int | None, typer.Argument(help="The row of a turn, as `log` shows it.")
    ] = None,
    since: Annotated[str, typer.Option(help="Turns since 2026-03-04, today, 2h, 3d …")] = "",
    until: Annotated[str, typer.Option(help="Turns before.")] = "",
    session: Annotated[str, typer.Option(help="Turns of this session.")] = "",
    name: Annotated[str, typer.Option(help="Turns with this name; `timer.*`: all below it.")] = "",
    source: Annotated[str, typer.Option(help="Turns of this source.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a turn.")] = False,
    config: ConfigOption = None,
) -> None:
    """Ask again what was asked before, without a model and without effect, and show what is another
    thing now: name, slots, words. Exit code 1 when something is."""
    settings = read_config(config)
    path = log_path(settings.log.directory)
    book = Book(path, head_file(path, settings.log.head_directory))
    now = datetime.now().astimezone()
    choice = Choice(
        since=moment(since, now) if since else None,
        until=moment(until, now, "--until") if until else None,
        session=session,
        name=name,
        source=source,
    )
    if turn is None and choice == Choice():
        raise InputError("nothing is to be replayed", "give the row of a turn, or --since")
    found = _replay(book, settings, _wanted(book, turn, choice), as_json=as_json)
    differ, skipped = (sum(one.verdict == v for one in found) for v in ("differs", "skipped"))
    same = len(found) - differ - skipped
    complain(f"{len(found)} turns replayed: {same} the same, {differ} differ, {skipped} skipped")
    for remark in dict.fromkeys(one.remark for one in found if one.remark):
        complain(f"  note: {remark}")
    if differ:
        raise typer.Exit(EXIT_FAILED)


def _wanted(book: Book, turn: int | None, choice: Choice) -> list[Row]:
    where, values = choice.where()
    if turn is not None:
        where, values = f"seq = ? and {where}", [turn, *values]
    rows = list(book.rows(f"kind = 'turn' and {where}", values))
    if turn is not None and not rows:
        kept = book.row(turn)
        what = "is not there" if kept is None else f"is no turn but: {kept.body.get('kind')}"
        raise InputError(f"row {turn} {what}", "`assistant log` lists the turns")
    return rows


def _replay(book: Book, settings: Config, rows: list[Row], *, as_json: bool) -> list[Replayed]:
    from assistant.assemble.rerun import replay_rows

    def state_now() -> Store:
        return Store.copied(Path(state_directory()))

    said: set[str] = set()

    def told(text: str) -> None:
        if text not in said:
            said.add(text)
            complain(text)

    found = []
    for one in replay_rows(
        book, settings, rows, load_meaning(settings), user_folder(), state_now, told
    ):
        found.append(one)
        if as_json:
            print(json.dumps(_line(one), ensure_ascii=False), flush=True)
        elif one.verdict != "same":
            print(one_line(f"{one.row}  {one.request}"), flush=True)
            for line in [*map(str, one.differences), one.skipped]:
                if line:
                    print(f"    {one_line(line)}", flush=True)
    return found


def _line(one: Replayed) -> dict[str, object]:
    return {
        "row": one.row,
        "request": one.request,
        "verdict": one.verdict,
        "differences": [
            {"what": each.what, "was": each.was, "now": each.now} for each in one.differences
        ],
        "skipped": one.skipped,
    }
