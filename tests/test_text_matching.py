"""Precomputed replies: what may be taken from the model and, as important, what may not."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.language.phrases import ReplyError, read_phrase
from assistant.talk.matching import Matcher
from assistant.talk.replies import Replies, load_replies

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "requests.tsv"
NOT_ASKED = ("", "no question")


@pytest.fixture(scope="module")
def own() -> Replies:
    """The program's own replies."""
    return load_replies(None)


@pytest.fixture(scope="module")
def matcher(own: Replies) -> Matcher:
    """A matcher over them with the default limits."""
    return Matcher(own.entries, threshold=92.0, margin=4.0)


def find(matcher: Matcher, text: str) -> str:
    """The id of what answers `text`; empty when nothing does."""
    match = (
        matcher.exact(text, NOT_ASKED)
        or matcher.near(text, NOT_ASKED)
        or matcher.pattern(text, NOT_ASKED)
    )
    return match.entry.id if match else ""


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Hello there!", "greeting"),
        ("Hey assistant.", "greeting"),
        ("Thanks a lot!", "thanks"),
        ("Thanks a lot, that was great.", "thanks"),
        ("Thank you, you've been very helpful.", "thanks"),
        ("Any new messages?", "cannot read messages"),
        ("Send a message to my boss", "cannot text"),
        ("Thank you so much for your help.", "thanks"),
        ("No, thank you.", "no thanks"),
        ("Goodbye.", "goodbye"),
        ("Stop.", "stop"),
        ("Okay, stop talking, please.", "stop"),
        ("Never mind.", "cancel"),
        ("Could you repeat that?", "repeat"),
        ("What did you say?", "repeat"),
        ("Who are you?", "who are you"),
        ("Are you a robot?", "bot"),
        ("How old are you?", "age"),
        ("Can you hear me?", "hear me"),
        ("Where does my data go?", "privacy"),
        ("How are you doing today?", "how are you"),
        ("Yes.", "yes"),
        ("Nope.", "no"),
        ("What is the meaning of life?", "meaning of life"),
        ("What's the weather like in Paris tomorrow?", "cannot weather"),
        ("Play some music.", "cannot play"),
        ("Set an alarm for seven.", "alarm not understood"),
        ("Add milk to my shopping list.", "lists"),
    ],
)
def test_everyday_words_are_answered(matcher: Matcher, text: str, entry: str) -> None:
    assert find(matcher, text) == entry


@pytest.mark.parametrize(
    "text",
    [
        "Who is the president of France?",
        "Who made the first computer?",
        "What is the name of the longest river?",
        "What is the meaning of the word life?",
        "How old is the universe?",
        "How are clouds made?",
        "How are you able to fly a plane?",
        "Stop the world, I want to get off.",
        "How do I stop smoking?",
        "Hello in Japanese",
        "Thank you notes: how are they written?",
        "Yes or no, is the earth flat?",
        "Where are you supposed to change trains in Leeds?",
        "Why did Rome fall?",
        "Do you know what a quark is?",
        "Is a robot cheaper than a worker?",
        "Tell me about the weathering of rocks.",
        "What did you say about Paris?",
        "How do plants play a part in the climate?",
        "What is the joke in that story about?",
        "Can dogs hear me whistle?",
    ],
)
def test_open_questions_are_left_to_the_model(matcher: Matcher, text: str) -> None:
    assert find(matcher, text) == ""


def entries_of(tmp_path: Path, toml: str) -> Matcher:
    """A matcher over the entries of a file of the user's and nothing else."""
    file = tmp_path / "mine.toml"
    file.write_text(f"extends = false\n{toml}", encoding="utf-8")
    return Matcher(load_replies(file).entries, threshold=80.0, margin=4.0)


def entry(name: str, phrase: str, more: str = "") -> str:
    """One entry as TOML."""
    return f'[[reply]]\nid = "{name}"\nphrases = ["{phrase}"]\nanswers = ["Fine."]\n{more}\n'


def test_a_misspelt_word_is_a_near_miss_and_says_so(tmp_path: Path) -> None:
    mine = entries_of(tmp_path, entry("door", "open the garage door"))
    match = mine.near("open the garrage door")
    assert match is not None
    assert match.why == "nearly a known phrase: door"
    assert round(match.score, 2) == 0.98


@pytest.mark.parametrize(
    "text",
    [
        "do not open the garage door",
        "open the garage door slowly",
        "open my garage door",
        "why open the garage door",
        "open garage door 2",
        "open the cottage door",
        "garage",
    ],
)
def test_near_misses_that_mean_something_else_are_refused(tmp_path: Path, text: str) -> None:
    mine = entries_of(tmp_path, entry("door", "open the garage door"))
    assert mine.near(text) is None


def test_two_entries_as_near_as_each_other_answer_nothing(tmp_path: Path) -> None:
    toml = entry("a", "start the washing") + entry("b", "start the mashing")
    assert entries_of(tmp_path, toml).near("start the wmashing") is None
    assert entries_of(tmp_path, entry("a", "start the washing")).near("start the wmashing")


def test_one_word_is_only_taken_exactly(tmp_path: Path) -> None:
    mine = entries_of(tmp_path, entry("hi", "congratulations"))
    assert mine.near("congratulation") is None
    assert mine.exact("Congratulations!")


@pytest.mark.parametrize(
    "text", ["I'd like a small coffee with milk", "coffee", "Coffee, please.", "one coffee to go"]
)
def test_a_star_stands_for_any_words(tmp_path: Path, text: str) -> None:
    assert entries_of(tmp_path, entry("coffee", "* coffee *")).pattern(text)


@pytest.mark.parametrize("text", ["a coffeepot", "tea please", "decaf coffee"])
def test_a_star_needs_its_word_and_none_of_unless(tmp_path: Path, text: str) -> None:
    mine = entries_of(tmp_path, entry("coffee", "* coffee *", 'unless = ["decaf"]'))
    assert mine.pattern(text) is None


def test_needs_keeps_an_entry_silent(matcher: Matcher) -> None:
    assert matcher.exact("yes", ("", "question")) is None
    assert matcher.exact("yes", ("", "no question"))


def test_notation() -> None:
    assert read_phrase("(hi|hello) [there]").expanded == ("hi there", "hi", "hello there", "hello")
    assert read_phrase("what's [the] time").covers("what is time")
    assert not read_phrase("(hi|hello) [there]").covers("hi you")


@pytest.mark.parametrize(
    "notation",
    [
        "(a",
        "a)",
        "[a|b",
        "(a]",
        "[a]",
        "()",
        "*",
        "* [a] * [b] * [c] * [d] * e",
        "* [a] [*] [b] * [c] [*] [d] * e",
    ],
)
def test_notation_that_cannot_be_read_is_refused(notation: str) -> None:
    with pytest.raises(ReplyError):
        read_phrase(notation)


@pytest.mark.parametrize(
    "notation", ["* * * * * * a", "* a * b * c * d * e * f", "* (a *|b *) * (c *|d *) * e * f"]
)
def test_places_for_any_words_need_words_between_them(notation: str) -> None:
    assert read_phrase(notation).covers(
        "x a b x b c d x d e x e f x a"[: -4 if "f" in notation else 99]
    )


@pytest.mark.parametrize(
    ("toml", "part"),
    [
        ('[[reply]]\nid = "a"\nphrase = ["x"]\nanswers = ["y"]', "did you mean 'phrases'?"),
        ('[[reply]]\nid = "a"\nphrases = ["x"]', "has no answers"),
        ('[[reply]]\nphrases = ["x"]\nanswers = ["y"]', "has no id"),
        (entry("a", "x", 'kind = "stpo"'), "use one of: 'reply', 'stop'"),
        (entry("a", "same words") + entry("b", "same words"), "is in both 'a' and 'b'"),
        (entry("a", "x") + entry("a", "y"), "the id 'a' twice"),
        (entry("a", "x", "unless = 3"), "unless is 3"),
        ('[[guardrail]]\nid = "g"\nregex = ["("]\nanswers = ["y"]', "is wrong"),
        ("[[replies]]", "did you mean 'reply'?"),
        ("reply = 3", "not a list"),
        ('extends = "no"', "use true or false"),
        ("[[", "not valid TOML"),
    ],
)
def test_mistakes_in_a_file_are_named(tmp_path: Path, toml: str, part: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(toml, encoding="utf-8")
    with pytest.raises(ReplyError) as caught:
        load_replies(file)
    assert part in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReplyError, match=r"cannot read .*gone\.toml"):
        load_replies(tmp_path / "gone.toml")


def test_the_users_entries_come_before_the_programs_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(entry("mine", "hello there"), encoding="utf-8")
    mixed = Matcher(load_replies(file).entries, threshold=92.0, margin=4.0)
    assert find(mixed, "hello there") == "mine"
    assert find(mixed, "stop") == "stop"


def test_answers_take_turns_in_an_order_of_the_seed(own: Replies) -> None:
    thanks = next(one for one in own.entries if one.id == "thanks")
    said = [own.answer(thanks, uses) for uses in range(2 * len(thanks.answers))]
    assert set(said[: len(thanks.answers)]) == set(thanks.answers)
    assert all(a != b for a, b in pairwise(said))
    assert said == [load_replies(None).answer(thanks, uses) for uses in range(len(said))]


def test_all_texts_holds_every_answer_once(own: Replies) -> None:
    texts = own.all_texts()
    assert len(texts) == len(set(texts))
    assert {text for one in own.entries for text in one.answers} <= set(texts)
    assert {text for rail in own.guardrails for text in rail.answers} <= set(texts)


@pytest.mark.data
def test_requests_of_other_kinds_are_not_taken(matcher: Matcher) -> None:
    if not DATA.exists():
        pytest.skip("needs ../shared/data/requests.tsv")
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    foreign = [row["text"] for row in rows if row["kind"] != "everyday"]
    taken = [text for text in foreign if find(matcher, text)]
    assert len(foreign) == 1960
    assert len(taken) < 10, taken
    everyday = [row["text"] for row in rows if row["kind"] == "everyday"]
    assert sum(bool(find(matcher, text)) for text in everyday) > 400


def test_own_words_are_those_that_only_the_file_of_the_user_has(tmp_path: Path) -> None:
    file = tmp_path / "replies.toml"
    for extends in ("", "extends = false\n"):
        file.write_text(
            extends + '[[reply]]\nid = "door"\nphrases = ["open [the] (Zwinger|orangerie) *"]\n'
            'answers = ["It is open."]\n',
            encoding="utf-8",
        )
        replies = load_replies(file)
        assert replies.own_words == {"zwinger", "orangerie"}
        assert replies.count_own_words("Open the Zwinger, and the zwinger, please.") == 1
    assert load_replies(None).count_own_words("Open the Zwinger.") == 0
