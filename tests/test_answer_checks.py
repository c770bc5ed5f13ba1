"""What a model's answer may say: each clause of the file is caught by its rule, or passes."""

from __future__ import annotations

import csv
import zlib
from pathlib import Path

import pytest

from assistant.language.en.foreign import language
from assistant.talk.answer_checks import AnswerChecks, openers_joined

HERE = Path(__file__).parent
REASONS = {
    "act": "claims an action",
    "seen": "claims an observation",
    "language": "is in another language",
}


def rows(name: str) -> list[dict[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


CLAUSES = rows("answer_clauses.tsv")


def is_held_apart(row: dict[str, str]) -> bool:
    """True for the half of the clauses that was not looked at while the rules were written."""
    return bool(zlib.crc32(row["clause"].encode()) % 2)


def verdict(row: dict[str, str]) -> str:
    """ "pass" or the verdict's name in the file."""
    checks = AnswerChecks(row["request"])
    for said in filter(None, row["said"].split(" / ")):
        assert checks.judge(said).text == said
    found = checks.judge(row["clause"])
    if found.text == row["clause"] and not found.fault:
        return "pass"
    for name, reason in REASONS.items():
        if found.fault.startswith(reason):
            return name
    return "repeat" if found.fault in ("loops", "was already said", "repeats the user") else "role"


@pytest.mark.parametrize("row", CLAUSES, ids=lambda row: row["clause"])
def test_every_clause_is_caught_by_its_rule_or_passes(row: dict[str, str]) -> None:
    found = verdict(row)
    assert found == row["verdict"] or {found, row["verdict"]} == {"act", "seen"}


@pytest.mark.parametrize("row", rows("answer_strips.tsv"), ids=lambda row: row["clause"])
def test_marks_of_a_role_are_not_spoken(row: dict[str, str]) -> None:
    assert AnswerChecks(row["request"]).judge(row["clause"]).text == (row["spoken"] or "")


def test_a_claim_is_answered_honestly_in_two_wordings() -> None:
    found = AnswerChecks("It is dark").judge("I've turned on the lights.")
    assert found.honest is not None
    assert len(found.honest.answers) == 2
    assert all("timers" in answer for answer in found.honest.answers)
    assert found.fault == "claims an action ('i have turned on the lights')"


def test_a_short_follow_up_is_about_what_was_asked_for_before() -> None:
    assert AnswerChecks("Make it ten").judge("I'll make it ten.").honest
    assert not AnswerChecks("Make it ten", "Tell me 3 facts").judge("I'll make it ten.").fault
    asked = AnswerChecks("And good morning?", "How do you say good night in German?")
    assert asked.judge("Ich sage das so: einen schönen guten Morgen.").text


def test_only_an_opener_waits_for_the_next_clause() -> None:
    given = ["Sure!", "I can.", "Of course,", "it is.", "Yes it is,", "Yes.", "Okay."]
    joined = ["Sure! I can.", "Of course, it is.", "Yes it is,", "Yes.", "Okay."]
    assert list(openers_joined(iter(given))) == joined
    clauses = openers_joined(iter(["It is big.", "unread"]))
    assert next(clauses) == "It is big."


def test_languages() -> None:
    assert language("Je ne sais pas ce que c'est") == "fr"
    assert language("Ich weiß es nicht") == "de"
    assert language("I don't know") == "en"
