"""Phrases that could have been said: what is offered to the recogniser, and what is not."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.language.en.near_values import values
from assistant.language.en.normalise import normalise
from assistant.language.en.sayings import INVENTED, SAYINGS
from assistant.language.en.slots import DURATION
from assistant.language.en.written import contracted
from assistant.talk.conversation import Conversation
from assistant.talk.could_mean import MOST
from assistant.talk.expected import Expected

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=timezone(timedelta(hours=1)))
REQUESTS = Path(__file__).parents[2] / "shared" / "data" / "requests.tsv"
HOME = """
from typing import Literal
from assistant.flows import Ask, Call, flow, tool

Room = Literal["kitchen", "bedroom", "living room", "hall"]
Colour = Literal["red", "green", "blue", "white"]

@flow("set [the] {room} lights to {colour}", "turn (on|off) [the] {room} (light|lights)",
      "(lock|unlock) the front door", "(pause|next)")
def light(room: Room | None = None, colour: Colour | None = None):
    return "Done."

@tool(writes=True, needs_pin=True)
def unlock_it():
    return None

@flow("open the vault")
def vault():
    yield Call(unlock_it)
    return "Opened."

@flow("paint the wall")
def paint():
    colour = yield Ask("In which colour?", Colour)
    return f"Painted {colour}."
"""


@pytest.fixture(scope="module")
def hands() -> Iterator[HandsThread]:
    made = HandsThread()
    yield made
    made.close()


@pytest.fixture
def conversation(tmp_path: Path, hands: HandsThread) -> Conversation:
    flow = tmp_path / "home.py"
    flow.write_text(HOME)
    return made(tmp_path, hands, flow)


def made(tmp_path: Path, hands: HandsThread, *files: Path) -> Conversation:
    services = make_services(Config(), tmp_path / "state")
    return make_conversation(
        Config(), None, services=services, hands=hands, now=lambda: NOW, files=files, seed=1
    )


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Senate timer for 30 seconds.", "Set a timer for 30 seconds."),
        ("cancel all tires", "Cancel all timers."),
        ("Set of time for 3 hours in 10 minutes.", "Set a timer for 3 hours and 10 minutes."),
        ("Set a timer for 3 hours in 10 minutes.", "Set a timer for 3 hours and 10 minutes."),
        ("Watch the wedding.", "What's the weather?"),
        ("So, catch a nice degree.", "Set kitchen lights to green."),
        ("Walk the front door.", "Lock the front door."),
        ("Make me up at half past six tomorrow.", "Wake me up at half past six tomorrow."),
        ("Remind me to feed the cat at fibe PM.", "Remind me to feed the cat at 5 PM."),
        ("And milk to my chopping list.", "Add milk to my shopping list."),
    ],
)
def test_what_was_misheard_is_offered_as_it_was_meant(
    conversation: Conversation, heard: str, meant: str
) -> None:
    offered = conversation.candidates([heard])
    assert meant in offered[:8], offered
    assert len(offered) <= MOST


def test_numbers_that_sound_alike_are_both_offered(conversation: Conversation) -> None:
    offered = conversation.candidates(["Senate timer for 15 minutes."])
    assert offered[:2] == ("Set a timer for 15 minutes.", "Set a timer for 50 minutes.")


def test_the_polite_frame_is_kept(conversation: Conversation) -> None:
    offered = conversation.candidates(["Okay, could you please senate timer for 30 seconds"])
    assert offered[0] == "Okay, could you please set a timer for 30 seconds?"


@pytest.mark.parametrize(
    "plain",
    [
        "Set a timer for 30 seconds.", "Cancel all timers.", "What time is it?", "Stop.", "No.",
        "Pause.", "Set kitchen lights to green.", "Turn off the bedroom light.", "Never mind.",
        "Wake me up at half past six tomorrow.", "How are you?", "Could you tell me a joke?",
        "Add milk to my shopping list.", "What is 15 times 12?", "What's the weather?",
    ],
)  # fmt: skip
def test_nothing_is_offered_where_the_words_are_plain(
    conversation: Conversation, plain: str
) -> None:
    assert conversation.candidates([plain, "Stop it, it was."]) == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("what do i have today", "what do i have today"),
        ("i have a question", "i have a question"),
        ("what can i will", "what can i will"),
        ("i would like what is new", "I'd like what's new"),
        ("why do not they are here", "why don't they're here"),
    ],
)
def test_words_are_joined_as_they_are_said(words: str, said: str) -> None:
    assert " ".join(contracted(words.split())) == said


@pytest.mark.parametrize(
    "question",
    [
        "Who invented the telephone?", "How do I get to the airport from here?",
        "Why is the sky blue?", "Explain how a heat pump works.", "Is a tomato a fruit?",
        "Which planet has the most moons?", "What should I cook with leeks and potatoes?",
        "Tell me something about the history of Portugal.", "Do whales ever drink?",
        "Write a short poem about the rain in autumn.", "How tall is the Eiffel Tower?",
        "The meeting went on for far too long today, and nobody said anything.",
    ],
)  # fmt: skip
def test_an_open_question_has_no_candidates(conversation: Conversation, question: str) -> None:
    assert conversation.candidates([question]) == ()


def test_a_cry_for_help_is_never_bent(conversation: Conversation) -> None:
    assert conversation.candidates(["I can't breed, I can't breathe."]) == ()


@pytest.mark.parametrize("nothing", ["", "Thanks for watching!", "[Music]", "Thank you."])
def test_over_noise_the_short_commands_are_offered(
    conversation: Conversation, nothing: str
) -> None:
    offered = conversation.candidates([nothing])
    assert len(offered) == MOST
    assert {"Pause.", "Next.", "Stop.", "No.", "Yes.", "Cancel."} <= set(offered)
    assert all(len(one.split()) <= 2 for one in offered)


def test_short_words_bring_the_short_commands_that_sound_like_them(
    conversation: Conversation,
) -> None:
    offered = conversation.candidates(["Boss."])
    assert "Pause." in offered[:4]
    assert {"Stop.", "Next."} <= set(offered)


def test_what_is_not_loaded_is_not_offered(tmp_path: Path, hands: HandsThread) -> None:
    bare = made(tmp_path, hands)
    assert "Set kitchen lights to green." not in bare.candidates(["So, catch a nice degree."])


def test_no_call_or_an_empty_one_is_no_fault(conversation: Conversation) -> None:
    assert len(conversation.candidates([])) == MOST
    assert conversation.candidates(["?!", "…"]) == conversation.candidates([""])


# -- what the state says ---------------------------------------------------------------------------


def test_the_answers_to_an_open_question_come_first(conversation: Conversation) -> None:
    conversation.converse("paint the wall")
    assert conversation.candidates(["Green."]) == ()
    offered = conversation.candidates(["Grain."])
    assert offered[0] == "Green."
    assert "Cancel." in conversation.candidates([""])


def test_a_length_that_is_asked_for_is_mended(conversation: Conversation) -> None:
    conversation.converse("set a timer")
    assert conversation.candidates(["Four tea minutes."])[0] in ("4 minutes.", "Four minutes.")
    assert conversation.candidates(["Ten minutes."]) == ()
    assert conversation.count_own_words("ten minutes") == 1
    conversation.converse("never mind")
    assert conversation.count_own_words("ten minutes") == 0


def test_the_users_own_words_are_expected(conversation: Conversation) -> None:
    assert conversation.count_own_words("put quinoa on the list") == 0
    conversation.converse("make a list called Bodrum")
    conversation.converse("add quinoa to the Bodrum list")
    assert conversation.flush(5.0)
    assert conversation.count_own_words("put quinoa on the Bodrum list, quinoa") == 2
    offered = conversation.candidates(["Add milk to my bode rum list."])
    assert "Add milk to my bodrum list." in offered
    offered = conversation.candidates(["Remove keen wah from my Bodrum list."])
    assert "Remove quinoa from my Bodrum list." in offered


def test_what_was_taught_is_offered(conversation: Conversation) -> None:
    conversation.converse("when I say open sesame, say the cave is open")
    conversation.converse("yes")
    assert conversation.flush(5.0)
    assert "Open sesame." in conversation.candidates(["Open says me."])
    assert conversation.candidates(["Open sesame."]) == ()


def test_a_pin_is_never_bent_or_expected(conversation: Conversation) -> None:
    conversation.flows.services.pins.set("739164")
    conversation.converse("open the vault")
    assert conversation.talk.is_secret_open
    assert conversation.candidates(["for 715"]) == ()
    assert conversation.candidates([""]) == ()


def test_a_reload_takes_new_phrases_up(tmp_path: Path, hands: HandsThread) -> None:
    folder = tmp_path / "config"
    (folder / "flows").mkdir(parents=True)
    services = make_services(Config(), tmp_path / "state")
    conversation = make_conversation(
        Config(), None, services=services, hands=hands, now=lambda: NOW, folder=folder, seed=1
    )
    heard = ["So, catch a nice degree."]
    assert "Set kitchen lights to green." not in conversation.candidates(heard)
    (folder / "flows" / "home.py").write_text(HOME)
    conversation.reload()
    assert "Set kitchen lights to green." in conversation.candidates(heard)


# -- drawn -----------------------------------------------------------------------------------------

_MEANT = (
    "Set kitchen lights to green.", "Cancel all timers.", "Unlock the front door.",
    "Pause the timer.", "What's on my shopping list?", "Turn off the bedroom light.",
    "Set a timer for 30 seconds.", "What's the weather today?",
)  # fmt: skip
_HEARD_AS = {
    "t": "d", "d": "t", "p": "b", "b": "p", "k": "g", "g": "k", "s": "z", "m": "n", "n": "m",
    "i": "e", "e": "i", "a": "e", "o": "u",
}  # fmt: skip


@st.composite
def misheard(draw: st.DrawFn) -> tuple[str, str]:
    """A phrase, and the same with one letter in one or two of its longer words as another."""
    meant = draw(st.sampled_from(_MEANT))
    words = meant.strip(".?").split()
    longer = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    for at in draw(st.lists(st.sampled_from(longer), min_size=1, max_size=2, unique=True)):
        word = words[at]
        places = [place for place in range(1, len(word)) if word[place] in _HEARD_AS]
        if places:
            place = draw(st.sampled_from(places))
            words[at] = word[:place] + _HEARD_AS[word[place]] + word[place + 1 :]
    return meant, " ".join(words)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, hands: HandsThread) -> Conversation:
    folder = tmp_path_factory.mktemp("drawn")
    (folder / "home.py").write_text(HOME)
    return made(folder, hands, folder / "home.py")


@settings(max_examples=40, deadline=None)
@given(misheard())
def test_drawn_misspellings_are_found(shared: Conversation, one: tuple[str, str]) -> None:
    meant, heard = one
    offered = shared.candidates([heard])
    if offered or normalise(heard) != normalise(meant):
        assert meant in offered or _is_taken(shared, heard), (heard, offered)


def _is_taken(conversation: Conversation, heard: str) -> bool:
    decision = conversation.decide(heard)
    return decision is not None and decision.name != "model"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_whatever_was_heard_there_is_an_answer(shared: Conversation, heard: list[str]) -> None:
    offered = shared.candidates(heard)
    assert len(offered) <= MOST
    assert len(set(offered)) == len(offered)
    assert all(one[0] == one[0].upper() and one[-1] in ".?" for one in offered)


# -- its parts -------------------------------------------------------------------------------------


def test_the_sayings_are_taken_by_the_flows_that_they_are_for(shared: Conversation) -> None:
    names = {flow.name for flow in shared.flows} | {
        entry.id for entry in shared.knowledge.replies.entries
    }
    assert set(SAYINGS) <= names
    with_text = {"holiday.when", "date.until", "time.zone", "time.difference"}
    without = (
        "unit.",
        "money.",
        "list.",
    )  # units that do not go together, lists that are not there
    fill = {
        "{length}": "10 minutes", "{when}": "7 AM", "{number}": "15", "{other}": "12",
        "{text}": "pasta", "{thing}": "camping", "{day}": "Friday", "{clock}": "noon",
    }  # fmt: skip
    missed = []
    index = shared.knowledge.expected.make()._sayable
    for row in index.rows:
        if row.source.is_usual and row.source.flow is not None and not row.source.is_users:
            name = row.source.name
            if name.startswith(without) or {"it", "how's"} & set(row.words):
                continue
            filled = fill | ({"{text}": "Christmas"} if name in with_text else {})
            filled |= {"{text}": "Tokyo", "{thing}": "London"} if name.startswith("time.") else {}
            text = " ".join(filled.get(word, word) for word in row.words)
            decision = shared.decide(text)
            assert decision is not None
            if decision.name.split(".")[0] != name.split(".")[0]:
                missed.append((text, decision.name))
    assert not missed


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("3 hours in 10 minutes", "3 hours and 10 minutes"),
        ("for tea minutes", "4 minutes"),
        ("30 sections", "30 seconds"),
        ("half an our", "half an hour"),
    ],
)
def test_a_length_is_read_from_what_sounds_like_one(said: str, first: str) -> None:
    def parses(words: str) -> bool:
        return DURATION.parse(words, NOW) is not None

    found = values("length", said.split(), parses)
    assert normalise(first) in [normalise(one) for one in found], found
    assert values("length", "the old garden gate".split(), parses) == []


def test_inventions_are_canonical() -> None:
    assert {normalise(one) for one in INVENTED} <= INVENTED | {"um", ""}


def test_nothing_is_made_before_somebody_asks(tmp_path: Path, hands: HandsThread) -> None:
    fresh = made(tmp_path, hands)
    expected: Expected = fresh.knowledge.expected
    assert not expected.is_made
    fresh.candidates(())
    assert expected.is_made


@pytest.mark.skipif(not REQUESTS.is_file(), reason="needs ../shared/data/requests.tsv")
def test_few_open_requests_have_candidates(shared: Conversation) -> None:
    with REQUESTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    open_ones = [row["text"] for row in rows if row["kind"] in ("other", "open")][::10]
    offered = [text for text in open_ones if shared.candidates([text])]
    assert len(offered) <= 0.15 * len(open_ones), len(offered) / len(open_ones)
