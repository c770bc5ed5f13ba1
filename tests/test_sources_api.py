"""Web interfaces: what is sent, that it is sent once, and every way in which a server can fail.

The server is a real one on loopback.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.assemble.loading import make_conversation, make_services
from assistant.cli.privacy import WAYS_OUT
from assistant.config import config_from_dict
from assistant.engine.hands import HandsThread
from assistant.errors import AssistantError, ConfigError, StageTimeout
from assistant.messages import Notice
from assistant.talk.limited import within
from assistant.talk.running import CANNOT_UNDO, TOO_LONG
from assistant.talk.sources.apis import _without, read_apis
from assistant.talk.sources.filling import LONGEST_VALUE, as_said
from assistant.talk.sources.http_call import call
from assistant.talk.sources.http_messages import ApiFault, HttpRequest
from assistant.talk.toolbox import Toolbox
from tests.api_server import ApiServer, api_server

NOW = datetime(2026, 3, 4, 15, 20).astimezone()
TOKEN = "s3cret-t0ken"


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with api_server() as made:
        yield made


def section(server: ApiServer, path: str = "/weather/{city}", **more: Any) -> dict[str, Any]:
    return {
        "url": server.url + path,
        "phrases": ["what is the weather in {city}"],
        "answer": "It is {current.temperature} degrees in {city}.",
        "slots": {"city": "text"},
        "limit_s": 0.6,
        **more,
    }


class Bench:
    def __init__(self, tmp_path: Path, **apis: dict[str, Any]) -> None:
        config = config_from_dict({"apis": apis})
        self.notices: list[Notice] = []
        self.failed: list[str] = []
        self.hands = HandsThread(
            lambda effect, error, said: self.failed.append(f"{error!r} {said}")
        )
        services = make_services(config, tmp_path / "state", indices=tmp_path / "index")
        self.toolbox: Toolbox = services.toolbox
        self.conversation = make_conversation(
            config, None, services=services, hands=self.hands, now=lambda: NOW
        )
        self.conversation.on_notice = self.notices.append

    def say(self, text: str) -> str:
        return self.conversation.converse(text).answer

    def call(self, name: str, **given: Any) -> str:
        tool = self.toolbox.get(name)
        assert tool is not None
        return str(tool.function(**given))


# -- what is asked and answered --------------------------------------------------------------------


def test_a_phrase_asks_the_server_once_after_the_commit(server: ApiServer, tmp_path: Path) -> None:
    bench = Bench(tmp_path, weather=section(server))
    for _ in range(5):
        assert bench.conversation.preview("What's the weather in New York?") == []
    decision = bench.conversation.decide("What's the weather in New York?")
    assert decision is not None
    assert server.got == []
    host = server.url.removeprefix("http://")
    took, called = decision.steps[-2:]
    assert took.why == f"template of api.weather (api {host})"
    assert (called.part, called.verdict, called.why) == (f"api {host}", "called", "api.weather")
    assert bench.say("What's the weather in New York?") == "It is 21.5 degrees in New York."
    assert [one["raw"] for one in server.got] == ["/weather/New%20York"]
    assert [(one.severity, one.code, one.text) for one in bench.notices] == [
        ("information", "I-ASKED", f"Asked {host} (weather)")
    ]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("current.temperature", "21.5"),
        ("days[1].high", "19.25"),
        ("days[-1].high", "19.25"),
        ("days.0.high", "23"),
        ("Tomorrow {days[1].high:.0f} degrees, {current.sky}.", "Tomorrow 19 degrees, clear."),
        ("current.wind", "I found nothing."),
        ("current.rain", "I found nothing."),
        ("It rains {current.rain}.", "I found nothing."),
        ("days[7].high", "I found nothing."),
        ("", "Done."),
    ],
)
def test_the_answer_is_a_path_or_a_template(
    server: ApiServer, tmp_path: Path, answer: str, said: str
) -> None:
    bench = Bench(tmp_path, weather=section(server, answer=answer))
    assert bench.say("What is the weather in Berlin?") == said


def test_a_plain_text_is_said_as_it_is(server: ApiServer, tmp_path: Path) -> None:
    bench = Bench(
        tmp_path, weather=section(server, "/text", answer="", slots={}, phrases=["hey ho"])
    )
    assert bench.say("Hey ho.") == "It’s fine. Second line."


def test_slots_are_escaped_wherever_they_stand(server: ApiServer, tmp_path: Path) -> None:
    api = section(
        server,
        "/weather/{city}/x?first={city}",
        query={"q": "{city}", "unit": "metric", "left": "{country}", "n": 3},
        slots={"city": "text", "country": "text"},
    )
    bench = Bench(tmp_path, weather=api)
    bench.call("api.weather", city="a/b?c=d&e#f g%2e\r\nX: y ${HOME} {country}")
    (got,) = server.got
    said = "a/b?c=d&e#f g%2e\r\nX: y ${HOME} {country}"
    assert got["path"] == f"/weather/{said}/x"
    assert got["query"] == {"first": [said], "q": [said], "unit": ["metric"], "n": ["3"]}
    assert "X" not in got["headers"]


@pytest.mark.parametrize("city", ["..", ".", "  "])
def test_a_slot_does_not_climb_out_of_its_path(
    server: ApiServer, tmp_path: Path, city: str
) -> None:
    bench = Bench(tmp_path, weather=section(server))
    with pytest.raises(ApiFault, match="cannot stand in an address"):
        bench.call("api.weather", city=city)
    assert server.got == []


def test_a_body_is_json_with_values_of_their_types(server: ApiServer, tmp_path: Path) -> None:
    api = section(
        server,
        "/weather/now",
        method="POST",
        phrases=["heat to {degrees} degrees [for {length}] [on {day}] [at {time}]"],
        body={
            "to": "{degrees}",
            "note": "to {degrees}!",
            "at": ["{day}", "{time}"],
            "s": "{length}",
        },
        slots={"degrees": "number", "day": "date", "time": "time", "length": "duration"},
        answer="Set to {degrees}.",
    )
    bench = Bench(tmp_path, heat=api)
    assert bench.say("Heat to 21 degrees for two hours on Friday at 6:30 pm.") == "Set to 21."
    (got,) = server.got
    assert got["method"] == "POST"
    assert got["headers"]["Content-Type"] == "application/json"
    assert got["body"] == ('{"to": 21, "note": "to 21!", "at": ["2026-03-06", "18:30"], "s": 7200}')
    bench.say("Heat to 19 degrees.")
    assert server.got[1]["body"] == '{"to": 19, "note": "to 19!", "at": [null, null]}'


def test_what_only_tells_may_be_corrected_and_what_changes_may_not(
    server: ApiServer, tmp_path: Path
) -> None:
    api = section(
        server,
        phrases=["what is the weather on {day}"],
        slots={"day": "date"},
        query={"day": "{day}"},
        url=f"{server.url}/weather",
        answer="{day}: {current.temperature}",
    )
    bench = Bench(tmp_path, weather=api)
    assert bench.say("What is the weather on Friday?") == "2026-03-06: 21.5"
    assert bench.say("No, on Saturday.") == "2026-03-07: 21.5"
    for change in ({"method": "PUT"}, {"writes": True}):
        server.got.clear()
        bench = Bench(tmp_path, weather={**api, **change})
        bench.say("What is the weather on Friday?")
        assert bench.say("No, on Saturday.") == CANNOT_UNDO
        assert len(server.got) == 1


def test_what_the_tool_says_of_itself(server: ApiServer, tmp_path: Path) -> None:
    api = section(server, confirm="Shall I?", needs_pin=True, about="the weather of a city")
    tool = Bench(tmp_path, weather=api).toolbox.get("api.weather")
    assert tool is not None
    assert (tool.writes, tool.sure, tool.offered) == (True, False, True)
    assert (tool.confirm, tool.needs_pin) == ("Shall I?", True)
    assert tool.about == "the weather of a city"
    assert tool.schema == {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    }


def test_a_default_and_a_question_for_what_was_not_said(server: ApiServer, tmp_path: Path) -> None:
    api = section(
        server,
        phrases=["what is the weather [in {city}] [on {day}]"],
        slots={
            "city": {"type": "text", "default": "Berlin"},
            "day": {"type": "date", "ask": "On which day?"},
        },
        query={"day": "{day}"},
    )
    bench = Bench(tmp_path, weather=api)
    assert bench.say("What is the weather?") == "On which day?"
    assert bench.say("On Friday.") == "It is 21.5 degrees in Berlin."
    assert server.got[0]["query"] == {"day": ["2026-03-06"]}


# -- secrets ---------------------------------------------------------------------------------------


def test_a_secret_is_sent_and_shown_nowhere(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_TOKEN", TOKEN)
    api = section(
        server,
        headers={"Authorization": "Bearer ${WEATHER_TOKEN}"},
        query={"key": "${WEATHER_TOKEN}"},
        answer="echo",
    )
    bench = Bench(tmp_path, weather=api)
    turn = bench.conversation.converse("What is the weather in Berlin?")
    assert turn.answer == "Bearer …"
    (got,) = server.got
    assert got["headers"]["Authorization"] == f"Bearer {TOKEN}"
    assert got["query"] == {"key": [TOKEN]}
    for path in ("/error", "/hang", "/noise", "/away", "/html"):
        bad = Bench(tmp_path, weather={**api, "url": server.url + path, "limit_s": 0.2})
        assert bad.say("What is the weather in Berlin?").startswith("Sorry, ")
        assert TOKEN not in repr((bad.failed, bad.notices, bad.conversation.talk))
    assert TOKEN not in repr((turn, bench.notices, bench.conversation.talk))


def test_a_secret_that_is_lacking_or_no_header_is_said_without_it(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = section(server, headers={"Authorization": "Bearer ${WEATHER_TOKEN}"})
    monkeypatch.delenv("WEATHER_TOKEN", raising=False)
    bench = Bench(tmp_path, weather=api)
    said = bench.say("What is the weather in Berlin?")
    assert said == "Sorry, the environment variable WEATHER_TOKEN is not set."
    monkeypatch.setenv("WEATHER_TOKEN", f"{TOKEN}\r\nX-Evil: 1")
    said = bench.say("What is the weather in Berlin?")
    assert said.endswith("cannot be sent in a header.")
    assert server.got == []
    assert bench.notices == []
    assert TOKEN not in repr(bench.failed)


# -- servers that misbehave ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/error", "answered with the error 500"),
        ("/html", "is no JSON"),
        ("/empty", "is no JSON"),
        ("/deep", "is no JSON"),
        ("/away", "sends me on to another address"),
        ("/circle", "sends me round in a circle"),
        ("/huge", "is too long"),
        ("/noise", "gave no proper answer"),
    ],
)
def test_a_server_that_misbehaves_is_named_in_one_sentence(
    server: ApiServer, tmp_path: Path, path: str, said: str
) -> None:
    bench = Bench(tmp_path, weather=section(server, path, limit_s=5.0))
    answer = bench.say("What is the weather in Berlin?")
    assert answer.startswith("Sorry, ")
    assert said in answer
    assert server.url.removeprefix("http://").partition(":")[0] in answer
    assert bench.say("What day is it?").startswith("Today is Wednesday")  # the talk goes on


@pytest.mark.parametrize("path", ["/hang", "/drip", "/head"])
def test_a_server_that_never_ends_is_given_up_in_time(
    server: ApiServer, tmp_path: Path, path: str
) -> None:
    bench = Bench(tmp_path, weather=section(server, path, limit_s=0.5))
    begin = time.monotonic()
    assert bench.say("What is the weather in Berlin?") == TOO_LONG
    assert time.monotonic() - begin < 3.0
    if path != "/hang":
        assert server.broken.wait(5.0)  # the connection is closed, not left behind


@pytest.mark.parametrize("path", ["/hang", "/drip", "/head"])
def test_a_call_ends_by_itself(server: ApiServer, path: str) -> None:
    """Without the hands, which would give it up as well."""
    request = HttpRequest(method="GET", url=server.url + path, headers={})
    with pytest.raises(StageTimeout, match=r"127\.0\.0\.1 took longer than 0\.3 s"):
        within(20.0, lambda: call(request, 0.3), "the call")


def test_nobody_listens(server: ApiServer, tmp_path: Path) -> None:
    bench = Bench(tmp_path, weather=section(server, url="http://127.0.0.1:9/"))
    assert bench.say("What is the weather in Berlin?") == "Sorry, 127.0.0.1 cannot be reached."


def test_a_redirect_within_the_host_is_followed_but_not_by_what_changes(
    server: ApiServer, tmp_path: Path
) -> None:
    bench = Bench(tmp_path, weather=section(server, "/moved"))
    assert bench.say("What is the weather in Berlin?") == "It is 21.5 degrees in Berlin."
    bench = Bench(tmp_path, weather=section(server, "/moved", method="POST"))
    assert "where I do not go" in bench.say("What is the weather in Berlin?")


def test_a_redirect_to_another_host_gets_nothing(server: ApiServer, tmp_path: Path) -> None:
    with api_server() as other:
        for elsewhere in (other.url, other.url.replace("127.0.0.1", "localhost"), "//127.0.0.1:1/"):
            server.elsewhere = elsewhere
            bench = Bench(tmp_path, weather=section(server, "/away"))
            assert "where I do not go" in bench.say("What is the weather in Berlin?")
        assert other.got == []


def test_a_long_answer_is_cut_and_control_signs_go(server: ApiServer, tmp_path: Path) -> None:
    from assistant.talk.sources.apis import LONGEST_ANSWER, _cut

    assert _cut("a. " * 400).endswith("a.")
    assert len(_cut("word " * 400)) <= LONGEST_ANSWER + 1


def declared(table: dict[str, Any]) -> None:
    read_apis(config_from_dict({"apis": {"weather": table}}).apis, lambda notice: None)


# -- the configuration ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "what", "step"),
    [
        ({"url": "http://api.example.org/{city}"}, "not encrypted", "allow_insecure"),
        ({"url": "https://{city}.example.org/"}, "no http or https address", "https://HOST"),
        ({"url": "ftp://example.org/"}, "no http or https address", "https://HOST"),
        ({"url": "https://user:pw@example.org/"}, "no http or https address", "https://HOST"),
        ({"url": "https://2130706433/"}, "a host that cannot be used", "127.0.0.1"),
        ({"url": "https://example.org/{town}"}, "{town}, which is no slot", "slots"),
        ({"url": "https://example.org/{City}"}, "a brace that is no slot", "{name}"),
        ({"query": {"q": "in {town}"}}, "query has {town}", "slots"),
        ({"headers": {"Host": "x"}}, "'Host' cannot be set", ""),
        ({"headers": {"X-City": "{city}"}}, "no header may have", "url, query or body"),
        ({"headers": {"X": "a\nb"}}, "no header may have", ""),
        ({"body": {"a": "b"}}, "body needs a method", "POST"),
        ({"method": "FETCH"}, "method is 'FETCH'", "GET"),
        ({"answer": "It is {current temperature}."}, "names nothing", "{name}"),
        ({"answr": "x"}, "unknown key apis.weather.answr", "'answer'"),
        ({"limit_s": 600}, "limit_s is 600", "0.1 to 60"),
        ({"phrases": ["the weather in {town}"]}, "no slot {town}", "{city}"),
    ],
)
def test_what_is_declared_wrongly_is_named(
    server: ApiServer, change: dict[str, Any], what: str, step: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        declared({**section(server), **change})
    assert what in caught.value.what
    assert step in caught.value.next_step
    assert "pw" not in str(caught.value)


def test_hosts_elsewhere_are_given_and_listed_as_ways_out(server: ApiServer) -> None:
    config = config_from_dict(
        {
            "apis": {
                "lamp": section(server),
                "weather": section(server, url="https://api.example.org/{city}"),
                "plain": section(server, url="http://192.0.2.7:80/{city}", allow_insecure=True),
            }
        }
    )
    assert read_apis(config.apis, lambda notice: None).hosts == ["api.example.org", "192.0.2.7"]
    way = next(one for one in WAYS_OUT if one.name == "interfaces")
    assert way.in_force(config, {}) == "api.example.org (weather), 192.0.2.7:80 (plain)"
    assert way.in_force(config_from_dict({}), {}) == ""


def test_errors_are_shown_to_people(server: ApiServer) -> None:
    assert issubclass(ApiFault, AssistantError)
    assert StageTimeout.code == "E-TIMEOUT"


def test_heavy_libraries_load_when_they_are_used() -> None:
    code = (
        "import sys; from assistant.assemble.loading import make_conversation;"
        "from assistant.config import Config; make_conversation(Config(), None);"
        "print([one for one in ('pypdf', 'sqlglot', 'http.client', 'ssl') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_yes_or_the_pin_comes_before_anything_is_sent(server: ApiServer, tmp_path: Path) -> None:
    bench = Bench(tmp_path, weather=section(server, confirm="Shall I ask the server?"))
    assert bench.say("What is the weather in Berlin?") == "Shall I ask the server?"
    assert server.got == []
    assert bench.say("No.") == "Okay, I won't."
    assert server.got == []
    bench.say("What is the weather in Berlin?")
    assert bench.say("Yes.") == "It is 21.5 degrees in Berlin."
    assert len(server.got) == 1
    bench = Bench(tmp_path, weather=section(server, needs_pin=True))
    assert bench.say("What is the weather in Berlin?").startswith("That needs a PIN")
    assert len(server.got) == 1


def test_no_half_of_a_secret_is_left_where_a_long_value_is_cut() -> None:
    secret = "token-1234567890"
    cut = as_said("x" * (LONGEST_VALUE - 8) + secret)
    assert "toke" in cut
    assert "toke" not in _without(secret, cut)
