"""What the flows about lists share: their tools, and which list is meant.

Knows the store through `Lists` and the names through `list_words`. The tools that write run on the
hands; the rest is pure.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from assistant.language.en.items import join_items
from assistant.language.en.list_words import SHOPPING, TO_DO, known_list, list_title
from assistant.talk.flow import Ask, Call, Change, HandOver, Say, Yielded
from assistant.talk.list_store import Dropped, Item, Lists
from assistant.talk.tool import Here, tool
from assistant.talk.tools.wording import said

WHICH_ONE = "Which list?"
LEFT_AS_IT_IS = "Okay, I leave it as it is."


# -- tools ---------------------------------------------------------------------------------------


@tool
def all_lists(here: Here) -> tuple[tuple[str, int], ...]:
    """Every list with the number of its open items."""
    lists = Lists(here.services.store)
    items = lists.items()
    return tuple((name, sum(one.list == name for one in items)) for name in lists.names())


@tool
def open_items(here: Here, name: str | None = None) -> tuple[Item, ...]:
    """The open items of one list, or of all."""
    return Lists(here.services.store).items(name)


def _unadd(here: Here, result: tuple[str, bool, tuple[int, ...]]) -> None:
    Lists(here.services.store).unadd(*result)


def _restore(here: Here, result: Dropped) -> None:
    Lists(here.services.store).restore(result)


def _untick(here: Here, result: tuple[int, ...]) -> None:
    Lists(here.services.store).tick(result, None)


@tool(writes=True, sure=True, undo=_unadd)
def add_items(here: Here, name: str, items: Sequence[str]) -> tuple[str, bool, tuple[int, ...]]:
    """Put items on a list, which is made when it is not there."""
    is_new, ids = Lists(here.services.store).add(name, items, here.now)
    return name, is_new, ids


def _unmake(here: Here, result: tuple[str, bool]) -> None:
    name, is_new = result
    if is_new:
        Lists(here.services.store).drop(name)


@tool(writes=True, sure=True, undo=_unmake)
def make_list(here: Here, name: str) -> tuple[str, bool]:
    """Make an empty list."""
    return name, Lists(here.services.store).make(name, here.now)


@tool(writes=True, sure=True, undo=_restore)
def remove_items(here: Here, ids: Sequence[int]) -> Dropped:
    """Take items off."""
    return Lists(here.services.store).remove(ids)


@tool(writes=True, sure=True, undo=_untick)
def tick_items(here: Here, ids: Sequence[int]) -> tuple[int, ...]:
    """Tick items off."""
    Lists(here.services.store).tick(ids, here.now)
    return tuple(ids)


@tool(writes=True, sure=True, undo=_restore)
def drop_list(here: Here, name: str) -> Dropped:
    """Take a whole list away."""
    return Lists(here.services.store).drop(name)


# -- which list is meant -------------------------------------------------------------------------


@tool
def meant_list(
    here: Here, name: str | None, short: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """The list that a request means, and all that there are; "" when that has to be asked, None
    when it names one that is not there. A tool, because the talk is another when it is replayed."""
    lists = Lists(here.services.store).names()
    if name or short:
        return known_list(name or short, lists), lists
    last = here.talk.settings.get("list")
    if here.talk.last.name.startswith("list.") and last in (*lists, SHOPPING, TO_DO):
        return str(last), lists
    if len(lists) > 1:
        return "", lists
    return (lists[0] if lists else SHOPPING), lists


def which_list(
    name: str | None, short: str | None, whose: str | None, question: str
) -> Generator[Yielded, Any, str | None]:
    """The list that is meant: it is asked for where several may be. None for one that is not
    there; hands over when that is none of the user's."""
    target, lists = yield Call(meant_list, name=name, short=short)
    if target == "":
        again = f"Which one: {_either(lists)}?"
        target = yield Ask(question, {one: one for one in lists}, again)
    if target is None and whose in ("the", "this", "that", "a"):
        yield HandOver()
    return None if target is None else str(target)


def _either(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def remember(name: str) -> Change:
    """Hold which list was used last."""
    return Change(lambda talk: talk.with_setting("list", name))


def missing(name: str, lists: Sequence[str]) -> Say:
    """There is no list of that name."""
    if not lists:
        return said(f"You have no {list_title(name)} yet.")
    there = join_items([f"a {list_title(one)}" for one in lists])
    return said(f"You have no {list_title(name)}. There is {there}.")


def is_or_are(things: Sequence[str]) -> str:
    """The verb for these things; one of them may be in the plural."""
    one = len(things) == 1 and not (things[0].endswith("s") and not things[0].endswith("ss"))
    return "is" if one else "are"
