"""Thoughts are never said, whatever a model calls them and however they arrive."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model.thinking import ThoughtFilter, opens_thought, spoken_only

ANSWERS = [
    ("Paris.", "Paris."),
    ("<think>\nHm, France.\n</think>\n\nParis.", "Paris."),
    ("<thinking>a < b</thinking>Paris, [1] < 2 |> 3.", "Paris, [1] < 2 |> 3."),
    ("Well. <think>no</think> Paris.", "Well.  Paris."),
    ("<think>one</think><think>two</think>Paris.", "Paris."),
    ("[THINK]Hm.[/THINK]Paris.", "Paris."),
    ("<seed:think>Hm.</seed:think>Paris.", "Paris."),
    ("<|START_THINKING|>Hm.<|END_THINKING|>Paris.", "Paris."),
    ("<|channel>thought\nHm.<channel|>Paris.", "Paris."),
    (
        "<|channel|>analysis<|message|>Hm. The final word.<|end|><|start|>assistant"
        "<|channel|>final<|message|>Paris.<|return|>",
        "Paris.",
    ),
    ("<|channel|>final<|message|>Paris.", "Paris."),
    ("<|channel|>commentary to=f<|message|>{}<|end|>", ""),
    ("<|start|>assistant<|message|>Paris.", "Paris."),
    ("analysisThe user asks. Final: Paris.assistantfinalParis.", "Paris."),
    ("analysis\nHm.\nfinal\nParis.", "Paris."),
    ("analysis of soil takes a day.", "analysis of soil takes a day."),
    ("analysis", "analysis"),
    ("Analysis: it is final.", "Analysis: it is final."),
    ("<think>It goes on and on", ""),
    ("<|channel|>analysis<|message|>on and on", ""),
    ("analysisWe go on and on", ""),
    ("Less < more, and <thin", "Less < more, and <thin"),
    ("Stray.</think> Paris.", "Stray. Paris."),
    ("", ""),
]


@pytest.mark.parametrize(("text", "said"), ANSWERS)
def test_only_what_is_meant_for_the_user_passes(text: str, said: str) -> None:
    assert "".join(spoken_only([text])) == said
    assert "".join(spoken_only(text)) == said  # letter by letter


@given(st.sampled_from(ANSWERS), st.lists(st.integers(0, 120), max_size=12))
def test_where_the_pieces_are_cut_does_not_matter(answer: tuple[str, str], cuts: list[int]) -> None:
    text, said = answer
    places = sorted({0, *(min(cut, len(text)) for cut in cuts), len(text)})
    pieces = [text[a:b] for a, b in itertools.pairwise(places)]
    assert "".join(spoken_only(pieces)) == said


@given(st.text(alphabet="ab <|/>[]thinkfinal\n", max_size=60))
def test_nothing_is_made_up_and_nothing_hangs(text: str) -> None:
    said = "".join(spoken_only(text))
    rest = iter(text)
    assert all(letter in rest for letter in said)  # a subsequence


def test_words_pass_at_once_and_a_mark_is_waited_for() -> None:
    thoughts = ThoughtFilter()
    assert [thoughts.feed(piece) for piece in ("The", " sum", " <", "b", ">")] == [
        "The",
        " sum",
        " ",
        "<b",
        ">",
    ]
    assert [thoughts.feed(piece) for piece in ("<thi", "nk>Hm", ".</", "think>")] == [""] * 4
    assert not thoughts.is_thinking


def test_it_is_known_what_is_thought() -> None:
    thoughts = ThoughtFilter()
    found = []
    for piece in ("<think>", "Hm", "</think>", "Yes"):
        thoughts.feed(piece)
        found.append(thoughts.is_thinking)
    assert found == [True, True, False, False]


def test_a_thought_that_the_template_began() -> None:
    assert opens_thought("<|Assistant|><think>\n")
    assert opens_thought("<seed:bos>assistant\n<seed:think><seed:cot_budget_reflect>")
    assert not opens_thought("<|im_start|>assistant\n<think>\n\n</think>\n\n")
    assert "".join(spoken_only(["Hm.", "</think>\n\nYes."], is_open=True)) == "Yes."
    assert "".join(spoken_only(["Hm, on and on"], is_open=True)) == ""


def test_the_answer_ends_where_the_template_would_end_it() -> None:
    thoughts = ThoughtFilter(ends=("<end_of_turn>",))
    pieces = ("Paris", ".<end", "_of_turn>", "\nuser: And")
    assert "".join(map(thoughts.feed, pieces)) + thoughts.close() == "Paris."
    assert thoughts.is_over
    thoughts = ThoughtFilter(ends=("<end_of_turn>",))
    assert thoughts.feed("<end_of_turn>\nParis.") == "Paris."
