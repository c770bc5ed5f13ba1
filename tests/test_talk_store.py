"""What is kept from session to session: whole transactions, and a file that cannot be used."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.assemble.loading import make_conversation, make_services, make_services_anyway
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.talk.store import FILE_NAME, SCHEMA, Store, StoreError

TABLES = """
create table if not exists parents (id integer primary key);
create table if not exists children (
    parent integer references parents (id) deferrable initially deferred);
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    made.has(TABLES)
    yield made
    made.close()


def test_a_transaction_that_cannot_be_committed_is_over(store: Store) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY constraint failed"):
        store.write("insert into children values (7)")
    assert store.write("insert into parents values (7)") == 7
    assert [tuple(row) for row in store.rows("select * from children")] == []


def test_a_full_disk_is_said_and_the_next_write_works(store: Store) -> None:
    store.has("create table blobs (content blob)")
    store.rows("pragma max_page_count = 20")
    with pytest.raises(StoreError, match=r"cannot be read or written: .* full") as full:
        store.write("insert into blobs values (zeroblob(200000))")
    assert full.value.next_step.startswith("make room on the disk of ")
    assert store.write("insert into parents values (1)") == 1
    assert store.rows("select count(*) from blobs")[0][0] == 0


def spoil(path: Path) -> None:
    path.write_bytes(b"no database" * 500)


def damage(path: Path) -> None:
    """Break a page of a table."""
    made = Store(path.parent)
    made.has("create table blobs (content blob)")
    made.write("insert into blobs values (zeroblob(50000))")
    made.close()
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)


def renew(path: Path) -> None:
    """As a later version of the program would leave it."""
    db = sqlite3.connect(path)
    db.execute(f"pragma user_version = {SCHEMA + 1}")
    db.close()


def block(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        (spoil, "file is not a database"),
        (damage, "it is damaged"),
        (renew, "is of a newer version of this program"),
        (block, "Is a directory"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_and_the_conversation_goes_on_without(
    tmp_path: Path, breaks, says: str
) -> None:
    breaks(tmp_path / FILE_NAME)
    with pytest.raises(StoreError, match=says) as refused:
        make_services(Config(), tmp_path)
    assert "move that file away" in refused.value.next_step
    said: list[str] = []
    services = make_services_anyway(Config(), tmp_path, said.append)
    assert len(said) == 1
    assert str(tmp_path / FILE_NAME) in said[0]
    assert services.store.directory is None
    hands = HandsThread()
    talk = make_conversation(Config(), None, services=services, hands=hands)
    assert (
        talk.converse("Add milk to my shopping list.").answer
        == "I've added milk to your shopping list."
    )
    hands.close()


def test_a_file_in_use_has_the_version_of_its_tables(tmp_path: Path) -> None:
    make_services(Config(), tmp_path).store.close()
    db = sqlite3.connect(tmp_path / FILE_NAME)
    assert db.execute("pragma user_version").fetchone() == (SCHEMA,)
    db.close()


@pytest.mark.parametrize(
    "text",
    [
        "Set a timer for ten minutes.",
        "What is on my shopping list?",
        "What did I note?",
        "Start the stopwatch.",
        "When I say good night, answer sleep well.",
        "What's my name?",
    ],
)
def test_no_decision_makes_a_table(tmp_path: Path, text: str) -> None:
    services = make_services(Config(), tmp_path)
    talk = make_conversation(Config(), None, services=services)
    before = services.store.rows("pragma schema_version")[0][0]
    assert talk.decide(text) is not None
    assert services.store.rows("pragma schema_version")[0][0] == before
    services.store.close()


def test_what_needs_no_memory_is_answered_when_the_memory_fails(tmp_path: Path) -> None:
    services = make_services(Config(), tmp_path)
    talk = make_conversation(Config(), None, services=services)
    services.store.close()
    assert talk.converse("What is two plus two?").answer == "2 plus 2 is 4."
    assert talk.converse("Hello!").answer
    assert talk.converse("What is on my shopping list?").answer.startswith("Sorry")


def test_a_dry_run_reads_what_is_kept_and_writes_nothing(tmp_path: Path) -> None:
    def asked(*texts: str) -> list[str]:
        command = [sys.executable, "-m", "assistant", "ask", "--no-model", "--json", *texts]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return [json.loads(line)["reply"] for line in done.stdout.splitlines()]

    state = tmp_path / "state"
    dry = ("--state", str(state), "--dry-run")
    asked(*dry, "Add milk to my shopping list.")
    assert not state.exists()
    asked("--state", str(state), "Add milk to my shopping list.")
    asked(*dry, "Clear my shopping list.", "Yes.")
    assert "milk" in asked(*dry, "What is on my shopping list?")[0]
