"""Chat templates of the kinds that people's own models have, written for the tests."""

from __future__ import annotations

from assistant.model.chat_template import CHATML

GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant') }}{% endif %}"
    "{% set role = 'model' if m['role'] == 'assistant' else m['role'] %}"
    "{{ '<start_of_turn>' + role + '\n' + m['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
IGNORES_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
    "{% elif m.role == 'assistant' %}{{ m.content + eos_token }}{% endif %}{% endfor %}"
)
SYSTEM_LAST = (
    "{% if messages[0].role == 'system' %}{% set system = messages[0].content + '\n\n' %}"
    "{% set messages = messages[1:] %}{% else %}{% set system = '' %}{% endif %}"
    "{% for m in messages %}{% if m.role == 'user' %}"
    "{{ '[INST] ' + (system if loop.last else '') + m.content + '[/INST]' }}"
    "{% else %}{{ ' ' + m.content + eos_token }}{% endif %}{% endfor %}"
)
QWEN3 = (
    "{%- for m in messages %}{%- set content = m.content %}"
    "{%- if m.role == 'assistant' and '</think>' in content %}"
    "{%- set content = content.split('</think>')[-1].lstrip('\\n') %}{%- endif %}"
    "{{- '<|im_start|>' + m.role + '\\n' + content + '<|im_end|>\\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}"
    "{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}"
)
ALWAYS_THINKS = CHATML.replace("assistant\n' }}{% endif %}", "assistant\n<think>\n' }}{% endif %}")
SHOUTS = "{% for m in messages %}<{{ m.role }}>{{ m.content | upper }}</s>{% endfor %}<assistant>"
QUOTES = "{% for m in messages %}<{{ m.role }}>{{ m.content | tojson }}</s>{% endfor %}<assistant>"
TYPED = (
    "{% for m in messages %}{{ '<' + m.role + '>' }}{% for part in m.content %}"
    "{% if part.type == 'text' %}{{ part.text }}{% endif %}{% endfor %}</s>{% endfor %}<assistant>"
)
GENERATION = CHATML.replace("{{ '<|im_start|>' +", "{% generation %}{{ '<|im_start|>' +").replace(
    "{% endfor %}", "{% endgeneration %}{% endfor %}"
)
GO = (
    "{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n{{ end }}"
    "<|im_start|>user\n{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n"
)

BROKEN = {
    "go": (GO, "Go template"),
    "open block": ("{% for m in messages %}{{ m.content }}", "Unexpected end of template"),
    "undefined name": (CHATML + "{{ tokenizer.bos_token }}", "'tokenizer' is undefined"),
    "undefined function": (CHATML + "{{ shout('x') }}", "'shout' is undefined"),
    "refuses": ("{{ raise_exception('Only tools are supported.') }}", "Only tools are supported."),
    "says nothing of the user": ("{{ bos_token }}Hello", "leaves out what the user says"),
    "divides by zero": (CHATML + "{{ 1 // 0 }}", "ZeroDivisionError"),
    "endless loop": (
        CHATML + "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "runs for more than",
    ),
    "endless text": (CHATML + "{{ 'ab' * 10 ** 10 }}", "text without end"),
    "huge number": (CHATML + "{{ 10 ** (10 ** 10) }}", "too large numbers"),
    "reaches for Python": (
        CHATML + "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "unsafe",
    ),
}
"""Name to a template that must be refused, and what the reason says."""


def in_chatml(text: str) -> str:
    """The same template with the marks that the starter's model was trained with."""
    for mark, known in (
        ("{{ bos_token }}", ""),
        ("<start_of_turn>", "<|im_start|>"),
        ("<end_of_turn>", "<|im_end|>"),
        ("model", "assistant"),
        ("[INST] ", "<|im_start|>user\\n"),
        ("[/INST]", "<|im_end|>\\n<|im_start|>assistant\\n"),
        ("eos_token", "'<|im_end|>\\n'"),
        ("</s>", "<|im_end|>\n"),
        ("<assistant>", "<|im_start|>assistant\n"),
        ("{{ '<' + m.role + '>' }}", "{{ '<|im_start|>' + m.role + '\\n' }}"),
    ):
        text = text.replace(mark, known)
    return text
