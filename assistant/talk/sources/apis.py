"""The web interfaces of the configuration: a flow and a tool for each.

What goes to another machine waits until the request is complete and is sent once: every tool here
is `writes=True`. It is shown before it is sent, with its host; what is secret is not in it. The
reply is data: a sentence is made of what the configuration names in it. Runs on the hands.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.config_sources import ApiConfig
from assistant.errors import ConfigError
from assistant.messages import Notice
from assistant.talk.flow import Call, Flow, Say, Steps
from assistant.talk.sources.api_request import Target, check_request, make_request, read_target
from assistant.talk.sources.declared import (
    Slot,
    declared_flow,
    filled_in,
    read_slots,
    read_templates,
    schema_of,
)
from assistant.talk.sources.filling import (
    Lacking,
    Template,
    as_said,
    is_path,
    read_template,
    walk,
)
from assistant.talk.sources.http_messages import ApiFault, HttpReply
from assistant.talk.tool import Here, Tool

ASKED = "I-ASKED"
"""The code of the notice that something was sent."""
DONE = "Done."
LONGEST_ANSWER = 600
_CHANGING = ("PUT", "PATCH", "DELETE")
_LATER_S = 2.0
"""The hands give a call so much longer than it gives itself, for a name server that hangs."""

Tell = Callable[[Notice], None]


@dataclass(slots=True)
class ConfiguredApis:
    """`hosts` are the names of other machines that may be reached for them."""

    flows: list[Flow] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)


def read_apis(
    sections: Mapping[str, ApiConfig],
    tell: Tell,
    taken: Collection[str] = (),
    environment: Mapping[str, str] = os.environ,
) -> ConfiguredApis:
    """The flows and tools of all interfaces; `ConfigError` says what is wrong, and where."""
    made = ConfiguredApis()
    for name, section in sections.items():
        one = _Api(name, section, tell, environment)
        if one.tool.name in taken:
            raise ConfigError(
                f"[apis.{name}] has a name that is taken", "choose another", one.place
            )
        made.flows.append(one.flow())
        made.tools.append(one.tool)
        if not one.target.is_local:
            made.hosts.append(one.target.name)
    return made


class _Api:
    """One interface: its flow, its tool and the function that both share."""

    def __init__(
        self, name: str, section: ApiConfig, tell: Tell, environment: Mapping[str, str]
    ) -> None:
        self.place = f"apis.{name}"
        self._name = name
        self._section = section
        self._tell = tell
        self._environment = environment
        self._slots: dict[str, Slot] = read_slots(section.slots, f"{self.place}.slots")
        self._templates = read_templates(section.phrases, self._slots, f"{self.place}.phrases")
        self.target: Target = read_target(
            section.url, self.place, allow_insecure=section.allow_insecure
        )
        check_request(section, self._slots, self.place)
        self._answer = self._read_answer()
        changes = section.writes or section.method in _CHANGING
        self.tool = Tool(
            name=f"api.{name}",
            function=self._run,
            writes=True,
            undo=None if changes else _nothing_to_undo,
            limit_s=section.limit_s + _LATER_S,
            apology=f"Sorry, {self.target.host} gave no answer.",
            about=section.about or name.replace("_", " "),
            schema=schema_of(self._slots),
            confirm=section.confirm,
            needs_pin=section.needs_pin,
            offered=True,
            origin=f"api {self.target.host}",
        )

    def _read_answer(self) -> Template | str:
        """A template, or a path."""
        answer = self._section.answer
        if not answer or is_path(answer):
            return answer
        return read_template(answer, f"{self.place}.answer")

    def flow(self) -> Flow:
        """The flow that its phrases begin."""
        return declared_flow(
            self.tool.name,
            self._templates,
            self._slots,
            self._follow,
            about=self.tool.about,
            origin=self.tool.origin,
            declared=asdict(self._section),
        )

    def _follow(self, here: Here, values: Mapping[str, Any]) -> Steps:
        told = yield Call(self.tool, **values)
        return Say(told)

    def _run(self, **given: Any) -> str:
        """Ask it and give the sentence. `ApiFault` and `StageTimeout` name the host alone."""
        from assistant.talk.sources.http_call import call  # loads the network's libraries

        values = filled_in(self._slots, given)
        request, secrets = make_request(self._section, self.target, values, self._environment)
        self._tell(
            Notice(
                severity="information",
                code=ASKED,
                text=f"Asked {self.target.host} ({self._name.replace('_', ' ')})",
            )
        )
        told = self._said(call(request, self._section.limit_s), values)
        for secret in secrets:  # a server may send back what it got
            told = _without(secret, told)
        return _cut(told)

    def _said(self, reply: HttpReply, values: Mapping[str, Any]) -> str:
        if not self._answer:
            return self._plain(reply)
        content = self._json(reply)
        try:
            if isinstance(self._answer, str):
                value = walk(content, self._answer)
                return self._section.none if value is None else as_said(value)
            return self._answer.fill(lambda path: _value(content, path, values))
        except Lacking:
            return self._section.none

    def _plain(self, reply: HttpReply) -> str:
        """Without an `answer`: a short text as it is, anything else is just done."""
        if reply.content_type == "text/plain" and reply.body.strip():
            return as_said(_decoded(reply))
        return DONE

    def _json(self, reply: HttpReply) -> Any:
        try:
            return json.loads(_decoded(reply))
        except (ValueError, RecursionError):
            raise ApiFault(f"the reply of {self.target.host} is no JSON") from None


def _nothing_to_undo(here: Here, result: Any) -> None:
    """It only told something."""


def _value(content: Any, path: str, values: Mapping[str, Any]) -> Any:
    """What stands at `path` of the reply, else the slot of that name."""
    try:
        return walk(content, path)
    except Lacking:
        return values.get(path)


def _decoded(reply: HttpReply) -> str:
    try:
        return reply.body.decode(reply.charset or "utf-8", errors="replace").lstrip("\ufeff")
    except LookupError:
        return reply.body.decode("utf-8", errors="replace")


def _without(secret: str, text: str) -> str:
    """`text` without `secret`, also where a long value was cut within it."""
    text = text.replace(secret, "…")
    for length in range(len(secret) - 1, 3, -1):
        text = text.replace(f"{secret[:length]}…", "…")
    return text


def _cut(text: str) -> str:
    """At most so long as somebody listens, and whole sentences where it has any."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_ANSWER:
        return text
    head = text[:LONGEST_ANSWER]
    ends = [found.end() for found in re.finditer(r"[.!?](?=\s)", head)]
    return head[: ends[-1]] if ends else f"{head.rsplit(' ', 1)[0]}…"
