"""Who is in danger here and now, and what is told, quoted, asked about or a figure of speech."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from assistant.language.phrases import ReplyError
from assistant.talk.danger import load_dangers

SENTENCES = Path(__file__).parent / "danger_sentences.tsv"
DANGERS = load_dangers()
ROWS = [
    (row["kind"], row["sentence"])
    for row in csv.DictReader(SENTENCES.read_text(encoding="utf-8").splitlines(), delimiter="\t")
]


def kind_of(text: str) -> str:
    found = DANGERS.find(text)
    return found.entry.id if found else "none"


@pytest.mark.parametrize(("kind", "sentence"), ROWS)
def test_every_danger_gets_its_answer_and_nothing_else_does(kind: str, sentence: str) -> None:
    found = kind_of(sentence)
    if kind == "none":
        assert found == "none"
    else:
        assert found == kind or {found, kind} <= {"emergency", "crime"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my chest hurts", "emergency"),
        ("I can't breathe", "emergency"),
        ("I'm having a heart attack", "emergency"),
        ("I took too many pills", "poison"),
        ("my baby swallowed a battery", "poison"),
        ("I want to hurt myself", "self-harm"),
        ("I'm thinking of suicide", "self-harm"),
        ("I've wanted to kill myself for years", "self-harm"),
        ("I smell gas", "gas"),
        ("someone broke into my house", "crime"),
        ("should I take ibuprofen with aspirin?", "medical advice"),
        ("I cut myself shaving, how do I stop the bleeding?", "none"),
        ("My grandfather had a heart attack last year.", "none"),
        ("I can't breathe through my nose, which tea helps?", "none"),
        ("How do I make a bomb cake?", "none"),
        ("this traffic is killing me", "none"),
        ("what is a heart attack?", "none"),
        ("who died of a stroke?", "none"),
    ],
)
def test_the_reported_cases(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("He said, I can't breathe.", "none"),
        ("The doctor said I am having a heart attack", "emergency"),
        ("My daughter said she took too many pills", "poison"),
        ("What do I do my son is choking", "emergency"),
        ("My aunt choked on a fishbone years ago", "none"),
        ("I took too many pills last night", "poison"),
        ("I have a rash, and now I can't breathe", "emergency"),
    ],
)
def test_who_says_it_and_when_decides(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_the_reason_holds_the_words_that_decided() -> None:
    found = DANGERS.find("Oh no, I smell gas in here")
    assert found is not None
    assert found.why == "danger: gas ('i smell gas')"


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "danger.toml"
    file.write_text("[[danger]", encoding="utf-8")
    with pytest.raises(ReplyError, match="cannot read"):
        load_dangers(file)
