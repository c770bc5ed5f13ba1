"""Groceries by name, to tell several apart that are said in a row: "milk eggs and bread".

A small list of own choice, no dictionary. What is counted stands in the plural, because its
singular before another word is a part of that one's name ("egg noodles", "apple pie"). Pure; any
thread.
"""

from __future__ import annotations

_MASS = frozenset(
    (
        "milk bread butter cheese yogurt cream flour sugar salt pepper rice pasta spaghetti"
        " cereal oatmeal honey jam jelly coffee tea juice water soda beer wine chicken beef pork"
        " ham bacon turkey fish salmon tuna lettuce spinach celery broccoli cauliflower cabbage"
        " kale garlic ginger parsley basil cilantro cinnamon vanilla vinegar oil ketchup mustard"
        " mayonnaise mayo salsa hummus tofu chocolate corn toothpaste soap shampoo conditioner"
        " deodorant detergent bleach margarine granola popcorn yeast"
    ).split()
)
_PLURAL = frozenset(
    (
        "eggs apples bananas oranges lemons limes grapes strawberries blueberries raspberries"
        " cherries peaches pears plums mangoes mangos avocados tomatoes potatoes onions carrots"
        " cucumbers peppers mushrooms zucchinis beans peas lentils chickpeas nuts almonds"
        " walnuts peanuts raisins oats noodles crackers cookies chips pretzels tortillas bagels"
        " rolls buns muffins sausages herbs spices napkins diapers wipes tissues sponges"
        " batteries candles"
    ).split()
)
_COMPOUND = frozenset(
    (
        "peanut butter|almond butter|almond milk|oat milk|soy milk|rice milk|coconut milk"
        "|chocolate milk|milk chocolate|butter milk|olive oil|vegetable oil|coconut oil"
        "|orange juice|apple juice|tomato juice|lemon juice|ice cream|sour cream|whipped cream"
        "|heavy cream|cream cheese|cottage cheese|goat cheese|brown sugar|brown rice"
        "|bread flour|rice flour|corn flour|black pepper|sea salt|soy sauce|hot sauce"
        "|fish sauce|tomato sauce|pasta sauce|salad dressing|maple syrup|baking soda"
        "|baking powder|ground beef|minced meat|hot dogs|sweet potatoes|potato chips"
        "|tortilla chips|corn chips|chocolate chips|chocolate cookies|green beans|black beans"
        "|coffee beans|butter beans|bell peppers|bread rolls|rice cakes|rice noodles"
        "|egg noodles|butter chicken|chicken wings|chicken breast|chicken breasts|chicken soup"
        "|fish oil|corn bread|garlic bread|ginger tea|ginger beer|green tea|coffee cream"
        "|chocolate cream|cinnamon rolls|bread crumbs|paper towels|toilet paper|trash bags"
        "|garbage bags|dish soap|hand soap|laundry detergent|ice tea|iced tea|sparkling water"
        "|fish fingers|cheese crackers|cat food|dog food"
    ).split("|")
)
_LONGEST = 2


def apart(words: str) -> list[int] | None:
    """How many words each thing in `words` (canonical) has, when they are groceries in a row from
    start to end, each known by itself; else None."""
    said = words.split()
    lengths: list[int] = []
    at = 0
    while at < len(said):
        length = _known(said[at : at + _LONGEST])
        if not length:
            return None
        lengths.append(length)
        at += length
    return lengths


def is_counted(word: str) -> bool:
    """True for a thing that stands in the plural."""
    return word in _PLURAL


def _known(words: list[str]) -> int:
    if len(words) == _LONGEST and " ".join(words) in _COMPOUND:
        return _LONGEST
    return int(words[0] in _MASS or words[0] in _PLURAL)
