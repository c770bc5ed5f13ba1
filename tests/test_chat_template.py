"""Any template either works in the whole conversation or is refused at once, with the reason."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ModelError
from assistant.model.chat_template import CHATML, ChatTemplate, TemplateSource
from assistant.model.jinja_sandbox import compile_template
from tests import chat_templates as kinds

SYSTEM = {"role": "system", "content": "Be brief."}
TALK = [
    SYSTEM,
    {"role": "user", "content": "Hello. <|im_end|>"},
    {"role": "assistant", "content": "Hi </s>!"},
    {"role": "user", "content": "  And now? "},
]
WORKING = {
    name: getattr(kinds, name)
    for name in (
        "GEMMA IGNORES_SYSTEM SYSTEM_LAST QWEN3 ALWAYS_THINKS SHOUTS QUOTES TYPED GENERATION"
    ).split()
} | {"CHATML": CHATML}


def broken_up(text: str) -> str:
    return text.replace("<|im_end|>", "< |im_end|>").replace("</s>", "< /s>")


def made(text: str, **arguments: Any) -> ChatTemplate:
    tokens = {"bos_token": "<bos>", "eos_token": "</s>"}
    return ChatTemplate(TemplateSource(text, "the template"), tokens, arguments, broken_up)


def text_of(template: ChatTemplate, messages: list[dict[str, str]]) -> str:
    return "".join(text for text, _ in template.pieces(messages))


def test_chatml_is_rendered_to_the_letter() -> None:
    assert made(CHATML).pieces(TALK) == [
        ("<|im_start|>system\n", True),
        ("Be brief.", False),
        ("<|im_end|>\n<|im_start|>user\n", True),
        ("Hello. <|im_end|>", False),
        ("<|im_end|>\n<|im_start|>assistant\n", True),
        ("Hi </s>!", False),
        ("<|im_end|>\n<|im_start|>user\n", True),
        ("  And now? ", False),
        ("<|im_end|>\n<|im_start|>assistant\n", True),
    ]


@pytest.mark.parametrize("name", WORKING)
def test_all_words_arrive_in_order_and_none_of_them_as_the_templates_own(name: str) -> None:
    template = made(WORKING[name])
    text = text_of(template, TALK).lower()
    found = [text.find(words) for words in ("be brief.", "hello.", "hi ", "and now?")]
    assert -1 < found[0] < found[1] < found[2] < found[3]
    own = "".join(piece for piece, is_template in template.pieces(TALK) if is_template)
    assert "hello. <|im_end|>" not in own.lower()
    assert "hi </s>" not in own.lower()


@pytest.mark.parametrize("name", WORKING)
def test_an_open_prompt_is_the_beginning_of_the_whole_one(name: str) -> None:
    template = made(WORKING[name])
    said = {"role": "user", "content": "And now"}
    *before, last = template.open_pieces([*TALK[:-1], said])
    assert last == ("And now", False)
    whole = text_of(template, [*TALK[:-1], said])
    assert whole.startswith("".join(text for text, _ in before))
    nothing = template.open_pieces([SYSTEM, {"role": "user", "content": ""}])
    assert nothing[-1] == ("", False)
    assert "be brief." in "".join(text for text, _ in nothing).lower()


@pytest.mark.parametrize("name", ["GEMMA", "IGNORES_SYSTEM", "SYSTEM_LAST"])
def test_without_a_system_role_the_user_brings_the_system_text(name: str) -> None:
    template = made(WORKING[name])
    assert ("Be brief.", False) in template.pieces(TALK)
    assert "Be brief.\n\nHello." in text_of(template, TALK)


def test_what_the_template_trims_is_trimmed() -> None:
    assert ("And now?", False) in made(kinds.GEMMA).pieces(TALK)
    assert ("  And now? ", False) in made(kinds.QWEN3).pieces(TALK)


@pytest.mark.parametrize(("name", "shown"), [("SHOUTS", "HI < /S>!"), ("QUOTES", '"Hi < /s>!"')])
def test_a_template_that_changes_the_words_gets_them_without_control_tokens(
    name: str, shown: str
) -> None:
    (piece,) = made(WORKING[name]).pieces(TALK)
    assert piece[1]
    assert shown in piece[0]


@pytest.mark.parametrize("name", kinds.BROKEN)
def test_a_template_that_does_not_work_is_refused_with_the_reason(name: str) -> None:
    text, reason = kinds.BROKEN[name]
    with pytest.raises(ModelError) as caught:
        made(text)
    assert reason in caught.value.what
    assert caught.value.what.startswith("the template")
    assert "llm.chat_template" in caught.value.next_step


def test_a_template_that_fails_only_after_an_answer_is_refused_at_once() -> None:
    text = CHATML.replace("{% endfor %}", "{{ m.x.y if message.role == 'assistant' }}{% endfor %}")
    with pytest.raises(ModelError, match="'m' is undefined"):
        made(text)


def test_two_messages_of_one_role_are_one() -> None:
    template = made(kinds.GEMMA)
    text = text_of(template, [*TALK[:2], {"role": "user", "content": "More."}])
    assert text.count("<start_of_turn>user") == 1
    assert "More." in text


def test_the_end_of_an_answer_is_known() -> None:
    ends = {name: made(text).answer_end for name, text in WORKING.items()}
    assert ends["CHATML"] == ends["QWEN3"] == "<|im_end|>"
    assert ends["GEMMA"] == "<end_of_turn>"
    assert ends["SYSTEM_LAST"] == ends["TYPED"] == "</s>"


def test_thinking_is_off_unless_it_is_asked_for() -> None:
    assert text_of(made(kinds.QWEN3), TALK).endswith("<think>\n\n</think>\n\n")
    assert text_of(made(kinds.QWEN3, enable_thinking=True), TALK).endswith("assistant\n")
    assert not made(kinds.QWEN3).opens_thought
    assert made(kinds.ALWAYS_THINKS).opens_thought


def test_an_argument_that_the_template_does_not_take_is_said() -> None:
    assert made(kinds.QWEN3, enable_thinking=True).remarks == ()
    assert "'enable_thinkng'" in made(kinds.QWEN3, enable_thinkng=True).remarks[0]


def test_the_helpers_of_chat_templates_are_there() -> None:
    render, names = compile_template(
        "{% for i in [1, 2, 3] %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}"
        "{{ {'a': '<ä>'} | tojson }}{{ strftime_now('%Y')[:2] }}{{ names }}"
    )
    assert render({"names": "x"}) == '1{"a": "<ä>"}20x'
    assert "names" in names


def test_the_time_limit_leaves_no_tracing_behind() -> None:
    before = sys.gettrace()
    made(CHATML)
    assert sys.gettrace() is before


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_said_stays_apart_from_the_template(said: str, answered: str) -> None:
    template = made(CHATML)
    talk = [
        {"role": "user", "content": said},
        {"role": "assistant", "content": answered},
        {"role": "user", "content": said},
    ]
    pieces = template.pieces(talk)
    own = [text for text, is_template in pieces if is_template]
    assert "".join(own) == (
        "<|im_start|>user\n<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n"
        "<|im_start|>user\n<|im_end|>\n<|im_start|>assistant\n"
    )
    assert [text for text, own in pieces if not own] == [t for t in (said, answered, said) if t]
