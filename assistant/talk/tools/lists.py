"""Shopping list, to-do list and lists of any name: they are made, and things are put on them.

Pure; what all flows about lists share stands in `list_parts`. `list_reading` reads them,
`list_changes` takes things off.
"""

from __future__ import annotations

import re

from assistant.language.en.durations import names_duration
from assistant.language.en.items import count_things, item_key, join_items, split_items
from assistant.language.en.list_words import (
    SHOPPING,
    TO_DO,
    Implied,
    ListName,
    Short,
    Things,
    Whose,
    at_lists,
    is_ours,
    known_list,
    list_title,
)
from assistant.language.en.normalise import normalise
from assistant.talk.flow import Ask, Call, Confirm, Steps, flow
from assistant.talk.tool import Here
from assistant.talk.tools.list_parts import (
    LEFT_AS_IT_IS,
    add_items,
    all_lists,
    is_or_are,
    make_list,
    open_items,
    remember,
    remove_items,
    which_list,
)
from assistant.talk.tools.wording import capital, in_sentence, said

ADD_WHAT = "What shall I add?"
WHICH_LIST = "To which list?"
NOTHING_ADDED = "Okay, I've added nothing."
CALLED_WHAT = "What shall the list be called?"

_SOMETHING = frozenset(
    (
        "something|it|things|this|that|stuff|items|thing|item|task|some|these|them"
        "|an item|a item|a thing|some things|some items|some stuff|a few things|a few items|these "
        "items"
        "|another item|something else|1 more thing|more things|new item|a new item|a task|a new "
        "task"
        "|new task|an entry|another thing|this item|another task|more items|a few more things|new "
        "items"
    ).split("|")
)


# -- put something on ----------------------------------------------------------------------------

_ADDING = "(add|put|write|include|place|stick|throw|pop|enter|insert|jot|append|note|save|mark)"


@flow(
    *at_lists(
        "(i|we) (need|have|want) to (buy|get|pick up|grab|order) {items} [and|so] (add|put) (it|"
        "them|that|those) (to|on|onto) @",
        "(i|we) have {items} [and|so] (add|put) (it|them|that|those) (to|on|onto) @",
        "(buy|get|pick up|grab) {items} [and|so] (add|put) (it|them|that|those) (to|on|onto) @",
        "(remind me|do not let me forget) to {items} [and|so] (add|put|write|note) "
        "[it|them|that|those|this] [down] (to|on|onto) @",
        "(i am|we are|i|we) [almost|nearly] (out of|running low on|running out of|low on|ran out "
        "of|have run out of|have no more) {items} [and|so] (add|put) (it|them|that|some) (to|on|"
        "onto) @",
        "there is no more {items} [and|so] (add|put) (it|some) (to|on) @",
        "(remember|do not forget) to (buy|get) {items} [when i shop] [and] (put|add) (it|them) "
        "(on|to) @",
        "[a] (new|another) (item|thing) (for|on|to) @ {items}",
        f"{_ADDING} [down] {{items}} (to|on|onto|in|into|under) @ [please|as well|too]",
        f"{_ADDING} (to|on|onto|in|into) @ [that i need] {{items}}",
        f"{_ADDING} (to|on|onto) @",
        "(to|on) @ (add|put|write) {items}", "@ (add|put) {items}",
        "(i need|i want|i would like|have|get|we need) {items} (added|put|placed|written) (to|on|"
        "onto|in|into) @",
        "(i|we) (need|want) {items} on @",
        "(make sure|see that|be sure|ensure) [that] {items} (is|are|gets|get) (on|added to|put "
        "on) @",
        "{items} (needs|need|has|have|should|must|can) [to] (be|go) [added|put] (on|to|onto) @",
        "{items} (goes|go) on @",
        "@ (needs|should have|should include|needs to have|needs to include|is missing) {items}",
        "update @ (with|to include|to have|by adding) {items}", "update @",
        "(a|1|another) (new item|item|new thing) (for|on|to) @ [is] {items}",
        "(new|another) (item|thing|entry) (for|on) @",
        "(do i have|are there|is there|have i got) [any] {items} on @ [and] if not (add|put) "
        "(it|them|that|some) [on|to it|on it|on there|to the list]",
        "(check|see) (if|whether) {items} (is|are) on @ [and] if not (add|put) (it|them|that|some) "
        "[on|to it|on it|on there]",
        "(i am|we are|i have run|we have run|i ran|we ran|i am running|we are running) (out of|low "
        "on) {items} [so|and] [(can|could|will|would) you] (add|put|write) (it|them|that|some|this)"
        " (to|on|onto) @",
        "(i|we) (do not have|have no|have not got) [any] [more] {items} [left] [so|and] "
        "[(can|could|will|would) you] (add|put|write) (it|them|that|some|this) (to|on|onto) @",
    ),
    "(remind me|do not let me forget) to {items} [and|so] (add|put|write|note) "
    "[it|them|that|those|this] [down] (to|on|onto) [my|the] {short}",
    "(add|create|make|start) [a|an|another] [new] {implied} [to|for|called|named|that says] "
    "{items}",
    "(add|put) {items} as (a|my|another) [new] {implied}",
    "(add|create|make) [a|an|another] [new] {implied}", "new {implied} {items}",
    "(i am|we are) [almost|nearly] (out of|running low on|running out of|low on) {items} [and|so] "
    "(add|put) (it|them|some)",
    name="list.add",
    parts=at_lists(f"{_ADDING} [down] {{items}} (to|on|onto|in|into|under) @"),
    examples=[
        "add milk to my shopping list", "put bread and cheese on the shopping list",
        "could you add toothpaste to the grocery list", "put call the plumber on my to-do list",
        "i need batteries on my list", "please write olive oil on the shopping list",
        "add mow the lawn to my list of things to do", "stick bananas on the groceries list",
        "add something to my list", "my shopping list needs onions",
        "add sunscreen to the camping list",
        "make sure we have coffee filters on the list", "add a task to water the plants",
        "update my shopping list with yogurt", "toilet paper needs to go on the list",
    ],
    fixed=[ADD_WHAT, WHICH_LIST, NOTHING_ADDED],
)  # fmt: skip
def add(
    here: Here,
    items: str | None = None,
    whose: Whose | None = None,
    name: ListName | None = None,
    short: Short | None = None,
    implied: Implied | None = None,
) -> Steps | None:
    """Put things on a list."""
    if not is_ours(name) or (items or "").startswith(("to ", "list")):
        return None
    if items is None and name is None and short is None and implied is None:
        items = _bare_item(here)
    if implied is not None and known_list(implied, ()) != TO_DO:
        return None
    return _adding(items, whose, name, short or implied)


_BARE = re.compile(r"(?:please )?(?:add|put down) (?P<item>(?:\S+ ){0,3}\S+?)(?: please)?")
_NO_BARE = re.compile(r"\b(?:list|lists|timer|to|on|it|that|this|these|them|something|\d+)\b")


def _bare_item(here: Here) -> str | None:
    """ "Add bread": the thing, when the request is nothing but that."""
    found = _BARE.fullmatch(here.request.words)
    if found is None or _NO_BARE.search(found["item"]):
        return None
    return here.request.original(found["item"])


def _adding(items: str | None, whose: str | None, name: str | None, short: str | None) -> Steps:
    target = yield from which_list(
        name, short, whose if whose in ("this", "that") else "my", WHICH_LIST
    )
    if target is None:
        target = normalise(str(name))
        if not (yield Confirm(f"You have no {list_title(target)}. Shall I make one?")):
            return NOTHING_ADDED
    if items is None or item_key(items) in _SOMETHING:
        items = yield Ask(ADD_WHAT, Things)
        items = in_sentence(items)
    return (yield from _put(target, items))


_NEEDED = re.compile(r"^(?:that )?(?:i|we) (?:need|want|have)(?: to)? ", re.IGNORECASE)


def _put(target: str, words: str) -> Steps:
    """Add what is not there; say what was there already."""
    words = _NEEDED.sub("", words)
    if target == SHOPPING:
        words = words.removeprefix("buy ").removeprefix("get ")
    wanted = split_items(words, tasks=target == TO_DO)
    there = {one.key for one in (yield Call(open_items, name=target))}
    new = [one for one in wanted if item_key(one) not in there]
    yield remember(target)
    if not new:
        verb = is_or_are(wanted)
        return said(f"{capital(join_items(wanted))} {verb} on your {list_title(target)} already.")
    yield Call(add_items, name=target, items=tuple(new))
    return said(f"I've added {join_items(new)} to your {list_title(target)}.")


@flow(
    "(add|put) {items} (on it|to it|on there|on that|there|to that) [too|as well]",
    "(and|also|plus|add|and also|and add|also add) {items} [too|as well]",
    name="list.add_more",
)
def add_more(here: Here, items: str | None = None) -> Steps | None:
    """Put one more thing on the list that was just used."""
    target = here.talk.settings.get("list")
    is_next = here.talk.last.name in ("list.add", "list.add_more", "list.make")
    if (
        not is_next
        or not target
        or not items
        or "my" in items.split()
        or len(item_key(items).split()) > 6
    ):
        return None
    said = item_key(items).split()
    if not said or said[0] in _NO_ITEM or item_key(items) in _SOMETHING:
        return None
    if said[0].isdigit() and (len(said) == 1 or not _COUNTED.isdisjoint(said[1:])):
        return None
    if names_duration(normalise(items)):
        return None  # "and one for five minutes" is a timer, or nothing
    return _put(str(target), items)


_NO_ITEM = frozenset(
    (
        "what who where when why how which is are do does did can could will would set start stop"
        " tell remind play call read show list turn open the my i you it he she they in of then "
        "cancel"
        " make put take remove delete clear give note reminder alarm timer appointment"
    ).split()
)
"""A request, or a question, rather than one more item."""
_COUNTED = frozenset(
    (
        "more second seconds minute minutes hour hours day days week weeks percent and plus minus"
        " times by to from divided point half o'clock am pm"
    ).split()
)
"""After a number: a length, a time or a sum rather than so many of an item."""


@flow(
    "(make|create|start|begin|set up|open|add|build|give|get|write) [me|up] (a|another|an) [new] "
    "list [for me] (called|named|for|titled|with the name|by the name of|about|entitled) {title}",
    "(make|create|start|begin|set up|open|add|build|give|get|write|prepare) [me|us|up] (a|an|"
    "another) [new|brand new|fresh|empty] {title} list [for me|please]",
    "(make|create|start|begin|set up|open|add|write|get) [me|up] (a|another) [new|fresh] list "
    "[for me]",
    "(a|new|my new) [new] list (called|named|for) {title}", "[a] new [{title}] list",
    "(make|create|start|begin|set up|build|write) [me] a [new] {short}",
    "[can we] (make|create|start|begin|set up|open|write) [me|up] (a|another) [new] list for (the|"
    "my|our) {title}",
    "(i|we) (need|want|would like) (a|another) [new] list [(called|named|for|for the|for my) "
    "{title}]",
    "(i|we) (need|want|would like) (a|another) [new] {title} list",
    "can we (make|start|create) a [new] list",
    name="list.make",
    examples=[
        "make a list called camping", "create a packing list", "start a new grocery list",
        "new list",
        "i want a new list for the party", "could you set up a list named books",
        "begin a new to-do list",
        "make me another list", "open a list for christmas presents",
        "start a list of things to do",
    ],
    fixed=[CALLED_WHAT],
)  # fmt: skip
def make(here: Here, title: ListName | None = None, short: Short | None = None) -> Steps | None:
    """Start a list."""
    if not is_ours(title) or (title and set(title.lower().split()) & _NO_TITLE):
        return None
    if (
        title is None
        and short is None
        and {"shopping", "grocery"} & set(here.request.canonical.split())
    ):
        title = ListName(SHOPPING)
    return _making(here, title or short)


_NO_TITLE = frozenset(
    "top short long detailed bulleted numbered quick complete full ten 5 10 3 word".split()
)
"""A list that a language model is to write."""


def _making(here: Here, title: str | None) -> Steps:
    title = title or (yield Ask(CALLED_WHAT, ListName))
    title = normalise(title).removesuffix(" list") or SHOPPING
    lists = dict((yield Call(all_lists)))
    name = known_list(title, tuple(lists)) or title
    yield remember(name)
    count = lists.get(name)
    if count:
        question = f"Your {list_title(name)} has {count_things(count)}. Shall I clear it?"
        if not (yield Confirm(question)):
            return LEFT_AS_IT_IS
        yield remember(name)
        items = yield Call(open_items, name=name)
        yield Call(remove_items, ids=tuple(one.id for one in items))
        return said(f"Your {list_title(name)} is empty now.")
    if count is not None:
        return said(f"Your {list_title(name)} is there already, and empty.")
    yield Call(make_list, name=name)
    return said(f"I've made {_article(list_title(name))}.")


def _article(title: str) -> str:
    return f"{'an' if title[0] in 'aeiou' else 'a'} {title}"
