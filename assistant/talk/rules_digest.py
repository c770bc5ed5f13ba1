"""A short hash of the flows and replies in use: two turns with the same were decided by the same.

Pure; any thread.
"""

from __future__ import annotations

import hashlib

from assistant.talk.replies import Replies
from assistant.talk.running import Flows


def rules_digest(replies: Replies, flows: Flows) -> str:
    """12 hexadecimal digits."""
    made = hashlib.sha256()
    for flow in flows:
        made.update(f"{flow.name} {flow.version}\n".encode())
    for one in (*replies.entries, *replies.guardrails):
        made.update(f"{one!r}\n".encode())
    return made.hexdigest()[:12]
