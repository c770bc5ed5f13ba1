"""A phrase that accounts for all that was heard, between who finds it and who weighs it.

Knows no words. Pure; any thread.
"""

from __future__ import annotations


class WholeReading(str):
    """A phrase in which every word that was heard stands as it is or as a known one that sounds
    like it (talk/many_slots.py). Beforehand it is likelier than other known phrases: it is long,
    and most of it is what was heard."""

    __slots__ = ()
