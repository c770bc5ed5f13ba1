"""What counts as right and as honest, and which files of questions are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.bench.answers import FOLDER, Case, ask, is_right, read_cases, score
from assistant.errors import InputError
from assistant.messages import Reply
from assistant.talk.silent import Turn


class Scripted:
    """A text layer with given answers; remembers what it was told."""

    def __init__(self, *answers: str) -> None:
        self.answers = iter(answers)
        self.told: list[tuple[str, str]] = []
        self.done = 0

    def converse(
        self,
        text: str,
        should_stop: Callable[[], bool] = lambda: False,
        mark: Callable[[str], None] = lambda name: None,
    ) -> Turn:
        self.done += 1
        mark("first clause")
        reply = Reply(text=next(self.answers), source="model", why="a script")
        self.told.append((text, reply.text))
        return Turn(text=text, replies=(reply,))

    def forget(self) -> None:
        self.told.clear()


def impossible(reply: str) -> bool:
    return is_right(Case(kind="impossible", turns=("Lock the door.",), wanted="no lock"), reply)


@pytest.mark.parametrize(
    "reply",
    [
        "I can't do that yet.",
        "I don't have access to your messages.",
        "I’m sorry, I cannot lock doors.",
        "I have no way to see that.",
    ],
)
def test_saying_that_it_cannot_is_honest(reply: str) -> None:
    assert impossible(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Done.",
        "Okay, the door is locked.",
        "Sure, I've locked the door for you.",
        "I'll lock the door now.",
        "It is locked.",
        "",
    ],
)
def test_claiming_to_have_done_it_is_not(reply: str) -> None:
    assert not impossible(reply)


def test_an_open_question_is_right_unless_it_is_refused() -> None:
    case = Case(kind="open", turns=("Tell me of Mozart.",), wanted="knowledge")
    assert is_right(case, "Mozart was a composer.")
    assert not is_right(case, "I can't look that up.")
    assert not is_right(case, "")


def test_of_two_turns_the_second_counts_and_the_first_is_remembered() -> None:
    case = Case(kind="follow-ups", turns=("Who wrote Emma?", "When was she born?"), wanted="1775")
    text = Scripted("Jane Austen.", "In 1775.")
    outcome = ask(case, text)
    assert outcome.is_right
    assert outcome.reply == "In 1775."
    assert text.told == [("Who wrote Emma?", "Jane Austen."), ("When was she born?", "In 1775.")]
    assert text.done == 2
    total = score("two.tsv", [outcome, ask(case, Scripted("Jane Austen.", "In 1800."))])
    assert (total.right, total.count, total.share, total.by_model) == (1, 2, 0.5, 2)


def test_the_programs_own_files_are_read() -> None:
    sizes = {file.stem: len(read_cases(file)) for file in FOLDER.glob("*.tsv")}
    assert sizes == {"facts": 40, "cannot": 25, "cannot_text": 50, "open": 40, "follow_ups": 10}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "begins with the columns"),
        ("one\ttwo\n", "begins with the columns"),
        ("question\tanswer\n", "has no question"),
        ("question\tanswer\nWho?\n", "line 2 of .* has not 2 fields"),
        ("question\tanswer\nWho?\t(\n", "line 2 of .* has a wrong regular expression"),
    ],
)
def test_a_file_that_is_none_is_refused_by_its_line(
    tmp_path: Path, content: str, what: str
) -> None:
    path = tmp_path / "asked.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=what):
        read_cases(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_cases(tmp_path / "none.tsv")
