"""The voice by voice: volume, speed, silence, and that prepared sound keeps to its speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from assistant.assemble.speaking import Speaking
from assistant.audio.resample import resample_whole
from assistant.engine.playout import Playout
from assistant.language.en.voice_words import Wish, read_speed, read_volume
from assistant.messages import Float32Array, Reply
from assistant.take import Take
from assistant.talk.loudness import volume_factor
from assistant.talk.talk import Talk
from assistant.voice.prepared import PreparedReplies
from tests.talking import Talking

RATE_HZ = 16_000


class Heard(Talking):
    """A talk whose services note what they are told."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.volumes: list[float] = []
        self.speeds: list[float] = []
        self.services.set_volume = self.volumes.append
        self.services.set_speed = self.speeds.append

    def settings(self) -> dict[str, float]:
        """What is kept."""
        rows = self.services.store.rows("select name, value from settings")
        return {row["name"]: row["value"] for row in rows}


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Heard]:
    talking = Heard(tmp_path)
    yield talking
    talking.close()


# -- the words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("louder", Wish("by", 2)),
        ("speak a little louder", Wish("by", 1)),
        ("much quieter", Wish("by", -3)),
        ("turn the volume down", Wish("by", -2)),
        ("turn it up", Wish("by", 2)),
        ("lower your voice", Wish("by", -2)),
        ("you are too quiet", Wish("by", 2)),
        ("you are too loud", Wish("by", -2)),
        ("that is not loud enough", Wish("by", 2)),
        ("you are not very loud", Wish("by", 2)),
        ("you speak too quietly", Wish("by", 2)),
        ("do not be so loud", Wish("by", -2)),
        ("not so loud", Wish("by", -2)),
        ("not too loud", Wish("by", -2)),
        ("speak very quietly", Wish("by", -2)),
        ("do not speak louder", None),
        ("not louder", None),
        ("i can not hear you", Wish("by", 2)),
        ("raise the volume by 3", Wish("by", 3)),
        ("lower the volume by 20 percent", Wish("by", -2)),
        ("volume 5", Wish("to", 5)),
        ("set your volume to 50 percent", Wish("to", 5)),
        ("set the volume to 80", Wish("to", 8)),
        ("set your volume to max", Wish("to", 10)),
        ("set the volume to 0", Wish("to", 0)),
        ("normal volume", Wish("to", 7)),
        ("change the volume", Wish("ask")),
        ("how loud are you", Wish("tell")),
        ("what is the volume", Wish("tell")),
        ("turn up the heat", None),
        ("turn up the music", None),
        ("turn it off", None),
        ("turn the volume on the tv down", None),
        ("how loud is a jet engine", None),
        ("what is the volume of a sphere", None),
        ("why are you so loud", None),
        ("speak to me", None),
        ("lower the blinds", None),
    ],
)
def test_volume_is_understood(words: str, wish: Wish | None) -> None:
    """By so much, to a level, or not a matter of the volume."""
    assert read_volume(words) == wish


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("speak slower", Wish("by", -1)),
        ("talk a little faster", Wish("by", 0.5)),
        ("slow down", Wish("by", -1)),
        ("you are talking too fast", Wish("by", -1)),
        ("not so fast", Wish("by", -1)),
        ("you are not fast enough", Wish("by", 1)),
        ("do not talk so slowly", Wish("by", 1)),
        ("do not talk faster", None),
        ("speak more slowly", Wish("by", -1)),
        ("speed up", Wish("by", 1)),
        ("reduce your speech rate", Wish("by", -1)),
        ("normal speed", Wish("to", 1)),
        ("speak at half speed", Wish("to", 0.5)),
        ("set your speed to 120 percent", Wish("to", 1.2)),
        ("change your speed", Wish("ask")),
        ("how fast does sound travel", None),
        ("what is the speed of light", None),
        ("the fastest car", None),
        ("go home", None),
        ("talk about fast food", None),
    ],
)
def test_speed_is_understood(words: str, wish: Wish | None) -> None:
    """By so many steps, to a factor, or not a matter of the speed."""
    assert read_speed(words) == wish


# -- the flows -----------------------------------------------------------------------------------


def test_the_volume_is_set_kept_and_told(talk: Heard) -> None:
    """In levels of ten; the voice gets a factor."""
    assert talk.says("how loud are you", "louder", "volume five", "how loud are you") == [
        "My volume is seven of ten.",
        "Okay, volume nine.",
        "Okay, volume five.",
        "My volume is five of ten.",
    ]
    assert talk.volumes == [volume_factor(9), volume_factor(5)]
    assert talk.settings() == {"volume": 5.0}


def test_the_volume_has_ends(talk: Heard) -> None:
    """Which are said."""
    assert talk.says("set your volume to max", "louder", "minimum volume", "quieter") == [
        "Okay, volume ten.",
        "That is as loud as I get.",
        "Okay, volume one.",
        "I can't get any quieter than that. To silence me, say: mute yourself.",
    ]


def test_the_direction_is_asked_for(talk: Heard) -> None:
    """Where only a change was wanted."""
    assert talk.says("change the volume", "quieter") == ["Louder or quieter?", "Okay, volume five."]
    assert talk.says("change your speed", "faster") == [
        "Faster or slower?",
        "Okay, I'll speak faster.",
    ]


def test_silence_lasts_until_it_is_ended_and_not_longer_than_the_session(talk: Heard) -> None:
    """The volume before it comes back; what is kept is that one."""
    assert talk.says("volume four", "mute yourself", "how loud are you", "unmute") == [
        "Okay, volume four.",
        "Okay, I'm silent now. Say: you can talk again.",
        "I'm muted.",
        "I'm back.",
    ]
    assert talk.volumes == [volume_factor(4), 0.0, volume_factor(4)]
    assert talk.settings() == {"volume": 4.0}


def test_whispering_is_a_low_voice(talk: Heard) -> None:
    """Said honestly."""
    assert talk.says("whisper mode", "stop whispering") == [
        "I can't whisper, but I'll keep my voice low.",
        "Okay, back to my normal volume.",
    ]
    assert talk.volumes == [volume_factor(3), 1.0]


def test_the_speed_is_set_and_has_ends(talk: Heard) -> None:
    """In steps of 15 percent, from 0.6 to 1.8 times the configured speed."""
    assert talk.says("speak slower", "normal speed") == [
        "Okay, I'll speak slower.",
        "Okay, back to my normal speed.",
    ]
    assert talk.speeds == [0.87, 1.0]
    talk.say("speak at half speed")
    assert talk.say("slower").answer == "I can't speak any slower."
    assert talk.speeds[-1] == 0.6
    talk.says(*["faster"] * 9)
    assert talk.say("faster").answer == "I can't speak any faster."
    assert talk.speeds[-1] == 1.8


def test_a_reset_leaves_lists_and_names(talk: Heard) -> None:
    """Only the voice and the assistant's own name go back."""
    talk.says("volume three", "speak slower", "call yourself Robin", "call me Sam")
    assert talk.say("go back to your default settings").answer == (
        "My volume, speed and name are back to normal. Lists, notes and your name stay."
    )
    assert (talk.volumes[-1], talk.speeds[-1]) == (1.0, 1.0)
    assert talk.settings() == {}
    assert dict(talk.conversation.talk.facts) == {"name": "Sam"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("be quiet", "talk.stop"),
        ("say that again", "talk.repeat"),
        ("reset my password", "model"),
        ("reset the timer", "timer"),
        ("talk to me again about cats", "model"),
        ("who invented the mute button", "model"),
    ],
)
def test_other_requests_are_left_alone(talk: Heard, text: str, name: str) -> None:
    """What only sounds like the voice's settings."""
    assert talk.name(text).startswith((name, "decline", "reply"))
    assert not talk.name(text).startswith("voice.")


def test_fifty_previews_change_nothing(talk: Heard) -> None:
    """Neither the talk, the store nor the voice."""
    talk.say("volume four")
    before = talk.conversation.talk
    for _ in range(50):
        for text in ("louder", "mute yourself", "speak slower", "reset your settings"):
            talk.conversation.preview(text)
    assert talk.conversation.talk == before
    assert (talk.volumes, talk.speeds, talk.settings()) == (
        [volume_factor(4)],
        [],
        {"volume": 4.0},
    )


def test_a_withdrawn_turn_gives_the_volume_back(talk: Heard) -> None:
    """To what it was."""
    talk.say("volume four")
    for text in ("louder", "mute yourself"):
        decision = talk.conversation.decide(text)
        assert decision is not None
        talk.conversation.commit(decision)
        assert talk.hands.flush(5.0)
        talk.conversation.withdraw(decision)
        assert talk.hands.flush(5.0)
        assert talk.volumes[-1] == volume_factor(4)
    assert talk.settings() == {"volume": 4.0}
    assert not talk.conversation.talk.settings.get("muted")


# -- the sound -----------------------------------------------------------------------------------


def played(playout: Playout, take: Take, seconds: float = 0.1, *, rings: bool = False) -> float:
    """The loudest sample of a clause of constant loudness 0.5."""
    reply = Reply(text="word", source="tool", why="", rings=rings)
    clause = playout.begin_clause(take, reply)
    playout.add(take, clause, np.full(int(seconds * RATE_HZ), 0.5, np.float32))
    clause.is_whole = True
    blocks = [playout.pull(160, index * 160.0) for index in range(int(seconds * 100))]
    return round(float(np.max(np.abs(np.concatenate(blocks)[160:]))), 3)


def committed() -> Take:
    take = Take(turn=1, number=1)
    take.commit()
    return take


def test_the_playout_follows_the_volume_and_ducks_beside_it() -> None:
    """Both multiply."""
    playout, take = Playout(RATE_HZ, 0.8), committed()
    assert played(playout, take) == 0.4
    playout.set_volume(0.5)
    assert played(playout, take) == 0.2
    playout.duck(-20.0)
    assert played(playout, take) == 0.02
    playout.unduck()
    playout.set_volume(1.5)
    assert played(playout, take) == 0.6


def test_silence_begins_after_the_words_that_tell_of_it() -> None:
    """What is being said is heard to its end; what rings is heard all the same."""
    playout, take = Playout(RATE_HZ), committed()
    playout.set_volume(0.6)
    playout.set_volume(0.0)
    assert played(playout, take) == 0.3
    playout.pull(160, 0.0)
    assert played(playout, take) == 0.0
    assert played(playout, take, rings=True) == 0.3
    assert played(playout, take) == 0.0
    playout.set_volume(1.0)
    assert played(playout, take) == 0.5


def test_silence_begins_by_itself_where_nothing_is_said() -> None:
    """After a second and a half."""
    playout, take = Playout(RATE_HZ), committed()
    playout.set_volume(0.0)
    for index in range(151):
        playout.pull(160, index * 160.0)
    assert played(playout, take) == 0.0


@dataclass
class Tone:
    """A voice that speaks a tenth of a second at its speed; keeps what it was given."""

    rate_hz: int = RATE_HZ
    speed: float = 1.0
    spoken: list[str] = field(default_factory=list)

    def warm_up(self) -> None:
        """Nothing."""

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        self.spoken.append(text)
        yield np.full(int(self.rate_hz / 10 / self.speed), 0.5, np.float32)


def test_prepared_sound_is_used_at_its_own_speed_only(tmp_path: Path, talk: Talking) -> None:
    """At another speed it is not there, and nothing is prepared; back at normal it is."""
    voice = Tone()
    prepared = PreparedReplies(tmp_path, "voice", RATE_HZ, resample_whole)
    services = talk.services
    speaking = Speaking(
        services=services, talk=Talk(), voice=voice, prepared=prepared, rate_hz=RATE_HZ
    )
    services.teach("Hello.")
    assert voice.spoken == ["Hello."]
    assert speaking.sound("Hello.", RATE_HZ) is not None
    services.set_speed(0.8)
    services.teach("Good night.")
    assert speaking.sound("Hello.", RATE_HZ) is None
    services.set_speed(1.0)
    assert voice.spoken == ["Hello."]
    assert (speaking.sound("Hello.", RATE_HZ) is None, prepared.missing(["Good night."])) == (
        False,
        ["Good night."],
    )


def test_kept_settings_are_set_when_a_session_begins(tmp_path: Path) -> None:
    """The speed at once, the volume when the engine is there."""
    first = Heard(tmp_path)
    first.says("volume four", "speak slower")
    first.close()
    second = Talking(tmp_path)
    voice, volumes = Tone(), []
    speaking = Speaking(
        services=second.services,
        talk=second.conversation.talk,
        voice=voice,
        prepared=PreparedReplies(tmp_path, "voice", RATE_HZ, resample_whole),
        rate_hz=RATE_HZ,
    )
    speaking.volume_to(volumes.append)
    assert (voice.speed, volumes) == (0.87, [volume_factor(4)])
    second.close()
