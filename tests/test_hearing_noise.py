"""Words that somebody said are told from words that Whisper made up, by the sound and the words.

The figures are those of turns that were measured (docs/WHISPER.md, "Noise or words").
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.hearing.hallucination import is_noise
from assistant.messages import Evidence, Transcript

CRY = "a cry, not words"
INVENTED = "what the recogniser invents, not sure enough"
UNSURE = "no speech, say recogniser and detector"


def noise(
    text: str,
    score: float = 0.9,
    confidence: float = -0.2,
    silent: float = 0.1,
    ms: float = 700,
    *,
    is_background: bool = False,
) -> str | None:
    heard = Transcript(text=text, avg_logprob=confidence, no_speech_prob=silent)
    evidence = Evidence(score=score, speech_ms=ms, span_ms=ms, is_background=is_background)
    return is_noise(heard, evidence)


@pytest.mark.parametrize("text", ["", " ", "♪", "[Music]", "(sighs)", "*sigh*", "..."])
def test_a_transcript_without_words_is_noise(text: str) -> None:
    assert noise(text) == "no words"


@pytest.mark.parametrize(
    ("text", "score", "confidence", "silent", "ms"),
    [
        ("Stop.", 0.66, -1.07, 0.38, 280),  # clean
        ("Up.", 0.67, -1.55, 0.75, 320),  # 10 dB, as those below
        ("up", 0.75, -1.74, 0.73, 140),
        ("off", 0.87, -1.51, 0.57, 240),
        ("down.", 0.84, -1.48, 0.34, 400),
        ("Go!", 0.92, -0.71, 0.45, 140),
        ("Don't!", 0.51, -0.86, 0.43, 260),
        ("Okay.", 0.88, -1.06, 0.68, 120),
        ("No.", 0.96, -0.71, 0.42, 340),  # 0 dB, as those below
        ("Alexa.", 0.85, -1.42, 0.24, 660),
        ("Come filter.", 0.84, -1.41, 0.43, 780),
        ("No.", 0.61, -0.82, 0.57, 340),
        ("What is the weather supposed to be?", 0.55, -0.60, 0.21, 1520),  # a telephone
        ("Actually, I made a mistake.", 0.61, -0.13, 0.30, 4300),
    ],
)
def test_a_short_command_in_noise_is_believed(
    text: str, score: float, confidence: float, silent: float, ms: float
) -> None:
    assert noise(text, score, confidence, silent, ms) is None


@pytest.mark.parametrize(
    ("text", "score", "confidence", "silent", "ms", "why"),
    [
        ("Okay.", 0.75, -0.66, 0.31, 240, INVENTED),  # a sneeze, as the next three
        ("Okay.", 0.75, -1.34, 0.47, 260, INVENTED),
        ("Yeah.", 0.72, -0.80, 0.62, 220, INVENTED),
        ("That's it.", 0.69, -1.34, 0.55, 420, INVENTED),
        ("Uh oh!", 0.62, -0.92, 0.65, 120, INVENTED),  # a baby
        ("Okay.", 0.65, -1.45, 0.70, 120, INVENTED),  # a dog
        ("So,", 0.72, -2.32, 0.84, 280, INVENTED),  # music
        ("you", 0.53, -1.42, 0.84, 360, INVENTED),  # a fan
        ("Mm hmm.", 0.46, -1.09, 0.76, 160, INVENTED),  # a cupboard
        ("Stop!", 0.46, -1.26, 0.64, 320, UNSURE),  # a song, as those below
        ("You get a day", 0.59, -1.05, 0.70, 1060, UNSURE),
        ("No, no, no, no.", 0.52, -0.91, 0.72, 980, UNSURE),
        ("It's a beautiful day", 0.73, -0.41, 0.45, 4300, "sung or played, says the detector"),
        ("hahahaha", 0.67, -0.77, 0.71, 360, INVENTED),  # laughter
    ],
)
def test_noise_is_not_answered(
    text: str, score: float, confidence: float, silent: float, ms: float, why: str
) -> None:
    assert noise(text, score, confidence, silent, ms) == why


def test_a_farewell_of_a_user_and_a_laugh_survive() -> None:
    assert noise("Thank you.") is None
    assert noise("Bye.", confidence=-0.5, ms=300) is None
    assert noise("Ha ha ha.") is None
    assert noise("I'll have a coffee with milk.", confidence=-0.9, silent=0.3) is None


def test_nobody_says_a_sentence_in_no_time() -> None:
    assert noise("you", ms=79) == "a sentence that the recogniser invents, and too short for it"
    assert noise("you", ms=80) is None
    assert noise("Go.", ms=79) is None


def test_what_is_said_surely_is_believed_down_to_a_floor() -> None:
    assert noise("Off.", 0.77, -1.8) is None
    assert noise("Off.", 0.77, -1.81) == UNSURE
    assert noise("Off.", 0.76, -1.76) == UNSURE
    assert noise("Turn it off.", 0.76, -1.2, silent=0.6) is None
    assert noise("Turn it off.", 0.76, -1.2, silent=0.61) == UNSURE


def test_a_voice_without_speech_in_it_has_no_detector_to_believe() -> None:
    assert noise("Off.", 0.0, -0.6) == UNSURE
    assert noise("Off.", 0.0, -0.4) is None


def test_a_known_phrase_takes_the_place_of_an_invention_only_when_it_won_clearly() -> None:
    sure = Evidence(score=0.7, speech_ms=300, span_ms=300)
    heard = Transcript(text="Off.", avg_logprob=-1.2, free="Oh.", margin=4.0)
    assert is_noise(heard, sure) is None
    assert is_noise(replace(heard, margin=3.9), sure) == INVENTED
    assert is_noise(replace(heard, margin=0.1, free="Aff."), sure) is None


def test_talk_in_the_background_is_not_answered_however_sure_it_is() -> None:
    assert noise("What time is it?", 0.98, -0.1, is_background=True) == "talk in the background"


@pytest.mark.parametrize("text", ["Ahhhhhhhhhhhh!", "Hmmmmm.", "Aaaaah! Oh!"])
def test_a_cry_is_noise_however_sure_it_is(text: str) -> None:
    assert noise(text, 0.98, -0.1) == CRY


@pytest.mark.parametrize(
    "text",
    [
        "What is 100,000 times 3?",
        "100,000",
        "1000000",
        "Count to 1,000,000.",
        "555 5512",
        "It is 5:55:55.",
        "no no no no no",
        "No, no, no, no, no!",
        "Nooooo!",
    ],
)
def test_numbers_and_what_people_say_again_are_no_cry(text: str) -> None:
    assert noise(text) is None
