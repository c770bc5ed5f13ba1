"""Lists: what is taken off them, ticked off or cleared.

Pure; the tools that write stand in `list_parts`. Where no list is named, what is said must be on
one, else it is somebody else's request.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Literal

from assistant.language.en.items import count_things, find_item, item_key, join_items, split_items
from assistant.language.en.list_words import (
    SHOPPING,
    TO_DO,
    ListName,
    Short,
    Whose,
    at_lists,
    is_ours,
    list_title,
)
from assistant.talk.flow import Call, Confirm, HandOver, Steps, Yielded, flow
from assistant.talk.list_store import Item
from assistant.talk.tool import Here
from assistant.talk.tools.list_parts import (
    LEFT_AS_IT_IS,
    WHICH_ONE,
    all_lists,
    drop_list,
    is_or_are,
    missing,
    open_items,
    remember,
    remove_items,
    tick_items,
    which_list,
)
from assistant.talk.tools.wording import capital, said

_Off = Literal["tick off", "check off", "cross off", "mark off"]
_OFF = "(from|off|off of|out of|on|of)"
_Everything = Literal[
    "everything", "all", "all items", "all of it", "it all", "all things", "all the items",
    "all tasks",
    "all the tasks", "all my tasks", "all my items", "all entries", "all of the items",
    "all the things",
    "all of the tasks", "all chores",
]  # fmt: skip

_PERSONS = ("me", "us", "him", "her", "you", "myself")
"""Who wants to be taken off a list of somebody else."""

_Found = Generator[Yielded, Any, "tuple[tuple[Item, ...], list[str]]"]


_Verb = Literal[
    "clear", "clear off", "empty", "wipe", "reset", "erase", "clean", "flush", "purge",
    "delete", "remove", "get rid of", "throw away", "throw", "scrap", "trash", "drop", "cancel",
]  # fmt: skip
_WHOLE = (
    "delete",
    "remove",
    "get rid of",
    "throw away",
    "throw",
    "scrap",
    "trash",
    "drop",
    "cancel",
)


@flow(
    *at_lists(
        f"(clear|remove|delete|take|erase|wipe|drop|empty) {{everything}} [that is|that are] "
        f"{_OFF} @",
        "{verb} [out] [all of] @ [completely|out|off|away]",
        "(clear|remove|delete|take|erase|wipe) (everything|all|all items|all the items|all "
        "things) [that is] (from|off|on|off of|in) @",
        "start @ (over|again|from scratch|anew|afresh)",
        "(i|we) (do not need|am done with|are done with) @ [any more|anymore]",
    ),
    name="list.clear",
    examples=[
        "clear my shopping list", "empty the to-do list", "delete everything on my grocery list",
        "wipe my list",
        "remove all items from the shopping list", "delete my camping list",
        "start my shopping list over",
        "throw away the packing list", "get rid of my to-do list",
    ],
    fixed=[LEFT_AS_IT_IS, WHICH_ONE],
)  # fmt: skip
def clear(
    here: Here,
    whose: Whose | None = None,
    name: ListName | None = None,
    short: Short | None = None,
    verb: _Verb | None = None,
    everything: _Everything | None = None,
) -> Steps | None:
    """Clear a list, or take it away."""
    if not is_ours(name):
        return None
    return _clearing(whose, name, short, is_whole=verb in _WHOLE)


@flow(
    "(clear|empty|wipe|erase) (it|that list) [completely|out]",
    "(clear|remove|delete|take|erase|wipe) (everything|all|all of it) [that is] [(from|off|on) "
    "(it|there|that list)]",
    name="list.clear_it",
)
def clear_it(here: Here) -> Steps | None:
    """Clear the list that was just talked of."""
    target = here.talk.settings.get("list")
    if not target or not here.talk.last.name.startswith("list."):
        return None
    return _clearing(None, str(target), None)


@flow(
    *at_lists(
        "(i|we) (will not|do not|no longer) need {items} [any more|anymore] [so] (take|remove|"
        "delete) (it|them|that) (off|from|off of) @",
        "(i|we) [have] [already] (found|got|have|bought) {items} [so] (take|remove|delete) (it|"
        "them|that) (off|from|off of) @",
        "(i|we) (need|want|would like) {items} (removed|deleted|taken) (from|off|off of) @",
        "get {items} (off|off of) @",
        "no {items} on @",
        f"(remove|delete|take|erase|get rid of|scratch|strike|drop|cut|eliminate|clear|pull|kick|"
        f"lose) [off] {{items}} {_OFF} @",
        f"(remove|delete|take|erase|scratch|strike) {_OFF} @ {{items}}",
        "(i|we) do not need {items} (on|from) @ [any more|anymore]",
        "{items} (can|should) (come|go) off @",
        "(i|we) (need|want) {items} (removed|deleted|taken) (from|off|off of) @",
    ),
    "(take|scratch|strike|get|leave) {items} off [again]",
    "(remove|delete|take off|erase) {items} [again]",
    "(i|we) (do not|no longer) need [any|any more|the] {items} [any more|anymore]",
    name="list.remove",
    examples=[
        "take milk off my shopping list", "remove eggs from the list",
        "delete call the bank from my to-do list",
        "take butter off", "get rid of the chips on my grocery list",
        "we don't need bread any more",
        "please strike bananas from the shopping list", "drop sunscreen from the camping list",
    ],
)  # fmt: skip
def remove(
    here: Here,
    items: str | None = None,
    whose: Whose | None = None,
    name: ListName | None = None,
    short: Short | None = None,
) -> Steps | None:
    """Take things off a list."""
    if not is_ours(name) or items is None:
        return None
    key = item_key(items)
    if {"list", "lists"} & set(key.split()) or key in _PERSONS:
        return None
    return _taking_off(items, whose, name, short, is_done=False)


@flow(
    *at_lists(
        "(i|we) [have|am|are] [already|just] (did|done|got|bought|picked up|finished|completed|"
        "done with|finished with|taken care of|took care of) {items} [so|and] (tick|check|cross|"
        "mark|take) (it|them|that) [off|done|as done] [from|off|on|of] @",
        "{items} (is|are) done [so] (tick|check|cross|take) (it|them|that) off [from|of] @",
        "(mark|set) {items} (as|to) (done|finished|complete|completed|bought) (on|in) @",
        "(i|we) [have|am|are] [already|just] (did|done|finished|completed|done with|taken care of|"
        "took care of|bought|got) {items} [so|and] update @",
        f"(tick|check|cross|mark) off {{items}} {_OFF} @",
        "(tick|check|cross|mark) {items} off [from|of|on] @",
        "(tick|check|mark|cross) {items} [as] (done|completed|complete|finished|bought|off) (on|"
        "in|from) @",
        "(tick|check|cross|mark) {items} (on|in|from) @",
    ),
    "(mark|set) {items} (as|to) (done|completed|complete|finished|bought)",
    "(i|we) [have|am|are] [already|just] (did|done|got|bought|picked up|finished|completed|done "
    "with|finished with|taken care of|took care of) {items} [so|and] (tick|check|cross|mark) (it|"
    "them|that) [off|done|as done]",
    "{items} (is|are) done [so] (tick|check|cross) (it|them) off",
    "{off} {items}", "(tick|check|cross|mark) {items} off",
    "(mark|set) {items} [as] (done|completed|complete|finished|bought)",
    "(i|we) [have] [already|just] (bought|got|picked up|gotten|found|purchased) {items} [already]",
    "(i|we) [have|am|are] [already|just] (did|done|finished|completed|done with|finished with|got "
    "done|taken care of|took care of) {items} [already]",
    "{items} (is|are|has been|have been) (done|bought|taken care of|finished)",
    name="list.tick",
    examples=[
        "tick off eggs", "check milk off my shopping list", "i bought the bread",
        "mark call the bank as done",
        "cross off butter", "i've already got the onions", "tick paint the fence off my to-do list",
        "i have picked up the cheese", "i'm done with the laundry", "cross tomatoes off the list",
    ],
)  # fmt: skip
def tick(
    here: Here,
    items: str | None = None,
    whose: Whose | None = None,
    name: ListName | None = None,
    short: Short | None = None,
    off: _Off | None = None,
) -> Steps | None:
    """Tick things off a list."""
    if not is_ours(name) or items is None:
        return None
    return _taking_off(items, whose, name, short, is_done=True, is_sure=off is not None)


def _taking_off(
    items: str,
    whose: str | None,
    name: str | None,
    short: str | None,
    *,
    is_done: bool,
    is_sure: bool = False,
) -> Steps:
    """Without a list named, what is on none is handed over, unless `is_sure` says that the words
    can mean nothing else."""
    found: tuple[Item, ...]
    if whose or name or short:
        target = None if name or short else _only_with(items, (yield Call(open_items)))
        target = target or (yield from which_list(name, short, whose, WHICH_ONE))
        if target is None:
            lists = tuple(one for one, _ in (yield Call(all_lists)))
            return missing(str(name), lists)
        found, off = _find(items, (yield Call(open_items, name=target)), target)
        if not found:
            text = f"{capital(join_items(off))} {is_or_are(off)} not on your {list_title(target)}."
            return said(text)
    else:
        there = yield Call(open_items)
        target = _only_with(items, there)
        if target is None and is_sure:
            return said(f"I don't find {items} on your lists.")
        if target is None:
            yield HandOver()
            return None
        found, off = _find(items, [one for one in there if one.list == target], target)
    yield remember(target)
    yield Call(tick_items if is_done else remove_items, ids=tuple(one.id for one in found))
    what = join_items([one.text for one in found])
    text = f"Ticked off: {what}." if is_done else f"I took {what} off your {list_title(target)}."
    if off:
        text += f" {capital(join_items(off))} I did not find there."
    return said(text)


def _only_with(items: str, there: tuple[Item, ...]) -> str | None:
    """The only list on which all of `items` are; the shopping list before others."""
    lists = dict.fromkeys(one.list for one in there)
    having = [
        name
        for name in lists
        if not _find(items, [one for one in there if one.list == name], name)[1]
    ]
    if SHOPPING in having:
        return SHOPPING
    return having[0] if len(having) == 1 else None


def _find(items: str, there: Any, target: str) -> tuple[tuple[Item, ...], list[str]]:
    """The rows that `items` mean, and what is not there. All of it may be one item."""
    keys = [one.key for one in there]
    whole = find_item(items, keys)
    if whole is not None and len(split_items(items, tasks=target == TO_DO)) == 1:
        return (there[whole],), []
    found: list[Item] = []
    off: list[str] = []
    for one in split_items(items, tasks=target == TO_DO):
        at = find_item(one, keys)
        if at is None:
            off.append(one)
        elif there[at] not in found:
            found.append(there[at])
    return tuple(found), off


def _clearing(
    whose: str | None, name: str | None, short: str | None, *, is_whole: bool = False
) -> Steps:
    target = yield from which_list(name, short, whose, WHICH_ONE)
    lists = dict((yield Call(all_lists)))
    if target is None or (target not in lists and target not in (SHOPPING, TO_DO)):
        return missing(target or str(name), tuple(lists))
    title, count = list_title(target), lists.get(target, 0)
    is_whole = is_whole and target not in (SHOPPING, TO_DO)
    if not count and not is_whole:
        return said(f"Your {title} is empty already.")
    what = f"Your {title} has {count_things(count)} on it." if count else f"Your {title} is empty."
    asked = "Shall I delete the whole list?" if is_whole else "Shall I clear it?"
    if not (yield Confirm(f"{what} {asked}")):
        return LEFT_AS_IT_IS
    if is_whole:
        yield Call(drop_list, name=target)
        return said(f"Your {title} is gone.")
    yield remember(target)
    items = yield Call(open_items, name=target)
    yield Call(remove_items, ids=tuple(one.id for one in items))
    return said(f"Your {title} is empty now.")
