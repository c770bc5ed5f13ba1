"""Takes an order at a coffee bar: what people say in one go is understood, what lacks is asked for.

Copy it into the folder `flows` beside your configuration, and say "Can I have a small latte?".
"""

from typing import Annotated

from assistant.flows import Ask, Call, Confirm, choice, flow, tool

SOME = ["", "some ", "a bit of ", "a little bit of ", "a lot of ", "lots of "]
MILKS = ["milk", "whole milk", "skim milk", "soy milk", "almond milk", "cream"]
COFFEES = ["coffee", "drip coffee", "house coffee", "iced coffee", "cappuccino", "americano"]
OTHERS = ["latte", "espresso", "mocha", "iced mocha"]
SWEETS = ["sugar", "brown sugar", "sweetener"]

# Each kind lists the words that it takes; a mapping gives other words for the same thing.
Drink = Annotated[str, choice([*COFFEES, *OTHERS])]
Size = Annotated[
    str,
    choice(
        {
            **{size: size for size in ("small", "medium", "large")},
            **{
                f"{size} ounce": f"{size} ounce"
                for size in ("eight", "twelve", "sixteen", "twenty")
            },
        }
    ),
]
Roast = Annotated[str, choice(["light roast", "medium roast", "dark roast"])]
Shots = Annotated[str, choice(["single shot", "double shot", "triple shot"])]
Milk = Annotated[str, choice([some + milk for some in SOME for milk in MILKS])]
Sweet = Annotated[str, choice([some + sweet for some in SOME for sweet in SWEETS])]

orders: list[str] = []  # stands for the till


@tool(writes=True, undo=lambda here, order: orders.remove(order))
def ring_up(order: str) -> str:
    orders.append(order)
    return order


@flow(
    "(may|can|could) i (have|get) *",
    "i (want|like|take|need|will have|will take|would like|would love) *",
    "[i] (may|going to) have *",
    "(give|get|make|brew|bring|fix|pour|order) [me|us] *",
    "[a|an|1] [*] {drink} with *",
    "[*] {size} {drink}",
    # Looked for in this order among all the words: "medium roast" is gone when the size is read.
    anywhere=["roast", "shots", "milk", "sweet", "drink", "size"],
    examples=["can i have a small latte with soy milk", "make me a triple shot americano"],
    fixed=["What size?", "It will be ready in a minute.", "Then tell me what to change."],
)
def order(
    drink: Drink | None = None,
    size: Size | None = None,
    roast: Roast | None = None,
    shots: Shots | None = None,
    milk: Milk | None = None,
    sweet: Sweet | None = None,
):
    """Take an order for a coffee."""
    if drink is None:
        return  # no order of ours: somebody else answers
    if size is None:
        size = yield Ask("What size?", Size, retry="Small, medium or large?")
    wanted = " ".join(filter(None, [size, shots, roast, drink]))
    extras = " and ".join(filter(None, [milk, sweet]))
    wanted += f" with {extras}" if extras else ""
    if not (yield Confirm(f"One {wanted}, is that right?")):
        return "Then tell me what to change."
    yield Call(ring_up, order=wanted)
    return "It will be ready in a minute."
