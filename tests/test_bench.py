"""The benchmark's arms, figures, card and picture from made-up parts; one short real run."""

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.bench.arms import ARMS, REPLIES_FILE, bench_config, make_baselines, parse_names
from assistant.bench.baselines import ModelOnly, WholeSentences, sentences, stock_wait_ms
from assistant.bench.card import Report
from assistant.bench.figures import percentile, ratios, spread, summarise, word_error_rate
from assistant.bench.picture import picture
from assistant.bench.run import rotated
from assistant.bench.session import Row
from assistant.config import Config, ReplyPauseConfig, TurnConfig
from assistant.engine.ears import Senses
from assistant.engine.engine import Stages
from assistant.errors import ConfigError
from assistant.language.en.prompt import opening
from assistant.messages import Float32Array, Int16Array, Reply, Weighing
from assistant.talk.matching import Matcher
from assistant.talk.replies import load_replies
from assistant.talk.silent import Previewed
from tests.scripted import Echoing, LoudnessDetector, PassThrough, Words

Stop = Callable[[], bool]


def never() -> bool:
    return False


class Judge:
    """Calls every turn complete."""

    def completeness(self, samples: Int16Array) -> float:
        return 1.0


class PiecewiseVoice:
    """Gives each clause in pieces, as a streaming voice does."""

    rate_hz = 16_000

    def __init__(self) -> None:
        self.asked: list[str] = []

    def synthesise(self, text: str, should_stop: Stop) -> Iterator[Float32Array]:
        self.asked.append(text)
        yield np.zeros(100, np.float32)
        yield np.ones(50, np.float32)


class Model:
    """Streams one answer word by word; remembers what it was asked."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.given = 0
        self.asked: list[list[dict[str, str]]] = []

    def stream(self, messages: list[dict[str, str]], should_stop: Stop) -> Iterator[str]:
        self.asked.append(messages)
        for word in self.answer.split(" "):
            self.given += 1
            yield word + " "

    def anticipate(self, messages: list[dict[str, str]], should_stop: Stop) -> None:
        raise AssertionError("a baseline does not work ahead")

    def sentence_end(self, messages: list[dict[str, str]], should_stop: Stop) -> float | None:
        raise AssertionError("a baseline weighs no words")

    def warm_up(self, messages: list[dict[str, str]], should_stop: Stop = never) -> None:
        self.asked.append(messages)


@pytest.fixture
def stages() -> Stages:
    return Stages(
        senses=Senses(canceller=PassThrough(), detector=LoudnessDetector(), judge=Judge()),
        transcriber=Words(lambda seconds: "hello"),
        noise_rule=lambda transcript, speech_ms: None,
        text=Echoing(),
        voice=PiecewiseVoice(),
        prepared=lambda text, rate_hz: np.zeros(1, np.float32),
        resample=lambda samples, from_hz, to_hz: samples,
    )


def row(arm: str, latency_ms: float | None, **changed: object) -> Row:
    made = Row(
        file="a.flac",
        kind="orders",
        arm=arm,
        onset_s=1.0,
        first_audible_s=None if latency_ms is None else 1.0 + latency_ms / 1000,
        latency_ms=latency_ms,
        is_answered=latency_ms is not None,
        is_false_start=False,
        source="model" if latency_ms is not None else "",
        transcript="one latte",
        reply="Coming right up.",
        takes=1,
        takes_wasted=int(latency_ms is None),
        commit_ms=300.0 if latency_ms is not None else None,
        cpu_s=1.5,
        stages={"pause": 100.0, "voice": latency_ms - 100} if latency_ms else {},
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type]


ROWS = [
    *(row("assistant", 100.0 * n, source="precomputed" if n < 3 else "tool") for n in range(1, 5)),
    row("assistant", None, is_false_start=True, takes=3, takes_wasted=3),
    *(row("stock", 1000.0) for _ in range(4)),
]

# -- arms -----------------------------------------------------------------------------------------


def test_each_baseline_is_what_its_name_says(stages: Stages) -> None:
    whisper = Words(lambda seconds: "stock")
    made = {arm.name: arm for arm in make_baselines(Config(), stages, whisper, Model("Yes."))}
    assert set(made) == set(ARMS) - {"assistant"}
    for arm in made.values():
        assert not arm.config.turn.speculation
        assert arm.config.transcriber.partials_ms == 0
        assert arm.config.reply_pause_ms == ReplyPauseConfig(model=0)
        assert arm.stages.transcriber is whisper
        assert arm.stages.prepared("Coming right up.", 16_000) is None
        assert isinstance(arm.stages.text, ModelOnly)
        assert isinstance(arm.stages.voice, WholeSentences)
    for name, timer_ms in (("naive-300", 300), ("naive-1500", 1500)):
        turn = made[name].config.turn
        assert (turn.endpointing, turn.timer_ms) == ("timer", timer_ms)
        assert made[name].stages.senses.judge is None
        rule = made[name].stages.senses.wait_rule
        assert rule(0.99, "hello", turn, speech_ms=900.0, is_known=True) == timer_ms
    stock = made["stock"]
    assert stock.config.turn.speculate_ms == 200
    assert stock.stages.senses.judge is stages.senses.judge
    assert stock.stages.senses.wait_rule is stock_wait_ms
    assert stock.stages.senses.judge_at_ms == (200,)


def test_the_arms_do_not_share_a_history(stages: Stages) -> None:
    model = Model("Yes.")
    first, second, _ = make_baselines(Config(), stages, stages.transcriber, model)
    first.stages.text.remember(0, "my name is Ann", "Hello Ann.")
    second.stages.text.settle(never)
    first.stages.text.settle(never)
    alone = len(opening(""))
    assert [len(messages) for messages in model.asked] == [alone, alone + 2]


@pytest.mark.parametrize(
    ("completeness", "wait_ms"), [(None, 3000.0), (0.5, 3000.0), (0.51, 0.0), (0.99, 0.0)]
)
def test_the_stock_rule_is_all_or_nothing(completeness: float | None, wait_ms: float) -> None:
    assert stock_wait_ms(completeness, "so", TurnConfig(), speech_ms=900.0) == wait_ms


def test_the_naive_arm_waits_for_the_last_word_and_the_stock_arm_for_a_sentence() -> None:
    answer = "Well, that depends. Ask me again! And once more."
    marks: list[str] = []
    weighed: list[float] = []
    weighing = Weighing(tell=weighed.append, is_wanted=lambda: True)
    whole, by_sentence = Model(answer), Model(answer)
    naive = list(baseline_answer(ModelOnly(Config(), whole, whole=True), marks, weighing))
    assert [reply.text for reply in naive] == ["Well, that depends. Ask me again!"]
    replies = baseline_answer(ModelOnly(Config(), by_sentence, whole=False), marks, weighing)
    assert next(replies).text == "Well, that depends."
    assert by_sentence.given < whole.given
    assert [reply.text for reply in replies] == ["Ask me again!"]
    assert marks[0] == "first token"
    assert weighed == []


def baseline_answer(layer: ModelOnly, marks: list[str], weighing: Weighing) -> Iterator[Reply]:
    """The answer to "why?", live."""
    decision = layer.decide("why?", 1)
    assert decision is not None
    return layer.replies(decision, "why?", Marking(marks), weighing)


class Marking(Previewed):
    """Notes what is reached."""

    def __init__(self, marks: list[str]) -> None:
        super().__init__(never)
        object.__setattr__(self, "marks", marks)

    def mark(self, name: str) -> None:
        self.marks.append(name)


def test_sentences_are_never_cut_at_a_comma() -> None:
    pieces = iter(["In the beginning, ", "there was light. ", "Then, much later, us."])
    assert list(sentences(pieces)) == [
        "In the beginning, there was light.",
        "Then, much later, us.",
    ]


def test_a_baselines_voice_gives_whole_sentences() -> None:
    voice = PiecewiseVoice()
    pieces = list(WholeSentences(voice).synthesise("One, two. Three.", never))
    assert voice.asked == ["One, two.", "Three."]
    assert [len(piece) for piece in pieces] == [150, 150]


def test_arms_are_chosen_by_name() -> None:
    assert parse_names("") == ARMS
    assert parse_names("stock, assistant") == ("assistant", "stock")
    with pytest.raises(ConfigError, match="no arm 'pipecat'"):
        parse_names("assistant,pipecat")


def test_every_arm_is_first_in_turn() -> None:
    class Named:
        def __init__(self, name: str) -> None:
            self.name = name

    arms = [Named(name) for name in "abc"]
    orders = ["".join(arm.name for arm in rotated(arms, n)) for n in range(4)]  # type: ignore[type-var,arg-type,attr-defined]
    assert orders == ["abc", "bca", "cab", "abc"]


@pytest.mark.parametrize(
    ("words", "is_order"),
    [
        ("Can I have a light-roast 12-ounce coffee?", True),
        ("I'd like a double shot iced mocha with soy milk", True),
        ("What is the capital of France?", False),
        ("Set a timer for five minutes.", False),
    ],
)
def test_the_benchmarks_replies_answer_orders_and_nothing_else(words: str, is_order: bool) -> None:
    matcher = Matcher(load_replies(REPLIES_FILE).entries, 92.0, 4.0)
    match = matcher.exact(words) or matcher.near(words) or matcher.pattern(words)
    assert (match is not None and match.entry.answers == ("Coming right up.",)) is is_order
    assert bench_config(Config()).text.replies_file == str(REPLIES_FILE)


# -- figures --------------------------------------------------------------------------------------


def test_a_percentile_is_a_measured_value() -> None:
    values = [float(n) for n in range(1, 21)]
    assert [percentile(values, share) for share in (0.5, 0.95, 1.0)] == [10.0, 19.0, 20.0]
    assert percentile([7.0], 0.5) == 7.0
    assert math.isnan(percentile([], 0.5))
    assert spread([]).as_json() == {"n": 0, "p50": None, "p95": None, "worst": None}


def test_a_summary_counts_answers_false_starts_and_waste() -> None:
    ours = summarise(ROWS)["assistant"]
    assert (ours.played, ours.latency.count, ours.false_starts) == (5, 4, 1)
    assert (ours.takes, ours.takes_wasted) == (7, 3)
    assert (ours.latency.p50, ours.latency.p95, ours.latency.worst) == (200.0, 400.0, 400.0)
    assert {name: found.count for name, found in ours.by_source.items()} == {
        "precomputed": 2,
        "tool or flow": 2,
    }
    assert ours.stages == {"pause": 100.0, "voice": 150.0}
    assert ratios(summarise(ROWS), "assistant")["stock"]["all"] == 5.0


def test_the_word_error_rate_counts_labelled_recordings_only() -> None:
    rows = [row("assistant", 1.0, said="One latte, please!"), row("assistant", 1.0)]
    assert word_error_rate(rows) == 0.0
    rows.append(row("assistant", 1.0, said="two lattes now"))
    assert word_error_rate(rows) == 0.6
    assert word_error_rate([row("assistant", 1.0)]) is None


# -- what is shown --------------------------------------------------------------------------------


@pytest.fixture
def report() -> Report:
    return Report(
        summaries=summarise(ROWS),
        machine={"processor": "A & B <8>", "cores": 2, "date": "2026-01-01", "versions": {}},
        models={"hears": "whisper-tiny.en"},
        recordings={"orders": 5},
        process={"cold_start_s": None, "warm_start_s": 3.5},
    )


def test_the_json_is_one_line_with_every_figure(report: Report) -> None:
    assert "\n" not in report.as_json()
    line = json.loads(report.as_json())
    ours = line["arms"]["assistant"]
    assert ours["latency_ms"] == {"n": 4, "p50": 200, "p95": 400, "worst": 400}
    assert (ours["played"], ours["answered"], ours["false_starts"]) == (5, 4, 1)
    assert line["ratio_p50"] == {"stock": {"all": 5.0, "orders": 5.0}}
    assert line["process"] == {"cold_start_s": None, "warm_start_s": 3.5}
    assert line["replies"] == "replies.toml"


def test_the_card_names_arms_recordings_and_replies(report: Report) -> None:
    card = report.as_card()
    for words in ("assistant         4/5", "stock             4/4", "5 orders", "replies.toml"):
        assert words in card
    assert "stock       all 5.00  orders 5.00" in card


def test_the_picture_is_one_valid_svg_with_every_arm(report: Report) -> None:
    root = ElementTree.fromstring(report.as_picture())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = {element.text for element in root.iter() if element.text}
    assert {"assistant, precomputed", "assistant, tool or flow", "stock"} <= texts
    assert "stock: p50 1000 ms" in texts
    curves = [e for e in root.iter() if e.get("class") == "curve"]
    assert len(curves) == 2
    assert ElementTree.fromstring(picture({}, "nothing was measured")) is not None


# -- the whole ------------------------------------------------------------------------------------


@pytest.mark.models
@pytest.mark.data
@pytest.mark.alone
def test_a_short_run_measures_both_arms(data: Path, tmp_path: Path) -> None:
    files = [sorted((data / folder).glob("*.flac"))[1] for folder in ("questions", "orders")]
    rows_file, picture_file = tmp_path / "rows.jsonl", tmp_path / "bench.svg"
    command = [sys.executable, "-m", "assistant", "bench", *map(str, files), "--json"]
    command += ["--only", "assistant,naive-300", "--no-process"]
    command += ["--rows", str(rows_file), "--picture", str(picture_file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    (line,) = done.stdout.splitlines()
    arms = json.loads(line)["arms"]
    assert list(arms) == ["assistant", "naive-300"]
    assert all(arm["answered"] == arm["played"] == 2 for arm in arms.values())
    rows = [json.loads(one) for one in rows_file.read_text().splitlines()]
    assert len(rows) == 4
    for one in rows:
        assert one["latency_ms"] == pytest.approx(sum(one["stages"].values()), abs=1.0)
        assert one["takes"] >= 1
        assert one["is_false_start"] is False
    ours = {one["kind"]: one["source"] for one in rows if one["arm"] == "assistant"}
    assert ours == {"questions": "model", "orders": "precomputed"}
    assert ElementTree.parse(picture_file).getroot().tag.endswith("svg")
