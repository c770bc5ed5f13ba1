"""The mood of a conversation's turns: switched on or off, and the voice that is compared with.

The voice's measures are kept between sessions only where `mood.keep` says so: three numbers and a
length of each of the last turns, never sound. Reads on the mind thread, writes on the hands.
"""

from __future__ import annotations

import dataclasses
import json

from assistant.config_watching import MoodConfig
from assistant.language.en import mood_words
from assistant.mood import Prosody
from assistant.talk.decision import Decision, Effect
from assistant.talk.mood import KEPT_VOICES, read_mood, with_voice
from assistant.talk.request import Request
from assistant.talk.store import Store
from assistant.talk.talk import Talk

TABLES = """
create table if not exists voices (id integer primary key check (id = 1), measures text not null);
"""


class Moods:
    """`is_enabled` may be changed at any time."""

    def __init__(self, config: MoodConfig, store: Store) -> None:
        self.is_enabled = config.enabled
        self._keeps = config.keep
        self._store = store

    def warm_up(self) -> None:
        """Load what the first turn would load."""
        if self.is_enabled:
            mood_words.warm_up()

    def read(self, talk: Talk, request: Request, voice: Prosody | None = None) -> Request:
        """`request` with its mood."""
        if not self.is_enabled:
            return request
        return dataclasses.replace(request, mood=read_mood(talk, request, voice))

    def with_voice(self, decision: Decision, voice: Prosody | None) -> Decision:
        """`decision`, whose talk knows this turn's voice, too."""
        if voice is None or not self.is_enabled:
            return decision
        voices = with_voice(decision.after.voices, voice)
        return dataclasses.replace(
            decision, after=dataclasses.replace(decision.after, voices=voices)
        )

    def to_keep(self, decision: Decision) -> tuple[Effect, ...]:
        """What is to be written once `decision` is committed."""
        voices = decision.after.voices
        if not self._keeps or voices is decision.before.voices:
            return ()
        return (Effect(name="mood.keep", run=lambda: keep_voices(self._store, voices)),)

    def known_voices(self) -> tuple[Prosody, ...]:
        """What was kept in earlier sessions; where nothing is to be kept, that is forgotten."""
        if self._keeps:
            return load_voices(self._store)
        if load_voices(self._store):
            self._store.write("delete from voices")
        return ()


def keep_voices(store: Store, voices: tuple[Prosody, ...]) -> None:
    """Keep the measures of these turns in the place of earlier ones."""
    store.has(TABLES)
    measures = json.dumps([[round(x, 2) for x in dataclasses.astuple(one)] for one in voices])
    store.write("insert or replace into voices values (1, ?)", (measures,))


def load_voices(store: Store) -> tuple[Prosody, ...]:
    """What `keep_voices` kept; nothing where it cannot be read."""
    store.has(TABLES)
    names = [field.name for field in dataclasses.fields(Prosody)]
    for row in store.rows("select measures from voices"):
        try:
            found = json.loads(row["measures"])
            return tuple(
                Prosody(**{name: float(x) for name, x in zip(names, one, strict=True)})
                for one in found[-KEPT_VOICES:]
            )
        except (ValueError, TypeError):
            return ()
    return ()
