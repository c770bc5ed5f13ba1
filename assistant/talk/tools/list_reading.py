"""Lists are read, asked and counted.

Pure; what all flows about lists share stands in `list_parts`.
"""

from __future__ import annotations

from assistant.language.en.items import count_things, find_item, item_key, join_items, split_items
from assistant.language.en.list_words import (
    SHOPPING,
    TO_DO,
    Implied,
    ListName,
    Short,
    Whose,
    at_lists,
    is_ours,
    known_list,
    list_title,
    names_things,
)
from assistant.talk.flow import Call, Confirm, Steps, flow
from assistant.talk.tool import Here
from assistant.talk.tools.list_parts import (
    WHICH_ONE,
    all_lists,
    is_or_are,
    missing,
    open_items,
    remember,
    which_list,
)
from assistant.talk.tools.wording import capital, said

_MOST_WORDS = 3
"""Of a thing that may have to be bought; a longer one belongs to an open question."""

PORTION = 6
"""So many items are read at once; then it asks whether to go on."""

GO_ON = "Shall I go on?"
ENOUGH = "Okay."
NO_LISTS = "You have no lists yet. Say: add milk to my shopping list."


_READING = (
    "(read|show|tell|remind|say|give|list|recite|repeat|display|open|check|see|hear|get|pull up"
    "|bring up|go over|go through|run through"
    "|review|view|look at|look up|access|find|know)"
)


@flow(
    *at_lists(
        "what is the (first|next|last|top|second) (thing|item|task|1) on @",
        "what is next on @",
        "what [all|else|things|items|tasks] is [left|still|currently|now|all|written|already] on @",
        "what [things|items|tasks|all|else] (are|are the (things|items|tasks)) [left|still|"
        "currently] (on|in) @",
        "what [things|items|tasks|all|else] (do i|do we|have i|have we) (have|got|put|added) "
        "[left|so far|down|written] (on|in|to) @",
        "what (did i|have i|did we) (put|add|added|written) (on|to) @",
        "what does @ (say|have on it|look like|contain|include|have)",
        f"{_READING} [me|us] [out] [to me] [what is [left|still|currently] (on|in)|everything (on|"
        f"in)|all [of] [the] (things|items|tasks) (on|in)|the (items|things|contents|tasks|rest) "
        f"(on|of|in)|what i have on] @ [to me|out|back [to me]|aloud|out loud|for today]",
        "how many (things|items|tasks) (are|are there|do i have|have i got) [there|left] (on|in) @",
        "(is|are) there (anything|any items|any tasks|something) [left|still|else] on @",
        "do i have (anything|any items|any tasks|something) [left|else] on @",
        "is @ empty", "is (anything|something) [left|still|else] on @", "how (long|big) is @", "@",
        "(what is|what are|what was) @ [for] [today|now|this week]", "read me @", "do i have a @",
    ),
    "what {implied} do i [still] (have|need) [left] [to do|to get done] [today|now|this week]",
    "what [else|all] (do|must) (i|we) [still] (have|need|want) [left] to {implied} [today|now|"
    "this week]",
    "what [else] is [left|still|next] to {implied} [today|now|this week]",
    "what things do i [still] have to {implied} [today]",
    "(do i have|are there) any {implied} [left] [to do] [today]",
    "what are my {implied} [for today|today]",
    "what [else] (do|must|should) (i|we) [still] (need|have|want) (to get|to buy|to pick up|get|"
    "buy) (from|at) the {implied} [today|now|this week]",
    "what [else] (must|do|should) (i|we) [still] (need|buy|get|pick up) (from|at) the {implied}",
    "(do i have|have i got) (anything|something) [left|else] to {implied} [today|now|this week]",
    "what (am i|are we) (supposed|meant) to {implied} [today|now|this week]",
    "what (am i|are we) shopping for",
    name="list.read",
    examples=[
        "what's on my shopping list", "read me my to-do list", "what do i still have on my list",
        "tell me what is on the grocery list", "how many things are on my shopping list",
        "what do i need to buy", "what do i have to do today", "is there anything left on my list",
        "go through my packing list", "show me the shopping list", "let me hear my list",
        "what tasks do i have left", "is my shopping list empty", "check my to-do list",
        "what do we need from the supermarket",
    ],
    fixed=[GO_ON, ENOUGH, WHICH_ONE, "Your shopping list is empty.", "Your to-do list is empty."],
)  # fmt: skip
def read(
    here: Here,
    whose: Whose | None = None,
    name: ListName | None = None,
    short: Short | None = None,
    implied: Implied | None = None,
) -> Steps | None:
    """Read a list."""
    if not is_ours(name) or names_things(here.request.canonical):
        return None
    return _reading(whose, name, short or implied)


def _reading(whose: str | None, name: str | None, short: str | None) -> Steps:
    target = yield from which_list(name, short, whose, WHICH_ONE)
    if target is None:
        lists = tuple(one for one, _ in (yield Call(all_lists)))
        return missing(str(name), lists)
    items = [one.text for one in (yield Call(open_items, name=target))]
    yield remember(target)
    title = list_title(target)
    if not items:
        return f"Your {title} is empty."
    first = items[:PORTION] if len(items) > PORTION + 1 else items
    more = ", the first" if len(first) < len(items) else ""
    yield said(f"You have {count_things(len(items))} on your {title}{more}: {join_items(first)}.")
    at = len(first)
    while at < len(items):
        if not (yield Confirm(GO_ON)):
            return ENOUGH
        yield said(f"{capital(join_items(items[at : at + PORTION]))}.")
        at += PORTION
    return None


@flow(
    "[tell me|remind me|show me|and] what [all|else] is [all] (on|in) (it|there|that list) "
    "[now|so far|already]",
    "what (do i|do we|have i|have we) (have|got) [on (it|there)] (now|so far)",
    "(read|repeat|say|tell me|give me|show me) (it|that list|them|the items|everything) [all] "
    "[back|out|aloud|out loud|again|back to me|to me]",
    "how many (things|items) are (on it|there|on there)",
    name="list.read_it",
)
def read_it(here: Here) -> Steps | None:
    """Read the list that was just talked of."""
    target = here.talk.settings.get("list")
    if not target or not here.talk.last.name.startswith("list."):
        return None
    return _reading(None, str(target), None)


@flow(
    *at_lists(
        "(is|are) there [any] {items} on @", "(is|are) {items} [already|still] (on|in) @",
        "(do|did) (i|we) [already|still] have {items} (on|in) @",
        "(did|have) (i|we) [already] (put|add|added|write|written) {items} (on|to|onto) @",
        "(has|have) {items} [already] been (added|put|placed|written) (to|on) @",
        "does @ [already] (have|include|contain|say) {items} [on it]",
        "(check|see) (if|whether) {items} (is|are) [already] on @",
        "(did|have|had) (i|we) [already] (make|made|leave|left|put|add|added|write|written) (a|an|"
        "the|another) (note|entry|item|task|reminder) (on|in|to) @ (to|for|about|of|saying|that "
        "says) {items}",
        "(did|have) (i|we) [already] (put|write|written|note|noted) [down] (on|in|to) @ [to|that i "
        "(need|have|want|must) to] {items}",
        "(is|do i have) [there] (anything|something) (on|in) @ (about|for|to do with|that says) "
        "{items}",
        "is there (a|an) (note|entry|item|task) (on|in) @ (to|for|about|of|saying|that says) "
        "{items}",
    ),
    "do (i|we) [still] (need|have) to {implied} {items}",
    name="list.has",
    examples=[
        "is milk on my list", "do i have eggs on the shopping list",
        "did i put butter on the grocery list",
        "have i already added flour to my shopping list", "does my shopping list include rice",
        "check if call mom is on my to-do list", "do i need to buy bread",
        "are batteries on the list",
    ],
)  # fmt: skip
def has(
    here: Here,
    items: str | None = None,
    whose: Whose | None = None,
    name: ListName | None = None,
    short: Short | None = None,
    implied: Implied | None = None,
) -> Steps | None:
    """Tell whether something is on a list."""
    if not is_ours(name) or items is None or (implied and len(items.split()) > _MOST_WORDS):
        return None
    if item_key(items) in ("anything", "something", "any items", "there anything", "there"):
        return _reading(whose, name, short)
    if implied is not None and known_list(implied, ()) != SHOPPING:
        return None
    return _having(items, whose, name, short or implied)


def _having(items: str, whose: str | None, name: str | None, short: str | None) -> Steps:
    target = yield from which_list(name, short, whose, WHICH_ONE)
    if target is None:
        lists = tuple(one for one, _ in (yield Call(all_lists)))
        return missing(str(name), lists)
    there = yield Call(open_items, name=target)
    yield remember(target)
    if target == SHOPPING:
        items = items.removeprefix("buy ").removeprefix("get ")
    wanted = split_items(items, tasks=target == TO_DO)
    found = [find_item(one, [item.key for item in there]) for one in wanted]
    on = [there[at].text for at in found if at is not None]
    off = [one for one, at in zip(wanted, found, strict=True) if at is None]
    title = list_title(target)
    if not on:
        return said(f"No, {join_items(off)} {is_or_are(off)} not on your {title}.")
    if not off:
        return said(f"Yes, {join_items(on)} {is_or_are(on)} on your {title}.")
    verb = is_or_are(on)
    return said(f"{capital(join_items(on))} {verb} on your {title}, {join_items(off)} not.")


@flow(
    "(what|which) lists (do i have|have i got|are there|do we have|have i made|are mine|do you "
    "have [for me])",
    "what are [all] my lists", "(list|show|read|tell|give|name) [me] [all] [of] my lists",
    "how many lists (do i have|are there|have i got)", "do i have any lists",
    "(what|which) (other) lists (do i have|are there)",
    "what are the names of my lists", "what lists have i (made|created|started)",
    "tell me (what|which) lists i have",
    name="list.names",
    examples=[
        "which lists do i have", "what lists are there", "tell me my lists",
        "how many lists do i have",
        "do i have any lists", "what are the names of my lists", "show me all my lists",
    ],
    fixed=[NO_LISTS],
)  # fmt: skip
def names(here: Here) -> Steps:
    """Tell which lists there are."""
    lists = yield Call(all_lists)
    if not lists:
        return NO_LISTS
    told = [
        f"{name} with {count_things(count)}" if count else f"{name}, which is empty"
        for name, count in lists
    ]
    joined = told[0] if len(told) == 1 else f"{'; '.join(told[:-1])}; and {told[-1]}"
    return said(f"You have {count_things(len(lists), 'list')}: {joined}.")
