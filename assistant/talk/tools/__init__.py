"""The program's own skills, one module a subject. Each module's flows are found by `own_flows`."""

from __future__ import annotations

from types import ModuleType

from assistant.talk.flow import Flow
from assistant.talk.sources import asking_documents
from assistant.talk.tools import (
    abilities,
    alarms,
    calendar,
    calling,
    clock,
    dates,
    fun,
    jokes,
    list_changes,
    list_reading,
    lists,
    meta,
    money,
    notes,
    people,
    recall,
    reminders,
    spelling,
    stopwatch,
    sums,
    sun,
    teach,
    timer_stands,
    timers,
    units,
    until,
    voice,
    years,
    zones,
)

MODULES: tuple[ModuleType, ...] = (
    abilities,
    clock,
    dates,
    until,
    zones,
    sun,
    years,
    stopwatch,
    timers,
    timer_stands,
    alarms,
    reminders,
    list_changes,
    lists,
    list_reading,
    notes,
    recall,
    people,
    teach,
    voice,
    calling,
    calendar,
    sums,
    units,
    money,
    fun,
    jokes,
    spelling,
    asking_documents,
    meta,
)
"""In the order in which they are asked."""


def own_flows() -> tuple[Flow, ...]:
    """All flows of the program, in order."""
    return tuple(one for module in MODULES for one in flows_of(module))


def flows_of(module: ModuleType) -> tuple[Flow, ...]:
    """The flows that a module defines, in the order of its code."""
    return tuple(one for one in vars(module).values() if isinstance(one, Flow))
