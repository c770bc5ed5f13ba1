"""Who may speak: a table of state and event, and nothing else.

Pure: no threads, no clock, no sound. The engine feeds it events in the order of the sample clock
and carries out the actions that it returns. Every state answers every event; a pair that is not in
the table changes nothing.
"""

from __future__ import annotations

from enum import Enum


class Holding(Enum):
    """Who holds the floor."""

    NOBODY = "nobody"
    USER = "user"
    PENDING = "pending"
    DOUBT = "somebody speaks before the answer sounds"
    ASSISTANT = "assistant"
    BOTH = "both"


class Event(Enum):
    """What happened, on the sample clock."""

    SPEECH = "speech began"
    ANNOUNCE = "there is something to say without being asked"
    PAUSE = "a short pause"
    RESUMED = "speech went on after the pause"
    COMPLETE = "the turn is complete"
    SOUND = "the answer became audible"
    SOUND_ENDED = "the answer ended"
    CONFIRMED = "speech into the answer is long enough to be meant"
    WORDS = "the speech over the answer has words that are meant"
    NO_WORDS = "the open turn has no words to answer"
    NO_ANSWER = "the committed turn has nothing to answer"
    STOP = "a key asked for silence"
    TYPED = "a request was typed"


class Action(Enum):
    """What the engine does about it."""

    BEGIN_TAKE = "prepare an answer behind the gate"
    CANCEL_TAKE = "throw the prepared answer away"
    COMMIT_TAKE = "open the gate"
    REOPEN = "the user goes on: withdraw the answer and join both halves"
    DUCK = "turn the voice down"
    UNDUCK = "turn the voice up again"
    INTERRUPT = "stop the voice"
    WITHDRAW = "take back the answer that was prepared for nothing"
    DROP_TURN = "forget the open turn"
    COMMIT_TYPED = "answer what was typed"


_Row = tuple[Holding, tuple[Action, ...]]

_TABLE: dict[tuple[Holding, Event], _Row] = {
    (Holding.NOBODY, Event.SPEECH): (Holding.USER, ()),
    (Holding.NOBODY, Event.ANNOUNCE): (Holding.PENDING, ()),
    (Holding.NOBODY, Event.TYPED): (Holding.PENDING, (Action.COMMIT_TYPED,)),
    (Holding.USER, Event.PAUSE): (Holding.USER, (Action.BEGIN_TAKE,)),
    (Holding.USER, Event.RESUMED): (Holding.USER, (Action.CANCEL_TAKE,)),
    (Holding.USER, Event.COMPLETE): (Holding.PENDING, (Action.COMMIT_TAKE,)),
    (Holding.USER, Event.NO_WORDS): (Holding.NOBODY, (Action.DROP_TURN,)),
    (Holding.USER, Event.STOP): (Holding.NOBODY, (Action.DROP_TURN,)),
    (Holding.USER, Event.TYPED): (Holding.PENDING, (Action.DROP_TURN, Action.COMMIT_TYPED)),
    (Holding.PENDING, Event.SOUND): (Holding.ASSISTANT, ()),
    (Holding.PENDING, Event.SPEECH): (Holding.DOUBT, ()),
    (Holding.PENDING, Event.NO_ANSWER): (Holding.NOBODY, (Action.WITHDRAW,)),
    (Holding.PENDING, Event.SOUND_ENDED): (Holding.NOBODY, ()),
    (Holding.PENDING, Event.STOP): (Holding.NOBODY, (Action.WITHDRAW,)),
    (Holding.PENDING, Event.TYPED): (Holding.PENDING, (Action.INTERRUPT, Action.COMMIT_TYPED)),
    (Holding.DOUBT, Event.CONFIRMED): (Holding.USER, (Action.REOPEN,)),
    (Holding.DOUBT, Event.COMPLETE): (Holding.PENDING, (Action.DROP_TURN,)),
    (Holding.DOUBT, Event.NO_WORDS): (Holding.PENDING, (Action.DROP_TURN,)),
    (Holding.DOUBT, Event.NO_ANSWER): (Holding.USER, (Action.WITHDRAW,)),
    (Holding.DOUBT, Event.SOUND): (Holding.BOTH, (Action.DUCK,)),
    (Holding.DOUBT, Event.SOUND_ENDED): (Holding.USER, ()),
    (Holding.DOUBT, Event.STOP): (Holding.NOBODY, (Action.WITHDRAW, Action.DROP_TURN)),
    (Holding.DOUBT, Event.TYPED): (
        Holding.PENDING,
        (Action.INTERRUPT, Action.DROP_TURN, Action.COMMIT_TYPED),
    ),
    (Holding.ASSISTANT, Event.SPEECH): (Holding.BOTH, (Action.DUCK,)),
    (Holding.ASSISTANT, Event.SOUND_ENDED): (Holding.NOBODY, ()),
    (Holding.ASSISTANT, Event.STOP): (Holding.NOBODY, (Action.INTERRUPT,)),
    (Holding.ASSISTANT, Event.TYPED): (Holding.PENDING, (Action.INTERRUPT, Action.COMMIT_TYPED)),
    (Holding.BOTH, Event.PAUSE): (Holding.BOTH, (Action.BEGIN_TAKE,)),
    (Holding.BOTH, Event.RESUMED): (Holding.BOTH, (Action.CANCEL_TAKE,)),
    (Holding.BOTH, Event.CONFIRMED): (Holding.USER, (Action.UNDUCK, Action.INTERRUPT)),
    (Holding.BOTH, Event.WORDS): (
        Holding.PENDING,
        (Action.UNDUCK, Action.INTERRUPT, Action.COMMIT_TAKE),
    ),
    (Holding.BOTH, Event.NO_WORDS): (Holding.ASSISTANT, (Action.UNDUCK, Action.DROP_TURN)),
    (Holding.BOTH, Event.SOUND_ENDED): (Holding.USER, (Action.UNDUCK,)),
    (Holding.BOTH, Event.STOP): (
        Holding.NOBODY,
        (Action.UNDUCK, Action.INTERRUPT, Action.DROP_TURN),
    ),
    (Holding.BOTH, Event.TYPED): (
        Holding.PENDING,
        (Action.UNDUCK, Action.INTERRUPT, Action.DROP_TURN, Action.COMMIT_TYPED),
    ),
}


def step(holding: Holding, event: Event) -> tuple[Holding, tuple[Action, ...]]:
    """Who holds the floor after `event`, and what is to be done, in order."""
    return _TABLE.get((holding, event), (holding, ()))
