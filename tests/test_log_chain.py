"""The log's chain: what is written verifies, and every way to change it is found and named."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.log.book import Book, LogError
from assistant.log.head import Head, HeadFile
from assistant.log.rows import Row, canonical, digest, digest_of_row, is_tombstone, tombstone
from assistant.log.verify import Report, verify

ROOT = Path(__file__).resolve().parents[1]


def opened(place: Path) -> Book:
    path = place / "log" / "log.sqlite3"
    return Book(path, HeadFile(place / "elsewhere", path), make=True)


def turn(number: int, **fields: object) -> dict[str, object]:
    return {"kind": "turn", "session": "s", "turn": number, "request": f"say {number}", **fields}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A log with ten turns."""
    made = opened(tmp_path)
    for number in range(1, 11):
        assert made.append([turn(number)]) == [number]
    return made


def changed(book: Book, sql: str, *values: object) -> Report:
    """What is found after somebody has changed the file behind the program's back."""
    with sqlite3.connect(book.path) as db:
        db.execute(sql, values)
    db.close()
    return verify(book)


# -- a sound log -----------------------------------------------------------------------------------


def test_rows_that_come_while_it_is_verified_are_no_cut_off_end(book: Book) -> None:
    class Busy(Book):
        """A running copy of the program adds a row when the others have been read."""

        def rows(self, *given: Any, **named: Any) -> Iterator[Row]:
            yield from super().rows(*given, **named)
            book.append([turn(11)])

    assert verify(Busy(book.path, book.head)).problems == []


def test_what_was_appended_verifies(book: Book) -> None:
    report = verify(book)
    assert report.problems == []
    assert (report.rows, report.forgotten, report.expired) == (10, 0, 0)
    assert report.head == book.last() == book.head.read()


def test_only_the_owner_may_read_it(book: Book) -> None:
    files = [book.path, book.head.path]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    folders = {path.parent for path in files}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert len(folders) == 2


@given(st.dictionaries(st.text(), st.text() | st.floats() | st.integers() | st.none()))
@settings(max_examples=200, deadline=None)
def test_one_value_has_one_text(body: dict[str, object]) -> None:
    backwards = dict(reversed(list(body.items())))
    assert canonical(body) == canonical(backwards)
    canonical(body).encode()


def test_a_tombstone_keeps_the_hash_and_nothing_else() -> None:
    text = canonical({"kind": "turn", "request": "my secret"})
    stone = tombstone(digest(text))
    assert "secret" not in stone
    assert digest_of_row(stone) == digest_of_row(text) == digest(text)
    assert (is_tombstone(stone), is_tombstone(text)) == (True, False)
    more = stone.replace('"was"', '"note":"smuggled","was"')
    assert not is_tombstone(more)


def test_two_rows_of_the_same_words_have_other_hashes(book: Book) -> None:
    numbers = book.append([turn(7, at="x"), turn(7, at="x")])
    first, second = (digest_of_row(row.text) for row in map(book.row, numbers) if row)
    assert first != second, "without a salt, a forgotten text could be guessed and checked"


# -- what is found ---------------------------------------------------------------------------------


def test_a_changed_word_is_found_and_named(book: Book) -> None:
    report = changed(book, "update rows set body = replace(body, 'say 4', 'say 5') where seq = 4")
    assert report.problems == ["row 4 was altered: its hash is not that of the chain"]


def test_a_flipped_byte_of_the_file_is_found_and_named(book: Book) -> None:
    book.query("pragma wal_checkpoint(truncate)")
    book.close()
    content = bytearray(book.path.read_bytes())
    at = content.index(b"say 6")
    content[at + 4] ^= 1
    book.path.write_bytes(content)
    report = verify(Book(book.path, book.head))
    assert report.problems == ["row 6 was altered: its hash is not that of the chain"]


@pytest.mark.parametrize("seed", range(25))
def test_any_byte_of_any_row_is_found_and_named(book: Book, seed: int) -> None:
    drawn = random.Random(seed)
    seq, column = drawn.randint(1, 10), drawn.choice(["body", "link"])
    ((text,),) = book.query(f"select {column} from rows where seq = ?", (seq,))
    at = drawn.randrange(len(text))
    other = drawn.choice([one for one in "abcdef0123456789" if one != text[at]])
    changed_text = text[:at] + other + text[at + 1 :]
    book.close()
    db = sqlite3.connect(book.path)
    db.execute("drop index rows_kind")  # an attacker is not held up by an index
    db.execute(f"update rows set {column} = ? where seq = ?", (changed_text, seq))
    db.commit()
    db.close()
    problems = verify(Book(book.path, book.head)).problems
    assert problems[0] == f"row {seq} was altered: its hash is not that of the chain"


def test_a_changed_hash_is_found(book: Book) -> None:
    report = changed(book, "update rows set link = ? where seq = 4", "f" * 64)
    assert [problem.split(" was")[0] for problem in report.problems] == ["row 4", "row 5"]


@pytest.mark.parametrize("row", [2, 5, 9])
def test_a_removed_row_is_found_and_named(book: Book, row: int) -> None:
    report = changed(book, "delete from rows where seq = ?", row)
    assert report.problems == [
        f"row {row} is missing before row {row + 1}, and no row says that it expired"
    ]


def test_a_removed_beginning_is_found(book: Book) -> None:
    report = changed(book, "delete from rows where seq <= 3")
    assert report.problems == [
        "rows 1 to 3 are missing before row 4, and no row says that it expired"
    ]


def test_rows_that_are_renumbered_after_a_removal_are_found(book: Book) -> None:
    with sqlite3.connect(book.path) as db:
        db.execute("delete from rows where seq = 5")
        for seq in range(6, 11):
            db.execute("update rows set seq = ? where seq = ?", (seq - 1, seq))
    report = verify(book)
    assert report.problems[0] == "row 5 was altered: its hash is not that of the chain"


def test_an_exchanged_pair_is_found(book: Book) -> None:
    with sqlite3.connect(book.path) as db:
        (one,), (two,) = db.execute("select body from rows where seq in (3, 4)").fetchall()
        db.execute("update rows set body = ? where seq = 3", (two,))
        db.execute("update rows set body = ? where seq = 4", (one,))
    assert [p.split(" was")[0] for p in verify(book).problems] == ["row 3", "row 4"]


def test_a_cut_off_end_is_found_by_the_head_that_is_kept_elsewhere(book: Book) -> None:
    report = changed(book, "delete from rows where seq > 8")
    assert report.problems == [f"the end was cut off: rows 9 to 10 are missing ({book.head.path})"]


def test_a_cut_off_end_stays_found_after_the_next_turn(book: Book) -> None:
    changed(book, "delete from rows where seq > 8")
    book.append([turn(11)])
    (problem,) = verify(book).problems
    assert problem == "before row 9 the end of the log had been cut off: row 10 was there"


def test_a_log_that_was_written_anew_is_found_by_the_head(book: Book, tmp_path: Path) -> None:
    other = opened(tmp_path / "other")
    other.append([turn(number) for number in range(1, 11)])
    report = verify(Book(other.path, book.head))
    assert report.problems == [
        f"row 10 is not the one that was written: {book.head.path} has another hash"
    ]


def test_a_missing_head_is_told_and_stays_told(book: Book) -> None:
    book.head.path.unlink()
    (problem,) = verify(book).problems
    assert "rows after 10 may have been cut off" in problem
    Book(book.path, book.head, make=True).append([turn(11)])
    (problem,) = verify(book).problems
    assert problem.startswith("before row 11 the head that is kept elsewhere was missing")


def test_a_head_that_the_user_kept_shows_what_came_before_it(book: Book) -> None:
    kept = book.last()
    assert Head.parse(str(kept)) == kept
    book.append([turn(11)])
    assert verify(book, kept).problems == []
    wrong = Head(kept.seq, "0" * 64)
    assert verify(book, wrong).problems[0].startswith("row 10 is not the one")
    assert "row 12 is missing" in verify(book, Head(12, "0" * 64)).problems[0]


def test_an_emptied_row_without_a_word_is_found(book: Book) -> None:
    row = book.row(6)
    assert row is not None
    stone = tombstone(digest(row.text))
    report = changed(book, "update rows set body = ? where seq = 6", stone)
    assert report.problems == ["row 6 was emptied, and no row says that it was forgotten"]


def test_a_damaged_file_is_a_problem_and_no_crash(book: Book) -> None:
    book.append([turn(n, filler="x" * 3000) for n in range(200)])
    book.query("pragma wal_checkpoint(truncate)")
    book.close()
    content = bytearray(book.path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096 * 4] = b"\xff" * 4096 * 4
    book.path.write_bytes(content)
    assert verify(Book(book.path, book.head)).problems


# -- forgetting and time limits --------------------------------------------------------------------


def test_what_is_forgotten_is_gone_and_the_chain_holds(book: Book) -> None:
    assert book.forget("seq in (3, 4, 7)") == [3, 4, 7]
    report = verify(book)
    assert report.problems == []
    assert (report.rows, report.forgotten) == (11, 3)
    (row,) = book.rows("kind = 'forget'")
    assert row.body["rows"] == [[3, 4], [7, 7]]
    book.close()
    content = b"".join(path.read_bytes() for path in book.path.parent.iterdir())
    assert b"say 5" in content
    for gone in (b"say 3", b"say 4", b"say 7"):
        assert gone not in content, "the words lie in the file still"


def test_with_a_turn_goes_what_its_tools_did_later(book: Book) -> None:
    book.append([{"kind": "call", "of": 10, "calls": [{"name": "mail.send"}]}])
    assert book.forget("seq = 10") == [10, 11]


def test_what_could_repeat_a_forgotten_turn_goes_too(tmp_path: Path) -> None:
    book = opened(tmp_path)
    for number, state in enumerate(("earlier", "later"), 1):
        name = digest(state)
        book.append([{"kind": "session", "session": str(number), "state": name}], state)
        book.append([turn(number)])
    assert [book.state(digest(state)) for state in ("earlier", "later")] == ["earlier", "later"]
    book.forget("seq = 2")
    assert [book.state(digest(state)) for state in ("earlier", "later")] == ["earlier", None]
    assert verify(book).problems == []


def test_old_rows_go_and_the_chain_begins_later(tmp_path: Path) -> None:
    book, now = opened(tmp_path), datetime.now(UTC)
    for number in range(1, 7):
        at = now - timedelta(days=100 - 10 * number)
        book.append([turn(number, at=f"{at:%Y-%m-%dT%H:%M:%S}.000Z")])
    assert book.expire(now - timedelta(days=65)) == 3
    report = verify(book)
    assert report.problems == []
    assert (report.rows, report.expired) == (4, 3)
    assert book.expire(now - timedelta(days=65)) == 0
    assert book.expire(now + timedelta(days=1)) == 4
    assert (verify(book).problems, verify(book).expired) == ([], 7)
    assert changed(
        book, "update rows set body = replace(body, '\"up_to\":7', '\"up_to\":6')"
    ).problems


# -- several writers, and none ---------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from assistant.log.book import Book
from assistant.log.head import HeadFile
path = Path(sys.argv[1]) / "log" / "log.sqlite3"
book = Book(path, HeadFile(Path(sys.argv[1]) / "elsewhere", path), make=True)
for number in range(int(sys.argv[2])):
    book.append([{"kind": "turn", "session": sys.argv[3], "turn": number}])
    print(number, flush=True)
"""


def writer(place: Path, count: int, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(place), str(count), name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_copies_share_one_chain(tmp_path: Path) -> None:
    opened(tmp_path).close()
    both = [writer(tmp_path, 40, name) for name in "ab"]
    for one in both:
        one.communicate(timeout=60)
        assert one.returncode == 0
    book = opened(tmp_path)
    report = verify(book)
    assert (report.rows, report.problems) == (80, [])
    for name in "ab":
        turns = [row.body["turn"] for row in book.rows("session = ?", (name,))]
        assert turns == list(range(40))


def test_a_kill_in_the_middle_leaves_a_chain_that_verifies(tmp_path: Path) -> None:
    for kill in range(3):
        one = writer(tmp_path, 10_000, str(kill))
        assert one.stdout is not None
        for _ in range(5 + 7 * kill):
            said = int(one.stdout.readline())
        os.kill(one.pid, signal.SIGKILL)
        one.wait(30)
        one.stdout.close()
        book = opened(tmp_path)
        assert verify(book).problems == []
        turns = [row.body["turn"] for row in book.rows("session = ?", (str(kill),))]
        assert turns == list(range(len(turns)))
        assert len(turns) > said, "what was reported as written is there"
        book.close()


def test_a_file_of_a_newer_program_is_left_alone(book: Book) -> None:
    book.query("pragma user_version = 9")
    with pytest.raises(LogError, match="newer version"):
        Book(book.path, book.head, make=True)


def test_a_log_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite3"
    with pytest.raises(LogError, match="there is no log"):
        Book(path, HeadFile(tmp_path, path))
    assert list(tmp_path.iterdir()) == []


def test_a_head_that_cannot_be_kept_is_told_and_the_row_is_there(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite3"
    (tmp_path / "file").write_text("no folder")
    book = Book(path, HeadFile(tmp_path / "file", path), make=True)
    assert book.append([turn(1)]) == [1]
    assert book.head_error is not None
    assert "head_directory" in book.head_error.next_step


def test_appending_is_quick(book: Book) -> None:
    start = time.perf_counter()
    for number in range(50):
        book.append([turn(number, filler="x" * 2000)])
    assert (time.perf_counter() - start) / 50 < 0.1
    assert isinstance(book.row(1), Row)
