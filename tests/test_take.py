"""A take is heard or thrown away, never both, and its effects obey the gate."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from assistant.take import Take


def test_effects_run_at_the_commit_in_order() -> None:
    log: list[str] = []
    take = Take(1, 1)
    take.when_committed(lambda: log.append("first"))
    take.when_committed(lambda: log.append("second"))
    assert log == []
    assert take.commit()
    assert log == ["first", "second"]
    take.when_committed(lambda: log.append("late"))
    assert log == ["first", "second", "late"]


def test_a_cancelled_take_never_has_an_effect() -> None:
    log: list[str] = []
    take = Take(1, 1)
    take.when_committed(lambda: log.append("effect"), lambda: log.append("undo"))
    assert take.cancel()
    assert not take.commit()
    take.when_committed(lambda: log.append("late"))
    take.withdraw()
    assert log == []


def test_withdrawing_undoes_the_last_effect_first() -> None:
    log: list[str] = []
    take = Take(1, 1)
    for name in ("a", "b"):
        take.when_committed(
            lambda name=name: log.append(f"+{name}"), lambda name=name: log.append(f"-{name}")
        )
    take.commit()
    take.withdraw()
    take.withdraw()
    assert log == ["+a", "+b", "-b", "-a"]


def test_an_interrupted_take_keeps_its_effects() -> None:
    log: list[str] = []
    take = Take(1, 1)
    take.when_committed(lambda: log.append("+"), lambda: log.append("-"))
    take.commit()
    take.cancel()
    assert log == ["+"]
    assert take.is_committed
    assert take.is_cancelled


def test_only_the_first_mark_counts() -> None:
    take = Take(1, 1)
    take.mark("route", 10)
    take.mark("route", 20)
    assert take.marks_ns == {"route": 10}


@given(st.lists(st.sampled_from(["commit", "cancel", "withdraw"]), max_size=6))
def test_the_effect_runs_at_most_once_and_only_after_a_first_commit(calls: list[str]) -> None:
    log: list[str] = []
    take = Take(1, 1)
    take.when_committed(lambda: log.append("+"), lambda: log.append("-"))
    for call in calls:
        getattr(take, call)()
    first = calls[0] if calls else None
    assert log.count("+") == (1 if first == "commit" else 0)
    assert log.count("-") <= log.count("+")


def test_many_threads_agree_on_one_end() -> None:
    for _ in range(50):
        take = Take(1, 1)
        won: list[str] = []
        barrier = threading.Barrier(2)

        def race(name: str, take: Take = take, won: list[str] = won) -> None:
            barrier.wait()  # noqa: B023
            if getattr(take, name)():
                won.append(name)

        threads = [threading.Thread(target=race, args=(name,)) for name in ("commit", "cancel")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert "cancel" in won
        assert take.is_cancelled


def test_who_waits_for_the_commit_goes_on_with_it() -> None:
    for decide, outcome in (("commit", True), ("cancel", False), ("withdraw", False)):
        take, log = Take(1, 1), []
        waits = threading.Event()

        def wait(
            take: Take = take, log: list[object] = log, waits: threading.Event = waits
        ) -> None:
            def begins() -> None:
                log.append("begins")
                waits.set()

            log.append(take.wait(begins, lambda: log.append("ends")))

        thread = threading.Thread(target=wait)
        thread.start()
        assert waits.wait(5.0)
        take.when_committed(lambda log=log: log.append("effect"))
        getattr(take, decide)()
        thread.join(5.0)
        effect = ["effect"] if outcome else []
        assert log == ["begins", *effect, "ends", outcome]


def test_a_take_that_is_decided_is_not_waited_for() -> None:
    log: list[str] = []
    take = Take(1, 1)
    take.commit()
    assert take.wait(lambda: log.append("begins"), lambda: log.append("ends"))
    take.cancel()
    assert not take.wait(lambda: log.append("begins"), lambda: log.append("ends"))
    assert log == []
