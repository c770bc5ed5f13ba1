"""What is said into an answer: little words, the assistant's own voice, and real requests."""

from __future__ import annotations

import pytest

from assistant.language.en.backchannel import is_backchannel
from assistant.talk.self_echo import is_own_voice

SAID = "The sky is blue because of a process called Rayleigh scattering."


@pytest.mark.parametrize("text", ["Mhm.", "Yeah, right.", "Okay", "oh wow", "I see."])
def test_little_words_let_the_speaker_go_on(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize("text", ["No.", "Stop!", "Wait", "Yeah but why?", "What?", "", "..."])
def test_other_words_do_not(text: str) -> None:
    assert not is_backchannel(text)


@pytest.mark.parametrize(
    "text", ["the sky is blue because of", "called Rayleigh scattering", SAID, "a process called"]
)
def test_the_own_voice_is_recognised(text: str) -> None:
    assert is_own_voice(text, SAID)


@pytest.mark.parametrize(
    "text", ["Why is it called that?", "the sky", "What day is it today?", "Stop talking now.", ""]
)
def test_what_the_user_says_is_not_taken_for_it(text: str) -> None:
    assert not is_own_voice(text, SAID)
