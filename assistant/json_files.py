"""Reads the JSON files that lie beside a model's weights; knows no model. Any thread."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.text_files import decoded


def read_json(path: Path, kind: type[dict[str, Any]] | type[list[Any]], next_step: str) -> Any:
    """What `path` holds, an object (dict) or a list; `ModelError` when it is anything else.

    `OSError` when it cannot be read.
    """
    try:
        found = json.loads(decoded(path.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is damaged: {error}", next_step) from error
    if not isinstance(found, kind):
        needed = "an object" if kind is dict else "a list"
        raise ModelError(f"{path} is damaged: it does not hold {needed}", next_step)
    return found
