"""The mood of a turn: from words, from the voice against its own turns, from what was said before.

And what follows: wordings, one apology once in a while, one line for the model, a value for flows.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from assistant.assemble.loading import make_services
from assistant.audio.script import Segment
from assistant.config import Config, config_from_dict
from assistant.config_watching import MoodConfig
from assistant.engine.hands import HandsThread
from assistant.hearing.prosody import measure_prosody
from assistant.language.phrases import ReplyError
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, Source
from assistant.mood import NEUTRAL, Mood, Prosody
from assistant.talk.flow import Ask, Say, Steps, flow
from assistant.talk.known import Fixed
from assistant.talk.manners import APOLOGY, TURNS_BETWEEN
from assistant.talk.mood import (
    FEWEST_VOICES,
    KEPT_VOICES,
    SURE_VOICES,
    compare,
    read_mood,
    with_voice,
)
from assistant.talk.moods import load_voices
from assistant.talk.replies import Entry, load_replies
from assistant.talk.request import read_request
from assistant.talk.running import Flows
from assistant.talk.services import Services
from assistant.talk.talk import Exchange, Talk
from assistant.talk.tool import Here
from tests.scripted import Session, drawn
from tests.talking import Talking
from tests.test_talk_conversation import Script
from tests.test_talk_conversation import Session as Bench

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
SENTENCES = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "mood_sentences.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
USUAL = Prosody(pitch_st=82.0, level_dbfs=-30.0, rate_hz=5.0, speech_s=2.0)
RAISED = Prosody(pitch_st=87.0, level_dbfs=-21.0, rate_hz=6.5, speech_s=2.0)
KNOWN = Talk(voices=(USUAL,) * SURE_VOICES)


def mood(text: str, talk: Talk = KNOWN, voice: Prosody | None = None) -> Mood:
    return read_mood(talk, read_request(text, NOW), voice)


def voiced(pitch_hz: float, *, level: float = 3000, syllables_hz: float = 4) -> Int16Array:
    """Two seconds of a harmonic tone whose loudness comes and goes like syllables."""
    times = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    tone = sum(np.sin(2 * np.pi * pitch_hz * n * times) / n for n in range(1, 12))
    return (level * tone * (0.55 + 0.45 * np.sin(2 * np.pi * syllables_hz * times))).astype(
        np.int16
    )


# -- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "text"), SENTENCES)
def test_words_alone_tell(label: str, text: str) -> None:
    assert mood(text).label == label


@pytest.mark.parametrize(
    "text", ["I really love the damn weather.", "I just love this damn clock!"]
)
def test_who_swears_about_what_is_loved_is_not_annoyed(text: str) -> None:
    assert mood(text).label in ("neutral", "pleased")
    assert mood("I would like the damn timer now.").label == "annoyed"


def test_the_sentences_are_as_many_innocent_ones_as_others() -> None:
    labels = [label for label, _ in SENTENCES]
    assert labels.count("neutral") >= 65
    assert labels.count("annoyed") >= 40


def test_a_label_comes_with_its_reason_and_its_valence() -> None:
    found = mood("That's the third time I've asked you!")
    assert (found.label, found.why) == ("annoyed", "says how often it was asked")
    assert found.is_ours
    assert found.valence == pytest.approx(-0.9)
    assert found.confidence == pytest.approx(0.9)
    assert mood("Thank you so much!").valence == pytest.approx(0.9)
    assert mood("Hurry up!").valence == 0.0
    assert mood("What time is it?") is NEUTRAL


def test_a_long_text_is_told_and_not_read() -> None:
    told = " ".join(["and then we went on"] * 9)
    assert mood(f"{told} damn it").is_neutral
    assert not mood("we went on damn it").is_neutral


@pytest.mark.data
def test_typed_requests_of_many_people_are_neutral(data: Path) -> None:
    lines = (data / "requests.tsv").read_text("utf-8").splitlines()[1:]
    moods = [mood(line.split("\t")[0]) for line in lines]
    assert len(moods) > 3000
    assert sum(not one.is_neutral for one in moods) <= 0.005 * len(moods)
    assert not any(one.label == "annoyed" for one in moods)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("For the third time, what time is it?", "What time is it?"),
        ("For God's sake set a timer.", "Set a timer."),
        ("Oh, for crying out loud, stop the alarm!", "Stop the alarm!"),
        ("Damn it, what time is it?", "What time is it?"),
        ("I already told you, the large one.", "The large one."),
        ("That's the third time I've asked you. What's the time?", "What's the time?"),
        ("Turn off the fucking alarm, damn it!", "Turn off the alarm"),
        ("Set a timer for five minutes for the last time!", "Set a timer for five minutes"),
    ],
)
def test_the_temper_is_taken_out_of_a_request(said: str, meant: str) -> None:
    request = read_request(said, NOW)
    assert request.text == meant
    assert request.transcript == said
    assert read_mood(KNOWN, request, None).label == "annoyed"


@pytest.mark.parametrize(
    "text",
    [
        "Play Damn by Kendrick Lamar.",
        "Damn it.",
        "For the third time.",
        "How do I make a bloody Mary?",
        "Come on over at six.",
        "Remind me to vote for the second time slot.",
        "When did Germany win the World Cup for the fourth time?",
        "When was it seen for the last time?",
        "Remind me to call mum for the third time.",
        "I already told you about my cat.",
        "What happens the third time?",
        "Set a timer for ten minutes.",
    ],
)
def test_other_words_are_left_as_they_are(text: str) -> None:
    assert read_request(text, NOW).text == text


# -- the voice -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pitch_hz", [85, 120, 180, 250, 340])
def test_pitch_is_measured_to_a_quarter_of_a_semitone(pitch_hz: float) -> None:
    found = measure_prosody(voiced(pitch_hz))
    assert found is not None
    assert found.pitch_st == pytest.approx(12 * np.log2(pitch_hz), abs=0.25)


def test_loudness_and_rate_are_measured() -> None:
    slow, fast = measure_prosody(voiced(120)), measure_prosody(voiced(120, syllables_hz=7))
    loud = measure_prosody(voiced(120, level=6000))
    assert slow is not None
    assert fast is not None
    assert loud is not None
    assert loud.level_dbfs - slow.level_dbfs == pytest.approx(6.02, abs=0.1)
    assert slow.rate_hz == pytest.approx(4, abs=1)
    assert fast.rate_hz == pytest.approx(7, abs=1)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.int16),
        np.zeros(100, np.int16),
        np.zeros(3 * SAMPLE_RATE_HZ, np.int16),
        np.full(3 * SAMPLE_RATE_HZ, 32767, np.int16),
        np.random.default_rng(7).integers(-3000, 3000, 3 * SAMPLE_RATE_HZ).astype(np.int16),
        voiced(120)[:4000],
    ],
)
def test_what_is_no_voice_is_not_measured(samples: Int16Array) -> None:
    assert measure_prosody(samples) is None


def test_few_turns_say_nothing() -> None:
    few = Talk(voices=(USUAL,) * (FEWEST_VOICES - 1))
    assert compare(RAISED, few.voices) == (None, 0.0)
    assert mood("What time is it?", few, RAISED) is NEUTRAL
    arousal, trust = compare(RAISED, (USUAL,) * FEWEST_VOICES)
    assert arousal == pytest.approx(1.0, abs=0.1)
    assert trust == pytest.approx(FEWEST_VOICES / SURE_VOICES)


def test_the_voice_alone_gives_no_label() -> None:
    found = mood("What time is it?", voice=RAISED)
    assert found.is_neutral
    assert found.arousal == pytest.approx(1.0, abs=0.1)
    assert mood("What time is it?", voice=USUAL).arousal == 0.0


def test_a_raised_voice_makes_a_weak_hint_count() -> None:
    text = "Can you please just tell me the time?"
    assert mood(text).is_neutral
    assert mood(text, voice=USUAL).is_neutral
    found = mood(text, voice=RAISED)
    assert (found.label, found.why) == ("annoyed", "asks with a sigh, with a raised voice")


def test_a_flat_voice_takes_back_what_is_not_said_strongly() -> None:
    assert mood("That is not what I meant.").label == "annoyed"
    assert mood("That is not what I meant.", voice=USUAL).is_neutral
    assert mood("This is the third time I'm asking.", voice=USUAL).label == "annoyed"


def test_the_baseline_bears_one_strange_turn_and_forgets_old_ones() -> None:
    voices: tuple[Prosody, ...] = (USUAL,) * 8
    assert compare(USUAL, with_voice(voices, RAISED))[0] == 0.0
    for _ in range(KEPT_VOICES):
        voices = with_voice(voices, RAISED)
    assert len(voices) == KEPT_VOICES
    assert compare(RAISED, voices)[0] == 0.0
    assert with_voice(voices, None) is voices


@pytest.mark.data
def test_recorded_questions_of_one_speaker_stay_neutral(data: Path) -> None:
    import soundfile

    talk, measured = Talk(), 0
    for path in sorted((data / "questions").glob("*.flac")):
        voice = measure_prosody(soundfile.read(path, dtype="int16")[0])
        found = mood("What time is it?", talk, voice)
        assert found.is_neutral
        assert abs(found.arousal or 0.0) < 0.75
        measured += voice is not None
        talk = dataclasses.replace(talk, voices=with_voice(talk.voices, voice))
    assert measured >= 30


# -- what was said before ------------------------------------------------------------------------


def after(*exchanges: tuple[str, str], was: Mood = NEUTRAL) -> Talk:
    history = tuple(
        Exchange(turn=turn, request=said, answer=answer)
        for turn, (said, answer) in enumerate(exchanges, start=1)
    )
    return Talk(history=history, mood=was, last_answer=exchanges[-1][1])


FAILURE = "I don't know that."


def test_who_asks_the_same_over_and_over_in_vain_is_annoyed() -> None:
    text = "When does the library open?"
    once, twice = after((text, FAILURE)), after((text, FAILURE), (text, FAILURE))
    assert mood(text, once).is_neutral
    assert mood(text, once).why == "asks the same again, in doubt"
    assert mood("When does the library open today?", twice).label == "annoyed"


def test_who_asks_the_same_with_success_is_not() -> None:
    flips = after(*[("Flip a coin please.", "Heads.")] * 3)
    assert mood("Flip a coin please.", flips) is NEUTRAL
    told = after(*[("When does the sun set?", f"{APOLOGY} At six.")] * 3)
    assert mood("When does the sun set?", told) is NEUTRAL
    short = after(*[("Stop.", FAILURE)] * 3)
    assert mood("Stop.", short) is NEUTRAL


def test_the_second_correction_in_a_row_counts_more_than_the_first() -> None:
    assert mood("No, the kitchen.", after(("Turn on the light.", "Okay."))).is_neutral
    again = after(("Set a timer.", "Okay, five minutes."), ("No, ten.", "Okay, two minutes."))
    assert mood("No, the kitchen.", again).label == "annoyed"


def test_to_say_no_to_a_question_is_no_correction() -> None:
    asked = "One large latte, is that right?"
    invited = after(("A latte.", asked), ("No, a mocha.", asked), ("No, a small one.", asked))
    assert mood("No, a tea.", invited) is NEUTRAL
    assert mood("No.", invited) is NEUTRAL


def test_a_mood_lasts_a_little() -> None:
    annoyed = Mood(label="annoyed", confidence=0.9)
    text = "Could you just tell me the time"
    assert mood(text, after(("Hi.", "Hello."), was=annoyed)).label == "annoyed"
    assert mood("What time is it?", after(("Hi.", "Hello."), was=annoyed)) is NEUTRAL


# -- what follows from it ------------------------------------------------------------------------


@pytest.fixture
def talking(tmp_path: Path):
    one = Talking(tmp_path)
    yield one
    one.close()


def test_one_apology_and_not_again_for_a_while(talking: Talking) -> None:
    angry = "For the third time, what time is it?"
    answers = [talking.say(angry).answer for _ in range(TURNS_BETWEEN + 1)]
    assert answers[0] == "Sorry about that. It's three twenty PM."
    assert answers[1:-1] == ["It's three twenty PM."] * (TURNS_BETWEEN - 1)
    assert answers[-1] == answers[0]


def test_no_apology_for_what_is_not_ours_nor_beside_another(talking: Talking) -> None:
    assert APOLOGY not in talking.say("I feel lonely.").answer
    assert talking.say("Stop, damn it.").answer.count("orry") <= 1
    assert talking.say("You're useless.").answer.lower().count("sorry") == 1
    assert APOLOGY not in talking.say("For the third time, what time is it?").answer


@pytest.mark.parametrize("text", ["No, I said six.", "I said six."])
def test_no_apology_for_a_plain_first_correction(talking: Talking, text: str) -> None:
    assert mood(text).label == "annoyed"
    assert not mood(text).is_ours
    assert "orry" not in talking.say("Set a timer for five minutes.").answer
    assert APOLOGY not in talking.say(text).answer


def test_the_second_correction_in_a_row_is_ours() -> None:
    again = after(("Set a timer.", "Okay, five minutes."), ("No, ten.", "Okay, two minutes."))
    assert mood("No, I said six.", again).is_ours
    assert mood("That's not what I said.").is_ours


def test_deciding_twice_gives_the_same_and_changes_nothing(talking: Talking) -> None:
    before = talking.conversation.talk
    text = "For the third time, what time is it?"
    first, second = (talking.conversation.decide(text, 1, None, USUAL) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.replies == second.replies
    assert first.after.voices == second.after.voices == (USUAL,)
    assert talking.conversation.talk is before
    talking.conversation.commit(first)
    assert talking.conversation.talk.voices == (USUAL,)
    assert talking.conversation.talk.mood.label == "annoyed"
    talking.conversation.withdraw(first)
    assert talking.conversation.talk.voices == ()
    assert talking.conversation.talk.apologised is None


def test_a_request_that_means_another_keeps_its_mood(talking: Talking) -> None:
    talking.say("Set a timer for five minutes.")
    talking.wait(minutes=2)
    turn = talking.say("Damn it, turn it off.")
    assert turn.decision is not None
    assert turn.decision.name == "timer.cancel"
    assert turn.decision.mood.label == "annoyed"


def test_the_voice_prepares_the_apology(talking: Talking) -> None:
    assert APOLOGY in talking.conversation.all_fixed_texts()


REPLIES = """
[[reply]]
id = "wifi"
phrases = ["what is the wifi password"]
answers = ["It is on the fridge, where it has always been, next to the cat.", "Look at the fridge."]
plain = ["On the fridge."]

[[reply]]
id = "cat"
phrases = ["where is the cat"]
answers = ["Who knows? Cats come and go as they please.", "Outside."]
"""


def test_the_plain_wording_is_for_the_annoyed(tmp_path: Path) -> None:
    file = tmp_path / "replies.toml"
    file.write_text(REPLIES)
    session = Bench(replies_file=file)
    usual = {session.say("What is the wifi password?").text for _ in range(4)}
    assert usual == set(load_replies(file).entries[0].answers)
    texts = [
        reply.text for reply in session.answer("For the third time, what is the wifi password")
    ]
    assert texts == [APOLOGY, "On the fridge."]
    assert session.answer("For the third time, where is the cat")[-1].text == "Outside."
    assert "On the fridge." in session.conversation.all_fixed_texts()


def test_a_guardrail_says_the_same_in_any_mood() -> None:
    said = ("Please call a crisis line, in the US nine eight eight.", "Talk to someone now.")
    entry = Entry(id="crisis", phrases=(), answers=said, plain=("No.",))
    fixed, annoyed = Fixed(load_replies(None)), Mood(label="annoyed", confidence=0.9)
    request = dataclasses.replace(read_request("Anything.", NOW), mood=annoyed)

    def texts(source: Source) -> set[str]:
        found, talk = set(), Talk()
        for _ in said:
            one = fixed.decision(entry, talk, source, "guard.crisis", "", request=request)
            talk = one.after
            found.add(one.replies[0].text)
        return found

    assert texts("guardrail") == set(said)
    assert texts("precomputed") == {"No."}


def test_a_wrong_plain_wording_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "replies.toml"
    file.write_text('[[reply]]\nid = "a"\nphrases = ["b"]\nanswers = ["c"]\nplain = "d"\n')
    with pytest.raises(ReplyError, match="plain"):
        load_replies(file)


def test_the_model_gets_one_line_in_the_last_message_and_one_sentence_is_said() -> None:
    model = Script("It is warm. ", "It is wet.")
    session = Bench(model)
    session.answer("Why is the sea salty?")
    session.answer("For the third time, why is the sea salty?")
    calm, annoyed = model.asked
    assert calm[:-1] == annoyed[:-1]
    assert calm[-1]["content"] == "Why is the sea salty?"
    assert annoyed[-1]["content"] == ("Why is the sea salty? (Answer briefly.)")
    texts = [[reply.text for reply in session.answer(text)] for text in ("Why?", "Oh come on!")]
    assert texts == [["It is warm.", "It is wet."], [APOLOGY, "It is warm."]]


def test_an_apology_of_the_model_is_enough() -> None:
    session = Bench(Script("I'm sorry, I don't know that."))
    texts = [reply.text for reply in session.answer("For the third time, why is the sea salty?")]
    assert texts == ["I'm sorry, I don't know that."]


@flow("feed the cat", name="cat.feed")
def feed(here: Here) -> Steps:
    """Say how the user seems."""
    yield Say("It purrs and thanks you kindly.", plain="Done.")
    size = yield Ask("Small or large?", ["small", "large"])
    yield f"{here.mood.label} {size}"


def test_flows_get_the_mood_and_choose_their_words() -> None:
    session = Bench()
    session.conversation.flows.exchange((dataclasses.replace(feed, is_users=True),))
    session.conversation.knowledge.order = session.conversation.knowledge.make_order()
    calm = [reply.text for reply in session.answer("Feed the cat.")]
    assert calm == ["It purrs and thanks you kindly.", "Small or large?"]
    angry = "For the third time, feed the cat!"
    texts = [reply.text for reply in session.answer(angry)]
    assert texts == [APOLOGY, "Done.", "Small or large?"]
    session.say(angry)
    assert session.conversation.talk.mood.label == "annoyed"
    assert session.conversation.talk.waiting
    assert session.say("Large.").text == "neutral large"


# -- off, and kept -------------------------------------------------------------------------------


def test_it_can_be_switched_off_and_on(talking: Talking) -> None:
    angry = "For the third time, what time is it?"
    talking.conversation.set_mood(False)
    assert talking.say(angry).answer == "It's three twenty PM."
    assert talking.conversation.talk.mood is NEUTRAL
    decision = talking.conversation.decide(angry, 1, None, USUAL)
    assert decision is not None
    assert decision.after.voices == ()
    talking.conversation.set_mood(True)
    assert talking.say(angry).answer == "Sorry about that. It's three twenty PM."


def test_the_configuration_switches_it_off() -> None:
    session = Bench(config=config_from_dict({"mood": {"enabled": False}}))
    assert session.answer("Damn it, what time is it?")[0].text != APOLOGY
    assert Config().mood == MoodConfig(enabled=True, voice=True, keep=False)


def test_voices_are_kept_only_when_the_user_says_so(tmp_path: Path) -> None:
    from assistant.talk.conversation import Conversation

    def session(keep: bool) -> Conversation:
        config = Config(mood=MoodConfig(keep=keep))
        services = make_services(config, tmp_path)
        return Conversation(
            config, load_replies(None), None, Flows((), services), hands=HandsThread()
        )

    def turn(conversation: Conversation) -> None:
        decision = conversation.decide("Hello.", 1, None, USUAL)
        assert decision is not None
        conversation.commit(decision)
        conversation._hands.flush(5.0)

    turn(session(keep=False))
    assert session(keep=True).talk.voices == ()
    turn(session(keep=True))
    assert session(keep=True).talk.voices == (USUAL,)
    assert session(keep=False).talk.voices == ()
    assert load_voices(make_services(Config(), tmp_path).store) == ()


def test_damaged_measures_are_no_measures() -> None:
    services = Services()
    services.store.has("create table if not exists voices (id integer primary key, measures text)")
    services.store.write("insert into voices values (1, ?)", (json.dumps([[1, 2]]),))
    assert load_voices(services.store) == ()


# -- in the engine -------------------------------------------------------------------------------


def test_the_voice_is_measured_beside_the_words_and_the_record_has_the_mood() -> None:
    from tests.test_engine_history import Real

    measured: list[int] = []

    def measure(samples: Int16Array) -> Prosody:
        measured.append(samples.size)
        return USUAL

    text = Real()
    session = Session(text=text, measure_voice=measure)
    session.words.words = lambda seconds: "For the third time, recite the numbers."
    (record,) = session.run(Segment(samples=drawn("." * 10 + "#" * 60 + ".")))
    assert record.mood is not None
    assert record.mood.label == "annoyed"
    assert record.as_json()["mood"]["why"] == "says how often it was asked"
    assert measured
    assert text.conversation.talk.voices == (USUAL,)
    (decided, *_) = [row for row in session.lines.rows if row["event"] == "decision"]
    assert decided["mood"]["label"] == "annoyed"


def test_switched_off_nothing_is_measured() -> None:
    measured: list[int] = []
    session = Session(measure_voice=lambda samples: measured.append(samples.size))
    session.run(
        Segment(samples=drawn("." * 10 + "#" * 60 + ".")), commands={1: lambda e: e.set_mood(False)}
    )
    assert measured == []
    assert session.text.log[0] == "mood False"
