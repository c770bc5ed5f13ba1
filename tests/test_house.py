"""The shape of the code: what pyproject.toml's import contracts do not say."""

from __future__ import annotations

from pathlib import Path

import assistant

_MOST_LINES = 400


def test_no_module_has_more_than_400_lines() -> None:
    root = Path(assistant.__file__).parent
    lines = {
        str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines())
        for path in root.rglob("*.py")
    }
    assert lines
    assert {name: count for name, count in lines.items() if count > _MOST_LINES} == {}
