"""Who may speak: every state answers every event, and the rules that matter hold."""

from __future__ import annotations

import itertools

import pytest

from assistant.floor import Action, Event, Holding, step


@pytest.mark.parametrize(("holding", "event"), itertools.product(Holding, Event))
def test_every_state_answers_every_event(holding: Holding, event: Event) -> None:
    after, actions = step(holding, event)
    assert isinstance(after, Holding)
    assert len(set(actions)) == len(actions)


@pytest.mark.parametrize("holding", Holding)
def test_a_key_always_brings_silence(holding: Holding) -> None:
    after, actions = step(holding, Event.STOP)
    assert after is Holding.NOBODY
    assert (Action.INTERRUPT in actions) is (holding in (Holding.ASSISTANT, Holding.BOTH))
    assert (Action.WITHDRAW in actions) is (holding in (Holding.PENDING, Holding.DOUBT))


def test_the_gate_opens_only_when_a_turn_is_complete_or_words_are_meant() -> None:
    opening = {
        (holding, event)
        for holding, event in itertools.product(Holding, Event)
        if Action.COMMIT_TAKE in step(holding, event)[1]
    }
    assert opening == {(Holding.USER, Event.COMPLETE), (Holding.BOTH, Event.WORDS)}


def test_what_is_turned_down_is_turned_up_again() -> None:
    for event in Event:
        after, actions = step(Holding.BOTH, event)
        assert after is Holding.BOTH or Action.UNDUCK in actions


def test_the_user_who_goes_on_early_is_not_answered_twice() -> None:
    assert step(Holding.PENDING, Event.SPEECH) == (Holding.DOUBT, ())
    assert step(Holding.DOUBT, Event.CONFIRMED) == (Holding.USER, (Action.REOPEN,))


def test_a_cough_leaves_the_assistant_speaking() -> None:
    after, actions = step(Holding.BOTH, Event.NO_WORDS)
    assert after is Holding.ASSISTANT
    assert Action.INTERRUPT not in actions


@pytest.mark.parametrize("holding", Holding)
def test_what_is_typed_is_answered_whoever_speaks(holding: Holding) -> None:
    after, actions = step(holding, Event.TYPED)
    assert after is Holding.PENDING
    assert actions[-1] is Action.COMMIT_TYPED
    assert (Action.INTERRUPT in actions) is (holding not in (Holding.NOBODY, Holding.USER))
    speaks = holding in (Holding.USER, Holding.DOUBT, Holding.BOTH)
    assert (Action.DROP_TURN in actions) is speaks
    assert not {Action.REOPEN, Action.WITHDRAW} & set(actions), "what was done stays done"
