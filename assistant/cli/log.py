"""`assistant log`: every turn that was written down, listed, shown, checked, exported, forgotten.

Has a parser of its own and imports nothing heavy: it is to answer in 100 ms, and the command line's
own library takes half of that to load. Main thread.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from assistant.cli import log_lines
from assistant.errors import EXIT_FAILED, EXIT_OK, InputError
from assistant.log.book import Book
from assistant.log.choice import Choice, moment
from assistant.log.head import Head
from assistant.log.place import configured
from assistant.log.rows import BrokenRow, Row

_LISTED = 20
_TURNS = "kind in ('turn', 'said')"


def log(arguments: Sequence[str]) -> int:
    """Run the command; the exit status. Raises `AssistantError`."""
    command = _COMMANDS.get(arguments[0]) if arguments else None
    run, about = command or (_list, "List turns, the newest last; with --turn one of them in full.")
    name = f" {arguments[0]}" if command else ""
    epilog = "" if command else _others()
    parser = argparse.ArgumentParser(
        prog=f"assistant log{name}",
        description=about,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="another configuration file")
    _OPTIONS[run](parser)
    options = parser.parse_args(arguments[1:] if command else arguments)
    book = Book(*configured(options.config))
    try:
        return run(book, options)
    finally:
        book.close()


def _others() -> str:
    width = max(map(len, _COMMANDS))
    lines = [f"  {name:<{width}}  {about}" for name, (_, about) in _COMMANDS.items()]
    return "\n".join(["commands:", *lines])


# -- options --------------------------------------------------------------------------------------


def _choosing(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--since", metavar="WHEN", help="2026-03-04, 2026-03-04T15:20, today, yesterday, 2h, 3d")
    add("--until", metavar="WHEN", help="before then")
    add("--source", default="", help="guardrail, stop, flow, precomputed, tool or model")
    add("--name", default="", help="who answered, as timer.set; timer.* for all below it")
    add("--search", default="", metavar="TEXT", help="in the request or the answer")
    add("--session", default="", help="turns of this session")


def _listing(parser: argparse.ArgumentParser) -> None:
    _choosing(parser)
    parser.add_argument("--turn", type=int, metavar="ROW", help="one turn in full")
    parser.add_argument("--limit", type=int, default=_LISTED, help="at most so many; 0: all")
    parser.add_argument("--json", action="store_true", help="one JSON line a turn")


def _showing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "turn", type=int, metavar="ROW", help="the number that the list begins with"
    )
    parser.add_argument("--json", action="store_true", help="the row as it is written down")


def _verifying(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--head", metavar="HEAD", help="what `log head` printed earlier")
    parser.add_argument("--json", action="store_true", help="one JSON line")


def _counting(parser: argparse.ArgumentParser) -> None:
    _choosing(parser)
    parser.add_argument("--json", action="store_true", help="one JSON line")


def _exporting(parser: argparse.ArgumentParser) -> None:
    _choosing(parser)
    parser.add_argument("--all", action="store_true", help="also rows that are no turns")


def _forgetting(parser: argparse.ArgumentParser) -> None:
    _choosing(parser)
    parser.add_argument("rows", type=int, nargs="*", metavar="ROW", help="turns")
    parser.add_argument("--all", action="store_true", help="every turn")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _nothing(parser: argparse.ArgumentParser) -> None:
    pass


def _chosen(options: argparse.Namespace) -> tuple[str, list[object]]:
    now = datetime.now().astimezone()
    choice = Choice(
        since=moment(options.since, now) if options.since else None,
        until=moment(options.until, now, "--until") if options.until else None,
        source=options.source,
        name=options.name,
        search=options.search,
        session=options.session,
    )
    return choice.where()


# -- commands -------------------------------------------------------------------------------------


def _list(book: Book, options: argparse.Namespace) -> int:
    if options.turn is not None:
        return _show(book, options)
    where, values = _chosen(options)
    limit = options.limit if options.limit > 0 else -1
    chosen = f"select seq from rows where {_TURNS} and {where} order by +seq desc limit {limit}"
    rows = list(book.rows(f"seq in ({chosen})", values, "order by seq desc"))  # by the indices
    width = shutil.get_terminal_size((160, 0)).columns if sys.stdout.isatty() else 1_000_000
    for row in reversed(rows):
        print(_as_line(row) if options.json else log_lines.turn_line(row.seq, row.body, width))
    return EXIT_OK


def _show(book: Book, options: argparse.Namespace) -> int:
    row = book.row(options.turn)
    if row is None:
        raise InputError(f"there is no row {options.turn}", "`assistant log` lists the turns")
    if options.json:
        print(_as_line(row))
        return EXIT_OK
    if row.body.get("kind") in ("turn", "said"):
        lines = log_lines.turn_lines(row.seq, row.body, book)
    else:
        lines = log_lines.other_lines(row.seq, row.body)
    print("\n".join(lines))
    return EXIT_OK


def _verify(book: Book, options: argparse.Namespace) -> int:
    from assistant.log.verify import verify

    kept = Head.parse(options.head) if options.head else None
    if options.head and kept is None:
        raise InputError(f"{options.head} is no head", "give what `assistant log head` printed")
    report = verify(book, kept)
    if options.json:
        plain = {
            "is_sound": report.is_sound,
            "rows": report.rows,
            "forgotten": report.forgotten,
            "expired": report.expired,
            "head": str(report.head),
            "problems": report.problems,
        }
        print(json.dumps(plain))
    else:
        print("\n".join(log_lines.report_lines(report)))
    return EXIT_OK if report.is_sound else EXIT_FAILED


def _stats(book: Book, options: argparse.Namespace) -> int:
    from assistant.log.stats import figures

    found = figures(book, *_chosen(options))
    print(
        json.dumps(found.as_json()) if options.json else "\n".join(log_lines.figures_lines(found))
    )
    return EXIT_OK


def _export(book: Book, options: argparse.Namespace) -> int:
    where, values = _chosen(options)
    kinds = "1" if options.all else _TURNS
    for row in book.rows(f"{kinds} and {where}", values):
        print(_as_line(row))
    return EXIT_OK


def _forget(book: Book, options: argparse.Namespace) -> int:
    where, values = _chosen(options)
    if options.rows:
        marks = ", ".join("?" for _ in options.rows)
        where, values = f"seq in ({marks}) and {where}", [*options.rows, *values]
    if where == "1" and not options.all:
        raise InputError("nothing is to be forgotten", "give rows, --since, --search … or --all")
    count = len(book.query(f"select seq from rows where {_TURNS} and {where}", values))
    if not count:
        print("no turn is meant", file=sys.stderr)
        return EXIT_OK
    if not (options.yes or _agrees(count)):
        print("nothing was forgotten", file=sys.stderr)
        return EXIT_FAILED
    numbers = book.forget(where, values)
    if book.head_error is not None:
        raise book.head_error
    print(f"forgotten: {len(numbers)} rows; the log says that something was, and not what")
    print(
        "note: the trace of that session has the words as well, and another turn may repeat them "
        "(a list that was read aloud): `assistant doctor --privacy`, `assistant log --search`",
        file=sys.stderr,
    )
    return EXIT_OK


def _agrees(count: int) -> bool:
    if not sys.stdin.isatty():
        raise InputError("nobody is there to be asked", "add --yes")
    turns = "1 turn" if count == 1 else f"{count} turns"
    return input(f"Forget {turns} for good? [y/N] ").strip().lower() in ("y", "yes")


def _head(book: Book, options: argparse.Namespace) -> int:
    print(book.last())
    return EXIT_OK


def _as_line(row: Row) -> str:
    try:
        body = row.body
    except BrokenRow as error:
        body = {"kind": "broken", "why": str(error)}
    return json.dumps({"row": row.seq, **body, "link": row.link}, ensure_ascii=False)


_Run = Callable[[Book, argparse.Namespace], int]
_COMMANDS: dict[str, tuple[_Run, str]] = {
    "show": (_show, "One turn in full: what was heard, decided, done and said."),
    "verify": (
        _verify,
        "Check the chain of hashes; exit code 1 and the row where it does not hold.",
    ),
    "stats": (_stats, "Who answered how many turns, how fast, and what that saved."),
    "export": (_export, "Turns as JSON lines, oldest first."),
    "forget": (_forget, "Delete turns for good; the log says that something was, not what."),
    "head": (_head, "Print the newest row's number and hash, to be kept elsewhere."),
}
_OPTIONS: dict[_Run, Callable[[argparse.ArgumentParser], None]] = {
    _list: _listing,
    _show: _showing,
    _verify: _verifying,
    _stats: _counting,
    _export: _exporting,
    _forget: _forgetting,
    _head: _nothing,
}
