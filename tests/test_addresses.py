"""Which addresses are this machine, decided without asking anybody."""

from __future__ import annotations

import socket

import pytest

from assistant.addresses import (
    describe_server,
    is_cloud_model,
    is_remote,
    parse_address,
    permitted_address,
)
from assistant.config import config_from_dict
from assistant.errors import ConfigError


@pytest.fixture(autouse=True)
def no_lookups(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "gethostbyname", refuse)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
        ("http://localhost:1234/v1/", "http://127.0.0.1:1234/v1"),
        ("HTTP://LocalHost:1234", "http://127.0.0.1:1234/v1"),
        ("http://127.255.3.4", "http://127.255.3.4/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080/v1"),
        ("http://[::ffff:127.0.0.1]:8080", "http://127.0.0.1:8080/v1"),
        ("http://[::ffff:7f00:2]:8080", "http://127.0.0.2:8080/v1"),
        ("https://127.0.0.1/openai/v1", "https://127.0.0.1/openai/v1"),
    ],
)
def test_this_machine_is_known_and_written_as_a_number(text: str, url: str) -> None:
    address = parse_address(text)
    assert (address.url, address.is_local) == (url, True)


@pytest.mark.parametrize(
    "text",
    [
        "https://api.example.com/v1",
        "http://127.0.0.1.nip.io:11434/v1",
        "http://localhost.example.com/v1",
        "http://localhost.",
        "http://evil.localhost",
        "http://localhost.localdomain",
        "http://ip6-localhost",
        "http://my-laptop:11434",
        "http://192.168.1.5:11434",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "http://126.255.255.255",
        "http://169.254.169.254",
        "http://[::2]",
        "http://[::127.0.0.1]",
        "http://[64:ff9b::7f00:1]",
        "http://[2002:7f00:1::]",
        "http://[fe80::1]",
        "http://[::ffff:8.8.8.8]",
        "http://0.0.0.1",
        "http://a.1b",
    ],
)
def test_whatever_is_not_surely_this_machine_is_outside(text: str) -> None:
    assert not parse_address(text).is_local
    with pytest.raises(ConfigError, match="not this machine") as caught:
        config_from_dict({"llm": {"server": text}})
    assert "allow_remote" in caught.value.next_step
    config = config_from_dict({"llm": {"server": text, "allow_remote": True}})
    assert describe_server(config.llm.server, "").startswith("REMOTE model at ")


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1@evil.example",
        "http://127.0.0.1:80@evil.example/v1",
        "http://user:secret@127.0.0.1:11434/v1",
        "http://evil.example#@127.0.0.1/",
        "http://evil.example?@127.0.0.1/",
        "http://evil.example\\@127.0.0.1/",
        "http://127.0.0.1\\.evil.example/",
        "http://127.0.0.1 .evil.example/",
        "http://127.0.0.1\n.evil.example/",
        "http://127.0.0.1/v1\n",
        "http://127.0.0.1%2eevil.example/",
        "http://127.0.0.1/%2e%2e",
        "http://127.0.0.1//evil.example/v1",
        "http:/127.0.0.1/v1",
        "http:127.0.0.1",
        "//127.0.0.1/v1",
        "127.0.0.1:11434/v1",
        "localhost:11434",
        "ftp://127.0.0.1/v1",
        "file:///etc/passwd",
        "unix://127.0.0.1",
        "http://",
        "http:///v1",
        "http://127.0.0.1:0/v1",
        "http://127.0.0.1:65536/v1",
        "http://127.0.0.1:/v1",
        "http://127.0.0.1:８０/v1",
        "http://１２７.0.0.1/v1",
        "http://127。0。0。1/v1",
        "http://lоcalhost/v1",
        "http://[fe80::1%25lo]/v1",
        "http://[::1/v1",
        "http://::1/v1",
        "http://[127.0.0.1]:0x50/",
    ],
)
def test_what_two_readers_could_read_differently_is_no_address(text: str) -> None:
    for allow_remote in (False, True):
        with pytest.raises(ConfigError) as caught:
            permitted_address(text, "", allow_remote=allow_remote)
        assert "http://127.0.0.1:11434/v1" in caught.value.next_step
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "http://2130706433/v1",
        "http://0x7f000001/v1",
        "http://0x7f.1/v1",
        "http://0177.0.0.1/v1",
        "http://127.1/v1",
        "http://127.0.0.01/v1",
        "http://127.0.0.1./v1",
        "http://127.0.0.256/v1",
        "http://1.2.3.4.5/v1",
        "http://evil.0x7f",
    ],
)
def test_numbers_in_other_spellings_are_refused(text: str) -> None:
    for allow_remote in (False, True):
        with pytest.raises(ConfigError, match="no address"):
            permitted_address(text, "", allow_remote=allow_remote)


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "[::ffff:0.0.0.0]", "224.0.0.1", "[ff02::1]"])
def test_where_nobody_can_be_reached_is_refused_even_when_remote_is_allowed(host: str) -> None:
    with pytest.raises(ConfigError, match="nobody can be reached") as caught:
        permitted_address(f"http://{host}:11434/v1", "", allow_remote=True)
    assert "127.0.0.1" in caught.value.next_step


def test_a_model_that_the_server_here_has_others_compute_is_outside() -> None:
    clouds = ("gpt-oss:120b-cloud", "minimax-m2:cloud", "a/b:Cloud")
    assert all(is_cloud_model(name) for name in clouds)
    assert not any(is_cloud_model(name) for name in ("cloud", "cloud:7b", "thunder-cloud", "a:7b"))
    here = "http://127.0.0.1:11434/v1"
    with pytest.raises(ConfigError, match="has others compute"):
        config_from_dict({"llm": {"server": here, "server_model": clouds[0]}})
    assert is_remote(here, clouds[0])
    assert not is_remote(here, "llama3.2:3b")


@pytest.mark.parametrize(
    ("server", "model", "shown"),
    [
        ("http://localhost:11434", "llama3.2:3b", "llama3.2:3b at 127.0.0.1:11434"),
        ("http://localhost:8000", "C:\\m\\/some/tiny.gguf", "tiny at 127.0.0.1:8000"),
        ("http://localhost:8000", "", "model at 127.0.0.1:8000"),
        ("https://api.example.com/v1", "big", "REMOTE model at api.example.com: big"),
        ("https://api.example.com/v1", "", "REMOTE model at api.example.com"),
        ("http://10.0.0.2:80", "", "REMOTE model at 10.0.0.2:80, not encrypted"),
        ("http://localhost:11434", "a:cloud", "REMOTE model at 127.0.0.1:11434: a:cloud"),
    ],
)
def test_people_see_where_the_model_is(server: str, model: str, shown: str) -> None:
    assert describe_server(server, model) == shown
