"""Requests in other words: which flow or reply is chosen, and what is left to the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from assistant.assemble.loading import make_conversation
from assistant.config import Config
from assistant.errors import ModelError
from assistant.model.meaning import (
    BEYOND,
    LANGUAGE,
    Encoder,
    MeaningModel,
    as_read,
    load_meaning_model,
)
from assistant.model.meaning_graph import best_graph, lean_copy, make_lean_copy
from assistant.talk.by_meaning import ByMeaning
from assistant.talk.conversation import Conversation
from assistant.talk.decision import LONGEST_WHY, Decision, Pass
from assistant.talk.known import Fixed, reply_name
from assistant.talk.matching import Matcher
from assistant.talk.reach import load_reach
from assistant.talk.replies import Replies, load_replies
from assistant.talk.request import read_request
from assistant.talk.running import Flows
from assistant.talk.services import Services
from assistant.talk.talk import Talk
from assistant.talk.tools import own_flows
from assistant.weights.store import models_directory

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
RULES = load_reach()
MODEL = models_directory(Config().models.directory) / "all-minilm-l6-v2-int8"


@pytest.fixture(scope="module")
def meaning() -> MeaningModel:
    if not (MODEL / "model.onnx").is_file():
        pytest.skip("the sentence encoder is not there (make models)")
    return load_meaning_model(MODEL / "model.onnx", MODEL / "tokenizer.json")


@pytest.fixture(scope="module")
def conversation(meaning: MeaningModel) -> Conversation:
    return make_conversation(Config(), None, meaning, now=lambda: NOW)


class Judge:
    """A meaning that is always the same."""

    def __init__(self, *ranked: tuple[str, float]) -> None:
        self._ranked = ranked

    def ranked(self, text: str) -> Sequence[tuple[str, float]]:
        return self._ranked


def matcher(replies: Replies) -> Matcher:
    return Matcher(replies.entries, threshold=92.0, margin=4.0)


def part(*ranked: tuple[str, float]) -> ByMeaning:
    replies = load_replies()
    flows = Flows(own_flows(), Services())
    return ByMeaning(
        Judge(*ranked),
        RULES.asks_for_words,
        flows,
        replies.entries,
        matcher(replies),
        Fixed(replies),
        0.5,
        0.15,
    )


def decide(text: str, *ranked: tuple[str, float], talk: Talk | None = None) -> Decision | Pass:
    return part(*ranked).decide(talk or Talk(), read_request(text, NOW))


# -- when it is believed ---------------------------------------------------------------------------


def test_what_is_sure_is_done_and_says_why() -> None:
    found = decide("let the coin speak", ("coin.flip", 0.93), (LANGUAGE, 0.05))
    assert isinstance(found, Decision)
    assert (found.name, found.score, found.why) == ("coin.flip", 0.93, "means: coin.flip (0.93)")
    assert len(found.why) <= LONGEST_WHY


@pytest.mark.parametrize(
    ("text", "ranked"),
    [
        ("let the coin speak", (("coin.flip", 0.49), (LANGUAGE, 0.2))),
        ("let the coin speak", (("coin.flip", 0.52), ("dice.roll", 0.4))),
        ("coin", (("coin.flip", 0.99), (LANGUAGE, 0.01))),
        ("explain how a coin is struck", (("coin.flip", 0.85), (LANGUAGE, 0.1))),
        ("who owns the coin", ((LANGUAGE, 0.9), ("coin.flip", 0.1))),
        ("shut the gate now", (("decline.actuator", 0.9), ("coin.flip", 0.1))),
        ("let the coin speak", (("no.such.flow", 0.9), ("coin.flip", 0.1))),
    ],
)
def test_what_is_unsure_short_or_of_others_is_passed_on(
    text: str, ranked: tuple[tuple[str, float], ...]
) -> None:
    assert isinstance(decide(text, *ranked), Pass)


def test_without_a_judge_everything_is_passed_on() -> None:
    replies = load_replies()
    flows = Flows(own_flows(), Services())
    alone = ByMeaning(
        None, RULES.asks_for_words, flows, replies.entries, matcher(replies), Fixed(replies)
    )
    assert isinstance(alone.decide(Talk(), read_request("flip a coin", NOW)), Pass)


def test_flows_that_tell_the_same_count_together() -> None:
    shares = (("date.near", 0.35), ("date.of", 0.3), (LANGUAGE, 0.1))
    found = decide("the date in 3 days is what", *shares)
    assert isinstance(found, Pass) or found.name.startswith("date.")
    apart = (("list.add", 0.35), ("list.clear", 0.3), (LANGUAGE, 0.1))
    assert isinstance(decide("the list and me", *apart), Pass)


def test_a_hint_tells_the_family_and_the_meaning_which_flow() -> None:
    shares = (("language", 0.4), ("list.read", 0.35), ("list.add", 0.1))
    found = decide("my shopping list and what may stand there", *shares)
    assert isinstance(found, Decision)
    assert found.name == "list.read"
    unsure = (("language", 0.4), ("list.read", 0.3), ("list.add", 0.25))
    assert isinstance(decide("my shopping list and what may stand there", *unsure), Pass)
    assert isinstance(decide("my parrot and what may stand there", *shares), Pass)


def test_the_slots_stand_at_the_end_of_the_request() -> None:
    shares = (("timer.set", 0.9), ("language", 0.1))
    found = decide("it would help to set a timer for 10 minutes", *shares)
    assert isinstance(found, Decision)
    assert found.name == "timer.set"
    assert "10" in found.replies[0].text or "ten" in found.replies[0].text
    refused = decide("do not you dare set a timer for 10 minutes", *shares)
    assert isinstance(refused, Pass) or "ten minutes" not in refused.replies[0].text


def test_a_reply_waits_for_what_it_needs() -> None:
    shares = (("reply.yes", 0.9), (LANGUAGE, 0.1))
    found = decide("that I hold to be so", *shares)
    assert isinstance(found, Decision)
    assert found.name == "reply.yes"
    entry = next(one for one in load_replies().entries if reply_name(one) == "reply.yes")
    asked = dataclasses.replace(entry, needs="question")
    replies = load_replies()
    judge = Judge(*shares)
    flows = Flows((), Services())
    waiting = ByMeaning(
        judge, RULES.asks_for_words, flows, [asked], matcher(replies), Fixed(replies), 0.5, 0.15
    )
    assert isinstance(waiting.decide(Talk(), read_request("that I hold to be so", NOW)), Pass)


# -- with the real encoder -------------------------------------------------------------------------


@pytest.mark.models
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I'd be curious how late it has got to be by now", "time.now"),
        ("would you be so good as to let heads or tails settle it", "coin.flip"),
        ("chuck a pair of dice across the table", "dice.roll"),
        ("I could really do with a good laugh at the moment", "joke.tell"),
        ("fill me in on what remains on the groceries list", "list.read"),
        ("what pursuits fill your spare time", "reply.hobbies"),
        ("which folks put you together in the first place", "reply.maker"),
        ("how shall I address you", "assistant.name"),
        ("lend me your jacket, is it going to pour this afternoon", "decline.weather"),
    ],
)
def test_other_words_for_the_same(conversation: Conversation, text: str, name: str) -> None:
    found = conversation.decide(text)
    assert found is not None
    assert found.name == name


@pytest.mark.models
@pytest.mark.parametrize(
    "text",
    [
        "who invented the alarm clock",
        "why do we set clocks back in autumn",
        "how do comedians come up with jokes",
        "what makes a good shopping list for a student",
        "explain how a coin is minted",
        "write a poem about dice",
        "which hobbies did Tolstoy have",
        "why do people keep cats",
        "who made the first computer",
        "what is the history of the timer",
        "how do I spell check a document in Word",
        "what should I name my parrot",
    ],
)
def test_open_questions_near_to_a_skill_are_left_to_the_model(
    conversation: Conversation, text: str
) -> None:
    found = conversation.decide(text)
    assert found is not None
    assert found.name == "model"


@pytest.mark.models
def test_the_same_twice_is_the_same(conversation: Conversation) -> None:
    first, second = (conversation.decide("chuck a die across the table") for _ in range(2))
    assert first is not None
    assert second is not None
    assert (first.name, first.score, first.slots) == (second.name, second.score, second.slots)


@pytest.mark.models
def test_each_label_has_an_owner(meaning: MeaningModel) -> None:
    owners = {flow.name for flow in own_flows()}
    owners |= {reply_name(entry) for entry in load_replies().entries}
    owners |= {f"{BEYOND}{kind}" for kind in load_reach().kinds}
    assert set(meaning.labels) - owners == {LANGUAGE}


@pytest.mark.models
def test_the_probabilities_add_up_and_are_ranked(meaning: MeaningModel) -> None:
    shares = [share for _, share in meaning.ranked("Could somebody see to the heating, please?")]
    assert sum(shares) == pytest.approx(1.0, abs=1e-5)
    assert shares == sorted(shares, reverse=True)


def test_the_encoder_reads_one_spelling() -> None:
    assert as_read("What's  the TIME?") == as_read("what is the time")
    assert as_read("…") == "…"


# -- the lean graph --------------------------------------------------------------------------------


@pytest.mark.models
def test_the_lean_graph_gives_nearly_the_same_vectors(
    meaning: MeaningModel, tmp_path: Path
) -> None:
    source = tmp_path / "model.onnx"
    source.symlink_to((MODEL / "model.onnx").resolve())
    whole = Encoder(source, MODEL / "tokenizer.json")
    copy = make_lean_copy(source)
    assert copy == lean_copy(source) == best_graph(source)
    lean = Encoder(source, MODEL / "tokenizer.json")
    for text in ("set a timer", "who was the first king of Norway", "is the door shut"):
        assert float(np.dot(whole.vector(text), lean.vector(text))) > 0.98
    made = copy.stat().st_mtime_ns
    assert make_lean_copy(source).stat().st_mtime_ns == made


def test_a_damaged_graph_is_named(tmp_path: Path) -> None:
    source = tmp_path / "model.onnx"
    source.write_bytes(b"no graph at all")
    with pytest.raises(ModelError):
        make_lean_copy(source)
    assert best_graph(source) == source
    assert list(tmp_path.iterdir()) == [source]


# -- questions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("what does the word reminder mean", "reminder.list"),
        ("define alarm", "alarm.list"),
        ("what makes a joke funny", "joke.tell"),
        ("how old would someone born in 1957 be", "reply.age"),
        ("what time will it be in ninety minutes", "timer.set"),
        ("when will you remind me to ring mum", "reminder.set"),
        ("when is it then", "time.zone"),
        ("how do they differ in time", "time.difference"),
        ("is tomorrow some holiday", "date.is"),
        ("is tomorrow some holiday", "date.of"),
    ],
)
def test_a_question_is_not_guessed_to_be_an_order_or_to_be_about_nothing(
    text: str, label: str
) -> None:
    assert isinstance(decide(text, (label, 0.95), (LANGUAGE, 0.02)), Pass)


def test_a_thing_that_is_all_of_a_request_is_put_on_the_list() -> None:
    found = decide("Add rye bread.", ("list.add", 0.9), (LANGUAGE, 0.05))
    assert isinstance(found, Decision)
    assert [reply.text for reply in found.replies] == [
        "I've added rye bread to your shopping list."
    ]


@pytest.mark.models
def test_words_that_name_things_for_a_list_do_not_read_it(conversation: Conversation) -> None:
    found = conversation.decide("egg milk and butter to my shopping list")
    assert found is not None
    assert found.name not in ("list.read", "list.has")
