"""What was heard freely and the known phrase that won: the rule, its way to log and screen, then
the real model on synthesised speech."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from assistant.audio.script import Segment
from assistant.config import TranscriberConfig
from assistant.hearing.known import (
    BATCH,
    CONTAINED_TOKEN,
    LEAST_GAIN,
    LEAST_MEAN,
    LEAST_WORD_GAIN,
    MISSING_TOKEN,
    MOST_PHRASES,
    choose,
    gain_of,
    is_settled,
    spelled_like,
)
from assistant.hearing.repetition import collapse_loops
from assistant.hearing.scoring import Scored
from assistant.hearing.transcribe import Whisper
from assistant.log.entry import body
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, Transcript
from assistant.tui.detail import detail_lines
from tests import tui_feed
from tests.scripted import Session, Words, drawn
from tests.test_log_turns import Deciding, logging, turn, turns
from tests.test_transcribe import MODELS, Speaker, go_on, speaker
from tests.tiny_whisper import write_tiny_whisper

FREE = "Senate timer for 30 seconds."
WON = "Set a timer for 30 seconds."


class Fused(Words):
    """Hears `FREE`, which becomes `WON`."""

    def transcribe(self, *given: object, **options: object) -> Transcript | None:
        found = super().transcribe(*given, **options)  # type: ignore[arg-type]
        return found and replace(found, text=WON, free=FREE, margin=2.25)


__all__ = ["speaker"]  # the fixture


def scored(text: str, *logprobs: float) -> Scored:
    return Scored(text, logprobs)


# -- the rule ------------------------------------------------------------------------------------


def test_a_known_phrase_wins_though_it_is_a_little_less_likely() -> None:
    free = scored("Turn on the kitchen whites.", *[-0.2] * 6)
    other = scored("Turn off the kitchen lights.", -0.2, -7.5, *[-0.5] * 4)
    near = scored("Turn on the kitchen lights.", *[-0.2] * 4, -2.0, -0.2)
    choice = choose(free, [other, near])
    assert choice is not None
    assert choice.text == "Turn on the kitchen lights."
    assert choice.margin == pytest.approx(-1.8 - LEAST_GAIN)


def test_a_phrase_that_nobody_said_does_not_win() -> None:
    free = scored("Turn on the kitchen whites.", *[-0.2] * 6)
    far = scored("Turn off the kitchen lights.", -0.2, LEAST_GAIN - 0.21, *[-0.2] * 4)
    assert choose(free, [far]) is None
    just = scored("Turn off the kitchen lights.", -0.2, LEAST_GAIN - 0.19, *[-0.2] * 4)
    assert choose(free, [just]) is not None
    assert choose(free, []) is None


def test_a_single_word_must_be_likelier() -> None:
    free = scored("Down.", -0.2, -0.2)
    assert choose(free, [scored("Don't.", -0.2, LEAST_WORD_GAIN - 0.19, -0.2)]) is None
    assert choose(free, [scored("Don't.", -0.2, LEAST_WORD_GAIN + 0.01, -0.2)]) is not None


def test_over_noise_nothing_is_likely_enough() -> None:
    free = scored("you", -4.0)
    assert choose(free, [scored("No", LEAST_MEAN - 0.01)]) is None
    assert choose(free, [scored("No", LEAST_MEAN + 0.01)]) is not None


def test_a_phrase_is_not_the_beginning_of_what_was_said() -> None:
    free = scored("Texts week I am away.", *[-0.1] * 6)
    begun = scored("Next.", -0.1, -0.6)
    assert gain_of(begun, free) == pytest.approx(-0.1 - 4 * MISSING_TOKEN)
    assert choose(free, [begun]) is None
    whole = scored("Next week I am away.", *[-0.1] * 6)
    assert gain_of(begun, whole) == pytest.approx(-0.1 - 4 * CONTAINED_TOKEN)


def test_where_nothing_was_heard_a_phrase_may_have_been_said() -> None:
    nothing = scored("")
    choice = choose(nothing, [scored("Pause.", -1.5, -0.8)])
    assert choice is not None
    assert choice.text == "Pause."
    assert choose(nothing, [scored("Pause.", -3.0, -3.0)]) is None


def test_a_phrase_that_stands_in_the_free_text_was_not_misheard() -> None:
    free = scored("Pause the music.", *[-0.1] * 4)
    assert choose(free, [scored("Pause", -0.1, -0.1)]) is None
    assert choose(free, [scored("Applause", -0.1, -0.1)]) is not None


def test_another_number_must_be_the_likelier_one() -> None:
    free = scored("Set a timer for 15 minutes.", *[-0.2] * 7)
    less = scored("Set a timer for 50 minutes.", *[-0.2] * 4, -0.3, *[-0.2] * 2)
    more = scored("Set a timer for 50 minutes.", *[-0.2] * 4, -0.1, *[-0.2] * 2)
    assert choose(free, [less]) is None
    choice = choose(free, [more])
    assert choice is not None
    assert choice.margin == pytest.approx(0.1)
    spoken = scored("Set a timer for fifty minutes.", *[-0.2] * 4, -0.3, *[-0.2] * 2)
    assert choose(free, [spoken]) is None


def test_of_two_numbers_that_are_as_likely_none_is_taken() -> None:
    free = scored("Senate timer for 15 minutes.", *[-0.5] * 7)
    one = scored("Set a timer for 15 minutes.", *[-0.6] * 7)
    near = scored("Set a timer for 50 minutes.", *[-0.6] * 6, -0.9)
    far = scored("Set a timer for 50 minutes.", *[-0.6] * 6, -1.4)
    assert choose(free, [one, near]) is None
    assert choose(free, [one, far]) is not None


def test_the_words_of_the_free_text_are_no_other_phrase() -> None:
    free = scored("Dim the lights to 30%.", *[-0.3] * 8)
    assert choose(free, [scored("Dim the lights to 30 percent.", *[-0.1] * 8)]) is None
    worse = scored("Turn the lights to 30 percent.", *[-0.5] * 8)
    assert choose(free, [scored("dim the lights to 30%", *[-0.2] * 8), worse]) is None


_LOGS = st.lists(st.floats(-12, 0), min_size=1, max_size=8)


@given(_LOGS, st.lists(_LOGS, max_size=5))
def test_whatever_wins_is_known_and_likely_enough(
    own: list[float], rest: list[list[float]]
) -> None:
    free = scored("Something else.", *own)
    known = [scored(f"Phrase {chr(97 + at)}.", *logs) for at, logs in enumerate(rest)]
    choice = choose(free, known)
    if choice is not None:
        (best,) = [one for one in known if one.text == choice.text]
        assert best.mean >= LEAST_MEAN
        assert gain_of(best, free) == max(gain_of(one, free) for one in known)
        assert choice.margin == gain_of(best, free) - LEAST_GAIN >= 0


@pytest.mark.parametrize(
    ("phrase", "free", "spelled"),
    [
        ("Cancel all timers.", "Cancel all tires.", "Cancel all timers."),
        ("Cancel all timers.", "cancel all tires", "cancel all timers"),
        ("Is the door open?", "Is the toy open", "Is the door open"),
        ("I want tea.", "a warty", "I want tea"),
        ("Pause.", "", "Pause."),
    ],
)
def test_a_phrase_is_spelled_as_the_free_text(phrase: str, free: str, spelled: str) -> None:
    assert spelled_like(phrase, free) == spelled


def test_the_rest_of_the_phrases_is_scored_only_where_the_free_text_is_unsure() -> None:
    assert is_settled(scored("Watch the wedding.", *[-0.4] * 5), [])
    unsure = scored("Watch the wedding.", *[-0.6] * 5)
    assert not is_settled(unsure, [scored("Watch the bedroom.", *[-1.5] * 5)])
    assert is_settled(unsure, [scored("Watch the bedroom.", *[-0.9] * 5)])
    assert not is_settled(scored(""), [])


# -- where it stands -----------------------------------------------------------------------------


def test_what_was_heard_freely_stands_in_record_log_and_trace(tmp_path: Path) -> None:
    text = Deciding()
    session = Session(
        words=Fused(lambda seconds: WON), text=text, hands=text.hands, log=logging(tmp_path)
    )
    (record,) = session.run(Segment(samples=drawn("#" * 20)))
    assert session.log.close(10.0)
    assert (record.transcript, record.free, record.margin) == (WON, FREE, 2.25)
    shown = record.as_json()
    assert (shown["transcript"], shown["free"], shown["margin"]) == (WON, FREE, 2.25)
    (row,) = turns(tmp_path)
    assert (row["request"], row["free"], row["heard"]["margin"]) == (WON, FREE, 2.25)


def test_a_turn_that_was_heard_freely_says_nothing_of_it(tmp_path: Path) -> None:
    made = body(turn(), lambda text: text)
    assert "free" not in made
    assert "instead of" not in detail_lines(tui_feed.FULL, 90).plain


def test_what_was_heard_freely_is_redacted_and_kept_secret_like_the_request() -> None:
    entry = turn(request="Pay now.", free="Pay 4111.")
    assert body(entry, lambda text: text.replace("4111", "[card]"))["free"] == "Pay [card]."
    secret = turn(request="Seven three one nine.", free="Seven 3 1 9.", is_secret=True)
    assert "9" not in json.dumps(body(secret, lambda text: text)["request"])
    assert "free" not in body(secret, lambda text: text)


def test_the_window_of_a_turn_shows_both() -> None:
    record = replace(tui_feed.FULL, transcript=WON, free=FREE, margin=2.25)
    lines = detail_lines(record, 90).plain.splitlines()
    assert lines[0].split() == ["heard", *WON.split()]
    assert lines[1].strip() == f"instead of {FREE}  won on the sound by 2.2"


# -- other models ---------------------------------------------------------------------------------


def noise_heard(
    directory: Path, expected: str | None = None
) -> tuple[list[tuple[str, ...]], list[tuple[Scored, ...]]]:
    """The texts of which candidates were wanted, and the scores: of a model that knows no words,
    while one text is expected."""
    asked: list[tuple[str, ...]] = []
    seen: list[tuple[Scored, ...]] = []
    own = Whisper(directory, TranscriberConfig(model=str(directory), device="cpu", threads=1))

    def candidates(heard: Sequence[str]) -> Sequence[str]:
        asked.append(tuple(heard))
        return ["Pause.", "Next."]

    own.candidates = candidates
    own.count_expected = lambda text: 100 * (text == expected)
    own.choose = lambda free, known: seen.append((free, *known))
    noise = np.random.default_rng(1).integers(-9000, 9000, SAMPLE_RATE_HZ).astype(np.int16)
    assert own.transcribe(noise, go_on) is not None
    return asked, seen


@pytest.mark.parametrize("languages", [(), ("en", "de")])
def test_a_model_of_ones_own_scores_phrases_too(tmp_path: Path, languages: Sequence[str]) -> None:
    write_tiny_whisper(tmp_path / "own", languages=tuple(languages))
    asked, seen = noise_heard(tmp_path / "own")
    assert len(asked) == 1
    ((_, *known),) = seen
    assert [one.text for one in known] == ["Pause.", "Next."]
    assert all(one.logprobs and max(one.logprobs) < 0 for one in known)


def test_candidates_are_wanted_for_the_transcript_first(tmp_path: Path) -> None:
    write_tiny_whisper(tmp_path / "own")
    (texts,), _ = noise_heard(tmp_path / "own")
    assert len(texts) > 1
    (others,), ((free, *_),) = noise_heard(tmp_path / "own", expected=texts[-1])
    assert others == (texts[-1], *texts[:-1])
    assert free.text == collapse_loops(texts[-1]) != collapse_loops(texts[0])


def test_a_conversion_that_cannot_align_has_no_candidates(tmp_path: Path) -> None:
    write_tiny_whisper(tmp_path / "own")
    settings = tmp_path / "own" / "config.json"
    named = json.loads(settings.read_text())
    del named["alignment_heads"]
    settings.write_text(json.dumps(named))
    assert noise_heard(tmp_path / "own") == ([], [])


# -- the real model ------------------------------------------------------------------------------

POOL = (
    "Turn on the kitchen lights.",
    "Turn off the kitchen lights.",
    "Set a timer for 15 minutes.",
    "Set a timer for 50 minutes.",
    "Lock the front door.",
    "Unlock the front door.",
    "Pause.",
    "Next.",
    "Cancel all timers.",
)


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    directory = MODELS / "whisper-tiny.en"
    if not directory.is_dir():
        pytest.skip("needs models/whisper-tiny.en (make models)")
    return Whisper(directory, TranscriberConfig(threads=2))


@pytest.fixture
def asked(whisper: Whisper, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The texts of which candidates were wanted; all of `POOL` are."""
    seen: list[tuple[str, ...]] = []

    def candidates(heard: Sequence[str]) -> Sequence[str]:
        seen.append(tuple(heard))
        return sorted(POOL, key=lambda phrase: -max(fuzz.ratio(phrase, one) for one in heard))

    monkeypatch.setattr(whisper, "candidates", candidates)
    return seen


def in_hum(sound: Int16Array, snr_db: float) -> Int16Array:
    """With a steady noise like a fan's, so far below the loud parts."""
    noise = np.cumsum(np.random.default_rng(3).standard_normal(len(sound)))
    noise -= np.convolve(noise, np.ones(800) / 800, mode="same")
    loud = sound[np.abs(sound.astype(np.int32)) > 600].astype(np.float64)
    level = np.sqrt(np.mean(loud**2) / np.mean(noise**2) / 10 ** (snr_db / 10))
    mixed = np.clip(sound + level * noise, -32768, 32767)
    return np.asarray(mixed, np.int16)


@pytest.mark.models
@pytest.mark.parametrize("phrase", POOL)
def test_each_known_phrase_is_heard_in_noise(
    whisper: Whisper, speaker: Speaker, asked: list[tuple[str, ...]], phrase: str
) -> None:
    found = whisper.transcribe(in_hum(speaker.say(phrase), 6), go_on)
    assert found is not None
    assert found.text.lower().strip(".") == phrase.lower().strip(".")
    assert len(asked) == 1


@pytest.mark.models
@pytest.mark.parametrize(
    "said",
    [
        "What is the capital of Sweden?",
        "The front door is painted blue.",
        "Next week I am away.",
        "Turn off the kitchen tap.",
        "Set the kitchen table for six people.",
        "Because of the noise.",
        "Cancel my flight to Dallas.",
        "I never pause when I read.",
        "Who locked the cat in?",
    ],
)
@pytest.mark.parametrize("snr_db", [60, 10])
def test_what_is_no_known_phrase_becomes_none(
    whisper: Whisper,
    speaker: Speaker,
    asked: list[tuple[str, ...]],
    said: str,
    snr_db: float,
) -> None:
    found = whisper.transcribe(in_hum(speaker.say(said), snr_db), go_on)
    assert found is not None
    assert (found.free, found.margin) == ("", 0.0)
    assert found.text not in POOL
    assert asked


@pytest.mark.models
def test_noise_becomes_no_command(whisper: Whisper, asked: list[tuple[str, ...]]) -> None:
    random = np.random.default_rng(5)
    for level in (30, 300, 3000):
        sound = random.standard_normal(SAMPLE_RATE_HZ) * level * np.linspace(1, 0, SAMPLE_RATE_HZ)
        found = whisper.transcribe(sound.clip(-32768, 32767).astype(np.int16), go_on)
        assert found is not None
        assert found.free == ""
        assert found.text not in POOL
    assert len(asked) == 3


@pytest.mark.models
def test_a_misheard_command_becomes_the_phrase_that_was_said(
    whisper: Whisper, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = speaker.say("Senate timer for 50 seconds.")
    free = whisper.transcribe(sound, go_on)
    monkeypatch.setattr(whisper, "candidates", lambda heard: ["Set a timer for 50 seconds."])
    found = whisper.transcribe(sound, go_on)
    assert free is not None
    assert found is not None
    assert free.text != "Set a timer for 50 seconds."
    assert (found.text, found.free) == ("Set a timer for 50 seconds.", free.text)
    assert found.margin > 0
    assert found.avg_logprob >= free.avg_logprob
    assert found.no_speech_prob == free.no_speech_prob


@pytest.mark.models
def test_partials_and_long_speech_have_no_candidates(
    whisper: Whisper, speaker: Speaker, asked: list[tuple[str, ...]]
) -> None:
    sound = speaker.say("Pause.")
    assert whisper.transcribe(sound, go_on, is_partial=True) is not None
    long = np.concatenate([sound, np.ones(10 * SAMPLE_RATE_HZ, np.int16)])
    assert whisper.transcribe(long, go_on) is not None
    assert asked == []


@pytest.mark.models
def test_scoring_ends_where_nobody_wants_it_and_the_free_text_stays(
    whisper: Whisper, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over: list[bool] = []
    batches: list[int] = []

    def candidates(heard: Sequence[str]) -> Sequence[str]:
        is_over.append(True)
        return POOL

    monkeypatch.setattr(whisper, "candidates", candidates)
    monkeypatch.setattr(
        "assistant.hearing.transcribe.score", lambda *given: batches.append(len(given[2]))
    )
    found = whisper.transcribe(speaker.say("Pause."), lambda: bool(is_over))
    assert found is not None
    assert found.free == ""
    assert batches == []


@pytest.mark.models
def test_no_more_is_scored_than_is_useful(
    whisper: Whisper, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.hearing import scoring, transcribe

    batches: list[int] = []
    real = scoring.score

    def counted(opened: object, memory: object, texts: Sequence[tuple[str, str]]) -> list[Scored]:
        batches.append(len(texts))
        found = real(opened, memory, texts)  # type: ignore[arg-type]
        return [Scored(one.text, tuple(x * unsure for x in one.logprobs)) for one in found]

    monkeypatch.setattr(transcribe, "score", counted)
    monkeypatch.setattr(whisper, "candidates", lambda heard: [f"Phrase {n}." for n in range(40)])
    sound = speaker.say("What is the capital of Sweden?")
    unsure = 1
    assert whisper.transcribe(sound, go_on) is not None
    assert batches == [BATCH]
    batches.clear()
    unsure = 100
    assert whisper.transcribe(sound, go_on) is not None
    assert sum(batches) == 1 + MOST_PHRASES
